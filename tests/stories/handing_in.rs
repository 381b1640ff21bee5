//! G4, G6, G14: what a dying phone still held, handed in by another phone of the shop.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop},
};
use comptoir::{
    server::{ServerError, check, enrol, push},
    sync::{
        CallError,
        handover::{HandedIn, Handover, Unreadable},
    },
};

stories!(
    a_dying_phones_queue_is_handed_in_once_whoever_sends_it_again,
    a_revoked_phones_queue_is_kept_for_the_owner_whoever_hands_it_in,
    another_shop_hands_in_nothing,
);

async fn hand_in(phone: &Phone, file: &Handover) -> Result<HandedIn, ServerError> {
    let mut handed = HandedIn::default();
    for request in file.pushes(&phone.device(), "test") {
        let answer = push::push(&phone.db, &phone.session.unwrap(), request, phone.now_ms).await?;
        assert_eq!(answer.page, None);
        handed.count(&answer.answers);
    }
    Ok(handed)
}

async fn a_dying_phones_queue_is_handed_in_once_whoever_sends_it_again(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 100).await;
    let (mut dying, mut other) = (shop.phone(shop.employee).await, shop.phone(shop.owner).await);
    for _ in 0..60 {
        dying.sell(rice, 1);
    }
    dying.sell(rice, 41);
    let file = Handover::of(&dying.device()).unwrap();
    let file = Handover::read(&serde_json::to_string(&file).unwrap()).unwrap();
    assert_eq!(file.pushes(&other.device(), "test").len(), 2);
    let handed = hand_in(&other, &file).await.unwrap();
    assert_eq!((handed.received, handed.refused, handed.left), (61, 1, 0));
    other.synchronise().await;
    assert_eq!(other.stock(rice), 40);
    assert_eq!(other.device().outbox, []);
    // Handed in again, and sent by the phone itself, which came back to life.
    assert_eq!(hand_in(&other, &file).await.unwrap(), handed);
    dying.synchronise().await;
    assert_eq!((dying.stock(rice), dying.parked().len()), (40, 1));
    assert_eq!(Handover::of(&dying.device()), None);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_revoked_phones_queue_is_kept_for_the_owner_whoever_hands_it_in(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut lost, other) = (shop.phone(shop.employee).await, shop.phone(shop.owner).await);
    lost.sell(rice, 1);
    let file = Handover::of(&lost.device()).unwrap();
    enrol::revoke(&test.db, shop.id, file.installation, shop.now_ms).await.unwrap();
    let handed = hand_in(&other, &file).await.unwrap();
    assert_eq!((handed.received, handed.quarantined), (1, 1));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn another_shop_hands_in_nothing(test: TestDb) {
    let (shop, theirs) = (Shop::new(test.db.clone()).await, Shop::new(test.db.clone()).await);
    let rice = shop.product("Riz", 5).await;
    let (mut dying, stranger) = (shop.phone(shop.employee).await, theirs.phone(theirs.owner).await);
    dying.sell(rice, 1);
    let file = Handover::of(&dying.device()).unwrap();
    let refused = hand_in(&stranger, &file).await.unwrap_err();
    assert!(matches!(refused, ServerError::Call(CallError::NotAllowed)), "{refused}");
    dying.synchronise().await;
    assert_eq!(dying.stock(rice), 4);
}

#[test]
fn what_is_no_such_file_is_told_from_a_newer_one() {
    assert_eq!(Handover::read("{}"), Err(Unreadable::NotOurs));
    assert_eq!(Handover::read(r#"{"format":1}"#), Err(Unreadable::NotOurs));
    assert_eq!(Handover::read(r#"{"format":2,"of":"the future"}"#), Err(Unreadable::TooNew));
}
