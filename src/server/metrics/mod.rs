//! What the server counts of itself, for Prometheus. What each figure says stands in `docs/operations/README.md`.
//!
//! Nothing here is global: each server counts for itself, from its start. Counted is what was answered, after it was
//! committed. A label's value is a word of an enum: so their number is bounded, and no shop, person or text is told.

mod jobs;
mod sync;

pub use sync::Sent;

use super::{db::Db, events::Events, jobs::Job};
use jobs::{JobName, JobRun};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry},
};
use std::fmt;
use sync::{Call, Judged, KindName};

/// From a sale at the counter to a phone that comes back from weeks without network.
const AGE_BUCKETS_S: [f64; 18] = [
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    300.0,
    900.0,
    3_600.0,
    4.0 * 3_600.0,
    DAY_S,
    3.0 * DAY_S,
    7.0 * DAY_S,
    14.0 * DAY_S,
    28.0 * DAY_S,
];
const DAY_S: f64 = 86_400.0;
/// A job's piece is small; all of a long pause's pieces may take minutes.
const JOB_BUCKETS_S: [f64; 8] = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0];

#[derive(Debug)]
pub struct Metrics {
    pushes: Family<Call, Counter>,
    pulls: Family<Call, Counter>,
    verdicts: Family<Judged, Counter>,
    replays: Family<KindName, Counter>,
    sync_delay: Histogram,
    queue_age: Histogram,
    /// These, and the pools, are looked at when somebody reads.
    streams: Gauge,
    job_runs: Family<JobRun, Counter>,
    job_rows: Family<JobName, Counter>,
    job_duration: Family<JobName, Histogram, fn() -> Histogram>,
    job_success: Family<JobName, Gauge>,
    pool_open: Family<PoolName, Gauge>,
    pool_idle: Family<PoolName, Gauge>,
    pool_most: Family<PoolName, Gauge>,
    registry: Registry,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolName {
    pool: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("comptoir");
        let to = &mut registry;
        let ages = || Histogram::new(AGE_BUCKETS_S);
        let jobs = Family::new_with_constructor((|| Histogram::new(JOB_BUCKETS_S)) as fn() -> Histogram);
        let metrics = Self {
            pushes: add(to, "pushes", "Pushes answered, by what came of the call", Family::default()),
            pulls: add(to, "pulls", "Pulls answered, by what came of the call", Family::default()),
            verdicts: add(to, "verdicts", "Verdicts given for the first time, by kind of mutation", Family::default()),
            replays: add(to, "replays", "Verdicts given again to a mutation judged before", Family::default()),
            sync_delay: add(to, "sync_delay_seconds", "From a mutation's making to its final verdict", ages()),
            queue_age: add(to, "queue_age_seconds", "Age of the oldest mutation in a push as it arrived", ages()),
            streams: add(to, "stream_clients", "Phones that listen to a stream of events", Gauge::default()),
            job_runs: add(to, "job_runs", "Runs of the server's housekeeping, by outcome", Family::default()),
            job_rows: add(to, "job_rows", "Rows touched by the server's housekeeping", Family::default()),
            job_duration: add(to, "job_duration_seconds", "How long a run of a job took", jobs),
            job_success: add(
                to,
                "job_last_success_timestamp_seconds",
                "When this server last finished the job; 0 where it has not",
                Family::default(),
            ),
            pool_open: add(to, "database_pool_connections", "Open connections to the database", Family::default()),
            pool_idle: add(to, "database_pool_idle_connections", "Of these, those without work", Family::default()),
            pool_most: add(to, "database_pool_max_connections", "Connections a pool may open", Family::default()),
            registry,
        };
        metrics.begin_at_zero();
        metrics
    }
}

/// A counter's name gets its `_total` when it is written.
fn add<M: Metric + Clone>(to: &mut Registry, name: &str, help: &str, metric: M) -> M {
    to.register(name, help, metric.clone());
    metric
}

impl Metrics {
    /// All there is, in Prometheus' text format.
    pub fn text(&self, db: &Db, events: &Events) -> Result<String, fmt::Error> {
        self.streams.set(i64::try_from(events.listeners()).unwrap_or(i64::MAX));
        for (pool, size) in db.pools() {
            let labels = PoolName { pool };
            self.pool_open.get_or_create(&labels).set(size.open);
            self.pool_idle.get_or_create(&labels).set(size.idle);
            self.pool_most.get_or_create(&labels).set(size.most);
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// Prometheus sees no increase in a counter that was not there before: all that an alert may ask for is there from
    /// the start.
    fn begin_at_zero(&self) {
        self.begin_sync_at_zero();
        Job::ALL.into_iter().for_each(|job| self.begin_job_at_zero(job));
    }
}
