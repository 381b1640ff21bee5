//! What an owner lets the shop do: everybody's phone follows, and so does the server.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop},
};
use comptoir::{
    domain::{
        self, AdjustReason, Cause, Key, Money, Note, Rules, Sale,
        quantity::Delta,
        shop::{AnswerWait, Banknotes, StockCheck},
    },
    server::check,
    sync::{
        Body, Refusal, Verdict, decide, engine, merge,
        mutation::{AdjustStock, Became, Edited, ReceiveStock, ReceivedLine, RecordSale, SettleRefusal},
        view::{Doubt, doubt},
        wire::{ClashRow, Kind, RefusedRow, SaleRow},
    },
};

stories!(
    rules_reach_every_phone_and_are_an_owners,
    two_owners_change_different_rules_and_both_stand,
    sales_beyond_the_stock_are_kept_and_to_be_counted,
    a_rule_and_the_sales_it_lets_through_come_in_one_batch,
    a_refused_sale_goes_again_by_itself_when_goods_come,
    employees_decide_and_count_where_they_are_let,
    a_sale_beyond_what_its_phone_knew_is_marked_on_every_phone,
    banknotes_reach_every_phone_and_two_choices_clash,
);

fn rules(phone: &Phone) -> Rules {
    phone.device().rules()
}

fn change(phone: &mut Phone, change: impl FnOnce(&mut Rules)) -> Vec<Key> {
    let seen = phone.device().shop().unwrap();
    let mut wanted = seen.clone();
    change(&mut wanted.rules);
    let edits = merge::between_shops(&seen, &wanted).into_iter();
    edits.map(|edit| phone.queue(Body::EditShop(edit)).key).collect()
}

async fn rules_reach_every_phone_and_are_an_owners(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut owner, mut employee) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    assert_eq!(engine::worth_waiting(&owner.device(), true), Some(engine::SALE_ANSWER_WAIT_MS));

    change(&mut owner, |rules| rules.answer_wait = AnswerWait::new(0).unwrap());
    assert_eq!(engine::worth_waiting(&owner.device(), true), None, "from the tap on, here");
    owner.synchronise().await;
    employee.synchronise().await;
    assert_eq!(engine::worth_waiting(&employee.device(), true), None);

    let refused = change(&mut employee, |rules| rules.stock_check = StockCheck::Warn);
    employee.synchronise().await;
    let parked = employee.parked();
    assert_eq!((parked.len(), parked[0].mutation.key), (1, refused[0]));
    assert!(matches!(parked[0].verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. }));
    assert_eq!(rules(&employee).stock_check, StockCheck::Enforce);
    // One that reads the shop anew hears of them too.
    assert_eq!(rules(&shop.phone(shop.employee).await), rules(&owner));
}

async fn two_owners_change_different_rules_and_both_stand(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    change(&mut one, |rules| rules.employees_count = true);
    change(&mut two, |rules| rules.retry_automatically = true);
    // The same rule to two values: a person says.
    change(&mut one, |rules| rules.answer_wait = AnswerWait::new(10).unwrap());
    let clashes = change(&mut two, |rules| rules.answer_wait = AnswerWait::new(30).unwrap());
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
    }
    one.synchronise().await;
    assert!(rules(&one).employees_count && rules(&one).retry_automatically);
    assert_eq!((rules(&one), rules(&one).answer_wait.ms()), (rules(&two), 10_000));

    let parked = two.parked();
    let Verdict::Conflict { fields, .. } = &parked[0].verdict else { panic!("{parked:?}") };
    assert_eq!((parked[0].mutation.key, fields[0].field.as_str()), (clashes[0], "answer_wait"));
    let settled = merge::settled(Edited::Shop, clashes[0], fields, &[fields[0].mine.clone()]).unwrap();
    two.decide(clashes[0], Some(settled));
    two.synchronise().await;
    one.synchronise().await;
    assert_eq!(rules(&one).answer_wait.ms(), 30_000);
}

