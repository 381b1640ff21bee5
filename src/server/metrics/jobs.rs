//! Runs of the server's housekeeping.

use super::Metrics;
use crate::server::{ServerError, jobs::Job};
use prometheus_client::encoding::EncodeLabelSet;
use std::time::Duration;

const DONE: &str = "done";
/// Another server runs it now.
const BUSY: &str = "busy";
const FAILED: &str = "failed";

/// Not `job`: that label is Prometheus' own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct JobName {
    pub name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct JobRun {
    pub name: &'static str,
    pub outcome: &'static str,
}

impl Metrics {
    /// A run that ended at `now_ms` as [`Job::run`] answered.
    pub fn job_ran(&self, job: Job, came_of_it: &Result<Option<u64>, ServerError>, took: Duration, now_ms: i64) {
        let name = job.name();
        let outcome = match came_of_it {
            Ok(Some(rows)) => {
                self.job_rows.get_or_create(&JobName { name }).inc_by(*rows);
                self.job_success.get_or_create(&JobName { name }).set(now_ms / 1_000);
                DONE
            }
            Ok(None) => BUSY,
            Err(_) => FAILED,
        };
        self.job_runs.get_or_create(&JobRun { name, outcome }).inc();
        if outcome != BUSY {
            self.job_duration.get_or_create(&JobName { name }).observe(took.as_secs_f64());
        }
    }

    pub(super) fn begin_job_at_zero(&self, job: Job) {
        let name = job.name();
        for outcome in [DONE, BUSY, FAILED] {
            drop(self.job_runs.get_or_create(&JobRun { name, outcome }));
        }
        drop(self.job_rows.get_or_create(&JobName { name }));
        drop(self.job_success.get_or_create(&JobName { name }));
        drop(self.job_duration.get_or_create(&JobName { name }));
    }
}
