//! G12, G13 with real processes: the power goes, and two servers share one Postgres.

use crate::{process::Place, server::Setting};
use comptoir::{
    domain::{InstallationId, Key, Label, Pin},
    server::client::Client,
    sync::{Mutation, wire::*},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};
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

/// What the machine would find after a power cut: of each file, what was there at its last `fsync`. `strace` tells
/// every write and sync of the server in order; writes to the write-ahead log that no sync followed are thrown away.
#[test]
fn power_cut_after_receipt() {
    let place = Place::new();
    place.out(&["demo"]);
    let trace = place.path().join("trace");
    let traced = place.serve_under(&[
        "strace",
        "-f",
        "-qq",
        "-y",
        "-e",
        "trace=pwrite64,fsync,fdatasync,ftruncate,sendto,write,writev",
        "-s",
        "0",
        "-o",
        &trace.to_string_lossy(),
    ]);
    let mut phone = Phone::enrol(&place, &traced.url);
    let rice = phone.product(1_000);
    let mut acknowledged: Vec<Key> = Vec::new();
    for _ in 0..20 {
        let sale = phone.sale(rice, 1);
        let key = sale.key;
        assert!(phone.push(sale));
        acknowledged.push(key);
    }
    traced.kill_at_once();
    let left = unsynced(&fs::read_to_string(&trace).unwrap());
    assert!(left.syncs >= acknowledged.len(), "{} syncs for {} verdicts", left.syncs, acknowledged.len());
    // The machine forgets: what was written behind the last sync reads as zeros.
    let data = place.path().join("data");
    for (path, offset, length) in &left.lost {
        overwrite(Path::new(path), *offset, *length);
    }
    fs::remove_file(data.join("comptoir.db-shm")).unwrap(); // an index in memory: never on a disk
    let ledger = place.path().join("ledger");
    let lines: String =
        acknowledged.iter().map(|key| format!("{}\n", json!({ "key": key, "outcome": "applied" }))).collect();
    fs::write(&ledger, lines).unwrap();
    assert!(place.out(&["check", "--ledger", &ledger.to_string_lossy()]).contains("0 differences"));
}

struct Left {
    syncs: usize,
    /// File, offset and length of writes that no sync of the file followed.
    lost: Vec<(String, u64, u64)>,
}

fn unsynced(trace: &str) -> Left {
    let (mut left, mut seen) = (Left { syncs: 0, lost: Vec::new() }, BTreeSet::new());
    for line in trace.lines() {
        // `PID call(FD</path>, "", LENGTH, OFFSET) = RESULT`, or `… OFFSET <unfinished ...>` where a thread cut in.
        let Some((call, rest)) = line.split_once('(') else { continue };
        let call = call.rsplit(' ').next().unwrap_or_default();
        let Some((path, arguments)) = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')) else {
            continue;
        };
        let is_database = path.ends_with("comptoir.db") || path.ends_with("comptoir.db-wal");
        match call {
            "fsync" | "fdatasync" if is_database => {
                left.syncs += 1;
                left.lost.retain(|(of, ..)| of != path);
            }
            "pwrite64" if is_database => {
                let mut numbers = arguments.split(", ").skip(2).map(|argument| {
                    let end = argument.find(|c: char| !c.is_ascii_digit()).unwrap_or(argument.len());
                    argument[..end].parse::<u64>().unwrap_or_else(|_| panic!("not a number in {line}"))
                });
                let (length, offset) = (numbers.next().unwrap(), numbers.next().unwrap());
                left.lost.push((path.to_owned(), offset, length));
                seen.insert(path.to_owned());
            }
            _ => {}
        }
    }
    assert!(seen.iter().any(|path| path.ends_with("-wal")), "no write to the log was seen: {seen:?}");
    left
}

fn overwrite(path: &Path, offset: u64, length: u64) {
    use std::os::unix::fs::FileExt;
    let file = fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(&vec![0; length as usize], offset).unwrap();
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
