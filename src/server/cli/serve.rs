use super::Failure;
use crate::server::{
    clock::now_ms,
    config::{Config, sqlite_file},
    connections::Limited,
    db,
    events::Events,
    http::{self, Site},
    jobs::Job,
    metrics::Metrics,
    state::State,
    throttle::Throttle,
    web_push::{self, Delivered},
};
use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsConfig};
use clap::Args;
use fs4::fs_std::FileExt;
use hyper_util::rt::TokioTimer;
use std::{
    fs::File,
    io::{self, IsTerminal},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::MissedTickBehavior};
use tracing_subscriber::EnvFilter;

/// What is under way is finished within this; the whole stop stays within 5 s.
const STOP_WITHIN: Duration = Duration::from_millis(4_000);
const STOP_SAID_EVERY: Duration = Duration::from_millis(50);
const CLOSE_WITHIN: Duration = Duration::from_millis(700);
/// A connection that asks nothing for this long is closed.
const IDLE_WITHIN: Duration = Duration::from_secs(60);
/// Prometheus keeps one open; a few of them, and who looks by hand, have room.
const METRICS_CONNECTIONS_MAX: usize = 16;

/// Closed apps are told of what another program left untold, or a job made public.
const RING_EVERY: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
pub struct Serve {
    /// Certificate chain (PEM). Phones need a secure origin for the app to work offline.
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Log as JSON lines.
    #[arg(long)]
    json_log: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StopError {
    #[error("another server runs on {0}: stop it first")]
    Locked(PathBuf),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Serve {
    pub async fn run(self, mut config: Config) -> Result<ExitCode, Failure> {
        start_log(self.json_log);
        config.make_database_folder()?;
        let _lock = lock(&config.database_url)?;
        let site = Site::read(&config.leptos)?;
        let db = db::open(&config.database_url).await?;
        let (journal, synchronous) = db.durability().await?;
        tracing::info!(sqlite = db.is_sqlite(), journal, synchronous, "database open");
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Some(load_tls(cert, key).await?),
            _ => None,
        };
        config.secure_cookies |= tls.is_some();
        let address = config.leptos.site_addr;
        let listener = listen(address, "LEPTOS_SITE_ADDR")?;
        let metrics_listener = config.metrics_addr.map(|addr| listen(addr, "COMPTOIR_METRICS_ADDR")).transpose()?;
        let state = State {
            db,
            config,
            site,
            enrol_guesses: Throttle::default(),
            events: Arc::default(),
            metrics: Metrics::default(),
            rings: Notify::new(),
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        println!("Comptoir serves at {scheme}://{}", listener.local_addr()?);
        if let Some(listener) = &metrics_listener {
            tracing::info!(address = %listener.local_addr()?, "metrics are read here");
        }
        serve_until(Arc::new(state), listener, tls, metrics_listener, stop_signal()).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Serves until `stop`, then finishes what was accepted; the metrics, if there is a listener for them, as long as the app.
pub async fn serve_until(
    state: Arc<State>,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    metrics_listener: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StopError> {
    let (handle, places) = (Handle::new(), state.config.connections_max);
    let jobs = tokio::spawn(run_jobs(state.clone()));
    let relay = tokio::spawn(state.events.clone().relay(state.db.clone()));
    let stopper = tokio::spawn(stop_after(stop, state.events.clone(), handle.clone()));
    let app = serve_on(listener, tls, http::router(state.clone()), places, handle.clone());
    let metrics = async {
        let Some(listener) = metrics_listener else { return Ok(()) };
        serve_on(listener, None, http::metrics_router(state.clone()), METRICS_CONNECTIONS_MAX, handle).await
    };
    let served = tokio::try_join!(app, metrics);
    stopper.abort();
    jobs.abort();
    relay.abort();
    if tokio::time::timeout(CLOSE_WITHIN, state.db.close()).await.is_err() {
        tracing::warn!("the database was left before all its connections were closed");
    }
    tracing::info!("stopped");
    served?;
    Ok(())
}

/// Serves one listener until the handle says stop.
async fn serve_on(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    places: usize,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => {
            let server = patient(axum_server::from_tcp_rustls(listener, tls)?);
            server.map(|acceptor| Limited::new(acceptor, places)).handle(handle).serve(router).await
        }
        None => {
            let server = patient(axum_server::from_tcp(listener)?);
            server.map(|acceptor| Limited::new(acceptor, places)).handle(handle).serve(router).await
        }
    }
}

/// axum-server wakes who waits for the word at that moment and remembers nothing: a connection accepted just then
/// would miss it. So it is said until the server has stopped and this task is aborted.
async fn stop_after(stop: impl Future<Output = ()>, events: Arc<Events>, handle: Handle<SocketAddr>) {
    stop.await;
    tracing::info!("stopping");
    events.end(); // streams would be waited for
    let said = Instant::now();
    let mut again = tokio::time::interval(STOP_SAID_EVERY);
    loop {
        again.tick().await;
        handle.graceful_shutdown(Some(STOP_WITHIN));
        if said.elapsed() > STOP_WITHIN {
            handle.shutdown();
        }
    }
}

/// Bounds how long a connection may take to begin a request.
fn patient<Acceptor>(mut server: Server<SocketAddr, Acceptor>) -> Server<SocketAddr, Acceptor> {
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(IDLE_WITHIN);
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(IDLE_WITHIN);
    server
}

/// On SQLite one server writes: the lock lasts as long as the file is open.
pub(super) fn lock(url: &str) -> Result<Option<File>, StopError> {
    let Some(path) = sqlite_file(url) else { return Ok(None) };
    let mut name = path.clone().into_os_string();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&name)?;
    match FileExt::try_lock_exclusive(&file) {
        Ok(true) => Ok(Some(file)),
        Ok(false) => Err(StopError::Locked(path)),
        Err(error) => Err(error.into()),
    }
}

/// `variable` sets the address.
fn listen(address: SocketAddr, variable: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(3_000));
            format!(
                "{address} is in use: another Comptoir, or another program, runs there. Stop it, or choose another \
                 port: {variable}={other} before the command"
            )
            .into()
        }
        _ => format!("{address} ({variable}): {error}").into(),
    })
}

