//! Opening a database: which one, how durable, and its schema.

use super::Db;
use crate::server::config::sqlite_file;
use sqlx::{
    ConnectOptions, Connection, PgConnection, SqliteConnection,
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

const CHECK_SQLITE: &str = "Is it a shop's file, and may this user write it and its folder? DATABASE_URL names another";
const CHECK_POSTGRES: &str = "Does Postgres run there, and are user, password and database of DATABASE_URL right?";

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("DATABASE_URL must begin with sqlite: or postgres:")]
    Scheme,
    #[error("the database could not be opened: {0}")]
    Sql(#[from] sqlx::Error),
    /// Which, without its password, and what to look at.
    #[error("the database {place} could not be opened: {error}. {check}")]
    Unopened { place: String, error: sqlx::Error, check: &'static str },
    #[error("the database's schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{0}")]
    NotDurable(String),
}

/// Opens the database a URL names (`sqlite:FILE`, `postgres://…`), creating the SQLite file and bringing the schema up
/// to date.
pub async fn open(url: &str) -> Result<Db, OpenError> {
    let (opened, place, check) = if url.starts_with("sqlite:") {
        let file = sqlite_file(url).map_or_else(|| url.to_owned(), |file| file.display().to_string());
        (open_sqlite(url).await, file, CHECK_SQLITE)
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        (open_postgres(url).await, without_password(url), CHECK_POSTGRES)
    } else {
        return Err(OpenError::Scheme);
    };
    opened.map_err(|error| match error {
        OpenError::Sql(error) => OpenError::Unopened { place, error, check },
        other => other,
    })
}

/// As far as it reads: what does not read may hold the password anywhere.
fn without_password(url: &str) -> String {
    let Ok(options) = PgConnectOptions::from_str(url) else { return "of DATABASE_URL".to_owned() };
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    format!("postgres://{user}@{host}:{port}/{}", options.get_database().unwrap_or_default())
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
    let mut first = SqliteConnection::connect_with(&options).await?;
    sqlx::migrate!("migrations/sqlite").run(&mut first).await?;
    require_durable_sqlite(&mut first).await?;
    first.close().await?;
    // SQLite ends a transaction by itself where the disk is full or fails. The driver does not hear of it, and would
    // begin no other one on that connection for ever: it is replaced.
    let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(ACQUIRE_TIMEOUT);
    let writer = pool(1)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .after_connect(|connection, _| {
            Box::pin(async move { require_durable_sqlite(connection).await.map_err(OpenError::into_sql) })
        });
    let writer = writer.connect_with(options.clone()).await?;
    let readers = pool(SQLITE_READERS_MAX).connect_with(options.read_only(true).create_if_missing(false)).await?;
    Ok(Db::Sqlite { writer, readers })
}

async fn open_postgres(url: &str) -> Result<Db, OpenError> {
    let options = PgConnectOptions::from_str(url)?.application_name("comptoir").disable_statement_logging();
    // Before the pool, which would only say that it waited in vain.
    let mut first = PgConnection::connect_with(&options).await?;
    require_durable_postgres(&mut first).await?;
    first.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move { require_durable_postgres(connection).await.map_err(OpenError::into_sql) })
        })
        .connect_with(options)
        .await?;
    sqlx::migrate!("migrations/postgres").run(&pool).await?;
    Ok(Db::Postgres(pool))
}

/// G13: asked of the connection that writes, whatever it was told when it was opened.
async fn require_durable_sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(connection).await?;
    if journal == "wal" && synchronous >= 2 {
        return Ok(());
    }
    let settings = format!("SQLite runs with journal_mode={journal}, synchronous={synchronous}, not WAL and FULL");
    Err(OpenError::NotDurable(settings))
}

/// G13: asked of every connection, for Postgres may have been started anew with other settings since the last one.
async fn require_durable_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    // A role or database may have been set to lose acknowledged work; this program's sessions never are.
    sqlx::query("SET synchronous_commit = on").execute(&mut *connection).await?;
    for setting in ["fsync", "full_page_writes"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *connection).await?;
        if value != "on" {
            let why = format!("Postgres runs with {setting} {value}: acknowledged sales could be lost");
            return Err(OpenError::NotDurable(why));
        }
    }
    Ok(())
}

impl OpenError {
    /// As a pool's callback answers.
    fn into_sql(self) -> sqlx::Error {
        match self {
            OpenError::Sql(error) => error,
            other => sqlx::Error::Configuration(Box::new(other)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::db::execute;

    /// As `SQLITE_FULL` and `SQLITE_IOERR` do: the only connection that writes must not be lost with the transaction.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_stops_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&format!("sqlite:{}", folder.path().join("shop.db").display())).await.unwrap();
        let Db::Sqlite { writer, .. } = &db else { unreachable!() };
        let full = "CREATE TRIGGER full BEFORE INSERT ON shops BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
        sqlx::query(full).execute(writer).await.unwrap();
        for _ in 0..2 {
            let mut tx = db.write().await.unwrap();
            execute!(&mut tx, "INSERT INTO shops (id, name, history_id, created_ms) VALUES (X'00', '', X'00', 0)")
                .unwrap_err();
            drop(tx);
        }
        let mut tx = db.write().await.expect("the disk has room again");
        execute!(&mut tx, "UPDATE shops SET counter = 1").unwrap();
        tx.commit().await.unwrap();
    }
}
