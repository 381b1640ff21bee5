//! The device's storage with its readers: every change goes through [`Shelf::carry_out`], and everybody who shows
//! something hears of it.

use super::{
    handle::StorageProblem,
    platform::Signal,
    storage::{Outcome, Storage},
    tabs::{Message, Tabs},
};
use crate::{
    domain::Key,
    sync::{
        engine::{self, Acknowledged, Device, LocalTx, Parked, Store, Write},
        json,
    },
};
use std::{cell::RefCell, rc::Rc};

/// How often a transaction is decided anew before it is given up: each time, somebody else's was committed.
const STALE_MAX: usize = 50;

type Listener = Rc<dyn Fn(Vec<Write>)>;

#[derive(Clone)]
pub struct Shelf {
    storage: Storage,
    tabs: Tabs,
    /// Set by every commit, of this tab and of others.
    pub changed: Signal,
    on_writes: Rc<RefCell<Option<Listener>>>,
}

impl Shelf {
    pub fn new(storage: Storage, tabs: Tabs, changed: Signal) -> Self {
        Self { storage, tabs, changed, on_writes: Rc::default() }
    }

    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// `listener` hears what this tab's transactions wrote.
    pub fn on_writes(&self, listener: impl Fn(Vec<Write>) + 'static) {
        *self.on_writes.borrow_mut() = Some(Rc::new(listener));
    }

    pub async fn device(&self) -> Result<Device, StorageProblem> {
        let [meta, outbox] = self.storage.scan_all([(Store::Meta, ""), (Store::Outbox, "")]).await?;
        let (device, unreadable) = Device::from_rows(&meta, &outbox);
        for row in unreadable {
            leptos::logging::error!("a stored row does not read, and is kept: {row}");
        }
        Ok(device)
    }

    pub async fn parked(&self, key: Key) -> Result<Option<(Parked, String)>, StorageProblem> {
        let stored = self.storage.get(Store::Parked, &key.to_string()).await?;
        Ok(stored.and_then(|text| Some((json::read(&text).ok()?, text))))
    }

    pub async fn acknowledged(&self) -> Result<Vec<(Key, Acknowledged)>, StorageProblem> {
        let rows = self.storage.scan(Store::Acknowledged, "").await?;
        let read = |(key, value): (String, String)| Some((key.parse().ok()?, json::read(&value).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Decides and carries out, anew where the state changed in between. `decide` says `None` when there is nothing
    /// left to do.
    pub async fn carry_out<T, E: From<StorageProblem>>(
        &self,
        mut decide: impl FnMut(&Device) -> Result<Option<(LocalTx, T)>, E>,
    ) -> Result<Option<T>, E> {
        for _ in 0..STALE_MAX {
            let device = self.device().await?;
            let Some((tx, done)) = decide(&device)? else { return Ok(None) };
            if self.commit(tx).await? {
                return Ok(Some(done));
            }
        }
        Err(StorageProblem::Busy.into())
    }

    /// Commits one transaction; `false` if it was stale.
    pub async fn commit(&self, tx: LocalTx) -> Result<bool, StorageProblem> {
        if self.storage.commit(&tx).await? == Outcome::Stale {
            return Ok(false);
        }
        let in_memory = |write: &Write| match write {
            Write::Put { store: Store::Meta, key, .. } | Write::Delete { store: Store::Meta, key } => {
                engine::leads_elsewhere(key)
            }
            Write::Put { store, .. } | Write::Delete { store, .. } | Write::DeletePrefix { store, .. } => {
                *store == Store::Confirmed
            }
        };
        let writes: Vec<Write> = tx.writes.into_iter().filter(in_memory).collect();
        self.tabs.tell(&Message::Committed { writes: writes.clone() });
        if let Some(listener) = self.on_writes.borrow().clone() {
            listener(writes);
        }
        self.changed.set();
        Ok(true)
    }

    pub fn tell(&self, message: &Message) {
        self.tabs.tell(message);
    }
}
