//! What is older than a device holds, as it stands now.

use super::{
    filling::{Entry, Filling},
    items,
    start::{Reader, by_change},
};
use crate::domain::{Day, ProductId, SaleId, day::DAY_MS, limits::TIME_MAX_MS};
use crate::server::{
    ServerError,
    db::{Db, Tx, fetch_all, fetch_one, fetch_optional},
    rows::MovementColumns,
    screens,
    session::Session,
};
use crate::sync::CallError;
use crate::sync::wire::{
    Kind, PAGE_MAX_ROWS, PAGE_TARGET_BYTES, PAST_DAYS_MAX, PUSH_PAGE_MAX_ROWS, Past, PastPage, Rows,
};
use uuid::Uuid;

pub(super) async fn page(db: &Db, session: &Session, past: Past) -> Result<PastPage, ServerError> {
    match past {
        Past::Sale(id) => sale(db, session, id).await,
        Past::Days { kind, first: Day(first), last: Day(last), after } => {
            days(db, session, kind, first, last, after).await
        }
        Past::Moves { product, last: Day(last), after } => moves(db, session, product, last, after).await,
    }
}

async fn sale(db: &Db, session: &Session, id: SaleId) -> Result<PastPage, ServerError> {
    let found = screens::receipt(db, session, id).await?;
    let sales = found.into_iter().map(|receipt| receipt.sale).collect();
    Ok(PastPage { after: None, earlier: None, rows: Rows { sales, ..Rows::default() } })
}

async fn days(
    db: &Db,
    session: &Session,
    kind: Kind,
    first: i64,
    last: i64,
    after: Option<Uuid>,
) -> Result<PastPage, ServerError> {
    if !possible(first) || !(first..first + PAST_DAYS_MAX).contains(&last) {
        let detail = format!("days {first} to {last}; at most {PAST_DAYS_MAX}, in their order, from 1970 on");
        return Err(CallError::BadRequest { detail }.into());
    }
    let reader = Reader { session, at: i64::MAX, since_ms: first * DAY_MS, until_ms: (last + 1) * DAY_MS };
    let (mut tx, limit) = (db.read().await?, PAGE_MAX_ROWS as i64);
    let from = after.unwrap_or(Uuid::nil());
    let entries = match kind {
        Kind::Sale => reader.sales(&mut tx, from, limit).await?,
        Kind::Expense => reader.expenses(&mut tx, from, limit).await?,
        Kind::Repayment => reader.repayments(&mut tx, from, limit).await?,
        _ => {
            return Err(CallError::BadRequest { detail: format!("no days of kind {}", kind.name()) }.into());
        }
    };
    let whole = entries.len() < PAGE_MAX_ROWS;
    let mut page = filled(entries, whole, after, PAGE_MAX_ROWS)?;
    if page.after.is_none() {
        page.earlier = earlier(&mut tx, session, kind, reader.since_ms).await?;
    }
    Ok(page)
}

/// A day whose beginning and end are times.
fn possible(day: i64) -> bool {
    (0..TIME_MAX_MS / DAY_MS).contains(&day)
}

/// The last day before a time that has sales, expenses or repayments.
async fn earlier(tx: &mut Tx, session: &Session, kind: Kind, until_ms: i64) -> Result<Option<Day>, ServerError> {
    let (found,) = match kind {
        Kind::Sale => fetch_one!(
            tx,
            (Option<i64>,),
            "SELECT MAX(at_ms) FROM sales WHERE shop_id = $1 AND at_ms < $2",
            session.shop.0,
            until_ms
        )?,
        Kind::Repayment => fetch_one!(
            tx,
            (Option<i64>,),
            "SELECT MAX(at_ms) FROM repayments WHERE shop_id = $1 AND at_ms < $2 AND voided_ms IS NULL",
            session.shop.0,
            until_ms
        )?,
        _ => fetch_one!(
            tx,
            (Option<i64>,),
            "SELECT MAX(at_ms) FROM expenses WHERE shop_id = $1 AND at_ms < $2 AND voided_ms IS NULL",
            session.shop.0,
            until_ms
        )?,
    };
    Ok(found.map(Day::of_ms))
}

/// One product's are read in the order of the table's key, a shop's in that of its changes: neither needs an index of
/// times, which each sale would have to keep.
async fn moves(
    db: &Db,
    session: &Session,
    product: Option<ProductId>,
    last: i64,
    after: Option<Uuid>,
) -> Result<PastPage, ServerError> {
    if !possible(last) {
        return Err(CallError::BadRequest { detail: format!("no day {last}") }.into());
    }
    let before = after.map_or(i64::MAX, |after| i64::try_from(after.as_u128()).unwrap_or(i64::MAX));
    let (mut tx, until_ms) = (db.read().await?, (last + 1) * DAY_MS);
    let (found, rows_max) = match product {
        // A person waits for it, and sees a screenful.
        Some(product) => {
            let limit = PUSH_PAGE_MAX_ROWS;
            (moves_of(&mut tx, session, product, until_ms, before, limit as i64).await?, limit)
        }
        None => (moves_of_all(&mut tx, session, until_ms, before).await?, PAGE_MAX_ROWS),
    };
    let whole = found.len() < rows_max;
    filled(by_change(found)?, whole, after, rows_max)
}

async fn moves_of(
    tx: &mut Tx,
    session: &Session,
    product: ProductId,
    until_ms: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<MovementColumns>, ServerError> {
    Ok(fetch_all!(
        tx,
        MovementColumns,
        "SELECT change, product_id, delta, stock_after, cause, note, actor_id, at_ms FROM movements
         WHERE shop_id = $1 AND product_id = $2 AND change < $3 AND at_ms < $4 ORDER BY change DESC LIMIT $5",
        session.shop.0,
        product.0,
        before,
        until_ms,
        limit
    )?)
}

/// Whole changes: the last of them may make it more rows than a page has.
async fn moves_of_all(
    tx: &mut Tx,
    session: &Session,
    until_ms: i64,
    before: i64,
) -> Result<Vec<MovementColumns>, ServerError> {
    let first = fetch_optional!(
        &mut *tx,
        (i64,),
        "SELECT change FROM movements WHERE shop_id = $1 AND change < $2 AND at_ms < $3
         ORDER BY change DESC LIMIT 1 OFFSET $4",
        session.shop.0,
        before,
        until_ms,
        PAGE_MAX_ROWS as i64 - 1
    )?;
    Ok(fetch_all!(
        tx,
        MovementColumns,
        "SELECT change, product_id, delta, stock_after, cause, note, actor_id, at_ms FROM movements
         WHERE shop_id = $1 AND change < $2 AND change >= $3 AND at_ms < $4 ORDER BY change DESC, product_id",
        session.shop.0,
        before,
        first.map_or(0, |(first,)| first),
        until_ms
    )?)
}

/// As many of the entries as a page holds. `whole` says that there are no more behind them.
fn filled(entries: Vec<Entry>, mut whole: bool, after: Option<Uuid>, rows_max: usize) -> Result<PastPage, ServerError> {
    let (mut filling, mut read) = (Filling::new(rows_max, PAGE_TARGET_BYTES), after);
    for entry in entries {
        let place = entry.place;
        if !filling.take(entry)? {
            whole = false;
            break;
        }
        read = Some(place);
    }
    let (rows, _) = items::sort(filling.items);
    Ok(PastPage { after: read.filter(|_| !whole), earlier: None, rows })
}
