//! What is kept of an export of all times.

use super::*;
use crate::{
    domain::{Day, day::DAY_MS, export::File},
    sync::wire::{Past, place_of_change},
};

/// The phone sells on that day.
const LAST: Day = Day(NOW_MS / DAY_MS);

fn asked_after(change: Option<u64>) -> Past {
    Past::Moves { product: None, last: LAST, after: change.map(place_of_change) }
}

fn begun(till: &Till, headings: &str) -> Export {
    until(till, headings, LAST)
}

fn until(till: &Till, headings: &str, last: Day) -> Export {
    Export::new(&till.device(), File::Movements, headings.to_owned(), last, asked_after(None)).unwrap()
}

/// As it is after one more answer.
fn further(export: &Export, after: Option<u64>) -> Export {
    let next = after.map(|change| asked_after(Some(change)));
    Export { next, pieces: export.pieces + 1, lines: export.lines + 2, ..export.clone() }
}

fn pieces(till: &Till) -> Vec<(String, String)> {
    till.0.scan(Store::Export, "")
}

fn text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn pieces_and_how_far_it_is_are_kept_together() {
    let mut till = Till::new();
    let begun = begun(&till, "Produit");
    let first = further(&begun, Some(40));
    till.commit(&keep_export(&begun, &first, "a;1\r\n"));
    let second = further(&first, None);
    till.commit(&keep_export(&first, &second, ""));
    assert_eq!(till.device().meta.export, Some(second.clone()));
    assert_eq!(pieces(&till), [(keys::piece(0), text("a;1\r\n")), (keys::piece(1), text(""))]);
    // The same once more, as of a tab that woke late, changes nothing.
    assert!(till.0.commit(&keep_export(&first, &further(&first, Some(9)), "b;1\r\n")).is_err());
    assert_eq!(till.device().meta.export, Some(second));
    till.commit(&end_export(&till.device()).unwrap());
    assert_eq!((till.device().meta.export, pieces(&till)), (None, vec![]));
    assert_eq!(end_export(&till.device()), None);
}

#[test]
fn one_that_begins_takes_the_place_of_another() {
    let mut till = Till::new();
    let (french, english) = (begun(&till, "Produit"), begun(&till, "Product"));
    let first = further(&french, Some(40));
    till.commit(&keep_export(&french, &first, "a"));
    let second = further(&first, Some(20));
    till.commit(&keep_export(&first, &second, "b"));
    let other = further(&english, Some(40));
    till.commit(&keep_export(&english, &other, "c"));
    assert_eq!(pieces(&till), [(keys::piece(0), text("c"))]);
    assert!(till.0.commit(&keep_export(&second, &further(&second, None), "d")).is_err());
    assert_eq!(till.device().meta.export, Some(other));
}

#[test]
fn it_goes_on_however_far_it_is_and_not_beside_what_was_sent_or_set_back() {
    let mut till = Till::new();
    let export = begun(&till, "Produit");
    assert!(further(&further(&export, Some(40)), None).is_of(&begun(&till, "Produit")));
    assert!(!export.is_of(&begun(&till, "Product")));
    till.queue(1, sale(1, 1, 2), false);
    let waiting = begun(&till, "Produit");
    assert_eq!(waiting.waiting, [key(1)]);
    assert!(!export.is_of(&waiting));
    // What is of a day that the phone holds is no matter of the server's.
    assert_eq!(until(&till, "Produit", Day(LAST.0 - 1)).waiting, []);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    assert!(!waiting.is_of(&begun(&till, "Produit")));
    let elsewhere = Export { history: Uuid::from_u128(77), ..export.clone() };
    assert!(!elsewhere.is_of(&export));
}
