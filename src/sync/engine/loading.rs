//! When a state that was read from its start is shown: once all of it is there, and everything sent again was answered.

use super::{
    state::{Acknowledged, Device, Entry, Held, Loading},
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::sync::{verdict::Answer, wire::Cursor};

/// A new state is shown only once the server has spoken on everything sent again: until then nobody can say which of
/// it the new state counts (G2). What it has not spoken on yet.
fn unspoken<'d>(device: &'d Device, answers: &'d [Answer], at: Cursor) -> impl Iterator<Item = &'d Entry> {
    let answered = |entry: &Entry| {
        entry.verdict.is_some()
            || answers.iter().any(|answer| answer.key == entry.mutation.key && answer.verdict.change().is_some())
    };
    device
        .outbox
        .iter()
        .filter(move |entry| entry.resent_from.is_some_and(|from| from != at.history) && !answered(entry))
}

pub(super) fn may_finish(device: &Device, answers: &[Answer], at: Cursor) -> bool {
    unspoken(device, answers, at).next().is_none()
}

/// Whoever finds the loaded state waiting must find those it waits for as they are: one that was answered since would
/// have shown it, had it known.
pub(super) fn wait_for_all(tx: &mut LocalTx, device: &Device, answers: &[Answer], at: Cursor) {
    for entry in unspoken(device, answers, at) {
        tx.expect_entry(entry);
    }
}

/// If a loading state only waited for these answers, shows it.
pub(super) fn finish_loading(tx: &mut LocalTx, device: &Device, answers: &[Answer]) {
    match &device.meta.loading {
        Some(loading @ Loading { complete: true, at: Some(at), .. }) if may_finish(device, answers, *at) => {
            tx.expect(Store::Meta, keys::LOADING, Some(json(loading)));
            flip(tx, device, loading, answers);
        }
        Some(Loading { complete: true, at: Some(at), .. }) => wait_for_all(tx, device, answers, *at),
        // The page that completes it, committed meanwhile, would wait for these very answers.
        loading if device.outbox.iter().any(|entry| entry.resent_from.is_some()) => {
            tx.expect(Store::Meta, keys::LOADING, loading.as_ref().map(json));
        }
        _ => {}
    }
}

/// Shows the loaded state instead of the old one, and lets go what it holds of the outbox.
pub(super) fn flip(tx: &mut LocalTx, device: &Device, loading: &Loading, answers: &[Answer]) {
    let Some(at) = loading.at else { return };
    tx.put(Store::Meta, keys::HELD, &Held { generation: loading.generation, cursor: at });
    tx.delete(Store::Meta, keys::LOADING);
    if let Some(old) = device.meta.held {
        tx.writes.push(Write::DeletePrefix { store: Store::Confirmed, prefix: keys::generation(old.generation) });
    }
    for entry in &device.outbox {
        let new = answers.iter().find(|answer| answer.key == entry.mutation.key).map(|answer| &answer.verdict);
        let Some(verdict) = new.filter(|verdict| verdict.is_applied()).or(entry.verdict.as_ref()) else { continue };
        let (Some(change), true) = (verdict.change(), verdict.is_applied()) else { continue };
        if new.is_none() {
            tx.expect_entry(entry);
        }
        let history = Some(at.history);
        if at.holds(history, change) {
            tx.delete(Store::Outbox, entry.storage_key());
            let acknowledged = Acknowledged::new(device, &entry.mutation, history, change);
            tx.put(Store::Acknowledged, entry.mutation.key.to_string(), &acknowledged);
        } else {
            let kept = Entry { verdict: Some(verdict.clone()), history, resent_from: None, ..entry.clone() };
            tx.put(Store::Outbox, entry.storage_key(), &kept);
        }
    }
}
