//! `kill -9`, again and again, while everybody sells: one server on a file of SQLite, two on one Postgres.

use super::{
    Failure, Outcome, Size,
    crowd::{self, Setting, Stage},
    place::Place,
    postgres::Database,
};

/// How long a server lives after it listens: from before its first request to many of them.
const LIFE_MS: (usize, usize) = (5, 1_000);

pub fn sqlite(size: &Size) -> Result<Outcome, Failure> {
    let place = Place::new();
    let url = format!("sqlite:{}", place.path().join("data/comptoir.db").display());
    let setting = Setting { place: &place, url: &url, servers: 1, under: Vec::new() };
    crowd::run("kill -9, SQLite", setting, size, |stage| strike(stage, size.strikes), |_| Ok(()))
}

pub fn postgres(size: &Size) -> Result<Outcome, Failure> {
    let database = Database::create()?;
    let place = Place::on(&database.url);
    let setting = Setting { place: &place, url: &database.url, servers: 2, under: Vec::new() };
    crowd::run("kill -9, Postgres, two servers", setting, size, |stage| strike(stage, size.strikes), |_| Ok(()))
}

fn strike(stage: &mut Stage<'_, '_>, times: usize) -> Result<(), Failure> {
    for _ in 0..times {
        stage.wait(LIFE_MS.0, LIFE_MS.1);
        // Now and then nobody is left.
        let killed =
            if stage.chance.one_in(4) { stage.servers.kill_all() } else { stage.servers.kill_any(stage.chance) };
        stage.count("kill -9", killed);
        stage.servers.start_missing();
    }
    Ok(())
}
