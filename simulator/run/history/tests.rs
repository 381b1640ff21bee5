use super::{
    check::check,
    linear::is_linearizable,
    record::{Asked, History, Load, What, record},
};
use crate::run::{
    database::{Kind, Place},
    guarantees::named,
};
use comptoir::sync::{
    Verdict,
    wire::{Page, Rows},
};

const LONG: Load = Load { seed: 1, clients: 8, requests: 40, products: 2, opening_units: 60, batch: 4, simple: false };
const SHORT: Load = Load { seed: 1, clients: 3, requests: 4, products: 1, opening_units: 5, batch: 1, simple: true };

fn histories(kind: Kind, load: Load, seeds: std::ops::Range<u64>, look: impl Fn(&History)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let place = Place::new(kind).await;
        for seed in seeds {
            look(&record(&place, Load { seed, ..load }).await);
        }
    });
}

fn holds(history: &History) {
    let verdicts = check(history).unwrap_or_else(|violation| panic!("{violation:?}"));
    let overlap = |one: &Asked| history.asked.iter().any(|other| other.began < one.began && other.ended > one.began);
    assert!(verdicts > history.asked.len() / 3, "{verdicts} verdicts");
    assert!(history.asked.iter().any(overlap), "nothing went on side by side");
}

#[test]
fn long_histories_follow_the_change_numbers_on_sqlite() {
    histories(Kind::Sqlite, LONG, 0..5, holds);
}

#[test]
fn long_histories_follow_the_change_numbers_on_postgres() {
    histories(Kind::Postgres, LONG, 0..5, holds);
}

fn holds_and_is_linearizable(history: &History) {
    check(history).unwrap_or_else(|violation| panic!("{violation:?}"));
    assert!(is_linearizable(history), "{:?}", history.asked);
}

#[test]
fn short_histories_are_linearizable_on_sqlite() {
    histories(Kind::Sqlite, SHORT, 0..40, holds_and_is_linearizable);
}

#[test]
fn short_histories_are_linearizable_on_postgres() {
    histories(Kind::Postgres, SHORT, 0..20, holds_and_is_linearizable);
}

// Do they bite?

/// One after another, so that there is only one order.
const ALONE: Load = Load { clients: 1, requests: 20, ..SHORT };

fn broken(history: &History, look: impl Fn(&mut History)) -> &'static str {
    let History { counter, opening, asked } = history;
    let mut changed = History { counter: *counter, opening: opening.clone(), asked: asked.clone() };
    look(&mut changed);
    check(&changed).expect_err("it could not be so").guarantee
}

fn applied(asked: &mut Asked) -> Option<&mut u64> {
    match &mut asked.what {
        What::Push { answer, .. } => match &mut answer.answers[0].verdict {
            Verdict::Applied { change } => Some(change),
            _ => None,
        },
        What::Pull { .. } => None,
    }
}

#[test]
fn a_stale_page_is_noticed() {
    histories(Kind::Sqlite, ALONE, 0..1, |history| {
        let found = broken(history, |history| {
            let counter = history.counter;
            let mut pages = history.asked.iter_mut().filter_map(|asked| match &mut asked.what {
                What::Pull { page } if page.to > counter => Some(page),
                _ => None,
            });
            let page = pages.next().expect("something was read");
            **page = Page { to: counter, answers: Vec::new(), rows: Rows::default(), ..(**page).clone() };
        });
        assert_eq!(found, named::REAL_TIME);
    });
}

#[test]
fn verdicts_that_change_places_are_noticed() {
    histories(Kind::Sqlite, ALONE, 0..1, |history| {
        let found = broken(history, |history| {
            let mut changes: Vec<&mut u64> = history.asked.iter_mut().filter_map(applied).collect();
            let (first, second) = changes.split_at_mut(1);
            std::mem::swap(first[0], second[0]);
        });
        assert!([named::REAL_TIME, named::VERDICTS_FOLLOW, named::NO_CHANGE_IS_MISSED].contains(&found), "{found}");
    });
}

#[test]
fn the_tester_notices_a_sale_beyond_the_stock() {
    histories(Kind::Sqlite, ALONE, 0..1, |history| {
        let mut asked = history.asked.clone();
        assert!(is_linearizable(history));
        let mut refused = asked.iter_mut().filter_map(|asked| match &mut asked.what {
            What::Push { answer, .. } if !answer.answers[0].verdict.is_applied() => Some(&mut answer.answers[0]),
            _ => None,
        });
        refused.next().expect("the stock does not last").verdict = Verdict::Applied { change: u64::MAX };
        let History { counter, opening, .. } = history;
        assert!(!is_linearizable(&History { counter: *counter, opening: opening.clone(), asked }));
    });
}
