//! Goods on credit, and the money brought for them: one account a name, whichever phone wrote it.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop, is_refused},
};
use comptoir::{
    domain::{Day, Label, Money, Note, ProductId, Repayment, RepaymentId, Sale, Tender, day::DAY_MS, export::File},
    server::{
        check,
        export::{self, Days},
        pull,
    },
    sync::{
        Body, Refusal, Verdict,
        mutation::{RecordRepayment, RecordSale, VoidRepayment, VoidSale},
        view::{Pending, accounts},
        wire::{CustomerRow, From, Kind, PROTOCOL, Past, PullRequest, Pulled, RepaymentRow},
    },
    ui::tables::words,
};
use uuid::Uuid;

stories!(
    two_phones_without_network_write_on_one_account,
    a_voided_sale_and_a_repayment_taken_back_are_not_owed,
    a_refused_sale_is_owed_by_nobody,
    nobody_takes_back_what_another_took,
    a_phone_that_comes_new_reads_every_account,
    a_page_tells_what_was_owed_at_its_end,
    what_was_brought_is_read_and_exported,
);

fn money(gnf: i64) -> Money {
    Money::new(gnf).unwrap()
}

fn on_credit(phone: &mut Phone, of: ProductId, units: i64, customer: &str) -> Sale {
    let mut sale = phone.sale(of, units);
    let (amount, customer) = (sale.total().unwrap(), Label::new(customer).unwrap());
    sale.tenders = vec![Tender::Credit { amount, customer }];
    phone.queue(Body::RecordSale(RecordSale::first(sale.clone())));
    sale
}

fn repay(phone: &mut Phone, customer: &str, gnf: i64) -> RepaymentId {
    let (id, customer, amount) = (RepaymentId(Uuid::now_v7()), Label::new(customer).unwrap(), money(gnf));
    let repayment = Repayment { id, customer, tender: Tender::Cash { amount, given: amount } };
    phone.queue(Body::RecordRepayment(RecordRepayment { repayment }));
    id
}

fn take_back(phone: &mut Phone, repayment: RepaymentId) {
    let reason = Note::new("saisie deux fois").unwrap();
    phone.queue(Body::VoidRepayment(VoidRepayment { repayment, reason }));
}

/// Who owes what, as the phone's screens say it.
fn owed(phone: &Phone) -> Vec<(String, i64)> {
    let repayments: Vec<RepaymentRow> = phone.rows(Kind::Repayment);
    let pending = Pending::of(&phone.device(), |_| None, |_, _| 0);
    let all = accounts(phone.rows::<CustomerRow>(Kind::Customer), &repayments, &pending);
    all.into_iter().map(|account| (account.customer.to_string(), account.owed_gnf)).collect()
}

fn owes(name: &str, gnf: i64) -> Vec<(String, i64)> {
    vec![(name.to_owned(), gnf)]
}

async fn two_phones_without_network_write_on_one_account(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 50).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let price = on_credit(&mut one, rice, 1, "Mamadou Diallo").total().unwrap().get();
    on_credit(&mut two, rice, 2, "MAMADOU DIALLO");
    repay(&mut two, "mamadou diallo", 500);
    assert_eq!((owed(&one), owed(&two)), (owes("Mamadou Diallo", price), owes("MAMADOU DIALLO", 2 * price - 500)));
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
    }
    one.synchronise().await;
    // As who came first wrote it.
    for phone in [&one, &two] {
        assert_eq!(owed(phone), owes("Mamadou Diallo", 3 * price - 500));
    }
    assert_eq!(two.rows::<RepaymentRow>(Kind::Repayment).len(), 1);
    // Sent once more, as after an answer that was lost, it is brought once.
    repay(&mut one, "Mamadou Diallo", 100);
    let request = one.plan().unwrap();
    one.send(request.clone()).await;
    let again = one.send(request).await;
    assert!(again.answers[0].replayed);
    one.receive(&again);
    two.synchronise().await;
    one.synchronise().await;
    assert_eq!(
        (owed(&one), owed(&two)),
        (owes("Mamadou Diallo", 3 * price - 600), owes("Mamadou Diallo", 3 * price - 600))
    );
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_voided_sale_and_a_repayment_taken_back_are_not_owed(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 50).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let sale = on_credit(&mut one, rice, 1, "Awa");
    let price = sale.total().unwrap().get();
    on_credit(&mut one, rice, 2, "Awa");
    let repaid = repay(&mut one, "Awa", 700);
    one.synchronise().await;
    take_back(&mut one, repaid);
    // Before the server has heard of it, and after.
    assert_eq!(owed(&one), owes("Awa", 3 * price));
    one.queue(Body::VoidSale(VoidSale { sale: sale.id, reason: Note::new("rendu").unwrap() }));
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!(owed(phone), owes("Awa", 2 * price));
        assert_eq!(phone.rows::<RepaymentRow>(Kind::Repayment), []);
    }
    // Nothing is taken back twice.
    take_back(&mut one, repaid);
    let answers = one.push().await;
    assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::AlreadyVoided, .. }), "{answers:?}");
    // Who brings more than they owe is owed it.
    repay(&mut two, "Awa", 2 * price + 50);
    two.synchronise().await;
    assert_eq!(owed(&two), owes("Awa", -50));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_refused_sale_is_owed_by_nobody(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let price = on_credit(&mut one, rice, 5, "Awa").total().unwrap().get();
    on_credit(&mut two, rice, 5, "Binta");
    one.synchronise().await;
    let answers = two.push().await;
    assert!(is_refused(&answers[0]));
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!(owed(phone), owes("Awa", price));
    }
    // Money in hand for one who owes nothing is no fault of theirs.
    repay(&mut one, "Binta", 100);
    one.synchronise().await;
    assert_eq!(owed(&one), [("Awa".to_owned(), price), ("Binta".to_owned(), -100)]);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn nobody_takes_back_what_another_took(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut owner, mut seller) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let owners = repay(&mut owner, "Awa", 700);
    let sellers = repay(&mut seller, "Awa", 50);
    for phone in [&mut owner, &mut seller] {
        phone.synchronise().await;
    }
    take_back(&mut seller, owners);
    let answers = seller.push().await;
    assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. }), "{answers:?}");
    take_back(&mut owner, sellers);
    take_back(&mut owner, RepaymentId(Uuid::now_v7()));
    let answers = owner.push().await;
    assert!(answers[0].verdict.is_applied(), "{answers:?}");
    assert!(matches!(answers[1].verdict, Verdict::Refused { refusal: Refusal::Unknown { .. }, .. }), "{answers:?}");
    for phone in [&mut owner, &mut seller] {
        phone.synchronise().await;
        assert_eq!(owed(phone), owes("Awa", -700));
    }
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_phone_that_comes_new_reads_every_account(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5_000).await;
    let mut phone = shop.phone(shop.owner).await;
    // More accounts than one page has room for beside the rest.
    for n in 0..30 {
        on_credit(&mut phone, rice, 1, &format!("Client {n:02}"));
        if n % 3 == 0 {
            repay(&mut phone, &format!("client {n:02}"), 10);
        }
    }
    phone.synchronise().await;
    let new = shop.phone(shop.employee).await;
    assert_eq!(owed(&new), owed(&phone));
    assert_eq!((owed(&new).len(), new.rows::<RepaymentRow>(Kind::Repayment).len()), (30, 10));
}

