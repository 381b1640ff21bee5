//! The cart: its total and the way to pay in sight, its lines one tap away.

use super::suspended::{CART, Said, suspend_button, suspended};
use crate::{
    device::Till,
    domain::{Cart, Money, ProductId, SaleLine},
    ui::{
        components::{live_amount, product_name},
        erase::{Row, erase, live, on, rows},
        format, icons,
        screens::drafts::Drafts,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

pub fn cart_panel(till: Till) -> AnyView {
    let (open, said) = (RwSignal::new(false), Said::default());
    let total = Signal::derive(move || till.cart.with(|cart| cart.total().unwrap_or(Money::ZERO)));
    let count = Memo::new(move |_| till.cart.with(Cart::count));
    let is_empty = Memo::new(move |_| till.cart.with(Cart::is_empty));
    let lines = move || {
        let lines = till.cart.with(|cart| cart.lines().to_vec());
        lines.into_iter().map(|line| Row::new(line.product.to_string(), move || cart_line(till, line))).collect()
    };
    let emptied = expect_context::<Drafts>().emptied;
    let clear = on(move |_: MouseEvent| {
        open.set(false);
        emptied.set(Some(till.cart.get_untracked()).filter(|cart| !cart.is_empty()));
        till.cart.set(Cart::default());
    });
    let put_back =
        on(move |_: MouseEvent| till.cart.update(|cart| cart.behind(&emptied.get_untracked().unwrap_or_default())));
    erase(view! {
        <section
            class="cart"
            id=CART
            tabindex="-1"
            class:cart--open=live(move || open.get())
            class:cart--empty=live(move || is_empty.get())
            class:cart--emptied=live(move || emptied.with(Option::is_some))
            class:cart--suspended=live(move || till.suspended.with(|all| !all.is_empty()))
            aria-label=t!("Panier")
        >
            <div class="cart__undo" role="status" hidden=live(move || emptied.with(Option::is_none))>
                <b>{t!("Panier vidé")}</b>
                <button class="btn" type="button" on:click=put_back>{t!("Rétablir")}</button>
            </div>
            <div class="cart__body" id="panier">
                <header class="cart__head">
                    <h2>{t!("Panier")}</h2>
                    {suspend_button(till, said, is_empty, open)}
                    <button
                        class="btn btn--plain"
                        type="button"
                        hidden=live(move || is_empty.get())
                        on:click=clear
                    >
                        {t!("Vider")}
                    </button>
                </header>
                <ul class="cart__lines">{rows(lines)}</ul>
            </div>
            {suspended(till, said)}
            <div class="cart__bar">
                <p class="cart__total">
                    <span>{live(move || t!("Total · {articles}", articles = count!(count.get(), "article", "articles")))}</span>
                    {live_amount(total)}
                </p>
                <button
                    class="cart__toggle"
                    type="button"
                    aria-expanded=live(move || open.get().to_string())
                    aria-controls="panier"
                    on:click=on(move |_: MouseEvent| open.update(|open| *open = !*open))
                >
                    <span>
                        <b>{live(move || format::number(count.get()))}</b>
                        " "
                        {live(move || things!(count.get(), "article", "articles"))}
                    </span>
                    {icons::chevron_up()}
                </button>
                <a
                    class="btn btn--main cart__go"
                    href="/vente/paiement"
                    aria-disabled=live(move || is_empty.get().to_string())
                >
                    {t!("Encaisser")}
                    " "
                    {live_amount(total)}
                </a>
            </div>
        </section>
    })
}

fn cart_line(till: Till, line: SaleLine) -> AnyView {
    let id = line.product;
    let units = Memo::new(move |_| till.cart.with(|cart| cart.units(id)));
    let sum = Signal::derive(move || till.cart.with(|cart| line_total(cart, id)));
    let name = line.name.to_string();
    let typed = on(move |event| {
        if let Ok(units) = event_target_value(&event).trim().parse() {
            set(till, id, units);
        }
    });
    let step = |icon: AnyView, said: &'static str, by: i64| {
        let act = on(move |_: MouseEvent| set(till, id, units.get_untracked() + by));
        erase(view! { <button class="stepper__btn" type="button" aria-label=said on:click=act>{icon}</button> })
    };
    let remove = on(move |_: MouseEvent| set(till, id, 0));
    erase(view! {
        <li class="line">
            {product_name(&name)}
            <div class="stepper" role="group" aria-label=t!("Quantité, {name}", name)>
                {step(icons::minus(), t!("Un de moins"), -1)}
                <input
                    class="stepper__qty"
                    inputmode="numeric"
                    aria-label=t!("Quantité")
                    prop:value=live(move || units.get().to_string())
                    on:change=typed
                />
                {step(icons::plus(), t!("Un de plus"), 1)}
            </div>
            <button class="icon-btn muted" type="button" aria-label=t!("Retirer {name}", name) on:click=remove>
                {icons::trash_2()}
            </button>
            <span class="line__sum">{live_amount(sum)}</span>
        </li>
    })
}

fn line_total(cart: &Cart, product: ProductId) -> Money {
    cart.lines().iter().find(|line| line.product == product).and_then(|line| line.total().ok()).unwrap_or_default()
}

/// A quantity no sale can have leaves the line as it is.
fn set(till: Till, product: ProductId, units: i64) {
    till.cart.update(|cart| drop(cart.set(product, units)));
}