async fn sales_beyond_the_stock_are_kept_and_to_be_counted(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 3).await;
    let mut phone = shop.phone(shop.owner).await;
    change(&mut phone, |rules| rules.stock_check = StockCheck::Warn);
    phone.synchronise().await;

    let sold = phone.sell(rice, 5);
    phone.synchronise().await;
    assert_eq!((phone.parked().len(), phone.confirmed_stock(rice)), (0, 0));
    let Ok(Body::RecordSale(RecordSale { sale, .. })) = sold.read() else { unreachable!() };
    let moves = phone.movements(rice);
    let last: Vec<_> = moves[1..].iter().map(|row| (row.cause.clone(), row.delta, row.stock_after)).collect();
    assert_eq!(last, [(Cause::Unchecked { sale: sale.id }, 2, 5), (Cause::Sale { sale: sale.id }, -5, 0)]);
    assert_eq!(doubt(&moves), Some(Doubt::Unchecked { units: 2 }));
    assert_eq!(check::check(&test.db).await.unwrap(), []);

    // Somebody looks at the shelf.
    phone.count(rice, 1);
    phone.synchronise().await;
    assert_eq!((doubt(&phone.movements(rice)), phone.confirmed_stock(rice)), (None, 1));
    // An adjustment is no sale: it cannot take what is not there.
    let takes = Body::AdjustStock(AdjustStock {
        product: rice,
        delta: Delta::new(-2).unwrap(),
        reason: AdjustReason::Loss,
        note: Note::default(),
    });
    phone.queue(takes);
    phone.synchronise().await;
    assert_eq!((phone.parked().len(), phone.confirmed_stock(rice)), (1, 1));
}

/// Turned on without network, before the sales it is meant for: they are judged by it.
async fn a_rule_and_the_sales_it_lets_through_come_in_one_batch(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (rice, soap) = (shop.product("Riz", 1).await, shop.product("Savon", 5).await);
    let mut phone = shop.phone(shop.owner).await;
    change(&mut phone, |rules| rules.stock_check = StockCheck::Warn);
    phone.sell(rice, 2);
    phone.sell(soap, 5);
    let answers = phone.push().await;
    assert!(answers.len() == 3 && answers.iter().all(|answer| answer.verdict.is_applied()), "{answers:?}");
    change(&mut phone, |rules| rules.stock_check = StockCheck::Enforce);
    phone.sell(soap, 1);
    let answers = phone.push().await;
    assert!(matches!(answers[1].verdict, Verdict::Refused { .. }), "{answers:?}");
    phone.synchronise().await;
    assert_eq!((phone.confirmed_stock(rice), phone.confirmed_stock(soap)), (0, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_refused_sale_goes_again_by_itself_when_goods_come(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 3).await;
    let (mut owner, mut seller) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let refused = seller.sell(rice, 5).key;
    seller.synchronise().await;
    let next = |phone: &Phone| engine::next_retry(&phone.device(), &phone.parked(), |id| phone.stock(id));
    let delivery = || {
        let lines = vec![ReceivedLine { product: rice, quantity: comptoir::domain::Quantity::new(2).unwrap() }];
        Body::ReceiveStock(ReceiveStock { lines, note: Note::default() })
    };
    owner.queue(delivery());
    owner.synchronise().await;
    seller.synchronise().await;
    assert_eq!(next(&seller), None, "nobody asked for it");

    change(&mut owner, |rules| rules.retry_automatically = true);
    owner.synchronise().await;
    seller.synchronise().await;
    let (key, body) = next(&seller).unwrap();
    assert_eq!(key, refused);
    let unseen = seller.parked().into_iter().map(|parked| engine::Parked { without_receipt: true, ..parked });
    assert_eq!(engine::next_retry(&seller.device(), &unseen.collect::<Vec<_>>(), |_| 9), None, "a person knows");
    seller.decide(refused, Some(body));
    assert_eq!(next(&seller), None, "once");
    seller.synchronise().await;
    assert_eq!((seller.parked().len(), seller.confirmed_stock(rice)), (0, 0));

    // What is short again waits for goods again.
    let refused = seller.sell(rice, 4).key;
    seller.synchronise().await;
    assert_eq!((next(&seller), seller.parked()[0].mutation.key), (None, refused));
}

async fn employees_decide_and_count_where_they_are_let(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 3).await;
    let (mut owner, mut employee) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let sold = owner.sell(rice, 5);
    owner.synchronise().await;
    let Ok(Body::RecordSale(record)) = sold.read() else { unreachable!() };
    let refusal = match &owner.parked()[0].verdict {
        Verdict::Refused { refusal, .. } => refusal.clone(),
        other => panic!("{other:?}"),
    };
    employee.synchronise().await;
    let keep = || {
        let corrections = decide::corrections(&record.sale, &refusal, |_| 3);
        Body::RecordSale(RecordSale { corrections, ..RecordSale::again(record.sale.clone(), sold.key) })
    };
    employee.queue(keep());
    employee.count(rice, 2);
    let cancel = SettleRefusal { refused: sold.key, became: Became::Cancelled };
    employee.queue(Body::SettleRefusal(cancel));
    let answers = employee.push().await;
    let not_allowed = |verdict: &Verdict| matches!(verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. });
    assert!(answers.len() == 3 && answers.iter().all(|answer| not_allowed(&answer.verdict)), "{answers:?}");

    change(&mut owner, |rules| {
        rules.employees_decide = true;
        rules.employees_count = true;
    });
    owner.synchronise().await;
    employee.synchronise().await;
    employee.queue(keep());
    employee.count(rice, 4);
    let answers = employee.push().await;
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer.verdict.is_applied()), "{answers:?}");
}

