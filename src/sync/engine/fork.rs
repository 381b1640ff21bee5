//! A cloned or restored phone becomes an installation of its own (G20).

use super::{
    account::{begin_epoch, read_for_costs},
    import::put_away,
    state::{Device, Entry, Installation},
    storage::{LocalTx, Store, json, keys},
};
use crate::{
    domain::InstallationId,
    faults::{self, Fault},
    sync::mutation::{Mutation, Origin},
};

/// Writes down what it will become before it asks (G20): a lost answer, or two requests at once, would leave it with
/// the session of one new installation and the name of another.
pub fn begin_fork(device: &Device, id: InstallationId, secret: &str) -> Option<LocalTx> {
    if device.meta.forking.is_some() || !device.meta.renumber {
        return None;
    }
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::FORKING, None);
    tx.put(Store::Meta, keys::FORKING, &(id, secret));
    Some(tx)
}

/// Becomes a new installation: what is unsent is numbered anew from 1; keys, ids and printed numbers stay (G20). What the
/// old one asked is fenced off: an answer to it tells verdicts of the old one's mutations, and none of the new one's.
pub fn fork(device: &Device, new: &Installation) -> LocalTx {
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::INSTALLATION, device.meta.installation.as_ref().map(json));
    tx.expect(Store::Meta, keys::SEQUENCE, (device.meta.sequence > 0).then(|| device.meta.sequence.to_string()));
    tx.put(Store::Meta, keys::INSTALLATION, new);
    if let Some(own) = &device.meta.installation {
        read_for_costs(&mut tx, own, new);
    }
    begin_epoch(&mut tx, device);
    tx.put(Store::Meta, keys::ENROLLING, &(new.id, &new.secret));
    tx.delete(Store::Meta, keys::FORKING);
    // A count of nothing is no row: so the next to be queued expects it.
    tx.delete(Store::Meta, keys::RECEIPT);
    tx.delete(Store::Meta, keys::SEQUENCE);
    tx.put(Store::Meta, keys::RENUMBER, &false);
    if device.meta.import.is_some() {
        put_away(&mut tx); // under one id each, the phone it was copied from makes the rest of the products
    }
    let mut sequence = 0;
    // What has its verdict is not sent again: under a number of the new one it would be missing for ever (G15).
    for entry in device.unsent() {
        tx.expect_entry(entry);
        tx.delete(Store::Outbox, entry.storage_key());
        sequence += 1;
        let mutation = renumbered(&entry.mutation, new.id, sequence);
        let entry = Entry { mutation, stored: None, ..entry.clone() };
        tx.put(Store::Outbox, entry.storage_key(), &entry);
    }
    if faults::is(Fault::ForkCountsZero) {
        tx.put(Store::Meta, keys::RECEIPT, &0);
    }
    if sequence > 0 {
        tx.put(Store::Meta, keys::SEQUENCE, &sequence);
    }
    tx
}

fn renumbered(mutation: &Mutation, installation: InstallationId, sequence: u64) -> Mutation {
    if faults::is(Fault::ForkKeepsNumbers) {
        return mutation.clone();
    }
    Mutation { origin: Origin { installation, sequence, ..mutation.origin }, ..mutation.clone() }
}
