//! The contract of `sync::engine::contract` on the real IndexedDB, in Chromium, and what only a browser can show.

use super::{
    first_page,
    handle::StorageProblem,
    platform::{Signal, within},
    storage::{Outcome, Storage},
};
use crate::{
    domain::{
        Barcode, Category, Money, Name, Product, ProductId, Units,
        limits::{MONEY_MAX_GNF, STOCK_MAX_UNITS},
    },
    sync::{
        engine::{
            Durability, Expect, LocalTx, Store, Write,
            contract::{Step, steps},
        },
        first_page::FirstPage,
    },
};
use idb::Factory;
use js_sys::{Array, Function, JSON, Reflect};
use std::{cell::RefCell, rc::Rc};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const NAME: &str = "comptoir";

async fn fresh() -> Storage {
    Factory::new().unwrap().delete(NAME).unwrap().await.unwrap();
    Storage::open(|problem| panic!("{problem:?}")).await.unwrap()
}

fn put(key: &str, value: &str, expected: Option<&str>) -> LocalTx {
    let mut tx = LocalTx::strict();
    tx.expects.push(Expect { store: Store::Meta, key: key.to_owned(), value: expected.map(str::to_owned) });
    tx.writes.push(Write::Put { store: Store::Meta, key: key.to_owned(), value: value.to_owned() });
    tx
}

#[wasm_bindgen_test]
async fn indexed_db_keeps_the_contract() {
    let storage = fresh().await;
    for Step { about, tx, commits, scans } in steps() {
        let expected = if commits { Outcome::Committed } else { Outcome::Stale };
        assert_eq!(storage.commit(&tx).await.unwrap(), expected, "{about}");
        for (store, prefix, rows) in scans {
            assert_eq!(storage.scan(store, prefix).await.unwrap(), rows, "{about}: {store:?} {prefix:?}");
            let mut keys = storage.keys(store, prefix).await.unwrap();
            assert!(keys.iter().eq(rows.iter().map(|(key, _)| key)), "{about}: {store:?} {prefix:?}: {keys:?}");
            keys.push("gone".to_owned());
            assert_eq!(storage.get_all(store, keys).await.unwrap(), rows, "{about}: {store:?} {prefix:?}");
            for (key, value) in rows {
                assert_eq!(storage.get(store, &key).await.unwrap(), Some(value), "{about}");
            }
        }
    }
}

/// Read page by page, none is missing and none comes twice, however many there are.
#[wasm_bindgen_test]
async fn many_rows_are_read_whole() {
    let storage = fresh().await;
    for rows in [499, 500, 501, 1_300] {
        let mut tx = LocalTx::strict();
        let put = |key: String| Write::Put { store: Store::Confirmed, key, value: "1".into() };
        tx.writes.push(Write::DeletePrefix { store: Store::Confirmed, prefix: String::new() });
        tx.writes.extend((0..rows).map(|n| put(format!("0/row/{n:04}"))));
        tx.writes.extend(["0/rov/9", "0/rox/0"].map(|key| put(key.to_owned())));
        storage.commit(&tx).await.unwrap();
        let read = storage.scan(Store::Confirmed, "0/row/").await.unwrap();
        assert!(read.iter().map(|(key, _)| key.clone()).eq((0..rows).map(|n| format!("0/row/{n:04}"))), "{rows}");
    }
    let first = async |from: &str| storage.first_from(Store::Confirmed, "0/row/", from).await.unwrap().map(|row| row.0);
    assert_eq!(first("0/row/0007").await.as_deref(), Some("0/row/0007"));
    assert_eq!(first("0/row/0007b").await.as_deref(), Some("0/row/0008"));
    assert_eq!(first("0/row/2").await, None);
}

/// G1: what a person did is committed with `strict`, what the server can say again with `relaxed`.
#[wasm_bindgen_test]
async fn durability_is_passed_on() {
    let storage = fresh().await;
    storage.commit(&put("epoch", "1", None)).await.unwrap();
    let spy = "const plain = IDBDatabase.prototype.transaction; const seen = [];
        IDBDatabase.prototype.transaction = function (...of) {
          const begun = plain.apply(this, of); seen.push(begun.mode + ' ' + begun.durability); return begun; };
        seen.stop = () => { IDBDatabase.prototype.transaction = plain; };
        return seen;";
    let seen: Array = Function::new_no_args(spy).call0(&js_sys::global()).unwrap().unchecked_into();
    let mut relaxed = LocalTx::sender(1);
    assert_eq!(relaxed.durability, Durability::Relaxed);
    relaxed.writes = put("b", "2", None).writes;
    storage.commit(&put("a", "1", None)).await.unwrap();
    storage.commit(&relaxed).await.unwrap();
    let stop: Function = Reflect::get(&seen, &"stop".into()).unwrap().unchecked_into();
    stop.call0(&seen).unwrap();
    let seen: Vec<_> = seen.iter().filter_map(|text| text.as_string()).collect();
    assert_eq!(seen, ["readwrite strict", "readwrite relaxed"]);
}

