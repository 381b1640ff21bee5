//! The model of the server held against the real one: the same random requests, the same answers to the last field.

use super::{
    phone::{note, sale},
    server::Server,
};
use crate::run::{
    chance::Chance,
    database::{Kind, Place},
    shop,
    stage::BEGIN_MS,
};
use comptoir::{
    domain::{day::DeviceTime, *},
    server::{catalogue, db, push},
    sync::{
        Body, Mutation,
        mutation::{Became, Origin, ReceiveStock, ReceivedLine, RecordSale, SettleRefusal, VoidSale},
        wire::{Cursor, PROTOCOL, PushRequest},
    },
};
use uuid::Uuid;

const REQUESTS: usize = 40;
const PHONES: usize = 2;

/// Two phones as strangers would write them: causes that have not come, things done twice, keys and numbers used again.
struct Strangers {
    chance: Chance,
    made: Vec<Mutation>,
    sales: Vec<(SaleId, Key)>,
    sequences: [u64; PHONES],
}

impl Strangers {
    fn mutation(&mut self, phone: usize) -> Mutation {
        let again = self.chance.below(self.made.len());
        if self.chance.below(4) == 0
            && let Some(again) = self.made.get(again).cloned()
        {
            return self.sent_again(again);
        }
        let (key, body) = (self.chance.key(), self.body());
        let causes: Vec<Key> = self.made.iter().map(|mutation| mutation.key).collect();
        let needs = self.chance.pick(&causes).filter(|_| self.chance.below(4) == 0);
        self.sequences[phone] += 1;
        let (installation, actor) = (shop::installation(phone).id, shop::person(0).id);
        let origin = Origin { installation, sequence: self.sequences[phone], actor };
        let made = DeviceTime { device_ms: BEGIN_MS, skew_ms: 0, contact_ms: BEGIN_MS };
        let mutation = Mutation::new(key, origin, made, needs.into_iter().collect(), Vec::new(), &body);
        if let Body::RecordSale(record) = &body {
            self.sales.push((record.sale.id, key));
        }
        self.made.push(mutation.clone());
        // Some come later than what waits for them.
        if self.chance.below(6) == 0 { self.mutation(phone) } else { mutation }
    }

    /// As it was, with its key under another body, or with its number under another key.
    fn sent_again(&mut self, again: Mutation) -> Mutation {
        let Mutation { origin, made, .. } = again;
        match self.chance.below(4) {
            0 => Mutation::new(again.key, origin, made, Vec::new(), Vec::new(), &self.body()),
            1 => Mutation { key: self.chance.key(), ..again },
            _ => again,
        }
    }

    fn body(&mut self) -> Body {
        let units = self.chance.between(1, 4);
        let some_sale = self.chance.pick(&self.sales);
        match (self.chance.below(8), some_sale) {
            (0, _) => Body::ReceiveStock(ReceiveStock {
                lines: vec![ReceivedLine {
                    product: shop::product(0),
                    quantity: Quantity::new(units).expect("a quantity"),
                }],
                note: note(),
            }),
            (1 | 2, Some((sale, _))) => Body::VoidSale(VoidSale { sale, reason: note() }),
            (3 | 4, Some((_, refused))) => {
                let became = [Became::RolledBack, Became::Parked, Became::Cancelled];
                let became = self.chance.pick(&became).expect("three");
                Body::SettleRefusal(SettleRefusal { refused, became })
            }
            (5, Some((id, _))) => self.sale(id, units),
            _ => {
                let id = SaleId(self.chance.id(BEGIN_MS));
                self.sale(id, units)
            }
        }
    }

    fn sale(&mut self, id: SaleId, units: i64) -> Body {
        let number = self.made.len() as u64 + 1;
        let receipt = ReceiptNumber::new("A", number).expect("a number");
        Body::RecordSale(RecordSale::first(sale(id, receipt, units)))
    }
}

async fn both_say_the_same(place: &Place, seed: u64) {
    place.copy_template("small").await;
    let db = db::open(&place.url("small")).await.expect("the database opens");
    catalogue::add(&db, shop::SHOP, shop::person(0).id, &shop::openings(1, 5), BEGIN_MS).await.expect("a product");
    let counter = shop::read!(&db, (i64,), "SELECT counter FROM shops").expect("the counter")[0].0;
    let stock = shop::read!(&db, (Uuid, i64), "SELECT id, stock FROM products").expect("the stock");
    let opening = stock.into_iter().map(|(product, units)| (ProductId(product), units)).collect();
    let mut model = Server::new(counter.unsigned_abs(), opening);
    let mut strangers =
        Strangers { chance: Chance::new(seed), made: Vec::new(), sales: Vec::new(), sequences: [0; PHONES] };
    let first = model.counter;
    for n in 0..REQUESTS {
        let phone = strangers.chance.below(PHONES);
        let count = strangers.chance.below(4);
        let mutations: Vec<Mutation> = (0..count).map(|_| strangers.mutation(phone)).collect();
        let change = first + strangers.chance.below((model.counter - first) as usize + 2) as u64;
        let cursor = Some(Cursor { history: shop::HISTORY, change });
        let installation = shop::installation(phone);
        let (id, app, made) = (installation.id, "held".to_owned(), strangers.sequences[phone]);
        let request = PushRequest { protocol: PROTOCOL, installation: id, app, cursor, made, waiting: 0, mutations };
        let session = shop::session(&installation, &shop::person(0));
        let real = push::push(&db, &session, request.clone(), BEGIN_MS).await.expect("an answer");
        let modelled = model.push(&request, BEGIN_MS);
        assert_eq!(modelled, real, "seed {seed}, request {n}: {request:?}");
    }
    db.close().await;
}

fn for_seeds(kind: Kind, seeds: std::ops::Range<u64>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let place = Place::new(kind).await;
        for seed in seeds {
            both_say_the_same(&place, seed).await;
        }
        place.remove("small").await;
    });
}

#[test]
fn the_model_answers_as_the_server_on_sqlite() {
    for_seeds(Kind::Sqlite, 0..40);
}

#[test]
fn the_model_answers_as_the_server_on_postgres() {
    for_seeds(Kind::Postgres, 0..10);
}
