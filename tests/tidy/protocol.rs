//! docs/PROTOCOL.md against the code: every word that travels, every limit, every sample.

use crate::lexer::lex;
use comptoir::{
    domain::{limits::*, user::*},
    sync::{engine, mutation, wire::*},
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn protocol() -> String {
    read("docs/PROTOCOL.md")
}

/// Names and contents of a folder of JSON files.
fn fixtures(folder: &str) -> Vec<(String, Value)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let read = |entry: fs::DirEntry| {
        let name = entry.path().file_stem().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_str(&fs::read_to_string(entry.path()).unwrap()).unwrap())
    };
    let mut found: Vec<_> = fs::read_dir(path).unwrap().map(|entry| read(entry.unwrap())).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// The variants of an enum, as serde writes them.
fn words(file: &str, name: &str) -> Vec<String> {
    let code = lex(&read(&format!("src/{file}"))).code;
    let body = code.split(&format!("pub enum {name} {{")).nth(1).unwrap_or_else(|| panic!("no {name} in {file}"));
    let (mut depth, mut found, mut fresh) = (0, Vec::new(), true);
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        let mut step = c.len_utf8();
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' if depth == 0 => break,
            '}' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if c.is_ascii_uppercase() && depth == 0 && fresh => {
                step = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
                found.push(snake(&rest[..step]));
                fresh = false;
            }
            _ => {}
        }
        rest = &rest[step..];
    }
    assert!(found.len() > 1, "{name}: {found:?}");
    found
}

