//! Which rule each field of a thing follows.

use super::{Change, amount, field, note, set};
use crate::{
    domain::{Key, Product, ProductId, expense::Dated},
    sync::{
        Body, json,
        mutation::{EditExpense, EditProduct, Edited},
        verdict::FieldConflict,
    },
};
use serde_json::{Value, json};

/// Merges an edit into the product as it stands, and returns what clashes.
///
/// A price is one value, not an amount: two people who lower it by 500 have not agreed to lower it by 1 000. A
/// threshold moves by differences, as stock does.
pub fn product(product: &mut Product, edit: &EditProduct) -> Vec<FieldConflict> {
    let mut clashes = Vec::new();
    field("name", &mut product.name, edit.name.as_ref(), &mut clashes);
    field("category", &mut product.category, edit.category.as_ref(), &mut clashes);
    field("sale_price", &mut product.sale_price, edit.sale_price.as_ref(), &mut clashes);
    field("purchase_price", &mut product.purchase_price, edit.purchase_price.as_ref(), &mut clashes);
    amount("threshold", &mut product.threshold, edit.threshold.as_ref(), &mut clashes);
    set("barcodes", &mut product.barcodes, edit.barcodes.as_ref(), &mut clashes);
    clashes
}

/// Merges an edit into the expense as it stands, and returns what clashes.
pub fn expense(dated: &mut Dated, edit: &EditExpense) -> Vec<FieldConflict> {
    let (mut clashes, Dated { expense, day }) = (Vec::new(), dated);
    field("kind", &mut expense.kind, edit.kind.as_ref(), &mut clashes);
    field("amount", &mut expense.amount, edit.amount.as_ref(), &mut clashes);
    note("note", &mut expense.note, edit.note.as_ref(), &mut clashes);
    field("day", day, edit.day.as_ref(), &mut clashes);
    clashes
}

impl EditProduct {
    /// An edit of that product that changes nothing yet.
    pub fn of(product: ProductId) -> Self {
        Self {
            product,
            name: None,
            barcodes: None,
            category: None,
            sale_price: None,
            purchase_price: None,
            threshold: None,
            settles: None,
        }
    }
}

/// What makes one product of the other: an edit for each field, so that one that clashes holds back no other.
pub fn between(seen: &Product, wanted: &Product) -> Vec<EditProduct> {
    let none = EditProduct::of(seen.id);
    let edits = [
        Change::between(seen.name.clone(), wanted.name.clone())
            .map(|name| EditProduct { name: Some(name), ..none.clone() }),
        Change::between(seen.barcodes.clone(), wanted.barcodes.clone())
            .map(|barcodes| EditProduct { barcodes: Some(barcodes), ..none.clone() }),
        Change::between(seen.category.clone(), wanted.category.clone())
            .map(|category| EditProduct { category: Some(category), ..none.clone() }),
        Change::between(seen.sale_price, wanted.sale_price)
            .map(|price| EditProduct { sale_price: Some(price), ..none.clone() }),
        Change::between(seen.purchase_price, wanted.purchase_price)
            .map(|price| EditProduct { purchase_price: Some(price), ..none.clone() }),
        Change::between(seen.threshold, wanted.threshold)
            .map(|threshold| EditProduct { threshold: Some(threshold), ..none.clone() }),
    ];
    edits.into_iter().flatten().collect()
}

/// As [`between`], of an expense.
pub fn between_expenses(seen: &Dated, wanted: &Dated) -> Vec<EditExpense> {
    let (days, seen, wanted) = ((seen.day, wanted.day), &seen.expense, &wanted.expense);
    let none = EditExpense { expense: seen.id, kind: None, amount: None, note: None, day: None, settles: None };
    let edits = [
        Change::between(seen.kind.clone(), wanted.kind.clone())
            .map(|kind| EditExpense { kind: Some(kind), ..none.clone() }),
        Change::between(seen.amount, wanted.amount).map(|amount| EditExpense { amount: Some(amount), ..none.clone() }),
        Change::between(seen.note.clone(), wanted.note.clone())
            .map(|note| EditExpense { note: Some(note), ..none.clone() }),
        Change::between(days.0, days.1).map(|day| EditExpense { day: Some(day), ..none.clone() }),
    ];
    edits.into_iter().flatten().collect()
}

/// The edit that settles the clash `key` of such a thing: each field goes from the value that stands to the one a person
/// chose, in the order of `clashes`. An error where a value is none of its field.
pub fn settled(of: Edited, key: Key, clashes: &[FieldConflict], chosen: &[Value]) -> Result<Body, serde_json::Error> {
    let mut edit = serde_json::Map::from_iter([("settles".to_owned(), json!(key))]);
    for (clash, chosen) in clashes.iter().zip(chosen).filter(|(clash, chosen)| clash.theirs != **chosen) {
        edit.insert(clash.field.clone(), json!({ "seen": clash.theirs, "wanted": chosen }));
    }
    match of {
        Edited::Product(product) => {
            edit.insert("product".into(), json!(product));
            json::read(&Value::Object(edit).to_string()).map(Body::EditProduct)
        }
        Edited::Expense(expense) => {
            edit.insert("expense".into(), json!(expense));
            json::read(&Value::Object(edit).to_string()).map(Body::EditExpense)
        }
        Edited::Shop => json::read(&Value::Object(edit).to_string()).map(Body::EditShop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, Expense, ExpenseId, Label, Money, Note};
    use uuid::Uuid;

    #[test]
    fn a_changed_expense_is_an_edit_for_each_changed_field() {
        let dated = |kind: &str, gnf: i64, note: &str, day: i64| {
            let (kind, amount) = (Label::new(kind).unwrap(), Money::new(gnf).unwrap());
            let expense = Expense { id: ExpenseId(Uuid::nil()), kind, amount, note: Note::new(note).unwrap() };
            Dated { expense, day: Day(day) }
        };
        let (seen, wanted) = (dated("Loyer", 900, "mai", 20_000), dated("Loyer", 950, "juin", 19_999));
        let edits = between_expenses(&seen, &wanted);
        let fields =
            |edit: &EditExpense| [edit.kind.is_some(), edit.amount.is_some(), edit.note.is_some(), edit.day.is_some()];
        let alone = |at| std::array::from_fn(|n| n == at);
        assert_eq!(edits.iter().map(fields).collect::<Vec<[bool; 4]>>(), [alone(1), alone(2), alone(3)]);
        let mut merged = seen.clone();
        assert!(edits.iter().all(|edit| super::expense(&mut merged, edit).is_empty()));
        assert_eq!(merged, wanted);
        assert_eq!(between_expenses(&seen, &seen), []);
    }
}
