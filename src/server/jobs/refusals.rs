use super::JOB_BATCH_ROWS;
use crate::server::{
    ServerError,
    db::{Db, execute, fetch_all, fetch_one},
};
use uuid::Uuid;

/// How long a phone may leave unsaid what became of its refused sale before the others see it (G17).
pub const REFUSAL_UNSAID_MS: i64 = 60_000;

/// Shows the others the refused sales whose phone has not said what became of them. Answers how many.
pub async fn publish_refusals(db: &Db, now_ms: i64) -> Result<u64, ServerError> {
    let before_ms = now_ms.saturating_sub(REFUSAL_UNSAID_MS);
    let mut tx = db.read().await?;
    let waiting = fetch_all!(
        &mut tx,
        (Uuid,),
        "SELECT DISTINCT shop_id FROM refused_sales WHERE became IS NULL AND change IS NULL AND received_ms <= $1",
        before_ms
    )?;
    tx.commit().await?;
    let mut published = 0;
    for (shop,) in waiting {
        published += publish_shop(db, shop, before_ms).await?;
    }
    Ok(published)
}

async fn publish_shop(db: &Db, shop: Uuid, before_ms: i64) -> Result<u64, ServerError> {
    let mut tx = db.write().await?;
    let (counter,) = fetch_one!(
        &mut tx,
        (i64,),
        "UPDATE shops SET counter = counter + $2 WHERE id = $1 RETURNING counter",
        shop,
        JOB_BATCH_ROWS
    )?;
    let unsaid = fetch_all!(
        &mut tx,
        (Uuid,),
        "SELECT key FROM refused_sales
         WHERE shop_id = $1 AND became IS NULL AND change IS NULL AND received_ms <= $2
         ORDER BY received_ms, key LIMIT $3",
        shop,
        before_ms,
        JOB_BATCH_ROWS
    )?;
    if unsaid.is_empty() {
        return Ok(0); // said meanwhile: the transaction is dropped, and the counter with it
    }
    let published = unsaid.len() as u64;
    for (change, (key,)) in (counter - JOB_BATCH_ROWS + 1..).zip(unsaid) {
        execute!(&mut tx, "UPDATE refused_sales SET change = $3 WHERE shop_id = $1 AND key = $2", shop, key, change)?;
    }
    tx.commit().await?;
    Ok(published)
}
