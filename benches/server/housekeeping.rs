//! The server's own work beside sales: how long a sale waits while a million full answers are cleaned up.

use crate::database::Database;
use comptoir::server::{
    clock::now_ms,
    db::{Db, Tx},
    jobs,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use tokio::runtime::Runtime;

const KEYS: i64 = 1_000_000;
/// Longer ago than anything of this run.
const RECEIVED_MS: i64 = 1;
const RETENTION_MS: i64 = 86_400_000;

pub struct Cleaned {
    pub keys: u64,
    pub took_s: f64,
    pub waited: Waited,
    /// Without a cleanup, for as long: what the machine itself makes one wait.
    pub quiet: Waited,
}

/// What anybody waited to begin a transaction that writes, in milliseconds.
pub struct Waited {
    pub most_ms: f64,
    /// What 99 of 100 stayed below.
    pub usual_ms: f64,
}

pub fn cleanup(runtime: &Runtime, database: &Database) -> Cleaned {
    runtime.block_on(async {
        fill(database).await;
        let began = Instant::now();
        let cleans = jobs::expire_answers(&database.db, now_ms(), RETENTION_MS);
        let (keys, waited) = while_others_write(&database.db, cleans).await;
        let took = began.elapsed();
        let (_, quiet) = while_others_write(&database.db, tokio::time::sleep(took)).await;
        Cleaned { keys: keys.expect("a cleanup"), took_s: took.as_secs_f64(), waited, quiet }
    })
}

async fn while_others_write<T>(db: &Db, work: impl Future<Output = T>) -> (T, Waited) {
    let over = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(begin_again_and_again(db.clone(), over.clone()));
    let done = work.await;
    over.store(true, Ordering::Relaxed);
    let mut waited_ms = others.await.expect("whoever waits");
    waited_ms.sort_by(f64::total_cmp);
    let at = |place: usize| waited_ms.get(place).copied().unwrap_or_default();
    (done, Waited { most_ms: at(waited_ms.len().saturating_sub(1)), usual_ms: at(waited_ms.len() * 99 / 100) })
}

async fn begin_again_and_again(db: Db, over: Arc<AtomicBool>) -> Vec<f64> {
    let mut waited_ms = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let tx: Tx = db.write().await.expect("a turn");
        waited_ms.push(began.elapsed().as_secs_f64() * 1_000.0);
        drop(tx);
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    waited_ms
}

/// Refusals as a busy shop leaves them; they outlive this in no book.
async fn fill(database: &Database) {
    const COLUMNS: &str = "INSERT INTO ledger (shop_id, key, installation_id, sequence, actor_id, sender_id, kind,
       payload_hash, outcome, change, received_ms, answer)";
    const ANSWER: &str =
        r#"'{"refused":{"change":1,"refusal":{"insufficient_stock":{"lines":[{"name":"Article"}]}}}}'"#;
    let (shop, owner) = (database.shop.0, database.owner.0);
    match &database.db {
        Db::Sqlite { writer, .. } => {
            let rows = format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {KEYS})
                 SELECT $1, randomblob(16), zeroblob(16), i, $2, $2, 'record_sale', randomblob(32), 'refused', i,
                   {RECEIVED_MS}, {ANSWER} FROM n"
            );
            let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} {rows}"));
            sqlx::query(sql).bind(shop).bind(owner).execute(writer).await.expect("a million keys");
        }
        Db::Postgres(pool) => {
            let rows = format!(
                "SELECT $1, gen_random_uuid(), '00000000-0000-0000-0000-000000000000', i, $2, $2, 'record_sale',
                   sha256(i::text::bytea), 'refused', i, {RECEIVED_MS}, {ANSWER} FROM generate_series(1, {KEYS}) AS i"
            );
            let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} {rows}"));
            sqlx::query(sql).bind(shop).bind(owner).execute(pool).await.expect("a million keys");
        }
    }
}
