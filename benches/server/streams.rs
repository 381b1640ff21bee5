//! Phones that listen and hear nothing: what they cost a server.

use crate::{database::Database, serving::Serving};
use comptoir::{
    domain::{InstallationId, Label},
    server::{clock::now_ms, enrol, pull, secret, session::Session, sessions},
    sync::{
        EVENTS,
        wire::{Cursor, EnrolRequest, Pulled},
    },
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};
use tokio::runtime::Runtime;
use uuid::Uuid;

pub const STREAMS: usize = 500;
const SESSION_MS: i64 = 86_400_000;
/// Long enough that words of being alive, every 45 s, are among it.
const IDLE: Duration = Duration::from_secs(60);

pub struct Idle {
    /// Beyond what the server took without them.
    pub more_mb: f64,
    /// Of one core.
    pub cpu: f64,
}

pub fn idle(runtime: &Runtime, database: &Database) -> Idle {
    let (cursor, phones) = runtime.block_on(phones(database));
    let serving = Serving::start(database);
    assert!(ureq::get(format!("{}/health", serving.url)).call().is_ok(), "the server is not well");
    let before_mb = serving.resident_mb();
    let streams: Vec<TcpStream> = phones.iter().map(|(id, token)| listen(&serving.url, *id, token, cursor)).collect();
    let cpu_before_s = serving.cpu_s();
    thread::sleep(IDLE);
    let cpu = (serving.cpu_s() - cpu_before_s) / IDLE.as_secs_f64();
    let more_mb = serving.resident_mb() - before_mb;
    assert_eq!(streams.len(), STREAMS);
    Idle { more_mb, cpu }
}

/// Enrolled and signed in, each by a session of its own.
async fn phones(database: &Database) -> (Cursor, Vec<(InstallationId, String)>) {
    let db = &database.db;
    let (session, start) = {
        let till = database.tills[0].lock().await;
        let Session { shop, user, role, installation, holds_costs, revoked } = till.session;
        (Session { shop, user, role, installation, holds_costs, revoked }, till.start())
    };
    let answer = pull::pull(db, &session, start, now_ms()).await.expect("a first page");
    let Pulled::Start(page) = answer.pulled else { panic!("a first read is answered with a first page") };
    let mut phones = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let code = enrol::create_code(db, database.shop, false, now_ms()).await.expect("a code");
        let secret = secret::to_hex(&secret::random::<{ secret::SECRET_BYTES }>().expect("randomness"));
        let installation = InstallationId(Uuid::now_v7());
        let name = Label::new("Oreille").expect("a label");
        enrol::enrol(db, &EnrolRequest { code, installation, secret, name }, now_ms()).await.expect("an installation");
        let token = sessions::carry_over(db, &session, installation, SESSION_MS, now_ms()).await.expect("a session");
        phones.push((installation, token.0));
    }
    (page.at, phones)
}

/// An open stream, its first line read.
fn listen(url: &str, installation: InstallationId, token: &str, at: Cursor) -> TcpStream {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("a connection");
    let Cursor { history, change } = at;
    let request = format!(
        "GET {EVENTS}?installation={installation}&history={history}&change={change} HTTP/1.1\r\nHost: {host}\r\n\
         Cookie: comptoir_session={token}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut status = [0; 12];
    stream.read_exact(&mut status).expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}
