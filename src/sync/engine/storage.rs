//! The device's storage as the engine sees it: seven stores of text by text, and transactions as values.

use crate::faults::{self, Fault};
use serde::{Deserialize, Serialize};

/// The stores. In IndexedDB each is an object store with out-of-line text keys and JSON text values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// The installation, its counters, cursor and epoch: one key each.
    Meta,
    /// Mutations without a final verdict that the view still counts, by sequence.
    Outbox,
    /// Mutations a person must decide on, by idempotency key.
    Parked,
    /// Applied mutations of the last 30 days, by idempotency key, for a server that was set back (G19).
    Acknowledged,
    /// What the server said, by generation, kind and id.
    Confirmed,
    /// What is left to be queued of an import, piece by piece.
    Import,
    /// What the server told for a file that is not done, piece by piece.
    Export,
}

impl Store {
    pub const ALL: [Store; 7] = [
        Store::Meta,
        Store::Outbox,
        Store::Parked,
        Store::Acknowledged,
        Store::Confirmed,
        Store::Import,
        Store::Export,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Store::Meta => "meta",
            Store::Outbox => "outbox",
            Store::Parked => "parked",
            Store::Acknowledged => "acknowledged",
            Store::Confirmed => "confirmed",
            Store::Import => "import",
            Store::Export => "export",
        }
    }
}

/// What must have reached the disk before a transaction counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Everything: a person's work, shown only after it is safe (G1).
    Strict,
    /// What the server can say again.
    Relaxed,
}

/// One local transaction. It is carried out whole if every expectation holds, else not at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalTx {
    pub durability: Durability,
    /// The sender's epoch: a sender whose lock was taken meanwhile cannot write (G5).
    pub epoch: Option<u64>,
    pub expects: Vec<Expect>,
    pub writes: Vec<Write>,
}

/// A compare-and-set's "compare": this key holds exactly this text, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expect {
    pub store: Store,
    pub key: String,
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Write {
    Put {
        store: Store,
        key: String,
        value: String,
    },
    Delete {
        store: Store,
        key: String,
    },
    /// Every key that begins with this text.
    DeletePrefix {
        store: Store,
        prefix: String,
    },
}

impl LocalTx {
    pub fn strict() -> Self {
        Self { durability: Durability::Strict, epoch: None, expects: Vec::new(), writes: Vec::new() }
    }

    /// What the sender writes: fenced by its epoch.
    pub fn sender(epoch: u64) -> Self {
        Self { durability: Durability::Relaxed, epoch: Some(epoch), expects: Vec::new(), writes: Vec::new() }
    }

    /// All expectations, the epoch's among them.
    pub fn all_expects(&self) -> impl Iterator<Item = Expect> + '_ {
        let epoch = self.epoch.filter(|_| !faults::is(Fault::TwoSenders)).map(|epoch| Expect {
            store: Store::Meta,
            key: keys::EPOCH.to_owned(),
            value: Some(epoch.to_string()),
        });
        epoch.into_iter().chain(self.expects.iter().cloned())
    }

    /// The stores it touches.
    pub fn stores(&self) -> Vec<Store> {
        let written = self.writes.iter().map(|write| match write {
            Write::Put { store, .. } | Write::Delete { store, .. } | Write::DeletePrefix { store, .. } => *store,
        });
        let mut stores: Vec<Store> = self.all_expects().map(|expect| expect.store).chain(written).collect();
        stores.sort_unstable();
        stores.dedup();
        stores
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    pub fn expect(&mut self, store: Store, key: impl Into<String>, value: Option<String>) {
        self.expects.push(Expect { store, key: key.into(), value });
    }

    pub(super) fn put<T: Serialize>(&mut self, store: Store, key: impl Into<String>, value: &T) {
        self.writes.push(Write::Put { store, key: key.into(), value: json(value) });
    }

    pub(super) fn delete(&mut self, store: Store, key: impl Into<String>) {
        self.writes.push(Write::Delete { store, key: key.into() });
    }
}

/// JSON text of one of our own types: plain structs and lists, which always serialise.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our stored types are plain JSON")
}

/// Storage keys. Text sorts as the things do: numbers are padded.
pub mod keys {
    use crate::{
        domain::{Day, Key},
        sync::wire::Kind,
    };
    use std::fmt::Display;