/// Two tabs compare and set the same key at once, many times: one wins, each time.
#[wasm_bindgen_test]
async fn of_two_tabs_one_wins() {
    let one = fresh().await;
    let two = Storage::open(|problem| panic!("{problem:?}")).await.unwrap();
    let mut stands: Option<String> = None;
    for round in 0..20 {
        let (mine, theirs) = (format!("one {round}"), format!("two {round}"));
        let (tx, other) = (put("k", &mine, stands.as_deref()), put("k", &theirs, stands.as_deref()));
        let (first, second) = futures::join!(one.commit(&tx), two.commit(&other));
        let won = match (first.unwrap(), second.unwrap()) {
            (Outcome::Committed, Outcome::Stale) => mine,
            (Outcome::Stale, Outcome::Committed) => theirs,
            both => panic!("{both:?}"),
        };
        stands = two.get(Store::Meta, "k").await.unwrap();
        assert_eq!(stands, Some(won));
    }
}

/// A newer app in another tab opens a newer database: this tab gives way at once and says so (`upgrade_blocked_by_tab`).
/// Then the app is rolled back (`app_rolled_back`): it opens what the newer one left, and finds all of it.
#[wasm_bindgen_test]
async fn upgrade_blocked_by_tab_then_app_rolled_back() {
    Factory::new().unwrap().delete(NAME).unwrap().await.unwrap();
    let heard: Rc<RefCell<Vec<StorageProblem>>> = Rc::default();
    let told = heard.clone();
    let old = Storage::open(move |problem| told.borrow_mut().push(problem)).await.unwrap();
    old.commit(&put("k", "kept", None)).await.unwrap();

    let mut request = Factory::new().unwrap().open(NAME, Some(40)).unwrap();
    request.on_upgrade_needed(|event| {
        use idb::DatabaseEvent as _;
        let database = event.database().unwrap();
        database.create_object_store("of the newer app", idb::ObjectStoreParams::new()).unwrap();
    });
    let newer = within(5_000, request.into_future()).await.expect("the older tab did not give way").unwrap();
    assert_eq!(*heard.borrow(), [StorageProblem::Closed]);
    assert_eq!(old.commit(&put("k", "lost", Some("kept"))).await, Err(StorageProblem::Closed));
    newer.close();

    let back = Storage::open(|problem| panic!("{problem:?}")).await.unwrap();
    assert_eq!(back.get(Store::Meta, "k").await.unwrap().as_deref(), Some("kept"));
    assert_eq!(back.commit(&put("k", "sold on", Some("kept"))).await.unwrap(), Outcome::Committed);
}

/// A pulse is no word for later: a pull that starts after a sale does not give way to it.
#[wasm_bindgen_test]
async fn a_pulse_wakes_who_waits_now_and_nobody_later() {
    let signal = Signal::default();
    signal.pulse();
    assert!(within(30, signal.wait()).await.is_none(), "nobody waited when it was given");
    let waiting = signal.wait();
    let pulsing = async { signal.pulse() };
    assert!(within(1_000, async { futures::join!(waiting, pulsing) }).await.is_some());
    signal.set();
    assert!(within(1_000, signal.wait()).await.is_some(), "a set signal waits for its waiter");
}

/// What the server wrote by serde is read by the browser.
#[wasm_bindgen_test]
fn products_of_a_first_page_read_as_they_were_written() {
    let long = Product {
        id: ProductId(Uuid::from_u128(7)),
        name: Name::new("Jus d’ananas «\u{202f}Bio\u{202f}» </script>").unwrap(),
        barcodes: ["3400930000001", "12"].map(|code| Barcode::new(code).unwrap()).to_vec(),
        category: Category::new("Boissons").unwrap(),
        sale_price: Money::new(MONEY_MAX_GNF).unwrap(),
        purchase_price: Some(Money::new(1).unwrap()),
        threshold: Units::new(5).unwrap(),
        retired: true,
    };
    let bare = Product { barcodes: Vec::new(), purchase_price: None, retired: false, ..long.clone() };
    let products = vec![(long, STOCK_MAX_UNITS), (bare, -3)];
    let page = serde_json::to_string(&FirstPage { products: products.clone(), receipt: None }).unwrap();
    assert_eq!(first_page::products(&JSON::parse(&page).unwrap()), products);
    let damaged = page.replacen("\"name\":", "\"nom\":", 1);
    assert_eq!(first_page::products(&JSON::parse(&damaged).unwrap()), products[1..]);
    assert_eq!(first_page::products(&JSON::parse("{\"products\":[7,[],[null,1]]}").unwrap()), []);
}
