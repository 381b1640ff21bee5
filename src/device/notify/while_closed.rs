//! Being told while the app is closed: the browser's push service passes on what the server sends (Web Push).

use crate::{
    api,
    device::shelf::Shelf,
    sync::{
        json,
        wire::{NotifyRequest, NotifyWish, PROTOCOL, Subscription},
    },
};
use js_sys::{JSON, Reflect};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{PushManager, PushSubscription, PushSubscriptionOptionsInit, ServiceWorkerRegistration};

/// What a subscription is as JSON.
#[derive(Deserialize)]
struct Told {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// Subscribes, and tells the server where. `false` where the server sends nothing, or the browser cannot.
pub async fn begin(shelf: &Shelf) -> Result<bool, String> {
    let Some(key) = wish(shelf, NotifyWish::Key).await? else { return Ok(false) };
    let Some(manager) = manager().await else { return Ok(false) };
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key(&JsValue::from_str(&key));
    let subscribed = manager.subscribe_with_options(&options).map_err(|error| format!("{error:?}"))?;
    let subscribed = JsFuture::from(subscribed).await.map_err(|error| format!("{error:?}"))?;
    let told = JSON::stringify(&subscribed).map_err(|error| format!("{error:?}"))?;
    let Told { endpoint, keys } = json::read(&String::from(told)).map_err(|error| error.to_string())?;
    let subscription = Subscription { endpoint, p256dh: keys.p256dh, auth: keys.auth };
    wish(shelf, NotifyWish::Begin(subscription)).await?;
    Ok(true)
}

/// The server forgets it first: then nothing is sent to a subscription that is no more.
pub async fn end(shelf: &Shelf) -> Result<(), String> {
    wish(shelf, NotifyWish::End).await?;
    if let Some(subscription) = subscription().await {
        let ended = subscription.unsubscribe().map_err(|error| format!("{error:?}"))?;
        JsFuture::from(ended).await.map_err(|error| format!("{error:?}"))?;
    }
    Ok(())
}

pub async fn subscribed() -> bool {
    subscription().await.is_some()
}

async fn wish(shelf: &Shelf, wish: NotifyWish) -> Result<Option<String>, String> {
    let device = shelf.device().await.map_err(|problem| format!("{problem:?}"))?;
    let installation = device.meta.installation.ok_or("this browser is not enrolled in a shop")?.id;
    let request = NotifyRequest { protocol: PROTOCOL, installation, wish };
    api::notify(request).await.map(|answer| answer.key).map_err(|error| error.to_string())
}

async fn subscription() -> Option<PushSubscription> {
    let found = manager().await?.get_subscription().ok()?;
    JsFuture::from(found).await.ok()?.dyn_into().ok()
}

/// Some browsers have none, and none has it before the service worker is there.
async fn manager() -> Option<PushManager> {
    let container = web_sys::window()?.navigator().service_worker();
    if JsValue::from(container.clone()).is_undefined() {
        return None;
    }
    let registration = JsFuture::from(container.get_registration()).await.ok()?;
    let registration: ServiceWorkerRegistration = registration.dyn_into().ok()?;
    Reflect::has(&registration, &"pushManager".into()).ok().filter(|has| *has)?;
    registration.push_manager().ok()
}
