//! A device whose disk holds damaged rows: it starts, sells and synchronises, and nothing it held is thrown away.

use crate::{absurd, draw::Draw};
use comptoir::{
    domain::*,
    sync::{
        Answer, Body, Refusal, Verdict,
        engine::{
            self, Applied, Contact, Device, Installation, Item, Lane, Pieces, Queueing, SessionState, Store, Suspended,
            Unreadable,
            goods::{self, Goods},
            keys,
            memory::Memory,
            moves, sound,
        },
        mutation::{CreateProduct, RecordSale},
        view::{Account, Catalogue, Pending, accounts},
        wire::*,
    },
};
use std::{cell::OnceCell, collections::BTreeSet, sync::Arc};
use uuid::Uuid;

const NOW_MS: i64 = 1_795_000_000_000;
const HISTORY: Uuid = Uuid::from_u128(7);
const CHANGE: u64 = 100;

pub struct Disk(pub Memory);

fn product() -> Product {
    Product { id: ProductId(Uuid::from_u128(0x900)), purchase_price: None, ..crate::phone::product("Riz") }
}

fn person() -> PersonRow {
    let (id, name) = (UserId(Uuid::from_u128(9)), Label::new("Mariama").unwrap());
    PersonRow { id, name, role: Role::Owner, retired: false }
}

fn suspended() -> Suspended {
    let mut cart = Cart::default();
    cart.add(&product()).unwrap();
    Suspended { id: Uuid::from_u128(0x503), since_ms: NOW_MS, cart, stored: None }
}

fn new_key() -> Key {
    Key(Uuid::new_v4())
}

impl Disk {
    /// A phone that sold, with a row in every store: acknowledged, parked, and two sales not sent.
    pub fn of_a_good_phone() -> Self {
        thread_local!(static GOOD: OnceCell<Memory> = const { OnceCell::new() });
        Self(GOOD.with(|good| good.get_or_init(|| Self::sold().0).clone()))
    }

    fn sold() -> Self {
        let mut disk = Self(Memory::default());
        let id = InstallationId(Uuid::from_u128(1));
        let secret = "ab".repeat(32);
        let own = Installation {
            id,
            secret: secret.clone(),
            prefix: "A".into(),
            name: "Un".into(),
            shop_name: "Boutique".into(),
            holds_costs: true,
        };
        disk.commit(&engine::begin_enrolment(id, &secret));
        disk.commit(&engine::enrolled(&Device::default(), &own).unwrap());
        let contact = Contact { server_ms: NOW_MS, skew_ms: 0 };
        disk.commit(&engine::signed_in(&person(), SessionState::Open, Some(contact)));
        disk.commit(&engine::new_epoch(&disk.device()).0);
        disk.synchronise(Verdict::Applied { change: CHANGE });
        disk.sell();
        disk.synchronise(Verdict::Applied { change: CHANGE });
        disk.sell();
        disk.push(Verdict::Refused { change: CHANGE, refusal: Refusal::InsufficientStock { lines: Vec::new() } });
        disk.sell();
        let mut pieces = Pieces::default();
        for n in 0..150 {
            let product = Product { id: ProductId(Uuid::from_u128(0x1000 + n)), ..product() };
            pieces.add([Item::Create(CreateProduct { product, opening_units: Units::ZERO })]);
        }
        disk.commit(&engine::begin_import(&disk.device(), "fichier.csv", Vec::new(), pieces).unwrap().unwrap());
        let first = Past::Moves { product: None, last: Day(0), after: None };
        let begun =
            engine::Export::new(&disk.device(), export::File::Movements, "Date".to_owned(), Day(0), first).unwrap();
        let after = engine::Export { pieces: 1, lines: 1, ..begun.clone() };
        disk.commit(&engine::keep_export(&begun, &after, "01/01/1970\r\n"));
        disk.commit(&engine::suspend(&suspended()));
        for store in Store::ALL {
            assert!(!disk.0.scan(store, "").is_empty(), "{store:?} is empty");
        }
        disk
    }

    fn commit(&mut self, tx: &engine::LocalTx) {
        self.0.commit(tx).unwrap_or_else(|stale| panic!("{stale:?}: {tx:?}"));
    }

    fn read(&self) -> (Device, Vec<Unreadable>) {
        Device::from_rows(&self.0.scan(Store::Meta, ""), &self.0.scan(Store::Outbox, ""))
    }

    pub fn device(&self) -> Device {
        let (device, unreadable) = self.read();
        assert_eq!(unreadable, []);
        device
    }

