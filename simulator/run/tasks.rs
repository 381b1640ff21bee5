//! Local transactions: decided from what was read, carried out a little later, and decided anew where something came in
//! between (`src/device/shelf.rs`).

use super::{
    guarantees::{self, Held},
    phone::{Phone, TabEvent},
    sender::{Done, Sender},
    stage::Stage,
};
use comptoir::{
    domain::{InstallationId, Key, SaleId, SaleLine, Tender},
    sync::{
        Body,
        engine::{
            self, Acknowledged, Applied, Contact, Device, Installation, Lane, LocalTx, QueueError, Queueing,
            SessionState, Store, Trigger,
        },
        mutation::RecordSale,
        wire::{From, PullAnswer, Pulled, PushAnswer},
    },
};

/// How often a transaction is decided anew.
const STALE_MAX: u32 = 50;
/// The longest a slow transaction takes to reach the disk.
const SLOW_MS: i64 = 2_000;

/// What is to be written, and why.
pub enum Deed {
    TakeOver,
    /// What a new sender finds to put in order: first the sales whose tab died.
    Orphans,
    /// Then what is older than a month.
    ForgetOld,
    Queue {
        key: Key,
        what: What,
    },
    Decide {
        refused: Key,
        key: Key,
        body: Option<Body>,
    },
    Answered {
        answer: Box<PushAnswer>,
        lane: Lane,
        progress: bool,
        keys: Vec<Key>,
    },
    Pulled {
        asked: From,
        answer: Box<PullAnswer>,
    },
    /// A page of the stream.
    Heard {
        answer: Box<PullAnswer>,
    },
    Forks {
        id: InstallationId,
        secret: String,
        lane: Lane,
    },
    Forked {
        new: Box<Installation>,
        lane: Lane,
    },
    RollBack {
        key: Key,
    },
    StopWaiting {
        key: Key,
        timed_out: bool,
    },
    SessionEnds {
        session: SessionState,
        signed_in: Option<Contact>,
    },
    /// A refused sale is tried again without a person, if nobody has decided meanwhile.
    Retries {
        refused: Key,
        key: Key,
        body: Body,
    },
    /// A person wants the shop read anew.
    ReadsAnew,
    SignOut,
}

pub enum What {
    /// A cart; its receipt number is the next when it is written.
    Sale {
        id: SaleId,
        lines: Vec<SaleLine>,
        tenders: Vec<Tender>,
    },
    Other(Box<Body>),
}

/// What a transaction that was carried out leads to.
pub enum Then {
    Nothing,
    Sends { epoch: u64 },
    Queued { key: Key, sale: bool, wait_ms: Option<i64> },
    Applied(Applied),
    RolledBack,
}

pub struct Task {
    deed: Deed,
    pub tx: LocalTx,
    then: Then,
    tries: u32,
    /// The epoch of the sender that began it.
    sends: Option<u64>,
}

enum Decision {
    Write(LocalTx, Then),
    Nothing,
    /// Another sender took over.
    Fenced,
}

impl Phone {
    pub fn begin(&mut self, tab: u64, deed: Deed, stage: &mut Stage) -> Held {
        let sender = self.sender(tab);
        let sends = sender.as_ref().map(|sender| sender.epoch);
        if let Some(sender) = sender
            && deed.takes_an_answer()
        {
            if sender.taking {
                sender.answers.push_back(deed);
                return Ok(());
            }
            sender.taking = true;
        }
        self.attempt(tab, deed, sends, 0, stage)
    }

    /// Answers take effect one after the other.
    fn takes_next(&mut self, tab: u64, stage: &mut Stage) -> Held {
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        sender.taking = false;
        match sender.answers.pop_front() {
            Some(deed) => self.begin(tab, deed, stage),
            None => Ok(()),
        }
    }

    fn attempt(&mut self, tab: u64, deed: Deed, sends: Option<u64>, tries: u32, stage: &mut Stage) -> Held {
        assert!(tries < STALE_MAX, "stale for ever: {}", deed.name());
        match self.decide(&deed, sends, stage) {
            Decision::Write(tx, then) => {
                let task = Task { deed, tx, then, tries, sends };
                if stage.goes_wrong(stage.nature.slow_storage) {
                    let slow_ms = stage.chance.between(0, SLOW_MS);
                    stage.tab(slow_ms, self.index, tab, TabEvent::Commit(Box::new(task)));
                    return Ok(());
                }
                self.commit(tab, task, stage)
            }
            Decision::Nothing => self.done(tab, deed, Then::Nothing, stage),
            Decision::Fenced => self.stop_sender(tab, stage),
        }
    }

