//! What an owner does about the shop's people, and who may not.

use crate::server::{Shop, *};
use comptoir::{
    domain::*,
    server::{clock::now_ms, enrol, people},
    sync::wire::*,
};
use std::{
    io::{BufRead, BufReader},
    thread,
};
use uuid::Uuid;

on_each_database!(
    an_owner_adds_somebody_who_signs_in_and_the_other_phones_hear_of_it,
    an_answer_lost_and_asked_for_again_makes_no_second_person,
    a_role_and_a_pin_change_at_once,
    who_left_is_out_everywhere,
    a_shop_keeps_an_owner,
    two_owners_who_retire_each_other_do_not_both_leave,
    the_people_of_a_shop_are_its_owners_to_change,
    a_shop_has_so_many_people,
    a_pin_is_in_no_answer,
);

fn ask(phone: &Phone, person: UserId, act: PersonAct) -> PersonRequest {
    PersonRequest { protocol: PROTOCOL, installation: phone.id, person, act }
}

fn pin(digits: &str) -> Pin {
    Pin::new(digits).unwrap()
}

fn add(name: &str, role: Role, digits: &str) -> PersonAct {
    PersonAct::Add { name: Label::new(name).unwrap(), role, pin: pin(digits) }
}

fn new_id() -> UserId {
    UserId(Uuid::now_v7())
}

fn start(phone: &Phone) -> PullRequest {
    PullRequest { protocol: PROTOCOL, installation: phone.id, app: "test".into(), from: From::Start { position: None } }
}

/// Where the shop stands.
fn cursor(server: &Server<'_>, phone: &Phone, cookie: &str) -> Cursor {
    match server.call("pull", cookie, &start(phone)).json::<PullAnswer>().pulled {
        Pulled::Start(page) => page.at,
        other => panic!("{other:?}"),
    }
}

fn changes(server: &Server<'_>, phone: &Phone, cookie: &str, cursor: Cursor) -> Page {
    let request = PullRequest { from: From::Changes { cursor }, ..start(phone) };
    match server.call("pull", cookie, &request).json::<PullAnswer>().pulled {
        Pulled::Page(page) => page,
        other => panic!("{other:?}"),
    }
}

fn an_owner_adds_somebody_who_signs_in_and_the_other_phones_hear_of_it(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (phone, other) = (server.phone(&shop), server.phone(&shop));
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let seller = server.sign_in(&other, shop.employee, "1470").cookie();
    let Cursor { history, change } = cursor(&server, &other, &seller);
    let listening = agent()
        .get(format!("{}/api/v1/events?installation={}&history={history}&change={change}", server.url, other.id))
        .header("cookie", &seller)
        .call()
        .unwrap();
    let mut lines = BufReader::new(listening.into_body().into_reader()).lines().map(Result::unwrap);

    let id = new_id();
    let request = ask(&phone, id, add("Fatoumata", Role::Employee, "864200"));
    let answer: PersonAnswer = server.call("person", &owner, &request).json();
    let added = PersonRow { id, name: Label::new("Fatoumata").unwrap(), role: Role::Employee, retired: false };
    assert_eq!(answer.person, added);
    // Told by the stream, without anybody asking.
    let data = lines.find_map(|line| line.strip_prefix("data:").map(str::to_owned)).unwrap();
    let told: PullAnswer = serde_json::from_str(data.trim()).unwrap();
    assert!(matches!(told.pulled, Pulled::Page(page) if page.rows.people == [added]));
    assert_eq!(server.sign_in(&other, id, "864200").status, 200);
    assert_eq!(server.sign_in(&other, id, "864201").error(), "wrong_pin");
}

fn an_answer_lost_and_asked_for_again_makes_no_second_person(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let request = ask(&phone, new_id(), add("Fatoumata", Role::Employee, "8642"));
    let first: PersonAnswer = server.call("person", &owner, &request).json();
    let at = cursor(&server, &phone, &owner);
    let again: PersonAnswer = server.call("person", &owner, &request).json();
    assert_eq!(again, first);
    // Side by side, too.
    let request = ask(&phone, new_id(), add("Aissatou", Role::Owner, "8642"));
    let answers: Vec<PersonAnswer> = thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(|| server.call("person", &owner, &request).json())).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(server.block_on(people::of_shop(server.db(), shop.id)).unwrap().len(), 4);
    let page = changes(&server, &phone, &owner, at);
    assert_eq!((page.rows.people.len(), page.to), (1, at.change + 1), "what was there already is no change");
    // The id of somebody is theirs.
    for other in [
        add("Fatou", Role::Owner, "8642"),
        add("Aissatou", Role::Employee, "8642"),
        add("Aissatou", Role::Owner, "8643"),
    ] {
        let reply = server.call("person", &owner, &PersonRequest { act: other, ..request.clone() });
        assert_eq!((reply.status, reply.error().as_str()), (409, "exists"));
    }
    let nobody = ask(&phone, UserId(Uuid::nil()), add("Personne", Role::Owner, "8642"));
    assert_eq!(server.call("person", &owner, &nobody).error(), "bad_request");
}

