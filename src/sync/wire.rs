//! What travels between device and server, version 1. `docs/PROTOCOL.md` describes it for a stranger; the samples in
//! `tests/fixtures/wire` hold both to it.

mod devices;
mod notify;
mod people;
mod rows;
mod undecided;

pub use devices::*;
pub use notify::*;
pub use people::*;
pub use rows::*;
pub use undecided::{ClashRow, RefusedRow};

use super::{mutation::Mutation, verdict::Answer};
use crate::domain::{Day, InstallationId, Label, ProductId, SaleId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of the envelope this program speaks.
pub const PROTOCOL: u32 = 1;
/// Mutations in one push.
pub const BATCH_MAX: usize = 50;
/// Bytes of mutations a device puts into one push, so that a batch of large sales still fits [`REQUEST_MAX_BYTES`].
pub const BATCH_TARGET_BYTES: usize = 256 * 1024;
/// Bytes in the body of one request.
pub const REQUEST_MAX_BYTES: usize = 1024 * 1024;
/// Causes named by one mutation.
pub const CAUSES_MAX: usize = 500;
/// Rows in one page. A page ends between change numbers, so the rows of its last change may exceed it.
pub const PAGE_MAX_ROWS: usize = 1_000;
/// Rows in the page that comes with a push, in one of a product's past, and in the first of a shop that is read from its
/// start: answers that a person waits for.
pub const PUSH_PAGE_MAX_ROWS: usize = 200;
/// Bytes of rows after which a page ends.
pub const PAGE_TARGET_BYTES: usize = 256 * 1024;
/// Rows in any further page of a shop that is read from its start: as many as a slow line brings in the time it takes to ask
/// for them.
pub const START_PAGE_MAX_ROWS: usize = 2_000;
/// Bytes of rows after which such a page ends.
pub const START_PAGE_TARGET_BYTES: usize = 512 * 1024;
/// Days of history a device holds.
pub const HISTORY_DAYS: i64 = 90;
/// Days of older history in one request.
pub const PAST_DAYS_MAX: i64 = 31;
/// Days an installation keeps acknowledged mutations for a server that was set back (G19).
pub const ACKNOWLEDGED_DAYS: i64 = 30;

/// Whether a push may carry this mutation: one that it may not, fails the whole of it. Asked by the server of what
/// arrives, and by the device of what it stored.
pub fn sendable(mutation: &Mutation) -> Result<(), String> {
    let causes = mutation.needs.len() + mutation.after.len();
    if causes > CAUSES_MAX {
        return Err(format!("{} names {causes} causes; at most {CAUSES_MAX} are allowed", mutation.key));
    }
    let sequence = mutation.origin.sequence;
    if mutation.key.0.is_nil() || sequence == 0 || i64::try_from(sequence).is_err() {
        return Err(format!("{} has no possible key and sequence", mutation.key));
    }
    Ok(())
}

/// How far an installation has applied a shop's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The shop's history: a restored backup begins a new one (G19).
    pub history: Uuid,
    pub change: u64,
}

