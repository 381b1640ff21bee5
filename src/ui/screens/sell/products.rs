//! What can be sold: found by name or code, a tap adds one.

use super::{add, create};
use crate::{
    device::Till,
    sync::view::Shown,
    ui::{
        components::{amount, in_stock, product_name},
        erase::{Row, erase, live, on, rows},
        icons,
        screens::{empty_shop, loading},
    },
};
use leptos::{
    ev::{self, MouseEvent, PointerEvent},
    prelude::*,
    wasm_bindgen::JsValue,
};
use std::time::Duration;

/// Products shown at once; search finds the others.
const SHOWN_MAX: usize = 60;
/// Who types on has the others hidden again with the next letter: drawing them must not fall between two letters of one who
/// looks for each.
const PAUSE: Duration = Duration::from_secs(1);
/// A row and its line, in pixels, where letters are of the usual size; the browser's part of it is `.product`.
const ROW: f64 = 60.0;

pub(super) fn products(till: Till, query: RwSignal<String>) -> AnyView {
    let found = Memo::new(move |_| till.search(&query.get(), SHOWN_MAX));
    // What the screen shows first, the others when nobody types: a keystroke is answered sooner. What the server drew is
    // adopted whole.
    let whole = RwSignal::new((!till.ready.get_untracked()).then(|| query.get_untracked()));
    let cut = Memo::new(move |_| whole.with(|of| of.as_ref() != Some(&*query.read())));
    let screenful = RwSignal::new(if cut.get_untracked() { rows_on_screen() } else { SHOWN_MAX });
    let drawn = Memo::new(move |_| if cut.get() { screenful.get() } else { SHOWN_MAX });
    let mut pause = debounce(PAUSE, move |query| {
        if till.ready.get_untracked() {
            whole.set(Some(query));
        }
    });
    Effect::new(move |opened: Option<()>| {
        let (query, ready) = (query.get(), till.ready.get());
        match opened {
            Some(()) => pause(query),
            // Once it is painted. The screen may have been left meanwhile: then there is nothing to draw. The first letters
            // come with the catalogue: they do not wait for what is below the screen.
            None => {
                screenful.set(rows_on_screen());
                let moved = window().scroll_y().is_ok_and(|pixels| pixels > 0.0);
                let drawn = (ready || moved).then_some(query);
                request_animation_frame(move || set_timeout(move || drop(whole.try_set(drawn)), Duration::ZERO))
            }
        }
    });
    // Who moves the list wants them now.
    let moved = move || {
        if cut.get_untracked() {
            whole.set(Some(query.get_untracked()));
        }
    };
    // The phone's keyboard takes half of the screen, and gives it back.
    let resized = move || {
        screenful.set(rows_on_screen());
        moved();
    };
    for handle in [
        window_event_listener(ev::touchmove, move |_| moved()),
        window_event_listener(ev::wheel, move |_| moved()),
        window_event_listener(ev::resize, move |_| resized()),
    ] {
        on_cleanup(move || handle.remove());
    }
    // A row is made once and stays: with the next letter something else stands in it, which is far less to do than to
    // take it out and make another.
    let made = Memo::new(move |before: Option<&usize>| {
        drawn.get().min(found.with(Vec::len)).max(before.copied().unwrap_or_default())
    });
    let row =
        move |at: usize| Row::new(at.to_string(), move || product_row(till, Place { found, drawn, screenful, at }));
    let list = move || (0..made.get()).map(row).collect();
    let more = live(move || {
        let said = t!("60 premiers produits. Cherchez pour trouver les autres.");
        (found.with(Vec::len) == SHOWN_MAX).then(|| erase(view! { <p class="products__more small muted">{said}</p> }))
    });
    let reads = move || !till.ready.get() && found.with(Vec::is_empty) && query.with(|query| !query.is_empty());
    erase(view! {
        {loading(till)}
        {live(move || reads().then(|| erase(view! { <p class="products__more small muted" role="status">{t!("Lecture des produits…")}</p> })))}
        {live(move || {
            let nothing = till.ready.get() && till.status.with(|status| status.loading.is_none()) && found.with(Vec::is_empty);
            nothing.then(|| query.with(|query| nothing_found(till, query)))
        })}
        <ul class="products" class:products--cut=live(move || cut.get()) aria-label=t!("Produits")>{rows(list)}</ul>
        {more}
    })
}

