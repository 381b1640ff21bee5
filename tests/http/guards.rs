use crate::server::*;
use comptoir::sync::wire::REQUEST_MAX_BYTES;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

#[test]
fn only_our_own_pages_may_call() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let ours = server.url.clone();
    let body = READS.as_bytes();
    for headers in [&[("origin", ours.as_str())][..], &[("sec-fetch-site", "same-origin")], &[]] {
        assert_eq!(server.post("pull", headers, body).error(), "not_signed_in");
    }
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", ours.as_str()), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let reply = server.post("pull", headers, body);
        assert_eq!((reply.status, reply.error().as_str()), (403, "not_allowed"));
    }
}

#[test]
fn what_cannot_be_read_is_a_bad_request() {
    let setting = Setting::sqlite();
    let server = setting.start();
    for body in
        ["", "{", "[]", "null", "{\"request\":7}", "{\"search\":\"\"}", "\u{0}", "{\"request\":{\"code\":1e999}}"]
    {
        let reply = server.post("enrol", &[], body.as_bytes());
        assert_eq!((reply.status, reply.error().as_str()), (400, "bad_request"), "{body}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(server.post("push", &[], deep.as_bytes()).status, 400);
    assert_eq!(server.post("push", &[], b"\xff\xfe{}").status, 400);
    // A form of a page is no call, and is not sent back to where it came from.
    let form = [("accept", "text/html"), ("referer", "https://evil.example/")];
    assert_eq!(server.post("enrol", &form, b"{}").status, 400);
    assert_eq!(server.post("no-such-call", &[], b"{}").status, 404);
    assert_eq!(server.get("/api/v1/push", &[]).status, 405);
}

#[test]
fn a_request_has_a_largest_size() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let mut body = vec![b' '; REQUEST_MAX_BYTES];
    assert_eq!(server.post("push", &[], &body).status, 400);
    body.push(b' ');
    let reply = server.post("push", &[], &body);
    assert_eq!((reply.status, reply.error().as_str()), (413, "bad_request"));
}

#[test]
fn a_body_without_a_length_is_bounded_too() {
    let setting = Setting::sqlite();
    let server = setting.start();
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"POST /api/v1/push HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
    let chunk = [format!("{:x}\r\n", 64 * 1024).as_bytes(), &[b' '; 64 * 1024], b"\r\n"].concat();
    // The server may close before all of it was sent.
    for _ in 0..REQUEST_MAX_BYTES / (64 * 1024) + 2 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

/// One more is closed at once, those there are answered, and a place is free again when one of them ends.
#[test]
fn a_server_has_so_many_connections_at_once() {
    let mut setting = Setting::sqlite();
    setting.connections_max = 2;
    let server = setting.start();
    let connect = || TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let answered = |stream: &mut TcpStream| {
        let mut answer = [0; 12];
        let asked = stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
        asked.and_then(|()| stream.read_exact(&mut answer)).is_ok() && &answer == b"HTTP/1.1 200"
    };
    let (mut first, mut second) = (connect(), connect());
    assert!(answered(&mut first) && answered(&mut second));
    assert!(!answered(&mut connect()));
    drop(second);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while !answered(&mut connect()) {
        assert!(std::time::Instant::now() < until, "no place is given back");
    }
}
