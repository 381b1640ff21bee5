//! How devices agree: what is queued, in which order it is sent, what the server answers, and what a screen shows in
//! between. Pure: time and ids come in as arguments, and every local transaction goes out as a value.

pub mod call;
pub mod decide;
pub mod engine;
pub mod first_page;
pub mod handover;
pub mod json;
pub mod merge;
pub mod mutation;
pub mod order;
pub mod verdict;
pub mod view;
pub mod wire;

/// Where a phone listens to its shop's changes.
pub const EVENTS: &str = "/api/v1/events";
/// A stream where nothing is new says so that often.
pub const STREAM_ALIVE_S: u64 = 45;

pub use call::CallError;
pub use merge::Change;
pub use mutation::{Body, Mutation, Origin};
pub use verdict::{Answer, Refusal, Verdict};
