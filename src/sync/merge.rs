//! Edits that meet: per field, the value seen and the value wanted against the value that stands now.
//!
//! The rule is three-way comparison, field by field, in the manner of operational transformation (Ellis and Gibbs,
//! "Concurrency control in groupware systems", SIGMOD 1989): an edit made on an older state is transformed against
//! what was committed since. Different fields both stand; one field wanted two ways is a conflict with its three
//! values, shown to a person.

use super::verdict::FieldConflict;
use crate::faults::{self, Fault};
use serde::{Deserialize, Serialize};

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

/// Transforms one field's edit against the value that stands now. Clashes are added to `clashes`, and the field
/// stays as it is.
pub fn field<T>(name: &str, current: &mut T, change: Option<&Change<T>>, clashes: &mut Vec<FieldConflict>)
where
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
    let value = |value: &T| serde_json::to_value(value).unwrap_or_default();
    clashes.push(FieldConflict {
        field: name.to_owned(),
        before: value(&change.seen),
        theirs: value(current),
        mine: value(&change.wanted),
    });
}

/// [`field`] for an amount: two differences from one base add up, as long as the sum is an amount the type can hold.
pub fn amount<T>(name: &str, current: &mut T, change: Option<&Change<T>>, clashes: &mut Vec<FieldConflict>)
where
    T: Copy + PartialEq + Serialize + Into<i64> + TryFrom<i64>,
{
    if let Some(change) = change {
        let sum = (*current).into() + change.wanted.into() - change.seen.into();
        match T::try_from(sum) {
            Ok(moved) => *current = moved,
            Err(_) => field(name, current, Some(change), clashes),
        }
    }
}

/// [`field`] for a list that is a set: what was taken out goes, what was added comes, the rest stays. Never clashes.
pub fn set<T: Clone + PartialEq>(current: &mut Vec<T>, change: Option<&Change<Vec<T>>>) {
    let Some(change) = change else { return };
    current.retain(|item| change.wanted.contains(item) || !change.seen.contains(item));
    for item in &change.wanted {
        if !change.seen.contains(item) && !current.contains(item) {
            current.push(item.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Units;

    #[test]
    fn an_edit_of_an_unchanged_field_is_applied_and_a_clash_is_kept_whole() {
        let (mut name, mut clashes) = ("riz".to_owned(), Vec::new());
        field("name", &mut name, Change::between("riz".into(), "riz 5 kg".into()).as_ref(), &mut clashes);
        assert_eq!((name.as_str(), clashes.len()), ("riz 5 kg", 0));
        field("name", &mut name, Change::between("riz".into(), "riz local".into()).as_ref(), &mut clashes);
        assert_eq!(name, "riz 5 kg");
        assert_eq!(clashes[0].before, "riz");
        assert_eq!(clashes[0].theirs, "riz 5 kg");
        assert_eq!(clashes[0].mine, "riz local");
    }

    #[test]
    fn amounts_move_by_difference() {
        let units = |n| Units::new(n).unwrap();
        let (mut threshold, mut clashes) = (units(15), Vec::new());
        amount("threshold", &mut threshold, Change::between(units(10), units(13)).as_ref(), &mut clashes);
        assert_eq!((threshold.get(), clashes.len()), (18, 0));
        amount("threshold", &mut threshold, Change::between(units(40), units(2)).as_ref(), &mut clashes);
        assert_eq!((threshold.get(), clashes.len()), (18, 1));
    }

    #[test]
    fn sets_merge() {
        let mut codes = vec![1, 2, 4];
        set(&mut codes, Some(&Change { seen: vec![1, 2], wanted: vec![2, 3] }));
        assert_eq!(codes, [2, 4, 3]);
    }
}
