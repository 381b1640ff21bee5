//! Stock: what there is of each product, and what is running out.

mod acts;
mod count;
mod form;
mod import;
mod list;
mod moves;
mod new;
mod product;

use super::{
    banners, chip, create, owns, require_person,
    returning::{Left, Returning},
    scan::{Camera, once_read, the_one},
    till, to_decide,
};
use crate::{
    device::Till,
    domain::product::StockState,
    ui::{
        components::{nav, search, segments, top},
        erase::{erase, live},
        icons,
    },
};
pub use count::Count;
pub use import::Import;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use list::list;
pub(super) use new::Draft;
pub use new::NewProduct;
pub use product::ProductCard;

/// Which products are shown: all, or those in a state.
fn states() -> [(&'static str, Option<StockState>); 3] {
    [(t!("Tout"), None), (t!("À surveiller"), Some(StockState::Low)), (t!("Épuisé"), Some(StockState::Empty))]
}

#[component]
pub fn Stock() -> impl IntoView {
    let till = till();
    require_person(till);
    let returning = expect_context::<Returning>();
    let left = Left::take(returning.stock);
    let (asked, state) = use_query_map().with_untracked(|query| {
        let state = match query.get("etat").as_deref() {
            Some("bas") => Some(StockState::Low),
            Some("epuise") => Some(StockState::Empty),
            _ => None,
        };
        (query.get("q").unwrap_or_default(), state)
    });
    // What the address asks for is wanted more than what was left.
    let left = left.filter(|_| asked.is_empty() && state.is_none());
    let (query, state, owner) = (RwSignal::new(asked), RwSignal::new(state), owns(till));
    if let Some(left) = &left {
        query.set(left.query.clone());
        state.set(left.shows);
    }
    let keep = Left::keep(returning.stock, query, state);
    // Both at once: one that is drawn does not move under a finger.
    let acts = live(move || {
        let count =
            || erase(view! { <a class="btn" href="/stock/comptage">{icons::check()} {t!("Compter le stock")}</a> });
        till.ready.get().then(|| erase(view! { {create("", false)} {owner.get().then(count)} }))
    });
    let (camera, navigate) = (Camera::new(till, query), use_navigate());
    // A scanner types a code and sends Enter: its product's card opens. Answers its name.
    let take = once_read(till, query, move || {
        let one = query.with_untracked(|typed| the_one(till, typed))?;
        navigate(&format!("/stock/produit?id={}", one.product.id), Default::default());
        Some(one.product.name.to_string())
    });
    let submit = take.clone();
    let acts = erase(view! { <div class="btns">{acts}</div> });
    erase(view! {
        <div class="app">
            {top(None, t!("Stock").into_any(), chip(till), search("/stock", query, move || drop(submit()), camera.button()))}
            <main class="page page--list" on:click=keep>
                {banners(till)} {camera.panel(take)} {segments("etat", t!("État du stock"), &states(), state)} {acts} {list(till, query, state, left)}
            </main>
            {nav("/stock", to_decide(till))}
        </div>
    })
}

/// Whether whoever is signed in may count and adjust the stock.
fn counts(till: Till) -> Memo<bool> {
    Memo::new(move |_| till.status.with(|status| status.is_owner() || status.rules().employees_count))
}
