//! From the disk to what the screens away from the till show: sales by day, expenses by month, what moved a product's
//! stock. Rows are many, so of sales only those are parsed that are shown.

use super::{
    counting, credit,
    handle::{Expenses, Moves, Reach, Sales, StorageProblem, Till, Today},
    moves,
    past::{AskedMoves, Months},
    platform::now_ms,
    read,
    shelf::Shelf,
};
use crate::{
    domain::{Day, ProductId},
    sync::{
        engine::{self, Device, Held, Store, keys, sound},
        view::{self, Pending, Search, booked_day, by_day, by_month, list_expenses, list_sales, margin, takings},
        wire::{ExpenseRow, HISTORY_DAYS, Kind, MovementRow, SaleRow},
    },
};
use leptos::prelude::untrack;
use std::collections::BTreeMap;

type Rows = Vec<(String, String)>;

/// Today by the server's clock, as far as the device knows it.
pub fn today_of(device: &Device) -> Day {
    Day::of_ms(now_ms().saturating_add(device.meta.contact.skew_ms))
}

/// The first day of the history a device holds.
pub fn held_since(device: &Device) -> Day {
    Day(today_of(device).0 - HISTORY_DAYS)
}

/// A day's sales on the disk.
pub enum Unread {
    Keys(Vec<String>),
    Texts(Rows),
}

impl Unread {
    pub async fn read(self, shelf: &Shelf) -> Result<Vec<SaleRow>, StorageProblem> {
        let rows = match self {
            Unread::Keys(keys) => shelf.storage().get_all(Store::Confirmed, keys).await?,
            Unread::Texts(rows) => rows,
        };
        let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &SaleRow| row.sale.id.0);
        Ok(shelf.sound(Store::Confirmed, &rows, read).await.0)
    }
}

/// The sales of a day, or of all days this device holds, not read yet.
pub async fn sold(shelf: &Shelf, device: &Device, on: Option<Day>) -> Result<BTreeMap<Day, Unread>, StorageProblem> {
    let Some(Held { generation, .. }) = device.shown() else { return Ok(BTreeMap::new()) };
    if shelf.storage().get(Store::Meta, keys::SOLD_KNOWN).await?.is_none() {
        let rows = shelf.storage().scan(Store::Confirmed, &keys::rows(generation, Kind::Sale)).await?;
        // Stale where the state changed meanwhile: it is done the next time.
        let days = rows.iter().map(|(key, text)| (key.as_str(), booked_day(text)));
        shelf.commit(engine::know_days(device, days)).await?;
    }
    let prefix = on.map_or_else(|| keys::all_sold(generation), |day| keys::sold_on(generation, day));
    let mut days: BTreeMap<Day, Vec<String>> = BTreeMap::new();
    for key in shelf.storage().keys(Store::Confirmed, &prefix).await? {
        if let Some((day, sale)) = keys::day_and_sale(&key) {
            days.entry(day).or_default().push(keys::row(generation, Kind::Sale, sale));
        }
    }
    Ok(days.into_iter().map(|(day, keys)| (day, Unread::Keys(keys))).collect())
}

/// All sales this device holds, read at once.
async fn read_all(shelf: &Shelf, device: &Device) -> Result<BTreeMap<Day, Unread>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(BTreeMap::new()) };
    let prefix = keys::rows(shown.generation, Kind::Sale);
    let mut found: BTreeMap<Day, Rows> = BTreeMap::new();
    for (key, text) in shelf.storage().scan(Store::Confirmed, &prefix).await? {
        found.entry(booked_day(&text)).or_default().push((key, text));
    }
    Ok(found.into_iter().map(|(day, rows)| (day, Unread::Texts(rows))).collect())
}

