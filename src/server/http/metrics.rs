//! `/metrics`, on a listener of its own: what is counted is for who runs the server, and asks for no password.

use super::{super::state::State, refuse};
use crate::sync::CallError;
use axum::{
    extract,
    http::header,
    response::{IntoResponse, Response},
};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use std::sync::Arc;

pub async fn metrics(extract::State(state): extract::State<Arc<State>>) -> Response {
    match state.metrics.text(&state.db, &state.events) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            refuse(CallError::TryLater)
        }
    }
}
