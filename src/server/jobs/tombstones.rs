use super::JOB_BATCH_ROWS;
use crate::domain::day::DAY_MS;
use crate::server::{
    ServerError,
    db::{Db, execute, fetch_all},
};
use uuid::Uuid;

/// Days a deletion is remembered for phones that were away. One that comes later reads the shop from the start; its
/// outbox stays.
pub const TOMBSTONE_DAYS: i64 = 90;

/// Forgets the deletions of before that; answers how many.
pub async fn forget_tombstones(db: &Db, now_ms: i64) -> Result<u64, ServerError> {
    let before_ms = now_ms.saturating_sub(TOMBSTONE_DAYS * DAY_MS);
    let mut tx = db.read().await?;
    let shops = fetch_all!(&mut tx, (Uuid,), "SELECT DISTINCT shop_id FROM tombstones WHERE at_ms < $1", before_ms)?;
    tx.commit().await?;
    let mut forgotten = 0;
    for (shop,) in shops {
        loop {
            let batch = forget_first(db, shop, before_ms).await?;
            forgotten += batch;
            if batch == 0 {
                break;
            }
        }
    }
    Ok(forgotten)
}

/// The shop's first ones, and from now on nobody may come from before them.
async fn forget_first(db: &Db, shop: Uuid, before_ms: i64) -> Result<u64, ServerError> {
    let mut tx = db.write().await?;
    let first = fetch_all!(
        &mut tx,
        (i64, i64),
        "SELECT change, at_ms FROM tombstones WHERE shop_id = $1 ORDER BY change LIMIT $2",
        shop,
        JOB_BATCH_ROWS
    )?;
    let Some((horizon, _)) = first.into_iter().take_while(|(_, at_ms)| *at_ms < before_ms).last() else {
        return Ok(0);
    };
    execute!(&mut tx, "UPDATE shops SET horizon = $2 WHERE id = $1 AND horizon < $2", shop, horizon)?;
    let forgotten = execute!(&mut tx, "DELETE FROM tombstones WHERE shop_id = $1 AND change <= $2", shop, horizon)?;
    tx.commit().await?;
    Ok(forgotten)
}
