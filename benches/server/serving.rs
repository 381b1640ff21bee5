//! The real program as a process of its own: what 8 clients get from it over HTTP, what memory it takes, and how long a
//! phone that sells waits for its verdict.

use crate::{
    CLIENTS, ROUND,
    database::{Database, PIN},
};
use comptoir::{
    domain::Pin,
    server::{client::Client, clock::now_ms, enrol, replay::phone::Phone},
    sync::{
        engine::{Lane, Settled},
        wire::{PullAnswer, Pulled, PushAnswer, SignInAnswer, SignInRequest},
    },
};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Batches of one shop's clients while memory is watched.
const LOADED_BATCH: usize = 10;
const LOADED_FOR: Duration = Duration::from_secs(5);
/// Sales whose verdict is timed.
const TIMED_SALES: usize = 300;
const WATCH_PAUSE: Duration = Duration::from_millis(50);

pub struct Seen {
    pub idle_mb: f64,
    /// The most while the clients pushed.
    pub loaded_mb: f64,
    /// From the tap to the confirmed receipt: the median, and what 95 of 100 stay below.
    pub latency_ms: (f64, f64),
}

pub struct Serving {
    child: Child,
    pub url: String,
    folder: PathBuf,
}

impl Serving {
    pub fn start(database: &Database) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("serve_{}", std::process::id()));
        make_site(&folder.join("target/site"));
        let settings = include_str!("../../Leptos.toml")
            .replace("127.0.0.1:3000", "127.0.0.1:0")
            .replace("hash-files = true", "hash-files = false");
        fs::write(folder.join("Leptos.toml"), settings).expect("the settings");
        let log = fs::File::create(folder.join("log")).expect("the log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
        for name in ["LEPTOS_SITE_ROOT", "LEPTOS_SITE_ADDR", "LEPTOS_HASH_FILES", "LEPTOS_OUTPUT_NAME", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.current_dir(&folder).arg("serve").env("DATABASE_URL", &database.url);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the server");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its address");
        let url = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(url.starts_with("http://"), "{line}{log}");
        Self { child, url, folder }
    }

    /// Resident memory in MB, as the kernel counts it.
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        let kb: f64 = line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number");
        kb / 1024.0
    }

    /// Seconds of processor time it has taken, at the hundred ticks a second that Linux tells every program.
    pub fn cpu_s(&self) -> f64 {
        const TICKS: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("its times");
        // The name before may hold spaces; behind it, user and system time are the 12th and 13th fields.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        fields.map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / TICKS
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// As little of a site as a server starts with; nobody asks for a page here.
fn make_site(root: &Path) {
    fs::create_dir_all(root.join("pkg")).expect("the site folder");
    for (file, content) in [
        ("comptoir.js", "export default 1;"),
        ("comptoir.wasm", "\0asm"),
        ("comptoir.css", ""),
        ("__wasm_split.______________________.js", "export {};"),
        ("__wasm_split_manifest.json", "{}"),
    ] {
        fs::write(root.join("pkg").join(file), content).expect("a file of the site");
    }
    fs::write(root.join("manifest.webmanifest"), "{}").expect("a file of the site");
}

/// Sales a second of 8 clients over HTTP, each with its page, as phones push.
pub fn sales_per_second(runtime: &Runtime, database: &Database, batch: usize) -> f64 {
    let serving = Serving::start(database);
    let clients = sign_in(runtime, database, &serving.url);
    push_for(database, &clients, batch, ROUND)
}

pub fn memory_and_latency(runtime: &Runtime, database: &Database) -> Seen {
    let serving = Serving::start(database);
    assert!(ureq::get(format!("{}/health", serving.url)).call().is_ok(), "the server is not well");
    let idle_mb = serving.resident_mb();
    let latency_ms = latency_ms(runtime, database, &serving.url);
    let clients = sign_in(runtime, database, &serving.url);
    let (over, serving_ref) = (AtomicBool::new(false), &serving);
    let loaded_mb = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                most = most.max(serving_ref.resident_mb());
                thread::sleep(WATCH_PAUSE);
            }
            most
        });
        push_for(database, &clients, LOADED_BATCH, LOADED_FOR);
        over.store(true, Ordering::Relaxed);
        watch.join().expect("the watch")
    });
    Seen { idle_mb, loaded_mb, latency_ms }
}

/// One client for each till, signed in and up to date.
fn sign_in(runtime: &Runtime, database: &Database, url: &str) -> Vec<Client> {
    let pin = Pin::new(PIN).expect("a PIN");
    let sign_in = |till: &std::sync::Arc<tokio::sync::Mutex<crate::Till>>| {
        let mut till = runtime.block_on(till.lock());
        let client = Client::new(url);
        let installation = till.session.installation;
        let request =
            SignInRequest { installation, secret: till.secret.clone(), person: database.owner, pin: pin.clone() };
        client.call::<SignInAnswer>("sign-in", &request).expect("a session");
        let answer: PullAnswer = client.call("pull", &till.start()).expect("a first page");
        let Pulled::Start(page) = answer.pulled else { panic!("a first read is answered with a first page") };
        till.stand_at(page.at);
        client
    };
    database.tills.iter().map(sign_in).collect()
}

fn push_for(database: &Database, clients: &[Client], batch: usize, time: Duration) -> f64 {
    let began = Instant::now();
    let sales: usize = thread::scope(|scope| {
        let pushing: Vec<_> = database
            .tills
            .iter()
            .zip(clients)
            .map(|(till, client)| {
                scope.spawn(move || {
                    let (mut till, mut sales) = (till.blocking_lock(), 0);
                    while began.elapsed() < time {
                        let request = till.request(batch, true);
                        let answer: PushAnswer = client.call("push", &request).expect("an answer");
                        till.heard(&answer);
                        sales += batch;
                    }
                    sales
                })
            })
            .collect();
        assert_eq!(pushing.len(), CLIENTS);
        pushing.into_iter().map(|thread| thread.join().expect("a client")).sum()
    });
    sales as f64 / began.elapsed().as_secs_f64()
}

/// A phone with the real engine sells; nobody else does.
fn latency_ms(runtime: &Runtime, database: &Database, url: &str) -> (f64, f64) {
    let code = runtime.block_on(enrol::create_code(&database.db, database.shop, true, now_ms())).expect("a code");
    let (mut phone, _) = Phone::enrol(Client::new(url), &code, "Banc").expect("a phone");
    phone.sign_in(database.owner, &Pin::new(PIN).expect("a PIN")).expect("a session");
    phone.synchronise().expect("the shop's state");
    let mut taken_ms: Vec<f64> = Vec::with_capacity(TIMED_SALES);
    for n in 0..TIMED_SALES {
        let taps = (0..3).map(|line| &database.products[(n * 3 + line) % database.products.len()]);
        let began = Instant::now();
        let key = phone.sell(taps, true).expect("a queued sale").key;
        phone.push(Lane::Urgent(key)).expect("an answer");
        taken_ms.push(began.elapsed().as_secs_f64() * 1_000.0);
        assert_eq!(phone.settled(key).expect("an end"), Settled::Confirmed);
    }
    taken_ms.sort_by(f64::total_cmp);
    (taken_ms[TIMED_SALES / 2], taken_ms[TIMED_SALES * 95 / 100])
}
