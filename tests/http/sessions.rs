use crate::server::*;
use axum::http::header;
use comptoir::{
    domain::*,
    server::{clock::now_ms, enrol, people, sessions},
    sync::{Mutation, Verdict, wire::*},
};

use std::thread;
use uuid::Uuid;

on_each_database!(
    a_phone_is_enrolled_and_a_person_signs_in_and_out,
    an_enrolment_whose_answer_was_lost_is_answered_again,
    enrolment_codes_end_and_cannot_be_guessed,
    wrong_pins_lock_across_a_restart,
    wrong_pins_side_by_side_are_all_counted,
    a_session_ends_and_a_retired_person_has_none,
    revoked_phone_with_queue,
    cloned_installation,
    a_shop_sees_itself_only,
    a_secret_of_another_phone_opens_nothing,
);

fn pull(phone: InstallationId) -> PullRequest {
    PullRequest { protocol: PROTOCOL, installation: phone, app: "test".into(), from: From::Start { position: None } }
}

fn a_phone_is_enrolled_and_a_person_signs_in_and_out(mut setting: Setting) {
    setting.secure_cookies = true;
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (first, second) = (server.phone(&shop), server.phone(&shop));
    assert_eq!((first.enrolled.prefix.as_str(), second.enrolled.prefix.as_str()), ("A", "B"));
    assert_eq!((first.enrolled.shop_name.as_str(), first.enrolled.people.len()), ("Boutique", 2));
    assert_eq!(server.call("pull", "", &pull(first.id)).error(), "not_signed_in");

    let reply = server.sign_in(&first, shop.owner, OWNER_PIN);
    let cookie = reply.header(header::SET_COOKIE).to_owned();
    for flag in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=86400", "; Secure"] {
        assert!(cookie.contains(flag), "{flag}");
    }
    let answer: SignInAnswer = reply.json();
    assert!(answer.person.id == shop.owner && !answer.revoked && answer.people.len() == 2);
    let answer: PullAnswer = server.call("pull", &reply.cookie(), &pull(first.id)).json();
    assert!(matches!(answer.pulled, Pulled::Start(_)));
    // The session is this phone's.
    assert_eq!(server.call("pull", &reply.cookie(), &pull(second.id)).error(), "not_signed_in");

    let out = server.post("sign-out", &[("cookie", &reply.cookie())], b"{}");
    assert!(out.status == 200 && out.header(header::SET_COOKIE).contains("Max-Age=0"));
    assert_eq!(server.call("pull", &reply.cookie(), &pull(first.id)).status, 401);
}

fn an_enrolment_whose_answer_was_lost_is_answered_again(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let request = enrol_request(&server.code(shop.id));
    let first: EnrolAnswer = server.call("enrol", "", &request).json();
    let again: EnrolAnswer = server.call("enrol", "", &request).json();
    assert_eq!(first, again);
    let other_phone = EnrolRequest { installation: InstallationId(Uuid::now_v7()), ..request.clone() };
    assert_eq!(server.call("enrol", "", &other_phone).error(), "wrong_code");
    let other_secret = EnrolRequest { secret: "00".repeat(32), ..request };
    assert_eq!(server.call("enrol", "", &other_secret).error(), "not_allowed");
}

fn enrolment_codes_end_and_cannot_be_guessed(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let made_ms = now_ms() - enrol::CODE_LIFE_MS;
    let old = server.block_on(enrol::create_code(server.db(), shop.id, false, made_ms)).unwrap();
    let reply = server.call("enrol", "", &enrol_request(&old));
    assert_eq!((reply.status, reply.error().as_str()), (404, "wrong_code"));
    let live = server.code(shop.id);
    let wrong = if live == "123456" { "654321" } else { "123456" };
    let locked = (0..40).find(|_| server.call("enrol", "", &enrol_request(wrong)).status == 429);
    assert!(locked.is_some_and(|guesses| guesses < 25), "{locked:?}");
    // Even with the right code, now.
    assert_eq!(server.call("enrol", "", &enrol_request(&live)).error(), "locked");
}

fn wrong_pins_lock_across_a_restart(setting: Setting) {
    let (shop, phone) = {
        let server = setting.start();
        let shop = server.shop("Boutique");
        let phone = server.phone(&shop);
        for left in [4, 3, 2] {
            let reply = server.sign_in(&phone, shop.owner, WRONG_PIN);
            assert_eq!((reply.status, reply.error().as_str()), (403, "wrong_pin"));
            assert!(reply.text().contains(&format!("\"tries_left\":{left}")), "{}", reply.text());
        }
        (shop, phone)
    };
    let server = setting.start();
    assert_eq!(server.sign_in(&phone, shop.owner, WRONG_PIN).error(), "wrong_pin");
    assert_eq!(server.sign_in(&phone, shop.owner, WRONG_PIN).error(), "locked");
    let reply = server.sign_in(&phone, shop.owner, OWNER_PIN);
    assert_eq!((reply.status, reply.error().as_str()), (429, "locked"));
    // The lock is that person's, ends by itself, and a right PIN forgives.
    assert_eq!(server.sign_in(&phone, shop.employee, "1470").status, 200);
    let (request, later_ms) = (sign_in_request(&phone, shop.owner, OWNER_PIN), now_ms() + 61_000);
    server.block_on(sessions::sign_in(server.db(), &request, 1_000, later_ms)).unwrap();
    assert_eq!(server.sign_in(&phone, shop.owner, WRONG_PIN).error(), "wrong_pin");
}

