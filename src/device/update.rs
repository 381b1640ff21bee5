//! A newer version of the app: the service worker that keeps it, word of it, and the moment it is taken.

use super::{handle::Till, platform};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

/// The app's shell in the cache, and word of a newer version.
pub async fn watch(till: Till) {
    let Some(container) = container() else { return };
    let registered = JsFuture::from(container.register("/sw.js")).await;
    let Ok(registration) = registered.and_then(|it| it.dyn_into::<ServiceWorkerRegistration>()) else {
        return leptos::logging::warn!("the service worker could not be registered");
    };
    let had_one = container.controller().is_some();
    till.update_ready.set(had_one && registration.waiting().is_some());
    let found = registration.clone();
    platform::listen(&registration, "updatefound", move |_| {
        let (Some(worker), registration) = (found.installing(), found.clone()) else { return };
        platform::listen(&worker, "statechange", move |_| {
            till.update_ready.set(had_one && registration.waiting().is_some());
        });
    });
}

/// A browser looks for a newer version as a page is opened, and a page may stay open for days.
pub fn look() {
    spawn_local(async {
        let Some(registration) = registration().await else { return };
        let looked = match registration.update() {
            Ok(looked) => JsFuture::from(looked).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = looked {
            leptos::logging::warn!("no newer version could be looked for: {problem:?}");
        }
    });
}

/// Lets the waiting service worker take over, and opens the new version.
pub fn take() {
    spawn_local(async {
        let (Some(window), Some(container)) = (web_sys::window(), container()) else { return };
        let Some(registration) = registration().await else { return };
        let reload = window.clone();
        platform::listen(&container, "controllerchange", move |_| drop(reload.location().reload()));
        match registration.waiting() {
            Some(worker) => drop(worker.post_message(&"skip-waiting".into())),
            None => drop(window.location().reload()),
        }
    });
}

/// `None` where the origin is not secure: the app works, but does not open without network.
fn container() -> Option<ServiceWorkerContainer> {
    let container = web_sys::window()?.navigator().service_worker();
    (!JsValue::from(container.clone()).is_undefined()).then_some(container)
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    JsFuture::from(container()?.get_registration()).await.ok()?.dyn_into().ok()
}
