//! docs/operations against what the server exports: a rule or panel that asks for a metric nobody has is silent for
//! ever, and so is one that asks for a label it has not.

use comptoir::server::{db, events::Events, jobs::Job, metrics::Metrics};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};
use yaml_rust2::{Yaml, YamlLoader};

/// What Prometheus adds to each series by itself.
const OF_PROMETHEUS: &[&str] = &["instance", "job"];

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations").join(file)).unwrap()
}

static EXPOSITION: LazyLock<String> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    let db = tokio::runtime::Runtime::new().unwrap().block_on(db::open(&url)).unwrap();
    Metrics::default().text(&db, &Events::default()).unwrap()
});

/// The series of each metric, by name, with the names of their labels: `_bucket`, `_sum` and `_count` each by itself.
fn series() -> BTreeMap<String, BTreeSet<String>> {
    let sample = |line: &str| {
        let (series, _) = line.rsplit_once(' ')?;
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        Some((name.to_owned(), label_names(labels)))
    };
    EXPOSITION.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect()
}

/// The metrics, and what they are.
fn families() -> BTreeMap<String, String> {
    let typed = |line: &str| line.strip_prefix("# TYPE ")?.split_once(' ').map(|(n, t)| (n.to_owned(), t.to_owned()));
    EXPOSITION.lines().filter_map(typed).collect()
}

/// The names in `name="value",name=~"value"`.
fn label_names(labels: &str) -> BTreeSet<String> {
    let named = |part: &str| {
        let word = part.trim_end_matches(['=', '~', '!']);
        let start = word.rfind(|c: char| !is_of_name(c)).map_or(0, |at| at + 1);
        word[start..].to_owned()
    };
    // Every other part is a value.
    let parts: Vec<&str> = labels.split('"').collect();
    parts.iter().step_by(2).map(|part| named(part)).filter(|name| !name.is_empty()).collect()
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The series an expression asks for, each with the labels it asks for.
fn asked_for(expression: &str) -> Vec<(String, BTreeSet<String>)> {
    let starts = expression.match_indices("comptoir_").map(|(at, _)| &expression[at..]);
    let series = |from: &str| {
        let (name, rest) = from.split_at(from.find(|c| !is_of_name(c)).unwrap_or(from.len()));
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(labels, _)| labels);
        (name.to_owned(), label_names(labels))
    };
    starts.map(series).collect()
}

fn check(place: &str, expression: &str) -> usize {
    let known = series();
    let asked = asked_for(expression);
    for (name, labels) in &asked {
        let has = known.get(name).unwrap_or_else(|| panic!("{place}: nothing exports {name}"));
        for label in labels.iter().filter(|label| !OF_PROMETHEUS.contains(&label.as_str())) {
            assert!(has.contains(label), "{place}: {name} has no {label}");
        }
    }
    asked.len()
}

/// Every text of a dashboard.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(object) => object.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_asks_for_what_is_exported_and_shows_all_of_it() {
    let text = read("grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    texts(&dashboard, &mut found);
    assert!(found.iter().map(|text| check("grafana-dashboard.json", text)).sum::<usize>() > 20);
    for name in families().keys() {
        assert!(text.contains(name), "no panel shows {name}");
    }
}

#[test]
fn the_alerts_ask_for_what_is_exported_and_say_what_to_do() {
    let file = &YamlLoader::load_from_str(&read("alerts.yml")).unwrap()[0];
    let groups = file["groups"].as_vec().unwrap();
    let rules = groups.iter().flat_map(|group| group["rules"].as_vec().unwrap());
    let mut names = BTreeSet::new();
    for rule in rules {
        let text = |of: &Yaml| of.as_str().unwrap_or_else(|| panic!("{rule:?}")).to_owned();
        let (name, expression) = (text(&rule["alert"]), text(&rule["expr"]));
        assert!(check(&name, &expression) > 0 || expression.starts_with("up{"), "{name}: {expression}");
        assert!(["critical", "warning"].contains(&&*text(&rule["labels"]["severity"])), "{name}");
        for said in ["summary", "description"] {
            assert!(!text(&rule["annotations"][said]).is_empty(), "{name}");
        }
        assert!(names.insert(name.clone()), "{name} is there twice");
    }
    assert!(names.len() > 5, "{names:?}");
}

/// The rows of the table: ``| `name{label,label}` | …``.
#[test]
fn every_metric_is_documented_with_its_labels() {
    let (text, known) = (read("README.md"), series());
    let documented = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: BTreeMap<&str, BTreeSet<String>> = documented
        .map(|series| series.split_once('{').unwrap_or((series, "")))
        .map(|(name, labels)| (name, labels.trim_end_matches('}').split(',').map(str::to_owned).collect()))
        .collect();
    for (name, kind) in families() {
        let sample = if kind == "histogram" { format!("{name}_count") } else { name.clone() };
        let mut labels = known[&sample].clone();
        if labels.is_empty() {
            labels.insert(String::new()); // as an empty list splits
        }
        assert_eq!(documented.get(name.as_str()), Some(&labels), "{name}");
        // Prometheus' own rules for names.
        let unit = ["_seconds", "_total"].iter().any(|end| name.ends_with(end));
        assert!(name.starts_with("comptoir_") && (unit || kind == "gauge"), "{name} is a {kind}");
    }
    assert_eq!(documented.len(), families().len(), "{:?}", documented.keys());
}

#[test]
fn the_jobs_named_in_alerts_are_jobs() {
    let text = read("alerts.yml");
    for selector in ["{name=\"", "{name!=\""] {
        let named = text.split(selector).nth(1).and_then(|rest| rest.split('"').next());
        assert!(named.is_some_and(|named| Job::ALL.iter().any(|job| job.name() == named)), "{named:?}");
    }
}
