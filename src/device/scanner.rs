//! A scanner on a cable or by Bluetooth: it types a code and sends Enter, whatever on the screen was touched last.

use super::platform::listen;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, KeyboardEvent};

/// Where codes go: the search field of a screen that has one.
const FIELD: &str = "input[type=search]";
/// What one may be typing into already.
const TYPED_INTO: &str = "input, textarea, select, [contenteditable]";
/// Of inputs, those that take no text.
const NOT_TYPED_INTO: &str = "input[type=checkbox], input[type=radio], input[type=button], input[type=submit]";

/// From now on a figure that is typed nowhere goes to the search field, and so does what follows: codes on goods begin
/// with a figure. The browser types it there by itself, since the key was pressed before it looks where to.
pub fn listen_to_scanners() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let page = document.clone();
    listen(&document, "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let figure = matches!(event.key().as_bytes(), [b'0'..=b'9']);
        if plain && figure && !event.default_prevented() && !is_typed_into(&page) {
            focus(&page);
        }
    });
}

fn is_typed_into(page: &Document) -> bool {
    let Some(focused) = page.active_element() else { return false };
    let is = |selector| focused.matches(selector).unwrap_or(false);
    is(TYPED_INTO) && !is(NOT_TYPED_INTO)
}

fn focus(page: &Document) {
    let field = page.query_selector(FIELD).ok().flatten().and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        drop(field.focus()); // a field that is not shown takes none
    }
}
