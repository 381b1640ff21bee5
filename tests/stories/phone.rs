//! A phone without a browser: the real engine over storage in memory, talking to the real push and pull.

use comptoir::{
    domain::*,
    server::{catalogue, db::Db, enrol, people, pull, push, session::Session, sessions},
    sync::{
        Answer, Body, Mutation, Verdict,
        engine::{
            self, Applied, Contact, Device, Installation, Lane, Queueing, SessionState, Settled, Store, goods::Goods,
            memory, moves,
        },
        merge,
        mutation::*,
        view::{Pending, corrected_since},
        wire::*,
    },
};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use uuid::Uuid;

pub const PRICE: i64 = 1_000;
const PIN: &str = "2580";

pub struct Shop {
    pub db: Db,
    pub id: ShopId,
    pub owner: UserId,
    pub employee: UserId,
    pub now_ms: i64,
}

impl Shop {
    pub async fn new(db: Db) -> Self {
        let now_ms = 1_795_000_000_000;
        let pin = Pin::new(PIN).unwrap();
        let label = |text: &str| Label::new(text).unwrap();
        let (id, owner) = people::create_shop(&db, &label("Boutique"), &label("Mariama"), &pin, now_ms).await.unwrap();
        let employee = people::add_user(&db, id, &label("Ibrahima"), Role::Employee, &pin).await.unwrap();
        Self { db, id, owner, employee, now_ms }
    }

    /// A product with that many in stock.
    pub async fn product(&self, name: &str, units: i64) -> ProductId {
        let product = product(name);
        let id = product.id;
        let opening = catalogue::Opening { product, units: Units::new(units).unwrap() };
        catalogue::add(&self.db, self.id, self.owner, &[opening], self.now_ms).await.unwrap();
        id
    }

    pub async fn phone(&self, person: UserId) -> Phone {
        let (installation, secret) = (InstallationId(Uuid::now_v7()), "ab".repeat(32));
        let code = enrol::create_code(&self.db, self.id, true, self.now_ms).await.unwrap();
        let name = Label::new("Téléphone").unwrap();
        let request = EnrolRequest { code, installation, secret: secret.clone(), name };
        let enrolled = enrol::enrol(&self.db, &request, self.now_ms).await.unwrap();
        let mut memory = memory::Memory::default();
        let own = Installation {
            id: installation,
            secret: secret.clone(),
            prefix: enrolled.prefix,
            name: "Téléphone".into(),
            shop_name: enrolled.shop_name,
            holds_costs: enrolled.holds_costs,
        };
        memory.commit(&engine::enrolled(&Device::default(), &own).unwrap()).unwrap();
        let mut phone =
            Phone { db: self.db.clone(), memory, session: None, token: String::new(), epoch: 0, now_ms: self.now_ms };
        phone.sign_in(person).await;
        let (tx, epoch) = engine::new_epoch(&phone.device());
        phone.memory.commit(&tx).unwrap();
        phone.epoch = epoch;
        phone.synchronise().await;
        phone
    }
}

pub fn product(name: &str) -> Product {
    Product {
        id: ProductId(Uuid::now_v7()),
        name: Name::new(name).unwrap(),
        barcodes: Vec::new(),
        category: Category::new("").unwrap(),
        sale_price: Money::new(PRICE).unwrap(),
        purchase_price: Some(Money::new(PRICE / 2).unwrap()),
        threshold: Units::ZERO,
        retired: false,
    }
}

pub struct Phone {
    pub db: Db,
    pub memory: memory::Memory,
    pub session: Option<Session>,
    /// The cookie of the last sign-in.
    pub token: String,
    pub epoch: u64,
    pub now_ms: i64,
}

impl Phone {
    pub fn device(&self) -> Device {
        let (device, unreadable) =
            Device::from_rows(&self.memory.scan(Store::Meta, ""), &self.memory.scan(Store::Outbox, ""));
        assert_eq!(unreadable, []);
        device
    }

