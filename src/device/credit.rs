//! From the disk to who owes what.

use super::{
    handle::{AccountBook, StorageProblem},
    history, read,
    shelf::Shelf,
};
use crate::{
    domain::{Day, Label, credit},
    sync::{
        Body,
        engine::{Device, Store, keys, sound},
        view::{
            Account, ListedRepayment, Pending, Takings, accounts, booked, booked_day, list_repayments, list_sales,
            repaid,
        },
        wire::{CustomerRow, Kind, RepaymentRow, SaleRow},
    },
};
use std::collections::BTreeMap;

/// In the text of a sale that somebody owes for.
const ON_CREDIT: &str = "\"credit\":";

async fn customers(shelf: &Shelf, device: &Device) -> Result<Vec<CustomerRow>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(Vec::new()) };
    let unread = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Customer)).await?;
    Ok(shelf.sound(Store::Confirmed, &unread, sound::customer).await.0)
}

/// Those of which the text is wanted.
pub async fn repayments(
    shelf: &Shelf,
    device: &Device,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<RepaymentRow>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(Vec::new()) };
    let mut unread = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Repayment)).await?;
    unread.retain(|(_, text)| wanted(text));
    let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &RepaymentRow| row.repayment.id.0);
    Ok(shelf.sound(Store::Confirmed, &unread, read).await.0)
}

/// All accounts, who owes most first.
pub async fn credits(shelf: &Shelf) -> Result<Vec<Account>, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let taken_back = pending.entries().any(|(_, body)| matches!(body, Body::VoidRepayment(_)));
    let repaid = if taken_back { repayments(shelf, &device, |_| true).await? } else { Vec::new() };
    Ok(accounts(customers(shelf, &device).await?, &repaid, &pending))
}

/// One account with the lines this device holds; nothing where nobody of that name has one.
pub async fn account(shelf: &Shelf, customer: &Label) -> Result<Option<AccountBook>, StorageProblem> {
    let device = shelf.device().await?;
    let pending = read::pending(shelf, &device).await?;
    let repaid = repayments(shelf, &device, |_| true).await?;
    let all = accounts(customers(shelf, &device).await?, &repaid, &pending);
    let Some(account) = all.into_iter().find(|account| credit::is_same(&account.customer, customer)) else {
        return Ok(None);
    };
    let sales = list_sales(on_credit(shelf, &device).await?, &pending);
    let booked = booked(&sales, &list_repayments(repaid, &pending), customer);
    Ok(Some(AccountBook { account, booked, since: history::held_since(&device) }))
}

/// Of the sales this device holds, those that somebody owes for; the others are not read.
async fn on_credit(shelf: &Shelf, device: &Device) -> Result<Vec<SaleRow>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(Vec::new()) };
    let mut unread = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Sale)).await?;
    unread.retain(|(_, text)| text.contains(ON_CREDIT));
    let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &SaleRow| row.sale.id.0);
    Ok(shelf.sound(Store::Confirmed, &unread, read).await.0)
}

/// What customers brought on each of these days.
pub async fn repaid_on(
    shelf: &Shelf,
    device: &Device,
    pending: &Pending,
    wanted: impl Fn(Day) -> bool,
) -> Result<BTreeMap<Day, Takings>, StorageProblem> {
    let rows = repayments(shelf, device, |text| wanted(booked_day(text))).await?;
    let mut days: BTreeMap<Day, Vec<ListedRepayment>> = BTreeMap::new();
    for listed in list_repayments(rows, pending).into_iter().filter(|listed| wanted(listed.day)) {
        days.entry(listed.day).or_default().push(listed);
    }
    Ok(days.into_iter().map(|(day, listed)| (day, repaid(&listed))).collect())
}
