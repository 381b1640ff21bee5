//! The language this phone speaks. It lies in the browser's local storage, which is read before anything is drawn, and
//! in a cache for the service worker, which has no such storage.

use super::{
    handle::{Language, Till},
    js,
    platform::{keep, kept},
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

const KEY: &str = "comptoir-language";
/// Where `service_worker.js` looks. Its cache outlives the app's, which each version makes anew.
const TOLD: &str = "/language";
const CACHE: &str = "phone";

pub fn chosen() -> Language {
    match kept(KEY).as_deref() {
        Some("en") => Language::English,
        _ => Language::French,
    }
}

/// Keeps what is chosen, and loads the page anew in it.
pub fn watch(till: Till) {
    till.language.set(chosen());
    Effect::new(move |before: Option<Language>| {
        let language = till.language.get();
        if before.is_some_and(|before| before != language) {
            keep(KEY, Some(language.tag()));
            spawn_local(async move {
                // In a page without a secure origin there is neither worker nor cache.
                drop(tell_worker(language).await);
                drop(window().location().reload());
            });
        }
        language
    });
}

async fn tell_worker(language: Language) -> Result<(), JsValue> {
    let cache = js::wait(js::call(&js::global("caches")?, "open", &[CACHE.into()])?).await?;
    let told = js::construct("Response", &[language.tag().into()])?;
    js::wait(js::call(&cache, "put", &[TOLD.into(), told])?).await.map(drop)
}
