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
use leptos::prelude::*;
use std::time::Duration;

/// Products shown at once; search finds the others.
const SHOWN_MAX: usize = 60;
/// Products a phone shows without scrolling.
const SCREENFUL: usize = 9;
/// Products a large screen shows without scrolling.
const LARGE_SCREENFUL: usize = 20;
/// Who types on has the others taken out again with the next letter.
const PAUSE: Duration = Duration::from_millis(300);

pub(super) fn products(till: Till, query: RwSignal<String>) -> AnyView {
    let shown = Memo::new(move |_| till.search(&query.get(), SHOWN_MAX));
    // What a phone shows first, what a larger screen shows once that is painted, the others when nobody types: a keystroke
    // is answered sooner. What the server drew is adopted whole.
    let drawn = RwSignal::new((!till.ready.get_untracked()).then(|| (query.get_untracked(), SHOWN_MAX)));
    let count = move || {
        let of_query = |drawn: &Option<(String, usize)>| match drawn {
            Some((of, count)) if query.with(|query| query == of) => *count,
            _ => SCREENFUL,
        };
        drawn.with(of_query)
    };
    Effect::new(move |opened: Option<()>| {
        let query = query.get();
        let pause = opened.map_or(Duration::ZERO, |()| PAUSE);
        let draw = move |count: usize, query: String| {
            // The screen may have been left meanwhile: then there is nothing to draw.
            move || drop(drawn.try_set(Some((query, count))))
        };
        request_animation_frame(move || {
            set_timeout(draw(LARGE_SCREENFUL, query.clone()), Duration::ZERO);
            set_timeout(draw(SHOWN_MAX, query), pause);
        });
    });
    let list = move || {
        let row = |shown: Shown| {
            let Shown { product, stock } = &shown;
            let key = format!("{}/{stock}/{}/{}", product.id, product.sale_price.get(), product.name);
            Row::new(key, move || product_row(till, shown))
        };
        shown.with(|shown| shown.iter().take(count()).cloned().map(row).collect())
    };
    let more = live(move || {
        let said = t!("60 premiers produits. Cherchez pour trouver les autres.");
        (shown.with(Vec::len) == SHOWN_MAX).then(|| erase(view! { <p class="products__more small muted">{said}</p> }))
    });
    erase(view! {
        {loading(till)}
        {live(move || {
            let nothing = till.ready.get() && till.status.with(|status| status.loading.is_none()) && shown.with(Vec::is_empty);
            nothing.then(|| query.with(|query| nothing_found(till, query)))
        })}
        <ul class="products" aria-label=t!("Produits")>{rows(list)}</ul>
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

fn product_row(till: Till, shown: Shown) -> AnyView {
    let id = shown.product.id;
    let in_cart = Memo::new(move |_| till.cart.with(|cart| cart.units(id)));
    let stock = in_stock(shown.stock, shown.state());
    let (name, price) = (product_name(shown.product.name.as_str()), amount(shown.product.sale_price));
    let count = live(move || match in_cart.get() {
        0 => None,
        n => Some(erase(view! { <span class="qty">{format!("×\u{202f}{n}")}</span> })),
    });
    erase(view! {
        <li class="product" class:product--in=live(move || { in_cart.get() > 0 })>
            <button class="product__add" type="button" on:click=on(move |_| add(till, &shown))>
                <span class="sr">{t!("Ajouter")}" "</span>
                {name}
                {count}
                <span class="product__side">
                    <span class="product__price">{price}</span>
                    {stock}
                </span>
            </button>
        </li>
    })
}
