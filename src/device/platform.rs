//! What the browser gives every page and worker: a clock, chance, ids, timers, events.

use super::js;
use crate::domain::Key;
use js_sys::{Function, Promise, Reflect};
use std::{cell::RefCell, future::Future, rc::Rc};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, EventTarget, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
    PerformanceResourceTiming,
};

/// The device's clock, in milliseconds since 1970.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Milliseconds on a clock that nobody sets, for waits and pauses: between two calls in one page only.
pub fn steady_ms() -> i64 {
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).and_then(|found| found.dyn_into());
    performance.map_or_else(|_| now_ms(), |performance: web_sys::Performance| performance.now() as i64)
}

/// In 0.0..1.0.
pub fn chance() -> f64 {
    js_sys::Math::random()
}

/// An id that sorts by the time it was made.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new idempotency key.
pub fn new_key() -> Key {
    Key(Uuid::new_v4())
}

/// Whether the browser believes to have a network. `false` is reliable, `true` is not.
pub fn online() -> bool {
    navigator_flag("onLine").unwrap_or(true)
}

/// Whether the page came over https, or from this very machine: only then has it a camera, a service worker, and can it
/// be installed.
pub fn secure() -> bool {
    js::global("isSecureContext").is_ok_and(|secure| secure.is_truthy())
}

/// Whether somebody can see this page. A worker has no page.
pub fn visible() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

fn navigator_flag(name: &str) -> Option<bool> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &name.into()).ok()?.as_bool()
}

/// Waits. Throttled by the browser in hidden tabs, as all timers are.
pub async fn sleep(ms: i64) {
    let ms = ms.clamp(0, i64::from(i32::MAX)) as i32;
    let promise = Promise::new(&mut |resolve, _| {
        let timer = Reflect::get(&js_sys::global(), &"setTimeout".into()).and_then(|f| f.dyn_into::<Function>());
        let started = timer.and_then(|timer| timer.call2(&JsValue::UNDEFINED, &resolve, &ms.into()));
        if started.is_err() {
            drop(resolve.call0(&JsValue::UNDEFINED)); // no timers: do not wait for ever
        }
    });
    drop(JsFuture::from(promise).await);
}

/// Waits until what changed so far has been painted, where there is a page somebody sees.
pub async fn painted() {
    let frame = Promise::new(&mut |resolve, _| {
        let asked = web_sys::window().filter(|_| visible()).map(|window| window.request_animation_frame(&resolve));
        if !matches!(asked, Some(Ok(_))) {
            drop(resolve.call0(&JsValue::UNDEFINED));
        }
    });
    drop(JsFuture::from(frame).await);
    sleep(0).await;
}

/// Lets the browser hear a tap, and paint, in the midst of long work. A timer would come late: they wait 4 ms and more when
/// one follows another.
pub async fn breathe() {
    let mut posted = false;
    let promise = Promise::new(&mut |resolve, _| {
        let scheduler = Reflect::get(&js_sys::global(), &"scheduler".into()).unwrap_or_default();
        let post = Reflect::get(&scheduler, &"postTask".into()).and_then(|post| post.dyn_into::<Function>());
        posted = post.and_then(|post| post.call1(&scheduler, &resolve)).is_ok();
    });
    match posted {
        true => drop(JsFuture::from(promise).await),
        false => sleep(0).await,
    }
}

/// The future's output, or `None` when `ms` have passed first; the future is dropped then, which aborts a request.
pub async fn within<T>(ms: i64, future: impl Future<Output = T>) -> Option<T> {
    use futures::future::{Either, select};
    match select(Box::pin(future), Box::pin(sleep(ms))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Calls `f` for each event, for as long as the page lives.
pub fn listen(target: &EventTarget, event: &str, f: impl FnMut(Event) + 'static) {
    listen_in(target, event, false, f);
}

/// As [`listen`], before whatever the event happened to hears it.
pub fn listen_first(target: &EventTarget, event: &str, f: impl FnMut(Event) + 'static) {
    listen_in(target, event, true, f);
}

fn listen_in(target: &EventTarget, event: &str, first: bool, f: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(f);
    // Fails only for a callback that is none.
    drop(target.add_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), first));
    closure.forget();
}

