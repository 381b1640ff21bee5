//! Stock: what there is of each product, and what is running out.

mod product;

use super::{banners, chip, require_person, till, to_decide};
use crate::{
    device::Till,
    domain::product::StockState,
    sync::view::Shown,
    ui::{
        components::{amount, nav, product_name, stock_state, top},
        erase::{Row, erase, live, on, rows},
        format, icons,
    },
};
use leptos::prelude::*;
pub use product::ProductCard;

/// Products shown at once; search finds the others.
const SHOWN_MAX: usize = 60;

/// Which products are shown: all, or those in a state.
const STATES: [(&str, Option<StockState>); 3] =
    [("Tout", None), ("À surveiller", Some(StockState::Low)), ("Épuisé", Some(StockState::Empty))];

#[component]
pub fn Stock() -> impl IntoView {
    let till = till();
    require_person(till);
    let (query, state) = (RwSignal::new(String::new()), RwSignal::new(None::<StockState>));
    erase(view! {
        <div class="app">
            {top(None, "Stock".into_any(), chip(till), search(query))}
            <main class="page page--list">{banners(till)} {filter(state)} {list(till, query, state)}</main>
            {nav("/stock", to_decide(till))}
        </div>
    })
}

fn search(query: RwSignal<String>) -> AnyView {
    erase(view! {
        <form class="search" role="search" on:submit=on(|event: leptos::ev::SubmitEvent| event.prevent_default())>
            {icons::search()}
            <input
                class="search__input"
                type="search"
                placeholder="Chercher ou scanner"
                aria-label="Chercher un produit par nom ou code-barres"
                autocomplete="off"
                enterkeyhint="search"
                prop:value=live(move || query.get())
                on:input=on(move |event| query.set(event_target_value(&event)))
            />
        </form>
    })
}

fn filter(state: RwSignal<Option<StockState>>) -> AnyView {
    let option = |(label, value): (&'static str, Option<StockState>)| {
        erase(view! {
            <label class="seg__opt seg__opt--low">
                <input
                    type="radio"
                    name="etat"
                    prop:checked=live(move || state.get() == value)
                    on:change=on(move |_| state.set(value))
                />
                <span>{label}</span>
            </label>
        })
    };
    let options: Vec<AnyView> = STATES.into_iter().map(option).collect();
    erase(view! { <fieldset class="seg"><legend class="sr">"État du stock"</legend>{options}</fieldset> })
}

fn list(till: Till, query: RwSignal<String>, state: RwSignal<Option<StockState>>) -> AnyView {
    let shown = Memo::new(move |_| till.search_in(&query.get(), state.get(), SHOWN_MAX));
    let list = move || {
        let row = |shown: Shown| {
            let Shown { product, stock } = &shown;
            let key = format!(
                "{}/{stock}/{}/{}/{}",
                product.id,
                product.threshold.get(),
                product.sale_price.get(),
                product.name
            );
            Row::new(key, move || row(shown))
        };
        shown.get().into_iter().map(row).collect()
    };
    let below = live(move || {
        let said = match shown.with(Vec::len) {
            0 if till.ready.get() => "Aucun produit.",
            SHOWN_MAX => "60 premiers produits. Cherchez pour trouver les autres.",
            _ => return None,
        };
        Some(erase(view! { <p class="products__more small muted">{said}</p> }))
    });
    erase(view! { <ul class="products" aria-label="Produits">{rows(list)}</ul> {below} })
}

fn row(shown: Shown) -> AnyView {
    let Shown { product, stock } = &shown;
    let to = format!("/stock/produit?id={}", product.id);
    let units = format::number(*stock);
    let (name, price) = (product_name(product.name.as_str()), amount(product.sale_price));
    erase(view! {
        <li class="product">
            <a class="product__add product__add--link" href=to>
                {name} <b class="num">{units}</b>
                <span class="product__side"><span class="product__price">{price}</span>{stock_state(&shown.state())}</span>
            </a>
        </li>
    })
}
