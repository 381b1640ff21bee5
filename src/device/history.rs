//! From the disk to what the screens away from the till show: sales by day, expenses by month, what moved a product's
//! stock. Rows are many, so of sales only those are parsed that are shown.

use super::{
    counting,
    handle::{Expenses, Sales, StorageProblem, Till, Today},
    platform::now_ms,
    read,
    shelf::Shelf,
};
use crate::{
    domain::{Day, ProductId},
    sync::{
        engine::{Device, Store, keys, sound},
        view::{self, Moved, Pending, Search, by_day, by_month, list_expenses, list_sales, margin, takings},
        wire::{ExpenseRow, HISTORY_DAYS, Kind, SaleRow},
    },
};
use leptos::prelude::untrack;
use std::collections::BTreeMap;

type Rows = Vec<(String, String)>;

/// Today by the server's clock, as far as the device knows it.
fn today_of(device: &Device) -> Day {
    Day::of_ms(now_ms().saturating_add(device.meta.contact.skew_ms))
}

/// The first day of the history a device holds.
pub fn held_since(device: &Device) -> Day {
    Day(today_of(device).0 - HISTORY_DAYS)
}

/// Rows of a kind by the day they were booked on, unread.
async fn days_of(shelf: &Shelf, device: &Device, kind: Kind) -> Result<BTreeMap<Day, Rows>, StorageProblem> {
    let mut days: BTreeMap<Day, Rows> = BTreeMap::new();
    let Some(shown) = device.shown() else { return Ok(days) };
    for (key, text) in shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, kind)).await? {
        // A row without a day is damaged, and is found to be so at once.
        days.entry(day_in(&text).unwrap_or(Day(i64::MAX))).or_default().push((key, text));
    }
    Ok(days)
}

/// A quotation mark inside a text is escaped, so this is the field and nothing else.
fn day_in(text: &str) -> Option<Day> {
    let (_, after) = text.rsplit_once("\"day\":")?;
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..digits].parse().ok().map(Day)
}

async fn sale_rows(shelf: &Shelf, rows: &Rows) -> Vec<SaleRow> {
    let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &SaleRow| row.sale.id.0);
    shelf.sound(Store::Confirmed, rows, read).await.0
}

pub async fn sales(
    shelf: &Shelf,
    older: impl FnOnce() -> (Vec<SaleRow>, Option<Day>),
    typed: &str,
    at_least: usize,
) -> Result<Sales, StorageProblem> {
    let (device, search) = (shelf.device().await?, Search::new(typed));
    let pending: Pending = read::pending(shelf, &device).await?;
    let mut rows: Vec<SaleRow> = Vec::new();
    let mut count = pending.shown_sales().filter(|(_, sale)| search.finds(sale)).count();
    let (mut first, mut since) = (Day(i64::MIN), Some(held_since(&device)));
    for (day, unread) in days_of(shelf, &device, Kind::Sale).await?.into_iter().rev() {
        if count >= at_least {
            since = None;
            break;
        }
        let read = sale_rows(shelf, &unread).await;
        count += read.iter().filter(|row| search.finds(&row.sale)).count();
        rows.extend(read);
        first = day;
    }
    if since.is_some() {
        let (asked, asked_since) = older();
        rows.splice(0..0, asked); // of a row that is in both, this device's is the newer
        since = asked_since.or(since);
        first = Day(i64::MIN);
    }
    let found = list_sales(rows, &pending).into_iter().filter(|one| one.day >= first && search.finds(&one.sale));
    Ok(Sales { days: by_day(found), today: today_of(&device), since })
}

pub async fn today(shelf: &Shelf, till: Till) -> Result<Today, StorageProblem> {
    let device = shelf.device().await?;
    let (day, pending) = (today_of(&device), read::pending(shelf, &device).await?);
    let unread = days_of(shelf, &device, Kind::Sale).await?.remove(&day).unwrap_or_default();
    let mut sales = list_sales(sale_rows(shelf, &unread).await, &pending);
    sales.retain(|listed| listed.day == day);
    let cost = |product| untrack(|| till.product(product)).and_then(|shown| shown.product.purchase_price);
    let holds_costs = device.meta.installation.as_ref().is_some_and(|own| own.holds_costs);
    Ok(Today { day, takings: takings(&sales), margin: holds_costs.then(|| margin(&sales, cost)) })
}

pub async fn expenses(
    shelf: &Shelf,
    older: impl FnOnce() -> (Vec<ExpenseRow>, Option<Day>),
) -> Result<Expenses, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let (mut rows, asked_since) = older();
    if let Some(shown) = device.shown() {
        let unread = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Expense)).await?;
        let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &ExpenseRow| row.expense.id.0);
        // Behind the older ones: of a row that is in both, this device's is the newer.
        rows.extend(shelf.sound(Store::Confirmed, &unread, read).await.0);
    }
    let months = by_month(list_expenses(rows, &pending));
    Ok(Expenses { months, since: asked_since.unwrap_or_else(|| held_since(&device)) })
}

pub async fn movements(shelf: &Shelf, product: ProductId) -> Result<Vec<Moved>, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let (rows, stock) = match device.shown() {
        Some(shown) => {
            let rows = read::movements(shelf, shown, product).await?;
            (rows, counting::confirmed_stock(shelf, shown, product).await?)
        }
        None => (Vec::new(), 0),
    };
    Ok(view::history(&rows, stock, &pending, product))
}
