//! Real processes under real violence: `make torture`. The program is the one `COMPTOIR` names; its clients run the real
//! engine through a network that cuts, delays and doubles. Exit 1 where anything acknowledged is lost or doubled.

mod run;

use clap::Parser;
use run::{Outcome, PLANS, Plan, Size};
use std::process::ExitCode;

#[derive(Parser)]
struct Options {
    /// Which runs; all of them by default.
    runs: Vec<String>,
    /// What chance decides: when a process dies, whose request is cut.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 50)]
    clients: usize,
    /// Rounds of each run, instead of its own number.
    #[arg(long)]
    rounds: Option<usize>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let known: Vec<&str> = PLANS.iter().map(|plan| plan.name).collect();
    if let Some(unknown) = options.runs.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("there is no run {unknown:?}, but {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let chosen = |plan: &&Plan| options.runs.is_empty() || options.runs.iter().any(|name| name == plan.name);
    let (mut outcomes, mut failed) = (Vec::new(), false);
    for plan in PLANS.iter().filter(chosen) {
        let rounds = options.rounds.unwrap_or(plan.rounds);
        let size = Size { clients: options.clients, rounds, strikes: plan.strikes, seed: options.seed };
        match (plan.run)(&size) {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                failed = true;
                println!("FAILED: {}: {error}", plan.name);
            }
        }
    }
    print!("\n{}", run::table(&outcomes));
    let clean = outcomes.iter().all(Outcome::is_clean);
    if clean && !failed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