fn a_role_and_a_pin_change_at_once(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let (phone, other) = (server.phone(&shop), server.phone(&shop));
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let elsewhere = server.sign_in(&other, shop.owner, OWNER_PIN).cookie();
    let seller = server.sign_in(&other, shop.employee, "1470").cookie();
    let at = cursor(&server, &phone, &owner);
    let promote = ask(&phone, shop.employee, PersonAct::Role(Role::Owner));
    for _ in 0..2 {
        let answer: PersonAnswer = server.call("person", &owner, &promote).json();
        assert_eq!(answer.person.role, Role::Owner);
    }
    let page = changes(&server, &phone, &owner, at);
    assert_eq!(
        page.rows.people.iter().map(|row| (row.id, row.role)).collect::<Vec<_>>(),
        [(shop.employee, Role::Owner)]
    );
    let devices = DevicesRequest { protocol: PROTOCOL, installation: other.id };
    assert_eq!(server.call("devices", &seller, &devices).status, 200, "the session goes on, as an owner's");
    let demote = ask(&phone, shop.employee, PersonAct::Role(Role::Employee));
    assert_eq!(server.call("person", &owner, &demote).status, 200);
    assert_eq!(server.call("devices", &seller, &devices).error(), "not_allowed");

    // A new PIN ends what the old one opened, and lifts a lock.
    for _ in 0..5 {
        server.sign_in(&phone, shop.employee, WRONG_PIN);
    }
    assert_eq!(server.sign_in(&phone, shop.employee, "1470").error(), "locked");
    let reset = ask(&phone, shop.employee, PersonAct::Pin(pin("975310")));
    assert_eq!(server.call("person", &owner, &reset).status, 200);
    assert_eq!(server.call("pull", &seller, &start(&other)).error(), "not_signed_in");
    assert_eq!(server.sign_in(&phone, shop.employee, "1470").error(), "wrong_pin");
    assert_eq!(server.sign_in(&phone, shop.employee, "975310").status, 200);
    // One's own: signed in where it was done, and nowhere else.
    let own = ask(&phone, shop.owner, PersonAct::Pin(pin("1111")));
    assert_eq!(server.call("person", &owner, &own).status, 200);
    assert_eq!(server.call("pull", &owner, &start(&phone)).status, 200);
    assert_eq!(server.call("pull", &elsewhere, &start(&other)).error(), "not_signed_in");
    assert_eq!(server.sign_in(&other, shop.owner, "1111").status, 200);
}

fn who_left_is_out_everywhere(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phones = [server.phone(&shop), server.phone(&shop)];
    let owner = server.sign_in(&phones[0], shop.owner, OWNER_PIN).cookie();
    let sessions = phones.each_ref().map(|phone| server.sign_in(phone, shop.employee, "1470").cookie());
    let at = cursor(&server, &phones[0], &owner);
    let request = ask(&phones[0], shop.employee, PersonAct::Retire);
    for _ in 0..2 {
        let answer: PersonAnswer = server.call("person", &owner, &request).json();
        assert!(answer.person.retired);
    }
    for (phone, session) in phones.iter().zip(&sessions) {
        assert_eq!(server.call("pull", session, &start(phone)).error(), "not_signed_in");
        assert_eq!(server.sign_in(phone, shop.employee, "1470").error(), "not_allowed");
    }
    let page = changes(&server, &phones[0], &owner, at);
    assert!(matches!(&page.rows.people[..], [row] if row.id == shop.employee && row.retired));
    // Nobody comes back by another act.
    for act in [PersonAct::Role(Role::Owner), PersonAct::Pin(pin("1470"))] {
        assert_eq!(server.call("person", &owner, &ask(&phones[0], shop.employee, act)).error(), "not_allowed");
    }
    assert_eq!(server.sign_in(&phones[0], shop.employee, "1470").error(), "not_allowed");
}

fn a_shop_keeps_an_owner(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let act = |person, act| server.call("person", &owner, &ask(&phone, person, act));
    for last in [PersonAct::Retire, PersonAct::Role(Role::Employee)] {
        let reply = act(shop.owner, last);
        assert_eq!((reply.status, reply.error().as_str()), (409, "last_owner"));
    }
    assert_eq!(server.call("pull", &owner, &start(&phone)).status, 200, "and stays signed in");
    // Another owner who left is none.
    let second = new_id();
    assert_eq!(act(second, add("Kadiatou", Role::Owner, "8642")).status, 200);
    assert_eq!(act(second, PersonAct::Retire).status, 200);
    assert_eq!(act(shop.owner, PersonAct::Retire).error(), "last_owner");
    assert_eq!(act(shop.employee, PersonAct::Role(Role::Owner)).status, 200);
    assert_eq!(act(shop.owner, PersonAct::Retire).status, 200);
    assert_eq!(act(shop.employee, PersonAct::Retire).error(), "not_signed_in");
}

