//! Starting the device in a page: storage, tabs, the sender's lock, triggers, and the handle's signals.

use super::{
    commands::{Inner, Page},
    deciding,
    handle::{StorageProblem, Till},
    importing, install, language, lock,
    mirror::Mirror,
    notify,
    platform::{self, Signal},
    resume, scanner,
    sender::Sender,
    shelf::Shelf,
    storage::Storage,
    tabs::{HEARD_WITHIN_MS, Message, SenderLock, Tabs},
    update,
};
use crate::{domain::Key, part::part, sync::engine::Trigger};
use futures::{StreamExt, channel::mpsc::UnboundedReceiver};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use std::{cell::RefCell, collections::BTreeSet, rc::Rc, sync::Arc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A hidden tab lets go of sending after this long: it may be frozen without a word.
const HIDDEN_MAX_MS: i64 = 30_000;
/// The rest of the app is asked for again after this long.
const APP_RETRY_MS: i64 = 2_000;
/// A storage that failed is tried again after this long.
const STORAGE_RETRY_MS: i64 = 2_000;
/// Rows another tab committed are read from the disk when they have not been told for so long.
const ROWS_WITHIN_MS: i64 = 1_000;

/// What the parts of a started page share.
struct Shared {
    shelf: Shelf,
    till: Till,
    sender: RefCell<Option<Sender>>,
    /// Sales another tab was told of and has not said to have heard.
    unheard: RefCell<BTreeSet<Key>>,
    mirror: Rc<Mirror>,
    let_go: Signal,
}

/// Starts the device and fills the handle. The device is a file of its own, nearly half of the app: a first visit
/// draws its products and fills a cart before that file is there.
pub fn start(till: Till) {
    lock::resume(till);
    language::watch(till);
    let owner = Owner::current().unwrap_or_default();
    spawn_local(async move {
        while start_here(till, owner.clone()).await.is_err() {
            report(till, StorageProblem::AppIncomplete);
            platform::sleep(APP_RETRY_MS).await;
        }
    });
}

part! {
    device: fn start_here(till: Till, owner: Owner) -> () {
        spawn_local(async move {
            recovered(till, StorageProblem::AppIncomplete);
            if let Err(problem) = begin(till, owner).await {
                report(till, problem);
            }
        });
    }
}

fn report(till: Till, problem: StorageProblem) {
    till.status.update(|status| status.storage_problem = Some(problem));
    // What is on its way still comes: until then nobody knows who is signed in here.
    if !matches!(problem, StorageProblem::BlockedByTab | StorageProblem::AppIncomplete) {
        till.ready.set(true);
    }
}

/// The problem is over, as far as it can be.
fn recovered(till: Till, from: StorageProblem) {
    if till.status.with_untracked(|status| status.storage_problem == Some(from)) {
        till.status.update(|status| status.storage_problem = None);
    }
}

/// What was received is on the disk, or is not: then this page does not show what the server has.
fn stored(till: Till, result: Result<(), StorageProblem>) {
    let problem = result.err();
    if till.status.with_untracked(|status| status.storage_problem != problem) {
        till.status.update(|status| status.storage_problem = problem);
    }
}

async fn begin(till: Till, owner: Owner) -> Result<(), StorageProblem> {
    let storage = Storage::open(move |problem| report(till, problem)).await?;
    recovered(till, StorageProblem::BlockedByTab);
    let changed = Signal::default();
    let (inbox, messages) = futures::channel::mpsc::unbounded();
    let heard = changed.clone();
    let tabs = Tabs::join(move |message| {
        drop(inbox.unbounded_send(message)); // fails only once the page is gone
        heard.set();
    });
    let shelf = Shelf::new(storage, tabs, changed.clone());
    let mirror = Rc::new(Mirror::new(shelf.clone(), till));
    let shared = Rc::new(Shared {
        shelf: shelf.clone(),
        till,
        sender: RefCell::default(),
        unheard: RefCell::default(),
        mirror: mirror.clone(),
        let_go: Signal::default(),
    });
    let to_memory = mirror.clone();
    shelf.on_writes(move |writes| to_memory.hear(writes));
    shelf.bring_back().await?;
    let kept = resume::resume(&shelf, till).await?;
    owner.with(|| {
        resume::keep_cart(shelf.clone(), till, kept);
        lock::watch(till);
    });
    scanner::listen_to_scanners();
    let triggered = shared.clone();
    let inner = Inner {
        shelf: shelf.clone(),
        mirror: mirror.clone(),
        till,
        trigger: Box::new(move |trigger| triggered.clone().trigger(trigger)),
        stop_waiting: Signal::default(),
        past: RefCell::default(),
        file: Rc::default(),
        camera: Rc::default(),
        export: Rc::default(),
    };
    mirror.overview().await?;
    till.connect(Arc::new(Page::new(Rc::new(inner))));
    mirror.dirty.set();
    spawn_local(shared.clone().keep_fresh());
    spawn_local(shared.clone().hear(messages));
    spawn_local(shared.clone().send_in_turn());
    shared.listen();
    Ok(())
}

impl Shared {
    /// Reads the catalogue, then follows every change.
    async fn keep_fresh(self: Rc<Self>) {
        let (mut first, mut rows_are_late) = (Vec::new(), false);
        platform::painted().await; // what was kept from the last time
        self.clone().load().await;
        loop {
            if !rows_are_late {
                self.mirror.dirty.wait().await;
            } else if platform::within(ROWS_WITHIN_MS, self.mirror.dirty.wait()).await.is_none() {
                self.clone().load().await;
            }
            // What a tap changed is painted first; and changes that come together are read together.
            platform::painted().await;
            rows_are_late = match self.mirror.refresh().await {
                Ok(shown) => {
                    if shown && !self.till.ready.get_untracked() {
                        self.till.ready.set(true);
                    }
                    !shown
                }
                Err(problem) => {
                    report(self.till, problem);
                    false
                }
            };
            resume::keep_first(self.till, &mut first);
            self.retry().await;
            if self.sender.borrow().is_some() && importing::due(&self.shelf, self.till).await {
                self.mirror.dirty.set();
                self.trigger_own(Trigger::More);
            }
        }
    }

    /// Tries refused sales again where the owner wants it: in the tab that sends, so that one does.
    async fn retry(&self) {
        if self.sender.borrow().is_none() {
            return;
        }
        match deciding::retry(&self.shelf, self.till).await {
            Ok(Some(key)) => self.trigger_own(Trigger::Sale(key)),
            Ok(None) => {}
            Err(error) => leptos::logging::warn!("a refused sale was not tried again: {error}"),
        }
    }

    /// Reads the catalogue from the disk; what is damaged there is asked of the server.
    async fn load(self: Rc<Self>) {
        match self.mirror.load().await {
            Ok(false) => {}
            Ok(true) => self.trigger(Trigger::Wake),
            Err(problem) => report(self.till, problem),
        }
    }

    /// Messages of other tabs.
    async fn hear(self: Rc<Self>, mut messages: UnboundedReceiver<Message>) {
        while let Some(message) = messages.next().await {
            self.clone().handle(message);
        }
    }

    fn handle(self: Rc<Self>, message: Message) {
        match message {
            Message::Committed { writes } => self.mirror.hear(writes),
            Message::Sale { key } => {
                if let Some(sender) = &*self.sender.borrow() {
                    self.shelf.tell(&Message::Heard { key });
                    sender.trigger(Trigger::Sale(key));
                }
            }
            Message::Heard { key } => drop(self.unheard.borrow_mut().remove(&key)),
            Message::Change => self.trigger_own(Trigger::Change),
            Message::Wake => self.trigger_own(Trigger::Wake),
        }
    }

    fn trigger_own(&self, trigger: Trigger) {
        if let Some(sender) = &*self.sender.borrow() {
            sender.trigger(trigger);
        }
    }

    /// Passes a trigger to whichever tab sends; a sender that does not answer loses its lock.
    fn trigger(self: Rc<Self>, trigger: Trigger) {
        if self.sender.borrow().is_some() {
            return self.trigger_own(trigger);
        }
        match trigger {
            Trigger::Sale(key) => {
                self.unheard.borrow_mut().insert(key);
                self.shelf.tell(&Message::Sale { key });
                spawn_local(async move {
                    platform::sleep(HEARD_WITHIN_MS).await;
                    if self.unheard.borrow_mut().remove(&key) && self.sender.borrow().is_none() {
                        let lock = SenderLock::acquire(true).await;
                        if let Err(problem) = self.clone().send(lock).await {
                            report(self.till, problem);
                        }
                    }
                });
            }
            Trigger::Change => self.shelf.tell(&Message::Change),
            Trigger::Wake => self.shelf.tell(&Message::Wake),
            // Only the tab that sends has a stream, and goes on with an import.
            Trigger::Missed | Trigger::Reached | Trigger::More => {}
        }
    }

    /// Waits for the lock, sends while it is held, and waits again.
    async fn send_in_turn(self: Rc<Self>) {
        loop {
            if !platform::visible() {
                // A tab nobody sees does not ask for the lock.
                platform::sleep(1_000).await;
                continue;
            }
            let lock = SenderLock::acquire(false).await;
            match self.clone().send(lock).await {
                Ok(()) => {}
                Err(StorageProblem::Closed) => return report(self.till, StorageProblem::Closed), // until a reload
                Err(problem) => {
                    report(self.till, problem);
                    platform::sleep(STORAGE_RETRY_MS).await;
                }
            }
        }
    }

    async fn send(self: Rc<Self>, lock: SenderLock) -> Result<(), StorageProblem> {
        use futures::future::{Either, select};
        let till = self.till;
        let sender = Sender::take_over(self.shelf.clone(), move |result| stored(till, result)).await?;
        stored(till, Ok(()));
        *self.sender.borrow_mut() = Some(sender.clone());
        sender.trigger(Trigger::Wake);
        let ends = select(Box::pin(lock.lost()), Box::pin(self.let_go.wait()));
        let ended = match select(Box::pin(sender.run()), ends).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => {
                sender.leave().await;
                Ok(())
            }
        };
        sender.stop();
        *self.sender.borrow_mut() = None;
        ended
    }

    fn listen(self: &Rc<Self>) {
        let Some(window) = web_sys::window() else { return };
        let wake = |shared: &Rc<Self>| {
            shared.mirror.dirty.set();
            shared.clone().trigger(Trigger::Wake);
        };
        for event in ["online", "offline", "pageshow", "focus"] {
            let shared = self.clone();
            platform::listen(&window, event, move |_| wake(&shared));
        }
        let Some(document) = window.document() else { return };
        let shared = self.clone();
        platform::listen(&document, "freeze", move |_| shared.let_go.set());
        let shared = self.clone();
        platform::listen(&document, "resume", move |_| {
            let shared = shared.clone();
            spawn_local(async move {
                // What other tabs wrote while this one stood still was not heard.
                shared.clone().load().await;
                wake(&shared);
            });
        });
        let shared = self.clone();
        platform::listen(&document, "visibilitychange", move |_| {
            let shared = shared.clone();
            spawn_local(async move {
                if platform::visible() {
                    return wake(&shared);
                }
                platform::sleep(HIDDEN_MAX_MS).await;
                if !platform::visible() {
                    shared.let_go.set();
                }
            });
        });
        notify::look(self.till);
        install::watch(self.till);
        let till = self.till;
        spawn_local(async move {
            ask_to_persist(till).await;
            update::watch(till).await;
        });
    }
}

/// Asks the browser not to throw the data away, and remembers what it said (G4).
pub async fn ask_to_persist(till: Till) {
    let asked = async {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        let storage = Reflect::get(&navigator, &"storage".into())?;
        let persist: Function = Reflect::get(&storage, &"persist".into())?.dyn_into()?;
        let promise: js_sys::Promise = persist.call0(&storage)?.dyn_into()?;
        JsFuture::from(promise).await
    };
    let persistent = asked.await.ok().and_then(|answer: JsValue| answer.as_bool()).unwrap_or(false);
    till.status.update(|status| status.persistent = Some(persistent));
}
