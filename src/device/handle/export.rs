//! Taking the shop's books along as a file: the device reads them piece by piece, the screen says how they are written.

use super::StorageProblem;
use crate::{
    domain::{Day, ProductId, export::File},
    sync::{
        CallError,
        view::{ListedExpense, ListedRepayment, ListedSale, Moved, Shown},
    },
};

pub trait ExportCommands {
    /// Makes a file of what is wanted and gives it to the person. It goes on where the screen is left, and waits where
    /// there is no network; [`super::Till::export`] says how far it is. Another one ends. One that was cut off goes on from
    /// what is kept of it.
    fn begin_export(&self, wanted: Wanted, write: Write);
    /// Gives the person the file that is done once more.
    fn give_export(&self);
    /// Ends it and forgets what is kept of it, or puts away what is done.
    fn end_export(&self);
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub file: File,
    /// Also what is on the server alone.
    pub older: bool,
    /// The first part of the file's name; the day comes behind it.
    pub name: String,
    /// How the file begins.
    pub headings: String,
}

/// A piece of it: the latest come first.
pub enum Piece {
    Products(Vec<Shown>),
    Sales(Vec<ListedSale>),
    Movements(Vec<(ProductId, Moved)>),
    Expenses(Vec<ListedExpense>),
    Repayments(Vec<ListedRepayment>),
}

/// A piece as text, a line for each of its lines.
pub type Write = Box<dyn Fn(Piece) -> Vec<String>>;

/// What is kept of an export of all times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOff {
    pub file: File,
    /// The last day of what the server is to be asked next.
    pub at: Option<Day>,
    /// Lines that came from the server.
    pub lines: u64,
}

/// How far an export is.
#[derive(Debug, Clone, PartialEq)]
pub struct Exporting {
    pub name: String,
    /// A day of the month that is being read.
    pub at: Option<Day>,
    pub lines: u64,
    pub state: ExportState,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExportState {
    Reading,
    /// The server does not answer: it is asked again until it does.
    Waiting,
    Done,
    Failed(ExportProblem),
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExportProblem {
    Storage(StorageProblem),
    Refused(CallError),
    /// The browser makes no file, or takes none.
    NoFile,
}
