//! What an owner asks of the shop's devices (G15), and who may not.

use crate::server::*;
use comptoir::{
    domain::*,
    server::{catalogue, clock::now_ms, devices, enrol, sessions},
    sync::{
        Body, Change, Mutation, Verdict,
        mutation::{Became, EditProduct, SettleRefusal},
        wire::*,
    },
};

on_each_database!(
    an_owner_sees_what_each_device_made_what_arrived_and_what_is_missing,
    the_devices_of_a_shop_are_its_owners_to_ask_for,
    an_answer_is_bounded,
    refusals_and_conflicts_are_counted_by_day,
);

fn ask(phone: &Phone) -> DevicesRequest {
    DevicesRequest { protocol: PROTOCOL, installation: phone.id }
}

fn push(phone: &Phone, made: u64, waiting: u64, mutations: Vec<Mutation>) -> PushRequest {
    let (protocol, installation, app) = (PROTOCOL, phone.id, "1.2.3".to_owned());
    PushRequest { protocol, installation, app, cursor: None, made, waiting, mutations }
}

fn an_owner_sees_what_each_device_made_what_arrived_and_what_is_missing(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (first, second) = (server.phone(&shop), server.phone(&shop));
    let owner = server.sign_in(&first, shop.owner, OWNER_PIN).cookie();
    let seller = server.sign_in(&second, shop.employee, "1470").cookie();
    let sent = [1, 2, 5].map(|sequence| expense(second.id, sequence, shop.employee));
    let pushed: PushAnswer = server.call("push", &seller, &push(&second, 7, 2, sent.into())).json();
    assert!(pushed.answers.iter().all(|answer| answer.verdict.is_applied()));

    let answer: DevicesAnswer = server.call("devices", &owner, &ask(&first)).json();
    assert!((now_ms() - 60_000..=now_ms()).contains(&answer.server_now_ms) && answer.troubles.is_empty());
    let [one, two] = &answer.devices[..] else { panic!("{answer:?}") };
    assert_eq!((one.installation, one.prefix.as_str(), one.app.as_str()), (first.id, "A", ""));
    assert_eq!((one.last_contact_ms, one.made, one.received, one.revoked), (None, 0, 0, false));
    assert_eq!((two.name.as_str(), two.app.as_str()), ("Téléphone", "1.2.3"));
    assert_eq!((two.made, two.waiting, two.received), (7, 2, 3));
    assert_eq!(two.missing, [Gap { first: 3, last: 4 }, Gap { first: 6, last: 7 }]);
    assert!(two.last_contact_ms.is_some_and(|at_ms| (now_ms() - 60_000..=now_ms()).contains(&at_ms)));

    let rest = [6, 3, 7, 4].map(|sequence| expense(second.id, sequence, shop.employee));
    assert_eq!(server.call("push", &seller, &push(&second, 7, 0, rest.into())).status, 200);
    server.block_on(enrol::revoke(server.db(), shop.id, second.id, now_ms())).unwrap();
    let answer: DevicesAnswer = server.call("devices", &owner, &ask(&first)).json();
    let two = &answer.devices[1];
    assert_eq!((two.made, two.waiting, two.received, two.revoked), (7, 0, 7, true));
    assert_eq!(two.missing, []);
}

fn the_devices_of_a_shop_are_its_owners_to_ask_for(setting: Setting) {
    let server = setting.start();
    let (ours, theirs) = (server.shop("Nous"), server.shop("Eux"));
    let (phone, other) = (server.phone(&ours), server.phone(&theirs));
    let refused = |cookie: &str, request: &DevicesRequest| {
        let reply = server.call("devices", cookie, request);
        (reply.status, reply.error())
    };
    assert_eq!(refused("", &ask(&phone)), (401, "not_signed_in".into()));
    let employee = server.sign_in(&phone, ours.employee, "1470").cookie();
    assert_eq!(refused(&employee, &ask(&phone)), (403, "not_allowed".into()));
    let owner = server.sign_in(&phone, ours.owner, OWNER_PIN).cookie();
    assert_eq!(refused(&owner, &ask(&other)), (401, "not_signed_in".into()));
    assert_eq!(refused(&owner, &DevicesRequest { protocol: PROTOCOL + 1, ..ask(&phone) }), (426, "upgrade".into()));
    let answer: DevicesAnswer = server.call("devices", &owner, &ask(&phone)).json();
    assert_eq!(answer.devices.iter().map(|device| device.installation).collect::<Vec<_>>(), [phone.id]);
    server.block_on(enrol::revoke(server.db(), ours.id, phone.id, now_ms())).unwrap();
    assert_eq!(refused(&owner, &ask(&phone)), (403, "revoked".into()));
}

