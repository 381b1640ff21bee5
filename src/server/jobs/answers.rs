use super::JOB_BATCH_ROWS;
use crate::server::{
    ServerError,
    db::{Db, execute, fetch_optional},
};
use sqlx::{ConnectOptions, Connection, SqlitePool, sqlite::SqliteSynchronous};

/// Rows of one turn at SQLite's one lock: it is over before a sale would notice.
const TURN_ROWS: i64 = 50;
/// After so many turns what they wrote goes from the log into the file. A writer would do it itself from 1000 pages on, and
/// a sale would wait for it.
const TURNS_A_CHECKPOINT: u64 = 4;

/// By an index of what still has an answer.
const CLEAN: &str = "UPDATE ledger SET answer = NULL WHERE (shop_id, key) IN (
   SELECT shop_id, key FROM ledger
   WHERE answer IS NOT NULL AND received_ms < $1 AND outcome IN ('refused', 'conflict') LIMIT $2)";

/// Cleans up the full answers older than their retention time; outcome and change number stay (G6). Answers how many.
pub async fn expire_answers(db: &Db, now_ms: i64, retention_ms: i64) -> Result<u64, ServerError> {
    let before_ms = now_ms.saturating_sub(retention_ms);
    let mut tx = db.read().await?;
    let old = fetch_optional!(
        &mut tx,
        (i64,),
        "SELECT received_ms FROM ledger
         WHERE answer IS NOT NULL AND received_ms < $1 AND outcome IN ('refused', 'conflict') LIMIT 1",
        before_ms
    )?;
    drop(tx);
    match db {
        _ if old.is_none() => Ok(0),
        Db::Sqlite { writer, .. } => in_turns(writer, before_ms).await,
        Db::Postgres(_) => in_batches(db, before_ms).await,
    }
}

async fn in_batches(db: &Db, before_ms: i64) -> Result<u64, ServerError> {
    let mut expired = 0;
    loop {
        let mut tx = db.write().await?;
        let cleaned = execute!(&mut tx, CLEAN, before_ms, JOB_BATCH_ROWS)?;
        tx.commit().await?;
        expired += cleaned;
        if cleaned == 0 {
            return Ok(expired);
        }
    }
}

/// On a connection that does not flush what it commits: a power cut takes back the last turns, which are done again, and
/// the next sale's flush is of the whole log (G13). Each takes its turn among the writers, who wait for nothing else.
async fn in_turns(writer: &SqlitePool, before_ms: i64) -> Result<u64, ServerError> {
    let options = (*writer.connect_options()).clone().synchronous(SqliteSynchronous::Normal);
    let mut apart = options.pragma("wal_autocheckpoint", "0").connect().await?;
    let (mut expired, mut turns) = (0, 0);
    loop {
        let turn = writer.acquire().await?;
        let cleaned = sqlx::query(CLEAN).bind(before_ms).bind(TURN_ROWS).execute(&mut apart).await?.rows_affected();
        drop(turn);
        expired += cleaned;
        turns += 1;
        if cleaned == 0 || turns % TURNS_A_CHECKPOINT == 0 {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut apart).await?;
        }
        if cleaned == 0 {
            apart.close().await?;
            return Ok(expired);
        }
    }
}
