//! One recorded conversation between phones and a server, `tests/fixtures/wire` in the order of its names: the samples
//! of docs/PROTOCOL.md. Each request is sent over the real router, each answer must be the recorded one.
//!
//! `RECORD=1` writes the answers down anew, after a change that is meant; look at the difference before committing it.

use crate::server::*;
use comptoir::{
    domain::{Category, Day, Money, Name, Product, ProductId, Units, day::DAY_MS},
    server::{catalogue, clock::now_ms, db::Db, enrol, jobs, people},
    sync::{CallError, wire::*},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};
use uuid::Uuid;

on_each_database!(recorded_requests_get_the_recorded_answers);

/// The fixtures' "now", in milliseconds since 1970.
const NOW_MS: i64 = 1_795_000_000_000;
const OWNER: &str = "01990000-0000-7000-8000-00000000aa01";
const EMPLOYEE: &str = "01990000-0000-7000-8000-00000000aa02";
const HISTORY: &str = "0f0f0f0f-0000-4000-8000-00000000aa00";
const SECOND_PHONE: &str = "01990000-0000-7000-8000-00000000000b";
const CODES: [&str; 2] = ["246810", "135790"];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    about: String,
    /// What happens on the server's side first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    address: String,
    /// Whose cookie is sent, or set by the answer.
    session: String,
    body: Value,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    answer: Value,
}

fn fixtures() -> Vec<(PathBuf, Exchange)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let exchange = serde_json::from_str(&fs::read_to_string(&path).unwrap());
        let exchange = exchange.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, exchange)
    };
    paths.into_iter().map(read).collect()
}

/// What the fixtures call by fixed names and times, and what it is in this run.
struct Names {
    /// Fixture's text, real text.
    texts: Vec<(String, String)>,
    /// Real time minus fixtures' time.
    offset_ms: i64,
}

impl Names {
    fn to_real(&self, value: &mut Value) {
        walk(value, &mut |object| {
            for (key, value) in object {
                self.rename(value, |(fixture, real)| (fixture, real));
                let Some(number) = value.as_i64() else { continue };
                match key.as_str() {
                    "device_ms" | "contact_ms" => *value = (number + self.offset_ms).into(),
                    "first" => *value = Day::of_ms(number * DAY_MS + self.offset_ms).0.into(),
                    // Its end may lie within a later day by now.
                    "last" => *value = Day::of_ms((number + 1) * DAY_MS + self.offset_ms).0.into(),
                    _ => {}
                }
            }
        });
    }

    fn to_fixture(&self, value: &mut Value, now_ms: i64) {
        walk(value, &mut |object| {
            if let (Some(at_ms), Some(day)) = (object.get("at_ms").and_then(Value::as_i64), object.get("day")) {
                assert_eq!(*day, Day::of_ms(at_ms).0);
                object.insert("day".into(), Day::of_ms(at_ms - self.offset_ms).0.into());
            }
            if let Some(ends_ms) = object.get("ends_ms").and_then(Value::as_i64) {
                assert!((now_ms - 60_000..=now_ms).contains(&(ends_ms - enrol::CODE_LIFE_MS)), "{ends_ms}");
                object.insert("ends_ms".into(), (NOW_MS + enrol::CODE_LIFE_MS).into());
                let code = object.insert("code".into(), "112358".into()).unwrap_or_default();
                assert!(code.as_str().is_some_and(|code| code.len() == 6 && code.parse::<u32>().is_ok()), "{code}");
            }
            // What is drawn follows the code.
            if let Some(Value::String(path)) = object.get_mut("path") {
                let runs = path.matches("z").count();
                assert!(path.starts_with("M4 4h7v1h-7z") && runs > 100, "{path}");
                path.truncate("M4 4h7v1h-7z".len());
            }
            let dated = object.contains_key("at_ms");
            for (key, value) in object {
                self.rename(value, |(fixture, real)| (real, fixture));
                let Some(number) = value.as_i64() else { continue };
                match key.as_str() {
                    "at_ms" | "settled_ms" => *value = (number - self.offset_ms).into(),
                    // A day of the server's own: the one this runs on, or the one before where it began then.
                    "day" if !dated => {
                        assert!((0..=1).contains(&(Day::of_ms(now_ms).0 - number)), "{number}");
                        *value = Day::of_ms(NOW_MS).0.into();
                    }
                    "server_now_ms" | "last_contact_ms" => {
                        assert!((now_ms - 60_000..=now_ms).contains(&number), "{number}");
                        *value = NOW_MS.into();
                    }
                    "for_ms" => {
                        assert!((1..=60_000).contains(&number), "{number}");
                        *value = 60_000.into();
                    }
                    _ => {}
                }
            }
        });
    }

