//! Every order in which the small case can happen, for stateright to explore.

use super::{
    holds::INVARIANTS,
    phone::{Act, Message, Phone},
    server::Server,
};
use crate::run::{disk::read, shop, stage::BEGIN_MS};
use comptoir::{
    domain::{InstallationId, ProductId},
    sync::{
        engine::SALE_ORPHAN_MS,
        wire::{Cursor, Kind, PullAnswer, Pulled, PushRequest, Rows, StartPage, StockRow},
    },
};
use stateright::{Model, Property};
use std::collections::BTreeMap;

pub const OPENING_UNITS: i64 = 5;
/// Rounds of push and pull within which everything is said once the network is good.
const ROUNDS_MAX: usize = 6;

/// What is to be explored: who does what, and how often something goes wrong.
#[derive(Debug, Clone)]
pub struct Small {
    pub scripts: [Vec<Act>; 2],
    pub power_cuts: u8,
    pub losses: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub server: Server,
    pub phones: [Phone; 2],
    /// Requests nobody waits for any more: they may still arrive, or never.
    late: Vec<(usize, Message)>,
    power_cuts: u8,
    losses: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Acts {
        phone: usize,
    },
    Pushes {
        phone: usize,
    },
    Pulls {
        phone: usize,
    },
    /// A request reaches the server, or its answer the phone.
    Arrives {
        phone: usize,
    },
    ArrivesLate {
        late: usize,
    },
    Lost {
        phone: usize,
    },
    WaitEnds {
        phone: usize,
    },
    PowerCut {
        phone: usize,
        survive: usize,
    },
    /// Long after: what a dead tab left is put in order.
    Restarts {
        phone: usize,
    },
}

pub fn product() -> ProductId {
    shop::product(0)
}

fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain JSON")
}

impl State {
    fn begin(small: &Small) -> Self {
        let server = Server::new(1, BTreeMap::from([(product(), OPENING_UNITS)]));
        let at = Cursor { history: shop::HISTORY, change: server.counter };
        let rows = Rows { stock: vec![StockRow { product: product(), units: OPENING_UNITS }], ..Rows::default() };
        let page = StartPage { at, kind: Kind::Movement, next: None, total_rows: 1, rows };
        let start = PullAnswer { server_now_ms: BEGIN_MS, pulled: Pulled::Start(page) };
        let phones = [0, 1].map(|n| Phone::new(n, &start));
        Self { server, phones, late: Vec::new(), power_cuts: small.power_cuts, losses: small.losses }
    }

    /// The server takes a request and answers.
    fn serve(&mut self, phone: usize, message: &Message) -> Message {
        match message {
            Message::Push { request } => {
                let request: PushRequest = read(request);
                Message::Pushed { answer: text(&self.server.push(&request, BEGIN_MS)) }
            }
            Message::Pull { cursor } => {
                let pulled = self.server.page(installation(phone), *cursor);
                Message::Pulled { answer: text(&PullAnswer { server_now_ms: BEGIN_MS, pulled }) }
            }
            Message::Pushed { .. } | Message::Pulled { .. } => unreachable!("no request"),
        }
    }

    fn arrives(&mut self, phone: usize, now_ms: i64) {
        match self.phones[phone].flight.take() {
            Some(Message::Pushed { answer }) => self.phones[phone].hear_push(&read(&answer), now_ms),
            Some(Message::Pulled { answer }) => self.phones[phone].hear_pull(&read(&answer), now_ms),
            Some(request) => self.phones[phone].flight = Some(self.serve(phone, &request)),
            None => unreachable!("nothing is under way"),
        }
    }

    fn pushes(&mut self, phone: usize) {
        let request = self.phones[phone].plan().expect("it has something to send");
        self.phones[phone].flight = Some(Message::Push { request: text(&request) });
    }

    fn pulls(&mut self, phone: usize) {
        let held = self.phones[phone].disk.device().meta.held.expect("the shop was read");
        self.phones[phone].flight = Some(Message::Pull { cursor: held.cursor });
    }

    /// Nobody waits any more for what is under way.
    fn abandons(&mut self, phone: usize) {
        if let Some(push @ Message::Push { .. }) = self.phones[phone].flight.take() {
            self.late.push((phone, push));
        }
    }

