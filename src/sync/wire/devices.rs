//! The owner's view of the shop's devices: what each made and what arrived (G15), and what the server refused.

use crate::domain::{Day, InstallationId};
use serde::{Deserialize, Serialize};

/// Devices in one answer: those heard of last.
pub const DEVICES_MAX: usize = 100;
/// Gaps named of one device.
pub const GAPS_MAX: usize = 20;
/// Days of refusals and conflicts, today included.
pub const TROUBLE_DAYS: i64 = 14;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesRequest {
    pub protocol: u32,
    pub installation: InstallationId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesAnswer {
    pub server_now_ms: i64,
    /// In the order they were enrolled.
    pub devices: Vec<DeviceRow>,
    /// Days on which something was refused or clashed, the oldest first.
    pub troubles: Vec<TroubleRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    pub installation: InstallationId,
    pub name: String,
    pub prefix: String,
    /// The version it last pushed with; empty before.
    pub app: String,
    /// When it last pushed; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact_ms: Option<i64>,
    /// What it last said of itself: the mutations it has made, and those it still held.
    pub made: u64,
    pub waiting: u64,
    /// Those with a final verdict.
    pub received: u64,
    /// Numbers it made that have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Gap>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
}

/// Sequences, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub first: u64,
    pub last: u64,
}

/// What was received on a day and not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleRow {
    pub day: Day,
    /// Refused mutations of any kind.
    pub refused: u64,
    pub conflicts: u64,
    /// Of the refused sales and the conflicts, those somebody decided on, and those that wait for it. What became of
    /// another refusal its device alone knows.
    pub decided: u64,
    pub undecided: u64,
}
