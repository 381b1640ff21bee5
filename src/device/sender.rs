//! The one sender of an installation: carries out what the schedule says, while this tab holds the lock (G5).

mod follow;
mod meter;
mod pulling;
mod stream;
mod upkeep;

use self::{follow::Following, meter::Meter, pulling::UnderWay};
use super::{
    handle::StorageProblem,
    platform::{self, Signal, now_ms, steady_ms},
    shelf::Shelf,
    update,
};
use crate::{
    api,
    domain::Key,
    sync::{
        CallError,
        engine::{self, Action, Applied, Asked, Contact, Device, Lane, LocalTx, Schedule, Situation, Trigger},
        wire::{PushAnswer, PushRequest},
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// How long a sale's push may take before it is tried again.
const URGENT_TIMEOUT_MS: i64 = 15_000;
/// How long any other request may take: a full batch on slow 3G.
const REQUEST_TIMEOUT_MS: i64 = 45_000;
pub const APP: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone)]
pub struct Sender(Rc<Inner>);

struct Inner {
    shelf: Shelf,
    epoch: u64,
    schedule: RefCell<Schedule>,
    in_flight: RefCell<BTreeSet<Key>>,
    /// What will be asked for next.
    ahead: RefCell<Option<UnderWay>>,
    /// Answers take effect one after the other: one that begins a reading of a server that was set back must know all
    /// that another acknowledges (G19).
    answers: futures::lock::Mutex<()>,
    busy: RefCell<Busy>,
    following: RefCell<Following>,
    /// When the server was last heard, by the clock that goes on while a phone sleeps.
    heard_ms: Cell<i64>,
    meter: Meter,
    wake: Signal,
    /// An urgent push: a pull under way gives way to it, and the next one does not.
    hurry: Signal,
    /// Hears whether what was received is on the disk.
    stored: Box<dyn Fn(Result<(), StorageProblem>)>,
    /// The lock or the epoch was lost: nothing more is sent or written.
    stopped: RefCell<bool>,
}

#[derive(Default)]
struct Busy {
    pushing: bool,
    pulling: bool,
}

/// Why a request had no effect.
enum Failed {
    Call(CallError),
    Storage(StorageProblem),
    /// Another sender took over.
    Fenced,
}

impl From<StorageProblem> for Failed {
    fn from(problem: StorageProblem) -> Self {
        Self::Storage(problem)
    }
}

impl Sender {
    /// Takes over sending: from here on nobody with an older epoch can write.
    /// `stored` hears, of all that is received then, whether it is on the disk.
    pub async fn take_over(
        shelf: Shelf,
        stored: impl Fn(Result<(), StorageProblem>) + 'static,
    ) -> Result<Self, StorageProblem> {
        let epoch = shelf
            .carry_out(|device| {
                let (tx, epoch) = engine::new_epoch(device);
                Ok::<_, StorageProblem>(Some((tx, epoch)))
            })
            .await?;
        let meter = Meter::open(&shelf).await;
        Ok(Self(Rc::new(Inner {
            shelf,
            meter,
            epoch: epoch.unwrap_or_default(),
            schedule: RefCell::default(),
            in_flight: RefCell::default(),
            ahead: RefCell::default(),
            answers: futures::lock::Mutex::default(),
            busy: RefCell::default(),
            following: RefCell::default(),
            heard_ms: Cell::default(),
            wake: Signal::default(),
            hurry: Signal::default(),
            stored: Box::new(stored),
            stopped: RefCell::new(false),
        })))
    }

    pub fn trigger(&self, trigger: Trigger) {
        self.0.schedule.borrow_mut().trigger(trigger, steady_ms());
        self.0.wake.set();
    }

    pub fn stop(&self) {
        *self.0.stopped.borrow_mut() = true;
        self.0.following.borrow_mut().stream = None;
        self.0.wake.set();
        self.give_way();
    }

    fn stopped(&self) -> bool {
        *self.0.stopped.borrow()
    }