    /// Every row that does not read, as the device's own readers find it.
    fn damaged(&self) -> Vec<Unreadable> {
        let (device, mut damaged) = self.read();
        let generation = device.shown().map(|shown| keys::generation(shown.generation));
        let mut judge = |store: Store, reads: &dyn Fn(&str, &str) -> Result<(), String>| {
            for (key, text) in self.0.scan(store, "") {
                if let Err(detail) = reads(&key, &text) {
                    damaged.push(Unreadable { store, key, text, detail });
                }
            }
        };
        judge(Store::Meta, &|key, text| match key.starts_with(keys::SUSPENDED) {
            true => sound::suspended(key, text).map(drop),
            false => Ok(()),
        });
        judge(Store::Import, &|_, text| engine::piece(text).map(drop));
        judge(Store::Parked, &|key, text| sound::parked(key, text).map(drop));
        judge(Store::Acknowledged, &|key, text| sound::acknowledged(key, text).map(drop));
        judge(Store::Confirmed, &|key, text| match key.split('/').nth(1) {
            _ if generation.as_ref().is_none_or(|shown| !key.starts_with(shown)) => Ok(()),
            Some("goods" | "product" | "stock") => goods::read(key, text).1,
            Some("moves" | "movement") => moves::read(key, text).1,
            Some("sale") => sound::confirmed(key, text, |row: &SaleRow| row.sale.id.0).map(drop),
            Some("person") => sound::confirmed(key, text, |row: &PersonRow| row.id.0).map(drop),
            Some("customer") => sound::customer(key, text).map(drop),
            Some("repayment") => sound::confirmed(key, text, |row: &RepaymentRow| row.repayment.id.0).map(drop),
            Some("refused") => sound::confirmed(key, text, |row: &RefusedRow| row.key.0).map(drop),
            _ => Ok(()),
        });
        damaged
    }

    /// As the device does it when it reads.
    pub fn heal(&mut self) {
        for _ in 0..4 {
            let (device, damaged) = (self.read().0, self.damaged());
            if damaged.is_empty() {
                return;
            }
            let mut traces = sound::Traces::default();
            Store::ALL.into_iter().for_each(|store| traces.add(store, &self.0.scan(store, "")));
            // Those of `meta` and the outbox come first: the others are found later, by whoever needs them.
            let first = |row: &&Unreadable| matches!(row.store, Store::Meta | Store::Outbox);
            let now: Vec<Unreadable> = damaged.iter().filter(first).cloned().collect();
            let now = if now.is_empty() { damaged } else { now };
            self.commit(&sound::set_aside(&device, &now, &traces, NOW_MS, &mut new_key));
        }
        assert_eq!(self.damaged(), [], "it does not heal");
    }

    pub fn sell(&mut self) {
        let device = self.device();
        let price = Money::new(1_000).unwrap();
        let line = SaleLine { product: product().id, name: product().name, quantity: Quantity::ONE, unit_price: price };
        let sale = Sale {
            id: SaleId(Uuid::now_v7()),
            receipt: engine::next_receipt(&device.meta).unwrap(),
            lines: vec![line],
            tenders: vec![Tender::Credit { amount: price, customer: Label::new("Awa").unwrap() }],
            beyond_stock: false,
        };
        let body = Body::RecordSale(RecordSale::first(sale));
        let queueing = Queueing { key: new_key(), body, now_ms: NOW_MS, wait: false };
        let (tx, _) = engine::queue(&device, queueing).unwrap();
        self.commit(&tx);
    }

    /// One push, every mutation of which gets the same verdict.
    fn push(&mut self, verdict: Verdict) {
        let device = self.device();
        let Some(request) = engine::plan_push(&device, Lane::Backlog, &BTreeSet::new(), "test") else { return };
        let text = serde_json::to_string(&request).unwrap();
        assert!(text.len() < REQUEST_MAX_BYTES && request.mutations.iter().all(|mutation| sendable(mutation).is_ok()));
        let answer = |key| Answer { key, replayed: false, verdict: verdict.clone() };
        let answers = request.mutations.iter().map(|mutation| answer(mutation.key)).collect();
        let answer = PushAnswer { server_now_ms: NOW_MS, history: HISTORY, answers, page: None };
        let (tx, _) = engine::on_push_answer(&device, device.meta.epoch, &answer, NOW_MS, &mut new_key);
        self.commit(&tx);
    }

