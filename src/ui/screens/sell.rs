//! Vendre: search, tap to add, the cart always in sight.

mod cart;
mod products;
mod suspended;

use super::{
    banners, chip, create, require_person,
    scan::{Camera, once_read, the_one},
    till, to_decide,
};
use crate::{
    device::{Till, handle::Notice},
    sync::view::Shown,
    ui::{
        components::{nav, notice, search, top},
        erase::{erase, live},
        text,
    },
};
pub(super) use cart::cart_panel;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use products::products;

#[component]
pub fn Sell() -> impl IntoView {
    let till = till();
    require_person(till);
    let asked = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    let query = RwSignal::new(asked);
    let camera = Camera::new(till, query);
    // A scanner types a code and sends Enter.
    let take = once_read(till, query, move || add_the_one(till, query).map(|name| t!("{name} : ajouté.", name)));
    let submit = take.clone();
    let search = search("/vente", query, move || drop(submit()), camera.button());
    erase(view! {
        <div class="app app--sell">
            {top(Some(("/", t!("Accueil"))), t!("Vendre").into_any(), chip(till), search)}
            <main class="sell">
                {banners(till)} {camera.panel(take)} {told(till)} {products(till, query)}
            </main>
            {cart_panel(till)}
            {nav("/vente", to_decide(till))}
        </div>
    })
}

/// The one product that stands in the search goes into the cart. Answers its name.
fn add_the_one(till: Till, query: RwSignal<String>) -> Option<String> {
    let one = query.with_untracked(|typed| the_one(till, typed))?;
    add(till, &one);
    query.set(String::new());
    Some(one.product.name.to_string())
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
                lines.push(t!("Le panier est rétabli.").into());
                notice("bad", t!("Vente refusée").into(), lines)
            }
            Notice::LeftOut(names) => notice("warn", t!("Ne se vendent plus, laissés de côté").into(), names),
            Notice::NotSaved(error) => {
                notice("bad", t!("Vente non enregistrée").into(), vec![text::command_error(&error)])
            }
            Notice::CartStays(_) => ().into_any(), // said in the cart, where it was tapped
        })
    }))
}
