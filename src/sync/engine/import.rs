//! An import is more at once than an outbox should hold: a phone reads all of it at every tap. So what a person wants
//! imported is kept beside the outbox, on the disk, in pieces, and each is queued when the outbox has room: in one
//! transaction that takes the piece away, so that a power cut neither loses nor doubles any of it.
//!
//! The first pieces are queued at once, so that the catalogue of a small shop is there without network. From then on a
//! piece waits until everything else a person did is sent: a sale never stands behind more of an import than that.

use super::{
    queue::{Author, QueueError, Queueing, queue_by},
    state::Device,
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::{
    domain::{Key, UserId},
    sync::{
        json as from_json,
        mutation::{Body, CreateProduct, EditProduct},
    },
};
use serde::{Deserialize, Serialize};

/// Changes in one piece; a line whose changes do not fit any more begins the next.
pub const PIECE_CHANGES: usize = 100;
/// Changes of an import that are queued whatever else waits.
pub const IMPORT_AT_ONCE: usize = 1_000;
/// Headings that are kept with what they mean.
pub const IMPORT_COLUMNS_MAX: usize = 100;
/// Beyond them, an outbox with more entries than this gets no further piece.
const OUTBOX_LOW: usize = 300;

/// An import under way, or done and not put away yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// As the file is called.
    pub file: String,
    /// Who began it: all of it is theirs, whoever is at the phone when it is queued.
    pub actor: UserId,
    /// Lines of the file that do something, and those that were queued.
    pub lines: u64,
    pub queued: u64,
    /// Pieces there were, and the first that was not queued yet.
    pub pieces: u32,
    pub next: u32,
    /// Pieces that did not read back. The same file, chosen again, brings what was in them.
    #[serde(default)]
    pub lost: u32,
    /// What the file's headings were said to mean (`Column::word`; empty where one is not read), so that the same file,
    /// chosen again, is read alike. An older app kept none, and its rows are expected as it wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<(String, String)>,
}

impl Import {
    pub fn is_done(&self) -> bool {
        self.next >= self.pieces
    }
}

/// What a line of a file does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    Create(CreateProduct),
    Edit(EditProduct),
}

impl From<Item> for Body {
    fn from(item: Item) -> Self {
        match item {
            Item::Create(create) => Self::CreateProduct(create),
            Item::Edit(edit) => Self::EditProduct(edit),
        }
    }
}

/// Some lines of an import, as they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub lines: u64,
    pub items: Vec<Item>,
}

/// Gathers lines into pieces, in the order they come.
#[derive(Debug, Default)]
pub struct Pieces {
    done: Vec<String>,
    last: Piece,
    lines: u64,
}

impl Pieces {
    /// What one line does: all of it lies in one piece.
    pub fn add(&mut self, items: impl IntoIterator<Item = Item>) {
        self.last.items.extend(items);
        self.last.lines += 1;
        self.lines += 1;
        if self.last.items.len() >= PIECE_CHANGES {
            self.close();
        }
    }

    fn close(&mut self) {
        let piece = std::mem::take(&mut self.last);
        if piece.lines > 0 {
            self.done.push(json(&piece));
        }
    }
}

/// Keeps an import, to be queued piece by piece. `None` while another is under way.
pub fn begin_import(
    device: &Device,
    file: &str,
    mut columns: Vec<(String, String)>,
    mut pieces: Pieces,
) -> Result<Option<LocalTx>, QueueError> {
    if device.meta.installation.is_none() {
        return Err(QueueError::NotEnrolled);
    }
    let actor = device.meta.actor.as_ref().ok_or(QueueError::NobodySignedIn)?.id;
    if device.meta.import.as_ref().is_some_and(|import| !import.is_done()) {
        return Ok(None);
    }
    pieces.close();
    columns.truncate(IMPORT_COLUMNS_MAX);
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::IMPORT, device.meta.import.as_ref().map(json));
    put_away(&mut tx);
    let import = Import {
        file: file.to_owned(),
        actor,
        lines: pieces.lines,
        queued: 0,
        pieces: u32::try_from(pieces.done.len()).unwrap_or(u32::MAX),
        next: 0,
        lost: 0,
        columns,
    };
    for (at, value) in (0..).zip(pieces.done) {
        tx.writes.push(Write::Put { store: Store::Import, key: keys::piece(at), value });
    }
    tx.put(Store::Meta, keys::IMPORT, &import);
    Ok(Some(tx))
}

