//! The metrics, on a listener of their own, over real sockets.

use crate::{
    place::{Place, text},
    server::*,
};
use comptoir::{
    domain::{day::DeviceTime, *},
    server::{clock::now_ms, jobs::Job, metrics::Metrics},
    sync::{Body, EVENTS, Mutation, Origin, mutation::*, wire::*},
};
use std::{
    fs,
    io::Write,
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};
use uuid::Uuid;

on_each_database!(what_is_pushed_is_counted, nothing_is_read_unless_it_is_asked_for);

const HOUR_MS: i64 = 3_600_000;

struct Pushing<'a> {
    server: &'a Server<'a>,
    phone: Phone,
    person: UserId,
    cookie: String,
    made: u64,
}

impl Pushing<'_> {
    /// Made so long ago.
    fn made(&mut self, ago_ms: i64, body: &Body) -> Mutation {
        self.made += 1;
        let origin = Origin { installation: self.phone.id, sequence: self.made, actor: self.person };
        // A clock an hour fast, and a phone that knows it.
        let made = DeviceTime { device_ms: now_ms() + HOUR_MS - ago_ms, skew_ms: -HOUR_MS, contact_ms: 0 };
        Mutation::new(Key(Uuid::new_v4()), origin, made, Vec::new(), Vec::new(), body)
    }

    fn request(&self, mutations: &[Mutation]) -> PushRequest {
        PushRequest {
            protocol: PROTOCOL,
            installation: self.phone.id,
            app: "test".into(),
            cursor: None,
            made: self.made,
            waiting: mutations.len() as u64,
            mutations: mutations.to_vec(),
        }
    }

    fn push(&self, mutations: &[Mutation]) -> PushAnswer {
        self.server.call("push", &self.cookie, &self.request(mutations)).json()
    }
}

/// Its listener answers with all there is.
fn scrape(server: &Server<'_>) -> String {
    let url = server.metrics_url.as_ref().unwrap();
    let reply = Reply::read(agent().get(format!("{url}/metrics")).call().unwrap());
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    reply.text().to_owned()
}

