//! What a shop is: money, quantities, products, sales, stock, expenses, people, receipts.
//!
//! Pure: no clock, no randomness, no I/O. Values are parsed once, at the edge, into types that cannot hold what must
//! never be; everything behind the edge may rely on them.

pub mod cart;
pub mod credit;
pub mod day;
pub mod expense;
pub mod export;
pub mod id;
pub mod import;
pub mod limits;
pub mod money;
pub mod product;
pub mod quantity;
pub mod receipt;
pub mod sale;
pub mod shop;
pub mod sightings;
pub mod stock;
pub mod table;
pub mod text;
pub mod user;

pub use cart::Cart;
pub use credit::Repayment;
pub use day::Day;
pub use expense::Expense;
pub use id::{ExpenseId, InstallationId, Key, ProductId, RepaymentId, SaleId, ShopId, UserId};
pub use money::Money;
pub use product::Product;
pub use quantity::{Quantity, Units};
pub use receipt::ReceiptNumber;
pub use sale::{Sale, SaleLine, Tender};
pub use shop::{Rules, Shop};
pub use sightings::Sightings;
pub use stock::{AdjustReason, Cause, Shortage, Taken};
pub use text::{Barcode, Category, Label, Name, Note, Reference};
pub use user::{Pin, Role};

/// A value that broke a rule of the shop. The message names the rule, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("amount {0} is outside 0..={max}", max = limits::MONEY_MAX_GNF)]
    Money(i64),
    #[error("quantity {0} is outside 1..={max}", max = limits::QUANTITY_MAX)]
    Quantity(i64),
    #[error("stock {0} is outside 0..={max}", max = limits::STOCK_MAX_UNITS)]
    Units(i64),
    #[error("stock difference {0} is zero or too large")]
    Delta(i64),
    #[error("text has {chars} characters; {min}..={max} are allowed")]
    TextLength { chars: usize, min: usize, max: usize },
    #[error("text holds a control or direction-changing character")]
    TextCharacter,
    #[error("{0:?} is not a receipt number")]
    Receipt(String),
    #[error("a PIN is 4 to 6 digits")]
    Pin,
    #[error("{count} {what}; {min}..={max} are allowed")]
    Count { what: &'static str, count: usize, min: usize, max: usize },
    #[error("tenders add up to {tendered}, the lines to {total}")]
    TendersDiffer { tendered: i64, total: i64 },
    #[error("money owed is not paid by owing it")]
    PaidOnCredit,
    #[error("cash given ({given}) is less than the cash due ({amount})")]
    GivenTooLittle { given: i64, amount: i64 },
    #[error("time {0} is not a time in milliseconds this shop can live in")]
    Time(i64),
    #[error("day {0} is to come, or more than {max} days back", max = limits::EXPENSE_BACK_MAX_DAYS)]
    Day(i64),
}
