//! One run: a seed's world from its first event until everybody is at rest, or a promise is broken.

use super::{
    database::Place,
    guarantees::{self, Held, Violation, broken, named},
    model::Model,
    network::{Answered, Called, Request},
    people::Wish,
    phone::{Phone, TabEvent},
    server::Server,
    shop::{self, HISTORY, PEOPLE},
    stage::{Event, Stage, Strike},
    streams::Streams,
};
use comptoir::{
    server::jobs::REFUSAL_UNSAID_MS,
    sync::{
        CallError, Verdict,
        engine::Trigger,
        wire::{Page, Pulled},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A strike comes that long after the act that drew it, at most: amid the requests it caused.
const STRIKE_WITHIN_MS: i64 = 5_000;

/// Things a person does before a phone that comes late has its network, on average.
const FIRST_ACTS: i64 = 10;
/// One of so many requests of a phone's first reading has the server set back right after it.
const FIRST_READINGS_SET_BACK: usize = 6;

pub struct World<'a> {
    pub stage: Stage,
    pub server: Server<'a>,
    pub phones: Vec<Phone>,
    pub streams: Streams,
    /// By the id the server had then; the last is the one that goes on.
    pub histories: BTreeMap<Uuid, Model>,
    pub history: Uuid,
    /// The model when the copy was made that the server may be set back to.
    pub backup: Option<Model>,
    pub set_back: bool,
    acts: usize,
    pub healed_ms: i64,
}

pub struct Outcome {
    pub events: u64,
    pub digest: String,
    pub violation: Option<Violation>,
}

pub async fn run(place: &Place, seed: u64, print: bool) -> Outcome {
    let mut stage = Stage::new(seed, print);
    let server = Server::start(place, &mut stage).await;
    let mut world = World {
        stage,
        server,
        phones: Vec::new(),
        streams: Streams::default(),
        histories: BTreeMap::new(),
        history: HISTORY,
        backup: None,
        set_back: false,
        acts: 0,
        healed_ms: 0,
    };
    let mut events = 0;
    let violation = world.live(&mut events).await.err();
    let World { mut stage, server, .. } = world;
    server.stop().await;
    if let Some(violation) = &violation {
        stage.tell(format_args!("BROKEN {}: {}", violation.guarantee, violation.detail));
    }
    Outcome { events, digest: stage.trace.digest(), violation }
}

impl World<'_> {
    async fn live(&mut self, events: &mut u64) -> Held {
        self.begin().await?;
        while let Some(event) = self.stage.next() {
            *events += 1;
            if matches!(event, Event::Rests) && self.rests().await? {
                return self.ends().await;
            }
            self.happens(event).await?;
        }
        broken(named::PROGRESS, "nothing happens any more")
    }

    async fn begin(&mut self) -> Held {
        let counter = self.counter().await;
        let products =
            shop::openings(self.stage.nature.products, 0).into_iter().map(|opening| opening.product).collect();
        self.histories.insert(HISTORY, Model::new(HISTORY, counter, &self.server.stock().await, products));
        if self.sets_back() {
            self.strikes(Strike::BackedUp, 0).await?;
        }
        self.stage.tell(format_args!("{:?}", self.stage.nature.clone()));
        for n in 0..self.stage.nature.phones {
            let mut phone = Phone::new(n);
            let person = shop::person(self.stage.chance.below(PEOPLE));
            phone.enrol(&person, &self.stage);
            phone.cookie = Some(self.server.sign_in(&shop::installation(n), &person, self.stage.now_ms).await);
            // Some read the shop for the first time while the others work in it.
            if self.stage.chance.below(3) == 0 {
                let away_ms = self.stage.chance.about(FIRST_ACTS * self.stage.nature.pause_ms);
                phone.cut_off_until_ms = self.stage.now_ms + away_ms;
                phone.knows_offline = true;
                self.stage.after(away_ms, Event::Online { phone: n });
            }
            phone.open_tab(&mut self.stage)?;
            self.phones.push(phone);
            self.next_act(n);
        }
        Ok(())
    }

    fn sets_back(&self) -> bool {
        self.stage.nature.strikes.iter().any(|(strike, _)| *strike == Strike::SetBack)
    }

    /// A first reading is a short moment in a phone's life, which a strike drawn blindly hardly ever meets.
    fn set_back_amid_first_reading(&mut self, phone: usize) {
        if self.sets_back()
            && self.phones[phone].disk.device().meta.held.is_none()
            && self.stage.chance.below(FIRST_READINGS_SET_BACK) == 0
        {
            let within_ms = self.stage.chance.between(0, 2 * self.stage.nature.delay_ms);
            self.stage.after(within_ms, Event::Strikes { fault: Strike::SetBack, phone });
        }
    }

    pub fn model(&mut self) -> &mut Model {
        self.histories.get_mut(&self.history).expect("the history that goes on is known")
    }

    pub fn next_act(&mut self, phone: usize) {
        let pause_ms = self.stage.chance.about(self.stage.nature.pause_ms);
        self.stage.after(pause_ms, Event::Act { phone });
    }

    async fn happens(&mut self, event: Event) -> Held {
        match event {
            Event::Act { phone } => self.act(phone).await,
            Event::Tab { phone, tab, what } => {
                let writes = matches!(what, TabEvent::Answer { .. } | TabEvent::Hears { .. } | TabEvent::Commit(_));
                self.phones[phone].handle(tab, what, &mut self.stage)?;
                if writes { self.look_at(phone) } else { Ok(()) }
            }
            Event::Arrives(request) => {
                self.arrives(*request).await?;
                self.tell_streams().await
            }
            Event::StreamOpens(whose) => self.stream_opens(*whose).await,
            Event::Strikes { fault, phone } if !self.stage.healed => self.strikes(fault, phone).await,
            Event::Strikes { .. } => Ok(()),
            Event::Online { phone } => self.online(phone),
            Event::Jobs => {
                self.server.jobs(self.stage.now_ms).await;
                self.streams.changed_somewhere();
                self.tell_streams().await
            }
            Event::Heals => self.heals().await,
            Event::Rests => {
                self.stage.after(1_000, Event::Rests);
                Ok(())
            }
        }
    }

    /// What a phone's screens show, after what the server said.
    fn look_at(&mut self, phone: usize) -> Held {
        let phone = &self.phones[phone];
        guarantees::confirmed_stands(phone, &self.histories)?;
        if phone.cloned || self.set_back {
            return Ok(());
        }
        guarantees::each_counts_once(phone, &self.stage, &self.histories[&self.history])
    }

    async fn act(&mut self, phone: usize) -> Held {
        if self.stage.healed {
            return Ok(());
        }
        self.acts += 1;
        let wish = self.phones[phone].act(&mut self.stage)?;
        match wish {
            Some(Wish::SignIn(person)) => self.sign_in(phone, person).await?,
            Some(Wish::SignOut) => self.sign_out(phone).await,
            None => {}
        }
        for (fault, odds) in self.stage.nature.strikes.clone() {
            if self.stage.chance.happens(odds) {
                let phone = self.stage.chance.below(self.phones.len());
                let within_ms = self.stage.chance.between(0, STRIKE_WITHIN_MS);
                self.stage.after(within_ms, Event::Strikes { fault, phone });
            }
        }
        if self.acts == self.stage.nature.acts {
            let within_ms = self.stage.chance.between(0, STRIKE_WITHIN_MS);
            self.stage.after(within_ms, Event::Heals);
        }
        self.next_act(phone);
        Ok(())
    }

    pub async fn sign_in(&mut self, phone: usize, person: usize) -> Held {
        let (person, stage) = (shop::person(person), &mut self.stage);
        let phone = &mut self.phones[phone];
        let device = phone.disk.device();
        let Some(installation) = device.meta.installation else { return Ok(()) };
        if phone.reached(stage) {
            phone.cookie = Some(self.server.sign_in(&installation, &person, stage.now_ms).await);
            phone.sign_in(&person, stage);
        } else {
            let tx = comptoir::sync::engine::signed_in(&person, device.meta.session, None);
            phone.disk.commit(&tx).expect("signing in expects nothing");
        }
        stage.tell(format_args!("phone {}: {} signs in", phone.index, person.name));
        match phone.tabs.first().map(|tab| tab.serial) {
            Some(tab) => phone.trigger(tab, Trigger::Wake, stage),
            None => Ok(()),
        }
    }

    async fn sign_out(&mut self, phone: usize) {
        if self.phones[phone].reached(&self.stage)
            && let Some(cookie) = self.phones[phone].cookie.take()
        {
            self.server.forget_session(&cookie).await;
        }
    }

    pub fn online(&mut self, phone: usize) -> Held {
        let (phone, stage) = (&mut self.phones[phone], &mut self.stage);
        if !phone.knows_offline || !phone.reached(stage) {
            return Ok(());
        }
        phone.knows_offline = false;
        match phone.tabs.first().map(|tab| tab.serial) {
            Some(tab) => phone.trigger(tab, Trigger::Wake, stage),
            None => Ok(()),
        }
    }

    async fn arrives(&mut self, request: Request) -> Held {
        let failing = self.server.fails.is_some();
        let answer = self.server.serve(&request, &mut self.stage).await;
        self.record(&request, &answer);
        match (&request.called, &answer) {
            (Called::Push(push), Ok(Answered::Push(answer))) => {
                self.model().push(push, answer, failing)?;
                self.streams.pushed(push, answer);
                if let Some(Pulled::Page(page)) = &answer.page {
                    self.read(page).await?;
                }
                self.refused_are_shown_later(answer.answers.iter().map(|answer| &answer.verdict));
            }
            (Called::Pull(_), Ok(Answered::Pull(answer))) => {
                if let Pulled::Page(page) = &answer.pulled {
                    self.read(page).await?;
                }
            }
            (Called::Fork(fork), Ok(_)) => {
                self.model().forked(fork.installation, fork.new_installation);
                // A copy that does not know the new installation is none to come back to.
                self.backup = None;
                if !self.phones[request.phone].cloned {
                    return broken(named::SINGLE, format!("phone {} was told to renumber", request.phone));
                }
            }
            (Called::Push(_), Err(CallError::TryLater)) if failing => {}
            (_, Err(CallError::TryLater | CallError::BadRequest { .. } | CallError::Upgrade)) => {
                return broken(named::ANSWERS, format!("{answer:?} to {request:?}"));
            }
            _ => {}
        }
        if matches!(request.called, Called::Push(_)) {
            guarantees::stock_stands(&self.server, &self.histories[&self.history]).await?;
        }
        self.set_back_amid_first_reading(request.phone);
        let reached = self.phones[request.phone].reached(&self.stage);
        self.stage.answer(&request, answer, reached);
        Ok(())
    }

    pub async fn read(&mut self, page: &Page) -> Held {
        let (counter, now_ms) = (self.counter().await, self.stage.now_ms);
        if !page.more && page.to < counter {
            return broken(named::REAL_TIME, format!("a page to {}, the counter is {counter}", page.to));
        }
        self.model().texts_told(page)?;
        self.model().clashes_told(page)?;
        self.model().page(page, counter, now_ms)
    }

    fn record(&mut self, request: &Request, answer: &Result<Answered, CallError>) {
        let asked = match &request.called {
            Called::Push(push) => serde_json::to_string(push),
            Called::Pull(pull) => serde_json::to_string(pull),
            Called::Fork(fork) => serde_json::to_string(fork),
        };
        let said = match answer {
            Ok(Answered::Push(answer)) => serde_json::to_string(answer),
            Ok(Answered::Pull(answer)) => serde_json::to_string(answer),
            Ok(Answered::Fork { answer, .. }) => serde_json::to_string(answer),
            Err(error) => serde_json::to_string(error),
        };
        let (asked, said) = (asked.expect("plain JSON"), said.expect("plain JSON"));
        let Request { phone, tab, id, sent_ms, .. } = request;
        self.stage.tell(format_args!("phone {phone} tab {tab} request {id} of {sent_ms}: {asked} → {said}"));
    }

    fn refused_are_shown_later<'v>(&mut self, mut verdicts: impl Iterator<Item = &'v Verdict>) {
        if verdicts.any(|verdict| matches!(verdict, Verdict::Refused { .. })) {
            self.stage.after(REFUSAL_UNSAID_MS + 1, Event::Jobs);
        }
    }

    pub async fn counter(&self) -> u64 {
        let rows = shop::read!(self.server.db(), (i64,), "SELECT counter FROM shops").expect("the counter is read");
        rows[0].0.unsigned_abs()
    }
}
