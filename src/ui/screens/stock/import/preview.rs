//! What each line of the file becomes: how many of each sort, and the lines of one sort.

use super::words;
use crate::{
    domain::{
        Product,
        import::{BadLine, Becomes, Counts, Known, Plan, Planned},
    },
    ui::{
        components::product_name,
        erase::{Row, erase, live, on, rows},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*};
use std::sync::Arc;

/// Lines that are drawn at first, and more at each tap.
const LINES_SHOWN: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    New,
    Changed,
    Same,
    Again,
    Retired,
    Bad,
}

impl Sort {
    const ALL: [Sort; 6] = [Sort::New, Sort::Changed, Sort::Bad, Sort::Same, Sort::Again, Sort::Retired];

    fn count(self, counts: &Counts) -> usize {
        match self {
            Sort::New => counts.new,
            Sort::Changed => counts.changed,
            Sort::Same => counts.same,
            Sort::Again => counts.again,
            Sort::Retired => counts.retired,
            Sort::Bad => counts.bad,
        }
    }

    fn holds(self, planned: &Planned) -> bool {
        match &planned.becomes {
            Becomes::New { .. } => self == Sort::New,
            Becomes::Changed { .. } => self == Sort::Changed,
            Becomes::Same { .. } => self == Sort::Same,
            Becomes::Again { .. } => self == Sort::Again,
            Becomes::Retired { .. } => self == Sort::Retired,
        }
    }

    fn name(self, known: Known, n: usize) -> &'static str {
        let n = n as i64;
        match (self, known) {
            (Sort::New, _) => things!(n, "nouveau", "nouveaux"),
            (Sort::Changed, Known::Update) => t!("à mettre à jour"),
            (Sort::Changed, Known::Leave) => things!(n, "différent, laissé", "différents, laissés"),
            (Sort::Same, _) => things!(n, "inchangé", "inchangés"),
            (Sort::Again, _) => things!(n, "ligne répétée", "lignes répétées"),
            (Sort::Retired, _) => things!(n, "retiré, laissé", "retirés, laissés"),
            (Sort::Bad, _) => things!(n, "ligne en erreur", "lignes en erreur"),
        }
    }

    /// The one to look at first: what is wrong, else what there is.
    pub fn first(counts: &Counts) -> Self {
        let order = [Sort::Bad, Sort::New, Sort::Changed, Sort::Same];
        order.into_iter().find(|sort| sort.count(counts) > 0).unwrap_or(Sort::New)
    }
}

/// The figures, each of which shows its lines.
pub fn figures(plan: Arc<Plan>, known: RwSignal<Known>, sort: RwSignal<Sort>) -> AnyView {
    let counts = plan.counts;
    let figure = |of: Sort| {
        let n = of.count(&counts);
        let always = matches!(of, Sort::New | Sort::Changed | Sort::Bad);
        (n > 0 || always).then(|| {
            let class = if of == Sort::Bad && n > 0 { "tile tile--bad" } else { "tile" };
            erase(view! {
                <button
                    class=class
                    type="button"
                    disabled=n == 0
                    aria-pressed=live(move || (sort.get() == of).to_string())
                    on:click=on(move |_: MouseEvent| sort.set(of))
                >
                    <b class="num">{format::number(n as i64)}</b>
                    <span>{live(move || of.name(known.get(), n))}</span>
                </button>
            })
        })
    };
    let figures: Vec<AnyView> = Sort::ALL.into_iter().filter_map(figure).collect();
    erase(view! { <div class="tiles" role="group" aria-label=t!("Ce que deviennent les lignes")>{figures}</div> })
}