    /// The network is good and nobody does anything more: after a few rounds everybody has said and heard everything.
    pub fn healed(&self) -> Option<Self> {
        let mut state = self.clone();
        let later_ms = BEGIN_MS + SALE_ORPHAN_MS + 1;
        for _ in 0..ROUNDS_MAX {
            for n in [0, 1] {
                while state.phones[n].flight.is_some() {
                    state.arrives(n, later_ms);
                }
                state.phones[n].wait_ends();
                if state.phones[n].has_orphans() {
                    state.phones[n].starts(later_ms);
                }
            }
            if state.phones.iter().all(|phone| phone.is_at_rest(state.server.counter)) {
                return Some(state);
            }
            for n in [0, 1] {
                match state.phones[n].plan() {
                    Some(_) => state.pushes(n),
                    None => state.pulls(n),
                }
            }
        }
        None
    }

    fn is_over(&self, small: &Small) -> bool {
        let acted = |phone: &Phone| phone.acts_done == small.scripts[phone.n].len();
        self.phones.iter().all(|phone| acted(phone) && phone.is_at_rest(self.server.counter))
    }
}

/// What must happen in some state.
pub const SEEN: [&str; 2] = ["somebody is refused", "everything ends at rest"];

/// Whether a property is one that must hold in every state.
pub fn is_promise(name: &str) -> bool {
    !SEEN.contains(&name)
}

fn installation(phone: usize) -> InstallationId {
    shop::installation(phone).id
}

impl Model for Small {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State::begin(self)]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        for (phone, now) in state.phones.iter().enumerate() {
            if now.acts_done < self.scripts[phone].len() && now.selling.is_none() {
                steps.push(Step::Acts { phone });
            }
            if now.flight.is_some() {
                steps.push(Step::Arrives { phone });
                if state.losses > 0 {
                    steps.push(Step::Lost { phone });
                }
            } else {
                if now.plan().is_some() {
                    steps.push(Step::Pushes { phone });
                }
                if !now.has_read(state.server.counter) {
                    steps.push(Step::Pulls { phone });
                }
            }
            if now.selling.is_some() {
                steps.push(Step::WaitEnds { phone });
            }
            if state.power_cuts > 0 {
                steps.extend((0..=now.disk.relaxed()).map(|survive| Step::PowerCut { phone, survive }));
            }
            if now.selling.is_none() && now.has_orphans() {
                steps.push(Step::Restarts { phone });
            }
        }
        steps.extend((0..state.late.len()).map(|late| Step::ArrivesLate { late }));
    }

    fn next_state(&self, before: &State, step: Step) -> Option<State> {
        let mut state = before.clone();
        match step {
            Step::Acts { phone } => {
                let act = self.scripts[phone][state.phones[phone].acts_done];
                state.phones[phone].act(act);
            }
            Step::Pushes { phone } => state.pushes(phone),
            Step::Pulls { phone } => state.pulls(phone),
            Step::Arrives { phone } => state.arrives(phone, BEGIN_MS),
            Step::ArrivesLate { late } => {
                let (phone, message) = state.late.remove(late);
                drop(state.serve(phone, &message));
            }
            Step::Lost { phone } => {
                state.losses -= 1;
                state.abandons(phone);
            }
            Step::WaitEnds { phone } => state.phones[phone].wait_ends(),
            Step::PowerCut { phone, survive } => {
                state.power_cuts -= 1;
                state.abandons(phone);
                state.phones[phone].power_cut(survive);
            }
            Step::Restarts { phone } => {
                state.abandons(phone);
                state.phones[phone].starts(BEGIN_MS + SALE_ORPHAN_MS + 1);
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(INVARIANTS[0].0, |_, state: &State| (INVARIANTS[0].1)(state)),
            Property::always(INVARIANTS[1].0, |_, state: &State| (INVARIANTS[1].1)(state)),
            Property::always(INVARIANTS[2].0, |_, state: &State| (INVARIANTS[2].1)(state)),
            Property::always(INVARIANTS[3].0, |_, state: &State| (INVARIANTS[3].1)(state)),
            Property::always(INVARIANTS[4].0, |_, state: &State| (INVARIANTS[4].1)(state)),
            Property::always(INVARIANTS[5].0, |_, state: &State| (INVARIANTS[5].1)(state)),
            Property::always("G5 G15 once the network is good, all is said and all agree", |_, state: &State| {
                state.heals()
            }),
            Property::sometimes(SEEN[0], |_, state: &State| state.somebody_was_refused()),
            Property::sometimes(SEEN[1], |small, state: &State| state.is_over(small)),
        ]
    }
}
