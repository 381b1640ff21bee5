//! The device's own standing: its enrolment, who is signed in, which tab sends. None of it touches the outbox (G4).

use super::{
    freshness,
    state::{Anew, Contact, Device, Installation, SessionState},
    storage::{LocalTx, Store, json, keys},
};
use crate::{
    domain::InstallationId,
    sync::{
        CallError,
        wire::{PersonRow, Rows},
    },
};

/// Is about to become an installation: id and secret are on the disk before they are asked for, so that a lost answer
/// costs nothing. A new one counts from 1, whatever was counted here before.
pub fn begin_enrolment(id: InstallationId, secret: &str) -> LocalTx {
    let mut tx = LocalTx::strict();
    tx.put(Store::Meta, keys::ENROLLING, &(id, secret));
    tx.delete(Store::Meta, keys::SEQUENCE);
    tx.delete(Store::Meta, keys::RECEIPT);
    tx
}

/// Becomes an installation. A device that already is one keeps what it is: its outbox belongs to it.
pub fn enrolled(device: &Device, installation: &Installation) -> Option<LocalTx> {
    if device.meta.installation.is_some() {
        return None;
    }
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::INSTALLATION, None);
    tx.put(Store::Meta, keys::INSTALLATION, installation);
    Some(tx)
}

/// What the shop says of this phone is so: its name, and whether purchase prices reach it. Where that changed the shop is
/// read anew, for products came without them, or have them no more. Says whether it is.
pub(super) fn hear_of_itself(tx: &mut LocalTx, device: &Device, rows: &Rows) -> bool {
    let Some(own) = &device.meta.installation else { return false };
    let Some(told) = rows.phones.iter().find(|phone| phone.id == own.id) else { return false };
    let now = Installation { name: told.name.clone(), holds_costs: told.holds_costs, ..own.clone() };
    if now != *own {
        tx.expect(Store::Meta, keys::INSTALLATION, Some(json(own)));
        tx.put(Store::Meta, keys::INSTALLATION, &now);
    }
    read_for_costs(tx, own, &now)
}

/// Where other purchase prices reach it than before. Says whether they do.
pub(super) fn read_for_costs(tx: &mut LocalTx, own: &Installation, now: &Installation) -> bool {
    let other_costs = now.holds_costs != own.holds_costs;
    if other_costs {
        tx.put(Store::Meta, keys::READ_ANEW, &Anew::Now);
    }
    other_costs
}

/// A person is at the phone. `session` tells whether the server knows: without network a person is recognised by the
/// phone alone, and sells.
pub fn signed_in(person: &PersonRow, session: SessionState, contact: Option<Contact>) -> LocalTx {
    let mut tx = session_is(session);
    tx.put(Store::Meta, keys::ACTOR, person);
    if let Some(contact) = contact {
        tx.put(Store::Meta, keys::CONTACT, &contact);
        tx.put(Store::Meta, keys::SIGNED_IN, &contact);
        tx.put(Store::Meta, keys::ANSWERING, &true);
    }
    tx
}

pub fn signed_out() -> LocalTx {
    let mut tx = session_is(SessionState::Ended);
    tx.delete(Store::Meta, keys::ACTOR);
    tx
}

pub fn session_is(session: SessionState) -> LocalTx {
    let mut tx = LocalTx::strict();
    tx.put(Store::Meta, keys::SESSION, &session);
    tx
}

/// What a call's error says of the session, if anything.
pub fn session_after(error: &CallError) -> Option<SessionState> {
    match error {
        CallError::NotSignedIn => Some(SessionState::Ended),
        CallError::Revoked => Some(SessionState::Revoked),
        _ => None,
    }
}

/// The server said of a request that its session had ended, or that the phone is revoked. `signed_in` is
/// [`super::Meta::signed_in`] as it was when the request was sent: where somebody has signed in since, the word is of
/// an older session, and the transaction is stale.
pub fn session_ended(signed_in: Option<Contact>, session: SessionState) -> LocalTx {
    let mut tx = session_is(session);
    tx.expect(Store::Meta, keys::SIGNED_IN, signed_in.as_ref().map(json));
    tx
}

/// Takes over sending: whoever sent before can no longer write (G5).
pub fn new_epoch(device: &Device) -> (LocalTx, u64) {
    let mut tx = LocalTx::strict();
    let epoch = begin_epoch(&mut tx, device);
    (tx, epoch)
}

/// As [`new_epoch`], in a transaction that does more.
pub(super) fn begin_epoch(tx: &mut LocalTx, device: &Device) -> u64 {
    let epoch = device.meta.epoch + 1;
    tx.expect(Store::Meta, keys::EPOCH, (device.meta.epoch > 0).then(|| device.meta.epoch.to_string()));
    tx.put(Store::Meta, keys::EPOCH, &epoch);
    freshness::begins(tx, device);
    epoch
}