pub async fn sales(
    shelf: &Shelf,
    older: impl FnOnce() -> Months<SaleRow>,
    typed: &str,
    at_least: usize,
) -> Result<Sales, StorageProblem> {
    let (device, search) = (shelf.device().await?, Search::new(typed));
    let pending: Pending = read::pending(shelf, &device).await?;
    let mut rows: Vec<SaleRow> = Vec::new();
    let mut count = pending.shown_sales().filter(|(_, sale)| search.finds(sale)).count();
    let (mut first, mut reach) = (Day(i64::MIN), Reach::Since(held_since(&device)));
    let days = match search.is_empty() {
        true => sold(shelf, &device, None).await?,
        false => read_all(shelf, &device).await?,
    };
    for (day, unread) in days.into_iter().rev() {
        if count >= at_least {
            reach = Reach::Held;
            break;
        }
        let read = unread.read(shelf).await?;
        count += read.iter().filter(|row| search.finds(&row.sale)).count();
        rows.extend(read);
        first = day;
    }
    if reach != Reach::Held {
        let asked = older();
        reach = asked.reach().unwrap_or(reach);
        rows.splice(0..0, asked.rows); // of a row that is in both, this device's is the newer
        first = Day(i64::MIN);
    }
    let found = list_sales(rows, &pending).into_iter().filter(|one| one.day >= first && search.finds(&one.sale));
    let days = by_day(found);
    // What is searched for is among sales.
    let repaid = if search.is_empty() {
        credit::repaid_on(shelf, &device, &pending, |on| days.iter().any(|day| day.day == on)).await?
    } else {
        BTreeMap::new()
    };
    Ok(Sales { days, repaid, today: today_of(&device), reach })
}

pub async fn today(shelf: &Shelf, till: Till) -> Result<Today, StorageProblem> {
    let device = shelf.device().await?;
    let (day, pending) = (today_of(&device), read::pending(shelf, &device).await?);
    let rows = match sold(shelf, &device, Some(day)).await?.remove(&day) {
        Some(unread) => unread.read(shelf).await?,
        None => Vec::new(),
    };
    let mut sales = list_sales(rows, &pending);
    sales.retain(|listed| listed.day == day);
    let cost = |product| untrack(|| till.product(product)).and_then(|shown| shown.product.purchase_price);
    let holds_costs = device.meta.installation.as_ref().is_some_and(|own| own.holds_costs);
    let repaid = credit::repaid_on(shelf, &device, &pending, |on| on == day).await?.remove(&day).unwrap_or_default();
    Ok(Today { day, takings: takings(&sales), repaid, margin: holds_costs.then(|| margin(&sales, cost)) })
}

pub async fn expenses(shelf: &Shelf, older: impl FnOnce() -> Months<ExpenseRow>) -> Result<Expenses, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let asked = older();
    let reach = asked.reach().unwrap_or_else(|| Reach::Since(held_since(&device)));
    let Months { mut rows, .. } = asked;
    if let Some(shown) = device.shown() {
        let unread = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Expense)).await?;
        let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &ExpenseRow| row.expense.id.0);
        // Behind the older ones: of a row that is in both, this device's is the newer.
        rows.extend(shelf.sound(Store::Confirmed, &unread, read).await.0);
    }
    let months = by_month(list_expenses(rows, &pending));
    Ok(Expenses { months, today: today_of(&device), reach })
}

/// `older` is what the server was asked for of it.
pub async fn movements(
    shelf: &Shelf,
    older: impl FnOnce() -> Option<AskedMoves>,
    product: ProductId,
) -> Result<Moves, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let (rows, stock) = match device.shown() {
        Some(shown) => {
            let rows = moves::of(shelf, shown, product).await?;
            (rows, counting::confirmed_stock(shelf, shown, product).await?)
        }
        None => (Vec::new(), 0),
    };
    let Some(AskedMoves { rows: asked, after }) = older() else {
        let moved = view::history(&rows, stock, &pending, product);
        return Ok(Moves { moved, reach: Reach::Since(held_since(&device)) });
    };
    // They never change: of one that is in both, either will do.
    let rows: BTreeMap<u64, MovementRow> = asked.into_iter().chain(rows).map(|row| (row.change, row)).collect();
    let rows: Vec<MovementRow> = rows.into_values().collect();
    let reach = if after.is_some() { Reach::Part } else { Reach::Whole };
    Ok(Moves { moved: view::history(&rows, stock, &pending, product), reach })
}
