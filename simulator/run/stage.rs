//! Virtual time: what happens next, and the trace of what happened.

use super::{chance::Chance, nature::Nature, network::Request, phone::TabEvent, streams::Opens, witness::Witness};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt};

/// When every run begins, in milliseconds since 1970.
pub const BEGIN_MS: i64 = 1_795_000_000_000;

pub enum Event {
    /// Somebody at a phone does something.
    Act { phone: usize },
    /// Something reaches a tab of a phone.
    Tab { phone: usize, tab: u64, what: TabEvent },
    /// A request reaches the server.
    Arrives(Box<Request>),
    /// A phone's request for its stream reaches the server.
    StreamOpens(Box<Opens>),
    /// The world does something to a phone, or to the server.
    Strikes { fault: Strike, phone: usize },
    /// A phone that knew it had no network has one again.
    Online { phone: usize },
    /// The server's own work.
    Jobs,
    /// From here on nothing goes wrong any more.
    Heals,
    /// After that: does everybody come to rest?
    Rests,
}

/// What can go wrong beside the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// The phone's power goes.
    PowerCut,
    /// A tab ends, and is opened again.
    Reload,
    /// A second tab is opened, or closed.
    OtherTab,
    /// A tab stands still for a while, with what it holds.
    Freeze,
    /// The network is gone for seconds to weeks.
    CutOff,
    /// The phone's clock jumps, by up to years.
    Clock,
    /// The server forgets a session.
    SessionEnds,
    /// The server is killed and started again.
    ServerKilled,
    /// The next writes of the server fail somewhere in their middle, once or for minutes.
    DatabaseFails,
    /// Answers past their retention are cleaned up.
    KeysEvicted,
    /// A copy of the server's database is made, to come back to.
    BackedUp,
    /// The server's database is set back to that copy.
    SetBack,
    /// The phone's storage is copied to another phone.
    Cloned,
    /// The owner takes the phone's right to the shop.
    Revoked,
    /// What a phone holds is sent by another in its place.
    HandedIn,
    /// The owner gives a phone purchase prices, or takes them.
    CostsGiven,
}

/// What every part of the world needs.
pub struct Stage {
    pub now_ms: i64,
    pub chance: Chance,
    pub nature: Nature,
    pub witness: Witness,
    pub trace: Trace,
    /// Nothing goes wrong any more, and nobody does anything.
    pub healed: bool,
    queue: BTreeMap<(i64, u64), Event>,
    sequence: u64,
}

impl Stage {
    pub fn new(seed: u64, print: bool) -> Self {
        let mut chance = Chance::new(seed);
        let nature = Nature::draw(&mut chance);
        Self {
            now_ms: BEGIN_MS,
            chance,
            nature,
            witness: Witness::default(),
            trace: Trace { hash: Sha256::new(), line: String::new(), print },
            healed: false,
            queue: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub fn after(&mut self, ms: i64, event: Event) {
        self.sequence += 1;
        self.queue.insert((self.now_ms + ms.max(0), self.sequence), event);
    }

    /// The next event; the time is its own from now on.
    pub fn next(&mut self) -> Option<Event> {
        let ((at_ms, _), event) = self.queue.pop_first()?;
        self.now_ms = at_ms;
        Some(event)
    }

    /// Requests and answers on their way never arrive.
    pub fn lose_what_is_under_way(&mut self) {
        self.queue.retain(|_, event| {
            let answer = matches!(event, Event::Tab { what: TabEvent::Answer { .. } | TabEvent::Hears { .. }, .. });
            !answer && !matches!(event, Event::Arrives(_))
        });
    }

    /// Answers on their way come later than they would have, as where a network stalls.
    pub fn stall_answers(&mut self, most_ms: i64) {
        let answers =
            self.queue.extract_if(.., |_, event| matches!(event, Event::Tab { what: TabEvent::Answer { .. }, .. }));
        for ((at_ms, _), answer) in answers.collect::<Vec<_>>() {
            let late_ms = self.chance.between(0, most_ms);
            self.after(at_ms - self.now_ms + late_ms, answer);
        }
    }

    pub fn tab(&mut self, ms: i64, phone: usize, tab: u64, what: TabEvent) {
        self.after(ms, Event::Tab { phone, tab, what });
    }

    pub fn tell(&mut self, what: fmt::Arguments<'_>) {
        self.trace.tell(self.now_ms, what);
    }
}

/// The run to the last byte, as a digest.
pub struct Trace {
    hash: Sha256,
    line: String,
    print: bool,
}

impl Trace {
    fn tell(&mut self, now_ms: i64, what: fmt::Arguments<'_>) {
        use fmt::Write;
        self.line.clear();
        writeln!(self.line, "{:>11} {what}", now_ms - BEGIN_MS).expect("a string takes what it is given");
        self.hash.update(self.line.as_bytes());
        if self.print {
            print!("{}", self.line);
        }
    }

    pub fn digest(self) -> String {
        self.hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
