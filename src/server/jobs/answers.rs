use super::JOB_BATCH_ROWS;
use crate::server::{
    ServerError,
    db::{Db, execute},
};

/// Cleans up the full answers older than their retention time; outcome and change number stay (G6). Answers how many.
pub async fn expire_answers(db: &Db, now_ms: i64, retention_ms: i64) -> Result<u64, ServerError> {
    let before_ms = now_ms.saturating_sub(retention_ms);
    let mut expired = 0;
    loop {
        let mut tx = db.write().await?;
        let cleaned = execute!(
            &mut tx,
            "UPDATE ledger SET answer = NULL WHERE (shop_id, key) IN (
               SELECT shop_id, key FROM ledger
               WHERE answer IS NOT NULL AND received_ms < $1 AND outcome IN ('refused', 'conflict') LIMIT $2)",
            before_ms,
            JOB_BATCH_ROWS
        )?;
        tx.commit().await?;
        expired += cleaned;
        if cleaned == 0 {
            return Ok(expired);
        }
    }
}
