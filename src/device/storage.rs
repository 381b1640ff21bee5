//! IndexedDB as the engine's storage: six object stores of text by text, and transactions carried out word for word.
//!
//! The database is opened at whatever version it has, and stores are added where they are missing. So an older app
//! still opens what a newer one left (`app_rolled_back`).

use super::{handle::StorageProblem, platform};
use crate::sync::engine::{Durability, LocalTx, Store, Write};
use futures::future::{Either, select};
use idb::{Database, Factory, KeyRange, Query, TransactionResult};
use js_sys::{Array, Function, Object, Reflect};
use std::{cell::Cell, future::IntoFuture, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

const NAME: &str = "comptoir";
/// An opening that takes longer waits for another tab.
const OPENING_MAX_MS: i64 = 4_000;
/// Rows that are read at once: between two such pages the browser hears taps.
const PAGE_ROWS: u32 = 500;

#[derive(Clone)]
pub struct Storage {
    database: IdbDatabase,
    closed: Rc<Cell<bool>>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Committed,
    /// Some expectation did not hold; nothing was written.
    Stale,
}

impl Storage {
    /// Opens the database, creating what is missing. `on_problem` hears when another tab blocks that, and when this
    /// connection had to close for another tab's newer version.
    pub async fn open(on_problem: impl Fn(StorageProblem) + Clone + 'static) -> Result<Self, StorageProblem> {
        let factory = Factory::new().map_err(|_| StorageProblem::Unavailable)?;
        let mut database = open_at(&factory, None, on_problem.clone()).await?;
        let present = database.store_names();
        if !Store::ALL.iter().all(|store| present.iter().any(|name| name == store.name())) {
            let next = database.version().map_err(|_| StorageProblem::Unavailable)? + 1;
            database.close();
            database = open_at(&factory, Some(next), on_problem.clone()).await?;
        }
        let closed = Rc::new(Cell::new(false));
        let (on_change, on_close) = (on_problem.clone(), on_problem);
        let (closed_by_change, closed_by_browser) = (closed.clone(), closed.clone());
        // Another tab brings a newer database: give way, or both would wait for ever.
        database.on_version_change(move |event| {
            closed_by_change.set(true);
            if let Some(target) = event.target()
                && let Ok(database) = target.dyn_into::<IdbDatabase>()
            {
                database.close();
            }
            on_change(StorageProblem::Closed);
        });
        database.on_close(move |_| {
            closed_by_browser.set(true);
            on_close(StorageProblem::Closed);
        });
        database.forget_callbacks();
        Ok(Self { database: database.into(), closed })
    }

    pub async fn get(&self, store: Store, key: &str) -> Result<Option<String>, StorageProblem> {
        let transaction = self.begin(&[store], "readonly", Durability::Relaxed)?;
        let value = get(&transaction, store, key).await?;
        Ok(value)
    }

    /// Rows whose key begins with `prefix`, by key.
    pub async fn scan(&self, store: Store, prefix: &str) -> Result<Vec<(String, String)>, StorageProblem> {
        let transaction = self.begin(&[store], "readonly", Durability::Relaxed)?;
        scan(&transaction, store, prefix).await
    }

    /// The first row from `key` on whose key begins with `prefix`.
    pub async fn first_from(
        &self,
        store: Store,
        prefix: &str,
        key: &str,
    ) -> Result<Option<(String, String)>, StorageProblem> {
        let transaction = self.begin(&[store], "readonly", Durability::Relaxed)?;
        let range = bound(key, prefix, false)?;
        Ok(page(&transaction, store, range, 1).await?.0.pop())
    }

    /// The keys that begin with `prefix`, in their order: a tenth of what reading their rows takes.
    pub async fn keys(&self, store: Store, prefix: &str) -> Result<Vec<String>, StorageProblem> {
        let transaction = self.begin(&[store], "readonly", Durability::Relaxed)?;
        let store: idb::ObjectStore = transaction.object_store(store.name()).map_err(|error| problem(&error))?.into();
        let query = Query::from(KeyRange::from(prefix_range(prefix)?));
        let keys = store.get_all_keys(Some(query), None).map_err(|error| idb_problem(&error))?;
        let keys = keys.await.map_err(|error| idb_problem(&error))?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    /// The rows of these keys; one that is gone is left out.
    pub async fn get_all(&self, store: Store, keys: Vec<String>) -> Result<Vec<(String, String)>, StorageProblem> {
        let transaction = self.begin(&[store], "readonly", Durability::Relaxed)?;
        let store: idb::ObjectStore = transaction.object_store(store.name()).map_err(|error| problem(&error))?.into();
        let asked: Result<Vec<_>, _> = keys.iter().map(|key| store.get(JsValue::from(key))).collect();
        let mut rows = Vec::with_capacity(keys.len());
        for (key, request) in keys.into_iter().zip(asked.map_err(|error| idb_problem(&error))?) {
            if let Some(value) = request.await.map_err(|error| idb_problem(&error))? {
                rows.push((key, text_of(&value)));
            }
        }
        Ok(rows)
    }

    /// Several scans of one snapshot.
    pub async fn scan_all<const N: usize>(
        &self,
        of: [(Store, &str); N],
    ) -> Result<[Vec<(String, String)>; N], StorageProblem> {
        let stores: Vec<Store> = of.iter().map(|(store, _)| *store).collect();
        let transaction = self.begin(&stores, "readonly", Durability::Relaxed)?;
        let mut found = [const { Vec::new() }; N];
        for ((store, prefix), rows) in of.into_iter().zip(&mut found) {
            *rows = scan(&transaction, store, prefix).await?;
        }
        Ok(found)
    }

    /// Carries out a transaction. Returns after its `complete` event: with [`Durability::Strict`] it is on the disk.
    pub async fn commit(&self, tx: &LocalTx) -> Result<Outcome, StorageProblem> {
        if tx.stores().is_empty() {
            return Ok(Outcome::Committed); // it asks for nothing and expects nothing
        }
        let transaction = self.begin(&tx.stores(), "readwrite", tx.durability)?;
        for expect in tx.all_expects() {
            if get(&transaction, expect.store, &expect.key).await? != expect.value {
                transaction.abort().map_err(|error| problem(&error))?;
                return Ok(Outcome::Stale);
            }
        }
        for write in &tx.writes {
            self.write(&transaction, write)?;
        }
        // Said now, because a page that is left at once is not there to let the transaction end by itself.
        #[expect(deprecated, reason = "web-sys alone says so; every browser since 2020 has it")]
        transaction.commit().map_err(|error| problem(&error))?;
        finish(transaction).await.map(|()| Outcome::Committed)
    }

    fn write(&self, transaction: &IdbTransaction, write: &Write) -> Result<(), StorageProblem> {
        let store = |store: Store| transaction.object_store(store.name()).map_err(|error| problem(&error));
        let done = match write {
            Write::Put { store: into, key, value } => store(*into)?.put_with_key(&value.into(), &key.into()).map(drop),
            Write::Delete { store: from, key } => store(*from)?.delete(&key.into()).map(drop),
            Write::DeletePrefix { store: from, prefix } => {
                let range = prefix_range(prefix)?;
                store(*from)?.delete(&range.into()).map(drop)
            }
        };
        done.map_err(|error| problem(&error))
    }

    /// `idb` has no durability option: the call goes through `js_sys`.
    fn begin(&self, stores: &[Store], mode: &str, durability: Durability) -> Result<IdbTransaction, StorageProblem> {
        if self.closed.get() {
            return Err(StorageProblem::Closed);
        }
        let names: Array = stores.iter().map(|store| JsValue::from(store.name())).collect();
        let options = Object::new();
        let durability = match durability {
            Durability::Strict => "strict",
            Durability::Relaxed => "relaxed",
        };
        let begun = Reflect::set(&options, &"durability".into(), &durability.into())
            .and_then(|_| Reflect::get(&self.database, &"transaction".into()))
            .and_then(|method| method.dyn_into::<Function>())
            .and_then(|method| method.call3(&self.database, &names, &mode.into(), &options))
            .and_then(|transaction| transaction.dyn_into::<IdbTransaction>());
        begun.map_err(|error| problem(&error))
    }
}

async fn open_at(
    factory: &Factory,
    version: Option<u32>,
    on_problem: impl Fn(StorageProblem) + Clone + 'static,
) -> Result<Database, StorageProblem> {
    let mut request = factory.open(NAME, version).map_err(|_| StorageProblem::Unavailable)?;
    let on_blocked = on_problem.clone();
    request.on_blocked(move |_| on_blocked(StorageProblem::BlockedByTab));
    request.on_upgrade_needed(|event| {
        use idb::DatabaseEvent as _;
        let Ok(database) = event.database() else { return };
        let present = database.store_names();
        for store in Store::ALL.iter().filter(|store| !present.iter().any(|name| name == store.name())) {
            // A store that cannot be created aborts the upgrade, and `open` fails.
            drop(database.create_object_store(store.name(), idb::ObjectStoreParams::new()));
        }
    });
    let opened = match select(request.into_future(), Box::pin(platform::sleep(OPENING_MAX_MS))).await {
        Either::Left((opened, _)) => opened,
        // Behind the blocked upgrade of a page that is gone an opening waits too, and no event says so.
        Either::Right((_, opening)) => {
            on_problem(StorageProblem::BlockedByTab);
            opening.await
        }
    };
    opened.map_err(|error| idb_problem(&error))
}

async fn get(transaction: &IdbTransaction, store: Store, key: &str) -> Result<Option<String>, StorageProblem> {
    let store: idb::ObjectStore = transaction.object_store(store.name()).map_err(|error| problem(&error))?.into();
    let request = store.get(JsValue::from(key)).map_err(|error| idb_problem(&error))?;
    let value = request.await.map_err(|error| idb_problem(&error))?;
    Ok(value.map(|value| text_of(&value)))
}

async fn scan(
    transaction: &IdbTransaction,
    store: Store,
    prefix: &str,
) -> Result<Vec<(String, String)>, StorageProblem> {
    let (mut rows, mut range) = (Vec::new(), prefix_range(prefix)?);
    loop {
        let (mut read, last) = page(transaction, store, range, PAGE_ROWS).await?;
        rows.append(&mut read);
        match last {
            Some(last) => range = bound(&last, prefix, true)?,
            None => return Ok(rows),
        }
    }
}

/// The first rows of a range; then the last key read, where there may be more.
async fn page(
    transaction: &IdbTransaction,
    store: Store,
    range: web_sys::IdbKeyRange,
    limit: u32,
) -> Result<(Vec<(String, String)>, Option<String>), StorageProblem> {
    let store: idb::ObjectStore = transaction.object_store(store.name()).map_err(|error| problem(&error))?.into();
    let query = || Some(Query::from(KeyRange::from(range.clone())));
    let keys = store.get_all_keys(query(), Some(limit)).map_err(|error| idb_problem(&error))?;
    let values = store.get_all(query(), Some(limit)).map_err(|error| idb_problem(&error))?;
    let keys = keys.await.map_err(|error| idb_problem(&error))?;
    let values = values.await.map_err(|error| idb_problem(&error))?;
    let last = keys.last().filter(|_| keys.len() == limit as usize).and_then(JsValue::as_string);
    let rows = keys.into_iter().zip(values);
    // A key without a value is no row.
    let rows = rows.filter(|(_, value)| !value.is_undefined());
    Ok((rows.filter_map(|(key, value)| Some((key.as_string()?, text_of(&value)))).collect(), last))
}

/// A value as the text it should be. Nothing of ours writes another type; what is found all the same must be seen, so
/// that it can be set aside, and the same here and where a transaction expects it.
fn text_of(value: &JsValue) -> String {
    let as_json = || js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
    value.as_string().or_else(as_json).unwrap_or_else(|| format!("{value:?}"))
}

fn prefix_range(prefix: &str) -> Result<web_sys::IdbKeyRange, StorageProblem> {
    bound(prefix, prefix, false)
}

/// From a key on, or from behind it, as far as keys begin with `prefix`.
fn bound(from: &str, prefix: &str, behind: bool) -> Result<web_sys::IdbKeyRange, StorageProblem> {
    let last = format!("{prefix}\u{ffff}");
    web_sys::IdbKeyRange::bound_with_lower_open_and_upper_open(&from.into(), &last.into(), behind, false)
        .map_err(|error| problem(&error))
}

/// Waits for `complete`. An abort comes back as `Ok(Aborted)`: it is a failure here.
async fn finish(transaction: IdbTransaction) -> Result<(), StorageProblem> {
    let awaited: idb::Transaction = transaction.clone().into();
    match awaited.await {
        Ok(TransactionResult::Committed) => Ok(()),
        Ok(TransactionResult::Aborted) => Err(transaction.error().map_or(StorageProblem::Closed, |e| problem(&e))),
        Err(error) => Err(transaction.error().map_or_else(|| idb_problem(&error), |e| problem(&e))),
    }
}

fn problem(error: &JsValue) -> StorageProblem {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "QuotaExceededError" => StorageProblem::Full,
        "InvalidStateError" | "AbortError" => StorageProblem::Closed,
        _ => StorageProblem::Unavailable,
    }
}

fn idb_problem(error: &idb::Error) -> StorageProblem {
    match error {
        idb::Error::DomException(exception) => problem(exception),
        idb::Error::TransactionOpenFailed(error) | idb::Error::UpdateFailed(error) => problem(error),
        _ => StorageProblem::Unavailable,
    }
}
