//! Installing the app. The browser offers it by an event that comes once, often before the app is there: `early.js` keeps
//! it, and an offer can be taken once. Untried on a real phone: tests offer it themselves.

use super::{
    handle::{Install, Till},
    js::{call, get, global, set, wait},
    platform::{self, keep, kept},
};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::EventTarget;

/// Where `early.js` keeps the offer.
const OFFER: &str = "installOffer";
const PUT_OFF: &str = "comptoir-install-put-off";

pub fn watch(till: Till) {
    look(till);
    let Ok(page) = js_sys::global().dyn_into::<EventTarget>() else { return };
    // What `early.js` hears first, and keeps.
    platform::listen(&page, "beforeinstallprompt", move |_| look(till));
    platform::listen(&page, "appinstalled", move |_| {
        forget_offer();
        till.install.set(Install::Thanks);
    });
}

fn look(till: Till) {
    till.install.set(standing());
}

fn standing() -> Install {
    match offer() {
        _ if is_app() => Install::Done,
        Some(_) => Install::Offered { put_off: kept(PUT_OFF).is_some() },
        None if !platform::secure() => Install::Insecure,
        // Only Safari of phones and tablets says whether it was opened from the home screen.
        None if said_by_safari().is_some() => Install::Share,
        None => Install::Menu,
    }
}

/// Whether this page is the installed app's.
fn is_app() -> bool {
    let query = call(&js_sys::global(), "matchMedia", &["(display-mode: standalone)".into()]);
    let shown = query.and_then(|query| get(&query, "matches"));
    shown.is_ok_and(|alone| alone.is_truthy()) || said_by_safari() == Some(true)
}

fn said_by_safari() -> Option<bool> {
    global("navigator").and_then(|navigator| get(&navigator, "standalone")).ok()?.as_bool()
}

fn offer() -> Option<JsValue> {
    global(OFFER).ok().filter(JsValue::is_object)
}

fn forget_offer() {
    drop(set(&js_sys::global(), OFFER, &JsValue::UNDEFINED)); // fails for no page
}

pub fn take(till: Till) {
    let Some(offer) = offer() else { return };
    forget_offer();
    spawn_local(async move {
        let chosen = async {
            wait(call(&offer, "prompt", &[])?).await?;
            wait(get(&offer, "userChoice")?).await
        };
        let outcome = chosen.await.and_then(|choice| get(&choice, "outcome"));
        match outcome {
            // `appinstalled` follows, and is thanked for.
            Ok(outcome) if outcome == "accepted" => {}
            Ok(_) => keep(PUT_OFF, Some("1")),
            Err(error) => leptos::logging::warn!("the browser did not ask about installing: {error:?}"),
        }
        if till.install.get_untracked() != Install::Thanks {
            look(till);
        }
    });
}

pub fn put_off(till: Till) {
    keep(PUT_OFF, Some("1"));
    look(till);
}
