//! The stream of a phone, over real sockets.

use crate::server::{Shop, *};
use comptoir::{
    domain::{day::DeviceTime, *},
    server::{catalogue, clock::now_ms, enrol},
    sync::{Answer, Body, EVENTS, Mutation, Origin, Verdict, mutation::RecordExpense, wire::*},
};
use std::{
    io::{BufRead, BufReader},
    time::{Duration, Instant},
};
use uuid::Uuid;

on_each_database!(
    a_phone_hears_what_another_does_and_nothing_twice,
    a_stream_goes_on_from_what_was_heard,
    a_stream_is_of_its_session,
    a_phone_of_another_history_is_told_so_once,
    a_stream_holds_up_no_stop,
    who_may_listen,
    purchase_prices_are_told_to_owners_phones_alone,
);

/// A phone with an open session, as a program that follows the protocol.
struct Client<'a> {
    server: &'a Server<'a>,
    phone: Phone,
    person: UserId,
    cookie: String,
    made: u64,
    cursor: Cursor,
}

impl<'a> Client<'a> {
    fn new(server: &'a Server<'a>, shop: &Shop) -> Self {
        Self::at(server, shop, server.phone(shop))
    }

    fn at(server: &'a Server<'a>, shop: &Shop, phone: Phone) -> Self {
        let cookie = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
        let from = From::Start { position: None };
        let request = PullRequest { protocol: PROTOCOL, installation: phone.id, app: "test".into(), from };
        let answer: PullAnswer = server.call("pull", &cookie, &request).json();
        let Pulled::Start(page) = answer.pulled else { panic!("{answer:?}") };
        assert_eq!(page.next, None);
        Self { server, phone, person: shop.owner, cookie, made: 0, cursor: page.at }
    }

    /// Records an expense.
    fn pays(&mut self) -> PushAnswer {
        self.made += 1;
        let expense = Expense {
            id: ExpenseId(Uuid::now_v7()),
            kind: Label::new("Glace").unwrap(),
            amount: Money::new(5_000).unwrap(),
            note: Note::new("").unwrap(),
        };
        let origin = Origin { installation: self.phone.id, sequence: self.made, actor: self.person };
        let made = DeviceTime { device_ms: now_ms(), skew_ms: 0, contact_ms: 0 };
        let body = Body::RecordExpense(RecordExpense { expense, day: None });
        let mutation = Mutation::new(Key(Uuid::new_v4()), origin, made, Vec::new(), Vec::new(), &body);
        let request = PushRequest {
            protocol: PROTOCOL,
            installation: self.phone.id,
            app: "test".into(),
            cursor: Some(self.cursor),
            made: self.made,
            waiting: 1,
            mutations: vec![mutation],
        };
        let answer: PushAnswer = self.server.call("push", &self.cookie, &request).json();
        assert!(matches!(answer.answers[..], [Answer { verdict: Verdict::Applied { .. }, .. }]), "{answer:?}");
        answer
    }

    fn address(&self) -> String {
        let Cursor { history, change } = self.cursor;
        format!("{EVENTS}?installation={}&history={history}&change={change}", self.phone.id)
    }

    fn listens(&self) -> Events {
        self.listens_with(&[])
    }

    fn listens_with(&self, headers: &[(&str, &str)]) -> Events {
        let mut request = agent().get(format!("{}{}", self.server.url, self.address())).header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events(BufReader::new(Box::new(response.into_body().into_reader())))
    }
}

struct Events(BufReader<Box<dyn std::io::Read>>);

impl Events {
    /// The next page and its id; `None` where the stream ended.
    fn next(&mut self) -> Option<(Page, String)> {
        self.pulled().map(|(pulled, id)| match pulled {
            Pulled::Page(page) => (page, id),
            other => panic!("{other:?}"),
        })
    }

    fn pulled(&mut self) -> Option<(Pulled, String)> {
        let (mut id, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("id", said)) => id = said.to_owned(),
                Some(("data", said)) => data = said.to_owned(),
                Some(("event", said)) => assert_eq!(said, "page"),
                _ if data.is_empty() => {}
                _ => {
                    let answer: PullAnswer = serde_json::from_str(&data).unwrap();
                    return Some((answer.pulled, id));
                }
            }
        }
    }
}

fn pushed_page(answer: PushAnswer) -> Page {
    match answer.page {
        Some(Pulled::Page(page)) => page,
        other => panic!("{other:?}"),
    }
}

fn a_phone_hears_what_another_does_and_nothing_twice(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (mut one, mut two) = (Client::new(&server, &shop), Client::new(&server, &shop));
    let (mut at_one, mut at_two) = (one.listens(), two.listens());
    let told = pushed_page(one.pays());
    let (page, id) = at_two.next().unwrap();
    assert_eq!((page.from, page.to, page.rows.expenses.len()), (two.cursor.change, told.to, 1));
    assert_eq!(id, format!("{}/{}", page.history, page.to));
    // The answer to its push tells the first phone its own: the stream goes on behind it, unless it is reading at that
    // moment, as it does when it opens or is woken late. Then a page tells it again, and the phone knows it has it.
    let mut pages = std::iter::from_fn(|| at_one.next()).map(|(page, _)| page);
    let (mut told, mut heard) = (told, one.cursor.change);
    let behind_it = (0..20).any(|_| {
        two.cursor.change = told.to;
        let then = pushed_page(two.pays());
        let page = pages.find(|page| page.to == then.to).unwrap();
        assert!((heard..=told.to).contains(&page.from), "{page:?}");
        let behind_it = page.from == told.to;
        (heard, one.cursor.change) = (page.to, page.to);
        told = pushed_page(one.pays());
        behind_it
    });
    assert!(behind_it, "the stream told a phone its own pushes, each time");
}