fn snake(camel: &str) -> String {
    let mut out = String::new();
    for (n, c) in camel.chars().enumerate() {
        if n > 0 && c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn kinds() -> Vec<String> {
    mutation::Body::KINDS.iter().map(|kind| (*kind).to_owned()).collect()
}

/// Field that carries it, and the enum's words.
fn vocabulary() -> Vec<(&'static str, Vec<String>)> {
    let mut errors = words("sync/call.rs", "CallError");
    errors.retain(|error| error != "not_reached"); // made on the device, never sent
    vec![
        ("kind", kinds()),
        ("verdict", words("sync/verdict.rs", "Verdict")),
        ("refusal", words("sync/verdict.rs", "Refusal")),
        ("why", words("sync/verdict.rs", "Quarantine")),
        ("answer", errors),
        ("pulled", words("sync/wire.rs", "Pulled")),
        ("from", words("sync/wire.rs", "From")),
        ("past", words("sync/wire.rs", "Past")),
        ("act", words("sync/wire/people.rs", "PersonAct")),
        ("act", words("sync/wire/devices.rs", "DeviceAct")),
        ("cause", words("domain/stock.rs", "Cause")),
        ("tenders", words("domain/sale.rs", "Tender")),
    ]
}

/// Words that need no sample of their own.
fn plain_words() -> Vec<String> {
    let enums = [
        ("sync/verdict.rs", "What"),
        ("sync/mutation.rs", "Became"),
        ("sync/wire.rs", "Kind"),
        ("domain/stock.rs", "AdjustReason"),
        ("domain/user.rs", "Role"),
    ];
    enums.into_iter().flat_map(|(file, name)| words(file, name)).collect()
}

/// The variant a value may be: a word of its own, or the name of what it holds.
fn variants(value: &Value) -> Vec<String> {
    match value {
        Value::String(word) => vec![word.clone()],
        Value::Object(named) => named.keys().cloned().collect(),
        Value::Array(items) => items.iter().flat_map(variants).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_word_has_a_sample_and_is_in_the_protocol() {
    let (text, samples) = (protocol(), fixtures("wire"));
    let mut pairs = BTreeSet::new();
    samples.iter().for_each(|(_, sample)| {
        collect(sample, &mut |key, value| {
            for word in variants(value) {
                pairs.insert((key.to_owned(), word));
            }
        })
    });
    for (field, words) in vocabulary() {
        for word in words {
            assert!(pairs.contains(&(field.to_owned(), word.clone())), "no sample has {field} {word}");
            assert!(text.contains(&format!("`{word}`")), "PROTOCOL.md does not name `{word}`");
        }
    }
    for word in plain_words() {
        assert!(text.contains(&format!("`{word}`")), "PROTOCOL.md does not name `{word}`");
    }
}

#[test]
fn every_field_of_the_samples_is_in_the_protocol() {
    let (text, mut keys) = (protocol(), BTreeSet::new());
    for (_, sample) in fixtures("wire") {
        for part in ["body", "answer"] {
            collect(&sample[part], &mut |key, _| keys.extend([key.to_owned()]));
        }
    }
    let files = [
        "sync/wire.rs",
        "sync/wire/devices.rs",
        "sync/wire/notify.rs",
        "sync/wire/people.rs",
        "sync/mutation.rs",
        "sync/wire/undecided.rs",
        "sync/mutation/edit.rs",
        "domain/shop.rs",
        "domain/product.rs",
        "domain/sale.rs",
        "domain/expense.rs",
    ];
    for file in files {
        keys.extend(fields(file));
    }
    keys.remove("colour"); // the field nobody knows
    let missing: Vec<_> = keys.iter().filter(|key| !text.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "PROTOCOL.md does not name {missing:?}");
    assert!(keys.len() > 90, "{}", keys.len());
}

fn fields(file: &str) -> Vec<String> {
    let code = lex(&read(&format!("src/{file}"))).code;
    let field = |line: &str| {
        let (name, _) = line.trim().strip_prefix("pub ")?.split_once(':')?;
        let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        plain.then(|| name.to_owned())
    };
    code.lines().filter_map(field).collect()
}

fn collect(value: &Value, found: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            found(key, value);
            collect(value, found);
        }),
        _ => {}
    }
}

#[test]
fn every_sample_is_named_in_the_protocol() {
    let text = protocol();
    for (name, _) in fixtures("wire") {
        let (number, _) = name.split_once('-').unwrap();
        assert!(text.contains(&format!("`{name}`")), "PROTOCOL.md does not name sample {number}, `{name}`");
    }
}

macro_rules! limits {
    ($($name:path),* $(,)?) => { vec![$((stringify!($name).rsplit("::").next().unwrap(), $name as i64)),*] };
}

/// The table of limits says what the code says, and every limit of the code is in it.
#[test]
fn limits_are_those_of_the_code() {
    let limits = limits![
        MONEY_MAX_GNF,
        QUANTITY_MAX,
        STOCK_MAX_UNITS,
        LINES_MAX,
        TENDERS_MAX,
        BARCODES_MAX,
        BANKNOTES_MAX,
        NAME_MAX_CHARS,
        CATEGORY_MAX_CHARS,
        BARCODE_MAX_CHARS,
        REFERENCE_MAX_CHARS,
        NOTE_MAX_CHARS,
        LABEL_MAX_CHARS,
        EXPENSE_BACK_MAX_DAYS,
        RECEIPT_MAX,
        TIME_MAX_MS,
        PROTOCOL,
        BATCH_MAX,
        BATCH_TARGET_BYTES,
        REQUEST_MAX_BYTES,
        CAUSES_MAX,
        PAGE_MAX_ROWS,
        PUSH_PAGE_MAX_ROWS,
        PAGE_TARGET_BYTES,
        START_PAGE_MAX_ROWS,
        START_PAGE_TARGET_BYTES,
        HISTORY_DAYS,
        PAST_DAYS_MAX,
        ACKNOWLEDGED_DAYS,
        DEVICES_MAX,
        GAPS_MAX,
        TROUBLE_DAYS,
        PEOPLE_MAX,
        CODES_MAX,
        PAGE_MAX_CHARS,
        PIN_TRIES_MAX,
        PIN_LOCK_MS,
        PIN_LOCK_MAX_MS,
        mutation::BODY_VERSION,
        engine::SALE_ANSWER_WAIT_MS,
        engine::CHANGE_PAUSE_MS,
        engine::TICK_MS,
        engine::STREAMING_TICK_MS,
        engine::BACKOFF_FIRST_MS,
        engine::BACKOFF_LAST_MS,
    ];
    let text = protocol();
    let said = |name: &str| {
        let row = text.lines().find_map(|line| line.strip_prefix(&format!("| `{name}` |")))?;
        let figure = row.split('|').next()?;
        figure.chars().filter(char::is_ascii_digit).collect::<String>().parse::<i64>().ok()
    };
    for (name, value) in &limits {
        assert_eq!(said(name), Some(*value), "{name}");
    }
    for file in ["domain/limits.rs", "sync/wire.rs", "sync/wire/devices.rs", "sync/wire/people.rs"] {
        let code = lex(&read(&format!("src/{file}"))).code;
        for name in code.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next()) {
            assert!(limits.iter().any(|(known, _)| *known == name), "{name} is not in the table");
        }
    }
}

/// An upcaster's promise needs what it promises to read (G11).
#[test]
fn every_kind_of_mutation_has_its_recorded_fixture() {
    let names: Vec<String> = fixtures("mutations").into_iter().map(|(name, _)| name).collect();
    for kind in kinds() {
        for version in 1..=mutation::BODY_VERSION {
            let name = format!("{kind}.v{version}");
            assert!(names.contains(&name), "tests/fixtures/mutations/{name}.json is missing");
        }
    }
    for (name, fixture) in fixtures("mutations") {
        let recorded: mutation::Mutation = serde_json::from_str(&fixture.to_string()).unwrap();
        assert_eq!(name, format!("{}.v{}", recorded.kind, recorded.version));
        assert_eq!(serde_json::to_value(&recorded).unwrap(), fixture, "{name}");
        let body = recorded.read().unwrap_or_else(|error| panic!("{name}: {error}"));
        // What was recorded is all there: nothing of it was dropped on the way to today's types.
        let again = mutation::Mutation::new(
            recorded.key,
            recorded.origin,
            recorded.made,
            recorded.needs.clone(),
            recorded.after.clone(),
            &body,
        );
        if recorded.version == mutation::BODY_VERSION {
            assert_eq!(serde_json::to_value(&again).unwrap(), fixture, "{name}");
        }
    }
}