fn nothing_found(till: Till, query: &str) -> AnyView {
    if query.is_empty() {
        return empty_shop(till, true);
    }
    let (title, more) = (t!("Aucun produit ne correspond"), t!("Essayez moins de lettres, ou le code-barres."));
    let create = create(query, true);
    erase(view! { <div class="empty" role="status">{icons::search()}<h2>{title}</h2><p>{more}</p>{create}</div> })
}

/// How many products this screen shows without scrolling, at most.
fn rows_on_screen() -> usize {
    let pixels = |length: Result<JsValue, JsValue>| length.ok().and_then(|length| length.as_f64()).unwrap_or_default();
    let (width, height) = (pixels(window().inner_width()), pixels(window().inner_height()));
    let around = if height > width { 160.0 } else { 50.0 }; // upright, the search is below the title, and the places at the foot
    (((height - around) / ROW).ceil() as usize).clamp(1, SHOWN_MAX)
}

/// Where a row stands among what was found.
#[derive(Clone, Copy)]
struct Place {
    found: Memo<Vec<Shown>>,
    /// Rows beyond these are hidden by the list, and stay as they are.
    drawn: Memo<usize>,
    screenful: RwSignal<usize>,
    at: usize,
}

fn product_row(till: Till, place: Place) -> AnyView {
    let Place { found, drawn, screenful, at } = place;
    let now = Memo::new(move |before: Option<&Option<Shown>>| match at < drawn.get() {
        true => found.with(|found| found.get(at).cloned()),
        false => before.cloned().flatten(),
    });
    // An empty row keeps what stood in it, to be changed rather than made again.
    let shown = Memo::new(move |before: Option<&Option<Shown>>| now.get().or_else(|| before.cloned().flatten()));
    let id = move || shown.with(|shown| shown.as_ref().map(|shown| shown.product.id));
    let in_cart = Memo::new(move |_| id().map_or(0, |id| till.cart.with(|cart| cart.units(id))));
    let name = live(move || shown.with(|shown| shown.as_ref().map(|shown| product_name(shown.product.name.as_str()))));
    let side = live(move || shown.with(|shown| shown.as_ref().map(side)));
    let count = live(move || match in_cart.get() {
        0 => None,
        n => Some(erase(view! { <span class="qty">{format!("×\u{202f}{n}")}</span> })),
    });
    // What a finger goes down on may be another product when it goes up: another phone added one above.
    let pressed = StoredValue::new(None);
    let press = on(move |_: PointerEvent| pressed.set_value(untrack(id)));
    let tap = on(move |event: MouseEvent| {
        let by_key = event.detail() == 0;
        if by_key || pressed.get_value().is_none_or(|pressed| Some(pressed) == untrack(id)) {
            shown.with_untracked(|shown| shown.iter().for_each(|shown| add(till, shown)));
        }
    });
    erase(view! {
        <li
            class="product"
            class:product--last=live(move || at + 1 == screenful.get())
            class:product--in=live(move || { in_cart.get() > 0 })
            hidden=live(move || now.with(Option::is_none))
        >
            <button class="product__add" type="button" on:pointerdown=press on:click=tap>
                <span class="sr">{t!("Ajouter")}" "</span>
                {name}
                {count}
                {side}
            </button>
        </li>
    })
}

fn side(shown: &Shown) -> AnyView {
    let (price, stock) = (amount(shown.product.sale_price), in_stock(shown.stock, shown.state()));
    erase(view! { <span class="product__side"><span class="product__price">{price}</span>{stock}</span> })
}
