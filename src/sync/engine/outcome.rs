//! How a sale's wait ends (G16): by one compare-and-set of the selling tab. The sender only stores the verdict.

use super::{
    push::{is_orphan, orphan_ms, park, tell_parked},
    queue::{Queueing, queue_into},
    state::{Device, Entry, Meta, Parked, SessionState, Standing},
    storage::{LocalTx, Store, keys},
};
use crate::{
    domain::Key,
    faults::{self, Fault},
    sync::{
        mutation::{Became, Body, SettleRefusal},
        verdict::Verdict,
    },
};

/// Where a sale that its seller waits for stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// No verdict yet.
    Waiting,
    /// The server has it. Show the receipt as confirmed.
    Confirmed,
    /// The server said no, and nobody acted on it yet: [`roll_back`].
    Refused(Verdict),
    /// The wait was over before this tab looked: the receipt says "en attente".
    Late,
    /// It was refused and parked: this tab was taken for dead.
    Parked(Verdict),
    /// It was refused and parked, and somebody has decided on it since.
    Decided,
}

/// How long a seller should wait for the server's word on the next sale, in milliseconds, given whether there is a
/// network (G16); `None` where it is not worth waiting.
pub fn worth_waiting(device: &Device, online: bool) -> Option<i64> {
    let Meta { session, answering, upgrade, renumber, .. } = device.meta;
    let answers = online && session == SessionState::Open && answering && !upgrade && !renumber;
    answers.then(|| device.rules().answer_wait.ms()).filter(|ms| *ms > 0)
}

/// Reads a sale's standing. `parked` is its row in that store, if any; `acknowledged` tells whether it is in that one.
/// Both are read after `device`: an entry leaves the outbox for one of them.
pub fn ended(device: &Device, key: Key, parked: Option<&Parked>, acknowledged: bool) -> Settled {
    if let Some(parked) = parked {
        return Settled::Parked(parked.verdict.clone());
    }
    match device.find(key) {
        None if acknowledged => Settled::Confirmed,
        None => Settled::Decided,
        Some(Entry { verdict: Some(verdict), .. }) if verdict.is_applied() => Settled::Confirmed,
        Some(Entry { standing: Standing::Queued, .. }) => Settled::Late,
        Some(Entry { verdict: Some(verdict), .. }) => Settled::Refused(verdict.clone()),
        Some(Entry { verdict: None, .. }) => Settled::Waiting,
    }
}

/// Ends the wait: the receipt will say "en attente". `timed_out` tells that nobody answered in time, so that the next
/// sales do not wait in vain.
pub fn stop_waiting(device: &Device, key: Key, timed_out: bool) -> Option<LocalTx> {
    let entry = device.find(key)?;
    if (entry.verdict.is_some() && !faults::is(Fault::WaitEndsBlindly)) || entry.standing == Standing::Queued {
        return None; // it ended otherwise
    }
    let mut tx = LocalTx::strict();
    tx.expect_entry(entry);
    tx.put(Store::Outbox, entry.storage_key(), &Entry { standing: Standing::Queued, ..entry.clone() });
    if timed_out {
        tx.put(Store::Meta, keys::ANSWERING, &false);
    }
    Some(tx)
}

/// Takes a refused sale out of the outbox, and tells the server that no goods left the shop. The cart is the selling
/// tab's to restore, in this same transaction.
pub fn roll_back(device: &Device, key: Key, settle_key: Key, now_ms: i64) -> Option<LocalTx> {
    let entry = device.find(key)?;
    let refused = entry.verdict.as_ref().is_some_and(|verdict| !verdict.is_applied());
    if !refused || entry.standing == Standing::Queued {
        return None;
    }
    let mut tx = LocalTx::strict();
    tx.expect_entry(entry);
    tx.delete(Store::Outbox, entry.storage_key());
    let body = Body::SettleRefusal(SettleRefusal { refused: entry.mutation.key, became: Became::RolledBack });
    let queueing = Queueing { key: settle_key, body, now_ms, wait: false };
    if matches!(entry.verdict, Some(Verdict::Refused { .. })) {
        // Where nobody is signed in any more it cannot be told: the others see the refused sale after a minute, and
        // an owner settles it.
        let mut told = tx.clone();
        if queue_into(&mut told, device, device.meta.sequence, queueing).is_ok() {
            tx = told;
        }
    }
    Some(tx)
}

/// In how many milliseconds [`settle_orphans`] has something to do, unless the selling tab acts: nothing else need happen
/// on an idle phone.
pub fn orphaned_in_ms(device: &Device, now_ms: i64) -> Option<i64> {
    let in_ms = |entry: &Entry| match (entry.standing, &entry.verdict) {
        (Standing::Deciding { since_ms }, Some(verdict)) if !verdict.is_applied() => {
            let left_ms = since_ms.saturating_add(orphan_ms(device) + 1).saturating_sub(now_ms);
            Some(if is_orphan(device, since_ms, now_ms) { 0 } else { left_ms.max(1) })
        }
        _ => None,
    };
    device.outbox.iter().filter_map(in_ms).min()
}

/// Parks the refusals whose selling tab died before it could act (G16).
pub fn settle_orphans(
    device: &Device,
    epoch: u64,
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> Option<LocalTx> {
    let mut tx = LocalTx::sender(epoch);
    let mut sequence = device.meta.sequence;
    for entry in &device.outbox {
        let (Standing::Deciding { since_ms }, Some(verdict)) = (entry.standing, &entry.verdict) else { continue };
        if verdict.is_applied() || !is_orphan(device, since_ms, now_ms) {
            continue;
        }
        tx.expect_entry(entry);
        park(&mut tx, entry, verdict, now_ms);
        sequence = tell_parked(&mut tx, device, sequence, entry, verdict, now_ms, settle_keys);
    }
    (!tx.is_empty()).then_some(tx)
}
