//! What the dashboard of Paramètres shows of this phone.

use super::StorageProblem;
use crate::sync::{
    CallError,
    engine::{Measured, Unsent},
};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// Changes that wait to be sent, by kind.
    pub unsent: Vec<Unsent>,
    /// Changes of this phone that a person must decide on.
    pub parked: usize,
    pub measured: Measured,
    /// The device's clock, corrected by the server's, when all this was read.
    pub now_ms: i64,
    /// Server's clock minus this phone's at the last contact.
    pub skew_ms: i64,
    pub room: Option<Room>,
    pub protocol: u32,
    /// As the browser calls itself.
    pub browser: String,
}

/// What the browser keeps for the app, and allows it to, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub used: u64,
    pub allowed: u64,
}

/// A file with what waits to be sent, sealed with a code that is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Changes in it.
    pub count: usize,
    /// Digits, in groups.
    pub code: String,
}

/// Why another phone's file was not handed in. Nothing is lost by it: the file can be handed in again.
#[derive(Debug, Clone, PartialEq)]
pub enum HandInError {
    NoFile,
    NotOurs,
    /// A newer version of the app wrote it.
    TooNew,
    WrongCode,
    NeedsNetwork,
    OtherShop,
    Refused(CallError),
    Storage(StorageProblem),
}