    /// Sends and reads until the phone has nothing to ask, at a server that applies everything.
    pub fn synchronise(&mut self, verdict: Verdict) {
        for _ in 0..20 {
            self.push(verdict.clone());
            let device = self.device();
            let Some(request) = engine::plan_pull(&device, "test") else { continue };
            let pulled = match &request.from {
                From::Changes { cursor } if cursor.history == HISTORY && cursor.change <= CHANGE => {
                    Pulled::Page(Page {
                        history: HISTORY,
                        from: cursor.change,
                        to: CHANGE,
                        more: false,
                        answers: Vec::new(),
                        rows: Rows::default(),
                    })
                }
                From::Changes { .. } => Pulled::Resync,
                _ => Pulled::Start(shop()),
            };
            let answer = PullAnswer { server_now_ms: NOW_MS, pulled };
            let rows = self.0.scan(Store::Acknowledged, "");
            let acknowledged: Vec<_> = rows.iter().map(|(key, text)| sound::acknowledged(key, text).unwrap()).collect();
            let epoch = device.meta.epoch;
            let (tx, applied) =
                engine::on_pulled(&device, epoch, Some(&request.from), &answer, &acknowledged, NOW_MS, &mut new_key);
            self.commit(&tx);
            if applied == Applied::UpToDate && self.device().unsent().next().is_none() {
                return;
            }
        }
        panic!("the phone does not come to rest: {:?}", self.device());
    }

    /// What Vendre shows of the product.
    pub fn shown(&self) -> Option<(String, i64)> {
        let device = self.device();
        let mut catalogue = Catalogue::default();
        let Goods { products, stock } = Goods::of(&self.0, device.shown()?.generation).unwrap();
        products.into_values().for_each(|product| catalogue.put_product(product));
        stock.into_iter().for_each(|(id, units)| catalogue.put_stock(id, units));
        catalogue.set_pending(Arc::new(Pending::of(&device, |_| None, |_, _| 0)));
        catalogue.get(product().id).map(|shown| (shown.product.name.to_string(), shown.stock))
    }

    /// What Crédits shows.
    pub fn accounts(&self) -> Vec<Account> {
        let device = self.device();
        let Some(shown) = device.shown() else { return Vec::new() };
        let rows = |kind| self.0.scan(Store::Confirmed, &keys::rows(shown.generation, kind));
        let customer = |(key, text): &(String, String)| sound::customer(key, text).ok();
        let repayment =
            |(key, text): &(String, String)| sound::confirmed(key, text, |row: &RepaymentRow| row.repayment.id.0).ok();
        let customers: Vec<CustomerRow> = rows(Kind::Customer).iter().filter_map(customer).collect();
        let repayments: Vec<RepaymentRow> = rows(Kind::Repayment).iter().filter_map(repayment).collect();
        accounts(customers, &repayments, &Pending::of(&device, |_| None, |_, _| 0))
    }

    pub fn put(&mut self, store: Store, key: &str, value: &str) {
        let mut tx = engine::LocalTx::strict();
        tx.writes.push(engine::Write::Put { store, key: key.to_owned(), value: value.to_owned() });
        self.commit(&tx);
    }
}

