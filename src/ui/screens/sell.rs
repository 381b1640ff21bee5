//! Vendre: search, tap to add, the cart always in sight.

use super::{Banners, Chip, require_person, till};
use crate::{
    api,
    device::{Till, handle::Notice},
    domain::{Cart, Money, ProductId, SaleLine, product::StockState},
    sync::{view::Shown, wire::FirstScreen},
    ui::{
        components::{Amount, Nav, NoticeBar, product_name},
        format, icons, text,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::sync::Arc;

/// Products shown at once; search finds the others.
const SHOWN_MAX: usize = 60;

#[component]
pub fn Sell() -> impl IntoView {
    let till = till();
    require_person(till);
    let asked = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    let query = RwSignal::new(asked.clone());
    // On the server this page is whole; in the browser the device's own data takes over.
    let first = Resource::new_blocking(
        move || asked.clone(),
        |query| async move { if is_server() { api::sale_screen(query).await.ok() } else { None } },
    );
    let to_decide = Signal::derive(move || till.status.with(|status| status.to_decide));
    view! {
        <div class="app app--sell">
            <header class="top">
                <div class="top__row">
                    <a class="icon-btn" href="/" aria-label="Accueil">{icons::house()}</a>
                    <h1 class="top__title">"Vendre"</h1>
                    <Chip till />
                </div>
                <Search till query />
            </header>
            <main class="sell">
                <Banners till />
                <Told till />
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        let first = StoredValue::new(first.await);
                        view! { <Products till query first /> }
                    })}
                </Suspense>
            </main>
            <CartPanel till />
            <Nav current="/vente" to_decide />
        </div>
    }
    .into_any()
}

#[component]
fn Search(till: Till, query: RwSignal<String>) -> impl IntoView {
    // A scanner types a code and sends Enter: exactly one product of that code goes into the cart.
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let found = untrack(|| till.search(&query.get_untracked(), 2));
        if let [one] = found.as_slice() {
            add(till, one);
            query.set(String::new());
        }
    };
    view! {
        <form class="search" role="search" action="/vente" method="get" on:submit=submit>
            {icons::search()}
            <input
                class="search__input"
                type="search"
                name="q"
                placeholder="Chercher ou scanner"
                aria-label="Chercher un produit par nom ou code-barres"
                autocomplete="off"
                enterkeyhint="search"
                prop:value=move || query.get()
                on:input=move |event| query.set(event_target_value(&event))
            />
        </form>
    }
}

fn add(till: Till, shown: &Shown) {
    till.notice.set(None);
    // A cart that cannot take it stays as it is; its limit is far beyond any customer.
    till.cart.update(|cart| drop(cart.add(&shown.product)));
}

#[component]
fn Told(till: Till) -> impl IntoView {
    move || {
        till.notice.get().map(|notice| match notice {
            Notice::RolledBack(refusal) => {
                let mut lines = text::refusal(&refusal);
                lines.push("Le panier est rétabli.".into());
                view! { <NoticeBar kind="bad" title="Vente refusée".into() lines /> }
            }
            Notice::NotSaved(error) => view! {
                <NoticeBar kind="bad" title="Vente non enregistrée".into() lines=vec![text::command_error(&error)] />
            },
        })
    }
}

#[component]
fn Products(till: Till, query: RwSignal<String>, first: StoredValue<Option<FirstScreen>>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        if till.ready.get() {
            return till.search(&query.get(), SHOWN_MAX);
        }
        first.with_value(|first| {
            let products = first.iter().flat_map(|first| first.products.iter());
            products.map(|(product, stock)| Shown { product: Arc::new(product.clone()), stock: *stock }).collect()
        })
    });
    let loading = move || {
        let status = till.status.get();
        status.loading.filter(|(_, total)| *total > 0).map(|(rows, total)| {
            let said = format!("{} / {} lignes reçues", format::number(rows as i64), format::number(total as i64));
            view! { <p class="products__more small muted" role="status">{said}</p> }
        })
    };
    let empty = move || {
        let nothing = till.ready.get() && shown.with(Vec::is_empty);
        nothing.then(|| {
            let said = if query.with(String::is_empty) {
                "Pas encore de produit sur ce téléphone."
            } else {
                "Aucun produit ne correspond."
            };
            view! { <p class="empty" role="status">{said}</p> }
        })
    };
    view! {
        {loading}
        {empty}
        <ul class="products" aria-label="Produits">
            <For
                each=move || shown.get()
                key=|shown| (shown.product.id, shown.stock, shown.product.sale_price, shown.product.name.clone())
                children=move |shown| view! { <ProductRow till shown /> }
            />
        </ul>
        <Show when=move || { shown.with(Vec::len) == SHOWN_MAX }>
            <p class="products__more small muted">"60 premiers produits. Cherchez pour trouver les autres."</p>
        </Show>
    }
}

