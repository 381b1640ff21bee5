//! The catalogue and the outbox as screens hold them in memory, in every tab: always of one moment (G2).

use super::{
    commands::suspended,
    handle::{StorageProblem, Till},
    platform::Signal,
    read,
    shelf::Shelf,
};
use crate::sync::{
    engine::{Device, Store, Write, keys, sound},
    view::{Catalogue, Heard},
    wire::Kind,
};
use std::{cell::RefCell, sync::Arc};

pub struct Mirror {
    shelf: Shelf,
    till: Till,
    heard: RefCell<Heard>,
    /// Something was committed that is not shown yet.
    pub dirty: Signal,
}

impl Mirror {
    pub fn new(shelf: Shelf, till: Till) -> Self {
        Self { shelf, till, heard: RefCell::default(), dirty: Signal::default() }
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
        loop {
            let device = self.shelf.device().await?;
            let Some(shown) = device.shown() else {
                self.till.change_catalogue(|catalogue| *catalogue = Catalogue::default());
                self.heard.borrow_mut().start(device.meta);
                return Ok(false);
            };
            let (products, stock) = (keys::rows(shown.generation, Kind::Product), keys::all_stock(shown.generation));
            let (meta, outbox) = ((Store::Meta, ""), (Store::Outbox, ""));
            let rows = [meta, outbox, (Store::Confirmed, &*products), (Store::Confirmed, &*stock)];
            let [meta, outbox, products, stock] = self.shelf.storage().scan_all(rows).await?;
            let (device, _) = Device::from_rows(&meta, &outbox); // unreadable rows were told above
            if device.shown().is_none_or(|now| now.generation != shown.generation) {
                continue;
            }
            let pending = Arc::new(read::pending(&self.shelf, &device).await?);
            // What was set aside until now is not shown; what leaves the disk now is heard of as any other write.
            self.heard.borrow_mut().start(device.meta);
            let (products, some_lost) = self.shelf.sound(Store::Confirmed, &products, sound::product).await;
            let (stock, others_lost) = self.shelf.sound(Store::Confirmed, &stock, sound::stock).await;
            self.till.change_catalogue(|catalogue| {
                *catalogue = Catalogue::default();
                products.into_iter().for_each(|product| catalogue.put_product(product));
                stock.into_iter().for_each(|(id, units)| catalogue.put_stock(id, units));
                catalogue.set_pending(pending);
            });
            return Ok(some_lost || others_lost);
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
        let (device, shown) = loop {
            let device = self.shelf.device().await?;
            let shown = device.shown();
            if self.heard.borrow().generation() == shown.map(|held| held.generation) {
                break (device, shown);
            }
            self.load().await?;
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
                        take_row(catalogue, key, value);
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

/// What was written a moment ago by this version, here or in another tab; it reads.
fn take_row(catalogue: &mut Catalogue, key: &str, value: &str) {
    match key.split('/').nth(1) {
        Some("product") => {
            if let Ok(product) = sound::product(key, value) {
                catalogue.put_product(product);
            }
        }
        Some("stock") => {
            if let Ok((id, units)) = sound::stock(key, value) {
                catalogue.put_stock(id, units);
            }
        }
        _ => {}
    }
}
