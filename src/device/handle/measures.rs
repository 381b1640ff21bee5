//! What the dashboard of Paramètres shows of this phone.

use crate::sync::engine::{Measured, Unsent};

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
