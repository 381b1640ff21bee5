//! A copy of an SQLite shop's file while its server runs, and the way back. A restored shop begins a new history, so that
//! its phones send again what the copy does not know (G19).
//!
//! Postgres has its own tools (`pg_dump`, `pg_restore`); after them a new history is all that is left to do.

use super::db::Db;
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is there already: a backup replaces nothing")]
    Exists(PathBuf),
    #[error("there is no {0}")]
    Absent(PathBuf),
    #[error("{0} is no whole copy of a shop: {1}")]
    Damaged(PathBuf, String),
    #[error("{0} is of a newer Comptoir: update this one first")]
    Newer(PathBuf),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub shops: i64,
    pub sales: i64,
}

/// Copies the database of one moment, asks whether the copy is whole, and gives it its name last: what bears it is a
/// backup.
pub async fn backup(from: &Path, to: &Path) -> Result<Held, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let unfinished = beside(to, ".partial");
    remove(&unfinished)?;
    let mut source = connect(from, true).await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(unfinished.to_string_lossy()).execute(&mut source).await;
    source.close().await?;
    copied?;
    let held = look(&unfinished).await?;
    name(&unfinished, to)?;
    Ok(held)
}

/// Puts a backup in the place of the shop's file, which is kept beside it. Nobody may have that file open. Answers what
/// is there now, and where the old file is.
pub async fn restore(from: &Path, to: &Path, now_ms: i64) -> Result<(Held, Option<PathBuf>), BackupError> {
    let held = look(from).await?;
    let unfinished = beside(to, ".partial");
    remove(&unfinished)?;
    fs::copy(from, &unfinished).map_err(|error| BackupError::File(unfinished.clone(), error))?;
    let mut copy = connect(&unfinished, false).await?;
    let shops: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT id FROM shops").fetch_all(&mut copy).await?;
    for (shop,) in shops {
        let history = Uuid::new_v4().as_bytes().to_vec();
        sqlx::query("UPDATE shops SET history_id = $1 WHERE id = $2")
            .bind(history)
            .bind(shop)
            .execute(&mut copy)
            .await?;
    }
    copy.close().await?;
    let kept = to.exists().then(|| beside(to, &format!(".before-{now_ms}")));
    if let Some(kept) = &kept {
        // With what it had not yet taken in from its log.
        for end in ["", "-wal", "-shm"] {
            let (file, aside) = (beside(to, end), beside(kept, end));
            if file.exists() {
                fs::rename(&file, aside).map_err(|error| BackupError::File(file, error))?;
            }
        }
    }
    name(&unfinished, to)?;
    Ok((held, kept))
}

/// After `pg_restore`: each shop begins a new history. Answers how many.
pub async fn begin_histories(db: &Db) -> Result<u64, BackupError> {
    let begun = match db {
        Db::Sqlite { .. } => return Ok(0), // restored with its file
        Db::Postgres(pool) => sqlx::query("UPDATE shops SET history_id = gen_random_uuid()").execute(pool).await?,
    };
    Ok(begun.rows_affected())
}

/// Whether a file is a whole shop that this program can read, and what it holds.
async fn look(file: &Path) -> Result<Held, BackupError> {
    let damaged = |error: sqlx::Error| BackupError::Damaged(file.to_owned(), error.to_string());
    if !file.is_file() {
        return Err(BackupError::Absent(file.to_owned()));
    }
    let mut copy = connect(file, true).await.map_err(damaged)?;
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut copy).await.map_err(damaged)?;
    if whole != "ok" {
        return Err(BackupError::Damaged(file.to_owned(), whole));
    }
    let newest: i64 =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut copy).await.map_err(damaged)?;
    let known = sqlx::migrate!("migrations/sqlite").iter().map(|migration| migration.version).max();
    if known.is_none_or(|known| newest > known) {
        return Err(BackupError::Newer(file.to_owned()));
    }
    let (shops, sales): (i64, i64) =
        sqlx::query_as("SELECT (SELECT COUNT(*) FROM shops), (SELECT COUNT(*) FROM sales)")
            .fetch_one(&mut copy)
            .await
            .map_err(damaged)?;
    copy.close().await?;
    Ok(Held { shops, sales })
}

/// A file that is copied has no log of its own: whoever opens it writes none either.
async fn connect(file: &Path, read_only: bool) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).read_only(read_only);
    let options = if read_only { options } else { options.journal_mode(SqliteJournalMode::Delete) };
    SqliteConnection::connect_with(&options).await
}

/// On the disk first, then under its name.
fn name(unfinished: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::File(to.to_owned(), error);
    File::open(unfinished).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(unfinished, to).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What an earlier try left.
fn remove(file: &Path) -> Result<(), BackupError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::File(file.to_owned(), error)),
        _ => Ok(()),
    }
}
