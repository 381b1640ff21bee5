//! The real router on a free port, over a database of its own.

use crate::place::make_site;
use axum::http::{Response, header};
use comptoir::{
    domain::{day::DeviceTime, *},
    server::{
        catalogue,
        cli::serve_until,
        clock::now_ms,
        config::Config,
        db::{self, Db},
        enrol,
        http::Site,
        metrics::Metrics,
        people, secret,
        state::State,
        throttle::Throttle,
        web_push::WebPush,
    },
    sync::{
        Body, Mutation, Origin,
        mutation::{RecordExpense, RecordSale},
        wire::{EnrolAnswer, EnrolRequest, SignInRequest},
    },
};
use leptos::config::LeptosOptions;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::{net::TcpListener, sync::Arc};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};
use uuid::Uuid;

pub const OWNER_PIN: &str = "2580";
pub const WRONG_PIN: &str = "0000";
pub const PIN_OF_EMPLOYEE: &str = "1470";

/// Runs each test on SQLite and on Postgres.
macro_rules! on_each_database {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(crate::server::Setting::sqlite()); })*
        }
        mod postgres {
            $(#[test] fn $name() {
                super::$name(crate::server::Setting::postgres());
            })*
        }
    };
}
pub(crate) use on_each_database;

/// What a server is started with, and started again.
pub struct Setting {
    pub runtime: Runtime,
    pub database_url: String,
    pub folder: TempDir,
    pub session_ms: i64,
    pub secure_cookies: bool,
    pub connections_max: usize,
    /// Whether the metrics are read.
    pub metrics: bool,
    pub web_push: Option<Arc<WebPush>>,
}

impl Setting {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("shop.db").display());
        Self::new(folder, url)
    }

    pub fn postgres() -> Self {
        let base = std::env::var("TEST_POSTGRES_URL").expect("run these tests by `make test`, which starts a Postgres");
        let name = format!("http_{}", Uuid::new_v4().simple());
        let server = base.rsplit_once('/').unwrap().0;
        let setting = Self::new(tempfile::tempdir().unwrap(), format!("{server}/{name}"));
        setting.runtime.block_on(async {
            let mut admin = PgConnection::connect(&base).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
        });
        setting
    }

    fn new(folder: TempDir, database_url: String) -> Self {
        make_site(&folder.path().join("site"));
        let runtime = Runtime::new().unwrap();
        let (session_ms, secure_cookies, connections_max, metrics) = (86_400_000, false, 100, false);
        let web_push = None;
        Self { runtime, database_url, folder, session_ms, secure_cookies, connections_max, metrics, web_push }
    }

    pub fn start(&self) -> Server<'_> {
        let site_root = self.folder.path().join("site").to_string_lossy().into_owned();
        let leptos = LeptosOptions::builder().output_name("comptoir").site_root(site_root).build();
        let config = Config {
            leptos,
            database_url: self.database_url.clone(),
            session_ms: self.session_ms,
            answer_ms: 86_400_000,
            secure_cookies: self.secure_cookies,
            connections_max: self.connections_max,
            origin: None,
            metrics_addr: None, // a listener is given
            web_push: self.web_push.clone(),
            push_contact: None,
            push_hosts: Vec::new(),
        };
        let db = self.runtime.block_on(db::open(&self.database_url)).unwrap();
        let site = Site::read(&config.leptos).unwrap();
        let (enrol_guesses, events, metrics) = (Throttle::default(), Arc::default(), Metrics::default());
        let rings = tokio::sync::Notify::new();
        let state = Arc::new(State { db, config, site, enrol_guesses, events, metrics, rings });
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let url_of = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (listener, metrics_listener) = (listen(), self.metrics.then(listen));
        let (url, metrics_url) = (url_of(&listener), metrics_listener.as_ref().map(url_of));
        let (stop, stopped) = oneshot::channel::<()>();
        let served = serve_until(state.clone(), listener, None, metrics_listener, async move { drop(stopped.await) });
        let task = self.runtime.spawn(async move { served.await.unwrap() });
        Server { runtime: &self.runtime, url, metrics_url, state, stop: Some(stop), task: Some(task) }
    }
}

/// A new one for each request: an agent keeps cookies, and tests say what they send.
pub fn product(name: &str) -> Product {
    Product {
        id: ProductId(Uuid::now_v7()),
        name: Name::new(name).unwrap(),
        barcodes: Vec::new(),
        category: Category::new("").unwrap(),
        sale_price: Money::new(1_000).unwrap(),
        purchase_price: None,
        threshold: Units::ZERO,
        retired: false,
    }
}

/// What a person at a phone queued there.
pub fn mutation(phone: InstallationId, sequence: u64, actor: UserId, body: &Body) -> Mutation {
    let origin = Origin { installation: phone, sequence, actor };
    let made = DeviceTime { device_ms: now_ms(), skew_ms: 0, contact_ms: now_ms() };
    Mutation::new(Key(Uuid::new_v4()), origin, made, Vec::new(), Vec::new(), body)
}

