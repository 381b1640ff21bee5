//! Pull: what changed since a cursor, or the shop from its start, each answer read in one snapshot.
//!
//! Why pages are exact. Writers of a shop are serialised by its counter row and take their change numbers in commit
//! order (G10): a snapshot that sees counter `c` sees everything up to `c` and nothing after it. A page ends between
//! change numbers. Products, people, phones, sales, refusals, clashes, repayments and expenses are last-state rows: one that changed again after the
//! page's end is missing from it and comes with its later number. Stock is no last-state row, nor is what a customer owes: it travels by movements,
//! which never change and carry the stock they left, so that it is exact at every page's end.

mod changes;
mod filling;
mod items;
mod past;
mod start;

use super::{
    ServerError,
    db::{Db, Tx, fetch_all, fetch_optional},
    rows::{self, ClashColumns, ProductColumns, ShopColumns},
    session::Session,
};
use crate::domain::{InstallationId, Product, day::DAY_MS};
use crate::sync::CallError;
use crate::sync::wire::{
    self, ClashRow, Cursor, HISTORY_DAYS, PAGE_MAX_ROWS, PROTOCOL, PhoneRow, PullAnswer, PullRequest, Pulled,
};
use uuid::Uuid;

/// Reads a page of rows. `now_ms` is the server's clock. A revoked phone reads nothing (`Revoked`).
pub async fn pull(db: &Db, session: &Session, request: PullRequest, now_ms: i64) -> Result<PullAnswer, ServerError> {
    if request.protocol != PROTOCOL {
        return Err(CallError::Upgrade.into());
    }
    if session.revoked {
        return Err(CallError::Revoked.into());
    }
    if request.installation != session.installation {
        return Err(CallError::NotSignedIn.into());
    }
    let pulled = match request.from {
        wire::From::Changes { cursor } => changes_since(db, session, cursor, PAGE_MAX_ROWS).await?,
        wire::From::Start { position } => {
            let mut tx = db.read().await?;
            let shop = shop(&mut tx, session).await?;
            let since_ms = now_ms.saturating_sub(HISTORY_DAYS * DAY_MS);
            start::page(&mut tx, session, &shop, position, since_ms).await?
        }
        wire::From::Past(past) => Pulled::Past(past::page(db, session, past).await?),
    };
    Ok(PullAnswer { server_now_ms: now_ms, pulled })
}

/// The changes since a cursor, at most about `rows_max` rows of them.
pub async fn changes_since(db: &Db, session: &Session, cursor: Cursor, rows_max: usize) -> Result<Pulled, ServerError> {
    let mut tx = db.read().await?;
    let shop = shop(&mut tx, session).await?;
    match shop.place(cursor) {
        Some(from) => Ok(Pulled::Page(changes::page(&mut tx, session, &shop, from, rows_max).await?)),
        None => Ok(Pulled::Resync),
    }
}

/// The history the shop is in.
pub(super) async fn history(db: &Db, session: &Session) -> Result<Uuid, ServerError> {
    Ok(shop(&mut db.read().await?, session).await?.history_id)
}

/// The shop's row, as a snapshot sees it.
#[derive(sqlx::FromRow)]
struct Shop {
    #[sqlx(flatten)]
    says: ShopColumns,
    history_id: Uuid,
    counter: i64,
    horizon: i64,
}

impl Shop {
    /// The change number a cursor stands at, if this shop's history still knows the way from there (G19).
    fn place(&self, cursor: Cursor) -> Option<i64> {
        let change = i64::try_from(cursor.change).ok()?;
        let known = cursor.history == self.history_id && (self.horizon..=self.counter).contains(&change);
        known.then_some(change)
    }
}

async fn shop(tx: &mut Tx, session: &Session) -> Result<Shop, ServerError> {
    let shop = fetch_optional!(
        tx,
        Shop,
        "SELECT name, details, rules, history_id, counter, horizon FROM shops WHERE id = $1",
        session.shop.0
    )?;
    Ok(shop.ok_or(CallError::NotAllowed)?)
}

/// The shop's phones that changed after `from`, up to `to`, with their change numbers; of more than `limit` the one that
/// asks, and those that changed last.
async fn phones(
    tx: &mut Tx,
    session: &Session,
    from: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<(i64, PhoneRow)>, ServerError> {
    let found = fetch_all!(
        tx,
        (i64, Uuid, String, String, bool),
        "SELECT change, id, prefix, name, holds_costs FROM installations
         WHERE shop_id = $1 AND change > $2 AND change <= $3
         ORDER BY CASE WHEN id = $4 THEN 0 ELSE 1 END, change DESC, id LIMIT $5",
        session.shop.0,
        from,
        to,
        session.installation.0,
        limit
    )?;
    let row = |(change, id, prefix, name, holds_costs)| {
        (change, PhoneRow { id: InstallationId(id), prefix, name, holds_costs })
    };
    Ok(found.into_iter().map(row).collect())
}

/// A product as this phone may know it.
fn visible(session: &Session, row: ProductColumns) -> Result<Product, ServerError> {
    let mut product = rows::product(row)?;
    if !session.holds_costs {
        product.purchase_price = None;
    }
    Ok(product)
}

/// A clash as this phone may know it; `None` where it is all about what is kept from it.
fn visible_clash(session: &Session, row: ClashColumns) -> Result<Option<ClashRow>, ServerError> {
    let mut clash = rows::clash(row)?;
    if !session.holds_costs {
        clash.fields.retain(|field| !field.is_cost());
    }
    Ok((!clash.fields.is_empty()).then_some(clash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_restored_from_yesterday_asks_for_a_resync() {
        let history = Uuid::from_u128(1);
        let says = ShopColumns { name: String::new(), details: String::new(), rules: String::new() };
        let shop = Shop { says, history_id: history, counter: 100, horizon: 10 };
        let at = |history, change| shop.place(Cursor { history, change });
        assert_eq!(at(history, 10), Some(10));
        assert_eq!(at(history, 100), Some(100));
        assert_eq!(at(history, 9), None);
        assert_eq!(at(history, 101), None);
        assert_eq!(at(history, u64::MAX), None);
        assert_eq!(at(Uuid::from_u128(2), 50), None);
    }
}
