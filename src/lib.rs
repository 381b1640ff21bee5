//! Comptoir: a point of sale and stock book for small shops where power and network come and go.
//!
//! Start with `docs/ARCHITECTURE.md`. The rooms of the house and what each may import are held by `tests/tidy`.
#![forbid(unsafe_code)]
// A screen is one deep type.
#![recursion_limit = "256"]

// First: its macros say every text.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
#[macro_use]
pub mod ui;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod device;
pub mod domain;
pub mod faults;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod part;
#[cfg(feature = "ssr")]
pub mod server;
pub mod sync;

/// The browser's entry. A page of the server is adopted; the user-free shell, which opens without network, gets its
/// screens here, and so does a phone that speaks something else than what the server drew.
#[cfg(all(feature = "hydrate", not(test)))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = leptos::prelude::document().body() else { return };
    // Leptos' own begins with the first screen.
    wasm_bindgen_futures::spawn_local(async move {
        let french = device::language() == device::handle::Language::French;
        if !french {
            ui::language::speak_english().await;
            body.set_inner_html("");
        }
        let first = device::first_page().await;
        let app = move || app::App(app::AppProps { first });
        if french && !body.has_attribute("data-shell") {
            leptos::mount::hydrate_body(app);
        } else {
            leptos::mount::mount_to_body(app);
        }
    });
}
