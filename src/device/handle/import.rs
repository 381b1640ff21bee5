//! Importing a file: chosen, read, planned by the screen, and then the device's to carry out.

use super::{Answer, CommandError};
use crate::domain::import::{Column, Planned};
use leptos::prelude::RwSignal;

pub trait ImportCommands {
    /// The text of the file chosen in the field of that id, whichever letters it is written in.
    fn chosen_text(&self, field: String) -> Answer<Result<Chosen, FileProblem>>;
    /// Once what changed is on the screen: long work lets a phone draw.
    fn painted(&self) -> Answer<()>;
    /// Keeps what is planned on the disk, whole or not at all; from then on it is queued by itself, piece by piece.
    /// `said` is what the headings mean, for the same file chosen again; `prepared` counts the lines that are ready. `false` while another import is under way.
    fn begin_import(
        &self,
        file: String,
        said: Vec<(String, Option<Column>)>,
        planned: Vec<Planned>,
        prepared: RwSignal<usize>,
    ) -> Answer<Result<bool, CommandError>>;
    /// Forgets what was not queued yet, and the import itself. What was queued stays.
    fn end_import(&self) -> Answer<Result<(), CommandError>>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileProblem {
    None,
    TooLarge,
    /// A spreadsheet's own file.
    Workbook,
    /// The browser does not give it, or it is no text.
    Unreadable,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStatus {
    pub file: String,
    /// Lines that do something, and those that are in the outbox or beyond.
    pub lines: u64,
    pub queued: u64,
    /// A part of it did not read back: the same file brings it again.
    pub lost: bool,
    /// All of it is queued.
    pub done: bool,
    /// What its headings mean.
    pub said: Vec<(String, Option<Column>)>,
}
