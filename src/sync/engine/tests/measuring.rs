//! What a device measures of its own sending, beside what decides.

use super::*;
use crate::domain::Day;

fn judged(till: &Till, measured: &mut Measured, verdicts: &[(u64, Verdict)], now_ms: i64) {
    let answers: Vec<Answer> = verdicts
        .iter()
        .map(|(n, verdict)| Answer { key: key(*n), replayed: false, verdict: verdict.clone() })
        .collect();
    measured.judged(&till.device(), &answers, now_ms, now_ms);
}

#[test]
fn a_delay_runs_from_queueing_to_the_first_final_verdict() {
    let (mut till, mut measured) = (Till::new(), Measured::default());
    till.queue(1, sale(1, 1, 2), false);
    till.queue(2, receive(1, 5), false);
    judged(&till, &mut measured, &[(1, Verdict::TryLater)], NOW_MS + 500);
    let verdicts = [(1, Verdict::Applied { change: 11 }), (2, refused(12)), (9, Verdict::Applied { change: 13 })];
    judged(&till, &mut measured, &verdicts[..1], NOW_MS + 1_000);
    till.answer(&verdicts[..1], NOW_MS + 1_000);
    // Told again, and of nobody here: neither counts.
    judged(&till, &mut measured, &verdicts, NOW_MS + 4_000);
    let today = measured.between(Day::of_ms(NOW_MS), Day::of_ms(NOW_MS));
    assert_eq!((today.verdicts, today.mean_delay_ms(), today.longest_ms), (2, Some(2_500), 4_000));
}

#[test]
fn a_clock_that_was_set_meanwhile_spoils_one_bar_and_nothing_else() {
    let (mut till, mut measured) = (Till::new(), Measured::default());
    till.queue(1, sale(1, 1, 2), false);
    judged(&till, &mut measured, &[(1, Verdict::Applied { change: 11 })], i64::MAX);
    judged(&till, &mut measured, &[(1, Verdict::Applied { change: 11 })], i64::MIN);
    assert!(measured.days.iter().all(|day| (0..=MEASURED_DAYS * 86_400_000).contains(&day.longest_ms)));
}

/// What is sent again to a server set back had its verdict long ago.
#[test]
fn what_is_sent_again_is_no_delay() {
    let (mut till, mut measured) = (Till::new(), Measured::default());
    till.queue(1, sale(1, 1, 2), false);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    till.pull(Pulled::Page(page_to(11)));
    till.pull(Pulled::Resync);
    till.pull(start(Uuid::from_u128(2), 9, &[(1, 5)]));
    assert_eq!(till.device().unsent().count(), 1);
    judged(&till, &mut measured, &[(1, Verdict::Applied { change: 10 })], NOW_MS + 9_000_000);
    assert_eq!(measured, Measured::default());
}

#[test]
fn the_sender_alone_writes_it_down_without_waiting_for_the_disk() {
    let mut till = Till::new();
    let mut measured = Measured::default();
    measured.answered(Asked::Pull, NOW_MS, 120);
    let tx = measured.record(till.device().meta.epoch);
    assert_eq!(tx.durability, Durability::Relaxed);
    let before = till.device();
    till.commit(&tx);
    assert_eq!(till.device(), before, "it decides nothing");
    assert_eq!(Measured::of(till.0.get(Store::Meta, keys::MEASURED).map(str::to_owned)), measured);
    till.commit(&new_epoch(&before).0);
    assert!(till.0.commit(&tx).is_err());
}

#[test]
fn what_waits_is_told_by_kind_with_the_age_of_the_oldest() {
    let mut till = Till::new();
    till.queue(1, receive(1, 5), false);
    till.queue(2, sale(1, 1, 2), false);
    till.queue(3, sale(2, 1, 1), false);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    let one = |kind: &str, count, oldest_ms| Unsent { kind: kind.to_owned(), count, oldest_ms };
    assert_eq!(unsent_by_kind(&till.device(), NOW_MS + 60_000), [one("record_sale", 2, 60_000)]);
    // By a clock that was set back since, nothing is older than now.
    assert_eq!(unsent_by_kind(&till.device(), NOW_MS - 60_000), [one("record_sale", 2, 0)]);
}

fn page_to(to: u64) -> crate::sync::wire::Page {
    let (answers, rows) = (Vec::new(), Rows::default());
    crate::sync::wire::Page { history: HISTORY, from: 10, to, more: false, answers, rows }
}
