//! Ringing: the phone shakes, and shows the system's notification where nobody sees the page.

mod while_closed;

use super::{
    handle::{Notifies, Till},
    language, platform,
    shelf::Shelf,
};
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Notification, NotificationOptions, NotificationPermission, ServiceWorkerRegistration};

/// One after the other, so that a second one takes the place of the first.
const TAG: &str = "comptoir-a-decider";
const SHAKE_MS: i32 = 200;
const READY_MAX_MS: i64 = 60_000;

fn known() -> bool {
    Reflect::has(&js_sys::global(), &"Notification".into()).unwrap_or(false)
}

fn allowed(permission: NotificationPermission) -> Notifies {
    match permission {
        NotificationPermission::Granted => Notifies::Yes,
        NotificationPermission::Denied => Notifies::No,
        _ => Notifies::Ask,
    }
}

/// Tells the screens whether this phone notifies.
pub fn look(till: Till) {
    till.notifies.set(known().then(|| allowed(Notification::permission())));
    if till.notifies.get_untracked() == Some(Notifies::Yes) {
        spawn_local(async move {
            if while_closed::subscribed().await {
                till.notifies.set(Some(Notifies::Closed));
            }
        });
    }
}

pub fn ask(shelf: Shelf, till: Till) {
    if !known() {
        return;
    }
    spawn_local(async move {
        if let Ok(asked) = Notification::request_permission() {
            drop(JsFuture::from(asked).await); // what was answered is read below
        }
        look(till);
        if till.notifies.get_untracked() == Some(Notifies::Yes) {
            match while_closed::begin(&shelf).await {
                Ok(true) => till.notifies.set(Some(Notifies::Closed)),
                Ok(false) => till.notifies.set(Some(Notifies::OpenOnly)),
                Err(error) => leptos::logging::warn!("closed, this phone is not told: {error}"),
            }
        }
    });
}

pub fn stop(shelf: Shelf, till: Till) {
    spawn_local(async move {
        match while_closed::end(&shelf).await {
            Ok(()) => look(till),
            Err(error) => leptos::logging::warn!("closed, this phone is still told: {error}"),
        }
    });
}

pub fn ring(title: String, line: String) {
    let Some(window) = web_sys::window() else { return };
    platform::vibrate(SHAKE_MS);
    if platform::visible() || !known() || Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let container = window.navigator().service_worker();
    if JsValue::from(container.clone()).is_undefined() {
        return;
    }
    spawn_local(async move {
        // A worker that still keeps its files cannot show anything yet; long after, it is no news.
        let Ok(ready) = container.ready() else { return };
        let Some(Ok(registration)) = platform::within(READY_MAX_MS, JsFuture::from(ready)).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        if platform::visible() {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body(&line);
        options.set_lang(language::chosen().tag());
        options.set_tag(TAG);
        options.set_icon("/icons/icon-192.png");
        let shown = match registration.show_notification_with_options(&title, &options) {
            Ok(shown) => JsFuture::from(shown).await,
            Err(error) => Err(error),
        };
        if let Err(error) = shown {
            leptos::logging::warn!("the notification could not be shown: {error:?}");
        }
    });
}
