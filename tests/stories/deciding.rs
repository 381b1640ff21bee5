//! G17: what a person makes of a sale that was refused after the customer left.

use crate::{
    database::{TestDb, stories},
    phone::{PRICE, Phone, Shop},
};
use comptoir::{
    domain::{AdjustReason, Cause, Key, Money, ProductId, Quantity, Sale, Taken, Tender},
    server::check,
    sync::{
        Body, Refusal, Verdict, decide,
        engine::Store,
        mutation::{Became, ReceivedLine, RecordSale, SettleRefusal},
        wire::RefusedRow,
    },
};

stories!(
    the_goods_left_so_the_count_is_corrected,
    two_people_who_keep_it_at_once_correct_it_once,
    a_part_of_it_is_kept,
    who_took_the_rest_is_told,
    a_correction_is_an_owners_and_of_what_was_sold,
);

/// A sale of five, of which three were there: refused, and to be decided by anybody.
async fn refused(shop: &Shop) -> (Phone, ProductId, Key, Sale) {
    let rice = shop.product("Riz", 3).await;
    let mut phone = shop.phone(shop.owner).await;
    let sold = phone.sell(rice, 5);
    let Ok(Body::RecordSale(record)) = sold.read() else { unreachable!() };
    phone.synchronise().await;
    assert_eq!(phone.confirmed_stock(rice), 3);
    (phone, rice, sold.key, record.sale)
}

fn shortage(phone: &Phone, key: Key) -> Refusal {
    let parked = phone.parked().into_iter().find(|parked| parked.mutation.key == key).unwrap();
    match parked.verdict {
        Verdict::Refused { refusal, .. } => refusal,
        other => panic!("{other:?}"),
    }
}

fn keeps(sale: &Sale, refused: Key, corrections: Vec<ReceivedLine>) -> Body {
    Body::RecordSale(RecordSale { corrections, ..RecordSale::again(sale.clone(), refused) })
}

fn became(phone: &Phone, key: Key) -> Option<Became> {
    let row = phone.memory.get(Store::Confirmed, &format!("0/refused/{key}"))?;
    serde_json::from_str::<RefusedRow>(row).unwrap().became
}

/// Four were there: the others' last sales that took what is missing are named, no more than needed.
async fn who_took_the_rest_is_told(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let late = one.sell(rice, 5);
    for units in [3, 1, 2] {
        two.now_ms += 60_000;
        two.sell(rice, units);
        two.synchronise().await;
    }
    one.synchronise().await;
    let Refusal::InsufficientStock { lines } = shortage(&one, late.key) else { unreachable!() };
    assert_eq!((lines.len(), lines[0].available, lines[0].asked), (1, 4, 5));
    let last = Taken { units: 2, actor: shop.employee, at_ms: shop.now_ms + 180_000 };
    assert_eq!(lines[0].taken, [last], "two of the one that is missing");
    // What was decided is told to everybody, with who and when.
    one.now_ms += 600_000;
    one.decide(late.key, Some(Body::SettleRefusal(SettleRefusal { refused: late.key, became: Became::Cancelled })));
    one.synchronise().await;
    two.synchronise().await;
    let row = two.memory.get(Store::Confirmed, &format!("0/refused/{}", late.key)).unwrap();
    let row: RefusedRow = serde_json::from_str(row).unwrap();
    assert_eq!((row.became, row.settled_by), (Some(Became::Cancelled), Some(shop.owner)));
    assert_eq!(row.settled_ms, Some(one.now_ms));
}

async fn the_goods_left_so_the_count_is_corrected(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut phone, rice, key, sale) = refused(&shop).await;
    let corrections = decide::corrections(&sale, &shortage(&phone, key), |_| 3);
    phone.queue(keeps(&sale, key, corrections));
    assert_eq!(phone.stock(rice), 0, "shown at once: two more were there, and five left");
    phone.synchronise().await;
    assert_eq!((phone.confirmed_stock(rice), became(&phone, key)), (0, Some(Became::Retried)));
    let last: Vec<_> = phone.movements(rice).iter().rev().take(2).map(|row| (row.delta, row.stock_after)).collect();
    assert_eq!(last, [(-5, 0), (2, 5)]);
    let correction = phone.movements(rice).into_iter().find(|row| row.delta == 2).unwrap();
    assert_eq!(correction.cause, Cause::Adjust { reason: AdjustReason::Count });
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn two_people_who_keep_it_at_once_correct_it_once(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut one, rice, key, sale) = refused(&shop).await;
    let mut two = shop.phone(shop.owner).await;
    let corrections = decide::corrections(&sale, &shortage(&one, key), |_| 3);
    for phone in [&mut one, &mut two] {
        phone.queue(keeps(&sale, key, corrections.clone()));
    }
    one.synchronise().await;
    two.synchronise().await;
    one.synchronise().await;
    assert_eq!((one.confirmed_stock(rice), two.confirmed_stock(rice)), (0, 0));
    assert_eq!((one.movements(rice), one.movements(rice).len()), (two.movements(rice), 3));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_part_of_it_is_kept(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut phone, rice, key, sale) = refused(&shop).await;
    let part = decide::part(&sale, |_| 3).unwrap();
    let amount = Money::new(3 * PRICE).unwrap();
    assert_eq!(part.tenders, [Tender::Cash { amount, given: amount }]);
    phone.queue(Body::RecordSale(RecordSale::again(part.clone(), key)));
    phone.synchronise().await;
    assert_eq!((phone.confirmed_stock(rice), became(&phone, key)), (0, Some(Became::Retried)));
    let row = phone.memory.get(Store::Confirmed, &format!("0/sale/{}", sale.id)).unwrap();
    assert_eq!(serde_json::from_str::<comptoir::sync::wire::SaleRow>(row).unwrap().sale, part);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_correction_is_an_owners_and_of_what_was_sold(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (_, rice, key, sale) = refused(&shop).await;
    let line = |units| vec![ReceivedLine { product: rice, quantity: Quantity::new(units).unwrap() }];
    let mut employee = shop.phone(shop.employee).await;
    let kept = employee.queue(keeps(&sale, key, line(2)));
    let answers = employee.push().await;
    assert!(
        matches!(&answers[0].verdict, Verdict::Refused { refusal: Refusal::NotAllowed, .. }),
        "{:?}",
        (kept.kind, answers)
    );
    assert!(keeps(&sale, key, line(5)).changes() == 2);
    // More than was sold cannot be read, here or on the server.
    for (corrections, retry) in [(line(6), true), (line(2), false)] {
        let body = match retry {
            true => keeps(&sale, key, corrections),
            false => Body::RecordSale(RecordSale { corrections, ..RecordSale::first(sale.clone()) }),
        };
        let mutation = comptoir::sync::Mutation::new(key, kept.origin, kept.made, Vec::new(), Vec::new(), &body);
        assert!(mutation.read().is_err());
    }
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}