/// The key of the piece that is to be queued now, if any is.
pub fn due_piece(device: &Device) -> Option<String> {
    let import = device.meta.import.as_ref().filter(|import| !import.is_done())?;
    let queued_before = import.next as usize * PIECE_CHANGES;
    let at_once = queued_before < IMPORT_AT_ONCE && device.outbox.len() < IMPORT_AT_ONCE;
    let by_turns = || {
        let of_catalogue = |kind: &str| matches!(kind, "create_product" | "edit_product");
        device.outbox.len() <= OUTBOX_LOW && device.unsent().all(|entry| of_catalogue(&entry.mutation.kind))
    };
    (at_once || by_turns()).then(|| keys::piece(import.next))
}

/// Queues the piece that is due; `text` is what its key holds. One that is gone or does not read is passed over, and
/// counted: where it lies, whoever reads rows has set it aside.
pub fn queue_piece(
    device: &Device,
    text: Option<&str>,
    now_ms: i64,
    new_key: &mut impl FnMut() -> Key,
) -> Result<Option<LocalTx>, QueueError> {
    let Some(import) = device.meta.import.as_ref().filter(|import| !import.is_done()) else { return Ok(None) };
    let (mut tx, key) = (LocalTx::strict(), keys::piece(import.next));
    tx.expect(Store::Meta, keys::IMPORT, Some(json(import)));
    tx.expect(Store::Import, key.clone(), text.map(str::to_owned));
    let mut after = Import { next: import.next + 1, ..import.clone() };
    match text.and_then(|text| piece(text).ok()) {
        Some(piece) => match queue_items(tx.clone(), device, import.actor, piece.items, now_ms, new_key) {
            Ok(queued) => {
                tx = queued;
                after.queued = import.lines.min(import.queued.saturating_add(piece.lines));
                tx.delete(Store::Import, key);
            }
            // It reads, and no shop can have what it says.
            Err(QueueError::Invalid(_) | QueueError::Unreadable(_)) => after.lost = import.lost.saturating_add(1),
            Err(error) => return Err(error),
        },
        None => after.lost = import.lost.saturating_add(1),
    }
    tx.put(Store::Meta, keys::IMPORT, &after);
    Ok(Some(tx))
}

fn queue_items(
    mut tx: LocalTx,
    device: &Device,
    actor: UserId,
    items: Vec<Item>,
    now_ms: i64,
    new_key: &mut impl FnMut() -> Key,
) -> Result<LocalTx, QueueError> {
    let author = Author::of(device, actor)?;
    for (sequence, item) in (device.meta.sequence..).zip(items) {
        let queueing = Queueing { key: new_key(), body: item.into(), now_ms, wait: false };
        queue_by(&mut tx, device, &author, sequence, queueing)?;
    }
    Ok(tx)
}

/// Forgets what was not queued yet, and that there was an import.
pub fn end_import(device: &Device) -> Option<LocalTx> {
    let import = device.meta.import.as_ref()?;
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::IMPORT, Some(json(import)));
    put_away(&mut tx);
    Some(tx)
}

/// Also for a copy of a phone: the one it was copied from goes on with it.
pub(super) fn put_away(tx: &mut LocalTx) {
    tx.writes.push(Write::DeletePrefix { store: Store::Import, prefix: String::new() });
    tx.delete(Store::Meta, keys::IMPORT);
}

/// A piece as it was kept. One with far more changes than [`Pieces`] puts into it is damaged, and would hold up the outbox.
pub fn piece(text: &str) -> Result<Piece, String> {
    let piece: Piece = from_json::read(text).map_err(|error| error.to_string())?;
    match piece.items.len() {
        changes if changes > 2 * PIECE_CHANGES => Err(format!("{changes} changes in one piece")),
        _ => Ok(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProductId;
    use uuid::Uuid;

    fn items(count: usize) -> Vec<Item> {
        let edit = EditProduct::of(ProductId(Uuid::from_u128(1)));
        vec![Item::Edit(edit); count]
    }

    /// Hostile bytes made one of ten thousand changes out of a piece of a hundred.
    #[test]
    fn a_piece_of_more_changes_than_any_is_damaged() {
        let mut pieces = Pieces::default();
        (0..PIECE_CHANGES - 1).for_each(|_| pieces.add(items(1)));
        pieces.add(items(7)); // as many as a line can have
        assert!(piece(&pieces.done[0]).is_ok());
        assert!(piece(&json(&Piece { lines: 1, items: items(2 * PIECE_CHANGES + 1) })).is_err());
    }
}
