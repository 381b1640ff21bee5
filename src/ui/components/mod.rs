//! Pieces of screens: data comes in, events go out.

use super::{
    format::{self, number},
    icons,
};
use crate::domain::Money;
use leptos::prelude::*;

/// An amount, large figures and small unit.
#[component]
pub fn Amount(#[prop(into)] of: Signal<Money>) -> impl IntoView {
    view! { <span class="money">{move || number(of.get().get())}<small>"\u{202f}GNF"</small></span> }
}

/// A name of up to two lines whose end stays visible.
pub fn product_name(name: &str) -> AnyView {
    match format::split_name(name) {
        None => view! { <span class="name">{name.to_owned()}</span> }.into_any(),
        Some((head, tail)) => view! {
            <span class="name name--split" title=name.to_owned()>
                <span class="name__head">{head}</span>
                " "
                <span class="name__tail">{tail}</span>
            </span>
        }
        .into_any(),
    }
}

/// Where one stands in the app, on every screen.
#[component]
pub fn Nav(current: &'static str, #[prop(into)] to_decide: Signal<usize>) -> impl IntoView {
    let here = move |path: &'static str| (current == path).then_some("page");
    view! {
        <nav class="nav" aria-label="Principal">
            <ul class="nav__list">
                <li><a class="nav__link" href="/" aria-current=here("/")>{icons::house()}<span>"Accueil"</span></a></li>
                <li>
                    <a class="nav__link" href="/vente" aria-current=here("/vente")>
                        {icons::shopping_cart()}<span>"Vendre"</span>
                    </a>
                </li>
                <li>
                    <a class="nav__link" href="/a-decider" aria-current=here("/a-decider")>
                        {icons::circle_question_mark()}
                        <span>"À décider"</span>
                        <Show when=move || { to_decide.get() > 0 }>
                            <span class="nav__count">{move || to_decide.get()}<span class="sr">" à décider"</span></span>
                        </Show>
                    </a>
                </li>
                <li>
                    <a class="nav__link" href="/parametres" aria-current=here("/parametres")>
                        {icons::settings()}<span>"Paramètres"</span>
                    </a>
                </li>
            </ul>
        </nav>
    }
}

/// A word on the screen: what happened, and what to do.
#[component]
pub fn NoticeBar(kind: &'static str, title: String, #[prop(default = Vec::new())] lines: Vec<String>) -> impl IntoView {
    view! {
        <div class=format!("notice notice--{kind}") role="alert">
            {icons::triangle_alert()}
            <p class="notice__text">
                <strong>{title}</strong>
                {lines.into_iter().map(|line| view! { <span>{line}</span> }).collect_view()}
            </p>
        </div>
    }
}
