//! How this phone looks and whether it is locked. Both lie in the browser's local storage, which `early.js` reads before
//! the first paint: a locked phone shows nothing of the shop, not even for the moment until the app is there.
//!
//! The lock keeps a colleague at the counter from selling under another's name, and a customer from looking. Whoever
//! holds the phone and its browser's tools is kept out by nothing but the phone's own lock (G14).

use super::{
    handle::{BAR_DARK, BAR_LIGHT, Theme, Till},
    platform::{self, keep, kept, now_ms},
};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

const THEME: &str = "comptoir-theme";
const LOCKED: &str = "comptoir-locked";
const AFTER: &str = "comptoir-lock-after";
const USED: &str = "comptoir-used";
/// How often a phone that nobody touches is looked at.
const LOOK_EVERY_MS: i64 = 1_000;
/// Touches closer together are one.
const USED_EVERY_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

thread_local! {
    /// When the last touch was written down, by the phone's clock.
    static WRITTEN_MS: Cell<i64> = const { Cell::new(0) };
}

/// What `early.js` made of what was kept.
pub fn resume(till: Till) {
    read(till);
    till.locked.set(root().is_some_and(|root| root.has_attribute("data-locked")));
}

fn read(till: Till) {
    let theme = match kept(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    };
    let minutes = kept(AFTER).and_then(|minutes| minutes.parse().ok()).unwrap_or_default();
    if till.theme.get_untracked() != theme {
        till.theme.set(theme);
    }
    if till.lock_after.get_untracked() != minutes {
        till.lock_after.set(minutes);
    }
}

/// Keeps what is chosen, and locks a phone that nobody uses.
pub fn watch(till: Till) {
    Effect::new(move |before: Option<Theme>| {
        let theme = till.theme.get();
        if before.is_some_and(|before| before != theme) {
            keep(THEME, word(theme));
        }
        draw(theme);
        theme
    });
    Effect::new(move |before: Option<u32>| {
        let minutes = till.lock_after.get();
        if before.is_some_and(|before| before != minutes) {
            use_now();
            keep(AFTER, (minutes > 0).then(|| minutes.to_string()).as_deref());
        }
        minutes
    });
    // Where nobody is signed in there is nobody to recognise: signing in is all that can be done.
    Effect::new(move |_| {
        if till.locked.get() && till.ready.get() && till.status.with(|status| status.actor.is_none()) {
            unlock(till);
        }
    });
    let Some(window) = web_sys::window() else { return };
    for event in ["pointerdown", "keydown"] {
        platform::listen(&window, event, move |_| {
            look(till);
            if !till.locked.get_untracked() && (now_ms() - WRITTEN_MS.get()).abs() >= USED_EVERY_MS {
                use_now();
            }
        });
    }
    // Another tab's.
    platform::listen(&window, "storage", move |_| {
        read(till);
        match kept(LOCKED).is_some() {
            true => lock(till),
            false => unlock(till),
        }
    });
    spawn_local(async move {
        loop {
            platform::sleep(LOOK_EVERY_MS).await;
            look(till);
        }
    });
}

/// Locks a phone that was not used for as long as was chosen. A clock that was set back locks it too.
fn look(till: Till) {
    let after_ms = i64::from(till.lock_after.get_untracked()) * MINUTE_MS;
    let used_ms = kept(USED).and_then(|used| used.parse().ok()).unwrap_or(0);
    let idle = after_ms > 0 && (now_ms() - used_ms).abs() >= after_ms;
    if idle && till.status.with_untracked(|status| status.actor.is_some()) {
        lock(till);
    }
}

pub fn lock(till: Till) {
    if till.locked.get_untracked() {
        return;
    }
    keep(LOCKED, Some("1"));
    set_root("data-locked", Some(""));
    till.locked.set(true);
}

pub fn unlock(till: Till) {
    if !till.locked.get_untracked() {
        return;
    }
    use_now();
    keep(LOCKED, None);
    set_root("data-locked", None);
    till.locked.set(false);
}

fn use_now() {
    let now_ms = now_ms();
    WRITTEN_MS.set(now_ms);
    keep(USED, Some(&now_ms.to_string()));
}

fn word(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

/// As `early.js` does; a theme that follows the system takes the colours of the browser's bar from it too.
fn draw(theme: Theme) {
    set_root("data-theme", word(theme));
    for (scheme, own) in [("light", BAR_LIGHT), ("dark", BAR_DARK)] {
        let colour = match theme {
            Theme::System => own,
            Theme::Light => BAR_LIGHT,
            Theme::Dark => BAR_DARK,
        };
        let bar = document().query_selector(&format!("meta[name=theme-color][media*={scheme}]"));
        if let Ok(Some(bar)) = bar {
            set(&bar, "content", Some(colour));
        }
    }
}

fn root() -> Option<Element> {
    document().document_element()
}

fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = root() {
        set(&root, name, value);
    }
}

/// Fails only for a name that is none.
fn set(on: &Element, name: &str, value: Option<&str>) {
    drop(match value {
        Some(value) => on.set_attribute(name, value),
        None => on.remove_attribute(name),
    });
}
