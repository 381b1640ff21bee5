//! `comptoir check`: the books recomputed from their parts. Every stock is the sum of its movements, every sale the sum
//! of its lines and of its tenders, every sale moved what it sold; and what a client was told is what stands.

mod books;
mod told;

pub use told::{LedgerEntry, check_ledger, read_ledger, write_ledger};

use super::{ServerError, db::Db};
use std::fmt;
use uuid::Uuid;

/// Differences reported of one kind; beyond it the shop needs a restore, not a longer list.
const DIFFERENCES_MAX: i64 = 1_000;

/// Something that does not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub shop: Uuid,
    /// The rule that is broken.
    pub rule: &'static str,
    /// The row: a product, a sale, an installation or a key.
    pub id: Uuid,
    pub stands: i64,
    pub expected: i64,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "shop {}: {} {}: {} stands, {} expected", self.shop, self.rule, self.id, self.stands, self.expected)
    }
}

/// Recomputes all shops in one snapshot. Empty: everything adds up.
pub async fn check(db: &Db) -> Result<Vec<Difference>, ServerError> {
    let mut tx = db.read().await?;
    let mut differences = books::stock(&mut tx).await?;
    differences.append(&mut books::movements(&mut tx).await?);
    differences.append(&mut books::totals(&mut tx).await?);
    differences.append(&mut books::tenders(&mut tx).await?);
    differences.append(&mut books::owed(&mut tx).await?);
    differences.append(&mut books::accounts(&mut tx).await?);
    differences.append(&mut books::sold(&mut tx).await?);
    differences.append(&mut books::returned(&mut tx).await?);
    differences.append(&mut books::moved_by_a_sale(&mut tx).await?);
    differences.append(&mut books::sequences(&mut tx).await?);
    Ok(differences)
}