fn an_answer_is_bounded(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let sent = (1..=BATCH_MAX as u64).map(|n| expense(phone.id, 2 * n, shop.owner)).collect();
    let pushed: PushAnswer = server.call("push", &owner, &push(&phone, 1_000, 0, sent)).json();
    assert!(pushed.answers.iter().all(|answer| answer.verdict.is_applied()));
    // Phones that came before it, and were not heard of since.
    server.block_on(async {
        for _ in 0..DEVICES_MAX {
            let code = enrol::create_code(server.db(), shop.id, false, now_ms() - 600_000).await.unwrap();
            enrol::enrol(server.db(), &enrol_request(&code), now_ms() - 600_000).await.unwrap();
        }
    });
    let answer: DevicesAnswer = server.call("devices", &owner, &ask(&phone)).json();
    assert_eq!(answer.devices.len(), DEVICES_MAX);
    let own = answer.devices.last().unwrap();
    assert_eq!((own.installation, own.received, own.missing.len()), (phone.id, BATCH_MAX as u64, GAPS_MAX));
    assert_eq!((own.missing[0], own.missing[19]), (Gap { first: 1, last: 1 }, Gap { first: 39, last: 39 }));
}

fn refusals_and_conflicts_are_counted_by_day(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let cookie = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let riz = product("Riz");
    let opening = catalogue::Opening { product: riz.clone(), units: Units::new(1).unwrap() };
    server.block_on(catalogue::add(server.db(), shop.id, shop.owner, &[opening], now_ms())).unwrap();
    let price = |gnf| Money::new(gnf).unwrap();
    let edit = Body::EditProduct(EditProduct {
        product: riz.id,
        name: None,
        barcodes: None,
        category: None,
        sale_price: Some(Change { seen: price(2_000), wanted: price(3_000) }),
        purchase_price: None,
        threshold: None,
        settles: None,
    });
    let refused: Vec<Mutation> = [1, 2].map(|n| mutation(phone.id, n, shop.owner, &too_many(&riz, "A", n))).into();
    let settled = Body::SettleRefusal(SettleRefusal { refused: refused[0].key, became: Became::Cancelled });
    let rest = [mutation(phone.id, 3, shop.owner, &settled), mutation(phone.id, 4, shop.owner, &edit)];
    let sent = refused.into_iter().chain(rest).collect();
    let pushed: PushAnswer = server.call("push", &cookie, &push(&phone, 4, 0, sent)).json();
    let verdicts: Vec<&str> = pushed.answers.iter().map(|answer| answer.verdict.name()).collect();
    assert_eq!(verdicts, [Verdict::REFUSED, Verdict::REFUSED, Verdict::APPLIED, "conflict"]);

    let token = cookie.split_once('=').unwrap().1;
    let session = server.block_on(sessions::find(server.db(), token, now_ms())).unwrap().unwrap();
    let days_later = |days: i64| {
        let now_ms = now_ms() + days * day::DAY_MS;
        server.block_on(devices::answer(server.db(), &session, &ask(&phone), now_ms)).unwrap().troubles
    };
    let today = Day::of_ms(pushed.server_now_ms);
    let told = [TroubleRow { day: today, refused: 2, conflicts: 1, decided: 1, undecided: 2 }];
    assert_eq!(days_later(0), told);
    assert_eq!(days_later(TROUBLE_DAYS - 1), told);
    assert_eq!(days_later(TROUBLE_DAYS), []);
}
