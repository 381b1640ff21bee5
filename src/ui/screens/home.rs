//! Accueil: what needs attention, and a new sale.

use super::{Banners, Chip, require_person, till};
use crate::ui::{components::Nav, format, icons};
use leptos::prelude::*;

#[component]
pub fn Home() -> impl IntoView {
    let till = till();
    require_person(till);
    let status = till.status;
    let to_decide = Signal::derive(move || status.with(|status| status.to_decide));
    let shop = move || {
        status.with(|status| {
            status.installation.as_ref().map_or_else(|| "Comptoir".to_owned(), |own| own.shop_name.clone())
        })
    };
    let who = move || status.with(|status| status.actor.as_ref().map(|actor| actor.name.to_string()));
    view! {
        <div class="app">
            <header class="top">
                <div class="top__row">
                    <h1 class="top__title">{shop}<small>{who}</small></h1>
                    <Chip till />
                </div>
            </header>
            <main class="page">
                <Banners till />
                <h2>"À voir"</h2>
                <ul class="todo">
                    <Show when=move || { status.with(|status| status.to_decide > 0) }>
                        <li>
                            <a class="todo__link" href="/a-decider">
                                {icons::triangle_alert()}
                                <span>{move || format::count(to_decide.get() as i64, "vente à décider", "ventes à décider")}</span>
                                {icons::chevron_right()}
                            </a>
                        </li>
                    </Show>
                    <Show when=move || { status.with(|status| status.waiting > 0) }>
                        <li>
                            <a class="todo__link" href="/parametres">
                                {icons::clock()}
                                <span>
                                    {move || format!("{} en attente", status.with(|status| status.waiting))}
                                    <small>"Envoyé dès que le réseau revient"</small>
                                </span>
                                {icons::chevron_right()}
                            </a>
                        </li>
                    </Show>
                </ul>
                <Show when=move || { status.with(|status| status.to_decide == 0 && status.waiting == 0) }>
                    <p class="empty">"Tout est en ordre."</p>
                </Show>
            </main>
            <section class="dock dock--nav" aria-label="Action principale">
                <a class="btn btn--main btn--wide" href="/vente">{icons::plus()} "Nouvelle vente"</a>
            </section>
            <Nav current="/" to_decide />
        </div>
    }
    .into_any()
}
