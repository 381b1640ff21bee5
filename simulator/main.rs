//! A simulated shop, in which everything goes wrong: `make simulate SEEDS=1..100`. What is simulated is the code that
//! runs: the engine, the view, push and pull, on a real database. A seed repeats a run.

mod run;

use clap::Parser;
use comptoir::faults::{self, Fault};
use run::{Kind, Runner};
use std::{ops::RangeInclusive, process::ExitCode, time::Instant};

#[derive(Parser)]
struct Options {
    /// One seed, or several as `1..100`, both ends included.
    #[arg(default_value = "1..100")]
    seeds: String,
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Prints everything that happens.
    #[arg(long)]
    trace: bool,
    /// Explores the small case whole instead, every order in which it can happen.
    #[arg(long)]
    explore: bool,
    /// Plants each deliberate fault in turn, or those whose words hold this text, and runs the seeds until one finds it.
    #[arg(long, num_args = 0..=1, default_missing_value = "")]
    faults: Option<String>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (first, last) = options.seeds.split_once("..").unwrap_or((&options.seeds, &options.seeds));
    let (Ok(first), Ok(last)) = (first.parse::<u64>(), last.parse::<u64>()) else {
        eprintln!("seeds are numbers, as in 42 or 1..100");
        return ExitCode::FAILURE;
    };
    if options.explore {
        return if run::explore(run::worlds(true)) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let kind = if options.database == "postgres" { Kind::Postgres } else { Kind::Sqlite };
    if options.trace {
        // What the server logs stands beside what happened.
        tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stdout).init();
    }
    if options.faults.is_some() && !cfg!(feature = "faults") {
        eprintln!("only a build with the feature `faults` can plant any");
        return ExitCode::FAILURE;
    }
    let runner = Runner::new(kind);
    let passed = match &options.faults {
        Some(words) => find_faults(&runner, first..=last, words),
        None => hold(&runner, first..=last, options.trace),
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs seeds and tells those that broke a promise.
fn hold(runner: &Runner, seeds: RangeInclusive<u64>, trace: bool) -> bool {
    let (began, one) = (Instant::now(), seeds.start() == seeds.end());
    let (mut events, mut broken) = (0, 0);
    for seed in seeds {
        let outcome = runner.run(seed, trace);
        events += outcome.events;
        if let Some(violation) = outcome.violation {
            broken += 1;
            println!("seed {seed}: {}: {}", violation.guarantee, violation.detail);
        } else if one {
            println!("seed {seed}: {} events, trace {}", outcome.events, outcome.digest);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{events} events in {seconds:.1} s, {:.0} a second; {broken} seeds broken", events as f64 / seconds);
    broken == 0
}

/// Which promise each fault breaks, and how many seeds it takes to see it.
fn find_faults(runner: &Runner, seeds: RangeInclusive<u64>, words: &str) -> bool {
    println!("| fault | found by | seeds |\n|---|---|---|");
    let mut survivors = 0;
    let planted: Vec<&Fault> = Fault::ALL.iter().filter(|fault| fault.about().contains(words)).collect();
    for fault in &planted {
        faults::plant(Some(**fault));
        let found = seeds.clone().find_map(|seed| Some((seed, runner.run(seed, false).violation?)));
        let about = fault.about();
        match found {
            Some((seed, violation)) => println!("| {about} | {} | {} |", violation.guarantee, seed - seeds.start() + 1),
            None => {
                survivors += 1;
                println!("| {about} | **nothing** | {} |", seeds.clone().count());
            }
        }
    }
    faults::plant(None);
    println!("{} faults, {survivors} not found", planted.len());
    survivors == 0
}
