//! Values that read as JSON and make no sense: what a bug, a broken phone or somebody ill-meaning would send.

use crate::draw::Draw;
use serde_json::{Map, Value, json};

/// What JSON can say and a [`Value`] cannot: written into the text in place of a marker.
const RAW: [(&str, &str); 6] = [
    ("\"@0\"", "1e400"),
    ("\"@1\"", "1.0"),
    ("\"@2\"", "99999999999999999999999999"),
    ("\"@3\"", "\"\\ud800\""),
    ("\"@4\"", "-0"),
    ("\"@5\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
];

/// The text of a value with its markers written out.
pub fn text_of(value: &Value) -> String {
    RAW.iter().fold(value.to_string(), |text, (marker, raw)| text.replace(marker, raw))
}

pub fn number(draw: &mut Draw) -> Value {
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(2),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.5),
        json!(-0.5),
        json!(1_000_000),
        json!(1_000_001),
        json!(1_000_000_000_000_i64),
        json!(1_000_000_000_001_i64),
        json!(253_402_300_800_000_i64),
        json!("5"),
        json!("@0"),
        json!("@1"),
        json!("@2"),
        json!("@4"),
    ];
    draw.pick(&numbers).clone()
}

pub fn text(draw: &mut Draw) -> Value {
    let length = [0, 1, 60, 61, 100, 101, 400, 401, 500, 501, 5_000, 300_000][draw.below(12)];
    let of = [
        "a",
        " ",
        "\0",
        "\u{7f}",
        "\u{1b}[2J",
        "\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "\u{61c}",
        "\u{2066}",
        "é",
        "𝄞",
        "\"",
        "\\",
        "<b>",
        "'; --",
        "\r\n",
        "٣",
        "\u{300}",
        "e\u{301}",
        "\u{fffd}",
        "\u{e0041}",
    ];
    let unit = *draw.pick(&of);
    match draw.below(3) {
        0 => json!(unit.repeat(length / unit.len().max(1))),
        1 => json!(format!("Riz {unit} local")),
        _ => json!("@3"),
    }
}

fn anything(draw: &mut Draw, ids: &[String]) -> Value {
    match draw.below(10) {
        0..=2 => number(draw),
        3..=4 => text(draw),
        5..=6 if !ids.is_empty() => json!(draw.pick(ids)),
        7 => Value::Null,
        8 => draw.pick(&[json!([]), json!({}), json!(true), json!("@5"), json!([{}]), json!({"": {"": null}})]).clone(),
        _ => json!("applied"),
    }
}

/// Changes a value somewhere: another value in a place, a field less or more, a list longer.
pub fn spoil(value: &mut Value, draw: &mut Draw, ids: &[String]) {
    // The deeper, the likelier: the envelope alone soon says nothing new.
    let deeper = draw.below(8) > 0;
    match value {
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let name = fields.keys().nth(draw.below(fields.len())).cloned().unwrap_or_default();
            match draw.below(12) {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert("colour".into(), anything(draw, ids))),
                _ => spoil(&mut fields[&name], draw, ids),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let place = draw.below(items.len());
            match draw.below(8) {
                0 => drop(items.remove(place)),
                1 => items.push(items[place].clone()),
                2 => {
                    let times = *draw.pick(&[2, 4, 5, 20, 21, 200, 201, 1_000, 10_000]);
                    let item = items[place].clone();
                    items.resize(times, item);
                }
                _ => spoil(&mut items[place], draw, ids),
            }
        }
        place => *place = anything(draw, ids),
    }
}

/// Ids a phone could know, could not, or nobody could.
#[derive(Clone, Default)]
pub struct Ids {
    pub products: Vec<String>,
    pub sales: Vec<String>,
    pub keys: Vec<String>,
    pub expenses: Vec<String>,
    pub repayments: Vec<String>,
    pub installations: Vec<String>,
    pub people: Vec<String>,
    /// The last number drawn.
    pub sequence: u64,
}

impl Ids {
    pub fn all(&self) -> Vec<String> {
        [&self.products, &self.sales, &self.keys, &self.expenses, &self.repayments, &self.installations, &self.people]
            .into_iter()
            .flat_map(|ids| ids.iter().rev().take(6).cloned())
            .chain(["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-7FFF-BFFF-FFFFFFFFFFFF"].map(str::to_owned))
            .chain(
                ["{01990000-0000-7000-8000-000000000101}", "01990000000070008000000000000101", "x"].map(str::to_owned),
            )
            .collect()
    }
}

fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn edit(draw: &mut Draw, what: &str, id: &str, fields: &[(&str, Value, Value)]) -> Value {
    let (name, seen, wanted) = draw.pick(fields).clone();
    let mut body = Map::from_iter([(what.to_owned(), json!(id))]);
    body.insert(name.to_owned(), json!({ "seen": seen, "wanted": wanted }));
    Value::Object(body)
}

fn customer(draw: &mut Draw) -> Value {
    match draw.below(3) {
        0 => text(draw),
        _ => json!(*draw.pick(&["Awa", "AWA.", "Mamadou Diallo", "..."])),
    }
}

fn tender(draw: &mut Draw, total: i64) -> Value {
    match draw.below(3) {
        0 => json!({"credit": {"amount": total, "customer": customer(draw)}}),
        _ => json!({"cash": {"amount": total, "given": total}}),
    }
}