    pub async fn sign_in(&mut self, person: UserId) {
        let installation = self.device().meta.installation.unwrap();
        let request = SignInRequest {
            installation: installation.id,
            secret: installation.secret,
            person,
            pin: Pin::new(PIN).unwrap(),
        };
        let (answer, token) = sessions::sign_in(&self.db, &request, 86_400_000, self.now_ms).await.unwrap();
        self.token = token.0;
        self.look_up_session().await;
        let contact = Contact { server_ms: answer.server_now_ms, skew_ms: 0 };
        self.memory.commit(&engine::signed_in(&answer.person, SessionState::Open, Some(contact))).unwrap();
    }

    /// What the server makes of the cookie now.
    pub async fn look_up_session(&mut self) {
        self.session = sessions::find(&self.db, &self.token, self.now_ms).await.unwrap();
    }

    pub fn queue(&mut self, body: Body) -> Mutation {
        self.queue_waiting(body, false)
    }

    pub fn queue_waiting(&mut self, body: Body, wait: bool) -> Mutation {
        let queueing = Queueing { key: Key(Uuid::new_v4()), body, now_ms: self.now_ms, wait };
        let (tx, mutation) = engine::queue(&self.device(), queueing).unwrap();
        self.memory.commit(&tx).unwrap();
        mutation
    }

    pub fn sale(&self, of: ProductId, units: i64) -> Sale {
        let amount = Money::new(PRICE * units).unwrap();
        Sale {
            id: SaleId(Uuid::now_v7()),
            receipt: engine::next_receipt(&self.device().meta).unwrap(),
            lines: vec![SaleLine {
                product: of,
                name: Name::new("Riz").unwrap(),
                quantity: Quantity::new(units).unwrap(),
                unit_price: Money::new(PRICE).unwrap(),
            }],
            tenders: vec![Tender::Cash { amount, given: amount }],
            beyond_stock: false,
        }
    }

    pub fn sell(&mut self, of: ProductId, units: i64) -> Mutation {
        let sale = self.sale(of, units);
        self.queue(Body::RecordSale(RecordSale::first(sale)))
    }

    /// A product as a screen shows it.
    pub fn product(&self, id: ProductId) -> Product {
        let device = self.device();
        Pending::of(&device, |_| None, |_, _| 0).product(id, self.goods().products.remove(&id)).unwrap()
    }

    /// Somebody at this phone counts a product.
    pub fn count(&mut self, of: ProductId, counted: i64) -> Mutation {
        let (device, shown) = (self.device(), self.stock(of));
        let count = CountStock {
            product: of,
            counted: Units::new(counted).unwrap(),
            expected: shown - self.pending(&device).counted_delta(of),
            at: device.shown().unwrap().cursor,
            note: Note::new("").unwrap(),
        };
        self.queue(Body::CountStock(count))
    }

    /// What a form queues that makes one product of the other.
    pub fn edit(&mut self, id: ProductId, wanted: impl FnOnce(&Product) -> Product) {
        let seen = self.product(id);
        let edits = merge::between(&seen, &wanted(&seen)).into_iter().map(|edit| Queueing {
            key: Key(Uuid::new_v4()),
            body: Body::EditProduct(edit),
            now_ms: self.now_ms,
            wait: false,
        });
        let tx = engine::queue_all(&self.device(), edits.collect()).unwrap();
        self.memory.commit(&tx).unwrap();
    }

    /// Lets go of what is parked, with the mutation that settles it.
    pub fn decide(&mut self, parked: Key, body: Option<Body>) {
        let stored = self.memory.get(Store::Parked, &parked.to_string()).unwrap().to_owned();
        let key = Key(Uuid::new_v4());
        let decision = body.map(|body| Queueing { key, body, now_ms: self.now_ms, wait: false });
        let (tx, _) = engine::dismiss(&self.device(), parked, &stored, decision).unwrap();
        self.memory.commit(&tx).unwrap();
    }

    pub fn plan(&self) -> Option<PushRequest> {
        engine::plan_push(&self.device(), Lane::Backlog, &BTreeSet::new(), "test")
    }

    pub async fn send(&self, request: PushRequest) -> PushAnswer {
        push::push(&self.db, &self.session.unwrap(), request, self.now_ms).await.unwrap()
    }

