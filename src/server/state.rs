//! What every request can reach.

use super::{config::Config, db::Db, events::Events, http::Site, metrics::Metrics, throttle::Throttle};
use std::sync::Arc;
use tokio::sync::Notify;

#[derive(Debug)]
pub struct State {
    pub db: Db,
    pub config: Config,
    pub site: Site,
    pub enrol_guesses: Throttle,
    pub events: Arc<Events>,
    pub metrics: Metrics,
    /// Something may have come to be decided that closed apps are told of.
    pub rings: Notify,
}
