//! Opening a database: which one, how durable, and its schema.

use super::Db;
use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};

/// Connections to Postgres. Two cores serve a few dozen phones; each connection costs the database memory.
const POSTGRES_CONNECTIONS_MAX: u32 = 10;
/// Connections that read SQLite beside the one that writes.
const SQLITE_READERS_MAX: u32 = 4;
/// How long a request waits for its turn before it is answered "try later".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("DATABASE_URL must begin with sqlite: or postgres:")]
    Scheme,
    #[error("the database could not be opened: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the database's schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{0}")]
    NotDurable(String),
}

/// Opens the database a URL names (`sqlite:FILE`, `postgres://…`), creating the SQLite file and bringing the schema up
/// to date.
pub async fn open(url: &str) -> Result<Db, OpenError> {
    if url.starts_with("sqlite:") {
        open_sqlite(url).await
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        open_postgres(url).await
    } else {
        Err(OpenError::Scheme)
    }
}

async fn open_sqlite(url: &str) -> Result<Db, OpenError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // G13: a commit is on disk before it is answered.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .pragma("cache_size", "-16000")
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    // Migrations run on a connection of their own, so that the pools only ever see the finished schema.
    let mut first = sqlx::SqliteConnection::connect_with(&options).await?;
    sqlx::migrate!("migrations/sqlite").run(&mut first).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut first).await?;
    first.close().await?;
    if synchronous < 2 {
        return Err(OpenError::NotDurable(format!("SQLite runs with synchronous={synchronous}, not FULL")));
    }
    let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(ACQUIRE_TIMEOUT);
    let writer = pool(1).connect_with(options.clone()).await?;
    let readers = pool(SQLITE_READERS_MAX).connect_with(options.read_only(true).create_if_missing(false)).await?;
    Ok(Db::Sqlite { writer, readers })
}

async fn open_postgres(url: &str) -> Result<Db, OpenError> {
    let options = PgConnectOptions::from_str(url)?.application_name("comptoir").disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A role or database may have been set to lose acknowledged work; this program's sessions never are (G13).
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("SET synchronous_commit = on").execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    let (fsync,): (String,) = sqlx::query_as("SHOW fsync").fetch_one(&pool).await?;
    if fsync != "on" {
        return Err(OpenError::NotDurable("Postgres runs with fsync off: acknowledged sales could be lost".into()));
    }
    sqlx::migrate!("migrations/postgres").run(&pool).await?;
    Ok(Db::Postgres(pool))
}

impl Db {
    /// The durability of the writing connection as the database itself reports it, for the log and for tests:
    /// `(journal or wal setting, synchronous setting)`.
    pub async fn durability(&self) -> Result<(String, String), sqlx::Error> {
        match self {
            Db::Sqlite { writer, .. } => {
                let mut connection = writer.acquire().await?;
                let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
                let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
                Ok((journal, synchronous.to_string()))
            }
            Db::Postgres(pool) => {
                let (fsync,): (String,) = sqlx::query_as("SHOW fsync").fetch_one(pool).await?;
                let (commit,): (String,) = sqlx::query_as("SHOW synchronous_commit").fetch_one(pool).await?;
                Ok((fsync, commit))
            }
        }
    }
}