/// A mutation as a good phone would make it.
pub fn mutation(draw: &mut Draw, ids: &mut Ids, installation: &str, actor: &str) -> Value {
    let known = |draw: &mut Draw, of: &[String]| match of.len() {
        0 => new_id(),
        some => of[some - 1 - draw.below(some.min(12))].clone(),
    };
    let (product, sale_id, quantity) = (known(draw, &ids.products), new_id(), [1_i64, 2, 5, 1_000_000][draw.below(4)]);
    let of_kind = draw.below(17);
    let (kind, body) = match of_kind {
        0 => {
            let id = new_id();
            ids.products.push(id.clone());
            let product = json!({"id": id, "name": "Sucre", "barcodes": ["611"], "category": "Épicerie",
                "sale_price": 900, "purchase_price": 700, "threshold": 2});
            ("create_product", json!({"product": product, "opening_units": quantity}))
        }
        1 => {
            let fields = [
                ("name", json!("Riz"), json!("Riz local")),
                ("sale_price", json!(1_000), json!(1_100)),
                ("threshold", json!(0), json!(3)),
                ("barcodes", json!([]), json!(["611", "612"])),
                ("purchase_price", json!(500), Value::Null),
                ("category", json!(""), json!("Épicerie")),
            ];
            ("edit_product", edit(draw, "product", &product, &fields))
        }
        2 => ("retire_product", json!({"product": product})),
        3 | 4 => {
            let id = if of_kind == 4 { known(draw, &ids.sales) } else { sale_id };
            ids.sales.push(id.clone());
            let price = [1_000_i64, 0, 1_000_000][draw.below(3)];
            let total = price * quantity;
            let line = json!({"product": product, "name": "Riz", "quantity": quantity, "unit_price": price});
            let sale = json!({"id": id, "receipt": "A-000042", "lines": [line],
                "tenders": [tender(draw, total)]});
            let mut body = json!({ "sale": sale });
            if of_kind == 4 {
                body["retry_of"] = json!(known(draw, &ids.keys));
                body["corrections"] = json!([{"product": product, "quantity": 1}]);
            }
            ("record_sale", body)
        }
        5 => ("void_sale", json!({"sale": known(draw, &ids.sales), "reason": "erreur"})),
        6 => {
            let became = *draw.pick(&["rolled_back", "parked", "cancelled", "retried"]);
            ("settle_refusal", json!({"refused": known(draw, &ids.keys), "became": became}))
        }
        7 => {
            let delta = [-1, 1, -1_000_000_000, 1_000_000_000][draw.below(4)];
            ("adjust_stock", json!({"product": product, "delta": delta, "reason": "count", "note": ""}))
        }
        12 => {
            let at = json!({"history": new_id(), "change": draw.below(9)});
            let expected = [0_i64, -5, 1_000_000_000][draw.below(3)];
            (
                "count_stock",
                json!({"product": product, "counted": quantity, "expected": expected, "at": at, "note": ""}),
            )
        }
        8 => {
            let line = json!({"product": product, "quantity": quantity});
            ("receive_stock", json!({"lines": [line], "note": ""}))
        }
        9 => {
            let id = new_id();
            ids.expenses.push(id.clone());
            let expense = json!({"id": id, "kind": "Transport", "amount": 5_000, "note": ""});
            ("record_expense", json!({ "expense": expense }))
        }
        10 => {
            let fields = [("kind", json!("Transport"), json!("Loyer")), ("amount", json!(5_000), json!(6_000))];
            let expense = known(draw, &ids.expenses);
            ("edit_expense", edit(draw, "expense", &expense, &fields))
        }
        13 => {
            let fields = [
                ("name", json!("Boutique"), text(draw)),
                ("answer_wait", json!(5), number(draw)),
                ("stock_check", json!("enforce"), json!("warn")),
                ("employees_count", json!(false), json!(true)),
                ("banknotes", json!([5_000, 10_000, 20_000]), json!([number(draw), 500])),
            ];
            let mut body = edit(draw, "shop", "", &fields);
            body.as_object_mut().map(|body| body.remove("shop"));
            ("edit_shop", body)
        }
        14 | 15 => {
            let id = new_id();
            ids.repayments.push(id.clone());
            let given = [500, 1_000][draw.below(2)];
            let tender = json!({"cash": {"amount": 500, "given": given}});
            ("record_repayment", json!({"repayment": {"id": id, "customer": customer(draw), "tender": tender}}))
        }
        16 => ("void_repayment", json!({"repayment": known(draw, &ids.repayments), "reason": ""})),
        _ => ("void_expense", json!({"expense": known(draw, &ids.expenses), "reason": ""})),
    };
    ids.sequence += 1;
    let key = uuid::Uuid::new_v4().to_string();
    let needs = if draw.below(6) == 0 { vec![known(draw, &ids.keys)] } else { Vec::new() };
    ids.keys.push(key.clone());
    json!({
        "key": key,
        "origin": {"installation": installation, "sequence": ids.sequence, "actor": actor},
        "made": {"device_ms": 1_795_000_000_000_i64, "skew_ms": 0, "contact_ms": 1_795_000_000_000_i64},
        "needs": needs,
        "kind": kind,
        "version": 1,
        "body": body,
    })
}
