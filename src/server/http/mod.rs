//! HTTP: the router, and the layers every request passes.

mod api;
mod assets;
mod events;
mod first_page;
mod headers;
mod health;
mod log;
mod metrics;
mod origin;
mod site;

pub use site::{Site, SiteError, is_hashed};

use super::state::State;
use crate::{
    app::{App, AppProps, shell},
    sync::{CallError, EVENTS, first_page::FirstPage},
};
use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
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
        let shown = options.clone();
        let context = move || {
            first_page::provide();
            headers::allow_inline_scripts_of_this_page();
        };
        // `leptos_routes` would also route the server functions, past the guards of `api` below.
        let routes = generate_route_list(|| App(AppProps { first: FirstPage::default() }));
        let page = leptos_axum::render_route_with_context(routes.clone(), context, move || shell(shown.clone()));
        let first = middleware::from_fn_with_state(state.clone(), first_page::load);
        Router::new().leptos_routes_with_handler(routes, page).layer(first).with_state(options)
    };
    let api = Router::new()
        .route("/api/{*name}", post(api::call))
        .layer(middleware::from_fn(api::answer))
        .route(EVENTS, get(events::stream))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check));
    let all = Router::new()
        .route("/health", get(health::health))
        .route("/sw.js", get(assets::service_worker))
        .route("/app-shell", get(assets::app_shell))
        .route("/app-shell.js", get(assets::app_shell_script))
        .merge(api)
        .fallback_service(assets::files(&state))
        .with_state(state.clone())
        .merge(pages)
        .layer(middleware::from_fn_with_state(state, assets::of_this_version))
        .layer(CompressionLayer::new().quality(COMPRESSION));
    guarded(all, REQUEST_TIMEOUT)
}

/// What the listener for Prometheus answers.
pub fn metrics_router(state: Arc<State>) -> Router {
    guarded(Router::new().route("/metrics", get(metrics::metrics)).with_state(state), REQUEST_TIMEOUT)
}

/// What a bug or a slow caller can do ends with its request, whichever route it takes.
fn guarded(router: Router, within: Duration) -> Router {
    router
        .layer(middleware::from_fn(move |request, next| time_out(within, request, next)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(log::request))
}

/// An error as a client of the API reads it.
fn refuse(error: CallError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

async fn time_out(within: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took longer than {} ms", within.as_millis());
            refuse(CallError::TryLater)
        }
    }
}

/// A bug in one handler ends one request. What panicked is already in the log. 500 tells an operator that it is ours; a
/// client reads that it may try again.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, Json(CallError::TryLater)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, Bytes, to_bytes};
    use tower::ServiceExt;

    async fn ask(router: &Router, path: &str, body: Body) -> (u16, Bytes) {
        let request = Request::post(path).body(body).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        (status, to_bytes(response.into_body(), 1_000).await.unwrap())
    }

    async fn panics() -> &'static str {
        panic!("a bug of this test's")
    }

    /// A panic, and a handler that never ends, cost one request each.
    #[tokio::test]
    async fn a_panic_and_a_request_without_end_are_answered_and_the_server_lives() {
        let router = Router::new()
            .route("/panic", post(panics))
            .route("/slow", post(std::future::pending::<&'static str>))
            .route("/body", post(|body: Bytes| async move { body }));
        let router = guarded(router, Duration::from_millis(200));
        let said = Bytes::from_static(b"\"try_later\"");
        assert_eq!(ask(&router, "/panic", Body::empty()).await, (500, said.clone()));
        assert_eq!(ask(&router, "/slow", Body::empty()).await, (503, said));
        assert_eq!(ask(&router, "/body", Body::from("well")).await, (200, Bytes::from_static(b"well")));
    }
}
