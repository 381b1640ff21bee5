//! Queueing: one thing a person did becomes one durable transaction (G1).

use super::{
    OUTBOX_MAX,
    state::{Device, Entry, Meta, Standing},
    storage::{Durability, LocalTx, Store, json, keys},
};
use crate::{
    domain::{Cart, InstallationId, Invalid, Key, Note, ProductId, ReceiptNumber, Units, UserId},
    faults::{self, Fault},
    sync::{
        mutation::{Body, CountStock, Mutation, Origin, RecordSale},
        order::{self, Queued},
    },
};

/// What is to be queued.
#[derive(Debug, Clone)]
pub struct Queueing {
    /// UUID v4.
    pub key: Key,
    pub body: Body,
    /// The device's clock.
    pub now_ms: i64,
    /// The seller waits for the server's word before a receipt is shown (G16).
    pub wait: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    #[error("this browser is not enrolled in a shop")]
    NotEnrolled,
    #[error("the shop was not read yet")]
    NotRead,
    #[error("nobody is signed in")]
    NobodySignedIn,
    #[error("the outbox is full: {OUTBOX_MAX} changes wait to be sent")]
    Full,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("{0}")]
    Unreadable(String),
}

/// The number of the next receipt. [`queue`] uses it up together with the sale.
pub fn next_receipt(meta: &Meta) -> Result<ReceiptNumber, QueueError> {
    let installation = meta.installation.as_ref().ok_or(QueueError::NotEnrolled)?;
    Ok(ReceiptNumber::new(&installation.prefix, meta.receipt + 1)?)
}

/// Queues a mutation: outbox entry, sequence and, for a new sale, receipt number, in one strict transaction.
pub fn queue(device: &Device, queueing: Queueing) -> Result<(LocalTx, Mutation), QueueError> {
    let mut tx = LocalTx::strict();
    let mutation = queue_into(&mut tx, device, device.meta.sequence, queueing)?;
    Ok((tx, mutation))
}

/// Queues several, in their order, in one transaction: all of them or none.
pub fn queue_all(device: &Device, all: Vec<Queueing>) -> Result<LocalTx, QueueError> {
    let mut tx = LocalTx::strict();
    let author = Author::signed_in(device)?;
    for (sequence, queueing) in (device.meta.sequence..).zip(all) {
        queue_by(&mut tx, device, &author, sequence, queueing)?;
    }
    Ok(tx)
}

/// Queues a count against the confirmed state this device holds; `expected` is as [`CountStock`] has it. Stale where a
/// page came between. Before all of the shop was read nobody can say what to expect.
pub fn queue_count(
    device: &Device,
    key: Key,
    now_ms: i64,
    (product, counted, expected): (ProductId, Units, i64),
) -> Result<LocalTx, QueueError> {
    let held = device.meta.held.ok_or(QueueError::NotRead)?;
    let body = Body::CountStock(CountStock { product, counted, expected, at: held.cursor, note: Note::default() });
    let (mut tx, _) = queue(device, Queueing { key, body, now_ms, wait: false })?;
    tx.expect(Store::Meta, keys::HELD, Some(json(&held)));
    Ok(tx)
}

/// Drops a parked mutation a person is done with; the decision itself, where the server must know it, is queued by
/// the same transaction.
pub fn dismiss(
    device: &Device,
    parked: Key,
    stored: &str,
    decision: Option<Queueing>,
) -> Result<(LocalTx, Option<Mutation>), QueueError> {
    let mut tx = LocalTx::strict();
    tx.expect(Store::Parked, parked.to_string(), Some(stored.to_owned()));
    tx.delete(Store::Parked, parked.to_string());
    let mutation = decision.map(|queueing| queue_into(&mut tx, device, device.meta.sequence, queueing)).transpose()?;
    Ok((tx, mutation))
}

/// As [`queue`], into a transaction that does more; `sequence` is the last one used, by this transaction or before.
pub(super) fn queue_into(
    tx: &mut LocalTx,
    device: &Device,
    sequence: u64,
    queueing: Queueing,
) -> Result<Mutation, QueueError> {
    queue_by(tx, device, &Author::signed_in(device)?, sequence, queueing)
}

