//! History older than this device holds, asked of the server when somebody wants to see it. It is shown, not stored.

use super::{
    handle::{Absent, Act, Older, Reach, Receipt},
    history, platform, read,
    sender::APP,
    shelf::Shelf,
};
use crate::{
    api,
    domain::{Day, ProductId, SaleId},
    sync::{
        CallError,
        wire::{
            ExpenseRow, From, Kind, MovementRow, PAST_DAYS_MAX, PROTOCOL, Past, PastPage, PullRequest, Pulled, SaleRow,
        },
    },
};
use std::{cell::RefCell, collections::BTreeMap};
use uuid::Uuid;

/// A person waits for it.
const TIMEOUT_MS: i64 = 15_000;

/// What the server was asked for, as long as this page lives.
#[derive(Default)]
pub struct Asked {
    pub receipts: BTreeMap<SaleId, Receipt>,
    pub sales: Months<SaleRow>,
    pub expenses: Months<ExpenseRow>,
    pub moves: BTreeMap<ProductId, AskedMoves>,
}

/// A product's movements before those the device holds.
#[derive(Clone)]
pub struct AskedMoves {
    pub rows: Vec<MovementRow>,
    /// Where to go on; `None` where nothing is older.
    pub after: Option<Uuid>,
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
#[derive(Clone)]
pub struct Months<T> {
    pub rows: Vec<T>,
    /// The first day they reach back to; `None` before the server was asked.
    since: Option<Day>,
    /// The last day before it that has such rows.
    earlier: Option<Day>,
}

impl<T> Default for Months<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), since: None, earlier: None }
    }
}

impl<T> Months<T> {
    pub fn reach(&self) -> Option<Reach> {
        self.since.map(|since| if self.earlier.is_some() { Reach::Since(since) } else { Reach::Whole })
    }

    fn add(&mut self, first: Day, pages: Vec<PastPage>, rows_of: impl Fn(PastPage) -> Vec<T>) {
        self.earlier = pages.last().and_then(|page| page.earlier);
        self.since = Some(first);
        self.rows.extend(pages.into_iter().flat_map(rows_of));
    }

    /// The last day that is not known here; `held` is the first day the device holds, in part: how old a thing may be is
    /// counted in hours.
    fn next(&self, held: Day) -> Day {
        self.earlier.or_else(|| self.since.map(|since| Day(since.0 - 1))).unwrap_or(held)
    }
}

pub async fn receipt(shelf: &Shelf, sale: SaleId) -> Result<Receipt, Absent> {
    let page = ask(shelf, Past::Sale(sale)).await.map_err(|_| Absent::NotReached)?;
    let row = page.rows.sales.into_iter().next().ok_or(Absent::Unknown)?;
    read::receipt_of(shelf, row).await.map_err(|_| Absent::NotReached)
}

/// Asks for what comes before what is known; `None` where the server did not answer.
pub async fn older(shelf: &Shelf, asked: &RefCell<Asked>, of: Older) -> Option<()> {
    let held = history::held_since(&shelf.device().await.ok()?);
    match of {
        Older::Sales => {
            let last = asked.borrow().sales.next(held);
            let (first, pages) = days(shelf, Kind::Sale, last).await?;
            asked.borrow_mut().sales.add(first, pages, |page| page.rows.sales);
        }
        Older::Expenses => {
            let last = asked.borrow().expenses.next(held);
            let (first, pages) = days(shelf, Kind::Expense, last).await?;
            asked.borrow_mut().expenses.add(first, pages, |page| page.rows.expenses);
        }
        Older::Moves(product) => {
            let after = asked.borrow().moves.get(&product).and_then(|asked| asked.after);
            let page = ask(shelf, Past::Moves { product: Some(product), last: held, after }).await.ok()?;
            let mut asked = asked.borrow_mut();
            let known = asked.moves.entry(product).or_insert(AskedMoves { rows: Vec::new(), after: None });
            known.rows.extend(page.rows.movements);
            known.after = page.after;
        }
    }
    Some(())
}

/// The days up to `last`, as many as one request may ask for: the first of them, and their rows.
async fn days(shelf: &Shelf, kind: Kind, last: Day) -> Option<(Day, Vec<PastPage>)> {
    let first = Day((last.0 - PAST_DAYS_MAX + 1).max(0));
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = ask(shelf, Past::Days { kind, first, last, after }).await.ok()?;
        after = page.after;
        pages.push(page);
        if after.is_none() {
            return Some((first, pages));
        }
    }
}

pub async fn ask(shelf: &Shelf, past: Past) -> Result<PastPage, CallError> {
    let not_reached = |detail: &str| CallError::NotReached { detail: detail.to_owned() };
    let device = shelf.device().await.map_err(|problem| not_reached(&format!("{problem:?}")))?;
    let installation = device.meta.installation.as_ref().ok_or(CallError::NotSignedIn)?.id;
    let request = PullRequest { protocol: PROTOCOL, installation, app: APP.to_owned(), from: From::Past(past) };
    let answer = platform::within(TIMEOUT_MS, api::pull(request)).await.ok_or_else(|| not_reached("too slow"))?;
    match answer?.pulled {
        Pulled::Past(page) => Ok(page),
        _ => Err(not_reached("not what was asked for")),
    }
}
