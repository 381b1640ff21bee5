//! A count of stock.

use crate::{
    domain::{Invalid, Note, ProductId, Units, limits::STOCK_MAX_UNITS},
    sync::wire::Cursor,
};
use serde::{Deserialize, Serialize};

/// What somebody counted, and from where (G18): what was sold meanwhile, here or elsewhere, stays sold, and of two
/// counts of the same goods the second does not correct what the first has corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountStock {
    pub product: ProductId,
    pub counted: Units,
    /// The confirmed stock at `at`, with what this phone had queued by then, its counts aside. Below zero where more
    /// was sold than was known of.
    pub expected: i64,
    /// What the phone knew of the shop.
    pub at: Cursor,
    pub note: Note,
}

impl CountStock {
    /// What it changes, if no other count has changed it since `at`.
    pub fn difference(&self) -> i64 {
        self.counted.get() - self.expected
    }

    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let holds = self.expected.unsigned_abs() <= STOCK_MAX_UNITS as u64;
        if holds { Ok(()) } else { Err(Invalid::Units(self.expected)) }
    }
}
