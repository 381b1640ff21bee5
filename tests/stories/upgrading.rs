//! G4, G11, G20: an outbox outlives upgrades, roll-backs, expired sessions and full disks; what it says is understood.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop, product, tamper},
};
use comptoir::{
    domain::*,
    server::{check, enrol, push},
    sync::{
        Body, CallError, Mutation, Verdict,
        engine::{self, Device, Entry, SessionState, Standing, Store, Write},
        mutation::*,
        wire::*,
    },
};
use uuid::Uuid;

stories!(
    upgrade_with_queued_sales,
    app_rolled_back,
    a_newer_mutation_waits_for_the_server,
    a_newer_protocol_keeps_the_outbox,
    unknown_fields_change_nothing,
    duplicates_in_a_batch_are_judged_once,
    session_expired_offline_three_days,
    storage_evicted_or_full,
);

fn put(phone: &mut Phone, store: Store, key: &str, value: &str) {
    let mut tx = engine::LocalTx::strict();
    tx.writes.push(Write::Put { store, key: key.to_owned(), value: value.to_owned() });
    phone.memory.commit(&tx).unwrap();
}

/// Every recorded mutation of every version, as an older app left it in its outbox, is sent and understood.
async fn upgrade_with_queued_sales(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let own = phone.device().meta.installation.unwrap().id;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mutations");
    let texts = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let mut recorded: Vec<Mutation> = texts.map(|text| serde_json::from_str(&text).unwrap()).collect();
    recorded.sort_by_key(|mutation| mutation.origin.sequence);
    assert!(recorded.len() >= 11);
    // The recorded stock adjustment and sale take from a product the shop has.
    let mut rice = product("Riz");
    rice.id = "01990000-0000-7000-8000-000000000101".parse().unwrap();
    let opening = comptoir::server::catalogue::Opening { product: rice, units: Units::new(10).unwrap() };
    comptoir::server::catalogue::add(&test.db, shop.id, shop.owner, &[opening], shop.now_ms).await.unwrap();
    for (sequence, mutation) in (1..).zip(&mut recorded) {
        mutation.origin = comptoir::sync::Origin { installation: own, sequence, actor: shop.owner };
        let entry = serde_json::json!({ "mutation": mutation, "standing": "queued" });
        put(&mut phone, Store::Outbox, &engine::keys::entry(sequence, mutation.key), &entry.to_string());
    }
    put(&mut phone, Store::Meta, engine::keys::SEQUENCE, &recorded.len().to_string());
    let answers = phone.push().await;
    assert_eq!(answers.len(), recorded.len());
    for answer in answers {
        let kind = &recorded.iter().find(|mutation| mutation.key == answer.key).unwrap().kind;
        match answer.verdict {
            Verdict::Applied { .. } => {}
            // Its refused sale is not of this shop; that it says so shows that it was understood.
            Verdict::Refused { refusal: comptoir::sync::Refusal::Unknown { .. }, .. } if kind == "settle_refusal" => {}
            other => panic!("{kind}: {other:?}"),
        }
    }
    phone.synchronise().await;
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// The newer app left keys, fields, a mutation and a standing this one does not know: all stay as they are, and what it
/// does know is sold and sent beside them.
async fn app_rolled_back(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    let known = phone.sell(rice, 1);
    let mut newer = phone.sell(rice, 1);
    let (_, text) = phone.memory.scan(Store::Outbox, "").pop().unwrap();
    let mut entry: serde_json::Value = serde_json::from_str(&text).unwrap();
    newer.version = BODY_VERSION + 1;
    entry["mutation"] = serde_json::to_value(&newer).unwrap();
    entry["colour"] = "red".into();
    let newer_text = entry.to_string();
    let newer_key = engine::keys::entry(newer.origin.sequence, newer.key);
    put(&mut phone, Store::Outbox, &newer_key, &newer_text);
    put(&mut phone, Store::Meta, "a key of the newer app", "{\"x\":1}");
    let strange = ("0000000000000099/strange", "{\"mutation\":{},\"standing\":\"pondering\"}");
    put(&mut phone, Store::Outbox, strange.0, strange.1);

    let read =
        |phone: &Phone| Device::from_rows(&phone.memory.scan(Store::Meta, ""), &phone.memory.scan(Store::Outbox, ""));
    let (device, unreadable) = read(&phone);
    assert_eq!((device.outbox.len(), unreadable.len(), unreadable[0].key.as_str()), (2, 1, strange.0));
    let request = engine::plan_push(&device, engine::Lane::Backlog, &Default::default(), "test").unwrap();
    let answer = phone.send(request).await;
    let verdict = |key| answer.answers.iter().find(|answer| answer.key == key).unwrap().verdict.clone();
    assert_eq!(verdict(newer.key), Verdict::Upgrade);
    assert!(verdict(known.key).is_applied());
    let (tx, _) = engine::on_push_answer(&device, phone.epoch, &answer, phone.now_ms, &mut || Key(Uuid::new_v4()));
    phone.memory.commit(&tx).unwrap();
    let (device, _) = read(&phone);
    assert!(device.meta.upgrade);
    let left = phone.memory.scan(Store::Outbox, "");
    assert_eq!(left, [(newer_key, newer_text), (strange.0.to_owned(), strange.1.to_owned())]);
    assert_eq!(phone.memory.get(Store::Meta, "a key of the newer app"), Some("{\"x\":1}"));
}

async fn a_newer_mutation_waits_for_the_server(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    let before = phone.memory.scan(Store::Outbox, "");
    let mut request = phone.plan().unwrap();
    request.mutations[0].version = BODY_VERSION + 1;
    let answer = phone.send(request).await;
    assert_eq!(answer.answers[0].verdict, Verdict::Upgrade);
    phone.receive(&answer);
    assert!(phone.device().meta.upgrade);
    assert_eq!((phone.memory.scan(Store::Outbox, ""), phone.stock(rice)), (before, 4));
    // The server was updated: the same key is judged for the first time.
    phone.synchronise().await;
    assert_eq!((phone.device().outbox.len(), phone.confirmed_stock(rice), phone.device().meta.upgrade), (0, 4, false));
}

async fn a_newer_protocol_keeps_the_outbox(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    let request = phone.plan().unwrap();
    for protocol in [0, PROTOCOL + 1, u32::MAX] {
        let newer = PushRequest { protocol, ..request.clone() };
        let error = push::push(&test.db, &phone.session.unwrap(), newer, phone.now_ms).await.unwrap_err();
        assert_eq!(error.into_call("push"), CallError::Upgrade);
    }
    assert_eq!(phone.plan(), Some(request));
    phone.synchronise().await;
    assert_eq!(phone.confirmed_stock(rice), 4);
}

/// Accepted, kept with the mutation, and without effect; but they are part of the payload.
async fn unknown_fields_change_nothing(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    let mut request = phone.plan().unwrap();
    let plain = request.clone();
    tamper(&mut request.mutations[0], |body| {
        body["sale"]["colour"] = "red".into();
        body["retry_off"] = serde_json::json!({ "deep": [1, { "nested": null }] });
    });
    let answer = phone.send(request.clone()).await;
    assert!(answer.answers[0].verdict.is_applied(), "{answer:?}");
    assert!(phone.send(request).await.answers[0].replayed);
    assert_eq!(phone.send(plain).await.answers[0].verdict, Verdict::KeyReused);
    // In the envelope too.
    let mut text = serde_json::to_value(PushRequest { mutations: Vec::new(), ..phone.plan().unwrap() }).unwrap();
    text["colour"] = "red".into();
    serde_json::from_value::<PushRequest>(text).unwrap();
}

async fn duplicates_in_a_batch_are_judged_once(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 2);
    let mut request = phone.plan().unwrap();
    let sale = request.mutations[0].clone();
    request.mutations = vec![sale.clone(), sale.clone(), sale];
    let answer = phone.send(request).await;
    assert!(answer.answers[0].verdict.is_applied());
    assert_eq!(answer.answers.iter().map(|answer| answer.replayed).collect::<Vec<_>>(), [false, true, true]);
    assert!(answer.answers.iter().all(|one| one.verdict == answer.answers[0].verdict), "{answer:?}");
    phone.receive(&answer);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 3);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn session_expired_offline_three_days(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.employee).await;
    for _ in 0..3 {
        phone.now_ms += day::DAY_MS;
        phone.sell(rice, 1);
    }
    // The network is back. The session of one day is over: the server says so, and nothing is lost by hearing it.
    let before = phone.memory.scan(Store::Outbox, "");
    phone.look_up_session().await;
    assert_eq!(phone.session, None);
    phone.memory.commit(&engine::session_is(SessionState::Ended)).unwrap();
    phone.sell(rice, 1);
    assert_eq!(phone.memory.scan(Store::Outbox, "")[..3], before);
    assert_eq!((phone.device().unsent().count(), phone.stock(rice)), (4, 6));
    let mut schedule = engine::Schedule::default();
    schedule.trigger(engine::Trigger::Wake, phone.now_ms);
    let ended = engine::Situation {
        online: true,
        session: SessionState::Ended,
        unsent: true,
        visible: true,
        ..Default::default()
    };
    assert_eq!(schedule.next(ended, phone.now_ms), engine::Action::Sleep { until_ms: None });
    // A PIN, and all of it is sent, each sale on the day it was made.
    phone.sign_in(shop.employee).await;
    phone.synchronise().await;
    assert_eq!((phone.confirmed_stock(rice), phone.device().outbox.len(), phone.parked().len()), (6, 0, 0));
    let rows = phone.memory.scan(Store::Confirmed, "0/sale/");
    let mut days: Vec<_> = rows.iter().map(|(_, row)| serde_json::from_str::<SaleRow>(row).unwrap().day.0).collect();
    days.sort_unstable();
    let first = Day::of_ms(shop.now_ms).0;
    assert_eq!(days, [first + 1, first + 2, first + 3, first + 3]);
}

