//! G12 with real processes: two servers share one Postgres.

use crate::{place::Place, server::Setting};
use comptoir::{
    domain::{InstallationId, Label, Pin},
    server::client::Client,
    sync::{Mutation, wire::*},
};
use serde_json::{Value, json};
use uuid::Uuid;

const PIN: &str = "2580";

struct Phone {
    client: Client,
    id: InstallationId,
    person: PersonRow,
    prefix: String,
    sequence: u64,
}

impl Phone {
    fn enrol(place: &Place, url: &str) -> Self {
        let code = place.out(&["device", "code", "--quiet"]).trim().to_owned();
        let (client, id, secret) = (Client::new(url), InstallationId(Uuid::now_v7()), "ab".repeat(32));
        let request =
            EnrolRequest { code, installation: id, secret: secret.clone(), name: Label::new("Téléphone").unwrap() };
        let enrolled: EnrolAnswer = client.call("enrol", &request).unwrap();
        let person = enrolled.people.iter().find(|person| person.name.as_str() == "Mariama Diallo").unwrap().clone();
        let request = SignInRequest { installation: id, secret, person: person.id, pin: Pin::new(PIN).unwrap() };
        let _: SignInAnswer = client.call("sign-in", &request).unwrap();
        Self { client, id, person, prefix: enrolled.prefix, sequence: 0 }
    }

    /// Wire JSON, as a stranger would write it.
    fn mutation(&mut self, kind: &str, body: Value) -> Mutation {
        self.sequence += 1;
        let now_ms = comptoir::server::clock::now_ms();
        serde_json::from_value(json!({
            "key": Uuid::new_v4(), "kind": kind, "version": 1, "body": body,
            "origin": { "installation": self.id, "sequence": self.sequence, "actor": self.person.id },
            "made": { "device_ms": now_ms, "skew_ms": 0, "contact_ms": now_ms },
        }))
        .unwrap()
    }

    fn product(&mut self, units: i64) -> Uuid {
        let id = Uuid::now_v7();
        let product =
            json!({ "id": id, "name": format!("Riz {id}"), "category": "", "sale_price": 1_000, "threshold": 0 });
        let create = self.mutation("create_product", json!({ "product": product, "opening_units": units }));
        assert!(self.push(create));
        id
    }

    fn sale(&mut self, of: Uuid, units: i64) -> Mutation {
        let receipt = format!("{}-{:06}", self.prefix, self.sequence + 1);
        let line = json!({ "product": of, "name": "Riz", "quantity": units, "unit_price": 1_000 });
        let tender = json!({ "cash": { "amount": units * 1_000, "given": units * 1_000 } });
        let sale = json!({ "id": Uuid::now_v7(), "receipt": receipt, "lines": [line], "tenders": [tender] });
        self.mutation("record_sale", json!({ "sale": sale }))
    }

    /// Whether it was applied.
    fn push(&self, mutation: Mutation) -> bool {
        let (made, waiting) = (self.sequence, 0);
        let (installation, app, mutations) = (self.id, "test".to_owned(), vec![mutation]);
        let request = PushRequest { protocol: PROTOCOL, installation, app, cursor: None, made, waiting, mutations };
        let answer: PushAnswer = self.client.call("push", &request).unwrap();
        answer.answers[0].verdict.is_applied()
    }
}

/// Sixteen clients at once, eight at each of two server processes on one Postgres; `ROUNDS` rounds.
#[test]
fn last_five_sold_twice_through_two_server_processes() {
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10);
    let setting = Setting::postgres();
    let place = Place::on(&setting.database_url);
    place.out(&["demo"]);
    let servers = [place.serve(), place.serve()];
    let mut phones: Vec<Phone> = (0..16).map(|n| Phone::enrol(&place, &servers[n % 2].url)).collect();
    for round in 0..rounds {
        let rice = phones[round % 16].product(5);
        let applied = std::thread::scope(|scope| {
            let sell = move |phone: &mut Phone| {
                let sale = phone.sale(rice, 5);
                phone.push(sale)
            };
            let selling: Vec<_> = phones.iter_mut().map(|phone| scope.spawn(move || sell(phone))).collect();
            selling.into_iter().map(|one| one.join().unwrap()).filter(|applied| *applied).count()
        });
        assert_eq!(applied, 1, "round {round}");
    }
    assert!(place.out(&["check"]).contains("0 differences"));
}