/// The figure of a series.
fn figure(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn create(stock: i64) -> (ProductId, Body) {
    let product = product("Riz");
    let opening_units = Units::new(stock).unwrap();
    (product.id, Body::CreateProduct(CreateProduct { product, opening_units }))
}

fn lose(product: ProductId, units: i64) -> Body {
    let body = serde_json::json!({ "product": product, "delta": -units, "reason": "loss", "note": "" });
    Body::AdjustStock(serde_json::from_value(body).unwrap())
}

fn price(product: ProductId, from: i64, to: i64) -> Body {
    let change = serde_json::json!({ "product": product, "sale_price": { "seen": from, "wanted": to } });
    Body::EditProduct(serde_json::from_value(change).unwrap())
}

fn what_is_pushed_is_counted(mut setting: Setting) {
    setting.metrics = true;
    let server = setting.start();
    let shop = server.shop("Boutique");
    let phone = server.phone(&shop);
    let cookie = server.sign_in(&phone, shop.owner, OWNER_PIN).cookie();
    let mut till = Pushing { server: &server, phone, person: shop.owner, cookie, made: 0 };

    let (rice, body) = create(5);
    let created = till.made(3 * HOUR_MS, &body);
    let (lost, cheaper, dearer) = (
        till.made(0, &lose(rice, 9)),
        till.made(0, &price(rice, 1_000, 900)),
        till.made(0, &price(rice, 1_000, 1_100)),
    );
    let mut unheard_of = till.made(0, &lose(rice, 1));
    unheard_of.kind = "teleport_stock".into();
    till.push(std::slice::from_ref(&created));
    till.push(&[created, lost, cheaper, dearer, unheard_of]);
    assert_eq!(server.call("push", "", &till.request(&[])).status, 401);
    assert_eq!(server.post("pull", &[], READS.as_bytes()).status, 401);

    let read = scrape(&server);
    let count = |series: &str| figure(&read, series).unwrap_or_else(|| panic!("no {series} in\n{read}"));
    for (series, expected) in [
        ("comptoir_pushes_total{outcome=\"answered\"}", 2.0),
        ("comptoir_pushes_total{outcome=\"not_signed_in\"}", 1.0),
        ("comptoir_pulls_total{outcome=\"not_signed_in\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"create_product\",verdict=\"applied\",code=\"\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"edit_product\",verdict=\"applied\",code=\"\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"edit_product\",verdict=\"conflict\",code=\"\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"adjust_stock\",verdict=\"refused\",code=\"insufficient_stock\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"unknown\",verdict=\"upgrade\",code=\"\"}", 1.0),
        ("comptoir_verdicts_total{kind=\"record_sale\",verdict=\"quarantined\",code=\"retired_person\"}", 0.0),
        ("comptoir_replays_total{kind=\"create_product\"}", 1.0),
        ("comptoir_replays_total{kind=\"edit_product\"}", 0.0),
        // The final ones, each once: three at once, one that waited for three hours.
        ("comptoir_sync_delay_seconds_count", 4.0),
        ("comptoir_sync_delay_seconds_bucket{le=\"3600\"}", 3.0),
        ("comptoir_sync_delay_seconds_bucket{le=\"14400\"}", 4.0),
        // Both pushes had the old one in them.
        ("comptoir_queue_age_seconds_count", 2.0),
        ("comptoir_queue_age_seconds_bucket{le=\"3600\"}", 0.0),
        ("comptoir_queue_age_seconds_bucket{le=\"14400\"}", 2.0),
        ("comptoir_stream_clients", 0.0),
        ("comptoir_job_runs_total{name=\"expire-answers\",outcome=\"failed\"}", 0.0),
    ] {
        assert_eq!(count(series), expected, "{series} in\n{read}");
    }
    let from = From::Start { position: None };
    let start = PullRequest { protocol: PROTOCOL, installation: till.phone.id, app: "test".into(), from };
    let pulled: PullAnswer = server.call("pull", &till.cookie, &start).json();
    let Pulled::Start(StartPage { at: Cursor { history, change }, .. }) = pulled.pulled else { panic!("{pulled:?}") };
    let at = format!("{}{EVENTS}?installation={}&history={history}&change={change}", server.url, till.phone.id);
    let stream = agent().get(at).header("cookie", &till.cookie).call().unwrap();
    assert_eq!(figure(&scrape(&server), "comptoir_stream_clients"), Some(1.0));
    drop(stream);
    let pools = if server.db().is_sqlite() { &["sqlite_writer", "sqlite_readers"][..] } else { &["postgres"] };
    for pool in pools {
        let of = |name: &str| count(&format!("comptoir_database_pool_{name}connections{{pool=\"{pool}\"}}"));
        assert!(of("idle_") <= of("") && (1.0..=of("max_")).contains(&of("")), "{read}");
    }
    until_every_job_ran(&server);
    // No shop, person, phone or product is told.
    for secret in [shop.id.to_string(), till.phone.id.to_string(), rice.to_string(), "teleport".into(), "Riz".into()] {
        assert!(!read.contains(&secret), "{secret} in\n{read}");
    }
}

fn until_every_job_ran(server: &Server<'_>) {
    let began = Instant::now();
    loop {
        let read = scrape(server);
        let ran = |name: &str| {
            let success = format!("comptoir_job_last_success_timestamp_seconds{{name=\"{name}\"}}");
            figure(&read, &format!("comptoir_job_runs_total{{name=\"{name}\",outcome=\"done\"}}")) >= Some(1.0)
                && figure(&read, &success) > Some(1_700_000_000.0)
                && figure(&read, &format!("comptoir_job_duration_seconds_count{{name=\"{name}\"}}")) >= Some(1.0)
        };
        if Job::ALL.into_iter().map(Job::name).all(ran) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{read}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn nothing_is_read_unless_it_is_asked_for(mut setting: Setting) {
    let server = setting.start();
    assert_eq!((server.metrics_url.as_ref(), server.get("/metrics", &[]).status), (None, 404));
    drop(server);
    setting.metrics = true;
    let server = setting.start();
    assert_eq!(server.get("/metrics", &[]).status, 404, "not where phones are");
    scrape(&server);
    let url = server.metrics_url.as_ref().unwrap();
    for path in ["/", "/health", "/api/v1/events", "/metrics/x"] {
        assert_eq!(agent().get(format!("{url}{path}")).call().unwrap().status(), 404, "{path}");
    }
    assert_eq!(agent().post(format!("{url}/metrics")).send_empty().unwrap().status(), 405);
    // Another server counts for itself.
    let other = Metrics::default().text(server.db(), &server.state.events).unwrap();
    assert_eq!(figure(&other, "comptoir_pushes_total{outcome=\"answered\"}"), Some(0.0));
}

/// As an operator sets it: the line of Leptos.toml, without its `#`.
fn place_with_metrics(addr: &str) -> Place {
    let place = Place::new();
    let file = place.path().join("Leptos.toml");
    let settings = fs::read_to_string(&file).unwrap();
    let line = "# metrics-addr = \"127.0.0.1:9464\"";
    assert!(settings.contains(line));
    fs::write(file, settings.replace(line, &format!("metrics-addr = \"{addr}\""))).unwrap();
    place
}

#[test]
fn a_metrics_address_that_cannot_be_is_said() {
    let place = place_with_metrics("the shop");
    let refused = place.run(&["serve"]);
    let said = text(&refused.stderr);
    assert!(!refused.status.success() && said.contains("Leptos.toml") && said.contains("metrics-addr"), "{said}");

    let place = Place::new();
    let refused = place.command(&["serve"]).env("COMPTOIR_METRICS_ADDR", "9464").output().unwrap();
    let said = text(&refused.stderr);
    assert!(!refused.status.success() && said.contains("COMPTOIR_METRICS_ADDR=9464 in the environment"), "{said}");

    let another = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = another.local_addr().unwrap().to_string();
    let refused = place.command(&["serve"]).env("COMPTOIR_METRICS_ADDR", &taken).output().unwrap();
    let said = text(&refused.stderr);
    assert!(!refused.status.success() && said.contains(&taken) && said.contains("in use"), "{said}");
}

#[test]
fn the_metrics_end_with_the_server_within_five_seconds() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = place_with_metrics(&free.to_string());
    let mut serving = place.serve();
    let url = format!("http://{free}/metrics");
    assert!(ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap().contains("comptoir_stream_clients 0"));
    let idle = TcpStream::connect(free).unwrap();
    let mut half = TcpStream::connect(free).unwrap();
    half.write_all(b"GET /metrics HTTP/1.1\r\n").unwrap();
    assert_eq!(ureq::get(&url).call().unwrap().status(), 200);
    let began = Instant::now();
    serving.terminate();
    assert!(serving.wait(began) < Duration::from_secs(5));
    assert!(TcpStream::connect(free).is_err());
    drop((idle, half));
}
