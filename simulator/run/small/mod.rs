//! The small case, explored completely: two phones, one product, three mutations, a power cut, a lost message. The
//! phones are the real engine; the server is a model of it, which a test holds against the real one.

#[cfg(test)]
mod held;
mod holds;
mod phone;
mod server;
mod world;

use phone::Act;
use stateright::{Checker, Model, report::WriteReporter};
use std::time::Instant;
use world::Small;

/// The worlds, by what happens in them; `whole` are those too large for every commit.
pub fn worlds(whole: bool) -> Vec<(&'static str, Small)> {
    let two = vec![Act::Sells(3)];
    let last_five = |power_cuts, losses| Small { scripts: [two.clone(), two.clone()], power_cuts, losses };
    let voided = |power_cuts, losses| Small {
        scripts: [vec![Act::Sells(3), Act::Voids], vec![Act::Sells(3)]],
        ..last_five(power_cuts, losses)
    };
    let mut worlds = vec![
        ("two sell the last five", last_five(0, 0)),
        ("and a message is lost", last_five(0, 1)),
        ("and the power goes", last_five(1, 0)),
    ];
    if whole {
        let delivered = [vec![Act::Sells(3), Act::Sells(3)], vec![Act::Receives(1)]];
        worlds.extend([
            ("both", last_five(1, 1)),
            ("one voids it", voided(0, 0)),
            ("and a message is lost", voided(0, 1)),
            ("and the power goes", voided(1, 0)),
            ("one sells twice, and a delivery comes between", Small { scripts: delivered, ..last_five(0, 1) }),
        ]);
    }
    worlds
}

/// Explores each world whole, and prints what there is. Answers whether everything held.
pub fn explore(worlds: Vec<(&'static str, Small)>) -> bool {
    println!("| what goes wrong | states | steps | seconds | broken |\n|---|---|---|---|---|");
    let mut held = true;
    for (what, small) in worlds {
        let began = Instant::now();
        let checker = small.checker().threads(2).spawn_dfs().join();
        let broken: Vec<_> = checker.discoveries().into_keys().filter(|name| world::is_promise(name)).collect();
        let unseen = world::SEEN.iter().filter(|name| checker.discovery(name).is_none());
        let broken: Vec<&str> = broken.into_iter().chain(unseen.copied()).collect();
        let (states, steps, seconds) = (checker.unique_state_count(), checker.state_count(), began.elapsed().as_secs());
        println!("| {what} | {states} | {steps} | {seconds} | {} |", broken.join(", "));
        if !broken.is_empty() {
            held = false;
            checker.report(&mut WriteReporter::new(&mut std::io::stderr()));
        }
    }
    held
}
