//! The laws of merging, over all that two people might do to one thing.

use super::*;
use crate::{
    domain::{
        Barcode, Category, Day, Expense, ExpenseId, Key, Label, Money, Name, Product, ProductId, Units, expense::Dated,
        limits,
    },
    sync::{
        Body,
        mutation::{EditExpense, EditProduct, Edited},
    },
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::json;
use uuid::Uuid;

/// Few values, so that edits meet.
fn money() -> impl Strategy<Value = Money> {
    (0..4_i64).prop_map(|hundreds| Money::new(hundreds * 100).unwrap())
}

fn units() -> impl Strategy<Value = Units> {
    prop_oneof![0..6_i64, limits::STOCK_MAX_UNITS - 3..=limits::STOCK_MAX_UNITS].prop_map(|n| Units::new(n).unwrap())
}

fn barcodes() -> impl Strategy<Value = Vec<Barcode>> {
    vec((0..14_u8).prop_map(|n| Barcode::new(&n.to_string()).unwrap()), 0..=limits::BARCODES_MAX)
}

fn text(words: usize) -> impl Strategy<Value = String> {
    vec(prop_oneof!["riz", "sac", "5", "<<<<<<<", "=======", ">>>>>>>", "a b"], 1..=words)
        .prop_map(|words| words.join(" "))
}

fn product() -> impl Strategy<Value = Product> {
    (text(2), barcodes(), text(2), money(), option::of(money()), units()).prop_map(
        |(name, barcodes, category, sale_price, purchase_price, threshold)| Product {
            id: ProductId(Uuid::from_u128(1)),
            name: Name::new(&name).unwrap(),
            barcodes,
            category: Category::new(&category).unwrap(),
            sale_price,
            purchase_price,
            threshold,
            retired: false,
        },
    )
}

fn expense() -> impl Strategy<Value = Dated> {
    (text(1), money(), text(12), 20_000..20_003_i64).prop_map(|(kind, amount, note, day)| Dated {
        expense: Expense {
            id: ExpenseId(Uuid::from_u128(1)),
            kind: Label::new(&kind).unwrap(),
            amount,
            note: Note::new(&note).unwrap(),
        },
        day: Day(day),
    })
}

/// The edit that makes one product of the other; some fields are left alone.
fn edit(from: &Product, to: &Product, fields: u8) -> EditProduct {
    fn of<T: Clone + PartialEq>(wanted: bool, from: &T, to: &T) -> Option<Change<T>> {
        Change::between(from.clone(), to.clone()).filter(|_| wanted)
    }
    let has = |bit: u8| fields & (1 << bit) != 0;
    EditProduct {
        product: from.id,
        name: of(has(0), &from.name, &to.name),
        barcodes: of(has(1), &from.barcodes, &to.barcodes),
        category: of(has(2), &from.category, &to.category),
        sale_price: of(has(3), &from.sale_price, &to.sale_price),
        purchase_price: of(has(4), &from.purchase_price, &to.purchase_price),
        threshold: of(has(5), &from.threshold, &to.threshold),
        settles: None,
    }
}

fn edit_expense(from: &Dated, to: &Dated) -> EditExpense {
    let (days, from, to) = ((from.day, to.day), &from.expense, &to.expense);
    EditExpense {
        expense: from.id,
        day: Change::between(days.0, days.1),
        kind: Change::between(from.kind.clone(), to.kind.clone()),
        amount: Change::between(from.amount, to.amount),
        note: Change::between(from.note.clone(), to.note.clone()),
        settles: None,
    }
}

/// Two edits of one base, in both orders.
fn both_orders<T: Clone, E>(
    base: &T,
    merge: impl Fn(&mut T, &E) -> Vec<FieldConflict>,
    [one, two]: [&E; 2],
) -> [(T, Vec<FieldConflict>); 2] {
    [[one, two], [two, one]].map(|[first, second]| {
        let mut state = base.clone();
        assert_eq!(merge(&mut state, first), [], "nothing had changed since");
        let clashes = merge(&mut state, second);
        (state, clashes)
    })
}

/// TP1: the same fields clash in both orders, and what stands in one order is what waits in the other.
fn meets_itself(one_first: &[FieldConflict], two_first: &[FieldConflict]) -> Result<(), TestCaseError> {
    prop_assert_eq!(one_first.len(), two_first.len());
    for (clash, other) in one_first.iter().zip(two_first) {
        prop_assert_eq!((&clash.field, &clash.before), (&other.field, &other.before));
        prop_assert_eq!((&clash.theirs, &clash.mine), (&other.mine, &other.theirs));
    }
    Ok(())
}

fn as_json<T: Serialize>(value: &T, except: &[FieldConflict]) -> serde_json::Value {
    let mut value = serde_json::to_value(value).unwrap();
    for clash in except {
        value.as_object_mut().unwrap().remove(&clash.field);
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_edit_of_an_unchanged_product_is_applied_as_it_is(base in product(), wanted in product()) {
        let mut state = base.clone();
        prop_assert_eq!(super::product(&mut state, &edit(&base, &wanted, u8::MAX)), vec![]);
        prop_assert_eq!(state, wanted);
    }

    #[test]
    fn edits_of_one_field_each_make_one_product_of_the_other(base in product(), wanted in product()) {
        let mut state = base.clone();
        for edit in between(&base, &wanted) {
            prop_assert_eq!(super::product(&mut state, &edit), vec![]);
        }
        prop_assert_eq!(state, wanted);
    }

    #[test]
    fn a_settled_clash_is_what_was_chosen(base in product(), stands in product(), wanted in product(), mine in any::<bool>()) {
        let (mut state, edit) = (stands, edit(&base, &wanted, u8::MAX));
        let clashes = super::product(&mut state, &edit);
        let chosen: Vec<_> =
            clashes.iter().map(|clash| if mine { clash.mine.clone() } else { clash.theirs.clone() }).collect();
        let before = state.clone();
        let clash = Key(Uuid::nil());
        let Body::EditProduct(edit) = settled(Edited::Product(edit.product), clash, &clashes, &chosen).unwrap() else {
            unreachable!()
        };
        prop_assert_eq!(super::product(&mut state, &edit), vec![]);
        prop_assert_eq!(edit.settles, Some(clash));
        for clash in &clashes {
            let stands = &serde_json::to_value(&state).unwrap()[&clash.field];
            prop_assert_eq!(stands, if mine { &clash.mine } else { &clash.theirs });
        }
        prop_assert_eq!(as_json(&before, &clashes), as_json(&state, &clashes));
    }

    #[test]
    fn both_orders_of_two_edits_of_a_product_end_alike(
        base in product(), one in product(), two in product(), fields in any::<(u8, u8)>()
    ) {
        let edits = [&edit(&base, &one, fields.0), &edit(&base, &two, fields.1)];
        let [(first, one_first), (second, two_first)] = both_orders(&base, super::product, edits);
        meets_itself(&one_first, &two_first)?;
        prop_assert_eq!(as_json(&first, &one_first), as_json(&second, &two_first));
    }

    #[test]
    fn both_orders_of_two_edits_of_an_expense_end_alike(base in expense(), one in expense(), two in expense()) {
        let edits = [&edit_expense(&base, &one), &edit_expense(&base, &two)];
        let [(first, one_first), (second, two_first)] = both_orders(&base, super::expense, edits);
        meets_itself(&one_first, &two_first)?;
        prop_assert_eq!(as_json(&first.expense, &one_first), as_json(&second.expense, &two_first));
        prop_assert!(first.day == second.day || one_first.iter().any(|clash| clash.field == "day"));
    }

    #[test]
    fn nothing_a_person_typed_disappears(base in product(), stands in product(), wanted in product()) {
        let (mut state, edit) = (stands.clone(), edit(&base, &wanted, u8::MAX));
        let clashes = super::product(&mut state, &edit);
        let clashed = |name: &str| clashes.iter().any(|clash| clash.field == name);
        for clash in &clashes {
            prop_assert_eq!(&clash.mine, &serde_json::to_value(&wanted).unwrap()[&clash.field]);
        }
        let [edited, stands_now, typed] = [json!(edit), json!(state), json!(wanted)];
        for field in ["name", "category", "sale_price", "purchase_price"] {
            if edited.get(field).is_some() && !clashed(field) {
                prop_assert_eq!(stands_now.get(field), typed.get(field));
            }
        }
        if !clashed("barcodes") {
            let added = wanted.barcodes.iter().filter(|code| !base.barcodes.contains(code));
            for code in added {
                prop_assert!(state.barcodes.contains(code), "{code}");
            }
        }
        if edit.threshold.is_some() && !clashed("threshold") && stands.threshold != wanted.threshold {
            let by = wanted.threshold.get() - base.threshold.get();
            prop_assert_eq!(state.threshold.get(), stands.threshold.get() + by);
        }
    }

    #[test]
    fn every_word_two_people_added_to_a_note_stands_or_clashes(
        base in vec("[a-z]{1,3}", 0..8), one in vec("[A-M]{1,3}", 1..3), two in vec("[N-Z]{1,3}", 1..3),
        at in (0..8_usize, 0..8_usize)
    ) {
        let with = |words: &[String], at: usize| {
            let (before, after) = base.split_at(at.min(base.len()));
            [before, words, after].concat().join(" ")
        };
        if let Some(merged) = words::merge(&base.join(" "), &with(&one, at.0), &with(&two, at.1)) {
            let merged: Vec<&str> = merged.split(' ').collect();
            for word in base.iter().chain(&one).chain(&two) {
                prop_assert!(merged.contains(&word.as_str()), "{word} in {merged:?}");
            }
        }
    }
}

#[test]
fn one_field_wanted_two_ways_is_kept_with_its_three_values() {
    let (mut name, mut clashes) = ("riz 5 kg".to_owned(), Vec::new());
    field("name", &mut name, Change::between("riz".into(), "riz local".into()).as_ref(), &mut clashes);
    assert_eq!(name, "riz 5 kg");
    let [clash] = clashes.as_slice() else { panic!("{clashes:?}") };
    assert_eq!((&clash.before, &clash.theirs, &clash.mine), (&"riz".into(), &"riz 5 kg".into(), &"riz local".into()));
}

#[test]
fn a_threshold_raised_by_five_and_by_three_is_raised_by_eight() {
    let units = |n| Units::new(n).unwrap();
    let (mut threshold, mut clashes) = (units(15), Vec::new());
    amount("threshold", &mut threshold, Change::between(units(10), units(13)).as_ref(), &mut clashes);
    assert_eq!((threshold.get(), clashes.len()), (18, 0));
    amount("threshold", &mut threshold, Change::between(units(40), units(2)).as_ref(), &mut clashes);
    assert_eq!((threshold.get(), clashes.len()), (18, 1), "below zero is no threshold");
}
