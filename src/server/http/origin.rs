//! Only our own pages may call. The session cookie is SameSite=Strict already; this also stops pages of neighbouring
//! ports and subdomains, which browsers count as the same site.
//!
//! Every browser this app runs in sends Origin with a POST, and scripts cannot change it. A call without one comes
//! from a program, which has no cookies it was not given.

use super::{super::state::State, refuse};
use crate::sync::CallError;
use axum::{
    extract::{self, Request},
    http::{HeaderMap, Uri, header},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;

pub async fn check(extract::State(state): extract::State<Arc<State>>, request: Request, next: Next) -> Response {
    if is_ours(request.headers(), request.uri(), state.config.origin.as_deref()) {
        next.run(request).await
    } else {
        refuse(CallError::NotAllowed)
    }
}

fn is_ours(headers: &HeaderMap, uri: &Uri, configured: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("unreadable"));
    if text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    match configured {
        Some(ours) => origin == ours,
        None => {
            // HTTP/2 names the host in the address.
            let host = uri.authority().map(|authority| authority.as_str()).or_else(|| text(header::HOST));
            let of_origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            of_origin.is_some() && of_origin == host
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(pairs: &[(&'static str, &'static str)], configured: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        is_ours(&headers, &Uri::from_static("/api/v1/push"), configured)
    }

    #[test]
    fn our_pages_and_programs_may_call_and_no_other_page() {
        let host = ("host", "shop.example:3000");
        assert!(judge(&[host], None));
        assert!(judge(&[host, ("origin", "https://shop.example:3000")], None));
        assert!(judge(&[host, ("origin", "http://shop.example:3000"), ("sec-fetch-site", "same-origin")], None));
        for origin in ["http://shop.example", "http://evil.shop.example:3000", "null", "shop.example:3000", "file://"] {
            assert!(!judge(&[host, ("origin", origin)], None), "{origin}");
        }
        for site in ["same-site", "cross-site", "none"] {
            assert!(!judge(&[host, ("sec-fetch-site", site)], None), "{site}");
        }
    }

    #[test]
    fn behind_a_proxy_the_configured_origin_counts() {
        let ours = Some("https://shop.example");
        assert!(judge(&[("host", "10.0.0.2:3000"), ("origin", "https://shop.example")], ours));
        assert!(!judge(&[("host", "10.0.0.2:3000"), ("origin", "http://10.0.0.2:3000")], ours));
    }
}
