//! The catalogue and the outbox as screens hold them in memory, in every tab: always of one moment (G2).

use super::{
    commands::suspended,
    handle::{StorageProblem, Till},
    platform::{self, Signal},
    read,
    shelf::Shelf,
};
use crate::sync::{
    engine::{
        Device, Store, Unreadable, Write,
        goods::{self, Said},
        keys,
    },
    view::{Catalogue, Heard},
};
use std::{cell::RefCell, sync::Arc};

/// Products or figures of stock that are read at once, between two taps.
const SAID_AT_ONCE: usize = 500;

pub struct Mirror {
    shelf: Shelf,
    till: Till,
    heard: RefCell<Heard>,
    /// What is read takes effect one after the other.
    reading: futures::lock::Mutex<()>,
    /// Something was committed that is not shown yet.
    pub dirty: Signal,
}

impl Mirror {
    pub fn new(shelf: Shelf, till: Till) -> Self {
        Self {
            shelf,
            till,
            heard: RefCell::default(),
            reading: futures::lock::Mutex::default(),
            dirty: Signal::default(),
        }
    }

    /// What this tab, or another, committed.
    pub fn hear(&self, writes: Vec<Write>) {
        if !writes.is_empty() {
            self.heard.borrow_mut().hear(writes);
        }
        self.dirty.set();
    }

    /// Reads the whole catalogue, with the outbox of the same moment. Says whether a part of it was damaged, and is to be
    /// asked of the server.
    pub async fn load(&self) -> Result<bool, StorageProblem> {
        let _turn = self.reading.lock().await;
        self.read().await
    }

    async fn read(&self) -> Result<bool, StorageProblem> {
        loop {
            let device = self.shelf.device().await?;
            let Some(shown) = device.shown() else {
                self.till.change_catalogue(|catalogue| *catalogue = Catalogue::default());
                self.heard.borrow_mut().start(device.meta);
                return Ok(false);
            };
            let places = goods::places(shown.generation);
            let [early, later, last] = places.each_ref().map(|place| (Store::Confirmed, &**place));
            let rows = [(Store::Meta, ""), (Store::Outbox, ""), early, later, last];
            let [meta, outbox, early, later, last] = self.shelf.storage().scan_all(rows).await?;
            let (device, _) = Device::from_rows(&meta, &outbox); // unreadable rows were told above
            if device.shown().is_none_or(|now| now.generation != shown.generation) {
                continue;
            }
            let pending = Arc::new(read::pending(&self.shelf, &device).await?);
            // What was set aside until now is not shown; what leaves the disk now is heard of as any other write.
            self.heard.borrow_mut().start(device.meta);
            let (mut catalogue, mut damaged, mut at_once) = (Catalogue::default(), Vec::new(), 0);
            for (key, text) in [early, later, last].into_iter().flatten() {
                let (said, sound) = goods::read(&key, &text);
                at_once += said.len();
                said.into_iter().for_each(|said| put(&mut catalogue, said));
                if let Err(detail) = sound {
                    damaged.push(Unreadable { store: Store::Confirmed, key, text, detail });
                }
                if at_once >= SAID_AT_ONCE {
                    at_once = 0;
                    platform::breathe().await;
                }
            }
            let some_lost = !damaged.is_empty();
            self.shelf.put_away(damaged).await;
            catalogue.set_pending(pending);
            self.till.change_catalogue(|shown| *shown = catalogue);
            return Ok(some_lost);
        }
    }

    /// Shows who is signed in, and where the device stands.
    pub async fn overview(&self) -> Result<(), StorageProblem> {
        let device = self.shelf.device().await?;
        let pending = read::pending(&self.shelf, &device).await?;
        read::overview(&self.shelf, &device, &pending, self.till).await?.show(self.till);
        read::set_if_new(self.till.suspended, suspended(&self.shelf).await?);
        Ok(())
    }

    /// Shows what was committed since; `false` if another tab's rows are still on their way here.
    pub async fn refresh(&self) -> Result<bool, StorageProblem> {
        let _turn = self.reading.lock().await;
        let (device, shown) = loop {
            let device = self.shelf.device().await?;
            let shown = device.shown();
            if self.heard.borrow().generation() == shown.map(|held| held.generation) {
                break (device, shown);
            }
            self.read().await?;
        };
        let pending = Arc::new(read::pending(&self.shelf, &device).await?);
        let overview = read::overview(&self.shelf, &device, &pending, self.till).await?;
        let suspended = suspended(&self.shelf).await?;
        let Some(writes) = self.heard.borrow_mut().take(shown) else { return Ok(false) };
        if !writes.is_empty() || self.till.pending() != pending {
            let own = shown.map(|held| keys::generation(held.generation)).unwrap_or_default();
            self.till.change_catalogue(|catalogue| {
                for write in &writes {
                    if let Write::Put { store: Store::Confirmed, key, value } = write
                        && key.starts_with(&own)
                    {
                        // Written a moment ago by this version, here or in another tab, it reads.
                        goods::read(key, value).0.into_iter().for_each(|said| put(catalogue, said));
                    }
                }
                catalogue.set_pending(pending);
            });
        }
        overview.show(self.till);
        read::set_if_new(self.till.suspended, suspended);
        Ok(true)
    }
}

fn put(catalogue: &mut Catalogue, said: Said) {
    match said {
        Said::Product(product) => catalogue.put_product(product),
        Said::Stock(product, units) => catalogue.put_stock(product, units),
    }
}
