//! Edits that clash are told to the whole shop, and settled once, by whoever comes first (G18).

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop},
};
use comptoir::{
    domain::{Key, Money, Product, ProductId},
    server::{check, pull},
    sync::{
        engine::{Queueing, queue},
        merge,
        wire::{ClashRow, From, Kind, PROTOCOL, PullRequest, Pulled},
    },
};
use uuid::Uuid;

stories!(
    a_clash_is_told_to_all_and_settled_from_any_phone,
    what_stands_may_stay,
    settled_by_two_at_once_it_is_asked_once_more,
    a_clash_about_purchase_prices_is_kept_from_other_phones,
    an_edit_settles_no_clash_of_another_thing,
);

fn money(gnf: i64) -> Money {
    Money::new(gnf).unwrap()
}

fn price(phone: &mut Phone, of: ProductId, gnf: i64) {
    phone.edit(of, |product| Product { sale_price: money(gnf), ..product.clone() });
}

fn clashes(phone: &Phone) -> Vec<ClashRow> {
    phone.rows(Kind::Clash)
}

fn open(phone: &Phone) -> Vec<ClashRow> {
    clashes(phone).into_iter().filter(|row| row.settled_ms.is_none()).collect()
}

/// Settles a clash of another phone: nothing of it is parked here.
fn settle(phone: &mut Phone, clash: &ClashRow, chosen: i64) {
    let edit = merge::settled(clash.of, clash.key, &clash.fields, &[chosen.into()]).unwrap();
    let queueing = Queueing { key: Key(Uuid::new_v4()), body: edit, now_ms: phone.now_ms, wait: false };
    let (tx, _) = queue(&phone.device(), queueing).unwrap();
    phone.memory.commit(&tx).unwrap();
}

/// Two phones want the price of one product two ways; a third looks on.
async fn clashed(shop: &Shop) -> (ProductId, [Phone; 3]) {
    let rice = shop.product("Riz", 10).await;
    let mut phones = [shop.phone(shop.owner).await, shop.phone(shop.owner).await, shop.phone(shop.owner).await];
    price(&mut phones[0], rice, 1_200);
    price(&mut phones[1], rice, 900);
    for phone in &mut phones {
        phone.synchronise().await;
    }
    (rice, phones)
}

async fn a_clash_is_told_to_all_and_settled_from_any_phone(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (rice, [mut one, mut two, mut third]) = clashed(&shop).await;
    let [clash] = open(&third).try_into().expect("one clash");
    let field = &clash.fields[0];
    assert_eq!((&field.before, &field.theirs, &field.mine), (&1_000.into(), &1_200.into(), &900.into()));
    assert_eq!(Some(clash.installation), two.device().meta.installation.map(|own| own.id));
    assert_eq!(two.parked().len(), 1);

    settle(&mut third, &clash, 900);
    for phone in [&mut third, &mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!((phone.product(rice).sale_price, open(phone)), (money(900), vec![]));
        let [row] = clashes(phone).try_into().expect("it is told as settled");
        assert_eq!((row.settled_by, row.settled_ms), (Some(shop.owner), Some(phone.now_ms)));
    }
    assert_eq!(two.parked(), []);
    // A phone that is new has nothing to decide either.
    assert_eq!(open(&shop.phone(shop.owner).await), []);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn what_stands_may_stay(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (rice, [mut one, mut two, mut third]) = clashed(&shop).await;
    let [clash] = open(&third).try_into().expect("one clash");
    settle(&mut third, &clash, 1_200);
    for phone in [&mut third, &mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!((phone.product(rice).sale_price, open(phone), phone.parked()), (money(1_200), vec![], vec![]));
    }
}

async fn settled_by_two_at_once_it_is_asked_once_more(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (rice, [mut one, mut two, mut third]) = clashed(&shop).await;
    let [clash] = open(&third).try_into().expect("one clash");
    one.synchronise().await;
    settle(&mut one, &clash, 900);
    settle(&mut third, &clash, 950);
    for phone in [&mut one, &mut third, &mut two] {
        phone.synchronise().await;
    }
    one.synchronise().await;
    // What one chose stands; the other's choice is asked about, and nothing of the first clash is left.
    for phone in [&one, &two, &third] {
        let [again] = open(phone).try_into().expect("one clash");
        let field = &again.fields[0];
        assert_eq!((&field.before, &field.theirs, &field.mine), (&1_200.into(), &900.into(), &950.into()));
        assert_eq!((phone.product(rice).sale_price, clashes(phone).len()), (money(900), 2));
    }
    assert_eq!(two.parked(), []);
    let [again] = open(&two).try_into().expect("one clash");
    settle(&mut two, &again, 950);
    for phone in [&mut two, &mut one, &mut third] {
        phone.synchronise().await;
        assert_eq!((phone.product(rice).sale_price, open(phone), phone.parked()), (money(950), vec![], vec![]));
    }
}

async fn a_clash_about_purchase_prices_is_kept_from_other_phones(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    for (phone, gnf) in [(&mut one, 700), (&mut two, 800)] {
        phone.edit(rice, |product| Product { purchase_price: Some(money(gnf)), ..product.clone() });
        phone.synchronise().await;
    }
    let mut session = one.session.unwrap();
    for holds_costs in [true, false] {
        session.holds_costs = holds_costs;
        let cursor = one.device().shown().unwrap().cursor;
        for from in [From::Start { position: None }, From::Changes { cursor }] {
            let request =
                PullRequest { protocol: PROTOCOL, installation: session.installation, app: "test".into(), from };
            let answer = pull::pull(&test.db, &session, request, one.now_ms).await.unwrap();
            let rows = match answer.pulled {
                Pulled::Page(page) => page.rows,
                Pulled::Start(page) => page.rows,
                other => panic!("{other:?}"),
            };
            assert_eq!(rows.clashes.len(), usize::from(holds_costs));
        }
    }
}

async fn an_edit_settles_no_clash_of_another_thing(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (_, [_, mut two, _]) = clashed(&shop).await;
    let beans = shop.product("Haricots", 3).await;
    two.synchronise().await;
    let [clash] = open(&two).try_into().expect("one clash");
    let other = ClashRow { of: comptoir::sync::mutation::Edited::Product(beans), ..clash.clone() };
    settle(&mut two, &other, 1_200);
    two.synchronise().await;
    assert_eq!(open(&two), [clash]);
}
