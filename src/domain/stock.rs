use super::{ProductId, SaleId, Units, UserId};
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
    /// What a sale took beyond the stock while the owner had every sale kept: it was there, so it is found; somebody
    /// should count.
    Unchecked {
        sale: SaleId,
    },
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
    /// The last sales that took what is missing, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Taken>,
}

/// A sale that was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub units: i64,
    pub actor: UserId,
    pub at_ms: i64,
}

impl Shortage {
    /// How many sales are told at most.
    pub const TAKEN_MAX: usize = 3;

    /// Tells of these sales, the newest first, as many as account for what is missing.
    pub fn took(self, sales: impl IntoIterator<Item = Taken>) -> Self {
        let mut missing = self.asked - self.available;
        let needed = |sale: &Taken| {
            let before = missing;
            missing -= sale.units;
            before > 0
        };
        let taken = sales.into_iter().take_while(needed).take(Self::TAKEN_MAX).collect();
        Self { taken, ..self }
    }
}
