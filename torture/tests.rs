//! A share of the torture, small enough for every test run. `make torture` runs the rest.

mod run;

use run::{Failure, Outcome, PLANS, Size};

fn size(rounds: usize, strikes: usize) -> Size {
    Size { clients: 8, rounds, strikes, seed: 7 }
}

/// Nothing is lost, doubled or negative, and there was something to lose.
fn holds(name: &str, size: &Size) -> Outcome {
    let plan = PLANS.iter().find(|plan| plan.name == name).unwrap();
    let outcome = (plan.run)(size).unwrap();
    println!("{}", run::table(std::slice::from_ref(&outcome)));
    assert!(outcome.is_clean(), "{name}: {:?}", outcome.faults);
    assert!(outcome.acknowledged > size.clients * 2, "{name}: only {} acknowledged", outcome.acknowledged);
    outcome
}

#[test]
fn a_whole_torture_kills_a_hundred_times_on_each_database() {
    for name in ["kill-sqlite", "kill-postgres"] {
        let plan = PLANS.iter().find(|plan| plan.name == name).unwrap();
        assert!(plan.rounds * plan.strikes >= 100, "{name}");
    }
}

#[test]
fn killed_again_and_again_on_sqlite() {
    let outcome = holds("kill-sqlite", &size(2, 4));
    assert_eq!(outcome.strikes["kill -9"], 10);
}

/// One after the other: the second restarts the Postgres that the first would be using.
#[test]
fn killed_again_and_again_on_postgres_and_postgres_restarted() {
    let outcome = holds("kill-postgres", &size(2, 3));
    assert!(outcome.strikes["kill -9"] >= 10);
    let outcome = holds("restart-postgres", &size(1, 3));
    assert!(outcome.strikes["connections failed"] > 0);
}

#[test]
fn the_disk_is_full_and_then_it_is_not() {
    let outcome = holds("disk-limited", &size(1, 3));
    assert_eq!(outcome.strikes["disk full"], 3);
}

/// What was written and not synced when the power went is taken away beneath SQLite.
#[test]
fn power_cut_after_receipt() {
    let outcome = holds("power", &size(2, 2));
    assert!(outcome.strikes["power cut"] == 4 && outcome.strikes["syncs"] > 0);
}

/// The same with a disk that keeps nothing of what it was told to sync: a loss is seen.
#[test]
fn a_loss_would_be_seen() {
    let outcome: Result<Outcome, Failure> = run::on_a_disk_that_lies(&size(1, 0));
    assert!(outcome.unwrap().faults.lost > 0);
}