    /// Sends and asks until stopped.
    pub async fn run(&self) -> Result<(), StorageProblem> {
        self.tidy().await?;
        while !self.stopped() {
            let device = self.0.shelf.device().await?;
            if device.meta.epoch != self.0.epoch {
                self.stop();
                break;
            }
            self.lapse(&device).await;
            let orphaned_in_ms = engine::orphaned_in_ms(&device, now_ms());
            if orphaned_in_ms == Some(0) {
                self.settle_orphans().await?;
                continue;
            }
            let follow_at_ms = self.follow(&device);
            let action = self.0.schedule.borrow_mut().next(self.situation(&device), steady_ms());
            match action {
                Action::PushUrgent(key) => {
                    self.give_way();
                    self.spawn(&device, move |sender| async move { sender.push(Lane::Urgent(key)).await });
                }
                Action::Push => {
                    self.0.busy.borrow_mut().pushing = true;
                    self.spawn(&device, |sender| async move {
                        let result = sender.push(Lane::Backlog).await;
                        sender.0.busy.borrow_mut().pushing = false;
                        result
                    });
                }
                Action::Pull => {
                    self.0.busy.borrow_mut().pulling = true;
                    self.spawn(&device, |sender| async move {
                        let result = sender.pull().await;
                        sender.0.busy.borrow_mut().pulling = false;
                        result
                    });
                }
                Action::Sleep { until_ms } => {
                    let next_ms = until_ms.into_iter().chain(follow_at_ms).min();
                    let pause_ms = next_ms.map_or(i64::from(i32::MAX), |until| until - steady_ms());
                    let pause_ms = orphaned_in_ms.map_or(pause_ms, |orphaned_ms| pause_ms.min(orphaned_ms));
                    platform::within(pause_ms, self.0.wake.wait()).await;
                }
            }
        }
        Ok(())
    }

