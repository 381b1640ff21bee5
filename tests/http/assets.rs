use crate::server::*;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

const HASHED: &str = "/pkg/device.AbCdEfGhIjKlMnOpQrSt_-.wasm";

#[test]
fn hashed_files_are_kept_for_ever_and_packed_ones_sent() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let reply = server.get(HASHED, &[]);
    assert_eq!((reply.text(), reply.header(CACHE_CONTROL)), ("plain", "public, max-age=31536000, immutable"));
    let reply = server.get(HASHED, &[("accept-encoding", "br, gzip")]);
    assert_eq!((reply.body.as_slice(), reply.header(CONTENT_ENCODING)), (&b"packed"[..], "br"));
    for path in [
        "/pkg/comptoir.js",
        "/pkg/__wasm_split.______________________.js",
        "/manifest.webmanifest",
        "/sw.js",
        "/app-shell",
        "/app-shell.js",
    ] {
        let reply = server.get(path, &[]);
        assert_eq!((reply.status, reply.header(CACHE_CONTROL)), (200, "no-cache"), "{path}");
    }
    assert_eq!(server.get("/pkg/comptoir.wasm", &[]).header(CONTENT_TYPE), "application/wasm");
}

#[test]
fn nothing_beside_the_site_is_served() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let paths = ["/nothing.js", "/.secret.js", "/pkg/", "/../shop.db", "/%2e%2e/shop.db", "/pkg/..%2f..%2fshop.db"];
    for path in paths {
        let reply = server.get(path, &[]);
        assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
        assert_ne!(reply.header(CACHE_CONTROL), "public, max-age=31536000, immutable");
    }
    assert_eq!(server.get("/pkg/device.AbCdEfGhIjKlMnOpQrSt_-.wasm.br", &[]).status, 404);
    assert_eq!(server.get("/pkg/nothing.AbCdEfGhIjKlMnOpQrSt_-.wasm", &[]).header(CACHE_CONTROL), "no-cache");
}

#[test]
fn the_service_workers_files_are_of_one_version() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let version = &server.state.site.version;
    let worker = server.get("/sw.js", &[]);
    assert_eq!(worker.header(CONTENT_TYPE), "text/javascript; charset=utf-8");
    assert!(worker.text().contains(&format!("comptoir-{version}")) && worker.text().contains(HASHED));
    let shell = server.get(&format!("/app-shell?version={version}"), &[]);
    assert!(shell.text().contains("data-shell") && !shell.text().contains("nonce"));
    assert!(!shell.header(CONTENT_SECURITY_POLICY).contains("nonce"));
    for path in ["/app-shell", "/app-shell.js", "/manifest.webmanifest"] {
        assert_eq!(server.get(&format!("{path}?version=another"), &[]).status, 409, "{path}");
    }
}

/// What runs before the first paint is named by its hash, in the server's pages and in the one that phones keep.
#[test]
fn the_one_script_inside_a_page_is_in_the_policy_by_its_hash() {
    use base64ct::{Base64, Encoding};
    let setting = Setting::sqlite();
    let server = setting.start();
    for path in ["/app-shell", "/vente", "/parametres/personnes"] {
        let page = server.get(path, &[]);
        let (_, rest) = page.text().split_once("<script>").unwrap();
        let (script, _) = rest.split_once("</script>").unwrap();
        assert!(script.contains("comptoir-theme") && script.contains("comptoir-locked"), "{script}");
        let hash = Base64::encode_string(&comptoir::server::secret::hash(script.as_bytes()));
        assert!(page.header(CONTENT_SECURITY_POLICY).contains(&format!("'sha256-{hash}'")), "{path}");
    }
}

#[test]
fn a_page_runs_our_scripts_and_those_with_its_nonce() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let (one, two) = (server.get("/", &[]), server.get("/", &[]));
    assert_eq!((one.status, one.header(CACHE_CONTROL)), (200, "no-store"));
    let policy = one.header(CONTENT_SECURITY_POLICY);
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(!policy.contains("unsafe-inline") && policy.contains("'wasm-unsafe-eval'"));
    assert!(nonce.len() >= 20 && !two.header(CONTENT_SECURITY_POLICY).contains(nonce));
    let page = one.text();
    // The one that the policy names by its hash needs none.
    let scripts = page.matches("<script").count() - page.matches("<script>").count();
    let with_nonce = page.matches(&format!("nonce=\"{nonce}\"")).count();
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(scripts > 0 && with_nonce >= scripts, "{scripts} scripts, {with_nonce} nonces");
    for name in ["x-content-type-options", "referrer-policy", "permissions-policy"] {
        assert!(!one.header(name).is_empty(), "{name}");
    }
}

#[test]
fn health_says_whether_the_database_answers() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let reply = server.get("/health", &[]);
    assert!(reply.status == 200 && reply.text().contains("\"database\":\"ok\""));
    server.block_on(server.db().close());
    let reply = server.get("/health", &[]);
    assert!(reply.status == 503 && reply.text().contains("\"database\":\"unreachable\""));
}

#[test]
fn pages_are_compressed() {
    let setting = Setting::sqlite();
    let server = setting.start();
    assert_eq!(server.get("/sw.js", &[("accept-encoding", "br")]).header(CONTENT_ENCODING), "br");
    assert_eq!(server.get("/sw.js", &[("accept-encoding", "identity")]).header(CONTENT_ENCODING), "");
}
