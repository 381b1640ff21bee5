//! A receipt, as it is shown.

use super::VoidedBy;
use crate::domain::{Sale, Shop, UserId};

#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    pub sale: Sale,
    /// What is known of the shop, to print above and below.
    pub shop: Option<Shop>,
    pub seller: String,
    pub actor: UserId,
    pub at_ms: i64,
    pub state: ReceiptState,
    pub voided: Option<VoidedBy>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptState {
    Confirmed,
    /// "En attente de synchronisation".
    Waiting,
    /// Refused after it was shown: to decide.
    ToDecide,
    Voided,
}

/// Why a receipt that is not on this device is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The shop has none.
    Unknown,
    /// The server was not reached, or nobody is signed in with it.
    NotReached,
}
