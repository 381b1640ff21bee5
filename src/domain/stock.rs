use super::{ProductId, SaleId, Units};
use serde::{Deserialize, Serialize};

/// Why a stock changed. Every change of stock is one movement with one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The stock a product was created or imported with.
    Opening,
    Sale {
        sale: SaleId,
    },
    /// A voided sale: its goods came back.
    Void {
        sale: SaleId,
    },
    Adjust {
        reason: AdjustReason,
    },
    Received,
    /// Somebody counted what is there. Its difference corrects what was believed; nothing came or went.
    Count {
        counted: Units,
        /// What was expected, counts that came after `since` aside.
        expected: i64,
        /// The change number up to which the phone knew the shop when its person counted.
        since: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustReason {
    Loss,
    Breakage,
    Expired,
    Count,
    Other,
}

/// One line that asked for more than there was: what a refusal tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    pub product: ProductId,
    pub name: String,
    /// Units on the server when it decided.
    pub available: i64,
    /// Units the mutation asked for.
    pub asked: i64,
}
