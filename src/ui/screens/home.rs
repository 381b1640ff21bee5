//! Accueil: what needs attention, and a new sale.

use super::{banners, chip, require_person, till, to_decide};
use crate::ui::{
    components::{nav, top},
    erase::{erase, live},
    format, icons,
};
use leptos::prelude::*;

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
    let title = erase(view! { {live(shop)}<small>{live(move || who().unwrap_or_default())}</small> });
    let standing = Memo::new(move |_| status.with(|status| (status.to_decide, status.waiting)));
    let attention = live(move || {
        let (to_decide, waiting) = standing.get();
        if (to_decide, waiting) == (0, 0) {
            return erase(view! { <p class="empty">{icons::circle_check()} "Tout est en ordre."</p> });
        }
        let decide = (to_decide > 0).then(|| {
            let said = format::count(to_decide as i64, "chose à décider", "choses à décider");
            row("/a-decider", icons::triangle_alert(), said, "Une vente refusée, ou deux valeurs différentes")
        });
        let wait = (waiting > 0).then(|| {
            let said = format!("{} en attente", format::number(waiting as i64));
            row("/parametres", icons::clock(), said, "Envoyé dès que le réseau revient")
        });
        erase(view! { <h2>"À voir"</h2><ul class="todo">{decide}{wait}</ul> })
    });
    erase(view! {
        <div class="app">
            {top(None, title, chip(till), ().into_any())}
            <main class="page">{banners(till)} {attention}</main>
            <section class="dock dock--nav" aria-label="Action principale">
                <a class="btn btn--main btn--wide" href="/vente">{icons::plus()} "Nouvelle vente"</a>
            </section>
            {nav("/", to_decide(till))}
        </div>
    })
}

fn row(to: &'static str, icon: AnyView, said: String, more: &'static str) -> AnyView {
    erase(view! {
        <li>
            <a class="todo__link" href=to>{icon}<span>{said}<small>{more}</small></span>{icons::chevron_right()}</a>
        </li>
    })
}
