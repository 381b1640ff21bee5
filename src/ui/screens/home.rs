//! Accueil: how the day goes, and a new sale.

mod day;

use super::{
    banners, chip,
    lock::lock_button,
    office::{Place, office},
    require_person, till, to_decide,
};
use crate::ui::{
    components::{nav, top},
    erase::{erase, live},
    icons,
};
pub use day::day;
use leptos::prelude::*;

/// The day is of the screens away from the till: whoever opens the app to sell does not wait for it.
#[component]
pub fn Home() -> impl IntoView {
    let till = till();
    require_person(till);
    let status = till.status;
    let shop = move || {
        status.with(|status| {
            status.installation.as_ref().map_or_else(|| "Comptoir".to_owned(), |own| own.shop_name.clone())
        })
    };
    let who = move || status.with(|status| status.actor.as_ref().map(|actor| actor.name.to_string()));
    let title = erase(view! { <span>{live(shop)}</span><small>{live(move || who().unwrap_or_default())}</small> });
    erase(view! {
        <div class="app">
            {top(None, title, erase(view! { {lock_button(till)} {chip(till)} }), ().into_any())}
            <main class="page">{banners(till)} {office(Place::Day)}</main>
            <section class="dock dock--nav" aria-label=t!("Action principale")>
                <a class="btn btn--main btn--wide" href="/vente">{icons::plus()} {t!("Nouvelle vente")}</a>
            </section>
            {nav("/", to_decide(till))}
        </div>
    })
}