/// The lines of the chosen sort.
pub fn lines(plan: Arc<Plan>, sort: RwSignal<Sort>) -> AnyView {
    let shown = RwSignal::new(LINES_SHOWN);
    let counts = plan.counts;
    let list = move || {
        let (sort, shown) = (sort.get(), shown.get());
        match sort {
            Sort::Bad => plan.bad.iter().take(shown).map(bad_row).collect(),
            sort => plan.lines.iter().filter(|planned| sort.holds(planned)).take(shown).map(row).collect::<Vec<Row>>(),
        }
    };
    let more = live(move || {
        let left = sort.get().count(&counts).saturating_sub(shown.get());
        (left > 0).then(|| {
            let tap = on(move |_: MouseEvent| shown.update(|shown| *shown += LINES_SHOWN));
            let said = t!("Voir la suite ({left} de plus)", left = format::number(left as i64));
            erase(view! { <button class="btn btn--wide" type="button" on:click=tap>{said}</button> })
        })
    });
    erase(view! {
        <section class="card" aria-labelledby="apercu">
            <h2 id="apercu">{t!("Aperçu")}</h2>
            <ul class="read">{rows(list)}</ul>
            {more}
        </section>
    })
}

fn line_of(line: u64) -> String {
    t!("Ligne {line}", line = format::number(line as i64))
}

fn bad_row(bad: &BadLine) -> Row {
    let (place, reason) = (words::place(bad), words::reason(&bad.reason));
    Row::new(format!("bad/{}", bad.line), move || {
        erase(
            view! { <li class="read__line">{icons::triangle_alert()}<span><b>{place}</b><span>{reason}</span></span></li> },
        )
    })
}

fn row(planned: &Planned) -> Row {
    let line = planned.line;
    let (name, below) = match &planned.becomes {
        Becomes::New { product, opening } => {
            let mut told =
                vec![format::money(product.sale_price), t!("{units} en stock", units = format::number(opening.get()))];
            told.extend(Some(product.category.to_string()).filter(|category| !category.is_empty()));
            let below = [told.join(" · "), particulars(product)];
            (product.name.to_string(), below.into_iter().filter(|said| !said.is_empty()).collect())
        }
        Becomes::Changed { seen, wanted } => (seen.name.to_string(), changes(seen, wanted)),
        Becomes::Same { product } => (product.name.to_string(), Vec::new()),
        Becomes::Retired { product } => {
            (product.name.to_string(), vec![t!("Retiré du catalogue : il n’y revient pas par un fichier.").to_owned()])
        }
        Becomes::Again { name, line } => {
            (name.clone(), vec![t!("Comme la ligne {line}.", line = format::number(*line as i64))])
        }
    };
    Row::new(format!("line/{line}"), move || {
        let below: Vec<AnyView> =
            below.into_iter().map(|said| erase(view! { <span class="small muted">{said}</span> })).collect();
        erase(view! {
            <li class="read__line"><span>{product_name(&name)}{below}</span><span class="small muted num">{line_of(line)}</span></li>
        })
    })
}

/// What the list of products does not show, so that columns that were taken for one another are seen.
fn particulars(product: &Product) -> String {
    let cost = product.purchase_price.map(format::money);
    let threshold = Some(product.threshold.get()).filter(|units| *units > 0).map(format::number);
    let told = [
        ("barcodes", Some(codes(product)).filter(|codes| !codes.is_empty())),
        ("purchase_price", cost),
        ("threshold", threshold),
    ];
    let say =
        |(field, value): (&str, Option<String>)| value.map(|value| format!("{} : {value}", text::field_name(field)));
    told.into_iter().filter_map(say).collect::<Vec<_>>().join(" · ")
}

fn codes(product: &Product) -> String {
    product.barcodes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
}

/// `Prix de vente : 9 000 GNF → 9 500 GNF`, for each field that changes.
fn changes(seen: &Product, wanted: &Product) -> Vec<String> {
    let money = |product: &Product| product.purchase_price.map_or_else(String::new, format::money);
    let all = [
        ("name", seen.name.to_string(), wanted.name.to_string()),
        ("sale_price", format::money(seen.sale_price), format::money(wanted.sale_price)),
        ("purchase_price", money(seen), money(wanted)),
        ("category", seen.category.to_string(), wanted.category.to_string()),
        ("threshold", format::number(seen.threshold.get()), format::number(wanted.threshold.get())),
        ("barcodes", codes(seen), codes(wanted)),
    ];
    let say = |(field, before, after): (&str, String, String)| {
        let before = if before.is_empty() { t!("(rien)").to_owned() } else { before };
        format!("{} : {before} → {after}", text::field_name(field))
    };
    all.into_iter().filter(|(_, before, after)| before != after).map(say).collect()
}