    pub fn receive(&mut self, answer: &PushAnswer) -> Applied {
        let mut keys = || Key(Uuid::new_v4());
        let (tx, applied) = engine::on_push_answer(&self.device(), self.epoch, answer, self.now_ms, &mut keys);
        self.memory.commit(&tx).unwrap();
        applied
    }

    /// One push and what its answer does; the verdicts.
    pub async fn push(&mut self) -> Vec<Answer> {
        let Some(request) = self.plan() else { return Vec::new() };
        let answer = self.send(request).await;
        self.receive(&answer);
        answer.answers
    }

    pub async fn pull(&mut self) -> bool {
        let Some(request) = engine::plan_pull(&self.device(), "test") else { return false };
        let asked = request.from.clone();
        let answer = pull::pull(&self.db, &self.session.unwrap(), request, self.now_ms).await.unwrap();
        let acknowledged: Vec<engine::Acknowledged> = self
            .memory
            .scan(Store::Acknowledged, "")
            .iter()
            .map(|(_, value)| serde_json::from_str(value).unwrap())
            .collect();
        let mut keys = || Key(Uuid::new_v4());
        let device = self.device();
        let (tx, applied) =
            engine::on_pulled(&device, self.epoch, Some(&asked), &answer, &acknowledged, self.now_ms, &mut keys);
        self.memory.commit(&tx).unwrap();
        applied != Applied::UpToDate
    }

    /// Pushes and pulls until nothing is left to say. Bounded: a story that does not come to rest fails.
    pub async fn synchronise(&mut self) {
        for _ in 0..200 {
            let pushed = !self.push().await.is_empty();
            let more = self.pull().await;
            if !pushed && !more && self.device().unsent().next().is_none() {
                return;
            }
        }
        panic!("the phone does not come to rest: {:?}", self.device().meta);
    }

    /// What a screen shows: confirmed + pending.
    pub fn stock(&self, of: ProductId) -> i64 {
        let device = self.device();
        self.confirmed_stock(of) + self.pending(&device).stock_delta(of)
    }

    fn pending(&self, device: &Device) -> Pending {
        let counted = |of, at| corrected_since(&self.movements(of), at, device.shown().unwrap().cursor);
        Pending::of(device, |_| None, counted)
    }

    pub fn movements(&self, of: ProductId) -> Vec<MovementRow> {
        moves::of(&self.memory, self.device().shown().unwrap().generation, of).unwrap()
    }

    /// What the server said of a kind.
    pub fn rows<T: DeserializeOwned>(&self, kind: Kind) -> Vec<T> {
        let prefix = engine::keys::rows(self.device().shown().unwrap().generation, kind);
        self.memory.scan(Store::Confirmed, &prefix).iter().map(|(_, row)| serde_json::from_str(row).unwrap()).collect()
    }

    pub fn confirmed_stock(&self, of: ProductId) -> i64 {
        self.goods().stock.get(&of).copied().unwrap_or_default()
    }

    pub fn goods(&self) -> Goods {
        let shown = self.device().shown();
        shown.map(|shown| Goods::of(&self.memory, shown.generation).unwrap()).unwrap_or_default()
    }

    pub fn parked(&self) -> Vec<engine::Parked> {
        self.memory.scan(Store::Parked, "").iter().map(|(_, value)| serde_json::from_str(value).unwrap()).collect()
    }

    pub fn ended(&self, key: Key) -> Settled {
        let parked = self.parked().into_iter().find(|parked| parked.mutation.key == key);
        let acknowledged = self.memory.get(Store::Acknowledged, &key.to_string()).is_some();
        engine::ended(&self.device(), key, parked.as_ref(), acknowledged)
    }
}

pub fn is_refused(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Refused { .. })
}

/// Changes a mutation's body, as nobody honest would.
pub fn tamper(mutation: &mut Mutation, change: impl FnOnce(&mut serde_json::Value)) {
    let mut body = serde_json::from_str(mutation.body.text()).unwrap();
    change(&mut body);
    mutation.body = Payload::of(&body);
}