/// The shop from its start, in one page.
fn shop() -> StartPage {
    let price = Money::new(1_000).unwrap();
    let sale = Sale {
        id: SaleId(Uuid::from_u128(0x500)),
        receipt: ReceiptNumber::new("B", 1).unwrap(),
        lines: vec![SaleLine {
            product: product().id,
            name: product().name,
            quantity: Quantity::ONE,
            unit_price: price,
        }],
        tenders: vec![Tender::Cash { amount: price, given: price }],
        beyond_stock: true,
    };
    let sale = SaleRow {
        sale,
        installation: InstallationId(Uuid::from_u128(2)),
        actor: person().id,
        at_ms: NOW_MS,
        day: Day::of_ms(NOW_MS),
        clamped: false,
        voided: None,
    };
    let customer = Label::new("Awa").unwrap();
    let repaid = Tender::Cash { amount: price, given: price };
    let repayment = Repayment { id: RepaymentId(Uuid::from_u128(0x501)), customer: customer.clone(), tender: repaid };
    let repayment = RepaymentRow { repayment, actor: person().id, at_ms: NOW_MS, day: Day::of_ms(NOW_MS) };
    let owes = CustomerRow { id: Uuid::from_u128(0x502), name: customer, owed_gnf: 500, at_ms: NOW_MS };
    let rows = Rows {
        shop: serde_json::from_str(r#"{"name":"Boutique"}"#).ok(),
        people: vec![person()],
        products: vec![product()],
        stock: vec![StockRow { product: product().id, units: 50 }],
        sales: vec![sale],
        customers: vec![owes],
        repayments: vec![repayment],
        ..Rows::default()
    };
    let at = Cursor { history: HISTORY, change: CHANGE };
    StartPage { at, kind: Kind::Movement, next: None, total_rows: 6, rows }
}

/// One row replaced by something else.
fn damage(disk: &mut Disk, draw: &mut Draw) {
    let rows: Vec<(Store, String, String)> = Store::ALL
        .into_iter()
        .flat_map(|store| disk.0.scan(store, "").into_iter().map(move |(key, text)| (store, key, text)))
        .collect();
    let (store, key, text) = draw.pick(&rows).clone();
    let new = match draw.below(8) {
        0 => text.chars().take(draw.below(text.len().max(1))).collect(),
        1 => {
            let mut bytes = text.into_bytes();
            let at = draw.below(bytes.len().max(1));
            bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << draw.below(7));
            String::from_utf8_lossy(&bytes).into_owned()
        }
        2 => draw.pick(&rows).2.clone(),
        3 => (*draw.pick(&[
            "null",
            "",
            "{}",
            "[]",
            "0",
            "-1",
            "1",
            "18446744073709551615",
            "9007199254740993",
            "\"\"",
            " 3 ",
        ]))
        .to_owned(),
        4 => absurd::text_of(&absurd::number(draw)),
        _ => match serde_json::from_str(&text) {
            Ok(mut value) => {
                (0..1 + draw.below(3)).for_each(|_| absurd::spoil(&mut value, draw, &[]));
                absurd::text_of(&value)
            }
            Err(_) => "x".to_owned(),
        },
    };
    disk.put(store, &key, &new);
}

/// Rows of a good phone, some of them damaged by these bytes.
pub fn run(data: &[u8]) {
    let mut disk = Disk::of_a_good_phone();
    let mut draw = Draw::new(data);
    for _ in 0..1 + draw.below(3) {
        damage(&mut disk, &mut draw);
    }
    let persons = [Store::Meta, Store::Outbox, Store::Parked, Store::Acknowledged, Store::Import];
    let held: Vec<(Store, String, String)> = persons
        .into_iter()
        .flat_map(|store| disk.0.scan(store, "").into_iter().map(move |(key, text)| (store, key, text)))
        .collect();
    disk.heal();
    let device = disk.device();
    for (store, key, text) in held.iter().filter(|(_, key, _)| key != keys::LOADING) {
        let kept = device.aside.iter().any(|(_, row)| (row.store, &row.key, &row.text) == (*store, key, text));
        assert!(kept || disk.0.get(*store, key) == Some(text), "{store:?} {key} was thrown away: {text}");
    }
    assert_eq!(sound::bring_back(&device), [], "set aside and brought back for ever");
    // Enrolled and signed in anew, where that was what is lost.
    if device.meta.installation.is_none() {
        let good = Disk::of_a_good_phone().device().meta.installation.unwrap();
        disk.commit(&engine::enrolled(&device, &good).unwrap());
    }
    disk.commit(&engine::signed_in(&person(), SessionState::Open, None));
    disk.commit(&engine::new_epoch(&disk.device()).0);
    // A cursor that reads, and names rows that are not there, is believed (docs/RELIABILITY.md).
    let named = disk.device().shown().map(|shown| keys::generation(shown.generation));
    let elsewhere = named.is_some_and(|rows| disk.0.scan(Store::Confirmed, &rows).is_empty());
    disk.shown();
    disk.accounts();
    for (key, text) in disk.0.scan(Store::Meta, keys::SUSPENDED) {
        disk.commit(&engine::take_up(&sound::suspended(&key, &text).unwrap(), Some(&suspended()), Uuid::nil()));
    }
    // As much of the import as is there; it may say that there are a hundred thousand pieces.
    for _ in 0..3 {
        let Some(key) = engine::due_piece(&disk.device()) else { break };
        let text = disk.0.get(Store::Import, &key).map(str::to_owned);
        let queued = engine::queue_piece(&disk.device(), text.as_deref(), NOW_MS, &mut new_key);
        disk.commit(&queued.unwrap().unwrap());
    }
    disk.sell();
    disk.synchronise(Verdict::Applied { change: CHANGE });
    assert!(disk.device().outbox.iter().all(|entry| entry.verdict.is_some()), "{:?}", disk.device().outbox);
    assert!(elsewhere || disk.shown().is_some(), "the product is not shown");
    assert!(elsewhere || !disk.accounts().is_empty(), "who owes is not shown");
}
