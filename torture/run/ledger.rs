//! The file in which all clients write down what they were told, for `comptoir check --ledger`.

use comptoir::server::check::{LedgerEntry, write_ledger};
use std::{
    fs::File,
    io::{self, LineWriter},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

pub struct Ledger {
    path: PathBuf,
    file: Mutex<LineWriter<File>>,
}

impl Ledger {
    pub fn create(path: PathBuf) -> io::Result<Self> {
        let file = Mutex::new(LineWriter::new(File::create(&path)?));
        Ok(Self { path, file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, entries: &[LedgerEntry]) -> io::Result<()> {
        // Another client's panic leaves whole lines behind it.
        write_ledger(&mut *self.file.lock().unwrap_or_else(PoisonError::into_inner), entries)
    }
}