impl Cursor {
    /// Whether a state at this cursor holds that change of that history. One that was noted without its history, by an
    /// earlier version, is of this one.
    pub fn holds(self, history: Option<Uuid>, change: u64) -> bool {
        history.is_none_or(|history| history == self.history) && change <= self.change
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushRequest {
    pub protocol: u32,
    pub installation: InstallationId,
    /// The sender's version, for the owner's list of phones.
    pub app: String,
    /// Absent until the first sync is complete; then no page is answered.
    pub cursor: Option<Cursor>,
    /// How many mutations this installation has made, and how many it still holds: the proof of G15.
    pub made: u64,
    pub waiting: u64,
    pub mutations: Vec<Mutation>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushAnswer {
    pub server_now_ms: i64,
    /// The history these verdicts are of: one of another says nothing (G19).
    pub history: Uuid,
    /// One for each mutation, in the order they came.
    pub answers: Vec<Answer>,
    /// Changes since the cursor, these verdicts' own included.
    pub page: Option<Pulled>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PullRequest {
    pub protocol: u32,
    pub installation: InstallationId,
    pub app: String,
    pub from: From,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// What changed since the cursor.
    Changes { cursor: Cursor },
    /// The shop as it stood, kind by kind; `position` is absent on the first request.
    Start { position: Option<Position> },
    /// What is older than a device holds, as it stands now: to show, not to keep.
    Past(Past),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    Sale(SaleId),
    /// Sales, expenses or repayments of these days, both included, at most [`PAST_DAYS_MAX`]; `after` is the last id read.
    Days {
        kind: Kind,
        first: Day,
        last: Day,
        after: Option<Uuid>,
    },
    /// Movements of that day and before, the latest change first: a product's, or the shop's; `after` is the place of the
    /// last one read.
    Moves {
        product: Option<ProductId>,
        last: Day,
        after: Option<Uuid>,
    },
}

/// Movements have no id of their own: where one stands in an order of reading is its change number, written as a UUID.
pub fn place_of_change(change: u64) -> Uuid {
    Uuid::from_u128(u128::from(change))
}

/// Where a first sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The history and change number the whole of it is read at.
    pub at: Cursor,
    pub kind: Kind,
    /// The last id read of that kind.
    pub after: Option<Uuid>,
}

/// The kinds of rows, in the order a first sync reads them: what one can sell comes first. Phones are few, and come with
/// its first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Person,
    Product,
    Refused,
    Clash,
    Customer,
    Sale,
    Expense,
    Repayment,
    Movement,
    Phone,
}

impl Kind {
    /// Those that are read one after the other.
    pub const READ: [Kind; 9] = [
        Kind::Person,
        Kind::Product,
        Kind::Refused,
        Kind::Clash,
        Kind::Customer,
        Kind::Sale,
        Kind::Expense,
        Kind::Repayment,
        Kind::Movement,
    ];

    pub fn next(self) -> Option<Kind> {
        Self::READ.iter().copied().find(|kind| *kind > self)
    }

    /// The name in storage keys and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Product => "product",
            Kind::Refused => "refused",
            Kind::Clash => "clash",
            Kind::Customer => "customer",
            Kind::Sale => "sale",
            Kind::Expense => "expense",
            Kind::Repayment => "repayment",
            Kind::Movement => "movement",
            Kind::Phone => "phone",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PullAnswer {
    pub server_now_ms: i64,
    pub pulled: Pulled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pulled {
    Page(Page),
    Start(StartPage),
    /// The cursor belongs to another history, lies ahead of the server, or behind what it still remembers: read the
    /// shop from the start (the outbox stays).
    Resync,
    Past(PastPage),
}

/// Rows of the past, in the order they are asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastPage {
    /// Where to go on; absent when all has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Uuid>,
    /// Beside the last of some days: the day before them that last had such rows; absent where there is nothing older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Day>,
    pub rows: Rows,
}

/// The changes of `from < change <= to`, whole change numbers only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub history: Uuid,
    pub from: u64,
    pub to: u64,
    /// There are changes after `to`.
    pub more: bool,
    /// Final verdicts on this installation's own mutations in the range, so that an answer lost on the way is not
    /// counted twice (G2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    pub rows: Rows,
}

/// A part of the shop as it stood at `at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StartPage {
    pub at: Cursor,
    pub kind: Kind,
    /// Where to go on; absent when the whole shop has been read.
    pub next: Option<Position>,
    /// Rows of all kinds in the whole of it, for the progress shown.
    pub total_rows: u64,
    pub rows: Rows,
}

/// Enrols a phone with a code from the owner. The device makes id and secret first, so that a lost answer can be
/// asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    pub code: String,
    pub installation: InstallationId,
    /// 32 random bytes in hexadecimal.
    pub secret: String,
    pub name: Label,
}

/// A phone that was cloned or restored becomes a new installation (G20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkRequest {
    pub installation: InstallationId,
    pub secret: String,
    pub new_installation: InstallationId,
    pub new_secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    pub shop_name: String,
    /// Letters before this installation's receipt numbers.
    pub prefix: String,
    /// Purchase prices reach only phones marked as the owner's.
    pub holds_costs: bool,
    pub people: Vec<PersonRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRequest {
    pub installation: InstallationId,
    pub secret: String,
    pub person: UserId,
    pub pin: crate::domain::Pin,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAnswer {
    pub server_now_ms: i64,
    pub person: PersonRow,
    pub people: Vec<PersonRow>,
    /// The phone was revoked: what it still holds can be handed in, nothing else.
    #[serde(default)]
    pub revoked: bool,
}