    fn spawn<F>(&self, device: &Device, work: impl FnOnce(Sender) -> F + 'static)
    where
        F: Future<Output = Result<Done, Failed>> + 'static,
    {
        let (sender, signed_in, began_ms) = (self.clone(), device.meta.signed_in, now_ms());
        spawn_local(async move {
            let result = work(sender.clone()).await;
            sender.finished(result, signed_in, began_ms).await;
            sender.0.wake.set();
        });
    }

    /// Books a request's end in the schedule. `signed_in`: of the session it was sent with, at `began_ms`.
    async fn finished(&self, result: Result<Done, Failed>, signed_in: Option<Contact>, began_ms: i64) {
        let failed = |sender: &Sender| sender.0.schedule.borrow_mut().failed(steady_ms(), platform::chance());
        match result {
            Ok(Done::Nothing) => {}
            Ok(Done::Answered { again, progress }) => {
                let Ok(device) = self.0.shelf.device().await else { return failed(self) };
                {
                    let mut schedule = self.0.schedule.borrow_mut();
                    schedule.succeeded(again, progress, self.situation(&device), steady_ms(), platform::chance());
                }
                if !again
                    && engine::history_is_due(&device)
                    && let Err(problem) = self.forget_history(&device).await
                {
                    leptos::logging::error!("old history could not be let go: {problem:?}");
                }
            }
            Err(Failed::Fenced) => self.stop(),
            Err(Failed::Storage(problem)) => {
                leptos::logging::error!("storage failed while synchronising: {problem:?}");
                failed(self);
            }
            Err(Failed::Call(error)) => {
                let session = engine::session_after(&error);
                if let Some(session) = session
                    && let Err(problem) = self.0.shelf.commit(engine::session_ended(signed_in, session)).await
                {
                    leptos::logging::error!("the end of the session could not be stored: {problem:?}");
                }
                failed(self);
                if error == CallError::Upgrade {
                    update::look();
                }
                if session.is_none() {
                    // Unless something was heard since it was sent.
                    if self.0.heard_ms.get() < began_ms {
                        self.tell(|device| engine::unanswered(device, self.0.epoch, &error)).await;
                    }
                    self.measure_failure().await;
                }
            }
        }
    }

    fn situation(&self, device: &Device) -> Situation {
        let Busy { pushing, pulling } = *self.0.busy.borrow();
        Situation {
            online: platform::online(),
            session: device.meta.session,
            unsent: device.unsent().next().is_some(),
            visible: platform::visible(),
            streaming: self.0.following.borrow().stream.is_some(),
            pushing,
            pulling,
        }
    }

    async fn push(&self, lane: Lane) -> Result<Done, Failed> {
        let device = self.0.shelf.device().await?;
        if device.meta.renumber {
            return self.fork(&device).await;
        }
        let request = engine::plan_push(&device, lane, &self.0.in_flight.borrow(), APP);
        let Some(request) = request else { return Ok(Done::Nothing) };
        let keys: Vec<Key> = request.mutations.iter().map(|mutation| mutation.key).collect();
        self.0.in_flight.borrow_mut().extend(&keys);
        let timeout_ms = if matches!(lane, Lane::Urgent(_)) { URGENT_TIMEOUT_MS } else { REQUEST_TIMEOUT_MS };
        let done = self.push_and_take(&device, request, timeout_ms).await;
        // Not before its verdict is stored: sent again meanwhile, it could be given another by a server that was set back.
        self.0.in_flight.borrow_mut().retain(|key| !keys.contains(key));
        done
    }

    async fn push_and_take(&self, device: &Device, request: PushRequest, timeout_ms: i64) -> Result<Done, Failed> {
        let began_ms = steady_ms();
        let answer = self.call_push(request, timeout_ms).await?;
        let round_trip_ms = steady_ms() - began_ms;
        let _turn = self.0.answers.lock().await;
        let (now_ms, progress) = (now_ms(), engine::is_progress(&answer));
        let applied = self
            .write(|device| engine::on_push_answer(device, self.0.epoch, &answer, now_ms, &mut platform::new_key))
            .await?;
        self.measure(answer.server_now_ms, |measured| {
            measured.answered(Asked::Push, answer.server_now_ms, round_trip_ms);
            measured.judged(device, &answer.answers, now_ms, answer.server_now_ms);
        });
        // Without a page: what else the shop has is asked for.
        Ok(Done::Answered { again: applied != Applied::UpToDate || answer.page.is_none(), progress })
    }

    async fn call_push(&self, request: PushRequest, timeout_ms: i64) -> Result<PushAnswer, Failed> {
        self.0.meter.sends(&request);
        match platform::within(timeout_ms, api::push(request)).await {
            Some(answered) => self.heard(answered),
            None => Err(timed_out()),
        }
    }

    fn heard<T>(&self, answered: Result<T, CallError>) -> Result<T, Failed> {
        if answered.is_ok() {
            self.0.heard_ms.set(now_ms());
        }
        answered.map_err(Failed::Call)
    }

    /// Says no longer that all is up to date where nobody knows, and asks.
    async fn lapse(&self, device: &Device) {
        // A clock that was set back tells as little as one that was set on.
        let heard_ms = now_ms().saturating_sub(self.0.heard_ms.get()).saturating_abs();
        let lapsed = |device: &Device| engine::lapsed(device, self.0.epoch, platform::online(), heard_ms);
        if lapsed(device).is_some() && self.tell(lapsed).await {
            self.trigger(Trigger::Missed);
        }
    }

    /// Nobody looks any more, and nobody asks: whoever looks again is not told what held then.
    pub async fn leave(&self) {
        self.tell(|device| engine::lapsed(device, self.0.epoch, false, 0)).await;
    }

    /// Tells all tabs how fresh things are. Where the disk takes nothing more, sending goes on.
    async fn tell(&self, decide: impl Fn(&Device) -> Option<LocalTx>) -> bool {
        let epoch = self.0.epoch;
        let told = self.0.shelf.carry_out(|device| {
            let tx = decide(device).filter(|_| device.meta.epoch == epoch);
            Ok::<_, StorageProblem>(tx.map(|tx| (tx, ())))
        });
        told.await
            .unwrap_or_else(|problem| {
                leptos::logging::error!("how fresh things are could not be stored: {problem:?}");
                None
            })
            .is_some()
    }

    /// Carries out what the engine decides, fenced by the epoch.
    async fn write<T>(&self, mut decide: impl FnMut(&Device) -> (LocalTx, T)) -> Result<T, Failed> {
        let epoch = self.0.epoch;
        let done = self.0.shelf.carry_out(|device| {
            if device.meta.epoch != epoch {
                return Err(Failed::Fenced);
            }
            Ok(Some(decide(device)))
        });
        let done = done.await;
        match &done {
            Ok(Some(_)) => (self.0.stored)(Ok(())),
            Err(Failed::Storage(problem)) => (self.0.stored)(Err(*problem)),
            Ok(None) | Err(_) => {}
        }
        done?.ok_or(Failed::Fenced)
    }
}

/// How a request ended that did not fail.
enum Done {
    /// There was nothing to send.
    Nothing,
    Answered {
        again: bool,
        progress: bool,
    },
}

fn timed_out() -> Failed {
    Failed::Call(CallError::NotReached { detail: "timed out".into() })
}
