//! What a disk would hold after the power went: strace tells every write and sync of the server in order, and a write
//! that no finished sync followed may be there, in part, or not at all.

use comptoir::server::replay::chance::Chance;
use std::{collections::BTreeMap, fs::File, io, os::unix::fs::FileExt, path::Path};

/// What a disk writes whole.
const SECTOR_BYTES: usize = 512;

/// Runs a program and writes down its writes.
pub fn strace(trace: &Path) -> Vec<String> {
    let calls = "trace=pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate";
    let words = ["strace", "-f", "-qq", "-y", "-s", "0", "-e", "signal=none", "-e", calls, "-o"];
    words.into_iter().map(str::to_owned).chain([trace.to_string_lossy().into_owned()]).collect()
}

/// Whether a sync is taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    Honest,
    /// Syncs of the log do nothing: what is acknowledged may be lost, and the checks must say so.
    Lies,
}

struct Write {
    path: String,
    offset: u64,
    length: usize,
}

/// Writes that no sync of their file followed.
#[derive(Default)]
pub struct Unsynced {
    /// By their place in the order of all writes.
    writes: BTreeMap<usize, Write>,
    /// How far each file was written.
    ends: BTreeMap<String, u64>,
    pub written: usize,
    pub syncs: usize,
}

impl Unsynced {
    pub fn read(trace: &str, disk: Disk) -> Result<Self, String> {
        let mut unsynced = Self::default();
        // A sync covers what was written before it began, once it has ended.
        let mut begun: BTreeMap<&str, (String, usize)> = BTreeMap::new();
        for line in trace.lines() {
            // `PID call(FD</path>, …) = RESULT`; where another thread cut in, `PID call(… <unfinished ...>` and later
            // `PID <... call resumed>) = RESULT`.
            let Some((thread, said)) = line.split_once(' ') else { continue };
            let said = said.trim_start();
            if said.starts_with("<... fsync") || said.starts_with("<... fdatasync") {
                if let Some((path, before)) = begun.remove(thread)
                    && said.ends_with("= 0")
                {
                    unsynced.sync(&path, before);
                }
                continue;
            }
            let Some((call, rest)) = said.split_once('(') else { continue };
            let Some((path, arguments)) = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')) else {
                continue;
            };
            if !path.ends_with(".db") && !path.ends_with(".db-wal") {
                continue;
            }
            match call {
                // Asked for, and not done.
                "fsync" | "fdatasync" if disk == Disk::Lies && path.ends_with("-wal") => unsynced.syncs += 1,
                "fsync" | "fdatasync" if said.ends_with("= 0") => unsynced.sync(path, unsynced.written),
                "fsync" | "fdatasync" => drop(begun.insert(thread, (path.to_owned(), unsynced.written))),
                // After a checkpoint SQLite cuts the file to its pages; where that cuts none off, nothing changes.
                "ftruncate"
                    if arguments
                        .split(", ")
                        .nth(1)
                        .and_then(leading_number)
                        .is_some_and(|length| unsynced.ends_by(path, length)) => {}
                "pwrite64" => unsynced.write(path, arguments).ok_or_else(|| format!("not a write: {line}"))?,
                _ => return Err(format!("a call whose effect on a disk is not known here: {line}")),
            }
        }
        if disk == Disk::Lies {
            unsynced.writes.retain(|_, write| write.path.ends_with("-wal"));
        }
        Ok(unsynced)
    }

    /// `, "", LENGTH, OFFSET…`
    fn write(&mut self, path: &str, arguments: &str) -> Option<()> {
        let mut numbers = arguments.split(", ").skip(2).map(leading_number);
        let (length, offset) = (numbers.next()??, numbers.next()??);
        let end = self.ends.entry(path.to_owned()).or_default();
        *end = (*end).max(offset + length);
        let length = usize::try_from(length).ok()?;
        self.writes.insert(self.written, Write { path: path.to_owned(), offset, length });
        self.written += 1;
        Some(())
    }

    /// Whether nothing was written to a file beyond this length.
    fn ends_by(&self, path: &str, length: u64) -> bool {
        self.ends.get(path).is_none_or(|end| *end <= length)
    }

    fn sync(&mut self, path: &str, before: usize) {
        self.syncs += 1;
        self.writes.retain(|number, write| *number >= before || write.path != path);
    }

    /// The machine forgets: of each such write all, some sectors, or nothing reads as zeros. Returns how many were
    /// harmed.
    pub fn forget(&self, disk: Disk, chance: &mut Chance) -> io::Result<usize> {
        let mut harmed = 0;
        for write in self.writes.values() {
            let fate = if disk == Disk::Lies { 0 } else { chance.below(4) };
            let mut harm = false;
            for at in (0..write.length).step_by(SECTOR_BYTES) {
                let lost = match fate {
                    0 | 1 => true,
                    2 => chance.one_in(2),
                    _ => false,
                };
                if lost {
                    let zeros = vec![0; SECTOR_BYTES.min(write.length - at)];
                    let file = File::options().write(true).open(&write.path)?;
                    file.write_all_at(&zeros, write.offset + at as u64)?;
                    harm = true;
                }
            }
            harmed += usize::from(harm);
        }
        Ok(harmed)
    }
}

fn leading_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}
