//! What every request can reach.

use super::{config::Config, db::Db, http::Site, throttle::Throttle};

#[derive(Debug)]
pub struct State {
    pub db: Db,
    pub config: Config,
    pub site: Site,
    pub enrol_guesses: Throttle,
}
