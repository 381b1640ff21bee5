//! Every target with chance, with the corpus, and the server's with chance on Postgres too.

use crate::{
    database::{TestDb, stories},
    draw::Draw,
    targets::TARGETS,
    world::World,
};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::{fs, path::Path};

stories!(nonsense_has_no_effect_and_stops_nobody);

/// `HOSTILE_CASES` is a factor: 1 takes seconds.
fn factor() -> u32 {
    std::env::var("HOSTILE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1)
}

fn with_chance(target: &str, cases: u32) {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let config = ProptestConfig { cases: cases * factor(), failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&vec(any::<u8>(), 0..200), |data| {
            run(&data);
            Ok(())
        })
        .unwrap_or_else(|failed| panic!("{target}: {failed}"));
}

#[test]
fn what_travels() {
    with_chance("wire", 2_000);
}

#[test]
fn what_is_called_a_catalogue() {
    with_chance("catalogue", 500);
}

#[test]
fn damaged_disks() {
    with_chance("stored", 500);
}

#[test]
fn enrolling_and_signing_in() {
    with_chance("enrol", 60);
}

/// Files of a spreadsheet's kind rather than any bytes.
#[test]
fn catalogues_with_absurd_cells() {
    let cell = prop_oneof![
        "[ -~]{0,12}",
        "\"[^\"]{0,8}\"?",
        "-?[0-9]{1,25}([.,][0-9]{1,4})?",
        any::<String>(),
        Just("\u{202e}riz\0".to_owned()),
        Just("é".repeat(5_000)),
    ];
    let heading = prop_oneof![
        Just("nom".to_owned()),
        Just("prix".to_owned()),
        Just("stock".to_owned()),
        Just("ean".to_owned()),
        Just("n\u{1b}om".to_owned()),
        any::<String>(),
    ];
    let file = (vec(heading, 1..6), vec(vec(cell, 1..6), 0..8), prop_oneof![Just(","), Just(";"), Just("\t")]);
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == "catalogue").unwrap();
    let config = ProptestConfig { cases: 500 * factor(), failure_persistence: None, ..ProptestConfig::default() };
    let tried = TestRunner::new(config).run(&file, |(headings, lines, separator)| {
        let lines = [headings].into_iter().chain(lines).map(|cells| cells.join(separator));
        run(lines.collect::<Vec<_>>().join("\n").as_bytes());
        Ok(())
    });
    tried.unwrap_or_else(|failed| panic!("{failed}"));
}

/// Pushes and pulls drawn from a seed: `HOSTILE_SEED=7` repeats it.
async fn nonsense_has_no_effect_and_stops_nobody(test: TestDb) {
    let seed = std::env::var("HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    eprintln!("HOSTILE_SEED={seed}");
    let (mut chance, mut world) = (ChaCha8Rng::seed_from_u64(seed), World::new(test).await);
    for round in 0..60 * factor() {
        let mut data = vec![0; 160];
        chance.fill_bytes(&mut data);
        let mut draw = Draw::new(&data);
        match round % 6 {
            0 => world.pull(&mut draw).await,
            1 => world.enrol(&mut draw).await,
            _ => world.push(&mut draw).await,
        }
    }
}

/// What a fuzzer found worth keeping, in `tests/hostile/corpus/<target>`.
#[test]
fn the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus");
    for (name, run) in TARGETS {
        let files = fs::read_dir(folder.join(name)).unwrap_or_else(|error| panic!("corpus of {name}: {error}"));
        let mut tried = 0;
        for file in files {
            let path = file.unwrap().path();
            eprintln!("{}", path.display());
            run(&fs::read(&path).unwrap());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no corpus");
    }
}
