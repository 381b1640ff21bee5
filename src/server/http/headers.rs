//! What every answer tells the browser not to do.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64ct::{Base64, Encoding};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;
use std::sync::LazyLock;

/// The script that every page holds, by its hash.
static EARLY: LazyLock<String> =
    LazyLock::new(|| Base64::encode_string(&super::super::secret::hash(crate::app::early().as_bytes())));

/// A policy whose scripts are files of ours, the one that every page holds, and those of one page that carry its nonce.
fn policy(nonce: Option<&str>) -> String {
    let nonce = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    // cargo-leptos tells a page it watches to reload over a socket on another port.
    let watch = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws: wss:" } else { "" };
    let early = EARLY.as_str();
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-{early}'{nonce}; connect-src 'self'{watch}; \
         img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Called in the context of a page that is rendered: Leptos' inline scripts carry its nonce.
pub fn allow_inline_scripts_of_this_page() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    if let Ok(value) = HeaderValue::from_str(&policy(Some(&nonce))) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
    // A page names its person and its nonce: nobody keeps it.
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(value) = HeaderValue::from_str(&policy(None))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    );
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
