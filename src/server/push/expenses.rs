//! Recording, editing and voiding an expense.

use super::case::{Case, Stop};
use super::permissions::Act;
use crate::domain::{
    Day, ExpenseId,
    expense::{Dated, may_be_of},
};
use crate::server::db::{Tx, execute, fetch_optional};
use crate::server::rows::{self, ExpenseColumns};
use crate::sync::Refusal;
use crate::sync::merge;
use crate::sync::mutation::{EditExpense, RecordExpense, VoidExpense};
use crate::sync::verdict::What;
use crate::sync::wire::{ExpenseRow, Kind};

pub(super) async fn record(tx: &mut Tx, case: &Case, record: &RecordExpense) -> Result<(), Stop> {
    case.require(Act::RecordExpense)?;
    let expense = &record.expense;
    let recorded_on = Day::of_ms(case.booked.at_ms);
    // A clock that was wrong refuses nothing: the day it was chosen by is moved as the time was (G10).
    let latest = if case.booked.clamped { recorded_on } else { Day(i64::MAX) };
    let day = record.day.unwrap_or(recorded_on).min(latest);
    may_be_of(day, recorded_on)?;
    let inserted = execute!(
        tx,
        "INSERT INTO expenses (shop_id, id, kind, amount, note, actor_id, at_ms, day, change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT DO NOTHING",
        case.shop.0,
        expense.id.0,
        expense.kind.as_str(),
        expense.amount.get(),
        expense.note.as_str(),
        case.actor.0,
        case.booked.at_ms,
        day.0,
        case.change
    )?;
    if inserted == 0 { Err(Refusal::Exists { what: What::Expense }.into()) } else { Ok(()) }
}

pub(super) async fn edit(tx: &mut Tx, case: &Case, edit: &EditExpense) -> Result<(), Stop> {
    let found = find(tx, case, edit.expense).await?;
    case.require(Act::EditExpense { own: found.actor == case.actor })?;
    let mut merged = Dated { expense: found.expense, day: found.day };
    let clashes = merge::expense(&mut merged, edit);
    if !clashes.is_empty() {
        return Err(Stop::Conflict(clashes));
    }
    let Dated { expense, day } = merged;
    may_be_of(day, Day::of_ms(found.at_ms))?;
    execute!(
        tx,
        "UPDATE expenses SET kind = $3, amount = $4, note = $5, day = $6, change = $7 WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        edit.expense.0,
        expense.kind.as_str(),
        expense.amount.get(),
        expense.note.as_str(),
        day.0,
        case.change
    )?;
    Ok(())
}

pub(super) async fn void(tx: &mut Tx, case: &Case, void: &VoidExpense) -> Result<(), Stop> {
    let found = find(tx, case, void.expense).await?;
    case.require(Act::VoidExpense { own: found.actor == case.actor })?;
    execute!(
        &mut *tx,
        "UPDATE expenses SET voided_ms = $3, voided_by = $4, void_reason = $5, change = $6
         WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        void.expense.0,
        case.booked.at_ms,
        case.actor.0,
        void.reason.as_str(),
        case.change
    )?;
    case.tell_gone(tx, Kind::Expense, void.expense.0).await
}

async fn find(tx: &mut Tx, case: &Case, expense: ExpenseId) -> Result<ExpenseRow, Stop> {
    let found = fetch_optional!(
        &mut *tx,
        ExpenseColumns,
        "SELECT change, id, kind, amount, note, actor_id, at_ms, day FROM expenses
         WHERE shop_id = $1 AND id = $2 AND voided_ms IS NULL",
        case.shop.0,
        expense.0
    )?;
    match found {
        Some(columns) => Ok(rows::expense(columns)?),
        None => Err(missing(tx, case, expense).await?.into()),
    }
}

async fn missing(tx: &mut Tx, case: &Case, expense: ExpenseId) -> Result<Refusal, Stop> {
    let voided = fetch_optional!(
        tx,
        (i64,),
        "SELECT change FROM expenses WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        expense.0
    )?;
    Ok(if voided.is_some() { Refusal::AlreadyVoided } else { Refusal::Unknown { what: What::Expense } })
}