    fn rename<'a>(&'a self, value: &mut Value, from_to: impl Fn(&'a (String, String)) -> (&'a String, &'a String)) {
        let new = value.as_str().and_then(|text| self.texts.iter().map(from_to).find(|(from, _)| *from == text));
        if let Some((_, to)) = new {
            *value = to.as_str().into();
        }
    }
}

fn walk(value: &mut Value, visit: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Object(object) => {
            visit(object);
            object.values_mut().for_each(|value| walk(value, visit));
        }
        _ => {}
    }
}

/// A shop with two products, as the conversation begins.
fn prepare(server: &Server<'_>) -> (Shop, Names) {
    let (shop, offset_ms) = (server.shop("Boutique"), now_ms() - NOW_MS);
    let product = |id: &str, name: &str, price: i64, units: i64| catalogue::Opening {
        product: Product {
            id: ProductId(id.parse().unwrap()),
            name: Name::new(name).unwrap(),
            barcodes: Vec::new(),
            category: Category::new("Alimentation").unwrap(),
            sale_price: Money::new(price).unwrap(),
            purchase_price: Some(Money::new(price * 4 / 5).unwrap()),
            threshold: Units::new(2).unwrap(),
            retired: false,
        },
        units: Units::new(units).unwrap(),
    };
    let openings = [
        product("01990000-0000-7000-8000-000000000101", "Riz étuvé 25 kg", 300_000, 10),
        product("01990000-0000-7000-8000-000000000102", "Huile végétale 5 L", 90_000, 2),
    ];
    let made_ms = NOW_MS - 3_600_000 + offset_ms;
    server.block_on(catalogue::add(server.db(), shop.id, shop.owner, &openings, made_ms)).unwrap();
    let second = server.block_on(enrol::create_code(server.db(), shop.id, false, now_ms())).unwrap();
    let codes = CODES.into_iter().map(str::to_owned).zip([server.code(shop.id), second]);
    let texts = codes.chain([
        (OWNER.to_owned(), shop.owner.to_string()),
        (EMPLOYEE.to_owned(), shop.employee.to_string()),
        (HISTORY.to_owned(), server.block_on(history(server.db())).to_string()),
    ]);
    let names = Names { texts: texts.collect(), offset_ms };
    (shop, names)
}

async fn history(db: &Db) -> Uuid {
    let found: Result<(Uuid,), _> = match db {
        Db::Sqlite { readers, .. } => sqlx::query_as("SELECT history_id FROM shops").fetch_one(readers).await,
        Db::Postgres(pool) => sqlx::query_as("SELECT history_id FROM shops").fetch_one(pool).await,
    };
    found.unwrap().0
}

async fn run(db: &Db, sql: &'static str) {
    match db {
        Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
        Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
    }
}

fn happens(server: &Server<'_>, shop: &Shop, what: &str) {
    let db = server.db();
    match what {
        "answers expire" => {
            assert!(server.block_on(jobs::expire_answers(db, now_ms() + 2_000, 1_000)).unwrap() > 0);
        }
        "the employee leaves" => drop(server.block_on(people::retire(db, shop.id, shop.employee)).unwrap()),
        "the second phone is revoked" => {
            let phone = SECOND_PHONE.parse().unwrap();
            server.block_on(enrol::revoke(db, shop.id, phone, now_ms())).unwrap();
        }
        "five wrong PINs" => {
            let (id, secret) = ("01990000-0000-7000-8000-00000000000a".parse().unwrap(), "aa".repeat(32));
            let phone = Phone { id, secret, enrolled: no_answer() };
            for _ in 0..5 {
                assert_ne!(server.sign_in(&phone, shop.owner, WRONG_PIN).status, 200);
            }
        }
        "the owner gets a new PIN" => {
            let pin = comptoir::domain::Pin::new(OWNER_PIN).unwrap();
            server.block_on(people::reset_pin(db, shop.id, shop.owner, &pin, None)).unwrap();
        }
        "the shop has as many people as it may" => crate::people::fill(server, shop),
        "expenses cannot be reached" => server.block_on(run(db, "ALTER TABLE expenses RENAME TO expenses_away")),
        other => panic!("nobody knows how {other:?} happens"),
    }
}

