//! What pages are made of: the rows of a shop as they stand.

use super::{ClashRow, Kind, RefusedRow};
use crate::domain::{
    Cause, Day, Expense, InstallationId, Label, Note, Product, ProductId, Repayment, Role, Sale, Shop, UserId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows as they stand. Stock travels by movements: `stock_after` of a product's last movement in a page is its stock
/// at the page's end. At the start it comes in `stock`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rows {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<Shop>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<PhoneRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stock: Vec<StockRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sales: Vec<SaleRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<ClashRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expenses: Vec<ExpenseRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repayments: Vec<RepaymentRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movements: Vec<MovementRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
}

impl Rows {
    pub fn count(&self) -> usize {
        usize::from(self.shop.is_some())
            + self.people.len()
            + self.phones.len()
            + self.products.len()
            + self.sales.len()
            + self.refused.len()
            + self.clashes.len()
            + self.customers.len()
            + self.expenses.len()
            + self.repayments.len()
            + self.movements.len()
            + self.gone.len()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: UserId,
    pub name: Label,
    pub role: Role,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// An installation, as its owner calls it. What a phone hears of itself it takes for its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneRow {
    pub id: InstallationId,
    /// Of its receipts' numbers.
    pub prefix: String,
    pub name: String,
    /// Whether purchase prices reach it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds_costs: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRow {
    pub product: ProductId,
    pub units: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRow {
    pub sale: Sale,
    pub installation: InstallationId,
    pub actor: UserId,
    pub at_ms: i64,
    pub day: Day,
    /// The device's clock was impossible, and the time was moved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clamped: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<Voided>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    pub by: UserId,
    pub at_ms: i64,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpenseRow {
    pub expense: Expense,
    pub actor: UserId,
    pub at_ms: i64,
    pub day: Day,
}

/// Who has taken goods on credit, and what they owe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// That of the sale or repayment that was the first of theirs.
    pub id: Uuid,
    /// As it was first written.
    pub name: Label,
    /// In GNF; below zero where they brought more than they owed.
    pub owed_gnf: i64,
    /// When that last changed.
    pub at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepaymentRow {
    pub repayment: Repayment,
    pub actor: UserId,
    pub at_ms: i64,
    pub day: Day,
}

/// One change of one product's stock; `change` and `product` name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementRow {
    pub change: u64,
    pub product: ProductId,
    pub delta: i64,
    pub stock_after: i64,
    pub cause: Cause,
    /// What the person typed beside it.
    #[serde(default, skip_serializing_if = "Note::is_empty")]
    pub note: Note,
    pub actor: UserId,
    pub at_ms: i64,
}

/// A row the devices no longer hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub kind: Kind,
    pub id: Uuid,
}
