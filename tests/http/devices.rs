//! What an owner asks of the shop's devices (G15), and who may not.

use crate::server::*;
use comptoir::{
    domain::*,
    server::{catalogue, clock::now_ms, device, devices, enrol, sessions},
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
    a_code_asked_for_enrols_one_phone_and_is_drawn_for_its_camera,
    a_shop_has_few_codes_at_once,
    an_owner_renames_and_revokes_other_phones,
    the_phones_of_a_shop_are_its_owners_to_change,
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

fn act(phone: &Phone, act: DeviceAct) -> DeviceRequest {
    DeviceRequest { protocol: PROTOCOL, installation: phone.id, act }
}

fn code(page: Option<&str>) -> DeviceAct {
    DeviceAct::Code { holds_costs: false, page: page.map(str::to_owned) }
}

fn a_code_asked_for_enrols_one_phone_and_is_drawn_for_its_camera(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let asked = act(&phone, code(Some("https://boutique.example/connexion")));
    let answer: DeviceAnswer = server.call("device", &owner, &asked).json();
    let new = answer.code.unwrap();
    assert_eq!(new.ends_ms, answer.server_now_ms + enrol::CODE_LIFE_MS);
    let address = format!("https://boutique.example/connexion#code={}", new.code);
    assert!(new.qr.is_some() && new.qr == device::draw(&address));
    let request = enrol_request(&new.code);
    let enrolled: EnrolAnswer = server.call("enrol", "", &request).json();
    assert_eq!((enrolled.prefix.as_str(), enrolled.holds_costs), ("B", false));
    assert_eq!(server.call("enrol", "", &enrol_request(&new.code)).error(), "wrong_code");
    let costs = DeviceAct::Code { holds_costs: true, page: None };
    let new = server.call("device", &owner, &act(&phone, costs)).json::<DeviceAnswer>().code.unwrap();
    assert_eq!(new.qr, None);
    let enrolled: EnrolAnswer = server.call("enrol", "", &enrol_request(&new.code)).json();
    assert!(enrolled.holds_costs);
    let devices = server.call("devices", &owner, &ask(&phone)).json::<DevicesAnswer>().devices;
    assert_eq!(devices.iter().map(|device| device.holds_costs).collect::<Vec<_>>(), [true, false, true]);
    let script = act(&phone, code(Some("javascript:alert(1)")));
    assert_eq!(server.call("device", &owner, &script).error(), "bad_request");
}

fn a_shop_has_few_codes_at_once(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    // Those before are of a clock that was ahead: the one that was asked for last is good all the same.
    let made = |in_ms: i64| server.block_on(enrol::create_code(server.db(), shop.id, true, now_ms() + in_ms)).unwrap();
    let mut codes: Vec<String> = (1..=CODES_MAX).map(|n| made(1_000 * n)).collect();
    codes.push(server.call("device", &owner, &act(&phone, code(None))).json::<DeviceAnswer>().code.unwrap().code);
    assert_eq!(server.call("enrol", "", &enrol_request(&codes[0])).error(), "wrong_code");
    for code in &codes[1..] {
        assert_eq!(server.call("enrol", "", &enrol_request(code)).status, 200);
    }
    // One that was used stands in nobody's way.
    assert_eq!(server.call("enrol", "", &enrol_request(&server.code(shop.id))).status, 200);
}

fn an_owner_renames_and_revokes_other_phones(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (phone, other) = (server.phone(&shop), server.phone(&shop));
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let seller = server.sign_in(&other, shop.employee, "1470").cookie();
    let name = Label::new("Caisse du fond").unwrap();
    let rename = act(&phone, DeviceAct::Rename { device: other.id, name });
    let revoke = act(&phone, DeviceAct::Revoke { device: other.id });
    for request in [&rename, &rename, &revoke, &revoke] {
        let answer: DeviceAnswer = server.call("device", &owner, request).json();
        assert_eq!(answer.code, None);
    }
    let devices = server.call("devices", &owner, &ask(&phone)).json::<DevicesAnswer>().devices;
    assert_eq!((devices[1].name.as_str(), devices[1].revoked, devices[0].revoked), ("Caisse du fond", true, false));
    // It hands in what it holds, for the owner, and reads nothing.
    let sent = push(&other, 1, 1, vec![expense(other.id, 1, shop.employee)]);
    let answer: PushAnswer = server.call("push", &seller, &sent).json();
    assert_eq!((answer.answers[0].verdict.name(), answer.page), ("quarantined", None));
    assert_eq!(server.call("devices", &seller, &ask(&other)).error(), "revoked");
    // Whoever asks does not lock herself out.
    let own = act(&phone, DeviceAct::Revoke { device: phone.id });
    assert_eq!(server.call("device", &owner, &own).error(), "not_allowed");
}

fn the_phones_of_a_shop_are_its_owners_to_change(setting: Setting) {
    let server = setting.start();
    let (ours, theirs) = (server.shop("Nous"), server.shop("Eux"));
    let (phone, second, other) = (server.phone(&ours), server.phone(&ours), server.phone(&theirs));
    let refused = |cookie: &str, request: &DeviceRequest| {
        let reply = server.call("device", cookie, request);
        (reply.status, reply.error())
    };
    let employee = server.sign_in(&phone, ours.employee, "1470").cookie();
    let owner = server.sign_in(&phone, ours.owner, OWNER_PIN).cookie();
    let name = || Label::new("Autre").unwrap();
    let acts = |device| {
        let costs = DeviceAct::Costs { device, holds_costs: true };
        [DeviceAct::Rename { device, name: name() }, costs, DeviceAct::Revoke { device }]
    };
    for of in acts(second.id).into_iter().chain([code(None)]) {
        let request = act(&phone, of);
        assert_eq!(refused("", &request), (401, "not_signed_in".into()));
        assert_eq!(refused(&employee, &request), (403, "not_allowed".into()));
        assert_eq!(
            refused(&owner, &DeviceRequest { installation: second.id, ..request }),
            (401, "not_signed_in".into())
        );
    }
    for of in acts(other.id) {
        assert_eq!(refused(&owner, &act(&phone, of)), (403, "not_allowed".into()));
    }
    assert_eq!(server.sign_in(&other, theirs.owner, OWNER_PIN).status, 200);
    server.block_on(enrol::revoke(server.db(), ours.id, phone.id, now_ms())).unwrap();
    assert_eq!(refused(&owner, &act(&phone, code(None))), (403, "revoked".into()));
}
