//! G12, G16, G17, G18: the server has the last word on stock.

use crate::{
    database::{TestDb, stories},
    phone::{PRICE, Phone, Shop, is_refused, product},
};
use comptoir::{
    domain::*,
    server::{check, jobs},
    sync::{
        Body, Mutation, Refusal, Verdict, engine,
        engine::Settled,
        merge,
        mutation::*,
        verdict::What,
        wire::{CustomerRow, RefusedRow},
    },
};
use uuid::Uuid;

stories!(
    last_five_sold_twice,
    received_then_sold_offline,
    sold_before_its_product_synced,
    refused_within_the_wait_is_rolled_back,
    rolled_back_and_sold_by_a_copy_is_voided,
    rolled_back_before_it_came_is_refused,
    refused_late_is_parked_and_settled,
    a_refused_sale_is_tried_again,
    a_retry_that_is_refused_leaves_one_decision,
    edit_price_while_it_sells,
    one_product_edited_on_two_phones,
    a_void_brings_goods_back_once,
    voiding_a_refused_sale_settles_it,
    every_short_line_is_told,
    two_servers_on_one_database,
);

/// Sixteen clients at once; the rounds by `ROUNDS`.
async fn last_five_sold_twice(test: TestDb) {
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10);
    let shop = Shop::new(test.db.clone()).await;
    let mut phones = Vec::new();
    for _ in 0..16 {
        phones.push(shop.phone(shop.owner).await);
    }
    for round in 0..rounds {
        let rice = shop.product(&format!("Riz {round}"), 5).await;
        let mut requests = Vec::new();
        for mut phone in phones.drain(..) {
            phone.sell(rice, 5);
            requests.push(tokio::spawn(async move {
                let answers = phone.push().await;
                (phone, answers)
            }));
        }
        let mut applied = 0;
        for request in requests {
            let (phone, answers) = request.await.unwrap();
            applied += answers.iter().filter(|answer| answer.verdict.is_applied()).count();
            phones.push(phone);
        }
        assert_eq!(applied, 1, "round {round}");
        for phone in &mut phones {
            phone.synchronise().await;
            assert_eq!(phone.stock(rice), 0, "round {round}");
        }
    }
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn received_then_sold_offline(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 0).await;
    let mut phone = shop.phone(shop.owner).await;
    let lines = vec![ReceivedLine { product: rice, quantity: Quantity::new(5).unwrap() }];
    phone.queue(Body::ReceiveStock(ReceiveStock { lines, note: Note::new("").unwrap() }));
    phone.sell(rice, 5);
    assert_eq!(phone.stock(rice), 0);
    let answers = phone.push().await;
    assert!(answers.iter().all(|answer| answer.verdict.is_applied()), "{answers:?}");
    assert_eq!(phone.confirmed_stock(rice), 0);
}

