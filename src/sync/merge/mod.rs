//! Edits that meet: per field, the value seen and the value wanted, transformed against what was committed since (G18).
//!
//! The idea is operational transformation's (Ellis and Gibbs, "Concurrency control in groupware systems", SIGMOD 1989;
//! its property TP1 by Ressel, Nitsche-Ruhland and Gunzenhäuser, CSCW 1996): an edit made on an older state is changed
//! so that it means the same on the newer one. There is one server, which puts all edits in one order, so nothing more
//! than TP1 is asked: two edits of one base end in the same state whichever arrives first, up to which of two clashing
//! values stands and which waits. What cannot mean the same any more is a conflict, with its three values, for a
//! person. An edit of an unchanged field is applied as it is, and nothing a person typed disappears.

mod edits;
mod shop;
mod words;

pub use edits::{between, between_expenses, expense, product, settled};
pub use shop::{between_shops, shop, show_shop};

use super::verdict::FieldConflict;
use crate::{
    domain::{Barcode, Note, limits::BARCODES_MAX},
    faults::{self, Fault},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One field's edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    pub seen: T,
    pub wanted: T,
}

impl<T> Change<T> {
    /// The change from `seen` to `wanted`, if there is one.
    pub fn between(seen: T, wanted: T) -> Option<Self>
    where
        T: PartialEq,
    {
        (seen != wanted).then_some(Self { seen, wanted })
    }
}

/// Merges into `current` what `change` still means there; `both` says what that is where two people changed the field
/// to two values, if it can be said.
fn meet<T>(
    name: &str,
    current: &mut T,
    change: Option<&Change<T>>,
    clashes: &mut Vec<FieldConflict>,
    both: impl Fn(&T, &Change<T>) -> Option<T>,
) where
    T: Clone + PartialEq + Serialize,
{
    let Some(change) = change else { return };
    if *current == change.wanted {
        return; // both wanted the same
    }
    if *current == change.seen || faults::is(Fault::LastWriterWins) {
        *current = change.wanted.clone();
        return;
    }
    if let Some(merged) = both(current, change) {
        *current = merged;
        return;
    }
    let value = |value: &T| serde_json::to_value(value).unwrap_or_default();
    clashes.push(FieldConflict {
        field: name.to_owned(),
        before: value(&change.seen),
        theirs: value(current),
        mine: value(&change.wanted),
    });
}

/// A field that has one value: two of them clash, and the one that stands stays.
pub fn field<T>(name: &str, current: &mut T, change: Option<&Change<T>>, clashes: &mut Vec<FieldConflict>)
where
    T: Clone + PartialEq + Serialize,
{
    meet(name, current, change, clashes, |_, _| None);
}

/// An amount: two differences from one base add up, as long as the sum is an amount the type can hold.
pub fn amount<T>(name: &str, current: &mut T, change: Option<&Change<T>>, clashes: &mut Vec<FieldConflict>)
where
    T: Copy + PartialEq + Serialize + Into<i64> + TryFrom<i64>,
{
    meet(name, current, change, clashes, |current, change| {
        T::try_from((*current).into() + change.wanted.into() - change.seen.into()).ok()
    });
}

/// Barcodes are a set: what one took out goes, what the other added comes, the rest stays, in one order whoever came
/// first. They clash only where there would be too many.
pub fn set(
    name: &str,
    current: &mut Vec<Barcode>,
    change: Option<&Change<Vec<Barcode>>>,
    clashes: &mut Vec<FieldConflict>,
) {
    meet(name, current, change, clashes, |current, change| {
        let kept = current.iter().filter(|code| change.wanted.contains(code) || !change.seen.contains(code));
        let added = change.wanted.iter().filter(|code| !change.seen.contains(code));
        let merged: BTreeSet<&Barcode> = kept.chain(added).collect();
        (merged.len() <= BARCODES_MAX).then(|| merged.into_iter().cloned().collect())
    });
}

/// A note: edits of different words both stand.
pub fn note(name: &str, current: &mut Note, change: Option<&Change<Note>>, clashes: &mut Vec<FieldConflict>) {
    meet(name, current, change, clashes, |current, change| {
        let merged = words::merge(change.seen.as_str(), current.as_str(), change.wanted.as_str())?;
        Note::clean(&merged).ok()
    });
}

/// Drawn natively: in a browser only storage is tested.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod laws;