#[component]
fn ProductRow(till: Till, shown: Shown) -> impl IntoView {
    let id = shown.product.id;
    let in_cart = Memo::new(move |_| till.cart.with(|cart| cart.units(id)));
    let (state, stock) = (shown.state(), shown.stock);
    let said = match state {
        StockState::Good => format!("{} en stock", format::number(stock)),
        StockState::Low => format!("{} · bas", format::number(stock)),
        StockState::Empty => "Épuisé".to_owned(),
    };
    let class = match state {
        StockState::Good => "stock",
        StockState::Low => "stock stock--low",
        StockState::Empty => "stock stock--out",
    };
    let price = shown.product.sale_price;
    let name = shown.product.name.to_string();
    let label = format!("Ajouter {name}, {}, {said}", format::money(price));
    view! {
        <li class="product" class=("product--in", move || { in_cart.get() > 0 })>
            <button class="product__add" type="button" aria-label=label on:click=move |_| add(till, &shown)>
                {product_name(&name)}
                <Show when=move || { in_cart.get() > 0 }>
                    <span class="qty">"×" {move || in_cart.get()}</span>
                </Show>
                <span class="product__side">
                    <span class="product__price"><Amount of=price /></span>
                    <span class=class>{said}</span>
                </span>
            </button>
        </li>
    }
}

#[component]
fn CartPanel(till: Till) -> impl IntoView {
    let open = RwSignal::new(false);
    let total = Signal::derive(move || till.cart.with(|cart| cart.total().unwrap_or(Money::ZERO)));
    let count = Signal::derive(move || till.cart.with(Cart::count));
    let is_empty = Signal::derive(move || till.cart.with(Cart::is_empty));
    view! {
        <section
            class="cart"
            class=("cart--open", move || open.get())
            class=("cart--empty", move || is_empty.get())
            aria-label="Panier"
        >
            <div class="cart__body" id="panier">
                <header class="cart__head">
                    <h2>"Panier"</h2>
                    <button class="btn btn--plain" type="button" on:click=move |_| till.cart.set(Cart::default())>
                        "Vider"
                    </button>
                </header>
                <ul class="cart__lines">
                    <For
                        each=move || till.cart.with(|cart| cart.lines().to_vec())
                        key=|line| line.product
                        children=move |line| view! { <CartLine till line /> }
                    />
                </ul>
            </div>
            <div class="cart__bar">
                <p class="cart__total">
                    <span>"Total · " {move || format::count(count.get(), "article", "articles")}</span>
                    <Amount of=total />
                </p>
                <button
                    class="cart__toggle"
                    type="button"
                    aria-expanded=move || open.get().to_string()
                    aria-controls="panier"
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <span><b>{move || count.get()}</b>" articles"</span>
                    {icons::chevron_up()}
                </button>
                <a class="btn btn--main cart__go" href="/vente/paiement" aria-disabled=move || is_empty.get().to_string()>
                    "Encaisser " <Amount of=total />
                </a>
            </div>
        </section>
    }
}

#[component]
fn CartLine(till: Till, line: SaleLine) -> impl IntoView {
    let id = line.product;
    let units = Memo::new(move |_| till.cart.with(|cart| cart.units(id)));
    let sum = Signal::derive(move || {
        let lines = till.cart.get();
        lines.lines().iter().find(|line| line.product == id).and_then(|line| line.total().ok()).unwrap_or_default()
    });
    let name = line.name.to_string();
    let typed = move |event| {
        if let Ok(units) = event_target_value(&event).trim().parse() {
            set(till, id, units);
        }
    };
    view! {
        <li class="line">
            {product_name(&name)}
            <div class="stepper" role="group" aria-label=format!("Quantité, {name}")>
                <button
                    class="stepper__btn"
                    type="button"
                    aria-label="Un de moins"
                    on:click=move |_| set(till, id, units.get_untracked() - 1)
                >
                    {icons::minus()}
                </button>
                <input
                    class="stepper__qty"
                    inputmode="numeric"
                    aria-label="Quantité"
                    prop:value=move || units.get().to_string()
                    on:change=typed
                />
                <button
                    class="stepper__btn"
                    type="button"
                    aria-label="Un de plus"
                    on:click=move |_| set(till, id, units.get_untracked() + 1)
                >
                    {icons::plus()}
                </button>
            </div>
            <button
                class="icon-btn muted"
                type="button"
                aria-label=format!("Retirer {name}")
                on:click=move |_| set(till, id, 0)
            >
                {icons::trash_2()}
            </button>
            <span class="line__sum"><Amount of=sum /></span>
        </li>
    }
}

/// A quantity no sale can have leaves the line as it is.
fn set(till: Till, product: ProductId, units: i64) {
    till.cart.update(|cart| drop(cart.set(product, units)));
}
