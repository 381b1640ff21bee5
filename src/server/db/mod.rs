//! Both databases behind one type: every query is written once and runs on SQLite and Postgres.
//!
//! The macros [`execute!`], [`fetch_one!`], [`fetch_optional!`] and [`fetch_all!`] take a transaction, one SQL text
//! with `$1` placeholders, and its values; the number of both is compared when the program is compiled, because SQLite
//! reads a missing value as NULL without a word.

mod open;

pub use open::{OpenError, open};

use sqlx::{PgPool, Pool, Postgres, Sqlite, SqlitePool, Transaction};

/// An open database with its schema up to date.
#[derive(Clone, Debug)]
pub enum Db {
    /// One connection writes, so that writers queue in the program and not in SQLite's lock; others read.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Begins a transaction that writes. On SQLite it holds the write lock from here on.
    pub async fn write(&self) -> Result<Tx, sqlx::Error> {
        match self {
            Db::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Db::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        }
    }

    /// Begins a transaction that reads one snapshot (G10).
    pub async fn read(&self) -> Result<Tx, sqlx::Error> {
        match self {
            Db::Sqlite { readers, .. } => readers.begin_with("BEGIN DEFERRED").await.map(Tx::Sqlite),
            Db::Postgres(pool) => {
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map(Tx::Postgres)
            }
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Db::Sqlite { .. })
    }

    /// The pools, by name.
    pub fn pools(&self) -> Vec<(&'static str, PoolSize)> {
        match self {
            Db::Sqlite { writer, readers } => {
                vec![("sqlite_writer", PoolSize::of(writer)), ("sqlite_readers", PoolSize::of(readers))]
            }
            Db::Postgres(pool) => vec![("postgres", PoolSize::of(pool))],
        }
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// Connections of a pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolSize {
    pub open: i64,
    pub idle: i64,
    /// As many may be open.
    pub most: i64,
}

impl PoolSize {
    fn of<D: sqlx::Database>(pool: &Pool<D>) -> Self {
        let (open, most) = (pool.size().into(), pool.options().get_max_connections().into());
        Self { open, idle: i64::try_from(pool.num_idle()).unwrap_or(open), most }
    }
}

impl Tx {
    /// Once this returns, what was written is on disk (G13).
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }

    /// A point to fall back to inside this transaction. `name` is a constant of the caller's.
    pub async fn savepoint(&mut self) -> Result<(), sqlx::Error> {
        execute!(self, "SAVEPOINT mutation").map(drop)
    }

    pub async fn release_savepoint(&mut self) -> Result<(), sqlx::Error> {
        execute!(self, "RELEASE SAVEPOINT mutation").map(drop)
    }

    /// Undoes everything since the savepoint; the transaction goes on, whatever failed in between.
    pub async fn roll_back_to_savepoint(&mut self) -> Result<(), sqlx::Error> {
        execute!(self, "ROLLBACK TO SAVEPOINT mutation")?;
        self.release_savepoint().await
    }
}

/// The highest `$n` of an SQL text.
pub const fn placeholders(sql: &str) -> usize {
    let bytes = sql.as_bytes();
    let (mut highest, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'$' {
            let mut number = 0;
            while at + 1 < bytes.len() && bytes[at + 1].is_ascii_digit() {
                number = number * 10 + (bytes[at + 1] - b'0') as usize;
                at += 1;
            }
            if number > highest {
                highest = number;
            }
        }
        at += 1;
    }
    highest
}

/// `execute!(tx, "SQL", value, …)` → rows affected.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        const { assert!($crate::server::db::placeholders($sql) == <[&str]>::len(&[$(stringify!($value)),*])) };
        match $tx {
            $crate::server::db::Tx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::server::db::Tx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
    }};
}

/// `insert_all!(tx, "INSERT INTO t (a, b)", rows, |row| a, b)` → rows affected, of one statement for them all. No rows are no
/// statement. Both databases take some thirty thousand values at once.
macro_rules! insert_all {
    ($tx:expr, $sql:expr, $rows:expr, |$row:pat_param| $($value:expr),+ $(,)?) => {{
        match $tx {
            $crate::server::db::Tx::Sqlite(tx) => $crate::server::db::insert_into!(tx, $sql, $rows, $row, $($value),+),
            $crate::server::db::Tx::Postgres(tx) => $crate::server::db::insert_into!(tx, $sql, $rows, $row, $($value),+),
        }
    }};
}

macro_rules! insert_into {
    ($tx:expr, $sql:expr, $rows:expr, $row:pat_param, $($value:expr),+) => {{
        let mut rows = $rows.into_iter().peekable();
        if rows.peek().is_none() {
            Ok(0)
        } else {
            let mut query = sqlx::QueryBuilder::new($sql);
            query.push(" ").push_values(rows, |mut values, $row| {
                $(values.push_bind($value);)+
            });
            query.build().execute(&mut **$tx).await.map(|done| done.rows_affected())
        }
    }};
}

macro_rules! fetch {
    ($method:ident, $tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {{
        const { assert!($crate::server::db::placeholders($sql) == <[&str]>::len(&[$(stringify!($value)),*])) };
        match $tx {
            $crate::server::db::Tx::Sqlite(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$method(&mut **tx).await
            }
            $crate::server::db::Tx::Postgres(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$method(&mut **tx).await
            }
        }
    }};
}

/// `fetch_one!(tx, Row, "SQL", value, …)` → the row.
macro_rules! fetch_one { ($($rest:tt)*) => { $crate::server::db::fetch!(fetch_one, $($rest)*) }; }
/// `fetch_optional!(tx, Row, "SQL", value, …)` → the row, if there is one.
macro_rules! fetch_optional { ($($rest:tt)*) => { $crate::server::db::fetch!(fetch_optional, $($rest)*) }; }
/// `fetch_all!(tx, Row, "SQL", value, …)` → the rows.
macro_rules! fetch_all { ($($rest:tt)*) => { $crate::server::db::fetch!(fetch_all, $($rest)*) }; }

pub(crate) use {execute, fetch, fetch_all, fetch_one, fetch_optional, insert_all, insert_into};

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn placeholders_are_counted_by_their_highest_number() {
        assert_eq!(placeholders("SELECT 1"), 0);
        assert_eq!(placeholders("UPDATE t SET a = $2 WHERE b = $1 AND c = $12 OR d = $2"), 12);
    }
}