/// Day by day for who asks, and as an operator's file.
async fn what_was_brought_is_read_and_exported(test: TestDb) {
    let mut shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let first = Day::of_ms(shop.now_ms);
    repay(&mut phone, "Awa", 700);
    let taken = repay(&mut phone, "Binta; Bah", 50);
    take_back(&mut phone, taken);
    phone.synchronise().await;
    shop.now_ms += 40 * DAY_MS;
    phone.now_ms = shop.now_ms;
    phone.sign_in(shop.owner).await;
    repay(&mut phone, "Awa", 300);
    phone.synchronise().await;
    let last = Day(first.0 + 40);
    let past = |day: Day| From::Past(Past::Days { kind: Kind::Repayment, first: day, last: day, after: None });
    let ask = async |day: Day| {
        let installation = phone.session.unwrap().installation;
        let request = PullRequest { protocol: PROTOCOL, installation, app: "test".into(), from: past(day) };
        let answer = pull::pull(&test.db, &phone.session.unwrap(), request, shop.now_ms).await.unwrap();
        let Pulled::Past(page) = answer.pulled else { panic!("{answer:?}") };
        let sums = page.rows.repayments.iter().map(|row| row.repayment.tender.amount().get());
        (sums.collect::<Vec<_>>(), page.earlier)
    };
    assert_eq!(ask(last).await, (vec![300], Some(first)));
    assert_eq!(ask(first).await, (vec![700], None));
    let exported = async |days: Days| {
        let mut bytes = Vec::new();
        export::write(&test.db, shop.id, &words(), File::Repayments, days, &mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let body = text.strip_prefix(&words().headings(File::Repayments, true)).unwrap().to_owned();
        body.lines().map(|line| line.split(';').skip(1).collect::<Vec<_>>().join(";")).collect::<Vec<_>>()
    };
    let (late, early) = ("Awa;300;0;;Mariama;Confirmé", "Awa;700;0;;Mariama;Confirmé");
    assert_eq!(exported(Days::default()).await, [late, early]);
    assert_eq!(exported(Days { first: None, last: Some(first) }).await, [early]);
}

/// As with stock: what changed again behind the page's end is in it as it was (G2).
async fn a_page_tells_what_was_owed_at_its_end(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 50).await;
    let (mut one, two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let price = on_credit(&mut one, rice, 1, "Awa").total().unwrap().get();
    on_credit(&mut one, rice, 2, "Awa");
    on_credit(&mut one, rice, 4, "Awa");
    one.synchronise().await;
    let (session, mut cursor) = (two.session.unwrap(), two.device().meta.held.unwrap().cursor);
    for owed in [1, 3, 7] {
        // A sale, its movement and its customer: a page of three rows is one sale.
        let pulled = pull::changes_since(&test.db, &session, cursor, 3).await.unwrap();
        let Pulled::Page(page) = pulled else { panic!("{pulled:?}") };
        let sums: Vec<i64> = page.rows.customers.iter().map(|row| row.owed_gnf).collect();
        assert_eq!((page.rows.sales.len(), sums), (1, vec![owed * price]));
        cursor.change = page.to;
    }
}
