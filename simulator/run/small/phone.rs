//! A phone of the small case: the real engine over a disk that loses what was not committed strictly, and the requests
//! it has under way.

use crate::run::{
    disk::{Disk, read},
    shop,
    stage::BEGIN_MS,
    view::View,
};
use comptoir::{
    domain::*,
    sync::{
        Body,
        engine::{self, Device, Lane, LocalTx, Queueing, SessionState, Settled, Standing, Store},
        mutation::{ReceiveStock, ReceivedLine, RecordSale, VoidSale},
        wire::{Cursor, PullAnswer, PushAnswer, PushRequest},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What somebody does at a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Sells(i64),
    /// The first sale made here, unless its cart came back.
    Voids,
    Receives(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Painted {
    Confirmed,
    Waiting,
    RolledBack,
    ToDecide,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    pub n: usize,
    pub disk: Disk,
    epoch: u64,
    pub acts_done: usize,
    /// The sale its seller waits for.
    pub selling: Option<Key>,
    /// One at a time: several at once are more than can be explored whole, and the simulator has them.
    pub flight: Option<Message>,
    /// Every mutation it ever queued.
    pub made: BTreeSet<Key>,
    /// What the seller was last told of a sale.
    pub painted: BTreeMap<Key, Painted>,
    keys: Keys,
}

/// A request under way, or its answer. JSON, which has an identity where what it says has floats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Message {
    Push { request: String },
    Pull { cursor: Cursor },
    Pushed { answer: String },
    Pulled { answer: String },
}

impl Phone {
    /// Enrolled, signed in by the owner, and with the whole shop read.
    pub fn new(n: usize, start: &PullAnswer) -> Self {
        let (mut disk, owner) = (Disk::default(), shop::person(0));
        let contact = engine::Contact { server_ms: BEGIN_MS, skew_ms: 0 };
        let enrolled = engine::enrolled(&Device::default(), &shop::installation(n)).expect("a new phone");
        let signed_in = engine::signed_in(&owner, SessionState::Open, Some(contact));
        let (takes_over, epoch) = engine::new_epoch(&Device::default());
        for tx in [enrolled, signed_in, takes_over] {
            disk.commit(&tx).expect("nobody else writes");
        }
        let (acts_done, selling, keys) = (0, None, Keys { n, given: 0 });
        let (flight, made, painted) = Default::default();
        let mut phone = Self { n, disk, epoch, acts_done, selling, flight, made, painted, keys };
        phone.hear_pull(start, BEGIN_MS);
        // The first reading is long done: no power cut takes it back.
        phone.disk.lose_power(phone.disk.relaxed());
        phone
    }

    /// The sale of the phone's so-manieth act.
    fn sale_id(&self, act: usize) -> SaleId {
        SaleId(Uuid::from_u128(0xB000 + 0x100 * self.n as u128 + act as u128))
    }

    /// Does the next thing, if it can be done now.
    pub fn act(&mut self, act: Act) {
        let (device, id) = (self.disk.device(), self.sale_id(self.acts_done));
        self.acts_done += 1;
        let body = match act {
            Act::Sells(units) => {
                let receipt = engine::next_receipt(&device.meta).expect("it is enrolled");
                Body::RecordSale(RecordSale::first(sale(id, receipt, units)))
            }
            Act::Voids if !View::of(&self.disk).sales().contains(&self.sale_id(0)) => return,
            Act::Voids => Body::VoidSale(VoidSale { sale: self.sale_id(0), reason: note() }),
            Act::Receives(units) => {
                let quantity = Quantity::new(units).expect("a quantity");
                Body::ReceiveStock(ReceiveStock {
                    lines: vec![ReceivedLine { product: shop::product(0), quantity }],
                    note: note(),
                })
            }
        };
        let waits = matches!(act, Act::Sells(_)) && engine::worth_waiting(&device, true).is_some();
        let queueing = Queueing { key: self.keys.next(), body, now_ms: BEGIN_MS, wait: waits };
        let (tx, mutation) = engine::queue(&device, queueing).expect("it can be queued");
        self.commit(&tx);
        if waits {
            self.selling = Some(mutation.key);
        } else if matches!(act, Act::Sells(_)) {
            self.painted.insert(mutation.key, Painted::Waiting);
        }
    }

    fn commit(&mut self, tx: &LocalTx) {
        for write in &tx.writes {
            if let engine::Write::Put { store: Store::Outbox, key, .. } = write {
                self.made.insert(crate::run::witness::key_of(key));
            }
        }
        self.disk.commit(tx).expect("it was decided from what is there");
    }

    /// What it would send now.
    pub fn plan(&self) -> Option<PushRequest> {
        engine::plan_push(&self.disk.device(), Lane::Backlog, &BTreeSet::new(), "small")
    }

    pub fn hear_push(&mut self, answer: &PushAnswer, now_ms: i64) {
        let (device, mut keys) = (self.disk.device(), self.keys.clone());
        let (tx, _) = engine::on_push_answer(&device, self.epoch, answer, now_ms, &mut || keys.next());
        self.keys = keys;
        self.commit(&tx);
    }

    pub fn hear_pull(&mut self, answer: &PullAnswer, now_ms: i64) {
        let (device, mut keys) = (self.disk.device(), self.keys.clone());
        let asked = engine::plan_pull(&device, "small").map(|request| request.from);
        let acknowledged = self.disk.acknowledged();
        let (tx, _) =
            engine::on_pulled(&device, self.epoch, asked.as_ref(), answer, &acknowledged, now_ms, &mut || keys.next());
        self.keys = keys;
        self.commit(&tx);
    }

    /// Where the sale its seller waits for stands; the five seconds may be over at any moment.
    pub fn wait_ends(&mut self) {
        let Some(key) = self.selling.take() else { return };
        let device = self.disk.device();
        let parked = self.disk.get(Store::Parked, &key.to_string()).map(read::<engine::Parked>);
        let acknowledged = self.disk.get(Store::Acknowledged, &key.to_string()).is_some();
        let painted = match engine::ended(&device, key, parked.as_ref(), acknowledged) {
            Settled::Confirmed => Painted::Confirmed,
            Settled::Waiting => {
                let tx = engine::stop_waiting(&device, key, true).expect("it waits");
                self.commit(&tx);
                Painted::Waiting
            }
            Settled::Refused(_) => {
                let settle_key = self.keys.next();
                let tx = engine::roll_back(&device, key, settle_key, BEGIN_MS).expect("it was refused");
                self.commit(&tx);
                Painted::RolledBack
            }
            Settled::Late => Painted::Waiting,
            Settled::Parked(_) | Settled::Decided => Painted::ToDecide,
        };
        self.painted.insert(key, painted);
    }

    /// The power goes, and comes back: so many of the transactions it may take survive.
    pub fn power_cut(&mut self, survive: usize) {
        self.disk.lose_power(survive);
        self.selling = None;
        self.starts(BEGIN_MS);
    }

    /// A sender takes over, and parks the refusals of tabs that are dead.
    pub fn starts(&mut self, now_ms: i64) {
        let (tx, epoch) = engine::new_epoch(&self.disk.device());
        self.commit(&tx);
        self.epoch = epoch;
        let (device, mut keys) = (self.disk.device(), self.keys.clone());
        let orphans = engine::settle_orphans(&device, epoch, now_ms, &mut || keys.next());
        self.keys = keys;
        if let Some(tx) = orphans {
            self.commit(&tx);
        }
    }

    pub fn has_read(&self, counter: u64) -> bool {
        self.disk.device().meta.held.is_some_and(|held| held.cursor.change == counter)
    }

    /// Nothing is left to say or to hear.
    pub fn is_at_rest(&self, counter: u64) -> bool {
        let quiet = self.flight.is_none() && self.selling.is_none();
        quiet && self.has_read(counter) && self.disk.device().outbox.is_empty()
    }

    /// Every confirmed row by its key, those of other generations than it holds among them.
    pub fn confirmed(&self) -> BTreeMap<String, String> {
        let mut rows: BTreeMap<String, String> = self.disk.scan(Store::Confirmed, "").into_iter().collect();
        if let Some(shown) = self.disk.device().shown() {
            let held = engine::keys::generation(shown.generation);
            rows.retain(|key, _| !key.starts_with(&held));
            rows.extend(self.disk.confirmed(shown.generation).into_iter().map(|(key, row)| (held.clone() + &key, row)));
        }
        rows
    }

    /// Sales that were refused, and whose seller is gone.
    pub fn has_orphans(&self) -> bool {
        let deciding = |entry: &engine::Entry| matches!(entry.standing, Standing::Deciding { .. });
        let refused = |entry: &engine::Entry| entry.verdict.as_ref().is_some_and(|verdict| !verdict.is_applied());
        self.disk.device().outbox.iter().any(|entry| deciding(entry) && refused(entry))
    }
}

/// The phone's idempotency keys, one after another: the same in every world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Keys {
    n: usize,
    given: u32,
}

impl Keys {
    fn next(&mut self) -> Key {
        self.given += 1;
        Key(Uuid::from_u128(0xA000 + 0x100 * self.n as u128 + u128::from(self.given)))
    }
}

pub fn note() -> Note {
    Note::new("").expect("an empty note")
}

pub fn sale(id: SaleId, receipt: ReceiptNumber, units: i64) -> Sale {
    let price = Money::new(shop::PRICE_GNF).expect("a price");
    let line = SaleLine {
        product: shop::product(0),
        name: Name::new("Product 0").expect("a name"),
        quantity: Quantity::new(units).expect("a quantity"),
        unit_price: price,
    };
    let amount = line.total().expect("a total");
    Sale { id, receipt, lines: vec![line], tenders: vec![Tender::Cash { amount, given: amount }], beyond_stock: false }
}