fn wrong_pins_side_by_side_are_all_counted(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let errors: Vec<String> = thread::scope(|scope| {
        let guess = || server.sign_in(&phone, shop.owner, WRONG_PIN).error();
        let guesses: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let looked_at = errors.iter().filter(|error| *error == "wrong_pin").count();
    assert!(looked_at <= 4 && errors.iter().any(|error| error == "locked"), "{errors:?}");
}

fn a_session_ends_and_a_retired_person_has_none(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let cookie = server.sign_in(&phone, shop.employee, "1470").cookie();
    let token = cookie.split_once('=').unwrap().1;
    let ends_ms = now_ms() + 86_400_000;
    let at = |ms| server.block_on(sessions::find(server.db(), token, ms)).unwrap();
    assert!(at(ends_ms - 60_000).is_some() && at(ends_ms + 1).is_none());
    server.block_on(people::retire(server.db(), shop.id, shop.employee)).unwrap();
    assert_eq!(server.call("pull", &cookie, &pull(phone.id)).error(), "not_signed_in");
    assert_eq!(server.sign_in(&phone, shop.employee, "1470").error(), "not_allowed");
    // Nor does a new PIN leave the old one's sessions open.
    let cookie = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let pin = Pin::new("999999").unwrap();
    server.block_on(people::reset_pin(server.db(), shop.id, shop.owner, &pin, None)).unwrap();
    assert_eq!(server.call("pull", &cookie, &pull(phone.id)).error(), "not_signed_in");
    assert_eq!(server.sign_in(&phone, shop.owner, "999999").status, 200);
}

fn revoked_phone_with_queue(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    assert_eq!(server.sign_in(&phone, shop.owner, OWNER_PIN).status, 200);
    server.block_on(enrol::revoke(server.db(), shop.id, phone.id, now_ms())).unwrap();

    let reply = server.sign_in(&phone, shop.owner, OWNER_PIN);
    let answer: SignInAnswer = reply.json();
    assert!(answer.revoked && answer.people.len() == 1);
    assert_eq!(server.call("pull", &reply.cookie(), &pull(phone.id)).error(), "revoked");
    let page = server.get("/vente", &[("cookie", &reply.cookie())]);
    assert!(page.status == 200 && !page.text().contains("Boutique"), "{}", page.text());
    let queued = push(phone.id, expense(phone.id, 1, shop.owner));
    let answer: PushAnswer = server.call("push", &reply.cookie(), &queued).json();
    assert!(matches!(answer.answers[0].verdict, Verdict::Quarantined { .. }), "{:?}", answer.answers);
}

fn cloned_installation(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let cookie = server.sign_in(&phone, shop.employee, "1470").cookie();
    let (new_installation, new_secret) = (InstallationId(Uuid::now_v7()), "ab".repeat(32));
    let (installation, secret) = (phone.id, phone.secret.clone());
    let request = ForkRequest { installation, secret, new_installation, new_secret };
    let reply = server.call("fork", &cookie, &request);
    let forked: EnrolAnswer = reply.json();
    assert_eq!(forked.prefix, "B");
    let again: EnrolAnswer = server.call("fork", &cookie, &request).json();
    assert_eq!(again, forked);
    // The seller goes on without a PIN, on either, and what they queued before is theirs.
    let queued = push(new_installation, expense(new_installation, 1, shop.employee));
    let answer: PushAnswer = server.call("push", &reply.cookie(), &queued).json();
    assert!(answer.answers[0].verdict.is_applied(), "{:?}", answer.answers);
    assert_eq!(server.call("pull", &cookie, &pull(phone.id)).status, 200);

    let stranger = ForkRequest { secret: "00".repeat(32), ..request };
    assert_eq!(server.call("fork", "", &stranger).error(), "not_allowed");
}

fn a_shop_sees_itself_only(setting: Setting) {
    let server = setting.start();
    let (ours, theirs) = (server.shop("Nous"), server.shop("Eux"));
    let (our_phone, their_phone) = (server.phone(&ours), server.phone(&theirs));
    let cookie = server.sign_in(&our_phone, ours.owner, OWNER_PIN).cookie();
    assert_eq!(server.sign_in(&our_phone, theirs.owner, OWNER_PIN).error(), "not_allowed");
    assert_eq!(server.call("pull", &cookie, &pull(their_phone.id)).error(), "not_signed_in");
    server.product(&ours, "Riz de chez nous");
    server.product(&theirs, "Riz de chez eux");
    let page = server.get("/vente?q=riz", &[("cookie", &cookie)]);
    assert!(page.text().contains("Riz de chez nous") && !page.text().contains("chez eux"), "{}", page.text());
    assert_eq!(server.get(&format!("/recu?id={}", Uuid::now_v7()), &[("cookie", &cookie)]).status, 200);
}

fn a_secret_of_another_phone_opens_nothing(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (phone, other) = (server.phone(&shop), server.phone(&shop));
    let mixed = Phone { id: phone.id, secret: other.secret, enrolled: phone.enrolled };
    assert_eq!(server.sign_in(&mixed, shop.owner, OWNER_PIN).error(), "not_allowed");
    for cookie in ["comptoir_session=", "comptoir_session=0", &format!("comptoir_session={}", "0".repeat(64))] {
        assert_eq!(server.call("pull", cookie, &pull(phone.id)).error(), "not_signed_in");
    }
}

fn push(installation: InstallationId, mutation: Mutation) -> PushRequest {
    let app = "test".to_owned();
    PushRequest { protocol: PROTOCOL, installation, app, cursor: None, made: 1, waiting: 1, mutations: vec![mutation] }
}