async fn load_tls(cert: &Path, key: &Path) -> Result<RustlsConfig, Failure> {
    // Fails only where a provider was installed before: then that one serves.
    drop(rustls::crypto::ring::default_provider().install_default());
    let read = |option: &str, path: &Path| {
        std::fs::read(path).map_err(|error| format!("{option} {}: {error}", path.display()))
    };
    let (chain, secret) = (read("--tls-cert", cert)?, read("--tls-key", key)?);
    let unfit = |error| format!("--tls-cert {} with --tls-key {}: {error}", cert.display(), key.display());
    Ok(RustlsConfig::from_pem(chain, secret).await.map_err(unfit)?)
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::error!(%error, "only Ctrl-C stops this server");
            drop(interrupt.await);
        }
    }
}

/// Each job at its own pace; one that takes long holds no other up.
async fn run_jobs(state: Arc<State>) {
    futures::future::join(futures::future::join_all(Job::ALL.map(|job| run_job(job, &state))), run_rings(&state)).await;
}

/// Tells closed apps what came to be decided: as it comes, and now and then what another program left untold.
async fn run_rings(state: &State) {
    let Some(web_push) = &state.config.web_push else { return };
    loop {
        drop(tokio::time::timeout(RING_EVERY, state.rings.notified()).await); // woken or not
        match web_push::ring(&state.db, web_push, now_ms()).await {
            Ok(rung) if rung == Delivered::default() => {}
            Ok(Delivered { sent, failed, ended }) => tracing::info!(sent, failed, ended, "closed apps were told"),
            Err(error) => tracing::error!(%error, "closed apps could not be told; it is tried again"),
        }
    }
}

async fn run_job(job: Job, state: &State) {
    let State { db, config, events, metrics, .. } = state;
    let mut ticks = tokio::time::interval(job.every());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let began = Instant::now();
        let came_of_it = job.run(db, config.answer_ms, now_ms()).await;
        metrics.job_ran(job, &came_of_it, began.elapsed(), now_ms());
        match came_of_it {
            Ok(None | Some(0)) => {}
            Ok(Some(rows)) => {
                if job == Job::PublishRefusals {
                    events.changed_somewhere();
                }
                tracing::info!(job = job.name(), rows, ms = began.elapsed().as_millis(), "job");
            }
            Err(error) => tracing::error!(job = job.name(), %error, "job failed; it runs again"),
        }
    }
}

fn start_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    // A full disk takes the log too: that a line could not be written would be said on the same stream, and saying it
    // fails in a panic.
    let log = log.log_internal_errors(false);
    // Fails only where a log was started before, as in tests: then that one serves.
    drop(if json { log.json().try_init() } else { log.try_init() });
}
