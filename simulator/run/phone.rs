//! A phone: its storage, its tabs, the network it has. What a tab does is in `sender`, `seller` and `tasks`, as event
//! handlers that mirror the browser's driver (`src/device/sender.rs`, `commands.rs`, `start.rs`).

use super::{
    disk::Disk,
    guarantees::Held,
    network::Answered,
    people::Person,
    seller::Selling,
    sender::Sender,
    shop,
    stage::{BEGIN_MS, Stage},
    tasks::{Deed, Task},
};
use comptoir::{
    domain::Key,
    sync::{
        CallError,
        engine::{self, Device, Trigger},
        wire::{PersonRow, PullAnswer},
    },
};
use std::collections::VecDeque;

/// How long the tab that sends may take to say it heard of a sale (`src/device/tabs.rs`).
const HEARD_WITHIN_MS: i64 = 1_000;

pub struct Phone {
    pub index: usize,
    pub disk: Disk,
    pub tabs: Vec<Tab>,
    next_tab: u64,
    /// The tab that holds the lock of the one sender.
    pub lock: Option<u64>,
    /// There is no network until then.
    pub cut_off_until_ms: i64,
    /// The browser knows that there is none.
    pub knows_offline: bool,
    /// The phone's clock minus the true time.
    pub clock_ms: i64,
    pub cookie: Option<String>,
    pub next_request: u64,
    pub next_stream: u64,
    /// When it last asked by itself.
    pub asked_ms: VecDeque<i64>,
    /// How often it became another installation.
    pub forks: usize,
    pub person: Person,
    pub revoked: bool,
    /// When somebody last looked at it.
    pub seen_ms: i64,
    /// A copy of another phone, or copied: both have its numbers.
    pub cloned: bool,
}

pub struct Tab {
    pub serial: u64,
    pub sender: Option<Sender>,
    pub selling: Option<Selling>,
    /// What reached it while it stands still.
    pub frozen: Option<Vec<TabEvent>>,
}

pub enum TabEvent {
    /// The sender's loop goes on. Only the last one that was asked for counts.
    Turn(u64),
    /// The selling tab looks how its sale stands.
    Look,
    /// A transaction that was decided reaches the disk.
    Commit(Box<Task>),
    Answer {
        request: u64,
        answer: Box<Result<Answered, CallError>>,
    },
    TimedOut {
        request: u64,
    },
    /// A page of a stream.
    Hears {
        stream: u64,
        answer: Box<PullAnswer>,
    },
    StreamOpened {
        stream: u64,
    },
    StreamEnds {
        stream: u64,
    },
    /// The tab that sends has not said that it heard of a sale.
    Unheard(Key),
    Thaws,
}

impl Phone {
    pub fn new(index: usize) -> Self {
        Self {
            index,
            disk: Disk::default(),
            tabs: Vec::new(),
            next_tab: 0,
            lock: None,
            cut_off_until_ms: 0,
            knows_offline: false,
            clock_ms: 0,
            cookie: None,
            next_request: 0,
            next_stream: 0,
            asked_ms: VecDeque::new(),
            forks: 0,
            person: Person::default(),
            revoked: false,
            seen_ms: BEGIN_MS,
            cloned: false,
        }
    }

    /// As enrolling and signing in leave it.
    pub fn enrol(&mut self, person: &PersonRow, stage: &Stage) {
        let enrolled = engine::enrolled(&Device::default(), &shop::installation(self.index)).expect("a new phone");
        self.disk.commit(&enrolled).expect("nothing was there");
        self.sign_in(person, stage);
    }

    pub fn sign_in(&mut self, person: &PersonRow, stage: &Stage) {
        let contact = engine::Contact { server_ms: stage.now_ms, skew_ms: -self.clock_ms };
        let tx = engine::signed_in(person, engine::SessionState::Open, Some(contact));
        self.disk.commit(&tx).expect("signing in expects nothing");
    }

    /// The phone's own clock.
    pub fn now_ms(&self, stage: &Stage) -> i64 {
        stage.now_ms + self.clock_ms
    }

    pub fn reached(&self, stage: &Stage) -> bool {
        stage.now_ms >= self.cut_off_until_ms
    }

    /// Somebody sees the screen: after a while it goes dark.
    pub fn visible(&self, stage: &Stage) -> bool {
        const SCREEN_ON_MS: i64 = 120_000;
        stage.healed || stage.now_ms - self.seen_ms < SCREEN_ON_MS
    }

    /// Somebody takes up the phone; a screen that was dark wakes its page.
    pub fn looked_at(&mut self, stage: &mut Stage) -> Held {
        let dark = !self.visible(stage);
        self.seen_ms = stage.now_ms;
        match self.tabs.first().map(|tab| tab.serial) {
            Some(tab) if dark => self.trigger(tab, Trigger::Wake, stage),
            _ => Ok(()),
        }
    }

    /// What `navigator.onLine` says.
    pub fn online(&self, stage: &Stage) -> bool {
        self.reached(stage) || !self.knows_offline
    }

