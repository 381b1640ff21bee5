//! Work the server does on its own: a job a file, each a bounded piece at a time, in one program at a time.

mod answers;
mod refusals;
mod tombstones;

pub use answers::expire_answers;
pub use refusals::{REFUSAL_UNSAID_MS, publish_refusals};
pub use tombstones::{TOMBSTONE_DAYS, forget_tombstones};

use super::{ServerError, db::Db, sessions};
use clap::ValueEnum;
use std::time::Duration;

/// Rows one transaction of a job touches, so that no sale waits long for it.
const JOB_BATCH_ROWS: i64 = 200;
/// The first half of the jobs' advisory locks on Postgres: "jobs", so that no other program's lock is one of them.
pub const LOCKS: i32 = i32::from_be_bytes(*b"jobs");

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Job {
    /// Shows the others the refused sales whose phone has not said what became of them.
    PublishRefusals,
    /// Cleans up the full answers of idempotency keys after their retention.
    ExpireAnswers,
    /// Forgets deletions that every phone has had 90 days to hear of.
    ForgetTombstones,
    /// Forgets sessions and enrolment codes that have expired.
    CleanUpSessions,
}

impl Job {
    pub const ALL: [Job; 4] = [Job::PublishRefusals, Job::ExpireAnswers, Job::ForgetTombstones, Job::CleanUpSessions];

    pub fn name(self) -> &'static str {
        match self {
            Job::PublishRefusals => "publish-refusals",
            Job::ExpireAnswers => "expire-answers",
            Job::ForgetTombstones => "forget-tombstones",
            Job::CleanUpSessions => "clean-up-sessions",
        }
    }

    pub fn every(self) -> Duration {
        match self {
            Job::PublishRefusals => Duration::from_secs(15),
            Job::ExpireAnswers | Job::ForgetTombstones | Job::CleanUpSessions => Duration::from_secs(3_600),
        }
    }

    /// Runs it once, to its end. Answers how many rows it touched; `None` where another program runs it now. `answer_ms`
    /// is how long full answers are kept.
    pub async fn run(self, db: &Db, answer_ms: i64, now_ms: i64) -> Result<Option<u64>, ServerError> {
        // Held by a transaction of its own: whatever ends this program, the lock ends with it.
        let lock = match db {
            Db::Sqlite { .. } => None, // its lock is the file's
            Db::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let locked = sqlx::query_as("SELECT pg_try_advisory_xact_lock($1, $2)").bind(LOCKS).bind(self as i32);
                let (locked,): (bool,) = locked.fetch_one(&mut *tx).await?;
                if !locked {
                    return Ok(None);
                }
                Some(tx)
            }
        };
        let rows = match self {
            Job::PublishRefusals => publish_refusals(db, now_ms).await,
            Job::ExpireAnswers => expire_answers(db, now_ms, answer_ms).await,
            Job::ForgetTombstones => forget_tombstones(db, now_ms).await,
            Job::CleanUpSessions => sessions::clean_up(db, now_ms).await,
        };
        if let Some(tx) = lock {
            tx.rollback().await?; // dropped, it would be let go a moment later
        }
        rows.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_one_name() {
        for job in Job::ALL {
            assert_eq!(job.to_possible_value().unwrap().get_name(), job.name());
        }
    }
}
