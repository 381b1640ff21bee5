//! The tabs of one browser: what they tell each other, and which of them sends (G5).

use super::platform::{self, Signal};
use crate::{
    domain::Key,
    sync::{engine::Write, json},
};
use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "comptoir";
const LOCK: &str = "comptoir-sync";
/// How long the tab that sends may take to say it heard of a sale, before its lock is taken from it.
pub const HEARD_WITHIN_MS: i64 = 1_000;

/// What one tab tells the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A transaction was committed; these of its writes change what screens hold in memory.
    Committed { writes: Vec<Write> },
    /// A sale waits to be sent.
    Sale { key: Key },
    /// The sending tab took up the sale.
    Heard { key: Key },
    /// Something else was queued.
    Change,
    /// A person asked to synchronise, or signed in.
    Wake,
}

#[derive(Clone)]
pub struct Tabs {
    channel: Option<Rc<BroadcastChannel>>,
}

impl Tabs {
    /// Joins the other tabs. A browser without channels has tabs that do not hear each other; the lock still leaves
    /// one sender.
    pub fn join(mut on_message: impl FnMut(Message) + 'static) -> Self {
        let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return Self { channel: None } };
        platform::listen(&channel, "message", move |event| {
            let text = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            // A tab of another version may say things this one does not know.
            if let Some(Ok(message)) = text.map(|text| json::read(&text)) {
                on_message(message);
            }
        });
        Self { channel: Some(Rc::new(channel)) }
    }

    pub fn tell(&self, message: &Message) {
        if let (Some(channel), Ok(text)) = (&self.channel, serde_json::to_string(message)) {
            drop(channel.post_message(&text.into())); // fails only on a closed channel: then nobody listens
        }
    }
}

/// The lock of the one sender, held until let go, taken away, or the page's end.
pub struct SenderLock {
    release: Function,
    lost: Signal,
}

impl SenderLock {
    /// Waits for the lock. With `steal` it is taken from whoever holds it: the epoch fences them off.
    ///
    /// Without Web Locks every tab believes to hold it, and the epoch alone keeps two from writing.
    pub async fn acquire(steal: bool) -> Self {
        let lost = Signal::default();
        let Some(locks) = lock_manager() else {
            return Self { release: Function::new_no_args(""), lost };
        };
        let (granted, is_granted) = oneshot::channel();
        let granted = RefCell::new(Some(granted));
        let callback = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_lock| {
            Promise::new(&mut |resolve, _| {
                if let Some(granted) = granted.borrow_mut().take() {
                    drop(granted.send(resolve)); // nobody waits any more: the promise holds the lock until the page ends
                }
            })
        });
        let options = js_sys::Object::new();
        drop(Reflect::set(&options, &"mode".into(), &"exclusive".into()));
        if steal {
            drop(Reflect::set(&options, &"steal".into(), &true.into()));
        }
        let request = Reflect::get(&locks, &"request".into()).and_then(|request| request.dyn_into::<Function>());
        let held = request.and_then(|request| request.call3(&locks, &LOCK.into(), &options, callback.as_ref()));
        let on_end = lost.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(held) = held {
                // Ends when released, or with an error when stolen.
                drop(JsFuture::from(Promise::resolve(&held)).await);
            }
            drop(callback);
            on_end.set();
        });
        match is_granted.await {
            Ok(release) => Self { release, lost },
            Err(_) => Self { release: Function::new_no_args(""), lost },
        }
    }

    /// Returns when the lock is no longer ours.
    pub async fn lost(&self) {
        self.lost.wait().await;
    }
}

impl Drop for SenderLock {
    fn drop(&mut self) {
        drop(self.release.call0(&JsValue::UNDEFINED));
    }
}

fn lock_manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)
}
