//! What the server told of the past for a file that is being made: kept as it comes, so that an export that was cut off
//! asks for the rest. What the device holds itself is read anew, which is quick.

use super::{
    state::{Device, Entry},
    storage::{Durability, LocalTx, Store, Write, json, keys},
};
use crate::{
    domain::{
        Day, Key, UserId,
        export::File,
        limits::{EXPENSE_BACK_MAX_DAYS, TIME_MAX_MS},
    },
    sync::wire::Past,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An export of all times that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub file: File,
    /// Whose it is.
    pub actor: UserId,
    /// The language of what is kept.
    pub headings: String,
    /// Whose past it is: a server that was set back tells another.
    pub history: Uuid,
    /// The server is asked for what came until this day; the device holds what came later.
    pub last: Day,
    /// What waited to be sent and is as old: once it is sent, the server tells more than it did.
    pub waiting: Vec<Key>,
    /// What it is to be asked next; nothing where all is here.
    pub next: Option<Past>,
    pub pieces: u32,
    pub lines: u64,
}

impl Export {
    /// Nothing of it is here.
    pub fn new(device: &Device, file: File, headings: String, last: Day, first: Past) -> Option<Self> {
        let (actor, history) = (device.meta.actor.as_ref()?.id, device.history()?);
        // A bill's day may lie before.
        let back = if file == File::Expenses { EXPENSE_BACK_MAX_DAYS } else { 0 };
        let made = |entry: &&Entry| Day::of_ms(entry.mutation.made.booked(TIME_MAX_MS).at_ms);
        let as_old = |entry: &&Entry| made(entry).0 <= last.0 + back;
        let waiting = device.unsent().filter(as_old).map(|entry| entry.mutation.key).collect();
        Some(Self { file, actor, headings, history, last, waiting, next: Some(first), pieces: 0, lines: 0 })
    }

    /// Whether it is the same export, however far. On another day a device holds other days.
    pub fn is_of(&self, other: &Self) -> bool {
        let alike = Self { next: other.next.clone(), pieces: other.pieces, lines: other.lines, ..self.clone() };
        alike == *other
    }
}

/// Keeps how far it is, and the piece that brought it there. One that begins takes the place of another; one that goes on
/// is what it was `before`, or another took its place.
pub fn keep_export(before: &Export, after: &Export, piece: &str) -> LocalTx {
    let mut tx = LocalTx { durability: Durability::Relaxed, ..LocalTx::strict() };
    match before.pieces {
        0 => put_away(&mut tx),
        _ => tx.expect(Store::Meta, keys::EXPORT, Some(json(before))),
    }
    tx.put(Store::Export, keys::piece(before.pieces), &piece);
    tx.put(Store::Meta, keys::EXPORT, &after);
    tx
}

/// Forgets what was kept of an export.
pub fn end_export(device: &Device) -> Option<LocalTx> {
    device.meta.export.as_ref()?;
    let mut tx = LocalTx::strict();
    put_away(&mut tx);
    Some(tx)
}

fn put_away(tx: &mut LocalTx) {
    tx.writes.push(Write::DeletePrefix { store: Store::Export, prefix: String::new() });
    tx.delete(Store::Meta, keys::EXPORT);
}
