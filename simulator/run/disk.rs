//! A phone's storage, which a power cut takes back to a point at or after its last strict transaction.

use comptoir::sync::engine::{
    Acknowledged, Device, Durability, LocalTx, Parked, Store,
    goods::{self, Goods},
    keys,
    memory::{Memory, Stale},
    moves,
};
use comptoir::{
    domain::ProductId,
    sync::wire::{Kind, MovementRow},
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// What a reader finds.
    now: Memory,
    /// What a power cut leaves at least.
    safe: Memory,
    /// What was committed since, relaxed, in its order.
    unsafe_yet: Vec<LocalTx>,
}

impl Disk {
    pub fn commit(&mut self, tx: &LocalTx) -> Result<(), Stale> {
        self.now.commit(tx)?;
        self.unsafe_yet.push(tx.clone());
        if tx.durability == Durability::Strict {
            // One log: what came before it is on the disk too.
            self.flush(self.unsafe_yet.len());
        }
        Ok(())
    }

    /// How many transactions a power cut may take.
    pub fn relaxed(&self) -> usize {
        self.unsafe_yet.len()
    }

    /// The power goes: of the relaxed transactions so many survive, the first. Answers those that are gone.
    pub fn lose_power(&mut self, survive: usize) -> Vec<LocalTx> {
        self.flush(survive);
        self.now = self.safe.clone();
        std::mem::take(&mut self.unsafe_yet)
    }

    fn flush(&mut self, count: usize) {
        for tx in self.unsafe_yet.drain(..count) {
            self.safe.commit(&tx).expect("what was committed once is committed again, in the same order");
        }
    }

    pub fn get(&self, store: Store, key: &str) -> Option<&str> {
        self.now.get(store, key)
    }

    pub fn scan(&self, store: Store, prefix: &str) -> Vec<(String, String)> {
        self.now.scan(store, prefix)
    }

    /// # Panics
    /// Where a row does not read back: nothing but the engine writes here.
    pub fn device(&self) -> Device {
        let (device, unreadable) = Device::from_rows(&self.scan(Store::Meta, ""), &self.scan(Store::Outbox, ""));
        assert_eq!(unreadable, []);
        device
    }

    pub fn rows<T: DeserializeOwned>(&self, store: Store, prefix: &str) -> Vec<T> {
        self.scan(store, prefix).iter().map(|(_, value)| read(value)).collect()
    }

    /// # Panics
    /// Where a row does not read back: nothing but the engine writes here.
    pub fn goods(&self, generation: u32) -> Goods {
        Goods::of(&self.now, generation).expect("what the engine wrote reads back")
    }

    /// What moved a product's stock.
    ///
    /// # Panics
    /// Where a row does not read back: nothing but the engine writes here.
    pub fn moves(&self, generation: u32, of: ProductId) -> Vec<MovementRow> {
        moves::of(&self.now, generation, of).expect("what the engine wrote reads back")
    }

    /// The confirmed rows of a generation, without it: what counts of each product, its stock and what moved it in rows of
    /// their own, whichever they were read from.
    pub fn confirmed(&self, generation: u32) -> BTreeMap<String, String> {
        let prefix = keys::generation(generation);
        let own = |key: String| key[prefix.len()..].to_owned();
        let Goods { products, stock } = self.goods(generation);
        let products =
            products.values().map(|product| (keys::row(generation, Kind::Product, product.id), text(product)));
        let moves = moves::all(&self.now, generation).expect("what the engine wrote reads back").into_values();
        let moves = moves.map(|row| (keys::movement(generation, row.product, row.change), text(&row)));
        let stock = stock.into_iter().map(|(of, units)| (keys::stock(generation, of), units.to_string()));
        let others = self
            .scan(Store::Confirmed, &prefix)
            .into_iter()
            .filter(|(key, _)| !(goods::is_place(key) || moves::told_of(key).is_some()));
        others.chain(products).chain(moves).chain(stock).map(|(key, value)| (own(key), value)).collect()
    }

    pub fn parked(&self) -> Vec<Parked> {
        self.rows(Store::Parked, "")
    }

    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        self.rows(Store::Acknowledged, "")
    }
}

fn text(row: &impl Serialize) -> String {
    serde_json::to_string(row).expect("a row is written")
}

pub fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("what the engine wrote reads back")
}
