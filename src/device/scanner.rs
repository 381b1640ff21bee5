//! A scanner on a cable or by Bluetooth: it types a code and sends Enter, whatever on the screen was touched last.

use super::{burst::Burst, platform::listen_first};
use crate::domain::text::and_code;
use wasm_bindgen::JsCast;
use web_sys::{Document, Event, EventInit, HtmlInputElement, KeyboardEvent};

/// Where codes are looked for: the search field of a screen that has one.
const SEARCH: &str = "input[type=search]";
/// Where codes are written down, one behind the other.
const CODES: &str = "input[data-codes]";
/// Where a number belongs, which no code is.
const NUMBER: &str = "input[inputmode=numeric]";
/// What one may be typing into already.
const TYPED_INTO: &str = "input, textarea, select, [contenteditable]";
/// Of inputs, those that take no text.
const NOT_TYPED_INTO: &str = "input[type=checkbox], input[type=radio], input[type=button], input[type=submit]";

/// A field, and what stood in it before a burst.
type Before = Option<(HtmlInputElement, String)>;

/// From now on a figure that is typed nowhere goes to the search field, and so does what follows: codes on goods begin
/// with a figure. The browser types it there by itself, since the key was pressed before it looks where to. The Enter
/// behind a code presses nothing else, and a field for numbers gets back what it held before one.
pub fn listen_to_scanners() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let page = document.clone();
    let (mut burst, mut before) = (Burst::default(), Before::None);
    listen_first(&document, "keydown", move |event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let (typed, at_ms) = (key.key(), key.time_stamp());
        if typed == "Enter" {
            if let Some(code) = burst.entered(at_ms) {
                scanned(&page, key, &code, before.take());
            }
        } else if key.repeat() {
            burst = Burst::default(); // a key held down is a hand's
        } else if typed.chars().count() == 1 {
            if matches!(typed.as_bytes(), [b'0'..=b'9']) && !is_typed_into(&page) {
                focus(&page);
            }
            if burst.typed(&typed, at_ms) {
                before = focused(&page).map(|field| (field.clone(), field.value()));
            }
        }
    });
}

fn scanned(page: &Document, enter: &KeyboardEvent, code: &str, before: Before) {
    let field = focused(page);
    let is = |selector| field.as_ref().is_some_and(|field| field.matches(selector).unwrap_or(false));
    let before = before.filter(|(before, _)| field.as_ref() == Some(before));
    if let Some(field) = field.as_ref().filter(|_| is(SEARCH)) {
        // The code stands where it belongs, and Enter does the rest; a code that stood there was looked for already.
        if before.is_none_or(|(_, held)| held.bytes().all(|byte| byte.is_ascii_digit())) {
            put(field, code);
        }
        return;
    }
    enter.prevent_default();
    match before {
        Some((field, held)) if is(CODES) => put(&field, &format!("{} ", and_code(&held, code))),
        Some((field, held)) if is(NUMBER) => {
            put(&field, &held);
            look_for(page, code);
        }
        None if !is_typed_into(page) => look_for(page, code),
        _ => {} // a text keeps what was typed into it
    }
}

fn look_for(page: &Document, code: &str) {
    let Some(search) = search(page) else { return };
    put(&search, code);
    // A browser that cannot leaves the code there to be read.
    drop(search.form().map(|form| form.request_submit()));
}

/// As if a hand had typed it.
fn put(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    for name in ["input", "change"] {
        // Neither fails: the name is one, and nothing here hears the event twice.
        drop(Event::new_with_event_init_dict(name, &bubbles).and_then(|event| field.dispatch_event(&event)));
    }
}

fn focused(page: &Document) -> Option<HtmlInputElement> {
    page.active_element()?.dyn_into().ok()
}

fn search(page: &Document) -> Option<HtmlInputElement> {
    page.query_selector(SEARCH).ok().flatten()?.dyn_into().ok()
}

fn is_typed_into(page: &Document) -> bool {
    let Some(focused) = page.active_element() else { return false };
    let is = |selector| focused.matches(selector).unwrap_or(false);
    is(TYPED_INTO) && !is(NOT_TYPED_INTO)
}

fn focus(page: &Document) {
    if let Some(field) = search(page) {
        drop(field.focus()); // a field that is not shown takes none
    }
}
