//! One line for each request: what was asked, what came of it, how long it took, how much was sent. Never a body, a
//! cookie or a query.

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use std::time::Instant;

/// Characters of a path that are logged.
const PATH_MAX_CHARS: usize = 120;

/// Written when it is dropped: the answer was sent to its end, or the caller went away.
struct Line {
    method: Method,
    path: String,
    status: StatusCode,
    began: Instant,
    bytes: u64,
}

impl Drop for Line {
    fn drop(&mut self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            method = %self.method,
            path = %self.path,
            status = self.status.as_u16(),
            ms,
            bytes = self.bytes,
            "request"
        );
    }
}

pub async fn request(request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    let path = request.uri().path().chars().take(PATH_MAX_CHARS).collect();
    let response = next.run(request).await;
    let mut line = Line { method, path, status: response.status(), began, bytes: 0 };
    if let Some(bytes) = response.body().size_hint().exact() {
        line.bytes = bytes;
        return response;
    }
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let line = &mut line; // the whole of it: dropped with the body, it writes the line
            line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            frame
        }))
    })
}
