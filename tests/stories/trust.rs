//! G13, G14: who may do what, and what is on the disk.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop, tamper},
};
use comptoir::{
    domain::{Expense, ExpenseId, InstallationId, Label, Money, Note, Product, ProductId, SaleId},
    server::{check, device, enrol, pull, push, screens},
    sync::{Body, Refusal, Verdict, engine, mutation::*, verdict::Quarantine, wire::*},
};

stories!(
    revoked_phone_with_queue,
    a_clone_that_was_revoked_hands_in,
    other_shop_sees_nothing,
    an_employee_may_sell_and_not_edit,
    an_employee_undoes_what_is_their_own_and_an_owner_everything,
    acknowledged_is_durable,
    purchase_prices_reach_only_owners_phones,
    a_phone_hears_its_name_and_whether_it_holds_purchase_prices,
    of_very_many_phones_the_last_are_told_and_the_one_that_asks,
    absurd_values_have_no_effect,
);

async fn revoked_phone_with_queue(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.employee).await;
    phone.sell(rice, 1);
    let id = phone.device().meta.installation.unwrap().id;
    enrol::revoke(&test.db, shop.id, id, shop.now_ms).await.unwrap();
    phone.session.as_mut().unwrap().revoked = true;
    let answers = phone.push().await;
    assert!(
        matches!(answers[0].verdict, Verdict::Quarantined { why: Quarantine::RevokedInstallation, .. }),
        "{answers:?}"
    );
    assert_eq!(phone.parked().len(), 1);
    let mut other = shop.phone(shop.owner).await;
    other.synchronise().await;
    assert_eq!(other.stock(rice), 5);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// G14 and G20 at once: the copy must renumber before its queue can be kept for the owner.
async fn a_clone_that_was_revoked_hands_in(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    let old = phone.device().meta.installation.unwrap();
    phone.sell(rice, 1);
    enrol::revoke(&test.db, shop.id, old.id, shop.now_ms).await.unwrap();
    let request = ForkRequest {
        installation: old.id,
        secret: old.secret.clone(),
        new_installation: InstallationId(uuid::Uuid::now_v7()),
        new_secret: "cd".repeat(32),
    };
    let forked = enrol::fork(&test.db, &request, shop.now_ms).await.unwrap();
    assert_eq!(enrol::fork(&test.db, &request, shop.now_ms).await.unwrap(), forked);
    assert!(forked.people.is_empty(), "a revoked phone reads nothing");
    let (id, secret) = (request.new_installation, request.new_secret);
    let new = engine::Installation { id, secret, prefix: forked.prefix, ..old };
    phone.memory.commit(&engine::fork(&phone.device(), &new)).unwrap();
    phone.epoch = phone.device().meta.epoch;
    phone.sign_in(shop.owner).await;
    assert!(phone.session.unwrap().revoked, "it is no way back into the shop");
    let answers = phone.push().await;
    let why = Quarantine::RevokedInstallation;
    assert!(matches!(&answers[0].verdict, Verdict::Quarantined { why: told, .. } if *told == why), "{answers:?}");
}

async fn other_shop_sees_nothing(test: TestDb) {
    let (ours, theirs) = (Shop::new(test.db.clone()).await, Shop::new(test.db.clone()).await);
    let rice = ours.product("Riz", 5).await;
    let mut thief = theirs.phone(theirs.owner).await;
    thief.sell(rice, 1);
    let answers = thief.push().await;
    assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::Unknown { .. }, .. }), "{answers:?}");
    // A mutation that claims to come from our phone.
    let mut phone = ours.phone(ours.owner).await;
    phone.sell(rice, 1);
    let mut request = phone.plan().unwrap();
    request.installation = thief.session.unwrap().installation;
    assert!(push::push(&test.db, &thief.session.unwrap(), request, ours.now_ms).await.is_err());
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 4);
}

async fn an_employee_may_sell_and_not_edit(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.employee).await;
    phone.sell(rice, 1);
    phone.queue(Body::RetireProduct(RetireProduct { product: rice }));
    let answers = phone.push().await;
    let applied: Vec<bool> = answers.iter().map(|answer| answer.verdict.is_applied()).collect();
    let refused =
        answers.iter().any(|answer| matches!(answer.verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. }));
    assert!(refused && applied.contains(&true), "{answers:?}");
}

