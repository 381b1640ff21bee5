//! A file for the owner, from what the device holds and, where they want all of it, from the server month by month. It is
//! put together of pieces that the browser keeps: the page holds one month at a time.

mod older;

use super::{
    counting, credit, files,
    handle::{CutOff, ExportProblem, ExportState, Exporting, Piece, StorageProblem, Till, Wanted, Write},
    history, moves, platform, read,
    shelf::Shelf,
};
use crate::{
    domain::{Day, ExpenseId, ProductId, RepaymentId, SaleId, day::DAY_MS, export::File},
    sync::{
        engine::{self, Device, Store, keys, sound},
        view::{self, ListedExpense, ListedSale, Moved, Pending, list_expenses, list_repayments, list_sales},
        wire::{ExpenseRow, Kind, MovementRow, Past, RepaymentRow, SaleRow},
    },
};
use js_sys::Array;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BTreeSet,
};
use wasm_bindgen::JsValue;

const TYPE: &str = "text/csv";
/// Movements that are written between two frames.
const MOVES_A_PIECE: usize = 2_000;

/// The file that is done, as long as this page lives.
#[derive(Default)]
pub struct Kept {
    /// Counts exports: one that is not the last has ended.
    run: Cell<u64>,
    done: RefCell<Option<(String, JsValue)>>,
}

impl Kept {
    pub fn give(&self, till: Till) {
        let given = self.done.borrow().as_ref().is_none_or(|(name, blob)| files::give(name, blob).is_ok());
        if !given {
            let failed = |export: &mut Exporting| export.state = ExportState::Failed(ExportProblem::NoFile);
            till.export.update(|export| export.iter_mut().for_each(failed));
        }
    }

    pub fn end(&self, till: Till) {
        self.run.set(self.run.get() + 1);
        self.done.take();
        till.export.set(None);
    }
}

/// Why no file comes of it.
enum Stop {
    /// Somebody ended it, or the owner signed out.
    Ended,
    Failed(ExportProblem),
}

impl From<StorageProblem> for Stop {
    fn from(problem: StorageProblem) -> Self {
        Self::Failed(ExportProblem::Storage(problem))
    }
}

impl From<JsValue> for Stop {
    fn from(_: JsValue) -> Self {
        Self::Failed(ExportProblem::NoFile)
    }
}

pub async fn run(shelf: &Shelf, till: Till, kept: &Kept, wanted: Wanted, write: Write) {
    kept.end(till);
    let (run, name, pending) = (kept.run.get(), wanted.name.clone(), Pending::default());
    let (parts, own) = (Array::new(), BTreeSet::new());
    let mut export = Export { shelf, till, kept, run, wanted, write, name, at: None, lines: 0, parts, pending, own };
    let made = export.make().await;
    if kept.run.get() != run {
        return; // another began, or none is wanted
    }
    match made {
        Ok(()) => {}
        Err(Stop::Ended) => kept.end(till),
        Err(Stop::Failed(problem)) => export.say(ExportState::Failed(problem)),
    }
}

impl From<&engine::Export> for CutOff {
    fn from(kept: &engine::Export) -> Self {
        let at = match &kept.next {
            Some(Past::Days { last, .. }) => Some(*last),
            _ => None,
        };
        Self { file: kept.file, at, lines: kept.lines }
    }
}

struct Export<'a> {
    shelf: &'a Shelf,
    till: Till,
    kept: &'a Kept,
    run: u64,
    wanted: Wanted,
    write: Write,
    name: String,
    at: Option<Day>,
    lines: u64,
    parts: Array,
    /// The outbox as it was when this began, and the sales, expenses and repayments in it: they are written first, and nothing twice.
    pending: Pending,
    own: BTreeSet<uuid::Uuid>,
}

/// Whether what is kept of one is for who is here, and for what the phone holds today.
pub fn goes_on(device: &Device, kept: &engine::Export) -> bool {
    kept.pieces > 0
        && kept.last == history::held_since(device)
        && device.history() == Some(kept.history)
        && device.meta.actor.as_ref().is_some_and(|actor| actor.id == kept.actor)
}

/// Puts away what was kept of one that was cut off.
pub async fn forget(shelf: &Shelf) -> Result<(), StorageProblem> {
    match engine::end_export(&shelf.device().await?) {
        Some(tx) => shelf.commit(tx).await.map(drop),
        None => Ok(()),
    }
}

