//! History older than this device holds, asked of the server when somebody wants to see it. It is shown, not stored.

use super::{
    handle::{Absent, Act, Older, Receipt},
    platform, read,
    sender::APP,
    shelf::Shelf,
};
use crate::{
    api,
    domain::{Day, SaleId},
    sync::wire::{ExpenseRow, From, Kind, PAST_DAYS_MAX, PROTOCOL, Past, PastPage, PullRequest, Pulled, SaleRow},
};
use std::collections::BTreeMap;

/// A person waits for it.
const TIMEOUT_MS: i64 = 15_000;

/// What the server was asked for, as long as this page lives.
#[derive(Default)]
pub struct Asked {
    pub receipts: BTreeMap<SaleId, Receipt>,
    pub sales: Months<SaleRow>,
    pub expenses: Months<ExpenseRow>,
}

impl Asked {
    /// What an act takes back is not what it was when it was asked for.
    pub fn forget(&mut self, act: &Act) {
        match act {
            Act::VoidSale { sale, .. } => drop(self.receipts.remove(sale)),
            Act::VoidExpense { expense, .. } => self.expenses.rows.retain(|row| row.expense.id != *expense),
            _ => {}
        }
    }
}

/// Months before what the device holds, without a gap.
pub struct Months<T> {
    pub rows: Vec<T>,
    /// The first day they reach back to; `None` before the server was asked.
    pub since: Option<Day>,
}

impl<T> Default for Months<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), since: None }
    }
}

pub async fn receipt(shelf: &Shelf, sale: SaleId) -> Result<Receipt, Absent> {
    let page = ask(shelf, Past::Sale(sale)).await.ok_or(Absent::NotReached)?;
    let row = page.rows.sales.into_iter().next().ok_or(Absent::Unknown)?;
    read::receipt_of(shelf, row).await.map_err(|_| Absent::NotReached)
}

/// The days up to `last`, as many as one request may ask for: the first of them, and their rows.
pub async fn days(shelf: &Shelf, of: Older, last: Day) -> Option<(Day, Vec<PastPage>)> {
    let kind = match of {
        Older::Sales => Kind::Sale,
        Older::Expenses => Kind::Expense,
    };
    let first = Day((last.0 - PAST_DAYS_MAX + 1).max(0));
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = ask(shelf, Past::Days { kind, first, last, after }).await?;
        after = page.after;
        pages.push(page);
        if after.is_none() {
            return Some((first, pages));
        }
    }
}

/// `None` where the server was not reached, or nobody is signed in with it.
async fn ask(shelf: &Shelf, past: Past) -> Option<PastPage> {
    let installation = shelf.device().await.ok()?.meta.installation.as_ref()?.id;
    let request = PullRequest { protocol: PROTOCOL, installation, app: APP.to_owned(), from: From::Past(past) };
    match platform::within(TIMEOUT_MS, api::pull(request)).await?.ok()?.pulled {
        Pulled::Past(page) => Some(page),
        _ => None,
    }
}