async fn an_employee_undoes_what_is_their_own_and_an_owner_everything(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut owner, mut employee) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let (of_owner, of_employee) = (sell_and_pay(&mut owner, rice), sell_and_pay(&mut employee, rice));
    owner.synchronise().await;
    employee.synchronise().await;
    assert_eq!(employee.stock(rice), 8);
    for void in voids(of_owner) {
        employee.queue(void);
        let answers = employee.push().await;
        let refused = matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. });
        assert!(refused, "{answers:?}");
    }
    employee.synchronise().await;
    let expenses = |phone: &Phone| phone.rows::<ExpenseRow>(Kind::Expense).len();
    assert_eq!((employee.stock(rice), expenses(&employee)), (8, 2), "the owner's stand");
    let own = sell_and_pay(&mut employee, rice);
    for (phone, made) in [(&mut employee, vec![own]), (&mut owner, vec![of_employee, of_owner])] {
        phone.synchronise().await;
        for void in made.into_iter().flat_map(voids) {
            phone.queue(void);
            let answers = phone.push().await;
            assert!(answers[0].verdict.is_applied(), "{answers:?}");
        }
    }
    owner.synchronise().await;
    assert_eq!((owner.stock(rice), expenses(&owner)), (10, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

fn sell_and_pay(phone: &mut Phone, of: ProductId) -> (SaleId, ExpenseId) {
    let expense = Expense {
        id: ExpenseId(uuid::Uuid::now_v7()),
        kind: Label::new("Transport").unwrap(),
        amount: Money::new(5_000).unwrap(),
        note: Note::new("").unwrap(),
    };
    let made = expense.id;
    phone.queue(Body::RecordExpense(RecordExpense { expense, day: None }));
    let Ok(Body::RecordSale(record)) = phone.sell(of, 1).read() else { panic!() };
    (record.sale.id, made)
}

fn voids((sale, expense): (SaleId, ExpenseId)) -> [Body; 2] {
    let reason = Note::new("erreur").unwrap();
    [Body::VoidSale(VoidSale { sale, reason: reason.clone() }), Body::VoidExpense(VoidExpense { expense, reason })]
}

async fn acknowledged_is_durable(test: TestDb) {
    let (journal, synchronous) = test.db.durability().await.unwrap();
    let expected = if test.db.is_sqlite() { ("wal", "2") } else { ("on", "on") };
    assert_eq!((journal.as_str(), synchronous.as_str()), expected);
}

/// By every way a product travels; over the stream in `tests/http/events.rs`.
async fn purchase_prices_reach_only_owners_phones(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let cursor = phone.device().shown().unwrap().cursor;
    let rice = shop.product("Riz", 5).await;
    phone.synchronise().await;
    // Two prices wanted at once: what they clash on is a purchase price too.
    let priced = |phone: &mut Phone, price: i64| {
        phone.edit(rice, |seen| Product { purchase_price: Some(Money::new(price).unwrap()), ..seen.clone() });
    };
    let mut other = shop.phone(shop.owner).await;
    priced(&mut phone, 601);
    priced(&mut other, 602);
    phone.synchronise().await;
    other.synchronise().await;
    let mut session = phone.session.unwrap();
    for holds_costs in [true, false] {
        session.holds_costs = holds_costs;
        let pulled = async |from| {
            let request =
                PullRequest { protocol: PROTOCOL, installation: session.installation, app: "test".into(), from };
            serde_json::to_string(&pull::pull(&test.db, &session, request, shop.now_ms).await.unwrap()).unwrap()
        };
        let pushed = PushRequest {
            protocol: PROTOCOL,
            installation: session.installation,
            app: "test".into(),
            cursor: Some(cursor),
            made: 0,
            waiting: 0,
            mutations: Vec::new(),
        };
        let pushed = push::push(&test.db, &session, pushed, shop.now_ms).await.unwrap();
        assert!(matches!(pushed.page, Some(Pulled::Page(_))), "{pushed:?}");
        let first = screens::products(&test.db, &session, "riz").await.unwrap();
        for (way, text) in [
            ("the start", pulled(From::Start { position: None }).await),
            ("the changes", pulled(From::Changes { cursor }).await),
            ("the page after a push", serde_json::to_string(&pushed).unwrap()),
            ("the first page", serde_json::to_string(&first).unwrap()),
        ] {
            assert!(text.contains("Riz"), "{way}: {text}");
            assert_eq!(text.contains("purchase_price"), holds_costs, "{way}: {text}");
        }
    }
}

async fn a_phone_hears_its_name_and_whether_it_holds_purchase_prices(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (owner, mut phone) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    let session = owner.session.unwrap();
    let ask = async |act| {
        let request = DeviceRequest { protocol: PROTOCOL, installation: session.installation, act };
        device::answer(&test.db, &session, request, shop.now_ms).await.unwrap();
    };
    let device = phone.device().meta.installation.unwrap().id;
    for holds_costs in [false, true] {
        ask(DeviceAct::Costs { device, holds_costs }).await;
        phone.sell(rice, 1); // what waits goes first
        phone.look_up_session().await;
        phone.synchronise().await;
        assert_eq!(phone.product(rice).purchase_price.is_some(), holds_costs);
        assert_eq!(phone.device().meta.installation.unwrap().holds_costs, holds_costs);
        assert_eq!((phone.device().meta.read_anew, phone.device().meta.loading), (None, None));
    }
    ask(DeviceAct::Rename { device, name: Label::new("Bureau").unwrap() }).await;
    phone.synchronise().await;
    assert_eq!(phone.device().meta.installation.unwrap().name, "Bureau");
    // And what the others are called.
    let mut names: Vec<_> = phone.rows::<PhoneRow>(Kind::Phone).into_iter().map(|row| (row.prefix, row.name)).collect();
    names.sort();
    assert_eq!(names, [("A", "Téléphone"), ("B", "Bureau")].map(|(prefix, name)| (prefix.into(), name.into())));
}

async fn of_very_many_phones_the_last_are_told_and_the_one_that_asks(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let first = shop.phone(shop.owner).await;
    for _ in 0..DEVICES_MAX {
        let code = enrol::create_code(&test.db, shop.id, false, shop.now_ms).await.unwrap();
        let installation = InstallationId(uuid::Uuid::now_v7());
        let (secret, name) = ("cd".repeat(32), Label::new("Un de plus").unwrap());
        enrol::enrol(&test.db, &EnrolRequest { code, installation, secret, name }, shop.now_ms).await.unwrap();
    }
    let session = first.session.unwrap();
    let (installation, from) = (session.installation, From::Start { position: None });
    let request = PullRequest { protocol: PROTOCOL, installation, app: "test".into(), from };
    let answer = pull::pull(&test.db, &session, request, shop.now_ms).await.unwrap();
    let Pulled::Start(StartPage { rows, .. }) = answer.pulled else { panic!("{answer:?}") };
    assert_eq!(rows.phones.len(), DEVICES_MAX);
    assert_eq!(rows.phones.iter().filter(|phone| phone.id == installation).count(), 1);
}

async fn absurd_values_have_no_effect(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    let long = "x".repeat(1_000_000);
    let changes: Vec<(&str, serde_json::Value)> = vec![
        ("/sale/lines/0/quantity", (-5).into()),
        ("/sale/lines/0/quantity", 0.into()),
        ("/sale/lines/0/quantity", 2.5.into()),
        ("/sale/lines/0/quantity", i64::MAX.into()),
        ("/sale/lines/0/unit_price", (-1).into()),
        ("/sale/lines/0/unit_price", i64::MAX.into()),
        ("/sale/lines/0/name", "a\u{202e}b".into()),
        ("/sale/lines/0/name", "\u{0}".into()),
        ("/sale/lines/0/name", long.into()),
        ("/sale/lines", serde_json::json!([])),
        ("/sale/tenders", serde_json::json!([])),
        ("/sale/tenders/0/cash/amount", 1.into()),
        ("/sale/receipt", "-".into()),
        ("/sale/id", "not an id".into()),
        ("/sale", serde_json::Value::Null),
    ];
    for (pointer, value) in changes {
        phone.sell(rice, 1);
        let mut request = phone.plan().unwrap();
        request.mutations.retain(|mutation| mutation.kind == "record_sale");
        tamper(&mut request.mutations[0], |body| *body.pointer_mut(pointer).unwrap() = value);
        let answer = phone.send(request).await;
        let verdict = &answer.answers[0].verdict;
        assert!(matches!(verdict, Verdict::Refused { refusal: Refusal::Invalid { .. }, .. }), "{pointer}: {verdict:?}");
        phone.receive(&answer);
    }
    let mut other: Phone = shop.phone(shop.owner).await;
    other.synchronise().await;
    assert_eq!(other.stock(rice), 5);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}
