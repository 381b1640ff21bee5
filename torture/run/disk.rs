//! The disk is full while everybody sells, and then it is not.

use super::{
    Failure, Outcome, Size,
    crowd::{self, Setting, Stage},
    place::Place,
};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::Ordering::Relaxed,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SIZE: &str = "size=64m";
const PAGE_BYTES: usize = 4096;
/// The room that is left when it is full: enough for a part of a commit.
const LEFT_PAGES: usize = 16;
/// The log grows into room it has already before it needs more.
const FELT_WITHIN: Duration = Duration::from_secs(20);
const LOOKED_EVERY: Duration = Duration::from_millis(10);
/// A write past a limit is to be an error, as on a full disk, and not the end of the process.
const LIMITED: [&str; 3] = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

/// A small file system of its own; where this user may mount none, a limit on what the server's files may grow to.
pub fn full(size: &Size) -> Result<Outcome, Failure> {
    match Small::mount() {
        Ok(disk) => run("disk full (tmpfs), SQLite", size, disk.folder.path(), &Disk::Small(&disk)),
        Err(error) => {
            println!("no file system of its own: {error}");
            limited(size)
        }
    }
}

pub fn limited(size: &Size) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    run("disk full (limit of file size), SQLite", size, folder.path(), &Disk::Limited)
}

fn run(name: &'static str, size: &Size, folder: &Path, disk: &Disk<'_>) -> Result<Outcome, Failure> {
    let url = format!("sqlite:{}", folder.join("shop.db").display());
    let place = Place::on(&url);
    let under = match disk {
        Disk::Small(_) => Vec::new(),
        Disk::Limited => LIMITED.map(str::to_owned).into(),
    };
    let strike = |stage: &mut Stage<'_, '_>| -> Result<(), Failure> {
        for _ in 0..size.strikes {
            stage.wait(50, 400);
            let told = stage.counts.later.load(Relaxed);
            let pages = stage.chance.below(LEFT_PAGES);
            disk.fill(stage, pages)?;
            wait_until_felt(stage, told)?;
            stage.count("disk full", 1);
            stage.wait(50, 600);
            if stage.chance.one_in(3) {
                let killed = stage.servers.kill_all();
                stage.count("kill -9 while full", killed);
            }
            disk.free(stage)?;
            stage.servers.start_missing();
        }
        // Served again by those that were not killed, without a new start.
        stage.wait(100, 600);
        Ok(())
    };
    crowd::run(name, Setting { place: &place, url: &url, servers: 1, under }, size, strike, |_| Ok(()))
}

fn wait_until_felt(stage: &Stage<'_, '_>, told: usize) -> Result<(), Failure> {
    let began = Instant::now();
    while stage.counts.later.load(Relaxed) == told {
        if began.elapsed() > FELT_WITHIN {
            return Err("the disk is full, and nobody was told \"later\"".into());
        }
        thread::sleep(LOOKED_EVERY);
    }
    Ok(())
}

enum Disk<'a> {
    Small(&'a Small),
    Limited,
}

impl Disk<'_> {
    fn fill(&self, stage: &Stage<'_, '_>, left_pages: usize) -> Result<(), Failure> {
        match self {
            Disk::Small(disk) => disk.fill(left_pages),
            Disk::Limited => limit(stage, &(left_pages * PAGE_BYTES).to_string()),
        }
    }

    fn free(&self, stage: &Stage<'_, '_>) -> Result<(), Failure> {
        match self {
            Disk::Small(disk) => Ok(fs::remove_file(disk.ballast())?),
            Disk::Limited => limit(stage, "unlimited"),
        }
    }
}

fn limit(stage: &Stage<'_, '_>, bytes: &str) -> Result<(), Failure> {
    // One that was killed starts without.
    let Some(pid) = stage.servers.pid() else { return Ok(()) };
    succeed(Command::new("prlimit").args(["--pid", &pid.to_string(), &format!("--fsize={bytes}:unlimited")]))
}

struct Small {
    folder: TempDir,
}

impl Small {
    fn mount() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        succeed(Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder.path()))?;
        Ok(Self { folder })
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }

    fn fill(&self, left_pages: usize) -> Result<(), Failure> {
        let (mut file, page) = (File::create(self.ballast())?, [0; PAGE_BYTES]);
        let mut pages = 0;
        while file.write_all(&page).is_ok() {
            pages += 1;
        }
        Ok(file.set_len((pages - left_pages.min(pages)) as u64 * PAGE_BYTES as u64)?)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: where a run failed, its server may still be ending.
        if let Err(error) = succeed(Command::new("umount").arg("--lazy").arg(self.folder.path())) {
            println!("{}: {error}", self.folder.path().display());
        }
    }
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let output = command.output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}
