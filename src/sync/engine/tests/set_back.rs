//! G19: a server that was set back in time.

use super::*;
use crate::sync::verdict::Quarantine;

/// G19: a new history is shown only once everything sent again has a final verdict.
#[test]
fn a_server_set_back_is_told_again_before_it_is_shown() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    let page = Page { history: HISTORY, from: 10, to: 11, more: false, answers: Vec::new(), rows: Rows::default() };
    till.pull(Pulled::Page(page));
    assert_eq!((till.device().outbox.len(), till.0.scan(Store::Acknowledged, "").len()), (0, 1));

    let restored = Uuid::from_u128(2);
    assert_eq!(till.pull(Pulled::Resync), Applied::Resync);
    till.pull(start(restored, 9, &[(1, 5)]));
    let device = till.device();
    assert_eq!(device.meta.held.unwrap().cursor.history, HISTORY, "the old state serves");
    assert_eq!(device.unsent().map(|entry| entry.mutation.key).collect::<Vec<_>>(), [key(1)]);
    till.answer(&[(1, Verdict::TryLater)], NOW_MS);
    assert_eq!(till.device().meta.held.unwrap().cursor.history, HISTORY);
    till.answer(&[(1, Verdict::Applied { change: 10 })], NOW_MS);
    let held = till.device().meta.held.unwrap();
    assert_eq!((held.cursor, held.generation), (Cursor { history: restored, change: 9 }, 1));
    assert_eq!(till.stock(1, 1), Some(5));
}

/// G13, G19: a verdict of the lost history must not be taken for one of the new.
#[test]
fn a_sale_acknowledged_just_before_the_server_was_set_back_is_sent_again() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    assert_eq!(till.pull(Pulled::Resync), Applied::Resync);
    till.pull(start(Uuid::from_u128(2), 20, &[(1, 5)]));
    assert_eq!(till.device().unsent().map(|entry| entry.mutation.key).collect::<Vec<_>>(), [key(1)]);
    till.answer(&[(1, Verdict::Applied { change: 21 })], NOW_MS);
    let device = till.device();
    assert_eq!((device.meta.held.unwrap().cursor.change, device.outbox.len(), device.meta.loading), (20, 1, None));
}

/// G19: set back again while it is read, what was read so far is of no history any more.
#[test]
fn a_server_set_back_while_it_is_read_is_read_from_the_start() {
    for first in [true, false] {
        let mut till = if first { Till::new_before_reading() } else { Till::new() };
        if !first {
            till.pull(Pulled::Resync);
        }
        let Pulled::Start(page) = start(Uuid::from_u128(2), 9, &[(1, 5)]) else { unreachable!() };
        let next = Some(Position { at: page.at, kind: Kind::Sale, after: None });
        till.pull(Pulled::Start(StartPage { next, ..page }));
        till.pull(Pulled::Resync);
        let request = plan_pull(&till.device(), "test").unwrap();
        assert_eq!(request.from, From::Start { position: None });
        till.pull(start(Uuid::from_u128(3), 8, &[(1, 4)]));
        assert_eq!(till.device().meta.held.unwrap().cursor.history, Uuid::from_u128(3));
    }
}

/// A reading that was begun anew takes no page of the one before for its own first: what came before that page would be
/// missing.
#[test]
fn a_late_page_of_an_abandoned_reading_is_dropped() {
    let mut till = Till::new_before_reading();
    till.pull(first_of_more(HISTORY, 10));
    let late = asked(&till.device());
    till.pull(Pulled::Resync);
    let before = till.device();
    let answer = PullAnswer { server_now_ms: NOW_MS, pulled: start(HISTORY, 10, &[]) };
    let (tx, applied) = on_pulled(&before, before.meta.epoch, late.as_ref(), &answer, &[], NOW_MS, &mut || key(901));
    till.commit(&tx);
    assert_eq!((applied, till.device().meta.loading), (Applied::Again, before.meta.loading));
    // Nor does one that has read all of it begin again.
    till.pull(start(HISTORY, 12, &[(1, 5)]));
    assert_eq!(till.device().meta.held.map(|held| held.cursor.change), Some(12));
    let first = Some(From::Start { position: None });
    let device = till.device();
    let (tx, _) = on_pulled(&device, device.meta.epoch, first.as_ref(), &answer, &[], NOW_MS, &mut || key(901));
    till.commit(&tx);
    assert_eq!((till.device().meta.loading, till.device().meta.held), (None, device.meta.held));
}

