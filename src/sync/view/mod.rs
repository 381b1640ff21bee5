//! What a screen shows: confirmed + pending, each counted once (G2).

mod catalogue;
mod counts;
mod credit;
mod expenses;
mod heard;
mod history;
mod pending;
mod sales;

pub use catalogue::{Catalogue, Shown};
pub use counts::{Doubt, corrected_since, doubt};
pub use credit::{Account, Booked, ListedRepayment, Owed, accounts, booked, list_repayments, repaid};
pub use expenses::{ExpensesMonth, KindSum, ListedExpense, by_month, last_days, list_expenses, same_kind};
pub use heard::Heard;
pub use history::{Moved, history};
pub use pending::Pending;
pub use sales::{ListedSale, Margin, SalesDay, Search, Takings, booked_day, by_day, list_sales, margin, takings};