    pub fn tab(&mut self, serial: u64) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.serial == serial)
    }

    pub fn sender(&mut self, serial: u64) -> Option<&mut Sender> {
        self.tab(serial)?.sender.as_mut()
    }

    pub fn open_tab(&mut self, stage: &mut Stage) -> Held {
        self.next_tab += 1;
        let serial = self.next_tab;
        self.tabs.push(Tab { serial, sender: None, selling: None, frozen: None });
        self.take_lock(stage)
    }

    /// The tab is gone with everything it had in mind; what it wrote is there.
    pub fn close_tab(&mut self, serial: u64, stage: &mut Stage) -> Held {
        self.tabs.retain(|tab| tab.serial != serial);
        if self.lock == Some(serial) {
            self.lock = None;
        }
        self.take_lock(stage)
    }

    /// Gives a free lock to the first tab that is awake.
    pub fn take_lock(&mut self, stage: &mut Stage) -> Held {
        let waiting = self.tabs.iter().find(|tab| tab.frozen.is_none()).map(|tab| tab.serial);
        match waiting {
            Some(serial) if self.lock.is_none() => {
                self.lock = Some(serial);
                self.begin(serial, Deed::TakeOver, stage)
            }
            _ => Ok(()),
        }
    }

    pub fn handle(&mut self, serial: u64, event: TabEvent, stage: &mut Stage) -> Held {
        // The browser takes the cookie of an answer, whatever became of the page that asked.
        if let TabEvent::Answer { answer, .. } = &event
            && let Ok(Answered::Fork { cookie: Some(cookie), .. }) = &**answer
        {
            self.cookie = Some(cookie.clone());
        }
        let Some(tab) = self.tab(serial) else { return Ok(()) };
        match (&mut tab.frozen, event) {
            (Some(_), TabEvent::Thaws) => self.thaw(serial, stage),
            (Some(later), event) => {
                later.push(event);
                Ok(())
            }
            (None, TabEvent::Thaws) => Ok(()),
            (None, TabEvent::Turn(turn)) => self.turn(serial, turn, stage),
            (None, TabEvent::Look) => self.look(serial, stage),
            (None, TabEvent::Commit(task)) => self.commit(serial, *task, stage),
            (None, TabEvent::Answer { request, answer }) => self.answered(serial, request, *answer, stage),
            (None, TabEvent::TimedOut { request }) => {
                let error = CallError::NotReached { detail: "timed out".into() };
                self.answered(serial, request, Err(error), stage)
            }
            (None, TabEvent::Hears { stream, answer }) => self.hears(serial, stream, answer, stage),
            (None, TabEvent::StreamOpened { stream }) => self.stream_opened(serial, stream, stage),
            (None, TabEvent::StreamEnds { stream }) => self.stream_ends(serial, stream, stage),
            (None, TabEvent::Unheard(key)) => self.unheard(serial, key, stage),
        }
    }

    /// The tab stands still. Told before, it lets go of the lock; else it keeps it.
    pub fn freeze(&mut self, serial: u64, told: bool, stage: &mut Stage) -> Held {
        let Some(tab) = self.tab(serial) else { return Ok(()) };
        tab.frozen.get_or_insert_default();
        if told && self.lock == Some(serial) {
            self.lose_lock(serial);
            return self.take_lock(stage);
        }
        Ok(())
    }

    fn thaw(&mut self, serial: u64, stage: &mut Stage) -> Held {
        let events = self.tab(serial).and_then(|tab| tab.frozen.take()).unwrap_or_default();
        for event in events {
            self.handle(serial, event, stage)?;
        }
        // Only now it hears that its lock was taken from it.
        if self.lock != Some(serial) {
            self.lose_lock(serial);
        }
        self.take_lock(stage)?;
        self.trigger(serial, Trigger::Wake, stage)
    }

    pub fn lose_lock(&mut self, serial: u64) {
        if self.lock == Some(serial) {
            self.lock = None;
        }
        if let Some(tab) = self.tab(serial) {
            tab.sender = None;
        }
    }

    /// Passes a trigger to whichever tab sends; a sender that does not answer loses its lock.
    pub fn trigger(&mut self, serial: u64, trigger: Trigger, stage: &mut Stage) -> Held {
        let now_ms = stage.now_ms;
        let awake = self.tabs.iter_mut().filter(|tab| tab.frozen.is_none());
        let senders = awake.filter_map(|tab| tab.sender.as_mut().map(|sender| (tab.serial, sender)));
        let mut senders: Vec<_> = senders.collect();
        // Its own first; else every tab that believes to send hears the message.
        if let Some(own) = senders.iter().position(|(of, _)| *of == serial) {
            senders = vec![senders.swap_remove(own)];
        }
        let heard: Vec<u64> = senders.iter().map(|(of, _)| *of).collect();
        for (_, sender) in senders {
            sender.schedule.trigger(trigger, now_ms);
        }
        for of in &heard {
            self.wake(*of, 0, stage);
        }
        if let (Trigger::Sale(key), true) = (trigger, heard.is_empty()) {
            stage.tab(HEARD_WITHIN_MS, self.index, serial, TabEvent::Unheard(key));
        }
        Ok(())
    }

    /// Takes the lock from a tab that does not answer.
    fn unheard(&mut self, serial: u64, _key: Key, stage: &mut Stage) -> Held {
        if self.tab(serial).is_some_and(|tab| tab.sender.is_some()) {
            return Ok(());
        }
        if let Some(holder) = self.lock.filter(|holder| *holder != serial) {
            let holder_awake = self.tab(holder).is_some_and(|tab| tab.frozen.is_none());
            if holder_awake {
                self.lose_lock(holder);
            }
        }
        self.lock = Some(serial);
        self.begin(serial, Deed::TakeOver, stage)
    }

    /// A commit of any tab: whoever sells looks again.
    pub fn changed(&mut self, stage: &mut Stage) {
        for tab in self.tabs.iter().filter(|tab| tab.selling.is_some()) {
            stage.tab(0, self.index, tab.serial, TabEvent::Look);
        }
    }
}
