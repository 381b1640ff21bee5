//! What a bystander wrote down: what people did, and what screens showed them. No phone and no server can change it.

use super::disk::{Disk, read};
use comptoir::{
    domain::Key,
    sync::{
        Body, Mutation,
        engine::{Entry, LocalTx, Store, Write},
        mutation::Became,
    },
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Witness {
    /// Every mutation that was ever on a phone's disk.
    pub made: BTreeMap<Key, Made>,
    /// The last word a customer was given on a sale.
    pub painted: BTreeMap<Key, Painted>,
}

pub struct Made {
    pub phone: usize,
    /// With the origin it has last: a forked phone renumbers.
    pub mutation: Mutation,
    pub body: Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Painted {
    Confirmed,
    /// "En attente de synchronisation".
    Waiting,
    /// No receipt: the cart is back.
    RolledBack,
    ToDecide,
}

impl Witness {
    /// Whether somebody decided on a refused sale: cancelled it, voided it (G18), or tried it again.
    pub fn decided(&self, refused: Key) -> bool {
        let sale = self.made.get(&refused).and_then(|made| made.body.creates());
        self.made.values().any(|made| match &made.body {
            Body::SettleRefusal(settle) => settle.refused == refused && settle.became == Became::Cancelled,
            Body::VoidSale(_) => sale.is_some() && made.body.edits() == sale,
            Body::RecordSale(record) => record.retry_of == Some(refused),
            _ => false,
        })
    }

    /// Notes what a committed transaction put into an outbox.
    pub fn note(&mut self, phone: usize, tx: &LocalTx) {
        for write in &tx.writes {
            let Write::Put { store: Store::Outbox, key, value } = write else { continue };
            let known = self.made.get(&key_of(key));
            if known.is_some_and(|made| key.starts_with(&format!("{:016}/", made.mutation.origin.sequence))) {
                continue;
            }
            let mutation = read::<Entry>(value).mutation;
            let body = mutation.read().expect("what the engine queued reads");
            let phone = known.map_or(phone, |made| made.phone);
            self.made.insert(mutation.key, Made { phone, mutation, body });
        }
    }
}

/// The mutation an outbox row is of.
pub fn key_of(storage_key: &str) -> Key {
    let (_, key) = storage_key.split_once('/').expect("a sequence and a key");
    key.parse().expect("a key")
}

/// Every mutation a phone still has in some store.
pub fn keys_on(disk: &Disk) -> BTreeSet<Key> {
    let outbox = disk.scan(Store::Outbox, "").into_iter().map(|(key, _)| key_of(&key));
    let others = [Store::Parked, Store::Acknowledged].into_iter().flat_map(|store| disk.scan(store, ""));
    outbox.chain(others.map(|(key, _)| key.parse().expect("a key"))).collect()
}