async fn a_sale_beyond_what_its_phone_knew_is_marked_on_every_phone(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 3).await;
    let (mut owner, mut employee) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let sell = |phone: &mut Phone, units| {
        let sale = Sale { beyond_stock: true, ..phone.sale(rice, units) };
        phone.queue(Body::RecordSale(RecordSale::first(sale)));
    };
    // More came in than its phone had heard of, and then not enough.
    sell(&mut employee, 2);
    sell(&mut employee, 4);
    employee.synchronise().await;
    owner.synchronise().await;
    let sold: Vec<_> = owner.rows::<SaleRow>(Kind::Sale).iter().map(|row| row.sale.beyond_stock).collect();
    let refused: Vec<_> = owner.rows::<RefusedRow>(Kind::Refused).iter().map(|row| row.sale.beyond_stock).collect();
    assert_eq!((sold, refused), (vec![true], vec![true]));

    // A phone that comes new reads the same.
    let mut new = shop.phone(shop.owner).await;
    new.synchronise().await;
    assert_eq!(new.rows::<SaleRow>(Kind::Sale), owner.rows::<SaleRow>(Kind::Sale));
}

async fn banknotes_reach_every_phone_and_two_choices_clash(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    let notes = |gnf: &[i64]| Banknotes::new(gnf.iter().map(|gnf| Money::new(*gnf).unwrap()).collect()).unwrap();
    let wants = |phone: &mut Phone, gnf: &[i64]| {
        let seen = phone.device().shop().unwrap();
        for edit in merge::between_shops(&seen, &domain::Shop { banknotes: notes(gnf), ..seen.clone() }) {
            phone.queue(Body::EditShop(edit));
        }
    };
    wants(&mut one, &[1_000, 2_000]);
    wants(&mut two, &[500]);
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
    }
    one.synchronise().await;
    let offered = |phone: &Phone| phone.device().shop().unwrap().banknotes;
    // What clashed shows as it was left on its own phone, until somebody settles it.
    assert_eq!(offered(&one), notes(&[1_000, 2_000]));
    let [clash]: [ClashRow; 1] = two.rows(Kind::Clash).try_into().expect("one clash");
    let settled = merge::settled(Edited::Shop, clash.key, &clash.fields, &[serde_json::json!([500])]).unwrap();
    one.queue(settled);
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!((offered(phone), phone.parked()), (notes(&[500]), vec![]));
    }
    assert_eq!(offered(&shop.phone(shop.employee).await), notes(&[500]));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}