    pub const INSTALLATION: &str = "installation";
    pub const SEQUENCE: &str = "sequence";
    pub const RECEIPT: &str = "receipt";
    pub const EPOCH: &str = "epoch";
    pub const HELD: &str = "held";
    pub const LOADING: &str = "loading";
    pub const ACTOR: &str = "actor";
    pub const SESSION: &str = "session";
    pub const SIGNED_IN: &str = "signed-in";
    pub const ANSWERING: &str = "answering";
    pub const FRESHNESS: &str = "freshness";
    pub const CONTACT: &str = "contact";
    pub const SHOP: &str = "shop";
    pub const UPGRADE: &str = "upgrade";
    /// What a customer is about to buy, so that a reload loses nothing: an [`InHand`](super::super::InHand). A sale takes
    /// it away in its own transaction.
    pub const CART: &str = "cart";
    pub const RENUMBER: &str = "renumber";
    pub const READ_ANEW: &str = "read-anew";
    /// How far an import is.
    pub const IMPORT: &str = "import";
    /// How far an export is that asks the server for the past.
    pub const EXPORT: &str = "export";
    pub const FORKING: &str = "forking";
    /// Id and secret of the installation it is, or asks to become: an enrolment whose answer was lost, or whose row is
    /// damaged, is asked for again with the same.
    pub const ENROLLING: &str = "enrolling";
    /// When old history was last let go, by the server's clock.
    pub const FORGOT: &str = "forgot";
    /// What the sender measured, for the dashboard. Nothing is decided from it.
    pub const MEASURED: &str = "measured";
    /// Every sale it holds has its key of [`sold`]: those of an earlier version had none.
    pub const SOLD_KNOWN: &str = "sold-known";

    /// An outbox entry: by sequence, and unique even where a forked installation sends what the old one made.
    pub fn entry(sequence: u64, key: Key) -> String {
        format!("{sequence:016}/{key}")
    }

    /// A piece of an import, or of an export.
    pub fn piece(at: u32) -> String {
        format!("{at:08}")
    }

    /// A confirmed row.
    pub fn row(generation: u32, kind: Kind, id: impl Display) -> String {
        format!("{generation}/{}/{id}", kind.name())
    }

    /// Products as they were read from the start, with their stock; `last` is the last of them.
    pub fn goods(generation: u32, last: impl Display) -> String {
        format!("{}{last}", all_goods(generation))
    }

    pub fn all_goods(generation: u32) -> String {
        format!("{generation}/goods/")
    }

    pub fn stock(generation: u32, product: impl Display) -> String {
        format!("{generation}/stock/{product}")
    }

    pub fn movement(generation: u32, product: impl Display, change: u64) -> String {
        format!("{}{change:016}", movements(generation, product))
    }

    /// Movements as they were read from the start: of the products from `first` to `last`; `change` is the first one's.
    pub fn moves(generation: u32, first: impl Display, last: impl Display, change: u64) -> String {
        format!("{}{first}/{last}/{change:016}", all_moves(generation))
    }

    pub fn all_moves(generation: u32) -> String {
        format!("{generation}/moves/")
    }

    /// All that moved a product's stock since, by change number.
    pub fn movements(generation: u32, product: impl Display) -> String {
        format!("{generation}/movement/{product}/")
    }

    /// That a sale was booked on a day, which never changes: a day's sales are found without reading the others.
    pub fn sold(generation: u32, day: Day, sale: impl Display) -> String {
        format!("{}{sale}", sold_on(generation, day))
    }

    pub fn sold_on(generation: u32, day: Day) -> String {
        format!("{}{:07}/", all_sold(generation), day.0)
    }

    pub fn all_sold(generation: u32) -> String {
        format!("{generation}/sold/")
    }

    /// [`sold`] of a sale by the key of its row.
    pub fn sold_of(row: &str, day: Day) -> Option<String> {
        Some(sold(row.split_once('/')?.0.parse().ok()?, day, row.rsplit_once('/')?.1))
    }

    /// The day and the sale of a key of [`sold`].
    pub fn day_and_sale(sold: &str) -> Option<(Day, &str)> {
        let (rest, sale) = sold.rsplit_once('/')?;
        Some((Day(rest.rsplit_once('/')?.1.parse().ok()?), sale))
    }

    pub fn all_movements(generation: u32) -> String {
        format!("{generation}/movement/")
    }

    /// Every confirmed row of a kind.
    pub fn rows(generation: u32, kind: Kind) -> String {
        format!("{generation}/{}/", kind.name())
    }

    pub fn all_stock(generation: u32) -> String {
        format!("{generation}/stock/")
    }

    /// Everything of a generation.
    pub fn generation(generation: u32) -> String {
        format!("{generation}/")
    }

    const ASIDE: &str = "aside/";

    /// A row that did not read back.
    pub fn aside(id: impl Display) -> String {
        format!("{ASIDE}{id}")
    }

    pub fn id_of_aside(key: &str) -> Option<Key> {
        key.strip_prefix(ASIDE)?.parse().ok()
    }

    /// Before each cart that waits.
    pub const SUSPENDED: &str = "suspended/";

    pub fn suspended(id: impl Display) -> String {
        format!("{SUSPENDED}{id}")
    }

    /// A person's local PIN check and wrong tries.
    pub fn pin(person: impl Display) -> String {
        format!("pin/{person}")
    }
}