/// Hears what this page is sent, until dropped.
pub struct Watch {
    observer: PerformanceObserver,
    _heard: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells the address and the bytes of each answer, a moment after it came; of a stream, when it ends. A browser that
/// does not measure them tells 0, or is no such browser at all.
pub fn watch_transfers(mut tell: impl FnMut(&str, u64) + 'static) -> Option<Watch> {
    let heard = Closure::<dyn FnMut(_)>::new(move |list: PerformanceObserverEntryList| {
        for entry in list.get_entries() {
            if let Ok(entry) = entry.dyn_into::<PerformanceResourceTiming>() {
                tell(&entry.name(), entry.transfer_size() as u64);
            }
        }
    });
    let observer = PerformanceObserver::new(heard.as_ref().unchecked_ref()).ok()?;
    observer.observe(&PerformanceObserverInit::new(&js_sys::Array::of1(&"resource".into())));
    Some(Watch { observer, _heard: heard })
}

/// Bytes the browser keeps for this site, and as many as it allows; `None` where it does not say.
pub async fn storage_used() -> Option<(u64, u64)> {
    let manager = web_sys::window()?.navigator().storage();
    // Only a page over https, or of this very machine, has one.
    let estimate: Function = Reflect::get(&manager, &"estimate".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = estimate.call0(&manager).ok()?.dyn_into().ok()?;
    let estimate = JsFuture::from(promise).await.ok()?;
    let bytes = |name: &str| Some(Reflect::get(&estimate, &name.into()).ok()?.as_f64()? as u64);
    Some((bytes("usage")?, bytes("quota")?))
}

/// What is read at once, before the device's part of the app is there. Absent where the browser keeps nothing.
pub fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

pub fn kept(key: &str) -> Option<String> {
    local_storage()?.get_item(key).ok()?
}

/// Where the browser keeps nothing, it holds for as long as the page lives.
pub fn keep(key: &str, value: Option<&str>) {
    let Some(storage) = local_storage() else { return };
    let done = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
    if done.is_err() {
        leptos::logging::warn!("{key} is not kept");
    }
}

/// Puts a text where the person can paste it from. Says whether the browser did.
pub async fn copy(text: &str) -> bool {
    let copied = async {
        let clipboard = web_sys::window()?.navigator().clipboard();
        let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
        let promise: Promise = write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()?;
        JsFuture::from(promise).await.ok()
    };
    copied.await.is_some()
}

/// Some browsers, and phones without a motor, do nothing.
pub fn vibrate(ms: i32) {
    drop(js::global("navigator").and_then(|navigator| js::call(&navigator, "vibrate", &[ms.into()])));
}

/// The browser and its system, as it calls itself.
pub fn browser() -> String {
    web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default()
}

/// Wakes one waiter, or the next to wait.
#[derive(Clone, Default)]
pub struct Signal {
    state: Rc<RefCell<SignalState>>,
}

#[derive(Default)]
struct SignalState {
    set: bool,
    waiters: Vec<futures::channel::oneshot::Sender<()>>,
}

impl Signal {
    /// Wakes everybody who waits; if nobody does, the next wait returns at once.
    pub fn set(&self) {
        let waiters = {
            let mut state = self.state.borrow_mut();
            let waiters = std::mem::take(&mut state.waiters);
            state.set = waiters.is_empty();
            waiters
        };
        for waiter in waiters {
            let _ = waiter.send(()); // a waiter that gave up is gone
        }
    }

    /// Wakes everybody who waits now, and nobody later.
    pub fn pulse(&self) {
        self.set();
        self.state.borrow_mut().set = false;
    }

    pub async fn wait(&self) {
        let receiver = {
            let mut state = self.state.borrow_mut();
            if std::mem::take(&mut state.set) {
                return;
            }
            let (sender, receiver) = futures::channel::oneshot::channel();
            state.waiters.retain(|waiter| !waiter.is_canceled());
            state.waiters.push(sender);
            receiver
        };
        let _ = receiver.await; // a sender that is gone wakes nobody again
    }
}