/// Puts away what nobody can go on with any more.
pub async fn forget_stale(shelf: &Shelf) -> Result<(), StorageProblem> {
    let device = shelf.device().await?;
    match device.meta.export.as_ref().is_some_and(|kept| !goes_on(&device, kept)) {
        true => forget(shelf).await,
        false => Ok(()),
    }
}

impl Export<'_> {
    async fn make(&mut self) -> Result<(), Stop> {
        let device = self.shelf.device().await?;
        self.name = format!("{}-{}.csv", self.wanted.name, history::today_of(&device).iso());
        self.say(ExportState::Reading);
        let held = self.held().await?;
        if self.wanted.older {
            self.older(&device, held).await?;
        }
        self.goes_on()?;
        let blob = files::blob(&self.parts, TYPE)?;
        files::give(&self.name, &blob)?;
        if self.wanted.older {
            forget(self.shelf).await?;
        }
        *self.kept.done.borrow_mut() = Some((self.name.clone(), blob));
        self.say(ExportState::Done);
        Ok(())
    }

    fn say(&self, state: ExportState) {
        let (name, at, lines) = (self.name.clone(), self.at, self.lines);
        self.till.export.set(Some(Exporting { name, at, lines, state }));
    }

    fn goes_on(&self) -> Result<(), Stop> {
        let owner = self.till.status.with_untracked(|status| status.is_owner());
        if owner && self.kept.run.get() == self.run { Ok(()) } else { Err(Stop::Ended) }
    }

    /// Writes a piece and lets the phone draw. Answers its lines.
    async fn add(&mut self, at: Option<Day>, piece: Piece) -> Result<Vec<String>, Stop> {
        self.goes_on()?;
        let lines = (self.write)(piece);
        if lines.is_empty() {
            return Ok(lines);
        }
        self.push(&lines.concat())?;
        self.lines += lines.len() as u64;
        self.at = at.or(self.at);
        self.say(ExportState::Reading);
        platform::painted().await;
        Ok(lines)
    }

    fn push(&self, text: &str) -> Result<(), Stop> {
        self.parts.push(&files::blob(&Array::of1(&text.into()), TYPE)?);
        Ok(())
    }

    /// What this device holds. Where the server is asked for the rest, it is asked for all of the first day, which is
    /// held in part: that day is answered.
    async fn held(&mut self) -> Result<Day, Stop> {
        loop {
            let device = self.shelf.device().await?;
            let (shown, held) = (device.shown().map(|shown| shown.generation), history::held_since(&device));
            let since_ms = if self.wanted.older { (held.0 + 1) * DAY_MS } else { i64::MIN };
            self.pending = read::pending(self.shelf, &device).await?;
            (self.lines, self.parts) = (0, Array::of1(&self.wanted.headings.as_str().into()));
            match self.wanted.file {
                File::Products => {
                    let products = untrack(|| self.till.search_in("", None, usize::MAX));
                    self.add(None, Piece::Products(products)).await.map(drop)?;
                }
                File::Sales => self.held_sales(&device, since_ms).await?,
                File::Movements => self.held_moves(&device, since_ms).await?,
                File::Expenses => self.held_expenses(&device, since_ms).await?,
                File::Repayments => self.held_repayments(&device, since_ms).await?,
            }
            // Where the shop was read anew meanwhile, rows went away under the reading.
            if self.shelf.device().await?.shown().map(|shown| shown.generation) == shown {
                return Ok(held);
            }
        }
    }

    async fn held_sales(&mut self, device: &Device, since_ms: i64) -> Result<(), Stop> {
        let own = list_sales([], &self.pending);
        self.own = own.iter().map(|listed| listed.sale.id.0).collect();
        self.add(None, Piece::Sales(latest_first(own))).await?;
        for (_, unread) in history::sold(self.shelf, device, None).await?.into_iter().rev() {
            let mut rows = unread.read(self.shelf).await?;
            rows.retain(|row| row.at_ms >= since_ms);
            self.sales(rows).await?;
        }
        Ok(())
    }

    async fn sales(&mut self, mut rows: Vec<SaleRow>) -> Result<Vec<String>, Stop> {
        rows.retain(|row| !self.own.contains(&row.sale.id.0));
        let (at, ids) =
            (rows.first().map(|row| row.day), rows.iter().map(|row| row.sale.id).collect::<BTreeSet<SaleId>>());
        let mut listed = list_sales(rows, &self.pending);
        listed.retain(|listed| ids.contains(&listed.sale.id));
        self.add(at, Piece::Sales(latest_first(listed))).await
    }

    async fn held_expenses(&mut self, device: &Device, since_ms: i64) -> Result<(), Stop> {
        let mut rows = Vec::new();
        if let Some(shown) = device.shown() {
            let prefix = keys::rows(shown.generation, Kind::Expense);
            let unread = self.shelf.storage().scan(Store::Confirmed, &prefix).await?;
            let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &ExpenseRow| row.expense.id.0);
            rows = self.shelf.sound(Store::Confirmed, &unread, read).await.0;
        }
        rows.retain(|row| row.at_ms >= since_ms);
        self.own = list_expenses([], &self.pending).iter().map(|listed| listed.expense.id.0).collect();
        let listed = list_expenses(rows, &self.pending);
        self.add(None, Piece::Expenses(latest_expenses(listed))).await.map(drop)
    }

    async fn expenses(&mut self, mut rows: Vec<ExpenseRow>) -> Result<Vec<String>, Stop> {
        rows.retain(|row| !self.own.contains(&row.expense.id.0));
        let ids: BTreeSet<ExpenseId> = rows.iter().map(|row| row.expense.id).collect();
        let at = rows.first().map(|row| row.day);
        let mut listed = list_expenses(rows, &self.pending);
        listed.retain(|listed| ids.contains(&listed.expense.id));
        self.add(at, Piece::Expenses(latest_expenses(listed))).await
    }

    async fn held_repayments(&mut self, device: &Device, since_ms: i64) -> Result<(), Stop> {
        let mut rows = credit::repayments(self.shelf, device, |_| true).await?;
        rows.retain(|row| row.at_ms >= since_ms);
        self.own = list_repayments([], &self.pending).iter().map(|listed| listed.repayment.id.0).collect();
        self.add(None, Piece::Repayments(list_repayments(rows, &self.pending))).await.map(drop)
    }

    async fn repayments(&mut self, mut rows: Vec<RepaymentRow>) -> Result<Vec<String>, Stop> {
        rows.retain(|row| !self.own.contains(&row.repayment.id.0));
        let ids: BTreeSet<RepaymentId> = rows.iter().map(|row| row.repayment.id).collect();
        let at = rows.first().map(|row| row.day);
        let mut listed = list_repayments(rows, &self.pending);
        listed.retain(|listed| ids.contains(&listed.repayment.id));
        self.add(at, Piece::Repayments(listed)).await
    }

    async fn held_moves(&mut self, device: &Device, since_ms: i64) -> Result<(), Stop> {
        let (shown, mut waiting) = (device.shown(), Vec::<(ProductId, Moved)>::new());
        for product in self.pending.products().collect::<BTreeSet<_>>() {
            let stock = match shown {
                Some(shown) => counting::confirmed_stock(self.shelf, shown, product).await?,
                None => 0,
            };
            let moved = view::history(&[], stock, &self.pending, product);
            waiting.extend(moved.into_iter().map(|moved| (product, moved)));
        }
        waiting.sort_by_key(|(_, moved)| Reverse(moved.at_ms));
        self.add(None, Piece::Movements(waiting)).await?;
        let Some(shown) = shown else { return Ok(()) };
        let unread = moves::all(self.shelf, shown).await?;
        let mut rows = moves::read(self.shelf, shown, &unread).await;
        drop(unread);
        rows.retain(|row| row.at_ms >= since_ms);
        rows.sort_by_key(|row| (Reverse(row.change), row.product));
        for rows in rows.chunks(MOVES_A_PIECE) {
            self.moves(rows).await?;
        }
        Ok(())
    }

    async fn moves(&mut self, rows: &[MovementRow]) -> Result<Vec<String>, Stop> {
        let at = rows.last().map(|row| Day::of_ms(row.at_ms));
        self.add(at, Piece::Movements(rows.iter().map(|row| (row.product, Moved::from(row))).collect())).await
    }
}

/// By the days of their bills.
fn latest_expenses(mut expenses: Vec<ListedExpense>) -> Vec<ListedExpense> {
    expenses.sort_by_key(|listed| Reverse((listed.day, listed.at_ms, listed.expense.id)));
    expenses
}

fn latest_first(mut sales: Vec<ListedSale>) -> Vec<ListedSale> {
    sales.sort_by_key(|listed| Reverse((listed.at_ms, listed.sale.id)));
    sales
}
