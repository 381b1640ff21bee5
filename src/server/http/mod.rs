//! HTTP: the router, and the layers every request passes.

mod api;
mod assets;
mod headers;
mod health;
mod log;
mod origin;
mod site;

pub use site::{Site, SiteError, is_hashed};

use super::state::State;
use crate::{
    app::{App, shell},
    sync::CallError,
};
use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::{any::Any, sync::Arc, time::Duration};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

/// How long a request may take in all, its body included. Longer than a turn at the database, shorter than a proxy's.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Brotli from here on costs more time than it saves bytes on 3G.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// Everything the server answers.
pub fn router(state: Arc<State>) -> Router {
    let options = state.config.leptos.clone();
    let pages = {
        let (state, shown) = (state.clone(), options.clone());
        let context = move || {
            provide_context(state.clone());
            headers::allow_inline_scripts_of_this_page();
        };
        // `leptos_routes` would also route the server functions, past the guards of `api` below.
        let routes = generate_route_list(App);
        let page = leptos_axum::render_route_with_context(routes.clone(), context, move || shell(shown.clone()));
        Router::new().leptos_routes_with_handler(routes, page).with_state(options)
    };
    let api = Router::new()
        .route("/api/{*name}", post(api::call))
        .layer(middleware::from_fn(api::answer))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check));
    Router::new()
        .route("/health", get(health::health))
        .route("/sw.js", get(assets::service_worker))
        .route("/app-shell", get(assets::app_shell))
        .route("/app-shell.js", get(assets::app_shell_script))
        .merge(api)
        .fallback_service(assets::files(&state))
        .with_state(state.clone())
        .merge(pages)
        .layer(middleware::from_fn_with_state(state, assets::of_this_version))
        .layer(CompressionLayer::new().quality(COMPRESSION))
        .layer(middleware::from_fn(time_out))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(log::request))
}

/// An error as a client of the API reads it.
fn refuse(error: CallError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

async fn time_out(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took longer than {} s", REQUEST_TIMEOUT.as_secs());
            refuse(CallError::TryLater)
        }
    }
}

/// A bug in one handler ends one request. What panicked is already in the log.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    refuse(CallError::TryLater)
}
