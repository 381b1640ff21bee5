//! A page being filled, row by row, up to its size.

use super::items::Item;
use crate::server::ServerError;
use uuid::Uuid;

/// What one place in the order of reading brings: a row, or all movements of one change.
pub(super) struct Entry {
    pub place: Uuid,
    pub items: Vec<Item>,
}

/// A page being filled.
pub(super) struct Filling {
    pub items: Vec<Item>,
    bytes: usize,
    rows_max: usize,
    bytes_max: usize,
}

impl Filling {
    pub fn new(rows_max: usize, bytes_max: usize) -> Self {
        Self { items: Vec::new(), bytes: 0, rows_max, bytes_max }
    }

    pub fn room(&self) -> usize {
        self.rows_max.saturating_sub(self.items.len())
    }

    /// Takes an entry unless the page would grow beyond its size; an empty page takes anything.
    pub fn take(&mut self, entry: Entry) -> Result<bool, ServerError> {
        let bytes = entry.items.iter().map(Item::bytes).sum::<Result<usize, _>>()?;
        let fits = self.bytes + bytes <= self.bytes_max || self.bytes == 0;
        if fits {
            self.bytes += bytes;
            self.items.extend(entry.items);
        }
        Ok(fits)
    }
}
