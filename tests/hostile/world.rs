//! A shop that is sent nonsense, and a second one that must not notice.

use crate::{
    absurd::{self, Ids},
    database::TestDb,
    draw::Draw,
    phone::{Phone, Shop},
};
use comptoir::{
    domain::*,
    server::{ServerError, check, db::Db, enrol, pull, push, session::Session, sessions},
    sync::{Body, Mutation, Verdict, mutation::*, wire::*},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

/// Numbers of the good mutations: no spoiled one has them.
const GOOD_SEQUENCE: u64 = 1 << 40;

/// What a shop holds, in figures.
const BOOKS: &str = "SELECT s.counter,
      CAST((SELECT COALESCE(SUM(stock), 0) FROM products WHERE shop_id = s.id) AS BIGINT),
      (SELECT COUNT(*) FROM products WHERE shop_id = s.id),
      CAST((SELECT COALESCE(SUM(change), 0) FROM products WHERE shop_id = s.id) AS BIGINT),
      (SELECT COUNT(*) FROM sales WHERE shop_id = s.id), (SELECT COUNT(*) FROM sale_lines WHERE shop_id = s.id),
      (SELECT COUNT(*) FROM tenders WHERE shop_id = s.id), (SELECT COUNT(*) FROM movements WHERE shop_id = s.id),
      CAST((SELECT COALESCE(SUM(change), 0) FROM expenses WHERE shop_id = s.id) AS BIGINT),
      CAST((SELECT COALESCE(SUM(change), 0) FROM repayments WHERE shop_id = s.id)
        + (SELECT COALESCE(SUM(owed + 1), 0) FROM customers WHERE shop_id = s.id)
        + (SELECT COUNT(*) FROM account_entries WHERE shop_id = s.id)
        + (SELECT COUNT(*) FROM rolled_back_sales WHERE shop_id = s.id) AS BIGINT),
      (SELECT COUNT(*) FROM installations WHERE shop_id = s.id), (SELECT COUNT(*) FROM ledger WHERE shop_id = s.id)
    FROM shops s WHERE s.id = $1";
type Figures = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

#[derive(Debug, Clone, PartialEq)]
struct Books {
    counter: i64,
    /// Products, stock, sales, movements, expenses, accounts: what a refused mutation leaves as it was.
    effects: [i64; 9],
    installations: i64,
    ledger: i64,
}

pub struct World {
    test: TestDb,
    shop: Shop,
    other: Shop,
    /// The owner's, and a seller's.
    phones: [Phone; 2],
    ids: Ids,
    /// Sold by good mutations alone.
    untouched: ProductId,
    good: u64,
    cursor: Cursor,
    code: String,
    rounds: u64,
}

impl World {
    pub async fn new(test: TestDb) -> Self {
        let (shop, other) = (Shop::new(test.db.clone()).await, Shop::new(test.db.clone()).await);
        let mut ids = Ids::default();
        for of in [&shop, &other, &shop] {
            ids.products.push(of.product("Riz", 100).await.to_string());
        }
        let untouched = shop.product("Huile", 1_000_000_000).await;
        let phones = [shop.phone(shop.owner).await, shop.phone(shop.employee).await];
        let theirs = other.phone(other.owner).await;
        let own = |phone: &Phone| phone.device().meta.installation.unwrap().id.to_string();
        ids.installations = phones.iter().chain([&theirs]).map(own).collect();
        ids.people = [shop.owner, shop.employee, other.owner].map(|person| person.to_string()).into();
        let cursor = phones[0].device().shown().unwrap().cursor;
        let code = enrol::create_code(&test.db, shop.id, true, shop.now_ms).await.unwrap();
        Self { test, shop, other, phones, ids, untouched, good: 0, cursor, code, rounds: 0 }
    }

    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    fn db(&self) -> &Db {
        &self.test.db
    }

    fn session(&self, phone: usize) -> Session {
        self.phones[phone].session.unwrap()
    }

    async fn books(&self, shop: ShopId) -> Books {
        let found: Figures = match self.db() {
            Db::Sqlite { writer, .. } => sqlx::query_as(BOOKS).bind(shop.0).fetch_one(writer).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_as(BOOKS).bind(shop.0).fetch_one(pool).await.unwrap(),
        };
        let (counter, a, b, c, d, e, f, g, h, i, installations, ledger) = found;
        Books { counter, effects: [a, b, c, d, e, f, g, h, i], installations, ledger }
    }

    /// Some mutations, spoiled here and there, in one push.
    pub async fn push(&mut self, draw: &mut Draw<'_>) {
        let phone = draw.below(2);
        let session = self.session(phone);
        let (installation, actor) = (session.installation.to_string(), session.user.to_string());
        let all = self.ids.all();
        let mutations: Vec<Value> = (0..1 + draw.below(4))
            .map(|_| {
                let mut made = absurd::mutation(draw, &mut self.ids, &installation, &actor);
                (0..draw.below(4)).for_each(|_| absurd::spoil(&mut made, draw, &all));
                made
            })
            .collect();
        // What a phone says of its own counts is the phone's word, and `check` repeats it: here it makes no claim.
        let mut request = json!({"protocol": 1, "installation": installation, "app": "test", "made": 0, "waiting": 1,
            "cursor": self.cursor, "mutations": mutations});
        if draw.below(8) == 0 {
            absurd::spoil(&mut request, draw, &all);
            request.as_object_mut().into_iter().for_each(|fields| drop(fields.insert("waiting".into(), json!(1))));
        }
        self.ids.keys.drain(..self.ids.keys.len().saturating_sub(64));
        self.push_text(phone, &absurd::text_of(&request)).await;
    }

    /// A push as it came over the wire: it has an effect only where a verdict says so, and stops nobody.
    pub async fn push_text(&mut self, phone: usize, text: &str) {
        let session = self.session(phone);
        let before = (self.books(self.shop.id).await, self.books(self.other.id).await);
        let answered = match serde_json::from_str::<PushRequest>(text) {
            Ok(request) => self.send(session, request).await,
            Err(_) => None,
        };
        let after = (self.books(self.shop.id).await, self.books(self.other.id).await);
        assert_eq!(before.1, after.1, "another shop was changed by {text}");
        let new = answered.iter().flatten().filter(|answer| !answer.replayed).map(|answer| &answer.verdict);
        if !new.clone().any(Verdict::is_applied) {
            assert_eq!(before.0.effects, after.0.effects, "without an applied mutation: {text}");
        }
        let finals = new.filter(|verdict| verdict.change().is_some()).count() as i64;
        assert_eq!(after.0.ledger - before.0.ledger, finals, "verdicts and ledger differ: {text}");
        if finals == 0 {
            assert_eq!(before.0, after.0, "nothing was final, something changed: {text}");
        }
        self.goes_on().await;
    }

    async fn send(&self, session: Session, request: PushRequest) -> Option<Vec<comptoir::sync::Answer>> {
        let answer = callers(push::push(self.db(), &session, request.clone(), self.shop.now_ms).await)?;
        let keys: Vec<Key> = answer.answers.iter().map(|answer| answer.key).collect();
        assert_eq!(keys, request.mutations.iter().map(|mutation| mutation.key).collect::<Vec<_>>());
        for Answered { key, verdict, .. } in &answer.answers {
            assert_ne!(*verdict, Verdict::TryLater, "{key} would be sent for ever");
        }
        again(&answer);
        // Sent again, what was final says the same.
        let repeated = callers(push::push(self.db(), &session, request, self.shop.now_ms).await).unwrap();
        for (first, second) in answer.answers.iter().zip(&repeated.answers) {
            if first.verdict.change().is_some() {
                assert_eq!((&first.verdict, true), (&second.verdict, second.replayed));
            }
        }
        let again = repeated.answers.into_iter().filter(|answer| !answer.replayed && answer.verdict.change().is_some());
        Some(answer.answers.into_iter().chain(again).collect())
    }

    /// The same phone sells, every phone reads, and the books add up.
    async fn goes_on(&mut self) {
        self.good += 1;
        self.rounds += 1;
        let session = self.session(0);
        let mut sale = self.phones[0].sale(self.untouched, 1);
        sale.receipt = ReceiptNumber::new("A", self.good).unwrap();
        let origin = comptoir::sync::Origin {
            installation: session.installation,
            sequence: GOOD_SEQUENCE + self.good,
            actor: session.user,
        };
        let made = day::DeviceTime { device_ms: self.shop.now_ms, skew_ms: 0, contact_ms: 0 };
        let body = Body::RecordSale(RecordSale::first(sale));
        let mutation = Mutation::new(Key(Uuid::new_v4()), origin, made, Vec::new(), Vec::new(), &body);
        let request = PushRequest {
            protocol: PROTOCOL,
            installation: session.installation,
            app: "test".into(),
            cursor: None,
            made: 0,
            waiting: 1,
            mutations: vec![mutation],
        };
        let answer = push::push(self.db(), &session, request, self.shop.now_ms).await.unwrap();
        assert!(answer.answers[0].verdict.is_applied(), "a good sale: {:?}", answer.answers);
        loop {
            let request = PullRequest {
                protocol: PROTOCOL,
                installation: session.installation,
                app: "test".into(),
                from: From::Changes { cursor: self.cursor },
            };
            let answer = pull::pull(self.db(), &session, request, self.shop.now_ms).await.unwrap();
            again(&answer);
            let Pulled::Page(page) = answer.pulled else { panic!("{:?}", answer.pulled) };
            self.cursor.change = page.to;
            if !page.more {
                break;
            }
        }
        if self.rounds.is_multiple_of(8) {
            assert_eq!(check::check(self.db()).await.unwrap(), []);
        }
    }

    /// A pull, spoiled: it reads what there is, or says what is wrong with it.
    pub async fn pull(&mut self, draw: &mut Draw<'_>) {
        let session = self.session(draw.below(2));
        let known = |of: &[String]| of.last().cloned().unwrap_or_default();
        let (cursor, sale) = (json!(self.cursor), known(&self.ids.sales));
        let kind = *draw.pick(&["person", "product", "refused", "sale", "expense", "movement"]);
        let today = self.shop.now_ms / day::DAY_MS;
        let from = match draw.below(5) {
            0 => json!({"changes": {"cursor": cursor}}),
            1 => json!({"start": {"position": null}}),
            2 => json!({"start": {"position": {"at": cursor, "kind": kind, "after": sale}}}),
            3 => json!({"past": {"sale": sale}}),
            _ => json!({"past": {"days": {"kind": kind, "first": today - 3, "last": today, "after": null}}}),
        };
        let mut request = json!({"protocol": 1, "installation": session.installation, "app": "test", "from": from});
        let all = self.ids.all();
        (0..draw.below(4)).for_each(|_| absurd::spoil(&mut request, draw, &all));
        self.pull_text(session, &absurd::text_of(&request)).await;
    }

    async fn pull_text(&mut self, session: Session, text: &str) {
        self.rounds += 1;
        let before = (self.books(self.shop.id).await, self.books(self.other.id).await);
        if let Ok(request) = serde_json::from_str(text)
            && let Some(answer) = callers(pull::pull(self.db(), &session, request, self.shop.now_ms).await)
        {
            again(&answer);
        }
        assert_eq!(before, (self.books(self.shop.id).await, self.books(self.other.id).await), "{text}");
    }

    /// Enrolling, signing in and forking, spoiled.
    pub async fn enrol(&mut self, draw: &mut Draw<'_>) {
        self.rounds += 1;
        let phone = self.phones[1].device().meta.installation.unwrap();
        // Phones of these tests share a secret: whoever names the other shop's, may fork it.
        let theirs = self.ids.installations[2].clone();
        let (new, all) = (Uuid::now_v7(), self.ids.all().into_iter().filter(|id| *id != theirs).collect::<Vec<_>>());
        let which = draw.below(3);
        let mut request = match which {
            0 => json!({"code": self.code, "installation": new, "secret": "cd".repeat(32), "name": "Deux"}),
            1 => json!({"installation": phone.id, "secret": phone.secret, "person": self.shop.employee, "pin": "2580"}),
            _ => {
                json!({"installation": phone.id, "secret": phone.secret, "new_installation": new, "new_secret": "ef".repeat(32)})
            }
        };
        (0..1 + draw.below(3)).for_each(|_| absurd::spoil(&mut request, draw, &all));
        let text = absurd::text_of(&request);
        let (db, now_ms, before) = (self.db(), self.shop.now_ms, self.books(self.other.id).await);
        let books = self.books(self.shop.id).await;
        let (made, possible) = match which {
            0 => {
                let Ok(request) = serde_json::from_str::<EnrolRequest>(&text) else { return };
                let nil = request.installation.0.is_nil();
                (callers(enrol::enrol(db, &request, now_ms).await).is_some(), !nil)
            }
            1 => {
                let Ok(request) = serde_json::from_str::<SignInRequest>(&text) else { return };
                let right = request.pin.expose() == "2580";
                (callers(sessions::sign_in(db, &request, 86_400_000, now_ms).await).is_some(), right)
            }
            _ => {
                let Ok(request) = serde_json::from_str::<ForkRequest>(&text) else { return };
                let nil = request.new_installation.0.is_nil();
                (callers(enrol::fork(db, &request, now_ms).await).is_some(), !nil)
            }
        };
        assert!(possible || !made, "{text}");
        let after = self.books(self.shop.id).await;
        let new = after.installations - books.installations;
        assert!(new == 0 || made && new == 1, "{text}");
        // The other phones are told of a new one, by a change number.
        assert_eq!((books.counter + new, books.effects), (after.counter, after.effects), "{text}");
        assert_eq!(before, self.books(self.other.id).await, "{text}");
        // Whoever was signed in still is; and the code, if it was used up, is not the last.
        assert!(sessions::find(db, &self.phones[0].token, now_ms).await.unwrap().is_some());
        if made && which == 0 {
            self.code = enrol::create_code(self.db(), self.shop.id, true, now_ms).await.unwrap();
        }
    }
}

use comptoir::sync::Answer as Answered;

/// What the caller did wrong is told as such; what is the server's own fault fails the test.
fn callers<T>(answered: Result<T, ServerError>) -> Option<T> {
    match answered {
        Ok(answer) => Some(answer),
        Err(ServerError::Call(error)) if error.status() < 500 => {
            assert!(error.to_string().len() < 2_000, "an error nobody reads: {} bytes", error.to_string().len());
            None
        }
        Err(error) => panic!("the server's fault: {error}"),
    }
}

/// What is answered reads back as it was meant.
fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(answer: &T) {
    let text = serde_json::to_string(answer).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *answer);
}