/// A sale of more than there is.
pub fn too_many(of: &Product, prefix: &str, n: u64) -> Body {
    let amount = Money::new(2_000).unwrap();
    Body::RecordSale(RecordSale::first(Sale {
        id: SaleId(Uuid::now_v7()),
        receipt: ReceiptNumber::new(prefix, n).unwrap(),
        lines: vec![SaleLine {
            product: of.id,
            name: of.name.clone(),
            quantity: Quantity::new(2).unwrap(),
            unit_price: of.sale_price,
        }],
        tenders: vec![Tender::Cash { amount, given: amount }],
        beyond_stock: true,
    }))
}

pub fn expense(phone: InstallationId, sequence: u64, actor: UserId) -> Mutation {
    let expense = Expense {
        id: ExpenseId(Uuid::now_v7()),
        kind: Label::new("Transport").unwrap(),
        amount: Money::new(5_000).unwrap(),
        note: Note::new("").unwrap(),
    };
    mutation(phone, sequence, actor, &Body::RecordExpense(RecordExpense { expense, day: None }))
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

pub struct Server<'a> {
    runtime: &'a Runtime,
    pub url: String,
    pub metrics_url: Option<String>,
    pub state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            self.runtime.block_on(task).unwrap();
        }
    }
}

/// An answer, read whole.
pub struct Reply {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

/// A call that reads, by nobody in particular.
pub const READS: &str = r#"{"request":{"protocol":1,"installation":"019ab000-0000-7000-8000-000000000000","app":"test","from":{"start":{"position":null}}}}"#;

impl Reply {
    pub fn read(mut response: Response<ureq::Body>) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.body_mut().read_to_vec().unwrap() }
    }

    pub fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The name of the error a call was answered with.
    pub fn error(&self) -> String {
        assert!(self.status >= 400, "{}", self.text());
        assert_eq!(self.header(header::CONTENT_TYPE), "application/json");
        match serde_json::from_slice(&self.body).unwrap() {
            Value::String(name) => name,
            Value::Object(named) => named.keys().next().unwrap().clone(),
            other => panic!("{other}"),
        }
    }

    /// The session cookie it sets, as a Cookie header would send it.
    pub fn cookie(&self) -> String {
        self.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
    }
}

impl Server<'_> {
    pub fn db(&self) -> &Db {
        &self.state.db
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = agent().get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::read(request.call().unwrap())
    }

    pub fn post(&self, name: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut request = agent().post(format!("{}/api/v1/{name}", self.url));
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::read(request.send(body).unwrap())
    }

    pub fn call(&self, name: &str, cookie: &str, request: &impl Serialize) -> Reply {
        let body = serde_json::to_vec(&json!({ "request": request })).unwrap();
        self.post(name, &[("cookie", cookie)], &body)
    }

    pub fn shop(&self, name: &str) -> Shop {
        self.block_on(async {
            let label = |text: &str| Label::new(text).unwrap();
            let pin = |digits: &str| Pin::new(digits).unwrap();
            let made = people::create_shop(self.db(), &label(name), &label("Mariama"), &pin(OWNER_PIN), now_ms()).await;
            let (id, owner) = made.unwrap();
            let (name, pin) = (label("Ibrahima"), pin(PIN_OF_EMPLOYEE));
            let employee = people::add_user(self.db(), id, &name, Role::Employee, &pin).await.unwrap();
            Shop { id, owner, employee }
        })
    }

    /// A product with one in stock.
    pub fn product(&self, shop: &Shop, name: &str) {
        let opening = catalogue::Opening { product: product(name), units: Units::new(1).unwrap() };
        self.block_on(catalogue::add(self.db(), shop.id, shop.owner, &[opening], now_ms())).unwrap();
    }

    pub fn code(&self, shop: ShopId) -> String {
        self.block_on(enrol::create_code(self.db(), shop, true, now_ms())).unwrap()
    }

    pub fn phone(&self, shop: &Shop) -> Phone {
        let request = enrol_request(&self.code(shop.id));
        let enrolled: EnrolAnswer = self.call("enrol", "", &request).json();
        Phone { id: request.installation, secret: request.secret, enrolled }
    }

    pub fn sign_in(&self, phone: &Phone, person: UserId, pin: &str) -> Reply {
        self.call("sign-in", "", &sign_in_request(phone, person, pin))
    }
}

pub struct Shop {
    pub id: ShopId,
    pub owner: UserId,
    pub employee: UserId,
}

pub struct Phone {
    pub id: InstallationId,
    pub secret: String,
    pub enrolled: EnrolAnswer,
}

pub fn enrol_request(code: &str) -> EnrolRequest {
    EnrolRequest {
        code: code.to_owned(),
        installation: InstallationId(Uuid::now_v7()),
        secret: secret::to_hex(&secret::random::<32>().unwrap()),
        name: Label::new("Téléphone").unwrap(),
    }
}

pub fn sign_in_request(phone: &Phone, person: UserId, pin: &str) -> SignInRequest {
    SignInRequest { installation: phone.id, secret: phone.secret.clone(), person, pin: Pin::new(pin).unwrap() }
}