    pub fn commit(&mut self, tab: u64, task: Task, stage: &mut Stage) -> Held {
        let Task { deed, tx, then, tries, sends } = task;
        let before = self.disk.device();
        if self.disk.commit(&tx).is_err() {
            return match deed {
                // The next start forgets them; and the word on an older session says nothing of this one.
                Deed::ForgetOld | Deed::SessionEnds { .. } => self.done(tab, deed, Then::Nothing, stage),
                deed => self.attempt(tab, deed, sends, tries + 1, stage),
            };
        }
        stage.tell(format_args!("phone {} tab {tab} wrote {}: {} rows", self.index, deed.name(), tx.writes.len()));
        stage.witness.note(self.index, &tx);
        guarantees::nothing_leaves_the_outbox_unsaid(&before, &tx)?;
        guarantees::only_the_sender_writes(&before, tx.epoch)?;
        let after = self.disk.device();
        guarantees::a_cursor_never_goes_back(&before, &after)?;
        guarantees::what_is_acknowledged_is_held(&after, &tx)?;
        self.changed(stage);
        self.done(tab, deed, then, stage)
    }

    fn decide(&mut self, deed: &Deed, sends: Option<u64>, stage: &mut Stage) -> Decision {
        let (device, now_ms) = (self.disk.device(), self.now_ms(stage));
        let mut keys = || stage.chance.key();
        let fenced = sends != Some(device.meta.epoch);
        let written = match deed {
            Deed::TakeOver => {
                let (tx, epoch) = engine::new_epoch(&device);
                Some((tx, Then::Sends { epoch }))
            }
            Deed::Orphans | Deed::ForgetOld | Deed::Answered { .. } | Deed::Pulled { .. } | Deed::Heard { .. }
                if fenced =>
            {
                return Decision::Fenced;
            }
            Deed::Orphans => engine::settle_orphans(&device, device.meta.epoch, now_ms, &mut keys).map(nothing),
            Deed::ForgetOld => {
                let rows: Vec<_> = self.disk.acknowledged().into_iter().map(|row| (row.mutation.key, row)).collect();
                engine::forget_old(&device, device.meta.epoch, &rows).map(nothing)
            }
            Deed::Answered { answer, .. } => {
                let (tx, applied) = engine::on_push_answer(&device, device.meta.epoch, answer, now_ms, &mut keys);
                Some((tx, Then::Applied(applied)))
            }
            Deed::Pulled { answer, .. } | Deed::Heard { answer } => {
                let asked = match deed {
                    Deed::Pulled { asked, .. } => Some(asked),
                    _ => None,
                };
                let acknowledged: Vec<Acknowledged> = match &answer.pulled {
                    Pulled::Start(_) => self.disk.acknowledged(),
                    _ => Vec::new(),
                };
                let (tx, applied) =
                    engine::on_pulled(&device, device.meta.epoch, asked, answer, &acknowledged, now_ms, &mut keys);
                Some((tx, Then::Applied(applied)))
            }
            Deed::Forks { id, secret, .. } => engine::begin_fork(&device, *id, secret).map(nothing),
            Deed::Forked { new, .. } => device.meta.renumber.then(|| nothing(engine::fork(&device, new))),
            Deed::RollBack { key } => engine::roll_back(&device, *key, keys(), now_ms).map(|tx| (tx, Then::RolledBack)),
            Deed::StopWaiting { key, timed_out } => engine::stop_waiting(&device, *key, *timed_out).map(nothing),
            Deed::SessionEnds { session, signed_in } => Some(nothing(engine::session_ended(*signed_in, *session))),
            Deed::ReadsAnew => engine::read_anew(&device).map(nothing),
            Deed::SignOut => Some(nothing(engine::signed_out())),
            Deed::Queue { key, what } => {
                let wait_ms = engine::worth_waiting(&device, self.online(stage));
                queue(&device, *key, what, now_ms, wait_ms).ok()
            }
            Deed::Retries { refused, key, body } => {
                let stored = self.disk.get(Store::Parked, &refused.to_string());
                let again = |stored| decide(&device, *refused, Some(stored), *key, Some(body.clone()), now_ms).ok();
                stored.and_then(again).flatten()
            }
            Deed::Decide { refused, key, body } => {
                let stored = self.disk.get(Store::Parked, &refused.to_string());
                decide(&device, *refused, stored, *key, body.clone(), now_ms).ok().flatten()
            }
        };
        written.map_or(Decision::Nothing, |(tx, then)| Decision::Write(tx, then))
    }

