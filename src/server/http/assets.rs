//! Files, and the three documents the server makes of the site folder.

use super::{super::state::State, is_hashed};
use axum::{
    Router, body, extract,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use tower_http::services::ServeDir;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Bytes of a file's path here. Of a longer name than any file may have, a file system says no "not found" but an error.
const PATH_MAX_BYTES: usize = 200;
/// Kept, but asked about every time.
const ASK: &str = "no-cache";

/// The site folder: packed files where a packed one lies beside, hashed names for ever.
pub fn files(state: &State) -> Router {
    let folder =
        ServeDir::new(&state.site.root).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    Router::new().fallback_service(folder).layer(middleware::from_fn(keep))
}

async fn keep(request: Request, next: Next) -> Response {
    // What packs the answer must not be asked for the packed file itself, nor for what is hidden.
    let path = request.uri().path();
    let hidden = path.ends_with(".br") || path.ends_with(".gz") || path.contains("/.");
    if hidden || path.len() > PATH_MAX_BYTES {
        return not_found();
    }
    let how_long = if is_hashed(path) { FOR_EVER } else { ASK };
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::NOT_FOUND => not_found(),
        status => {
            let how_long = if status.is_success() || status == StatusCode::NOT_MODIFIED { how_long } else { ASK };
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(how_long));
            response
        }
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, ASK)], "Introuvable").into_response()
}

pub async fn service_worker(extract::State(state): extract::State<Arc<State>>) -> Response {
    document("text/javascript; charset=utf-8", &state.site.service_worker)
}

pub async fn app_shell(extract::State(state): extract::State<Arc<State>>) -> Response {
    document("text/html; charset=utf-8", &state.site.app_shell)
}

pub async fn app_shell_script(extract::State(state): extract::State<Arc<State>>) -> Response {
    document("text/javascript; charset=utf-8", &state.site.app_shell_script)
}

fn document(kind: &'static str, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, ASK)];
    (headers, body::Body::from(text.to_owned())).into_response()
}

/// A service worker asks for the version it was made for. While two versions change places it gets an error, and
/// tries again later, rather than a mixture.
pub async fn of_this_version(
    extract::State(state): extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = request.uri().query().and_then(|query| query.strip_prefix("version="));
    match asked {
        Some(version) if version != state.site.version => {
            (StatusCode::CONFLICT, [(header::CACHE_CONTROL, "no-store")], "another version").into_response()
        }
        _ => next.run(request).await,
    }
}
