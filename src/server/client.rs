//! A client of the API for programs of ours: `smoke`, `replay` and tests. Blocking, one call after another; the session
//! cookie stays inside.

use crate::sync::CallError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use std::time::Duration;

/// Longer than the server takes at most.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer; a page's largest change may exceed its target size many times.
const ANSWER_MAX_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
}

impl Client {
    /// `base` is the server's address, such as `https://shop.example`.
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build();
        Self { agent: config.into(), base: base.trim_end_matches('/').to_owned() }
    }

    /// Calls a server function whose one argument is `request`.
    pub fn call<Answer: DeserializeOwned>(&self, name: &str, request: &impl Serialize) -> Result<Answer, CallError> {
        self.call_with(name, &json!({ "request": request }))
    }

    /// Calls a server function with its arguments by name.
    pub fn call_with<Answer: DeserializeOwned>(
        &self,
        name: &str,
        arguments: &serde_json::Value,
    ) -> Result<Answer, CallError> {
        let not_reached = |detail: String| CallError::NotReached { detail };
        let address = format!("{}/api/v1/{name}", self.base);
        let mut response = self.agent.post(&address).send_json(arguments).map_err(|e| not_reached(e.to_string()))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_vec();
        let body = body.map_err(|error| not_reached(error.to_string()))?;
        if status.is_success() {
            serde_json::from_slice(&body).map_err(|error| not_reached(format!("{name}: {error}")))
        } else {
            Err(serde_json::from_slice(&body).unwrap_or_else(|_| not_reached(format!("{name}: HTTP {status}"))))
        }
    }
}
