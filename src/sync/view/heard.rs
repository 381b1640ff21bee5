//! Rows of the confirmed state that were committed, and are not shown yet.
//!
//! A screen's memory holds confirmed rows at one cursor; the outbox is read from the disk, and counts from another, a
//! moment later. Shown together they would count a verdict's effect twice, or not at all. So rows wait here until the
//! outbox that was read counts from where they lead (G2).

use crate::sync::engine::{Held, Meta, Write};

/// One committed transaction, as far as it changes the confirmed state.
struct Commit {
    writes: Vec<Write>,
    /// The state it leads to.
    after: Meta,
}

/// Commits of this tab and of others, in their order.
#[derive(Default)]
pub struct Heard {
    shown: Meta,
    commits: Vec<Commit>,
}

impl Heard {
    /// A state that was read whole is shown from now on; what was heard of the way to it is forgotten.
    pub fn start(&mut self, shown: Meta) {
        self.shown = shown;
        self.forget_known();
    }

    pub fn hear(&mut self, writes: Vec<Write>) {
        let mut after = self.last().clone();
        writes.iter().for_each(|write| after.apply(write));
        self.commits.push(Commit { writes, after });
        self.forget_known();
    }

    /// The writes that lead to the state an outbox counts from; `None` if they have not all been heard, or if another
    /// generation is to be shown.
    pub fn take(&mut self, target: Option<Held>) -> Option<Vec<Write>> {
        let end = self.commits.iter().rposition(|commit| commit.after.shown() == target).map(|last| last + 1);
        let end = end.or_else(|| (self.shown.shown() == target).then_some(0))?;
        if self.generation() != target.map(|held| held.generation) {
            return None;
        }
        let taken: Vec<Commit> = self.commits.drain(..end).collect();
        if let Some(last) = taken.last() {
            self.shown = last.after.clone();
        }
        Some(taken.into_iter().flat_map(|commit| commit.writes).collect())
    }

    /// Of the rows that are shown.
    pub fn generation(&self) -> Option<u32> {
        self.shown.shown().map(|held| held.generation)
    }

    fn last(&self) -> &Meta {
        self.commits.last().map_or(&self.shown, |commit| &commit.after)
    }

    /// Leaves out commits that lead no further than what is shown: their rows are older.
    fn forget_known(&mut self) {
        let Some(shown) = self.shown.shown().filter(|_| self.shown.loading.is_none()) else { return };
        self.commits.retain(|commit| commit.after.shown().is_none_or(|after| goes_beyond(after, shown)));
    }
}

fn goes_beyond(after: Held, shown: Held) -> bool {
    (after.generation, after.cursor.history) != (shown.generation, shown.cursor.history)
        || after.cursor.change > shown.cursor.change
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{
        engine::{Store, keys},
        wire::Cursor,
    };
    use uuid::Uuid;

    fn at(change: u64) -> Held {
        Held { generation: 1, cursor: Cursor { history: Uuid::nil(), change } }
    }

    fn put(store: Store, key: &str, value: String) -> Write {
        Write::Put { store, key: key.to_owned(), value }
    }

    /// The stock after that change.
    fn commit(change: u64) -> Vec<Write> {
        let held = serde_json::to_string(&at(change)).unwrap();
        vec![put(Store::Meta, keys::HELD, held), put(Store::Confirmed, "1/stock/rice", change.to_string())]
    }

    fn stocks(writes: Option<Vec<Write>>) -> Option<Vec<String>> {
        let value = |write| match write {
            Write::Put { store: Store::Confirmed, value, .. } => Some(value),
            _ => None,
        };
        writes.map(|writes| writes.into_iter().filter_map(value).collect())
    }

    fn showing(change: u64) -> Heard {
        let mut heard = Heard::default();
        heard.start(Meta { held: Some(at(change)), ..Meta::default() });
        heard
    }

    #[test]
    fn rows_wait_for_the_outbox_that_counts_from_them() {
        let mut heard = showing(4);
        heard.hear(commit(5));
        heard.hear(commit(6));
        assert_eq!(stocks(heard.take(Some(at(4)))), Some(vec![]), "the outbox was read before them");
        assert_eq!(stocks(heard.take(Some(at(5)))), Some(vec!["5".into()]));
        assert_eq!(stocks(heard.take(Some(at(7)))), None, "the rows of 7 are on their way");
        heard.hear(commit(7));
        assert_eq!(stocks(heard.take(Some(at(7)))), Some(vec!["6".into(), "7".into()]));
        assert_eq!(stocks(heard.take(Some(at(7)))), Some(vec![]));
    }

    #[test]
    fn what_is_older_than_a_state_read_whole_is_forgotten() {
        let mut heard = showing(4);
        heard.hear(commit(5));
        heard.start(Meta { held: Some(at(6)), ..Meta::default() });
        heard.hear(commit(6));
        heard.hear(commit(7));
        assert_eq!(stocks(heard.take(Some(at(7)))), Some(vec!["7".into()]));
    }

    #[test]
    fn another_generation_is_read_whole() {
        let mut heard = showing(4);
        let next = Held { generation: 2, ..at(1) };
        heard.hear(vec![put(Store::Meta, keys::HELD, serde_json::to_string(&next).unwrap())]);
        assert_eq!(heard.take(Some(next)), None);
    }
}
