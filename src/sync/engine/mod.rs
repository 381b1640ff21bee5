//! What to send next, and what an answer does to a device: pure, and told as values.
//!
//! Every function here takes the device's state as it was read, and returns a [`LocalTx`]: what the state must still
//! be, and what is written then. A driver carries it out word for word (IndexedDB in the browser, memory in the
//! simulator and in `comptoir replay`) and, where it comes back stale, reads again and asks again. So what is
//! simulated is what runs.

mod account;
mod cart;
#[cfg(test)]
pub mod contract;
mod export;
mod forget;
mod fork;
mod freshness;
pub mod goods;
mod import;
mod loading;
mod measured;
pub mod memory;
pub mod moves;
mod outcome;
mod pull;
mod push;
mod queue;
#[cfg(test)]
pub(in crate::sync) mod samples;
mod schedule;
mod shop;
pub mod sound;
mod state;
mod storage;
mod suspended;
#[cfg(test)]
mod tests;

pub use account::{
    begin_enrolment, enrolled, new_epoch, session_after, session_ended, session_is, signed_in, signed_out,
};
pub use cart::InHand;
pub use export::{Export, end_export, keep_export};
pub use forget::{ageing, forget_history, forget_old, history_is_due};
pub use fork::{begin_fork, fork};
pub use freshness::{Freshness, lapsed, unanswered};
pub use import::{
    IMPORT_AT_ONCE, Import, Item, PIECE_CHANGES, Piece, Pieces, begin_import, due_piece, end_import, piece, queue_piece,
};
pub use measured::{Asked, MEASURED_DAYS, Measured, MeasuredDay, Unsent, unsent_by_kind};
pub use outcome::{Settled, ended, orphaned_in_ms, roll_back, settle_orphans, stop_waiting, worth_waiting};
pub use pull::{Applied, know_days, on_pulled, plan_pull, read_anew};
pub use push::{Lane, is_progress, on_push_answer, plan_push};
pub use queue::{QueueError, Queueing, dismiss, next_receipt, queue, queue_all, queue_count};
pub use schedule::{
    Action, BACKOFF_FIRST_MS, BACKOFF_LAST_MS, CHANGE_PAUSE_MS, STREAMING_TICK_MS, Schedule, Situation, TICK_MS,
    Trigger,
};
pub use shop::next_retry;
pub use state::{
    Acknowledged, Anew, Contact, Device, Entry, Held, Installation, Loading, Meta, Parked, SessionState, Standing,
    Unreadable, leads_elsewhere,
};
pub use storage::{Durability, Expect, LocalTx, Store, Write, keys};
pub use suspended::{SUSPENDED_MAX, Suspended, suspend, take_up};

/// How long a sale waits for the server's word before its receipt says "en attente", where the owner's rules do not say
/// otherwise (G16).
pub const SALE_ANSWER_WAIT_MS: i64 = 5_000;
/// After this long without a word from the tab that sold, or twice as long as it may wait, it is taken for dead and a
/// refusal is parked.
pub const SALE_ORPHAN_MS: i64 = 2 * SALE_ANSWER_WAIT_MS;
/// Mutations one outbox holds. Beyond it selling stops with a clear word rather than filling the disk.
pub const OUTBOX_MAX: usize = 20_000;
