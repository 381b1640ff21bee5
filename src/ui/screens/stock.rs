//! Stock: what there is of each product, and what is running out.

mod acts;
mod count;
mod form;
mod import;
mod moves;
mod new;
mod product;

use super::{
    banners, chip, create, owns, require_person,
    scan::{Camera, the_one},
    till, to_decide,
};
use crate::{
    device::Till,
    domain::product::StockState,
    sync::view::Shown,
    ui::{
        components::{amount, in_stock, nav, product_name, search, segments, top},
        erase::{Row, erase, live, rows},
        icons,
    },
};
pub use count::Count;
pub use import::Import;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
pub use new::NewProduct;
pub use product::ProductCard;

/// Products shown at once; search finds the others.
const SHOWN_MAX: usize = 60;

/// Which products are shown: all, or those in a state.
fn states() -> [(&'static str, Option<StockState>); 3] {
    [(t!("Tout"), None), (t!("À surveiller"), Some(StockState::Low)), (t!("Épuisé"), Some(StockState::Empty))]
}

#[component]
pub fn Stock() -> impl IntoView {
    let till = till();
    require_person(till);
    let (asked, state) = use_query_map().with_untracked(|query| {
        let state = match query.get("etat").as_deref() {
            Some("bas") => Some(StockState::Low),
            Some("epuise") => Some(StockState::Empty),
            _ => None,
        };
        (query.get("q").unwrap_or_default(), state)
    });
    let (query, state, owner) = (RwSignal::new(asked), RwSignal::new(state), owns(till));
    let count = live(move || {
        owner.get().then(|| {
            erase(view! { <a class="btn" href="/stock/comptage">{icons::check()} {t!("Compter le stock")}</a> })
        })
    });
    let (camera, navigate) = (Camera::new(till, query), use_navigate());
    // A scanner types a code and sends Enter: its product's card opens. Answers its name.
    let open_the_one = move || {
        let one = query.with_untracked(|typed| the_one(till, typed))?;
        navigate(&format!("/stock/produit?id={}", one.product.id), Default::default());
        Some(one.product.name.to_string())
    };
    let submit = open_the_one.clone();
    let acts = erase(view! { <div class="btns">{create("", false)} {count}</div> });
    erase(view! {
        <div class="app">
            {top(None, t!("Stock").into_any(), chip(till), search("/stock", query, move || drop(submit()), camera.button()))}
            <main class="page page--list">
                {banners(till)} {camera.panel(open_the_one)} {segments("etat", t!("État du stock"), &states(), state)} {acts} {list(till, query, state)}
            </main>
            {nav("/stock", to_decide(till))}
        </div>
    })
}

/// Whether whoever is signed in may count and adjust the stock.
fn counts(till: Till) -> Memo<bool> {
    Memo::new(move |_| till.status.with(|status| status.is_owner() || status.rules().employees_count))
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
    let below = live(move || match shown.with(Vec::len) {
        0 if till.ready.get() => {
            let create = query.with(|query| (!query.trim().is_empty()).then(|| create(query, false)));
            Some(erase(
                view! { <div class="empty" role="status">{icons::search()}<h2>{t!("Aucun produit")}</h2>{create}</div> },
            ))
        }
        SHOWN_MAX => {
            let said = t!("60 premiers produits. Cherchez pour trouver les autres.");
            Some(erase(view! { <p class="products__more small muted">{said}</p> }))
        }
        _ => None,
    });
    erase(view! { <ul class="products" aria-label=t!("Produits")>{rows(list)}</ul> {below} })
}

fn row(shown: Shown) -> AnyView {
    let Shown { product, stock } = &shown;
    let to = format!("/stock/produit?id={}", product.id);
    let (name, price) = (product_name(product.name.as_str()), amount(product.sale_price));
    erase(view! {
        <li class="product">
            <a class="product__add product__add--link" href=to>
                {name}
                <span class="product__side"><span class="product__price">{price}</span>{in_stock(*stock, shown.state())}</span>
            </a>
        </li>
    })
}
