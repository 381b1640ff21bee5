//! The power goes while everybody sells, again and again: killing a process loses nothing that it wrote, so here what
//! was written and not synced is taken away beneath SQLite.

use super::{
    Failure, Outcome, Size,
    crowd::{self, Setting, Stage},
    place::Place,
    trace::{Disk, Unsynced, strace},
};
use comptoir::server::replay::chance::Chance;
use std::{cell::RefCell, fs, path::PathBuf};

/// Of so many at least one meets a write that was not synced.
const CUTS_THAT_HARM: usize = 15;
/// How long the power stays.
const POWER_MS: (usize, usize) = (100, 900);

pub fn cut(size: &Size) -> Result<Outcome, Failure> {
    run("power cut, SQLite", size, Disk::Honest)
}

/// The same on a disk that says "synced" and keeps nothing: shows that a loss would be seen.
#[allow(dead_code, reason = "its outcome is a failure: for tests alone")]
pub fn cut_on_a_disk_that_lies(size: &Size) -> Result<Outcome, Failure> {
    run("power cut, a disk that lies", size, Disk::Lies)
}

fn run(name: &'static str, size: &Size, disk: Disk) -> Result<Outcome, Failure> {
    let place = Place::new();
    let path = place.path().join("data/comptoir.db");
    let url = format!("sqlite:{}", path.display());
    let trace = place.path().join("trace");
    let under = strace(&trace);
    let ground = RefCell::new(Ground { path, trace, disk, writes: 0, syncs: 0, lost: 0 });
    let strike = |stage: &mut Stage<'_, '_>| -> Result<(), Failure> {
        for _ in 0..size.strikes {
            stage.wait(POWER_MS.0, POWER_MS.1);
            let cut = stage.servers.kill_all();
            ground.borrow_mut().lose_unsynced(stage.chance)?;
            stage.count("power cut", cut);
            stage.servers.start_missing();
        }
        stage.wait(POWER_MS.0, POWER_MS.1);
        Ok(())
    };
    let wreck = |chance: &mut Chance| ground.borrow_mut().lose_unsynced(chance);
    let setting = Setting { place: &place, url: &url, servers: 1, under };
    let mut outcome = crowd::run(name, setting, size, strike, wreck)?;
    let ground = ground.into_inner();
    if ground.syncs == 0 || ground.writes == 0 {
        return Err(format!("{} writes and {} syncs were seen: nothing was tried", ground.writes, ground.syncs).into());
    }
    if disk == Disk::Honest && ground.lost == 0 && outcome.strikes["power cut"] >= CUTS_THAT_HARM {
        return Err("no cut ever met an unsynced write: nothing was tried".into());
    }
    let counted = [("writes", ground.writes), ("syncs", ground.syncs), ("unsynced writes taken away", ground.lost)];
    outcome.strikes.extend(counted);
    Ok(outcome)
}

struct Ground {
    path: PathBuf,
    trace: PathBuf,
    disk: Disk,
    writes: usize,
    syncs: usize,
    lost: usize,
}

impl Ground {
    fn lose_unsynced(&mut self, chance: &mut Chance) -> Result<(), Failure> {
        let unsynced = Unsynced::read(&fs::read_to_string(&self.trace)?, self.disk)?;
        self.writes += unsynced.written;
        self.syncs += unsynced.syncs;
        self.lost += unsynced.forget(self.disk, chance)?;
        // An index in memory: never on a disk.
        let index = self.path.with_extension("db-shm");
        if index.exists() {
            fs::remove_file(index)?;
        }
        Ok(fs::write(&self.trace, "")?)
    }
}
