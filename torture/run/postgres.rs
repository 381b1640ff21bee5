//! Postgres itself is restarted without a word to anybody, and its connections fail, while everybody sells through two
//! servers.

use super::{
    Failure, Outcome, Size,
    crowd::{self, Setting, Stage},
    place::Place,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    env,
    process::Command,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// How long Postgres is left in peace.
const PEACE_MS: (usize, usize) = (50, 900);

/// How soon servers have connections again after Postgres was away.
const BACK_WITHIN: Duration = Duration::from_secs(20);

const UNSAFE_MS: (usize, usize) = (700, 1_500);

/// A database of a run's own.
pub struct Database {
    pub url: String,
    name: String,
    base: String,
    runtime: Runtime,
}

impl Database {
    pub fn create() -> Result<Self, Failure> {
        let base = env::var("TEST_POSTGRES_URL").map_err(|_| "run this by tests/with-postgres.sh")?;
        let name = format!("torture_{}", Uuid::new_v4().simple());
        let server = base.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?.0;
        let database = Self { url: format!("{server}/{name}"), name, base: base.clone(), runtime: Runtime::new()? };
        database.ask(format!("CREATE DATABASE {}", database.name))?;
        Ok(database)
    }

    fn ask(&self, sql: String) -> Result<u64, Failure> {
        self.runtime.block_on(async {
            let mut admin = PgConnection::connect(&self.base).await?;
            let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await?;
            admin.close().await?;
            Ok(done.rows_affected())
        })
    }

    /// As after a failover: every connection of the servers ends, whatever it was doing. Returns how many. Servers that
    /// lost Postgres a moment ago are given time to come back, so that there is something to end.
    fn fail_connections(&self, stage: &mut Stage<'_, '_>) -> Result<usize, Failure> {
        let (name, began) = (&self.name, Instant::now());
        loop {
            let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            match self.ask(sql)? {
                0 if began.elapsed() < BACK_WITHIN => stage.wait(PEACE_MS.0, PEACE_MS.1),
                ended => return Ok(ended as usize),
            }
        }
    }

    /// Somebody starts Postgres with settings that lose what is acknowledged: until they are mended, nothing is.
    fn forget_durability(&self, stage: &mut Stage<'_, '_>, script: &str) -> Result<(), Failure> {
        self.ask("ALTER SYSTEM SET fsync = off".into())?;
        start_again(script)?;
        let before = self.judged()?;
        stage.wait(UNSAFE_MS.0, UNSAFE_MS.1);
        let after = self.judged()?;
        self.ask("ALTER SYSTEM RESET fsync".into())?;
        start_again(script)?;
        if before == after { Ok(()) } else { Err(format!("{} verdicts without fsync", after - before).into()) }
    }

    fn judged(&self) -> Result<i64, Failure> {
        self.runtime.block_on(async {
            let mut own = PgConnection::connect(&self.url).await?;
            let count = sqlx::query_scalar("SELECT COUNT(*) FROM ledger").fetch_one(&mut own).await?;
            own.close().await?;
            Ok(count)
        })
    }
}

pub fn restarted(size: &Size) -> Result<Outcome, Failure> {
    let database = Database::create()?;
    let place = Place::on(&database.url);
    let restart = env::var("TEST_POSTGRES_RESTART").ok();
    if restart.is_none() {
        println!("TEST_POSTGRES_RESTART is not set: only connections fail");
    }
    let strike = |stage: &mut Stage<'_, '_>| -> Result<(), Failure> {
        for number in 0..size.strikes {
            stage.wait(PEACE_MS.0, PEACE_MS.1);
            match (number % 3, &restart) {
                (0, Some(script)) => {
                    start_again(script)?;
                    stage.count("Postgres restarted", 1);
                }
                (2, Some(script)) => {
                    database.forget_durability(stage, script)?;
                    stage.count("restarted without fsync", 1);
                }
                _ => {
                    let failed = database.fail_connections(stage)?;
                    stage.count("connections failed", failed);
                }
            }
        }
        // The servers find their database again by themselves.
        stage.wait(PEACE_MS.0, PEACE_MS.1);
        Ok(())
    };
    let setting = Setting { place: &place, url: &database.url, servers: 2, under: Vec::new() };
    crowd::run("Postgres restarted, two servers", setting, size, strike, |_| Ok(()))
}

/// Immediate: no checkpoint, no goodbye; it recovers from its log.
fn start_again(script: &str) -> Result<(), Failure> {
    if Command::new("sh").arg(script).status()?.success() { Ok(()) } else { Err("Postgres did not start again".into()) }
}
