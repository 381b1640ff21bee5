//! The session cookie: readable by the server alone, sent by our own pages alone.

use super::{config::Config, sessions::Token};
use axum::http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const NAME: &str = "comptoir_session";
/// Bytes of cookies that are looked through.
const COOKIES_MAX_BYTES: usize = 8 * 1024;

/// The session's token, if the request carries one.
pub fn read(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.filter(|text| text.len() <= COOKIES_MAX_BYTES).flat_map(|text| text.split(';'));
    let mut named = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == NAME);
    named.next().map(|(_, token)| token.to_owned())
}

pub fn set(config: &Config, token: &Token) {
    answer_with(&line(config, &token.0, config.session_ms / 1000));
}

pub fn clear(config: &Config) {
    answer_with(&line(config, "", 0));
}

fn line(config: &Config, value: &str, life_s: i64) -> String {
    let secure = if config.secure_cookies { "; Secure" } else { "" };
    format!("{NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={life_s}{secure}")
}

fn answer_with(line: &str) {
    if let (Some(response), Ok(mut value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(line)) {
        value.set_sensitive(true);
        response.append_header(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(read(&headers), None);
        headers.append(header::COOKIE, "a=1; comptoir_session=abc; b=2".parse().unwrap());
        assert_eq!(read(&headers).as_deref(), Some("abc"));
        headers.clear();
        headers.append(header::COOKIE, "xcomptoir_session=abc; =; comptoir_session".parse().unwrap());
        assert_eq!(read(&headers), None);
    }
}
