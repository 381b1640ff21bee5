//! Storage in memory, for the simulator, `comptoir replay` and tests. It keeps the contract IndexedDB keeps; one suite
//! runs on both (`sync::engine::contract`).

use super::storage::{LocalTx, Store, Write};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    rows: BTreeMap<(Store, String), String>,
}

/// Some expectation did not hold; nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

impl Memory {
    pub fn get(&self, store: Store, key: &str) -> Option<&str> {
        self.rows.get(&(store, key.to_owned())).map(String::as_str)
    }

    /// The rows whose key begins with `prefix`, by key.
    pub fn scan(&self, store: Store, prefix: &str) -> Vec<(String, String)> {
        let rows = self.rows.range((store, prefix.to_owned())..);
        rows.take_while(|((of, key), _)| *of == store && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect()
    }

    pub fn commit(&mut self, tx: &LocalTx) -> Result<(), Stale> {
        if !tx.all_expects().all(|expect| self.get(expect.store, &expect.key) == expect.value.as_deref()) {
            return Err(Stale);
        }
        for write in &tx.writes {
            match write {
                Write::Put { store, key, value } => drop(self.rows.insert((*store, key.clone()), value.clone())),
                Write::Delete { store, key } => drop(self.rows.remove(&(*store, key.clone()))),
                Write::DeletePrefix { store, prefix } => {
                    self.rows.retain(|(of, key), _| of != store || !key.starts_with(prefix.as_str()));
                }
            }
        }
        Ok(())
    }
}
