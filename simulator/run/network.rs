//! Between a phone and the server: requests and answers get lost, are late, come twice, and overtake each other.

use super::{
    phone::TabEvent,
    stage::{Event, Stage},
};
use comptoir::sync::{
    CallError,
    wire::{EnrolAnswer, ForkRequest, PullAnswer, PullRequest, PushAnswer, PushRequest},
};

#[derive(Debug, Clone)]
pub struct Request {
    pub id: u64,
    pub phone: usize,
    pub tab: u64,
    /// The session cookie the browser had when it sent.
    pub cookie: Option<String>,
    pub sent_ms: i64,
    pub called: Called,
}

#[derive(Debug, Clone)]
pub enum Called {
    Push(PushRequest),
    Pull(PullRequest),
    Fork(ForkRequest),
}

#[derive(Debug, Clone)]
pub enum Answered {
    Push(PushAnswer),
    Pull(PullAnswer),
    Fork {
        answer: EnrolAnswer,
        /// A session that goes over to the new installation.
        cookie: Option<String>,
    },
}

impl Stage {
    /// Sends a request on its way. `reached`: the phone has a network at all.
    pub fn send(&mut self, request: Request, reached: bool) {
        if !reached || self.goes_wrong(self.nature.request_lost) {
            return; // the phone hears nothing until it stops waiting
        }
        if self.goes_wrong(self.nature.sent_twice) {
            let delay_ms = self.delay_ms();
            self.after(delay_ms, Event::Arrives(Box::new(request.clone())));
        }
        let delay_ms = self.delay_ms();
        self.after(delay_ms, Event::Arrives(Box::new(request)));
    }

    pub fn answer(&mut self, request: &Request, answer: Result<Answered, CallError>, reached: bool) {
        if !reached || self.goes_wrong(self.nature.answer_lost) {
            return;
        }
        let delay_ms = self.delay_ms();
        let what = TabEvent::Answer { request: request.id, answer: Box::new(answer) };
        self.tab(delay_ms, request.phone, request.tab, what);
    }

    pub fn goes_wrong(&mut self, odds: u32) -> bool {
        !self.healed && self.chance.happens(odds)
    }

    pub fn delay_ms(&mut self) -> i64 {
        let mean_ms = if self.healed { self.nature.delay_ms.min(100) } else { self.nature.delay_ms };
        1 + self.chance.about(mean_ms)
    }
}