    /// What follows a transaction that is on the disk, or that there was nothing to write for.
    fn done(&mut self, tab: u64, deed: Deed, then: Then, stage: &mut Stage) -> Held {
        match (deed, then) {
            (Deed::TakeOver, Then::Sends { epoch }) => {
                let Some(found) = self.tab(tab) else { return Ok(()) };
                found.sender = Some(Sender::new(epoch));
                self.trigger(tab, Trigger::Wake, stage)?;
                self.begin(tab, Deed::Orphans, stage)
            }
            (Deed::Orphans, _) => self.begin(tab, Deed::ForgetOld, stage),
            (Deed::ForgetOld, _) => {
                self.wake(tab, 0, stage);
                Ok(())
            }
            (Deed::Answered { lane, progress, keys, .. }, Then::Applied(applied)) => {
                self.takes_next(tab, stage)?;
                self.pushed(tab, lane, &keys);
                self.retry(tab, stage)?;
                self.finished(tab, Done::Answered { again: applied != Applied::UpToDate, progress }, stage)
            }
            (Deed::Pulled { .. }, Then::Applied(applied)) => {
                self.takes_next(tab, stage)?;
                self.pulled(tab);
                self.retry(tab, stage)?;
                let waits = self.disk.device().meta.loading.is_some_and(|loading| loading.complete);
                let (again, progress) = (applied != Applied::UpToDate && !waits, applied != Applied::Waits);
                self.finished(tab, Done::Answered { again, progress }, stage)
            }
            (Deed::Heard { .. }, Then::Applied(applied)) => {
                self.takes_next(tab, stage)?;
                if applied != Applied::UpToDate {
                    self.missed(tab, stage); // more, or another page came first
                }
                self.retry(tab, stage)?;
                self.wake(tab, 0, stage);
                Ok(())
            }
            (Deed::ReadsAnew, _) => self.trigger(tab, Trigger::Wake, stage),
            (Deed::Forks { lane, .. }, _) => self.ask_to_fork(tab, lane, stage),
            (Deed::Forked { lane, .. }, _) => {
                self.forks += 1;
                guarantees::forks_end(self.index, self.forks)?;
                self.pushed(tab, lane, &[]);
                self.finished(tab, Done::Answered { again: true, progress: true }, stage)
            }
            (Deed::RollBack { key }, Then::RolledBack) => self.rolled_back(tab, key, stage),
            (Deed::RollBack { .. } | Deed::StopWaiting { .. }, _) => self.look_again(tab, stage),
            (_, Then::Queued { key, sale, wait_ms }) => {
                if sale {
                    self.sold(tab, key, wait_ms, stage)?;
                    return self.trigger(tab, Trigger::Sale(key), stage);
                }
                self.trigger(tab, Trigger::Change, stage)
            }
            _ => Ok(()),
        }
    }
}

fn nothing(tx: LocalTx) -> (LocalTx, Then) {
    (tx, Then::Nothing)
}

fn queue(
    device: &Device,
    key: Key,
    what: &What,
    now_ms: i64,
    wait_ms: Option<i64>,
) -> Result<(LocalTx, Then), QueueError> {
    let (body, sale) = match what {
        What::Sale { id, lines, tenders } => {
            let receipt = engine::next_receipt(&device.meta)?;
            let (lines, tenders, beyond_stock) = (lines.clone(), tenders.clone(), id.0.as_bytes()[15] % 4 == 0);
            let sale = comptoir::domain::Sale { id: *id, receipt, lines, tenders, beyond_stock };
            (Body::RecordSale(RecordSale::first(sale)), true)
        }
        What::Other(body) => ((**body).clone(), false),
    };
    let wait_ms = wait_ms.filter(|_| sale);
    let (tx, mutation) = engine::queue(device, Queueing { key, body, now_ms, wait: wait_ms.is_some() })?;
    Ok((tx, Then::Queued { key: mutation.key, sale, wait_ms }))
}

fn decide(
    device: &Device,
    refused: Key,
    stored: Option<&str>,
    key: Key,
    body: Option<Body>,
    now_ms: i64,
) -> Result<Option<(LocalTx, Then)>, QueueError> {
    let queueing = body.map(|body| Queueing { key, body, now_ms, wait: false });
    let queued = |key| Then::Queued { key, sale: false, wait_ms: None };
    Ok(match (stored, queueing) {
        (Some(stored), queueing) => {
            let (tx, mutation) = engine::dismiss(device, refused, stored, queueing)?;
            Some((tx, mutation.map_or(Then::Nothing, |mutation| queued(mutation.key))))
        }
        (None, Some(queueing)) => {
            let (tx, mutation) = engine::queue(device, queueing)?;
            Some((tx, queued(mutation.key)))
        }
        (None, None) => None,
    })
}

impl Deed {
    fn takes_an_answer(&self) -> bool {
        matches!(self, Deed::Answered { .. } | Deed::Pulled { .. } | Deed::Heard { .. })
    }

    fn name(&self) -> &'static str {
        match self {
            Deed::TakeOver => "taking over",
            Deed::Orphans => "orphans",
            Deed::ForgetOld => "forgetting",
            Deed::Queue { .. } => "a mutation",
            Deed::Decide { .. } => "a decision",
            Deed::Answered { .. } => "a push's answer",
            Deed::Pulled { .. } => "a pull's answer",
            Deed::Heard { .. } => "a page of its stream",
            Deed::Forks { .. } => "what it will become",
            Deed::Forked { .. } => "a new installation",
            Deed::RollBack { .. } => "a sale rolled back",
            Deed::StopWaiting { .. } => "the end of a wait",
            Deed::SessionEnds { .. } => "the session",
            Deed::Retries { .. } => "a sale tried again",
            Deed::ReadsAnew => "the shop is read anew",
            Deed::SignOut => "signing out",
        }
    }
}
