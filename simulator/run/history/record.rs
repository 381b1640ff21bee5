//! Phones that ask at once, and what they wrote down.

use crate::run::{
    chance::Chance,
    database::{Kind, Place},
    shop,
    stage::BEGIN_MS,
};
use comptoir::{
    domain::{day::DeviceTime, *},
    server::{catalogue, db, db::Db, pull, push, session::Session},
    sync::{
        Body, Mutation,
        mutation::{Origin, ReceiveStock, ReceivedLine, RecordSale, VoidSale},
        wire::{Cursor, From, PROTOCOL, Page, PullRequest, Pulled, PushAnswer, PushRequest},
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A request and its answer; the clock ticks at every begin and every end, so that what it says of before and after is
/// so.
#[derive(Debug, Clone)]
pub struct Asked {
    pub client: usize,
    pub began: u64,
    pub ended: u64,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    Push { request: PushRequest, answer: Box<PushAnswer> },
    Pull { page: Box<Page> },
}

pub struct History {
    /// The shop's counter and stock before the first request.
    pub counter: u64,
    pub opening: Vec<(ProductId, i64)>,
    pub asked: Vec<Asked>,
}

/// How much is asked.
#[derive(Clone, Copy)]
pub struct Load {
    pub seed: u64,
    pub clients: usize,
    pub requests: usize,
    pub products: usize,
    pub opening_units: i64,
    /// Mutations in one push, at most.
    pub batch: usize,
    /// One thing after another a client, sales and deliveries one by one, and readings from the very beginning.
    pub simple: bool,
}

struct Client {
    n: usize,
    load: Load,
    db: Db,
    session: Session,
    chance: Chance,
    clock: Arc<AtomicU64>,
    cursor: Cursor,
    sequence: u64,
    sales: Vec<SaleId>,
    asked: Vec<Asked>,
}

/// Runs the clients side by side on a database of their own; on Postgres through two programs' pools.
pub async fn record(place: &Place, load: Load) -> History {
    let name = "history";
    place.copy_template(name).await;
    let processes = if place.kind() == Kind::Postgres { 2 } else { 1 };
    let mut dbs = Vec::new();
    for _ in 0..processes {
        dbs.push(db::open(&place.url(name)).await.expect("the database opens"));
    }
    let (owner, openings) = (shop::person(0), shop::openings(load.products, load.opening_units));
    catalogue::add(&dbs[0], shop::SHOP, owner.id, &openings, BEGIN_MS).await.expect("products");
    let counter = shop::read!(&dbs[0], (i64,), "SELECT counter FROM shops").expect("the counter")[0].0.unsigned_abs();
    let opening = openings.iter().map(|opening| (opening.product.id, load.opening_units)).collect();
    let clock = Arc::new(AtomicU64::new(1));
    let clients = (0..load.clients).map(|n| {
        let client = Client {
            n,
            load,
            db: dbs[n % processes].clone(),
            session: shop::session(&shop::installation(n), &owner),
            chance: Chance::new(load.seed * 100 + n as u64),
            clock: clock.clone(),
            cursor: Cursor { history: shop::HISTORY, change: counter },
            sequence: 0,
            sales: Vec::new(),
            asked: Vec::new(),
        };
        tokio::spawn(client.run())
    });
    let mut asked = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        asked.extend(client.await.expect("a client ends"));
    }
    for db in &dbs {
        db.close().await;
    }
    place.remove(name).await;
    History { counter, opening, asked }
}

impl Client {
    async fn run(mut self) -> Vec<Asked> {
        for _ in 0..self.load.requests {
            match self.chance.below(4) {
                0 => self.pulls().await,
                _ => self.pushes().await,
            }
        }
        self.asked
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    async fn pulls(&mut self) {
        let from = From::Changes { cursor: self.cursor };
        let installation = self.session.installation;
        let request = PullRequest { protocol: PROTOCOL, installation, app: "history".into(), from };
        let began = self.tick();
        let answer = pull::pull(&self.db, &self.session, request, BEGIN_MS).await.expect("a page");
        let ended = self.tick();
        let Pulled::Page(page) = answer.pulled else { unreachable!("the shop is in one history") };
        if !self.load.simple {
            self.cursor.change = page.to;
        }
        self.asked.push(Asked { client: self.n, began, ended, what: What::Pull { page: Box::new(page) } });
    }

    /// Now and then twice at once, as a phone does whose answer is late.
    async fn pushes(&mut self) {
        let count = 1 + self.chance.below(self.load.batch);
        let mutations = (0..count).map(|_| self.mutation()).collect();
        let request = PushRequest {
            protocol: PROTOCOL,
            installation: self.session.installation,
            app: "history".into(),
            cursor: Some(self.cursor).filter(|_| !self.load.simple),
            made: self.sequence,
            waiting: 0,
            mutations,
        };
        let again = !self.load.simple && self.chance.below(5) == 0;
        let pause = Duration::from_micros(self.chance.below(500) as u64);
        let (first, second) = tokio::join!(self.push(&request), async {
            if !again {
                return None;
            }
            tokio::time::sleep(pause).await; // a phone that asks again does so a little later
            Some(self.push(&request).await)
        });
        for asked in [Some(first), second].into_iter().flatten() {
            if let What::Push { answer, .. } = &asked.what
                && let Some(Pulled::Page(page)) = &answer.page
            {
                self.cursor.change = self.cursor.change.max(page.to);
            }
            self.asked.push(asked);
        }
    }

    async fn push(&self, request: &PushRequest) -> Asked {
        let began = self.tick();
        let answer = push::push(&self.db, &self.session, request.clone(), BEGIN_MS).await.expect("an answer");
        let ended = self.tick();
        let what = What::Push { request: request.clone(), answer: Box::new(answer) };
        Asked { client: self.n, began, ended, what }
    }

    fn mutation(&mut self) -> Mutation {
        let body = self.body();
        self.sequence += 1;
        let (installation, actor) = (self.session.installation, self.session.user);
        let origin = Origin { installation, sequence: self.sequence, actor };
        let made = DeviceTime { device_ms: BEGIN_MS, skew_ms: 0, contact_ms: BEGIN_MS };
        Mutation::new(self.chance.key(), origin, made, Vec::new(), Vec::new(), &body)
    }

    fn body(&mut self) -> Body {
        let product = shop::product(self.chance.below(self.load.products));
        let quantity = Quantity::new(self.chance.between(1, 3)).expect("a quantity");
        let note = Note::new("").expect("no note");
        let sold = self.chance.pick(&self.sales).filter(|_| !self.load.simple);
        match (self.chance.below(6), sold) {
            (0, _) => Body::ReceiveStock(ReceiveStock { lines: vec![ReceivedLine { product, quantity }], note }),
            (1, Some(sale)) => Body::VoidSale(VoidSale { sale, reason: note }),
            _ => {
                let id = SaleId(self.chance.id(BEGIN_MS));
                self.sales.push(id);
                let receipt = ReceiptNumber::new("A", self.sequence + 1).expect("a number");
                let unit_price = Money::new(shop::PRICE_GNF).expect("a price");
                let line = SaleLine { product, name: Name::new("Product").expect("a name"), quantity, unit_price };
                let amount = line.total().expect("a total");
                let tenders = vec![Tender::Cash { amount, given: amount }];
                Body::RecordSale(RecordSale::first(Sale {
                    id,
                    receipt,
                    lines: vec![line],
                    tenders,
                    beyond_stock: false,
                }))
            }
        }
    }
}