/// Who queues, and what was queued before: read once for all that one transaction queues.
pub(super) struct Author {
    installation: InstallationId,
    actor: UserId,
    unsent: Vec<Queued>,
}

impl Author {
    fn signed_in(device: &Device) -> Result<Self, QueueError> {
        if device.meta.installation.is_none() {
            return Err(QueueError::NotEnrolled);
        }
        let actor = device.meta.actor.as_ref().ok_or(QueueError::NobodySignedIn)?.id;
        Self::of(device, actor)
    }

    /// Of a person who is not at the phone any more.
    pub fn of(device: &Device, actor: UserId) -> Result<Self, QueueError> {
        let installation = device.meta.installation.as_ref().ok_or(QueueError::NotEnrolled)?.id;
        Ok(Self { installation, actor, unsent: device.unsent().map(Entry::queued).collect() })
    }
}

/// As [`queue_into`], by somebody.
pub(super) fn queue_by(
    tx: &mut LocalTx,
    device: &Device,
    author: &Author,
    sequence: u64,
    queueing: Queueing,
) -> Result<Mutation, QueueError> {
    let Queueing { key, body, now_ms, wait } = queueing;
    if device.outbox.len() >= OUTBOX_MAX {
        return Err(QueueError::Full);
    }
    if sequence == device.meta.sequence && !faults::is(Fault::NumberUnfenced) {
        // The first of this transaction: another tab may have queued meanwhile.
        tx.expect(Store::Meta, keys::SEQUENCE, (sequence > 0).then(|| sequence.to_string()));
    }
    // A void finds the sale it gives back by what it needs, also one that was applied and is not told of yet: the page
    // that counts it leaves it out where the void changed it behind that page.
    let voids = matches!(body, Body::VoidSale(_));
    let applied = |entry: &&Entry| entry.verdict.as_ref().is_some_and(|verdict| verdict.is_applied());
    let untold: Vec<Queued> = device.outbox.iter().filter(|entry| voids && applied(entry)).map(Entry::queued).collect();
    let order::Causes { needs, after } = order::causes(&body, untold.iter().chain(&author.unsent));
    let sequence = sequence + 1;
    let origin = Origin { installation: author.installation, sequence, actor: author.actor };
    let mutation = Mutation::new(key, origin, device.meta.contact.device_time(now_ms), needs, after, &body);
    // What the server would refuse as unreadable must not be queued: it could never be mended there.
    mutation.read().map_err(|error| QueueError::Unreadable(error.to_string()))?;
    if let Body::RecordSale(RecordSale { sale, retry_of: None, .. }) = &body {
        if sale.receipt != next_receipt(&device.meta)? {
            return Err(QueueError::Unreadable(format!("receipt {} is not the next one", sale.receipt)));
        }
        let receipt = device.meta.receipt;
        tx.expect(Store::Meta, keys::RECEIPT, (receipt > 0).then(|| receipt.to_string()));
        tx.put(Store::Meta, keys::RECEIPT, &(receipt + 1));
        tx.move_cart(Cart::default(), key.0);
    }
    let standing = if wait { Standing::Deciding { since_ms: now_ms } } else { Standing::Queued };
    let entry = Entry::new(mutation.clone(), standing);
    tx.expect(Store::Outbox, entry.storage_key(), None);
    tx.put(Store::Outbox, entry.storage_key(), &entry);
    tx.put(Store::Meta, keys::SEQUENCE, &sequence);
    // Whoever queues it: once it may have been sent, a power cut must not give its number to another (G15).
    tx.durability = if faults::is(Fault::RelaxedQueue) { Durability::Relaxed } else { Durability::Strict };
    Ok(mutation)
}

impl LocalTx {
    /// Expects an outbox entry to be as it was read.
    pub(super) fn expect_entry(&mut self, entry: &Entry) {
        let stored = entry.stored.clone().unwrap_or_else(|| json(entry));
        self.expect(Store::Outbox, entry.storage_key(), Some(stored));
    }
}