async fn sold_before_its_product_synced(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let bread = product("Pain");
    let id = bread.id;
    phone.queue(Body::CreateProduct(CreateProduct { product: bread, opening_units: Units::new(3).unwrap() }));
    phone.sell(id, 2);
    phone.synchronise().await;
    assert_eq!((phone.confirmed_stock(id), phone.parked().len()), (1, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn refused_within_the_wait_is_rolled_back(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    one.sell(rice, 5);
    one.push().await;
    let sale = two.sale(rice, 5);
    let sold = two.queue_waiting(Body::RecordSale(RecordSale::first(sale)), true);
    two.push().await;
    let Settled::Refused(Verdict::Refused { refusal, .. }) = two.ended(sold.key) else {
        panic!("{:?}", two.ended(sold.key))
    };
    let Refusal::InsufficientStock { lines } = refusal else { panic!("{refusal:?}") };
    assert_eq!((lines[0].available, lines[0].asked, lines[0].name.as_str()), (0, 5, "Riz"));
    let tx = engine::roll_back(&two.device(), sold.key, Key(Uuid::new_v4()), two.now_ms).unwrap();
    two.memory.commit(&tx).unwrap();
    two.synchronise().await;
    assert_eq!((two.stock(rice), two.parked().len()), (0, 0));
    // The others never hear of it, not even after a minute.
    jobs::publish_refusals(&test.db, shop.now_ms + 120_000).await.unwrap();
    one.synchronise().await;
    assert!(one.memory.scan(engine::Store::Confirmed, "0/refused/").is_empty());
}

/// Seed 902662: a phone had its cart back, the server was set back to before it refused, and a copy of the phone sold it
/// after all.
async fn rolled_back_and_sold_by_a_copy_is_voided(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut phone, mut other) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let customer = Label::new("Aïssatou").unwrap();
    let amount = Money::new(PRICE * 2).unwrap();
    let sale = Sale { tenders: vec![Tender::Credit { amount, customer }], ..phone.sale(rice, 2) };
    let sold = phone.queue(Body::RecordSale(RecordSale::first(sale)));
    phone.synchronise().await;
    let no_goods_left = || Body::SettleRefusal(SettleRefusal { refused: sold.key, became: Became::RolledBack });
    // It is another phone's to say only where an owner says it.
    other.queue(no_goods_left());
    let answers = other.push().await;
    assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. }), "{answers:?}");
    phone.queue(no_goods_left());
    phone.queue(no_goods_left());
    let answers = phone.push().await;
    assert!(answers.iter().all(|answer| answer.verdict.is_applied()), "{answers:?}");
    for phone in [&mut phone, &mut other] {
        phone.synchronise().await;
        assert_eq!((phone.stock(rice), phone.parked().len()), (5, 0));
    }
    let customers = other.memory.scan(engine::Store::Confirmed, "0/customer/");
    let owed: Vec<CustomerRow> = customers.iter().map(|(_, row)| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(owed.iter().map(|row| row.owed_gnf).collect::<Vec<_>>(), [0]);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// The same, where the copy comes later.
async fn rolled_back_before_it_came_is_refused(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.employee).await;
    let sold = phone.sell(rice, 2);
    let no_goods_left = SettleRefusal { refused: sold.key, became: Became::RolledBack };
    let mut copy = shop.phone(shop.employee).await;
    copy.queue(Body::SettleRefusal(no_goods_left.clone()));
    copy.queue(Body::SettleRefusal(SettleRefusal { became: Became::Cancelled, ..no_goods_left.clone() }));
    let answers = copy.push().await;
    assert!(answers[0].verdict.is_applied(), "{answers:?}");
    let unknown = Refusal::Unknown { what: What::Refusal };
    assert!(matches!(&answers[1].verdict, Verdict::Refused { refusal, .. } if *refusal == unknown), "{answers:?}");
    let answers = phone.push().await;
    assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::AlreadySettled, .. }), "{answers:?}");
    phone.synchronise().await;
    assert_eq!((phone.stock(rice), phone.parked().len()), (5, 1)); // who has the receipt decides
    phone.decide(
        sold.key,
        Some(Body::SettleRefusal(SettleRefusal { became: Became::Cancelled, ..no_goods_left.clone() })),
    );
    phone.synchronise().await;
    // What was cancelled did not leave the shop either: no contradiction, and the word is kept by its phone.
    copy.queue(Body::SettleRefusal(no_goods_left.clone()));
    let answers = copy.push().await;
    assert!(answers[0].verdict.is_applied(), "{answers:?}");
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn refused_late_is_parked_and_settled(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    one.sell(rice, 5);
    one.push().await;
    let sold = two.sell(rice, 5);
    two.synchronise().await;
    assert!(matches!(two.ended(sold.key), Settled::Parked(_)));
    assert_eq!(two.stock(rice), 0);
    one.synchronise().await;
    assert_eq!(one.memory.scan(engine::Store::Confirmed, "0/refused/").len(), 1);
    // The owner settles it on the other phone.
    one.queue(Body::SettleRefusal(SettleRefusal { refused: sold.key, became: Became::Cancelled }));
    one.synchronise().await;
    two.synchronise().await;
    assert_eq!(two.parked(), []);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// "Try again" of a parked sale, as its screen does it.
fn try_again(phone: &mut Phone, sold: &Mutation) -> Mutation {
    let Ok(Body::RecordSale(RecordSale { sale, .. })) = sold.read() else { panic!() };
    let stored = phone.memory.get(engine::Store::Parked, &sold.key.to_string()).unwrap().to_owned();
    let body = Body::RecordSale(RecordSale::again(sale, sold.key));
    let queueing = engine::Queueing { key: Key(Uuid::new_v4()), body, now_ms: phone.now_ms, wait: false };
    let (tx, retry) = engine::dismiss(&phone.device(), sold.key, &stored, Some(queueing)).unwrap();
    phone.memory.commit(&tx).unwrap();
    retry.unwrap()
}

async fn a_refused_sale_is_tried_again(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 2).await;
    let mut phone = shop.phone(shop.owner).await;
    let sold = phone.sell(rice, 5);
    phone.synchronise().await;
    let lines = vec![ReceivedLine { product: rice, quantity: Quantity::new(10).unwrap() }];
    phone.queue(Body::ReceiveStock(ReceiveStock { lines, note: Note::new("").unwrap() }));
    try_again(&mut phone, &sold);
    phone.synchronise().await;
    assert_eq!((phone.stock(rice), phone.parked().len()), (7, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// Refused, tried again, refused again, twice: one decision at every moment, on both phones; and it can be settled.
async fn a_retry_that_is_refused_leaves_one_decision(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 2).await;
    let (mut phone, mut other) = (shop.phone(shop.employee).await, shop.phone(shop.owner).await);
    let mut sold = phone.sell(rice, 5);
    phone.synchronise().await;
    for _ in 0..2 {
        sold = try_again(&mut phone, &sold);
        phone.synchronise().await;
        other.synchronise().await;
        assert_eq!(phone.parked().iter().map(|parked| parked.mutation.key).collect::<Vec<_>>(), [sold.key]);
        for seen in [&phone, &other] {
            let rows = seen.memory.scan(engine::Store::Confirmed, "0/refused/");
            let rows = rows.iter().map(|(_, row)| serde_json::from_str::<RefusedRow>(row).unwrap());
            let open: Vec<_> = rows.filter(|row| matches!(row.became, None | Some(Became::Parked))).collect();
            assert_eq!(open.iter().map(|row| row.key).collect::<Vec<_>>(), [sold.key]);
        }
    }
    other.queue(Body::SettleRefusal(SettleRefusal { refused: sold.key, became: Became::Cancelled }));
    other.synchronise().await;
    phone.synchronise().await;
    assert_eq!((phone.parked(), phone.stock(rice)), (Vec::new(), 2));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

fn priced(of: &Product, price: i64) -> Product {
    Product { sale_price: Money::new(price).unwrap(), ..of.clone() }
}

async fn edit_price_while_it_sells(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    one.edit(rice, |rice| priced(rice, 1_200));
    two.sell(rice, 1);
    one.synchronise().await;
    two.synchronise().await;
    assert_eq!((two.product(rice).sale_price.get(), two.stock(rice)), (1_200, 9));
}

/// Different fields both stand, thresholds and barcodes merge, one price wanted two ways is settled by a person.
async fn one_product_edited_on_two_phones(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    let code = |code: &str| Barcode::new(code).unwrap();
    let raised = |rice: &Product, by: i64| Units::new(rice.threshold.get() + by).unwrap();
    let before = one.product(rice);
    one.edit(rice, |rice| Product {
        name: Name::new("Riz étuvé").unwrap(),
        threshold: raised(rice, 5),
        barcodes: vec![code("111")],
        ..priced(rice, 1_200)
    });
    // Edited again before anything is sent: what clashes takes nothing with it that came after.
    two.edit(rice, |rice| Product {
        category: Category::new("Céréales").unwrap(),
        threshold: raised(rice, 3),
        barcodes: vec![code("222")],
        ..priced(rice, 900)
    });
    two.edit(rice, |rice| Product { category: Category::new("Riz").unwrap(), ..rice.clone() });
    one.synchronise().await;
    two.synchronise().await;
    one.synchronise().await;
    let merged = Product {
        name: Name::new("Riz étuvé").unwrap(),
        category: Category::new("Riz").unwrap(),
        threshold: raised(&before, 8),
        barcodes: vec![code("111"), code("222")],
        ..priced(&before, 1_200)
    };
    assert_eq!((one.product(rice), two.product(rice)), (merged.clone(), merged.clone()));

    let [parked] = two.parked().try_into().expect("one clash");
    let engine::Parked { mutation, verdict: Verdict::Conflict { fields, .. }, .. } = parked else {
        panic!("{parked:?}")
    };
    assert_eq!((&fields[0].before, &fields[0].theirs, &fields[0].mine), (&1_000.into(), &1_200.into(), &900.into()));
    let settled = merge::settled(Edited::Product(rice), mutation.key, &fields, &[950.into()]).unwrap();
    two.decide(mutation.key, Some(settled));
    two.synchronise().await;
    one.synchronise().await;
    assert_eq!((one.product(rice), two.product(rice)), (priced(&merged, 950), priced(&merged, 950)));
    assert_eq!(two.parked().len(), 0);
}

async fn a_void_brings_goods_back_once(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    let sold = phone.sell(rice, 4);
    let Ok(Body::RecordSale(record)) = sold.read() else { panic!() };
    let void = Body::VoidSale(VoidSale { sale: record.sale.id, reason: Note::new("erreur").unwrap() });
    phone.queue(void.clone());
    assert_eq!(phone.stock(rice), 10);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 10);
    phone.queue(void);
    let answers = phone.push().await;
    assert!(matches!(&answers[0].verdict, Verdict::Refused { refusal: Refusal::AlreadyVoided, .. }), "{answers:?}");
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn voiding_a_refused_sale_settles_it(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 1).await;
    let mut phone = shop.phone(shop.owner).await;
    let sold = phone.sell(rice, 4);
    let Ok(Body::RecordSale(record)) = sold.read() else { panic!() };
    phone.queue(Body::VoidSale(VoidSale { sale: record.sale.id, reason: Note::new("").unwrap() }));
    let answers = phone.push().await;
    assert!(is_refused(&answers[0]) && answers[1].verdict.is_applied(), "{answers:?}");
    phone.synchronise().await;
    assert_eq!((phone.parked().len(), phone.stock(rice)), (0, 1));
}

async fn every_short_line_is_told(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (rice, oil, soap) =
        (shop.product("Riz", 1).await, shop.product("Huile", 2).await, shop.product("Savon", 9).await);
    let mut phone = shop.phone(shop.owner).await;
    let mut sale = phone.sale(rice, 3);
    for other in [oil, soap] {
        sale.lines.extend(phone.sale(other, 3).lines);
    }
    let amount = sale.total().unwrap();
    sale.tenders = vec![Tender::Cash { amount, given: amount }];
    phone.queue(Body::RecordSale(RecordSale::first(sale)));
    let answers = phone.push().await;
    let Verdict::Refused { refusal: Refusal::InsufficientStock { lines }, .. } = &answers[0].verdict else {
        panic!("{answers:?}")
    };
    let mut told: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.available, line.asked)).collect();
    told.sort();
    assert_eq!(told, [("Huile", 2, 3), ("Riz", 1, 3)]);
    phone.synchronise().await;
    assert_eq!(phone.stock(soap), 9);
}

/// Eight phones at each of two servers of one database sell the last five at once.
async fn two_servers_on_one_database(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let second = comptoir::server::db::open(&test.url).await.unwrap();
    let rice = shop.product("Riz", 5).await;
    let mut selling = Vec::new();
    for n in 0..16 {
        let mut phone = shop.phone(shop.owner).await;
        if n % 2 == 1 {
            phone.db = second.clone();
        }
        phone.sell(rice, 5);
        selling.push(phone);
    }
    let pushes = selling.into_iter().map(|mut phone| tokio::spawn(async move { phone.push().await }));
    let mut applied = 0;
    for push in pushes.collect::<Vec<_>>() {
        applied += push.await.unwrap().iter().filter(|answer| answer.verdict.is_applied()).count();
    }
    assert_eq!(applied, 1);
    assert_eq!(check::check(&second).await.unwrap(), []);
}
