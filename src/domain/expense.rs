use super::{ExpenseId, Label, Money, Note};
use serde::{Deserialize, Serialize};

/// Money that left the shop for something other than goods taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expense {
    pub id: ExpenseId,
    /// "Transport", "Loyer", "Électricité": free, since each shop has its own.
    pub kind: Label,
    pub amount: Money,
    pub note: Note,
}
