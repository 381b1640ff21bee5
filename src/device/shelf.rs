//! The device's storage with its readers: every change goes through [`Shelf::carry_out`], and everybody who shows
//! something hears of it.

use super::{
    handle::StorageProblem,
    platform::{self, Signal},
    storage::{Outcome, Storage},
    tabs::{Message, Tabs},
};
use crate::{
    domain::{Cart, Key},
    sync::{
        engine::{self, Acknowledged, Device, InHand, LocalTx, Parked, Store, Unreadable, Write, goods, keys, sound},
        json,
    },
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use uuid::Uuid;

/// How often a transaction is decided anew before it is given up: each time, somebody else's was committed.
pub const STALE_MAX: usize = 50;

type Listener = Rc<dyn Fn(Vec<Write>)>;

#[derive(Clone)]
pub struct Shelf {
    storage: Storage,
    tabs: Tabs,
    /// Set by every commit, of this tab and of others.
    pub changed: Signal,
    on_writes: Rc<RefCell<Option<Listener>>>,
    /// Of the cart in this tab's hand.
    turn: Rc<Cell<(Uuid, u64)>>,
}

impl Shelf {
    pub fn new(storage: Storage, tabs: Tabs, changed: Signal) -> Self {
        Self { storage, tabs, changed, on_writes: Rc::default(), turn: Rc::default() }
    }

    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// `listener` hears what this tab's transactions wrote.
    pub fn on_writes(&self, listener: impl Fn(Vec<Write>) + 'static) {
        *self.on_writes.borrow_mut() = Some(Rc::new(listener));
    }

    /// The cart after one more tap.
    pub fn tapped(&self, cart: Cart) -> InHand {
        let (turn, taps) = self.turn.get();
        self.turn.set((turn, taps + 1));
        InHand::new(cart, turn, taps + 1)
    }

    /// From here on taps belong to this turn.
    pub fn begin_turn(&self, turn: Uuid) {
        self.turn.set((turn, 0));
    }

    pub async fn device(&self) -> Result<Device, StorageProblem> {
        let (device, unreadable) = self.read_device().await?;
        // The sound rows are enough to go on with; the others are out of the way when it is read again.
        if unreadable.is_empty() || !self.set_aside(&device, &unreadable).await {
            return Ok(device);
        }
        self.read_device().await.map(|(device, _)| device)
    }

    async fn read_device(&self) -> Result<(Device, Vec<Unreadable>), StorageProblem> {
        let [meta, outbox] = self.storage.scan_all([(Store::Meta, ""), (Store::Outbox, "")]).await?;
        Ok(Device::from_rows(&meta, &outbox))
    }

    /// Takes rows that do not read out of the way of the others, keeps them, and says so. Says whether it was done:
    /// where the disk is full they stay where they are, and are left out.
    async fn set_aside(&self, device: &Device, damaged: &[Unreadable]) -> bool {
        for row in damaged {
            leptos::logging::error!("a stored row does not read, and is set aside: {row}");
        }
        let done = async {
            let mut traces = sound::Traces::default();
            if sound::Traces::help(damaged) {
                for store in [Store::Outbox, Store::Parked, Store::Acknowledged, Store::Confirmed] {
                    traces.add(store, &self.storage.scan(store, "").await?);
                }
            }
            let tx = sound::set_aside(device, damaged, &traces, platform::now_ms(), &mut platform::new_key);
            self.commit(tx).await
        };
        done.await.unwrap_or_else(|problem| {
            leptos::logging::error!("damaged rows could not be set aside: {problem:?}");
            false
        })
    }

    /// Reads the rows of a store one by one; those that do not read are set aside. Says whether there were any.
    pub async fn sound<T>(
        &self,
        store: Store,
        rows: &[(String, String)],
        read: impl Fn(&str, &str) -> Result<T, String>,
    ) -> (Vec<T>, bool) {
        let (mut sound, mut damaged) = (Vec::new(), Vec::new());
        for (key, text) in rows {
            match read(key, text) {
                Ok(row) => sound.push(row),
                Err(detail) => damaged.push(Unreadable { store, key: key.clone(), text: text.clone(), detail }),
            }
        }
        let some_lost = !damaged.is_empty();
        self.put_away(damaged).await;
        (sound, some_lost)
    }

    /// Sets rows aside that do not read.
    pub async fn put_away(&self, damaged: Vec<Unreadable>) {
        if !damaged.is_empty()
            && let Ok(device) = self.device_for(&damaged).await
        {
            self.set_aside(&device, &damaged).await;
        }
    }

    /// What rows of `meta` are set aside with is the device without them.
    async fn device_for(&self, damaged: &[Unreadable]) -> Result<Device, StorageProblem> {
        match damaged.iter().all(|row| row.store == Store::Meta) {
            true => self.read_device().await.map(|(device, _)| device),
            false => Box::pin(self.device()).await,
        }
    }

    /// Puts back what an earlier, older version of the app could not read and this one can.
    pub async fn bring_back(&self) -> Result<(), StorageProblem> {
        for tx in sound::bring_back(&self.device().await?) {
            self.commit(tx).await?; // stale: its place is taken, and it stays aside
        }
        Ok(())
    }

    pub async fn parked(&self, key: Key) -> Result<Option<(Parked, String)>, StorageProblem> {
        let stored = self.storage.get(Store::Parked, &key.to_string()).await?;
        Ok(stored.and_then(|text| Some((json::read(&text).ok()?, text))))
    }

    pub async fn all_parked(&self) -> Result<Vec<Parked>, StorageProblem> {
        let rows = self.storage.scan(Store::Parked, "").await?;
        Ok(self.sound(Store::Parked, &rows, sound::parked).await.0)
    }

    pub async fn acknowledged(&self) -> Result<Vec<(Key, Acknowledged)>, StorageProblem> {
        let rows = self.storage.scan(Store::Acknowledged, "").await?;
        let read = |key: &str, text: &str| sound::acknowledged(key, text).map(|row| (row.mutation.key, row));
        Ok(self.sound(Store::Acknowledged, &rows, read).await.0)
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
        let moved = |write: &Write| match write {
            Write::Put { store: Store::Meta, key, value } if key == keys::CART => json::read::<InHand>(value).ok(),
            _ => None,
        };
        tx.writes.iter().filter_map(moved).for_each(|hand| self.begin_turn(hand.turn()));
        let in_memory = |write: &Write| match write {
            Write::Put { store: Store::Meta, key, .. } | Write::Delete { store: Store::Meta, key } => {
                engine::leads_elsewhere(key)
            }
            Write::Put { store, .. } | Write::Delete { store, .. } | Write::DeletePrefix { store, .. } => {
                *store == Store::Confirmed
            }
        };
        // Of other confirmed rows no memory holds the text: what shows them reads them again.
        let light = |write: Write| match write {
            Write::Put { store: store @ Store::Confirmed, key, .. } if !goods::is_place(&key) => {
                Write::Put { store, key, value: String::new() }
            }
            write => write,
        };
        let writes: Vec<Write> = tx.writes.into_iter().filter(in_memory).map(light).collect();
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
