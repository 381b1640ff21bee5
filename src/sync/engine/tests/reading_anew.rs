//! G4: a shop that a person has read anew, beside what is shown and what waits to be sent.

use super::*;
use crate::sync::wire::{From, PhoneRow};

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
    // What waits is sent first, and changes are heard of as ever.
    let cursor = before.shown().unwrap().cursor;
    assert_eq!(asked(&device), Some(From::Changes { cursor }));
    let answers = vec![Answer { key: key(1), replayed: false, verdict: Verdict::Applied { change: 13 } }];
    let answer = PushAnswer { server_now_ms: NOW_MS, history: HISTORY, answers, page: None };
    let (tx, applied) = on_push_answer(&device, device.meta.epoch, &answer, NOW_MS, &mut || key(900));
    till.commit(&tx);
    assert_eq!(applied, Applied::Again, "at once");
    assert_eq!(asked(&till.device()), Some(From::Start { position: None }));
    till.pull(start(HISTORY, 14, &[(1, 7)]));
    let device = till.device();
    let held = device.meta.held.unwrap();
    assert_eq!((held.generation, held.cursor.change, device.meta.loading.is_none()), (1, 14, true));
    assert_eq!(till.stock(1, 1), Some(7));
    assert_eq!((device.outbox.len(), device.meta.read_anew), (0, None), "the state holds it");
    assert_eq!(asked(&device), Some(From::Changes { cursor: held.cursor }), "once");
}

/// Seeds 70086 and 70115: handed in, its answer lost, a delivery was counted in the state read anew and in the outbox.
#[test]
fn a_state_is_not_read_while_what_was_handed_in_has_no_verdict() {
    let mut till = Till::new();
    till.commit(&read_anew(&till.device()).unwrap());
    let before = asked(&till.device());
    assert_eq!(before, Some(From::Start { position: None }));
    // Queued, sent and applied while the request was under way; its answer is lost.
    till.queue(1, receive(1, 9), false);
    let answer = PullAnswer { server_now_ms: NOW_MS, pulled: start(HISTORY, 12, &[(1, 9)]) };
    let device = till.device();
    let (tx, applied) = on_pulled(&device, device.meta.epoch, before.as_ref(), &answer, &[], NOW_MS, &mut || key(901));
    till.commit(&tx);
    assert_eq!(applied, Applied::Again);
    let device = till.device();
    assert_eq!((device.shown().unwrap().cursor.change, device.meta.loading.is_none()), (10, true));
    assert!(matches!(asked(&device), Some(From::Changes { .. })));
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

/// Seed 70133: a stream brought newer changes while the shop was read.
#[test]
fn a_state_that_is_older_than_what_is_shown_is_read_again_after_the_changes() {
    let mut till = Till::new();
    till.commit(&read_anew(&till.device()).unwrap());
    let page = |from, to| {
        let rows = Rows::default();
        Pulled::Page(Page { history: HISTORY, from, to, more: false, answers: Vec::new(), rows })
    };
    let (before, newer) = (asked(&till.device()), PullAnswer { server_now_ms: NOW_MS, pulled: page(10, 14) });
    let device = till.device();
    let (tx, applied) = on_pulled(&device, device.meta.epoch, None, &newer, &[], NOW_MS, &mut || key(901));
    till.commit(&tx);
    assert_eq!(applied, Applied::Again, "there is still something to read");
    assert_eq!(asked(&till.device()), before);
    assert_eq!(till.pull(start(HISTORY, 12, &[])), Applied::Again);
    let device = till.device();
    assert_eq!((device.shown().unwrap().cursor.change, device.meta.loading.is_none()), (14, true));
    assert!(matches!(asked(&device), Some(From::Changes { .. })), "a server that was set back says so");
    till.pull(page(14, 14));
    assert_eq!(asked(&till.device()), before);
    till.pull(start(HISTORY, 14, &[]));
    assert_eq!(till.device().shown().unwrap().generation, 1);
}

/// Products came without their purchase prices, and come no second time by themselves.
#[test]
fn a_phone_that_is_given_purchase_prices_reads_the_shop_anew() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let own = till.device().meta.installation.unwrap();
    let told = |name: &str, holds_costs| {
        let row = PhoneRow { id: own.id, prefix: own.prefix.clone(), name: name.to_owned(), holds_costs };
        Rows { phones: vec![row], ..Rows::default() }
    };
    let page =
        |from, to, rows| Pulled::Page(Page { history: HISTORY, from, to, more: false, answers: Vec::new(), rows });
    assert_eq!(till.pull(page(10, 11, told("Bureau", false))), Applied::UpToDate);
    assert_eq!(
        (till.device().meta.installation.unwrap().name.as_str(), till.device().meta.read_anew),
        ("Bureau", None)
    );
    assert_eq!(till.pull(page(11, 12, told("Bureau", true))), Applied::Again);
    assert!(till.device().meta.installation.unwrap().holds_costs);
    // What waits is sent first, as ever.
    assert!(matches!(asked(&till.device()), Some(From::Changes { .. })));
    till.answer(&[(1, Verdict::Applied { change: 13 })], NOW_MS);
    assert_eq!(asked(&till.device()), Some(From::Start { position: None }));
    let Pulled::Start(first) = start(HISTORY, 13, &[(1, 7)]) else { unreachable!() };
    till.pull(Pulled::Start(StartPage { rows: Rows { phones: told("Bureau", true).phones, ..first.rows }, ..first }));
    let device = till.device();
    assert_eq!((device.shown().unwrap().generation, device.meta.read_anew), (1, None), "once");
    let known = till.0.scan(Store::Confirmed, &keys::rows(1, crate::sync::wire::Kind::Phone));
    assert_eq!(known.len(), 1);
}

/// Seed 700142: what the old installation held was copied with it.
#[test]
fn a_fork_that_is_told_other_purchase_prices_reads_the_shop_anew() {
    for (costs, anew) in [(false, None), (true, Some(Anew::Now))] {
        let mut till = Till::new();
        let forks = fork(&till.device(), &Installation { holds_costs: costs, ..installation(2, "B") });
        till.commit(&forks);
        assert_eq!(till.device().meta.read_anew, anew);
    }
}
