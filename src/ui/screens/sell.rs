//! Vendre: search, tap to add, the cart always in sight.

mod cart;
mod products;

use super::{banners, chip, require_person, till, to_decide};
use crate::{
    device::{Till, handle::Notice},
    sync::view::Shown,
    ui::{
        components::{nav, notice, top},
        erase::{erase, live, on},
        icons, text,
    },
};
use cart::cart_panel;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use products::products;

#[component]
pub fn Sell() -> impl IntoView {
    let till = till();
    require_person(till);
    let asked = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    let query = RwSignal::new(asked);
    erase(view! {
        <div class="app app--sell">
            {top(Some(("/", "Accueil")), "Vendre".into_any(), chip(till), search(till, query))}
            <main class="sell">
                {banners(till)} {told(till)} {products(till, query)}
            </main>
            {cart_panel(till)}
            {nav("/vente", to_decide(till))}
        </div>
    })
}

fn search(till: Till, query: RwSignal<String>) -> AnyView {
    // A scanner types a code and sends Enter: exactly one product of that code goes into the cart.
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !till.ready.get_untracked() {
            return; // the one product found might not be the only one
        }
        let found = untrack(|| till.search(&query.get_untracked(), 2));
        if let [one] = found.as_slice() {
            add(till, one);
            query.set(String::new());
        }
    };
    let clear = live(move || {
        query.with(|query| !query.is_empty()).then(|| {
            let clear = on(move |_: leptos::ev::MouseEvent| query.set(String::new()));
            erase(view! {
                <button class="icon-btn" type="button" aria-label="Effacer la recherche" on:click=clear>
                    {icons::circle_x()}
                </button>
            })
        })
    });
    erase(view! {
        <form class="search" role="search" action="/vente" method="get" on:submit=on(submit)>
            {icons::search()}
            <input
                class="search__input"
                type="search"
                name="q"
                placeholder="Chercher ou scanner"
                aria-label="Chercher un produit par nom ou code-barres"
                autocomplete="off"
                enterkeyhint="search"
                prop:value=live(move || query.get())
                on:input=on(move |event| query.set(event_target_value(&event)))
            />
            {clear}
        </form>
    })
}

fn add(till: Till, shown: &Shown) {
    till.notice.set(None);
    // A cart that cannot take it stays as it is; its limit is far beyond any customer.
    till.cart.update(|cart| drop(cart.add(&shown.product)));
}

/// What became of the last sale, when it did not become a receipt.
fn told(till: Till) -> AnyView {
    erase(live(move || {
        till.notice.get().map(|told| match told {
            Notice::RolledBack(refusal) => {
                let mut lines = text::refusal(&refusal);
                lines.push("Le panier est rétabli.".into());
                notice("bad", "Vente refusée".into(), lines)
            }
            Notice::NotSaved(error) => notice("bad", "Vente non enregistrée".into(), vec![text::command_error(&error)]),
        })
    }))
}
