//! The owner's view of the shop's devices: what each made and what arrived (G15), and what the server refused; and what
//! the owner does about them.

use crate::domain::{Day, InstallationId, Label};
use serde::{Deserialize, Serialize};

/// Devices in one answer: those heard of last.
pub const DEVICES_MAX: usize = 100;
/// Gaps named of one device.
pub const GAPS_MAX: usize = 20;
/// Days of refusals and conflicts, today included.
pub const TROUBLE_DAYS: i64 = 14;
/// Enrolment codes of one shop that nobody has used yet: a further one ends the oldest.
pub const CODES_MAX: i64 = 5;
/// Characters of the address a new phone opens.
pub const PAGE_MAX_CHARS: usize = 200;

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
    /// Purchase prices reach it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds_costs: bool,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRequest {
    pub protocol: u32,
    pub installation: InstallationId,
    pub act: DeviceAct,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceAct {
    /// A code that enrols one more phone.
    Code {
        /// Whether purchase prices are to reach it.
        holds_costs: bool,
        /// The address of the page that enrols, to be drawn with the code behind it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    Rename {
        device: InstallationId,
        name: Label,
    },
    /// Whether purchase prices are to reach it, from now on.
    Costs {
        device: InstallationId,
        holds_costs: bool,
    },
    /// Takes its right to the shop: it hands in what it holds, and reads nothing. Not the phone that asks.
    Revoke {
        device: InstallationId,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAnswer {
    pub server_now_ms: i64,
    /// Where a code was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<NewCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCode {
    pub code: String,
    /// By the server's clock.
    pub ends_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<Qr>,
}

/// A QR code of `page#code=…`: the path of its dark squares, as SVG draws it, in a square of `side` units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    pub side: u32,
    pub path: String,
}
