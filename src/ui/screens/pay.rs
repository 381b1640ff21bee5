//! Encaisser: cash with the change to give, or Orange Money with its reference.

use super::{Banners, Chip, require_person, till};
use crate::{
    device::{Till, handle::Sold},
    domain::{Money, Reference, Tender, cart::exact_cash},
    ui::{components::Amount, format, icons},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[derive(Clone, Copy, PartialEq)]
enum Means {
    Cash,
    OrangeMoney,
}

#[component]
pub fn Pay() -> impl IntoView {
    let till = till();
    require_person(till);
    let total = Signal::derive(move || till.cart.with(|cart| cart.total().unwrap_or(Money::ZERO)));
    let (means, given, reference) =
        (RwSignal::new(Means::Cash), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let navigate = use_navigate();
    let back = navigate.clone();
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        // Nothing to pay: the address was opened by hand. A sale under way leads on by itself.
        if till.ready.get() && till.cart.with(|cart| cart.is_empty()) && !busy.get_untracked() {
            back("/vente", NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let tenders = move || tenders(means.get(), total.get(), &given.get(), &reference.get());
    let pay = move |_| {
        let (Some(commands), Some(tenders)) = (till.commands(), untrack(tenders)) else { return };
        if busy.get_untracked() {
            return; // one sale a tap
        }
        busy.set(true);
        let (navigate, cart) = (navigate.clone(), till.cart.get_untracked());
        spawn_local(async move {
            let sold = commands.sell(cart, tenders).await;
            let to = match sold {
                Ok(Sold::Receipt(id)) => format!("/recu?id={id}"),
                Ok(Sold::RolledBack) | Err(_) => "/vente".to_owned(),
            };
            navigate(&to, NavigateOptions { replace: true, ..Default::default() });
        });
    };
    view! {
        <div class="app app--task">
            <header class="top">
                <div class="top__row">
                    <a class="icon-btn" href="/vente" aria-label="Retour au panier">{icons::arrow_left()}</a>
                    <h1 class="top__title">"Encaisser"</h1>
                    <Chip till />
                </div>
            </header>
            <main class="page">
                <Banners till />
                <p class="due"><span class="muted">"À payer"</span><Amount of=total /></p>
                <MeansOfPayment means />
                <Show when=move || means.get() == Means::Cash fallback=move || view! { <OrangeMoney reference /> }>
                    <Cash total given />
                </Show>
            </main>
            <section class="dock" aria-label="Payer">
                <Show when=move || till.selling.with(Option::is_some)>
                    <Wait till />
                </Show>
                <button
                    class="btn btn--main btn--wide"
                    class:hidden=move || till.selling.with(Option::is_some)
                    type="button"
                    disabled=move || busy.get() || tenders().is_none()
                    on:click=pay
                >
                    {move || match means.get() {
                        Means::Cash if given.with(|given| given.trim().is_empty()) => "Espèces : compte exact".to_owned(),
                        _ => format!("Encaisser {}", format::money(total.get())),
                    }}
                </button>
            </section>
        </div>
    }
    .into_any()
}

fn tenders(means: Means, total: Money, given: &str, reference: &str) -> Option<Vec<Tender>> {
    match means {
        Means::Cash if given.trim().is_empty() => Some(exact_cash(total)),
        Means::Cash => {
            let given = format::parse_amount(given).filter(|given| *given >= total)?;
            Some(vec![Tender::Cash { amount: total, given }])
        }
        Means::OrangeMoney => {
            Some(vec![Tender::OrangeMoney { amount: total, reference: Reference::clean(reference).ok()? }])
        }
    }
}

#[component]
fn MeansOfPayment(means: RwSignal<Means>) -> impl IntoView {
    let option = move |value: Means, label: &'static str| {
        view! {
            <label class="seg__opt">
                <input
                    type="radio"
                    name="moyen"
                    prop:checked=move || means.get() == value
                    on:change=move |_| means.set(value)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="seg">
            <legend class="sr">"Moyen de paiement"</legend>
            {option(Means::Cash, "Espèces")}
            {option(Means::OrangeMoney, "Orange Money")}
        </fieldset>
    }
}

#[component]
fn Cash(total: Signal<Money>, given: RwSignal<String>) -> impl IntoView {
    const NOTES: [i64; 3] = [5_000, 10_000, 20_000];
    let change = move || {
        let typed = given.get();
        if typed.trim().is_empty() {
            return ("change change--none", "Sans montant : le compte est exact.".to_owned());
        }
        match format::parse_amount(&typed).map(|given| given.minus(total.get())) {
            Some(Some(change)) => ("change", format!("À rendre : {}", format::money(change))),
            Some(None) => ("change change--short", "Il manque de l’argent.".to_owned()),
            None => ("change change--short", "Ce montant n’en est pas un.".to_owned()),
        }
    };
    let add = move |note: i64| {
        let so_far = format::parse_amount(&given.get_untracked()).map_or(0, Money::get);
        given.set(format::number(so_far + note));
    };
    view! {
        <div class="field">
            <label class="field__label" for="recu">"Reçu du client"</label>
            <span class="suffix">
                <input
                    class="input input--money"
                    id="recu"
                    inputmode="numeric"
                    autocomplete="off"
                    placeholder="0"
                    prop:value=move || given.get()
                    on:input=move |event| given.set(event_target_value(&event))
                />
                <span aria-hidden="true">"GNF"</span>
            </span>
        </div>
        <div class="notes" role="group" aria-label="Montants rapides">
            {NOTES
                .into_iter()
                .map(|note| {
                    view! {
                        <button
                            class="btn"
                            type="button"
                            aria-label=format!("Ajouter un billet de {}", format::number(note))
                            on:click=move |_| add(note)
                        >
                            "+ " {format::number(note)}
                        </button>
                    }
                })
                .collect_view()}
        </div>
        <output class=move || change().0 for="recu">{move || change().1}</output>
    }
}

#[component]
fn OrangeMoney(reference: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for="reference">"Référence Orange Money"</label>
            <input
                class="input"
                id="reference"
                autocomplete="off"
                maxlength="60"
                prop:value=move || reference.get()
                on:input=move |event| reference.set(event_target_value(&event))
            />
            <span class="field__hint">"Le numéro de transaction du message reçu."</span>
        </div>
    }
}

#[component]
fn Wait(till: Till) -> impl IntoView {
    let stop = move |_| {
        if let Some(commands) = till.commands() {
            commands.stop_waiting();
        }
    };
    view! {
        <div class="wait" role="status">
            <div class="wait__row"><b>"Vérification du stock…"</b></div>
            <div class="wait__bar"></div>
            <button class="btn btn--wide" type="button" on:click=stop>"Ne pas attendre"</button>
            <p class="small muted">"La vente est gardée sur ce téléphone."</p>
        </div>
    }
}
