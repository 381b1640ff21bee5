//! G18: what is counted respects what is sold meanwhile, and what others count.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop, is_refused},
};
use comptoir::{
    domain::*,
    server::check,
    sync::{
        engine::Store,
        view::{Doubt, doubt},
    },
};

stories!(
    stale_count_versus_sales,
    several_phones_count_at_once,
    a_phone_counts_again_before_its_first_count_is_sent,
    a_count_that_is_right_is_kept,
    a_count_takes_no_stock_below_zero,
    what_was_sold_before_a_count_asks_for_another,
    only_an_owner_counts,
);

async fn all_agree(test: &TestDb, phones: &mut [&mut Phone], of: ProductId, units: i64) {
    for phone in phones.iter_mut() {
        phone.synchronise().await;
    }
    for phone in phones {
        phone.synchronise().await;
        assert_eq!((phone.stock(of), phone.confirmed_stock(of)), (units, units));
    }
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn stale_count_versus_sales(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    // One unit of its own is sold and not sent yet; nine are expected, eleven found.
    one.sell(rice, 1);
    one.count(rice, 11);
    assert_eq!(one.stock(rice), 11);
    one.sell(rice, 2);
    two.sell(rice, 4);
    two.synchronise().await;
    assert_eq!(one.stock(rice), 9);
    one.pull().await;
    assert_eq!(
        (one.confirmed_stock(rice), one.stock(rice)),
        (6, 5),
        "the other's sale is known, the count is not sent"
    );
    all_agree(&test, &mut [&mut one, &mut two], rice, 5).await;
    let moves = two.movements(rice);
    let count = moves.iter().find(|row| matches!(row.cause, Cause::Count { .. })).unwrap();
    assert!(matches!(count.cause, Cause::Count { expected: 9, .. }) && count.delta == 2, "{count:?}");
}

/// Both found two missing: they are missing once. The one that counts after the other's count knows of it.
async fn several_phones_count_at_once(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    one.count(rice, 8);
    two.count(rice, 8);
    two.now_ms += 60_000;
    two.sell(rice, 1);
    one.synchronise().await;
    two.pull().await;
    assert_eq!(
        (two.confirmed_stock(rice), two.stock(rice)),
        (8, 7),
        "what one has corrected two does not correct again"
    );
    all_agree(&test, &mut [&mut one, &mut two], rice, 7).await;
    assert_eq!(doubt(&one.movements(rice)), None);
    // They differ: the last one stands, and somebody should look again.
    one.now_ms += 120_000;
    two.now_ms += 120_000;
    one.count(rice, 7);
    two.count(rice, 5);
    all_agree(&test, &mut [&mut one, &mut two], rice, 5).await;
    assert_eq!(doubt(&one.movements(rice)), Some(Doubt::Differs { units: -2 }));
    one.count(rice, 5);
    all_agree(&test, &mut [&mut one, &mut two], rice, 5).await;
    assert_eq!(doubt(&one.movements(rice)), None);
}

async fn a_phone_counts_again_before_its_first_count_is_sent(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    one.count(rice, 8);
    one.sell(rice, 1);
    let second = one.count(rice, 9);
    assert_eq!(one.stock(rice), 9, "two that were behind the shelf");
    assert_eq!(second.needs.len(), 1, "the first is judged before");
    // The first is sent alone, and its change known, before the second.
    let mut request = one.plan().unwrap();
    request.mutations.truncate(2);
    let answer = one.send(request).await;
    one.receive(&answer);
    assert_eq!(one.stock(rice), 9);
    two.count(rice, 8);
    two.synchronise().await;
    one.pull().await;
    assert_eq!(one.stock(rice), 9);
    all_agree(&test, &mut [&mut one, &mut two], rice, 9).await;
}

async fn a_count_that_is_right_is_kept(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    one.count(rice, 10);
    all_agree(&test, &mut [&mut one, &mut two], rice, 10).await;
    let last = two.movements(rice).pop().unwrap();
    assert_eq!((last.delta, last.stock_after, last.actor), (0, 10, shop.owner));
}

/// Ten were sold elsewhere of ten that were expected; eight were counted before. Nobody knows which eight.
async fn a_count_takes_no_stock_below_zero(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let (first, second) = (one.count(rice, 8), one.count(rice, 12));
    two.sell(rice, 9);
    two.synchronise().await;
    let answers = one.push().await;
    let answer = |key| answers.iter().find(|answer| answer.key == key).unwrap();
    assert!(is_refused(answer(first.key)));
    assert!(answer(second.key).verdict.is_applied(), "a count is judged on its own, whatever became of the one before");
    all_agree(&test, &mut [&mut one, &mut two], rice, 3).await;
    assert_eq!(one.parked().len(), 1);
}

/// The other phone sold before the count, and was heard of after it: the shelf was without what it took, and the count
/// took it for missing.
async fn what_was_sold_before_a_count_asks_for_another(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    two.sell(rice, 2);
    one.now_ms += 60_000;
    one.count(rice, 8);
    all_agree(&test, &mut [&mut one, &mut two], rice, 6).await;
    assert_eq!(doubt(&one.movements(rice)), Some(Doubt::Unknown { units: -2 }));
    one.count(rice, 8);
    all_agree(&test, &mut [&mut one, &mut two], rice, 8).await;
    assert_eq!(doubt(&two.movements(rice)), None);
}

async fn only_an_owner_counts(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.employee).await;
    phone.count(rice, 8);
    assert!(is_refused(&phone.push().await[0]));
    assert_eq!(phone.memory.scan(Store::Parked, "").len(), 1);
}