fn a_stream_goes_on_from_what_was_heard(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (mut one, two) = (Client::new(&server, &shop), Client::new(&server, &shop));
    let first = pushed_page(one.pays());
    one.cursor.change = first.to;
    let mut events = two.listens();
    let (page, heard) = events.next().unwrap();
    assert_eq!(page.to, first.to, "what was missed comes first");
    drop(events);
    let second = pushed_page(one.pays());
    let (page, _) = two.listens_with(&[("last-event-id", &heard)]).next().unwrap();
    assert_eq!((page.from, page.to), (first.to, second.to));
    // A phone has one stream: an older one ends.
    let mut older = two.listens();
    assert_eq!(older.next().unwrap().0.to, second.to);
    let _newer = two.listens();
    assert!(older.next().is_none());
}

fn a_stream_is_of_its_session(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (mut one, two) = (Client::new(&server, &shop), Client::new(&server, &shop));
    let mut events = two.listens();
    assert_eq!(server.post("sign-out", &[("cookie", &two.cookie)], b"{}").status, 200);
    one.pays();
    assert!(events.next().is_none(), "it told somebody who signed out");
    let other = server.shop("Autre boutique");
    let stranger = Client::new(&server, &other);
    let mut events = stranger.listens();
    one.cursor = Client::new(&server, &shop).cursor;
    one.pays();
    let mut neighbour = Client::new(&server, &other);
    let own = pushed_page(neighbour.pays());
    let (page, _) = events.next().unwrap();
    assert_eq!((page.history, page.rows.expenses.len()), (own.history, 1), "the other shop's was not told");
}

/// It reads the shop from the start, and follows from there by another stream.
fn a_phone_of_another_history_is_told_so_once(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let mut client = Client::new(&server, &shop);
    client.cursor.history = Uuid::new_v4();
    let mut events = client.listens();
    assert_eq!(events.pulled().map(|(pulled, _)| pulled), Some(Pulled::Resync));
    assert_eq!(events.pulled(), None);
}

fn a_stream_holds_up_no_stop(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let client = Client::new(&server, &shop);
    let mut events = client.listens();
    let (url, began) = (server.url.clone(), Instant::now());
    drop(client);
    drop(server);
    assert!(events.next().is_none() && began.elapsed() < Duration::from_secs(2), "{url}: {:?}", began.elapsed());
}

fn who_may_listen(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let client = Client::new(&server, &shop);
    let with = |path: &str, headers: &[(&str, &str)]| server.get(path, headers).error();
    let cookie = ("cookie", client.cookie.as_str());
    assert_eq!(with(&client.address(), &[]), "not_signed_in");
    assert_eq!(with(&client.address(), &[cookie, ("sec-fetch-site", "cross-site")]), "not_allowed");
    let at = |installation: &str, history: &str, change: &str| {
        format!("{EVENTS}?installation={installation}&history={history}&change={change}")
    };
    let (own, history) = (client.phone.id.to_string(), client.cursor.history.to_string());
    for wrong in [EVENTS.to_owned(), at("1", &history, "2"), at(&own, "1", "2"), at(&own, &history, "-1")] {
        assert_eq!(with(&wrong, &[cookie]), "bad_request", "{wrong}");
    }
    let other = server.phone(&shop).id.to_string();
    assert_eq!(with(&at(&other, &history, "2"), &[cookie]), "not_signed_in", "another phone's verdicts");
    server.block_on(enrol::revoke(server.db(), shop.id, client.phone.id, now_ms())).unwrap();
    assert_eq!(with(&client.address(), &[cookie]), "revoked");
}

/// The other ways they could go are in `tests/stories/trust.rs`.
fn purchase_prices_are_told_to_owners_phones_alone(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let request = enrol_request(&server.block_on(enrol::create_code(server.db(), shop.id, false, now_ms())).unwrap());
    let enrolled: EnrolAnswer = server.call("enrol", "", &request).json();
    let plain = Phone { id: request.installation, secret: request.secret, enrolled };
    let (of_owner, plain) = (Client::new(&server, &shop), Client::at(&server, &shop, plain));
    let priced = Product { purchase_price: Some(Money::new(600).unwrap()), ..product("Riz") };
    let opening = catalogue::Opening { product: priced, units: Units::new(5).unwrap() };
    server.block_on(catalogue::add(server.db(), shop.id, shop.owner, &[opening], now_ms())).unwrap();
    for (client, price) in [(of_owner, Some(600)), (plain, None)] {
        let (page, _) = client.listens().next().unwrap();
        let told: Vec<Option<i64>> =
            page.rows.products.iter().map(|product| product.purchase_price.map(Money::get)).collect();
        assert_eq!(told, [price]);
    }
}

/// By LISTEN and NOTIFY.
#[test]
fn a_phone_hears_what_was_sold_at_another_server_of_the_same_database() {
    let setting = Setting::postgres();
    let (here, there) = (setting.start(), setting.start());
    let shop = here.shop("Boutique");
    let (mut one, two) = (Client::new(&here, &shop), Client::new(&there, &shop));
    let mut events = two.listens();
    let told = pushed_page(one.pays());
    assert_eq!(events.next().unwrap().0.to, told.to);
}
