//! A shop's phones, and what arrived of what each of them made (G15).

use super::{
    ServerError,
    db::{Tx, fetch_all},
};
use crate::domain::{InstallationId, ShopId};
use uuid::Uuid;

/// A phone as the owner and the operator see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub id: InstallationId,
    pub name: String,
    pub prefix: String,
    pub app: String,
    pub created_ms: i64,
    pub last_contact_ms: Option<i64>,
    /// What it last said of itself.
    pub made: i64,
    pub waiting: i64,
    /// Of what it made, what has a final verdict.
    pub received: i64,
    pub revoked: bool,
    pub holds_costs: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    prefix: String,
    app: String,
    created_ms: i64,
    last_contact_ms: Option<i64>,
    made: i64,
    waiting: i64,
    received: i64,
    revoked_ms: Option<i64>,
    holds_costs: bool,
}

/// The shop's phones, in the order they came; of more than `limit`, those heard of last.
pub async fn of_shop(tx: &mut Tx, shop: ShopId, limit: i64) -> Result<Vec<Phone>, ServerError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT i.id, i.name, i.prefix, i.app, i.created_ms, i.last_contact_ms, i.made, i.waiting, i.revoked_ms,
           i.holds_costs,
           (SELECT COUNT(*) FROM ledger g WHERE g.shop_id = i.shop_id AND g.installation_id = i.id) AS received
         FROM installations i WHERE i.shop_id = $1
         ORDER BY COALESCE(i.last_contact_ms, i.created_ms) DESC, i.id LIMIT $2",
        shop.0,
        limit
    )?;
    let mut phones: Vec<Phone> = rows.into_iter().map(phone).collect();
    phones.sort_by_key(|phone| (phone.created_ms, phone.id));
    Ok(phones)
}

fn phone(row: Row) -> Phone {
    let Row { id, name, prefix, app, created_ms, last_contact_ms, made, waiting, received, revoked_ms, holds_costs } =
        row;
    let (id, revoked) = (InstallationId(id), revoked_ms.is_some());
    Phone { id, name, prefix, app, created_ms, last_contact_ms, made, waiting, received, revoked, holds_costs }
}

/// The numbers a phone made that have no verdict, first and last of each gap, in order; at most `limit` gaps.
pub async fn gaps(tx: &mut Tx, shop: ShopId, phone: &Phone, limit: i64) -> Result<Vec<(i64, i64)>, ServerError> {
    // Behind the last that arrived comes one beyond the last that was made, so that what misses there is a gap too.
    let gaps = fetch_all!(
        tx,
        (i64, i64),
        "SELECT before + 1, sequence - 1 FROM (
           SELECT sequence, COALESCE(LAG(sequence) OVER (ORDER BY sequence), 0) AS before FROM (
             SELECT sequence FROM ledger WHERE shop_id = $1 AND installation_id = $2
             UNION SELECT CAST($3 AS BIGINT)
           ) AS numbers
         ) AS run WHERE sequence > before + 1 ORDER BY sequence LIMIT $4",
        shop.0,
        phone.id.0,
        phone.made.saturating_add(1),
        limit
    )?;
    Ok(gaps.into_iter().filter(|(first, _)| *first <= phone.made).collect())
}
