//! One installation of the benchmark: it makes sales of three lines, and keeps its place in the shop's changes.

use crate::database::PIN;
use comptoir::{
    domain::{
        InstallationId, Key, Label, Pin, Product, Quantity, ReceiptNumber, Sale, SaleId, SaleLine, ShopId, UserId,
        cart::exact_cash, day::DeviceTime,
    },
    server::{clock::now_ms, db::Db, enrol, secret, session::Session, sessions},
    sync::{
        Body, Mutation, Origin,
        mutation::RecordSale,
        wire::{Cursor, EnrolRequest, From, PROTOCOL, PullRequest, Pulled, PushAnswer, PushRequest, SignInRequest},
    },
};
use std::sync::Arc;
use uuid::Uuid;

const LINES: usize = 3;
const SESSION_MS: i64 = 86_400_000;
const APP: &str = "bench";

pub struct Till {
    pub session: Session,
    pub secret: String,
    prefix: String,
    products: Arc<[Product]>,
    pub sequence: u64,
    drawn: usize,
    cursor: Option<Cursor>,
}

impl Till {
    pub async fn enrol(db: &Db, shop: ShopId, person: UserId, number: usize, products: Arc<[Product]>) -> Self {
        let code = enrol::create_code(db, shop, true, now_ms()).await.expect("a code");
        let secret = secret::to_hex(&secret::random::<{ secret::SECRET_BYTES }>().expect("randomness"));
        let installation = InstallationId(Uuid::now_v7());
        let name = Label::new(&format!("Banc {number}")).expect("a label");
        let request = EnrolRequest { code, installation, secret: secret.clone(), name };
        let enrolled = enrol::enrol(db, &request, now_ms()).await.expect("an installation");
        let pin = Pin::new(PIN).expect("a PIN");
        let request = SignInRequest { installation, secret: secret.clone(), person, pin };
        let (_, token) = sessions::sign_in(db, &request, SESSION_MS, now_ms()).await.expect("a session");
        let session = sessions::find(db, &token.0, now_ms()).await.expect("a session").expect("a session");
        // Tills begin at different products: neighbours share few of them.
        let drawn = number * products.len() / crate::CLIENTS;
        Self { session, secret, prefix: enrolled.prefix, products, sequence: 0, drawn, cursor: None }
    }

    /// The next sales, as a phone would send them.
    pub fn request(&mut self, batch: usize, with_page: bool) -> PushRequest {
        let mutations = (0..batch).map(|_| self.sale().0).collect();
        PushRequest {
            protocol: PROTOCOL,
            installation: self.session.installation,
            app: APP.to_owned(),
            cursor: self.cursor.filter(|_| with_page),
            made: self.sequence,
            waiting: 0,
            mutations,
        }
    }

    /// The next sale, and the mutation that records it.
    pub fn sale(&mut self) -> (Mutation, Sale) {
        self.sequence += 1;
        let lines: Vec<SaleLine> = (0..LINES).map(|_| self.line()).collect();
        let id = SaleId(Uuid::now_v7());
        let receipt = ReceiptNumber::new(&self.prefix, self.sequence).expect("a receipt number");
        let mut sale = Sale { id, receipt, lines, tenders: Vec::new(), beyond_stock: false };
        sale.tenders = exact_cash(sale.total().expect("a total"));
        let Session { installation, user, .. } = self.session;
        let origin = Origin { installation, sequence: self.sequence, actor: user };
        let now_ms = now_ms();
        let made = DeviceTime { device_ms: now_ms, skew_ms: 0, contact_ms: now_ms };
        let body = Body::RecordSale(RecordSale::first(sale.clone()));
        (Mutation::new(Key(Uuid::new_v4()), origin, made, Vec::new(), Vec::new(), &body), sale)
    }

    fn line(&mut self) -> SaleLine {
        self.drawn = (self.drawn + 7) % self.products.len();
        let product = &self.products[self.drawn];
        let quantity = Quantity::new(1 + self.drawn as i64 % 3).expect("a quantity");
        SaleLine { product: product.id, name: product.name.clone(), quantity, unit_price: product.sale_price }
    }

    pub fn heard(&mut self, answer: &PushAnswer) {
        assert!(answer.answers.iter().all(|answer| answer.verdict.is_applied()), "{:?}", answer.answers);
        if let Some(Pulled::Page(page)) = &answer.page {
            self.cursor = Some(Cursor { history: page.history, change: page.to });
        }
    }

    /// Stands at the shop's newest change, as a phone that is up to date.
    pub fn stand_at(&mut self, cursor: Cursor) {
        self.cursor = Some(cursor);
    }

    /// Asks where the shop stands.
    pub fn start(&self) -> PullRequest {
        let installation = self.session.installation;
        PullRequest { protocol: PROTOCOL, installation, app: APP.to_owned(), from: From::Start { position: None } }
    }
}
