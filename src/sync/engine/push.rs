//! Sending: which mutations the next request carries, and what its answer does.

use super::{
    SALE_ORPHAN_MS, freshness,
    pull::{Applied, apply_page},
    queue::{Queueing, queue_into},
    state::{Acknowledged, Contact, Device, Entry, Parked, Standing},
    storage::{LocalTx, Store, keys},
};
use crate::{
    domain::Key,
    faults::{self, Fault},
    sync::{
        mutation::{Became, Body, SettleRefusal},
        order::{self, Queued},
        verdict::{Answer, Verdict},
        wire::{BATCH_MAX, BATCH_TARGET_BYTES, Cursor, PROTOCOL, PushAnswer, PushRequest},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Two requests may be under way: a sale does not wait behind a backlog (G16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// This mutation and what it waits for.
    Urgent(Key),
    /// Everything, in order, as much as fits.
    Backlog,
}

/// The next push, or `None` where this lane has nothing to send. `in_flight` are the keys other requests carry.
pub fn plan_push(device: &Device, lane: Lane, in_flight: &BTreeSet<Key>, app: &str) -> Option<PushRequest> {
    let installation = device.meta.installation.as_ref()?.id;
    let unsent: Vec<&Entry> = device.unsent().collect();
    let queued: Vec<Queued> = unsent.iter().map(|entry| entry.queued()).collect();
    // An urgent sale takes its causes along even where another request carries them too: whichever arrives first,
    // the other is a replay.
    let chosen = match lane {
        Lane::Urgent(key) => order::with_causes(key, &queued),
        Lane::Backlog => {
            queued.iter().map(|entry| entry.key).filter(|key| !in_flight.contains(key)).collect::<BTreeSet<_>>()
        }
    };
    let (mut mutations, mut bytes) = (Vec::new(), 0);
    for entry in order::send_order(&queued).into_iter().filter_map(|index| unsent.get(index)) {
        if !chosen.contains(&entry.mutation.key) {
            continue;
        }
        bytes += entry.stored.as_ref().map_or(0, String::len);
        if mutations.len() == BATCH_MAX || (bytes > BATCH_TARGET_BYTES && !mutations.is_empty()) {
            break;
        }
        mutations.push(entry.mutation.clone());
    }
    if mutations.is_empty() {
        return None;
    }
    Some(PushRequest {
        protocol: PROTOCOL,
        installation,
        app: app.to_owned(),
        cursor: device.meta.held.filter(|_| device.meta.loading.is_none()).map(|held| held.cursor),
        made: device.meta.sequence,
        waiting: (unsent.len() + device.unsent_aside()) as u64,
        mutations,
    })
}

/// What an answer does: verdicts are stored or acted on, and the page is applied, in one transaction.
///
/// `settle_keys` are fresh idempotency keys, one for each answer at most, for the mutations that tell the server what
/// became of refused sales.
pub fn on_push_answer(
    device: &Device,
    epoch: u64,
    answer: &PushAnswer,
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> (LocalTx, Applied) {
    let mut tx = LocalTx::sender(epoch);
    heard(&mut tx, device, answer.server_now_ms, now_ms);
    let said = Said { history: answer.history, answers: &answer.answers };
    let applied = apply_page(&mut tx, device, answer.page.as_ref(), Some(said), now_ms, settle_keys);
    freshness::answered(&mut tx, device, if answer.page.is_some() { applied } else { Applied::Again });
    (tx, applied)
}

/// Verdicts, and the history they are of.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub history: Uuid,
    pub answers: &'a [Answer],
}

/// Whether an answer brought the outbox on, or said "later" to all of it.
pub fn is_progress(answer: &PushAnswer) -> bool {
    answer.answers.iter().any(|answer| closes(&answer.verdict) || answer.verdict == Verdict::Renumber)
}

/// The server answered: its clock, and that it answers.
pub(super) fn heard(tx: &mut LocalTx, device: &Device, server_ms: i64, now_ms: i64) {
    let contact = Contact { server_ms, skew_ms: server_ms.saturating_sub(now_ms) };
    tx.put(Store::Meta, keys::CONTACT, &contact);
    if !device.meta.answering {
        tx.put(Store::Meta, keys::ANSWERING, &true);
    }
}

/// Acts on verdicts for the outbox, given how far the confirmed state goes after this transaction.
pub(super) fn judge(
    tx: &mut LocalTx,
    device: &Device,
    said: &[Said],
    confirmed: Option<Cursor>,
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) {
    let answers = said.iter().flat_map(|said| said.answers.iter().map(|answer| (answer, said.history)));
    let verdicts: BTreeMap<Key, (&Verdict, Uuid)> =
        answers.map(|(answer, history)| (answer.key, (&answer.verdict, history))).collect();
    let mut sequence = device.meta.sequence;
    let (mut upgrade, mut renumber) = (false, false);
    for entry in &device.outbox {
        let new = verdicts.get(&entry.mutation.key).copied();
        upgrade |= matches!(new, Some((Verdict::Upgrade, _)));
        renumber |= matches!(new, Some((Verdict::Renumber, _)));
        let known = entry.verdict.as_ref().map(|verdict| (verdict, entry.history));
        let new = new.filter(|(verdict, _)| closes(verdict)).map(|(verdict, history)| (verdict, Some(history)));
        let Some((verdict, history)) = new.or(known) else { continue };
        let fate = fate(device, entry, verdict, history, confirmed, now_ms);
        if known == Some((verdict, history)) && fate == Fate::Keep {
            continue;
        }
        tx.expect_entry(entry);
        match fate {
            Fate::Keep => {
                let kept = Entry { verdict: Some(verdict.clone()), history, ..entry.clone() };
                tx.put(Store::Outbox, entry.storage_key(), &kept);
            }
            Fate::Acknowledge(change) => {
                tx.delete(Store::Outbox, entry.storage_key());
                let acknowledged = Acknowledged::new(device, &entry.mutation, history, change);
                tx.put(Store::Acknowledged, entry.mutation.key.to_string(), &acknowledged);
            }
            Fate::Drop => tx.delete(Store::Outbox, entry.storage_key()),
            Fate::Park => {
                park(tx, entry, verdict, now_ms);
                sequence = tell_parked(tx, device, sequence, entry, verdict, now_ms, settle_keys);
            }
        }
    }
    if upgrade != device.meta.upgrade && !verdicts.is_empty() {
        tx.put(Store::Meta, keys::UPGRADE, &upgrade);
    }
    if renumber && !device.meta.renumber {
        tx.put(Store::Meta, keys::RENUMBER, &true);
    }
}

/// Whether a verdict ends the sending of a mutation. A reused key does, though the server stored nothing: sending it
/// again would be answered the same for ever.
fn closes(verdict: &Verdict) -> bool {
    let cleared = faults::is(Fault::ClearedOnTryLater) && matches!(verdict, Verdict::TryLater);
    verdict.change().is_some() || matches!(verdict, Verdict::KeyReused) || cleared
}

#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// Stays in the outbox with its verdict.
    Keep,
    /// The confirmed state holds it.
    Acknowledge(u64),
    /// Somebody else settled the refusal first: nothing is left to decide.
    Drop,
    Park,
}

fn fate(
    device: &Device,
    entry: &Entry,
    verdict: &Verdict,
    history: Option<Uuid>,
    confirmed: Option<Cursor>,
    now_ms: i64,
) -> Fate {
    if let Verdict::Applied { change } = verdict {
        let held = faults::is(Fault::AcknowledgedEarly)
            || confirmed.is_some_and(|cursor| cursor.holds(history, *change) && entry.resent_from.is_none());
        return if held { Fate::Acknowledge(*change) } else { Fate::Keep };
    }
    if entry.mutation.kind == "settle_refusal" || faults::is(Fault::ClearedOnTryLater) && *verdict == Verdict::TryLater
    {
        return Fate::Drop;
    }
    match entry.standing {
        // The selling tab rolls it back, unless it is dead.
        Standing::Deciding { since_ms } if !is_orphan(device, since_ms, now_ms) => Fate::Keep,
        _ => Fate::Park,
    }
}

/// A clock that jumped, back or ahead, must not leave a sale undecided.
pub(super) fn is_orphan(device: &Device, since_ms: i64, now_ms: i64) -> bool {
    let waited_ms = now_ms.saturating_sub(since_ms).unsigned_abs();
    !faults::is(Fault::OrphansForgotten) && waited_ms > orphan_ms(device) as u64
}

/// How long a selling tab has to act on a verdict.
pub(super) fn orphan_ms(device: &Device) -> i64 {
    SALE_ORPHAN_MS.max(2 * device.rules().answer_wait.ms())
}

pub(super) fn park(tx: &mut LocalTx, entry: &Entry, verdict: &Verdict, now_ms: i64) {
    tx.delete(Store::Outbox, entry.storage_key());
    let without_receipt = matches!(entry.standing, Standing::Deciding { .. });
    let parked = Parked { mutation: entry.mutation.clone(), verdict: verdict.clone(), at_ms: now_ms, without_receipt };
    if !faults::is(Fault::NotParked) {
        tx.put(Store::Parked, entry.mutation.key.to_string(), &parked);
    }
}

/// A refused sale that was parked concerns the whole shop: the server is told by a mutation of its own (G17). Returns
/// the last sequence used.
pub(super) fn tell_parked(
    tx: &mut LocalTx,
    device: &Device,
    sequence: u64,
    entry: &Entry,
    verdict: &Verdict,
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> u64 {
    if !entry.is_sale() || !matches!(verdict, Verdict::Refused { .. }) {
        return sequence;
    }
    let body = Body::SettleRefusal(SettleRefusal { refused: entry.mutation.key, became: Became::Parked });
    let queueing = Queueing { key: settle_keys(), body, now_ms, wait: false };
    // Where nobody is signed in any more, or the outbox is full, the server shows the refused sale to the others
    // after a minute without word: nothing is lost by not telling.
    let mut told = tx.clone();
    match queue_into(&mut told, device, sequence, queueing) {
        Ok(_) => {
            *tx = told;
            sequence + 1
        }
        Err(_) => sequence,
    }
}