/// The first page of several, of a state that another phone's sale of one unit of five has left.
fn first_of_more(history: Uuid, change: u64) -> Pulled {
    let Pulled::Start(page) = start(history, change, &[(1, 4)]) else { unreachable!() };
    let next = Some(Position { at: page.at, kind: Kind::Sale, after: None });
    Pulled::Start(StartPage { next, ..page })
}

/// G19: a phone that reads the shop for the first time has no cursor to see it by; its verdicts name their history.
#[test]
fn a_server_set_back_during_a_first_reading_is_told_again() {
    // Counted by what was read so far, and acknowledged; or to come with a later page.
    for (change, in_outbox) in [(10, 0), (11, 1)] {
        let mut till = Till::new_before_reading();
        till.pull(first_of_more(HISTORY, 10));
        till.queue(1, sale(1, 1, 2), false);
        till.answer(&[(1, Verdict::Applied { change })], NOW_MS);
        assert_eq!(till.device().outbox.len(), in_outbox);
        till.pull(Pulled::Resync);
        let restored = Uuid::from_u128(2);
        till.pull(start(restored, 20, &[(1, 5)]));
        let unsent: Vec<_> = till.device().unsent().map(|entry| entry.mutation.key).collect();
        assert_eq!(unsent, [key(1)], "20 is beyond its number, in another history");
        till.answer_in(restored, &[(1, Verdict::Applied { change: 21 })], NOW_MS);
        till.pull(start(restored, 21, &[(1, 3)]));
        assert_eq!(till.device().meta.held.unwrap().cursor.history, restored);
    }
}

/// G19: set back once more while what was lost is sent again: the verdict tells it, and says nothing of the state that
/// was read before.
#[test]
fn a_verdict_of_another_history_begins_the_reading_anew() {
    let (second, third) = (Uuid::from_u128(2), Uuid::from_u128(3));
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    till.pull(Pulled::Resync);
    till.pull(first_of_more(second, 9));
    // Long on its way, from before: it changes nothing.
    till.answer_in(HISTORY, &[(1, Verdict::Applied { change: 11 })], NOW_MS);
    assert_eq!(till.device().unsent().count(), 1);
    till.answer_in(third, &[(1, Verdict::Applied { change: 9 })], NOW_MS);
    assert_eq!(plan_pull(&till.device(), "test").unwrap().from, From::Start { position: None });
    till.pull(start(third, 9, &[(1, 3)]));
    let device = till.device();
    assert_eq!((device.meta.held.unwrap().cursor.history, device.outbox.len()), (third, 0));
    assert_eq!(till.0.scan(Store::Acknowledged, "").len(), 1);
}

/// G19: a void settled the refusal of its sale; the refusal was never acknowledged, and is not sent again.
#[test]
fn what_is_sent_again_waits_for_nothing_that_is_not() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    assert_eq!(till.queue(2, void(1), false).needs, [key(1)]);
    till.answer(&[(1, refused(11)), (2, Verdict::Applied { change: 12 })], NOW_MS);
    let page = Page { history: HISTORY, from: 10, to: 12, more: false, answers: Vec::new(), rows: Rows::default() };
    till.pull(Pulled::Page(page));
    let mut late = till.queue(3, receive(1, 1), false);
    late.needs = vec![key(1)];
    let entry = Entry { mutation: late, ..till.device().find(key(3)).unwrap().clone() };
    let mut tx = LocalTx::strict();
    tx.put(Store::Outbox, entry.storage_key(), &entry);
    till.commit(&tx);
    till.pull(Pulled::Resync);
    till.pull(start(Uuid::from_u128(2), 9, &[]));
    let needs: Vec<_> = till.device().unsent().map(|entry| entry.mutation.needs.clone()).collect();
    assert!(!needs.is_empty() && needs.iter().all(Vec::is_empty), "{needs:?}");
}

/// G19: everything was judged before the first page came. Nothing is left to be answered, so nothing else would show it.
#[test]
fn a_state_that_waits_for_nothing_is_shown() {
    let mut till = Till::new();
    let mut sold = till.queue(1, sale(1, 1, 2), false);
    sold.needs = vec![key(9)];
    let entry = Entry { mutation: sold, ..till.device().find(key(1)).unwrap().clone() };
    let mut tx = LocalTx::strict();
    tx.put(Store::Outbox, entry.storage_key(), &entry);
    till.commit(&tx);
    till.pull(Pulled::Resync);
    let second = Uuid::from_u128(2);
    till.answer_in(second, &[(1, Verdict::Applied { change: 9 })], NOW_MS);
    till.pull(start(second, 9, &[(1, 3)]));
    assert_eq!(till.device().meta.held.unwrap().cursor.history, second);
    assert_eq!(till.device().outbox, []);
}

