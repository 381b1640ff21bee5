//! The server functions over HTTP: JSON in, JSON out, errors with the status their kind has.

use super::{super::state::State, refuse};
use crate::sync::{CallError, wire::REQUEST_MAX_BYTES};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{self, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::LengthLimitError;
use leptos::prelude::provide_context;
use std::{error::Error, sync::Arc};

/// Bytes of an error's body; its detail is bounded.
const ERROR_MAX_BYTES: usize = 64 * 1024;
/// The header by which a server function says that its body is an error.
const IS_ERROR: &str = "serverfnerror";

/// Runs the server function a request names.
pub async fn call(extract::State(state): extract::State<Arc<State>>, request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(move || provide_context(state.clone()), request).await.into_response()
}

/// Bounds what comes in and makes every answer JSON with a fitting status.
pub async fn answer(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // A page that posts a form would be sent back to where it came from; here there are only programs.
    parts.headers.remove(header::ACCEPT);
    let body = match to_bytes(body, REQUEST_MAX_BYTES).await {
        Ok(body) => body,
        Err(error) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => return too_large(),
        Err(_) => return refuse(CallError::BadRequest { detail: "the body ended early".into() }),
    };
    let mut response = with_status(next.run(Request::from_parts(parts, Body::from(body))).await).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn too_large() -> Response {
    let detail = format!("a request has at most {REQUEST_MAX_BYTES} bytes");
    (StatusCode::PAYLOAD_TOO_LARGE, Json(CallError::BadRequest { detail })).into_response()
}

/// Leptos answers every error of a server function with 500, and what is no server function in words.
async fn with_status(response: Response) -> Response {
    if response.status().is_success() {
        return response;
    }
    if !response.headers().contains_key(IS_ERROR) {
        return match response.status() {
            StatusCode::METHOD_NOT_ALLOWED => response,
            StatusCode::BAD_REQUEST => {
                let unknown = CallError::BadRequest { detail: "there is no such call".into() };
                (StatusCode::NOT_FOUND, Json(unknown)).into_response()
            }
            _ => refuse(CallError::TryLater),
        };
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, ERROR_MAX_BYTES).await else { return refuse(CallError::TryLater) };
    match serde_json::from_slice::<CallError>(&body) {
        Ok(error) => parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status),
        Err(error) => tracing::error!(%error, "an error's body is not an error"),
    }
    Response::from_parts(parts, Body::from(body))
}
