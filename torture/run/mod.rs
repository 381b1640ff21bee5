//! Runs of real processes: what each does to them, and what must hold afterwards.

mod books;
mod crowd;
mod disk;
mod kill;
mod ledger;
#[allow(dead_code, reason = "tests over HTTP use more of it")]
#[path = "../../tests/support/place.rs"]
mod place;
mod postgres;
mod power;
mod proxy;
mod seller;
mod servers;
mod trace;

pub use crowd::Outcome;
#[allow(unused_imports, reason = "its outcome is a failure: for tests alone")]
pub use power::cut_on_a_disk_that_lies as on_a_disk_that_lies;

use std::{error::Error, fmt::Write};

pub type Failure = Box<dyn Error + Send + Sync>;

/// How much of a run.
#[derive(Debug, Clone)]
pub struct Size {
    pub clients: usize,
    /// After each the books are compared.
    pub rounds: usize,
    /// What happens to the servers in a round.
    pub strikes: usize,
    pub seed: u64,
}

/// A run by its name: what is done, and how much of it in `make torture`.
pub struct Plan {
    pub name: &'static str,
    pub run: fn(&Size) -> Result<Outcome, Failure>,
    pub rounds: usize,
    pub strikes: usize,
}

pub const PLANS: &[Plan] = &[
    Plan { name: "kill-sqlite", run: kill::sqlite, rounds: 10, strikes: 11 },
    Plan { name: "kill-postgres", run: kill::postgres, rounds: 10, strikes: 11 },
    Plan { name: "restart-postgres", run: postgres::restarted, rounds: 6, strikes: 6 },
    Plan { name: "disk-full", run: disk::full, rounds: 8, strikes: 5 },
    Plan { name: "disk-limited", run: disk::limited, rounds: 4, strikes: 5 },
    Plan { name: "power", run: power::cut, rounds: 15, strikes: 2 },
];

/// One line a run, as Markdown.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut table = String::from(
        "| run | clients | rounds | what was done | requests: cut, slow, doubled, unanswered, \"later\" | \
         acknowledged, of them refused | lost | doubled | negative | other differences | bugs | s |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for outcome in outcomes {
        let done: Vec<String> = outcome.strikes.iter().map(|(what, times)| format!("{what}: {times}")).collect();
        let [requests, cut, slow, doubled, unanswered, later] = outcome.network;
        let faults = outcome.faults;
        let written = writeln!(
            table,
            "| {} | {} | {} | {} | {requests}: {cut}, {slow}, {doubled}, {unanswered}, {later} | {}, {} | {} | {} | {} | {} | {} | {:.0} |",
            outcome.name,
            outcome.clients,
            outcome.rounds,
            done.join("; "),
            outcome.acknowledged,
            outcome.refused,
            faults.lost,
            faults.doubled,
            faults.negative,
            faults.differences,
            faults.bugs,
            outcome.took.as_secs_f64(),
        );
        written.unwrap_or_else(|_| unreachable!("a text takes any line"));
    }
    table
}