/// A full outbox refuses before anything is written. A phone whose data is gone becomes another, whatever it was.
async fn storage_evicted_or_full(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    let mutation = phone.sell(rice, 1);
    let mut full = phone.device();
    let entry = Entry::new(mutation, Standing::Queued);
    full.outbox = vec![entry; engine::OUTBOX_MAX];
    let body = Body::RecordSale(RecordSale::first(phone.sale(rice, 1)));
    let queueing = engine::Queueing { key: Key(Uuid::new_v4()), body, now_ms: phone.now_ms, wait: true };
    assert_eq!(engine::queue(&full, queueing).unwrap_err(), engine::QueueError::Full);

    let lost = phone.device().meta.installation.unwrap();
    let new = shop.phone(shop.owner).await;
    let own = new.device().meta.installation.unwrap();
    assert!(own.id != lost.id && own.prefix != lost.prefix, "{own:?}");
    assert_eq!(engine::next_receipt(&new.device().meta).unwrap().to_string(), format!("{}-000001", own.prefix));
    // The old id cannot be had again with another secret, not even with a code.
    let code = enrol::create_code(&test.db, shop.id, true, shop.now_ms).await.unwrap();
    let name = Label::new("Téléphone").unwrap();
    let again = EnrolRequest { code, installation: lost.id, secret: "cd".repeat(32), name };
    assert_eq!(
        enrol::enrol(&test.db, &again, shop.now_ms).await.unwrap_err().into_call("enrol"),
        CallError::NotAllowed
    );
}