fn two_owners_who_retire_each_other_do_not_both_leave(setting: Setting) {
    let server = setting.start();
    for round in 0..5 {
        let shop = server.shop(&format!("Boutique {round}"));
        let (phone, other) = (server.phone(&shop), server.phone(&shop));
        let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
        let promote = ask(&phone, shop.employee, PersonAct::Role(Role::Owner));
        assert_eq!(server.call("person", &owner, &promote).status, 200);
        let second = server.sign_in(&other, shop.employee, "1470").cookie();
        thread::scope(|scope| {
            scope.spawn(|| server.call("person", &owner, &ask(&phone, shop.employee, PersonAct::Retire)));
            scope.spawn(|| server.call("person", &second, &ask(&other, shop.owner, PersonAct::Retire)));
        });
        let people = server.block_on(people::of_shop(server.db(), shop.id)).unwrap();
        assert_eq!(people.iter().filter(|person| !person.retired).count(), 1, "{people:?}");
    }
}

fn the_people_of_a_shop_are_its_owners_to_change(setting: Setting) {
    let server = setting.start();
    let (ours, theirs) = (server.shop("Nous"), server.shop("Eux"));
    let (phone, other) = (server.phone(&ours), server.phone(&theirs));
    let refused = |cookie: &str, request: &PersonRequest| {
        let reply = server.call("person", cookie, request);
        (reply.status, reply.error())
    };
    let acts = [
        add("Fatoumata", Role::Owner, "8642"),
        PersonAct::Role(Role::Owner),
        PersonAct::Pin(pin("8642")),
        PersonAct::Retire,
    ];
    let employee = server.sign_in(&phone, ours.employee, "1470").cookie();
    let owner = server.sign_in(&phone, ours.owner, OWNER_PIN).cookie();
    for act in acts {
        let request = ask(&phone, ours.employee, act);
        assert_eq!(refused("", &request), (401, "not_signed_in".into()));
        assert_eq!(refused(&employee, &request), (403, "not_allowed".into()));
        let of_other = PersonRequest { installation: other.id, ..request.clone() };
        assert_eq!(refused(&owner, &of_other), (401, "not_signed_in".into()));
        let newer = PersonRequest { protocol: PROTOCOL + 1, ..request.clone() };
        assert_eq!(refused(&owner, &newer), (426, "upgrade".into()));
        // A person of another shop is nobody here. (Added under that id, somebody of this shop is another person.)
        if !matches!(request.act, PersonAct::Add { .. }) {
            let stranger = PersonRequest { person: theirs.employee, ..request };
            assert_eq!(refused(&owner, &stranger), (403, "not_allowed".into()));
        }
    }
    assert_eq!(server.sign_in(&other, theirs.employee, "1470").status, 200);
    server.block_on(enrol::revoke(server.db(), ours.id, phone.id, now_ms())).unwrap();
    assert_eq!(refused(&owner, &ask(&phone, ours.employee, PersonAct::Retire)), (403, "revoked".into()));
}

fn a_shop_has_so_many_people(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    fill(&server, &shop);
    let last = ask(&phone, new_id(), add("Une de trop", Role::Employee, "8642"));
    let reply = server.call("person", &owner, &last);
    assert_eq!((reply.status, reply.error().as_str()), (409, "too_many"));
    assert_eq!(server.block_on(people::of_shop(server.db(), shop.id)).unwrap().len() as i64, PEOPLE_MAX);
}

fn a_pin_is_in_no_answer(setting: Setting) {
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let owner = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let request = ask(&phone, new_id(), add("Fatoumata", Role::Employee, "864213"));
    let reply = server.call("person", &owner, &request);
    assert!(reply.status == 200 && !reply.text().contains("864213") && !reply.text().contains("argon2"));
    // Nor where it is not the text it should be.
    for wrong in ["864213", "[\"864213\"]", "\"8642138642\"", "{\"864213\":1}"] {
        let body = serde_json::to_string(&request).unwrap().replace("\"864213\"", wrong);
        let reply = server.post("person", &[("cookie", &owner)], format!("{{\"request\":{body}}}").as_bytes());
        assert_eq!((reply.status, reply.error().as_str()), (400, "bad_request"), "{wrong}");
        assert!(
            reply.text().contains("a PIN is 4 to 6 digits") && !reply.text().contains("864213"),
            "{}",
            reply.text()
        );
    }
}

/// Adds as many people as a shop may have. Their PINs are nobody's.
pub fn fill(server: &Server<'_>, shop: &Shop) {
    use comptoir::server::db::Db;
    const ADD: &str =
        "INSERT INTO users (shop_id, id, name, role, pin_hash, change) VALUES ($1, $2, 'Une', 'employee', '-', 1)";
    server.block_on(async {
        let there = people::of_shop(server.db(), shop.id).await.unwrap().len() as i64;
        for _ in there..PEOPLE_MAX {
            let (of, id) = (shop.id.0, Uuid::now_v7());
            match server.db() {
                Db::Sqlite { writer, .. } => drop(sqlx::query(ADD).bind(of).bind(id).execute(writer).await.unwrap()),
                Db::Postgres(pool) => drop(sqlx::query(ADD).bind(of).bind(id).execute(pool).await.unwrap()),
            }
        }
    });
}
