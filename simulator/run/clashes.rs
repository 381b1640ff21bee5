//! What the model knows of edits that clashed: each is told until somebody settles it, and then as settled.

use super::{
    disk::Disk,
    guarantees::{Held, broken, named},
    model::Model,
    view::View,
};
use comptoir::{
    domain::Key,
    sync::{Body, Verdict, wire::Page},
};
use std::collections::BTreeSet;

impl Model {
    /// An edit that clashes is to be decided, and takes the place of a clash that it was to settle.
    pub(super) fn clash(&mut self, key: Key, body: &Body, verdict: &Verdict) {
        let Some((_, settles)) = body.edit() else { return };
        let clashed = matches!(verdict, Verdict::Conflict { .. });
        if clashed {
            self.clashes.insert(key, false);
        }
        if let Some(settled) = settles.and_then(|clash| self.clashes.get_mut(&clash))
            && (clashed || verdict.is_applied())
        {
            *settled = true;
        }
    }

    pub fn clashes_told(&self, page: &Page) -> Held {
        match page.rows.clashes.iter().find(|row| self.clashes.get(&row.key) != Some(&row.settled_ms.is_some())) {
            Some(row) => broken(named::MERGED, format!("{:?}, told as {row:?}", self.clashes.get(&row.key))),
            None => Ok(()),
        }
    }

    /// `fresh` reads the whole shop, purchase prices too.
    pub fn clashes_are_kept(&self, fresh: &Disk) -> Held {
        let told: BTreeSet<Key> = View::of(fresh).clashes().into_iter().map(|row| row.key).collect();
        let open: BTreeSet<Key> = self.clashes.iter().filter(|(_, settled)| !**settled).map(|(key, _)| *key).collect();
        if told == open { Ok(()) } else { broken(named::MERGED, format!("to be decided {open:?}, told {told:?}")) }
    }
}