fn no_answer() -> EnrolAnswer {
    EnrolAnswer { shop_name: String::new(), prefix: String::new(), holds_costs: false, people: Vec::new() }
}

fn recorded_requests_get_the_recorded_answers(setting: Setting) {
    let server = setting.start();
    let (shop, names) = prepare(&server);
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let record = std::env::var("RECORD").is_ok() && server.db().is_sqlite();
    for (path, mut exchange) in fixtures() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if let Some(what) = &exchange.before {
            happens(&server, &shop, what);
        }
        let mut body = exchange.body.clone();
        names.to_real(&mut body);
        let cookie = cookies.get(&exchange.session).cloned().unwrap_or_default();
        let reply = server.post(&exchange.address, &[("cookie", &cookie)], body.to_string().as_bytes());
        if !reply.cookie().is_empty() {
            cookies.insert(exchange.session.clone(), reply.cookie());
        }
        let mut answer: Value = serde_json::from_slice(&reply.body).unwrap_or_else(|error| panic!("{name}: {error}"));
        names.to_fixture(&mut answer, now_ms());
        if record {
            (exchange.status, exchange.answer) = (reply.status, answer);
            fs::write(&path, serde_json::to_string_pretty(&exchange).unwrap() + "\n").unwrap();
        } else {
            assert_eq!(exchange.status, reply.status, "{name}: {answer}");
            assert_eq!(exchange.answer, answer, "{name}: {}", serde_json::to_string_pretty(&answer).unwrap());
        }
    }
}

/// Reads and writes again: a field that a type does not know would be missing.
fn unchanged<T: Serialize + DeserializeOwned>(name: &str, value: &Value) {
    // From text: a mutation's body is kept as the text it came as.
    let typed: T = serde_json::from_str(&value.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_value(&typed).unwrap(), *value, "{name}");
}

#[test]
fn every_sample_is_what_the_wire_types_say() {
    for (path, Exchange { address, body, status, answer, .. }) in fixtures() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let request = &body["request"];
        match address.as_str() {
            "enrol" => unchanged::<EnrolRequest>(&name, request),
            "fork" => unchanged::<ForkRequest>(&name, request),
            "sign-in" => unchanged::<SignInRequest>(&name, request),
            "push" => unchanged::<PushRequest>(&name, request),
            "pull" => unchanged::<PullRequest>(&name, request),
            "devices" => unchanged::<DevicesRequest>(&name, request),
            "notify" => unchanged::<NotifyRequest>(&name, request),
            "person" => unchanged::<PersonRequest>(&name, request),
            "device" => unchanged::<DeviceRequest>(&name, request),
            "sign-out" | "no-such-call" => {}
            other => panic!("{name}: {other}"),
        }
        if status != 200 {
            unchanged::<CallError>(&name, &answer);
            let error: CallError = serde_json::from_value(answer).unwrap();
            assert!(error.status() == status || status == 404, "{name}: {error}");
            continue;
        }
        match address.as_str() {
            "enrol" | "fork" => unchanged::<EnrolAnswer>(&name, &answer),
            "sign-in" => unchanged::<SignInAnswer>(&name, &answer),
            "push" => unchanged::<PushAnswer>(&name, &answer),
            "pull" => unchanged::<PullAnswer>(&name, &answer),
            "devices" => unchanged::<DevicesAnswer>(&name, &answer),
            "notify" => unchanged::<NotifyAnswer>(&name, &answer),
            "person" => unchanged::<PersonAnswer>(&name, &answer),
            "device" => unchanged::<DeviceAnswer>(&name, &answer),
            _ => assert_eq!(answer, json!(null), "{name}"),
        }
    }
}
