//! The one sender of an installation, as `src/device/sender.rs` is it in the browser: its loop, its requests, and what
//! their ends mean for the schedule.

use super::{
    guarantees::{self, Held},
    network::{Answered, Called, Request},
    phone::{Phone, TabEvent},
    shop,
    stage::Stage,
    streams::Following,
    tasks::Deed,
};
use comptoir::{
    domain::{InstallationId, Key},
    sync::{
        CallError,
        engine::{self, Action, Contact, Device, Installation, Lane, Schedule, SessionState, Situation},
        wire::{ForkRequest, From},
    },
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const URGENT_TIMEOUT_MS: i64 = 15_000;
const REQUEST_TIMEOUT_MS: i64 = 45_000;
/// `setTimeout` takes no more.
const TIMER_MAX_MS: i64 = i32::MAX as i64;
const APP: &str = "simulated";

pub struct Sender {
    pub epoch: u64,
    pub schedule: Schedule,
    in_flight: BTreeSet<Key>,
    /// An answer is being taken, and those that wait for their turn.
    pub taking: bool,
    pub answers: VecDeque<Deed>,
    pub pushing: bool,
    pub pulling: bool,
    pub following: Following,
    flights: BTreeMap<u64, (Flight, Option<Contact>)>,
    /// The turn that was asked for last.
    turn: u64,
}

/// A request under way.
enum Flight {
    Push { lane: Lane, keys: Vec<Key> },
    Pull { asked: From },
    Fork { new: Box<Installation>, lane: Lane },
}

/// How a request ended.
#[derive(Debug, Clone)]
pub enum Done {
    Nothing,
    Answered {
        again: bool,
        progress: bool,
    },
    /// With the session it says is over, and the one it was sent with.
    Failed(Option<SessionState>, Option<Contact>),
}

impl Sender {
    pub fn new(epoch: u64) -> Self {
        Self {
            epoch,
            schedule: Schedule::default(),
            in_flight: BTreeSet::new(),
            taking: false,
            answers: VecDeque::new(),
            pushing: false,
            pulling: false,
            following: Following::default(),
            flights: BTreeMap::new(),
            turn: 0,
        }
    }
}

impl Phone {
    /// The sender's loop goes on after so long, unless something wakes it before.
    pub fn wake(&mut self, tab: u64, after_ms: i64, stage: &mut Stage) {
        let index = self.index;
        if let Some(sender) = self.sender(tab) {
            sender.turn += 1;
            stage.tab(after_ms.min(TIMER_MAX_MS), index, tab, TabEvent::Turn(sender.turn));
        }
    }

    pub fn turn(&mut self, tab: u64, turn: u64, stage: &mut Stage) -> Held {
        if self.sender(tab).is_none_or(|sender| sender.turn != turn) {
            return Ok(());
        }
        loop {
            let device = self.disk.device();
            if self.sender(tab).is_some_and(|sender| device.meta.epoch != sender.epoch) {
                return self.stop_sender(tab, stage);
            }
            let orphaned_in_ms = engine::orphaned_in_ms(&device, self.now_ms(stage));
            if orphaned_in_ms == Some(0) {
                return self.begin(tab, Deed::Orphans, stage);
            }
            let follow_at_ms = self.follow(tab, &device, stage);
            let (situation, now_ms) = (self.situation(tab, &device, stage), stage.now_ms);
            let Some(sender) = self.sender(tab) else { return Ok(()) };
            match sender.schedule.next(situation, now_ms) {
                Action::PushUrgent(key) => {
                    self.give_way(tab, stage)?;
                    self.push(tab, Lane::Urgent(key), &device, stage)?;
                }
                Action::Push => {
                    sender.pushing = true;
                    self.push(tab, Lane::Backlog, &device, stage)?;
                }
                Action::Pull => {
                    sender.pulling = true;
                    self.pull(tab, &device, stage)?;
                }
                Action::Sleep { until_ms } => {
                    let next_ms = until_ms.into_iter().chain(follow_at_ms).min();
                    let pause_ms = next_ms.map_or(TIMER_MAX_MS, |until| until - now_ms);
                    let pause_ms = orphaned_in_ms.map_or(pause_ms, |orphaned_ms| pause_ms.min(orphaned_ms));
                    // A page that is being written is not missed yet.
                    if situation.online
                        && situation.session == SessionState::Open
                        && !situation.pulling
                        && !sender.taking
                    {
                        let asks_ms = until_ms.map(|until| until - now_ms);
                        guarantees::asks_for_what_it_missed(&device, sender.following.told, asks_ms)?;
                    }
                    self.wake(tab, pause_ms, stage);
                    return Ok(());
                }
            }
        }
    }

    fn situation(&mut self, tab: u64, device: &Device, stage: &Stage) -> Situation {
        let of_sender = |sender: &mut Sender| (sender.following.stream.is_some(), sender.pushing, sender.pulling);
        let (streaming, pushing, pulling) = self.sender(tab).map(of_sender).unwrap_or_default();
        Situation {
            online: self.online(stage),
            session: device.meta.session,
            unsent: device.unsent().next().is_some(),
            visible: self.visible(stage),
            streaming,
            pushing,
            pulling,
        }
    }

    /// Fenced off: nothing more is sent or written, and the lock is asked for again.
    pub fn stop_sender(&mut self, tab: u64, stage: &mut Stage) -> Held {
        self.lose_lock(tab);
        self.take_lock(stage)
    }

    /// A pull under way gives way to a sale.
    fn give_way(&mut self, tab: u64, stage: &mut Stage) -> Held {
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        let pulls =
            sender.flights.iter().filter(|(_, (flight, _))| matches!(flight, Flight::Pull { .. })).map(|(id, _)| *id);
        let pulls: Vec<u64> = pulls.collect();
        for id in pulls {
            if let Some(sender) = self.sender(tab) {
                sender.flights.remove(&id);
                sender.pulling = false;
            }
            self.finished(tab, Done::Answered { again: true, progress: true }, stage)?;
        }
        Ok(())
    }

    fn push(&mut self, tab: u64, lane: Lane, device: &Device, stage: &mut Stage) -> Held {
        if device.meta.renumber {
            let id = InstallationId(stage.chance.id(self.now_ms(stage)));
            return self.begin(tab, Deed::Forks { id, secret: shop::installation(0).secret, lane }, stage);
        }
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        let Some(request) = engine::plan_push(device, lane, &sender.in_flight, APP) else {
            self.pushed(tab, lane, &[]);
            return self.finished(tab, Done::Nothing, stage);
        };
        let keys: Vec<Key> = request.mutations.iter().map(|mutation| mutation.key).collect();
        sender.in_flight.extend(&keys);
        let timeout_ms = if matches!(lane, Lane::Urgent(_)) { URGENT_TIMEOUT_MS } else { REQUEST_TIMEOUT_MS };
        self.call(tab, Flight::Push { lane, keys }, Called::Push(request), timeout_ms, stage)
    }

    fn pull(&mut self, tab: u64, device: &Device, stage: &mut Stage) -> Held {
        let Some(request) = engine::plan_pull(device, APP) else {
            if let Some(sender) = self.sender(tab) {
                sender.pulling = false;
            }
            return self.finished(tab, Done::Nothing, stage);
        };
        let asked = request.from.clone();
        self.call(tab, Flight::Pull { asked }, Called::Pull(request), REQUEST_TIMEOUT_MS, stage)
    }

    /// Asks for the installation it is to become; the answer brings prefix, name of the shop and rights.
    pub fn ask_to_fork(&mut self, tab: u64, lane: Lane, stage: &mut Stage) -> Held {
        let meta = self.disk.device().meta;
        let (Some(old), Some((id, secret))) = (meta.installation, meta.forking) else {
            self.pushed(tab, lane, &[]);
            return self.finished(tab, Done::Nothing, stage);
        };
        let request = ForkRequest {
            installation: old.id,
            secret: old.secret.clone(),
            new_installation: id,
            new_secret: secret.clone(),
        };
        let new = Box::new(Installation { id, secret, ..old });
        self.call(tab, Flight::Fork { new, lane }, Called::Fork(request), REQUEST_TIMEOUT_MS, stage)
    }

    fn call(&mut self, tab: u64, flight: Flight, called: Called, timeout_ms: i64, stage: &mut Stage) -> Held {
        if !matches!(flight, Flight::Push { lane: Lane::Urgent(_), .. }) {
            guarantees::asks_with_pauses(self.index, &mut self.asked_ms, stage.now_ms)?;
        }
        self.next_request += 1;
        let (id, phone, signed_in) = (self.next_request, self.index, self.disk.device().meta.signed_in);
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        sender.flights.insert(id, (flight, signed_in));
        stage.tab(timeout_ms, phone, tab, TabEvent::TimedOut { request: id });
        let request = Request { id, phone, tab, cookie: self.cookie.clone(), sent_ms: stage.now_ms, called };
        stage.send(request, self.reached(stage));
        Ok(())
    }

    pub fn answered(&mut self, tab: u64, request: u64, answer: Result<Answered, CallError>, stage: &mut Stage) -> Held {
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        // Timed out, given way, answered before, or of the tab's life before this sender.
        let Some((flight, signed_in)) = sender.flights.remove(&request) else { return Ok(()) };
        let deed = match (flight, answer) {
            (flight, Err(error)) => {
                self.landed(tab, &flight);
                return self.finished(tab, Done::Failed(engine::session_after(&error), signed_in), stage);
            }
            (Flight::Push { lane, keys }, Ok(Answered::Push(answer))) => {
                let progress = engine::is_progress(&answer);
                Deed::Answered { answer: Box::new(answer), lane, progress, keys }
            }
            (Flight::Pull { asked }, Ok(Answered::Pull(answer))) => Deed::Pulled { asked, answer: Box::new(answer) },
            (Flight::Fork { new, lane }, Ok(Answered::Fork { answer, .. })) => {
                let (prefix, shop_name, holds_costs) = (answer.prefix, answer.shop_name, answer.holds_costs);
                Deed::Forked { new: Box::new(Installation { prefix, shop_name, holds_costs, ..*new }), lane }
            }
            _ => unreachable!("an answer is of its request's kind"),
        };
        self.begin(tab, deed, stage)
    }

    fn landed(&mut self, tab: u64, flight: &Flight) {
        match flight {
            Flight::Push { lane, keys } => self.pushed(tab, *lane, keys),
            Flight::Fork { lane, .. } => self.pushed(tab, *lane, &[]),
            Flight::Pull { .. } => self.pulled(tab),
        }
    }

    /// `keys` are no longer under way: with an answer, not before their verdicts are stored.
    pub fn pushed(&mut self, tab: u64, lane: Lane, keys: &[Key]) {
        let Some(sender) = self.sender(tab) else { return };
        sender.in_flight.retain(|key| !keys.contains(key));
        if lane == Lane::Backlog {
            sender.pushing = false;
        }
    }

    pub fn pulled(&mut self, tab: u64) {
        if let Some(sender) = self.sender(tab) {
            sender.pulling = false;
        }
    }

    /// Books a request's end in the schedule.
    pub fn finished(&mut self, tab: u64, done: Done, stage: &mut Stage) -> Held {
        let (now_ms, chance) = (stage.now_ms, stage.chance.unit());
        let device = self.disk.device();
        let situation = self.situation(tab, &device, stage);
        let Some(sender) = self.sender(tab) else { return Ok(()) };
        match done {
            Done::Nothing => {}
            Done::Answered { again, progress } => {
                sender.schedule.succeeded(again, progress, situation, now_ms, chance);
            }
            Done::Failed(session, signed_in) => {
                sender.schedule.failed(now_ms, chance);
                if let Some(session) = session {
                    self.begin(tab, Deed::SessionEnds { session, signed_in }, stage)?;
                }
            }
        }
        self.wake(tab, 0, stage);
        Ok(())
    }
}