/// G14, G19: a revoked phone gets no page that would say so, and hands in what it holds all the same.
#[test]
fn a_revoked_phone_hands_in_to_a_server_that_was_set_back() {
    let second = Uuid::from_u128(2);
    for (session, sent_again) in [(SessionState::Revoked, false), (SessionState::Open, true)] {
        let mut till = Till::new();
        till.queue(1, sale(1, 1, 2), false);
        till.commit(&session_is(session));
        till.answer_in(second, &[(1, Verdict::Applied { change: 9 })], NOW_MS);
        let device = till.device();
        assert_eq!((device.unsent().count(), device.meta.loading.is_some()), (0, sent_again));
        assert_eq!(device.meta.held.unwrap().cursor.history, HISTORY);
    }
}

/// Found by seed 2216: revoked before it had read anything, its product was set aside; the server was set back to before
/// that, and the sales of the product were blocked by it for ever.
#[test]
fn what_a_phone_that_never_read_the_shop_set_aside_blocks_nothing() {
    let mut till = Till::new_before_reading();
    till.queue(1, samples::create_product(8, 9), false);
    till.queue(2, sale(1, 8, 1), false);
    till.answer(&[(1, Verdict::Quarantined { change: 3, why: Quarantine::RevokedInstallation })], NOW_MS);
    assert_eq!(till.pull(start(Uuid::from_u128(2), 2, &[])), Applied::Waits);
    assert_eq!(till.device().outbox[0].mutation.needs, []);
}

/// Found by seed 4148: the last page and the last answers were decided side by side, each before the other was committed,
/// and nobody showed the new state any more.
#[test]
fn whoever_comes_last_shows_the_new_state() {
    let second = Uuid::from_u128(2);
    let reading = |restarted: bool| {
        let mut till = Till::new();
        for n in [1, 2] {
            till.queue(n, sale(n, 1, 1), false);
            till.answer(&[(n, Verdict::Applied { change: 10 + n })], NOW_MS);
        }
        let page = Page { history: HISTORY, from: 10, to: 12, more: false, answers: Vec::new(), rows: Rows::default() };
        till.pull(Pulled::Page(page));
        till.pull(Pulled::Resync);
        let Pulled::Start(first) = start(second, 9, &[(1, 5)]) else { unreachable!() };
        let next = Some(Position { at: Cursor { history: second, change: 9 }, kind: Kind::Movement, after: None });
        till.pull(Pulled::Start(StartPage { next, ..first }));
        if restarted {
            till.pull(Pulled::Resync);
        }
        assert_eq!(till.device().unsent().count(), 2);
        till
    };
    let last = |till: &Till| {
        let answer = PullAnswer { server_now_ms: NOW_MS, pulled: start(second, 9, &[]) };
        let device = till.device();
        on_pulled(&device, device.meta.epoch, asked(&device).as_ref(), &answer, &[], NOW_MS, &mut || key(901)).0
    };
    let said = |till: &Till, n: u64| {
        let answers = vec![Answer { key: key(n), replayed: false, verdict: Verdict::Applied { change: 9 + n } }];
        let answer = PushAnswer { server_now_ms: NOW_MS, history: second, answers, page: None };
        on_push_answer(&till.device(), till.device().meta.epoch, &answer, NOW_MS, &mut || key(900)).0
    };
    type Decides<'a> = &'a dyn Fn(&Till) -> LocalTx;
    let (page, one, two): (Decides, Decides, Decides) = (&last, &|till| said(till, 1), &|till| said(till, 2));
    let orders = [(one, [page, two]), (one, [two, page]), (page, [one, two])];
    for (restarted, (before, side_by_side)) in
        [false, true].into_iter().flat_map(|restarted| orders.map(|order| (restarted, order)))
    {
        let mut till = reading(restarted);
        let first = before(&till);
        till.commit(&first);
        let [first, second_one] = side_by_side.map(|decides| decides(&till));
        till.commit(&first);
        if till.0.commit(&second_one).is_err() {
            let again = side_by_side[1](&till);
            till.commit(&again);
        }
        assert_eq!(till.device().meta.held.unwrap().cursor.history, second);
    }
}
