//! What is older than a device holds, as it stands now.

use super::{
    items,
    start::{Filling, Reader},
};
use crate::domain::{Day, SaleId, day::DAY_MS, limits::TIME_MAX_MS};
use crate::server::{ServerError, db::Db, screens, session::Session};
use crate::sync::CallError;
use crate::sync::wire::{Kind, PAGE_MAX_ROWS, PAST_DAYS_MAX, Past, PastPage, Rows};
use uuid::Uuid;

pub(super) async fn page(db: &Db, session: &Session, past: Past) -> Result<PastPage, ServerError> {
    match past {
        Past::Sale(id) => sale(db, session, id).await,
        Past::Days { kind, first: Day(first), last: Day(last), after } => {
            days(db, session, kind, first, last, after).await
        }
    }
}

async fn sale(db: &Db, session: &Session, id: SaleId) -> Result<PastPage, ServerError> {
    let found = screens::receipt(db, session, id).await?;
    let sales = found.into_iter().map(|receipt| receipt.sale).collect();
    Ok(PastPage { after: None, rows: Rows { sales, ..Rows::default() } })
}

async fn days(
    db: &Db,
    session: &Session,
    kind: Kind,
    first: i64,
    last: i64,
    after: Option<Uuid>,
) -> Result<PastPage, ServerError> {
    let possible = (0..TIME_MAX_MS / DAY_MS).contains(&first) && (first..first + PAST_DAYS_MAX).contains(&last);
    if !possible {
        let detail = format!("days {first} to {last}; at most {PAST_DAYS_MAX}, in their order, from 1970 on");
        return Err(CallError::BadRequest { detail }.into());
    }
    let reader = Reader { session, at: i64::MAX, since_ms: first * DAY_MS, until_ms: (last + 1) * DAY_MS };
    let (mut tx, after, limit) = (db.read().await?, after.unwrap_or(Uuid::nil()), PAGE_MAX_ROWS as i64);
    let entries = match kind {
        Kind::Sale => reader.sales(&mut tx, after, limit).await?,
        Kind::Expense => reader.expenses(&mut tx, after, limit).await?,
        Kind::Person | Kind::Product | Kind::Refused | Kind::Clash | Kind::Movement | Kind::Phone => {
            return Err(CallError::BadRequest { detail: format!("no days of kind {}", kind.name()) }.into());
        }
    };
    let mut whole = entries.len() < PAGE_MAX_ROWS;
    let (mut filling, mut read) = (Filling::new(PAGE_MAX_ROWS), after);
    for entry in entries {
        let place = entry.place;
        if !filling.take(entry)? {
            whole = false;
            break;
        }
        read = place;
    }
    let (rows, _) = items::sort(filling.items);
    Ok(PastPage { after: (!whole).then_some(read), rows })
}
