//! The network between the clients and the servers: one address, requests in turn to each server behind it, and
//! connections that are cut, slow, or heard twice.

use comptoir::server::replay::chance::Chance;
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{sleep, timeout},
};

/// What a phone sends at most, and some more.
const REQUEST_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Longer than a server takes at most.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const DELAY_MAX_MS: usize = 300;

/// What happens to one request.
enum Trouble {
    None,
    /// It arrives late.
    Slow,
    /// It never arrives.
    CutBefore,
    /// A part of it arrives.
    CutRequest,
    /// It is carried out; the answer is lost.
    CutAnswer,
    /// A part of the answer arrives.
    CutWithin,
    /// It is carried out, its answer lost, and sent again.
    Again,
    /// Two of it at the same time, and the answer of one.
    Twice,
}

impl Trouble {
    fn draw(chance: &mut Chance) -> Self {
        match chance.below(20) {
            0 => Trouble::CutBefore,
            1 => Trouble::CutRequest,
            2 => Trouble::CutAnswer,
            3 => Trouble::CutWithin,
            4 => Trouble::Again,
            5 => Trouble::Twice,
            6..=8 => Trouble::Slow,
            _ => Trouble::None,
        }
    }
}

/// How often each happened.
#[derive(Debug, Default)]
pub struct Counts {
    pub requests: AtomicUsize,
    pub cut: AtomicUsize,
    pub slow: AtomicUsize,
    pub doubled: AtomicUsize,
    /// Requests for which no server was there, or that ended with it.
    pub unanswered: AtomicUsize,
    /// Answered "try later".
    pub later: AtomicUsize,
    /// Answered with HTTP 500: a bug.
    pub bugs: AtomicUsize,
}

struct Line {
    servers: Mutex<Vec<Option<SocketAddr>>>,
    turn: AtomicUsize,
    chance: Mutex<Chance>,
    good: AtomicBool,
    counts: Counts,
}

pub struct Proxy {
    line: Arc<Line>,
    url: String,
    /// Ends with the proxy.
    _runtime: Runtime,
}

impl Proxy {
    /// A good line to as many servers, none of which is there yet.
    pub fn start(servers: usize, seed: u64) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let line = Arc::new(Line {
            servers: Mutex::new(vec![None; servers]),
            turn: AtomicUsize::new(0),
            chance: Mutex::new(Chance::new(seed)),
            good: AtomicBool::new(true),
            counts: Counts::default(),
        });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let own = line.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let line = own.clone();
                // A connection that broke is what this is for.
                tokio::spawn(async move { drop(line.serve(stream).await) });
            }
        });
        Ok(Self { line, url, _runtime: runtime })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn counts(&self) -> &Counts {
        &self.line.counts
    }

    /// Where the server of this number listens, or that it is gone.
    pub fn route(&self, server: usize, url: Option<&str>) {
        let address = url.and_then(|url| url.trim_start_matches("http://").parse().ok());
        self.line.servers.lock().unwrap_or_else(PoisonError::into_inner)[server] = address;
    }

    /// Whether nothing goes wrong from now on.
    pub fn be_good(&self, good: bool) {
        self.line.good.store(good, Relaxed);
    }
}

impl Line {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let request = read_request(&mut client).await?;
        self.counts.requests.fetch_add(1, Relaxed);
        let (trouble, delay) = {
            let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
            let trouble = if self.good.load(Relaxed) { Trouble::None } else { Trouble::draw(&mut chance) };
            (trouble, Duration::from_millis(1 + chance.below(DELAY_MAX_MS) as u64))
        };
        let counted = match trouble {
            Trouble::None => None,
            Trouble::Slow => Some(&self.counts.slow),
            Trouble::CutBefore | Trouble::CutRequest | Trouble::CutAnswer | Trouble::CutWithin => {
                Some(&self.counts.cut)
            }
            Trouble::Again | Trouble::Twice => Some(&self.counts.doubled),
        };
        if let Some(count) = counted {
            count.fetch_add(1, Relaxed);
        }
        let answer = match trouble {
            Trouble::CutBefore => return Ok(()),
            Trouble::CutRequest => return self.send_part(&request).await,
            Trouble::CutAnswer => return self.exchange(&request).await.map(drop),
            Trouble::CutWithin => {
                let mut answer = self.exchange(&request).await?;
                answer.truncate(answer.len() / 2);
                answer
            }
            Trouble::Slow => {
                sleep(delay).await;
                self.exchange(&request).await?
            }
            Trouble::Again => {
                drop(self.exchange(&request).await);
                self.exchange(&request).await?
            }
            Trouble::Twice => tokio::join!(self.exchange(&request), self.exchange(&request)).1?,
            Trouble::None => self.exchange(&request).await?,
        };
        client.write_all(&answer).await?;
        client.shutdown().await
    }

    /// The whole answer of the server whose turn it is.
    async fn exchange(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let exchanged = timeout(ANSWER_WITHIN, async {
            let mut server = self.connect().await?;
            server.write_all(request).await?;
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).await?;
            Ok::<_, io::Error>(answer)
        });
        let answer = exchanged.await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        let count = match &answer {
            Err(_) => Some(&self.counts.unanswered),
            Ok(answer) if answer.is_empty() => Some(&self.counts.unanswered),
            Ok(answer) if answer.starts_with(b"HTTP/1.1 503") => Some(&self.counts.later),
            Ok(answer) if answer.starts_with(b"HTTP/1.1 500") => Some(&self.counts.bugs),
            Ok(_) => None,
        };
        if let Some(count) = count {
            count.fetch_add(1, Relaxed);
        }
        answer
    }

    async fn send_part(&self, request: &[u8]) -> io::Result<()> {
        let mut server = self.connect().await?;
        server.write_all(&request[..request.len() * 2 / 3]).await?;
        server.shutdown().await
    }

    /// In turn; a server that is not there is passed over.
    async fn connect(&self) -> io::Result<TcpStream> {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let first = self.turn.fetch_add(1, Relaxed);
        for number in first..first + servers.len() {
            if let Some(address) = servers[number % servers.len()]
                && let Ok(stream) = TcpStream::connect(address).await
            {
                return Ok(stream);
            }
        }
        Err(ErrorKind::ConnectionRefused.into())
    }
}

/// One request of HTTP/1.1 whose body has a stated length; asks that the connection end with the answer, so that the
/// answer is all there is to read.
async fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if request.len() > REQUEST_MAX_BYTES || client.read_buf(&mut request).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let whole = head + 4 + length.unwrap_or(0);
    while request.len() < whole {
        if whole > REQUEST_MAX_BYTES || client.read_buf(&mut request).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    drop(request.splice(head..head, *b"\r\nconnection: close"));
    Ok(request)
}
