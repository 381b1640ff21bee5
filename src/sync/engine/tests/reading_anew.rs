//! G4: a shop that a person has read anew, beside what is shown and what waits to be sent.

use super::*;
use crate::sync::wire::From;

#[test]
fn a_full_resync_keeps_the_outbox_and_what_is_shown() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let (before, outbox) = (till.device(), till.0.scan(Store::Outbox, ""));
    let parked = till.0.scan(Store::Parked, "");
    till.commit(&read_anew(&before).unwrap());
    let device = till.device();
    assert_eq!((device.shown(), till.0.scan(Store::Outbox, "")), (before.shown(), outbox));
    assert_eq!(till.0.scan(Store::Parked, ""), parked);
    assert_eq!(plan_pull(&device, "test").unwrap().from, From::Start { position: None });
    till.pull(start(HISTORY, 12, &[(1, 7)]));
    let device = till.device();
    let held = device.meta.held.unwrap();
    assert_eq!((held.generation, held.cursor.change, device.meta.loading.is_none()), (1, 12, true));
    assert_eq!(till.0.get(Store::Confirmed, &keys::stock(1, product(1))), Some("7"));
    assert_eq!(device.unsent().map(|entry| entry.mutation.key).collect::<Vec<_>>(), [key(1)], "sent as ever");
    till.answer(&[(1, Verdict::Applied { change: 13 })], NOW_MS);
    assert_eq!(till.device().unsent().count(), 0);
}

#[test]
fn a_reading_under_way_is_not_begun_again() {
    let mut till = Till::new();
    let (one, two) = (read_anew(&till.device()).unwrap(), read_anew(&till.device()).unwrap());
    till.commit(&one);
    assert!(till.0.commit(&two).is_err(), "two tabs asked at once");
    assert_eq!(read_anew(&till.device()), None);
    assert_eq!(read_anew(&Till::new_before_reading().device()), None);
    let mut till = Till::new();
    till.commit(&session_is(SessionState::Revoked));
    assert_eq!(read_anew(&till.device()), None);
}
