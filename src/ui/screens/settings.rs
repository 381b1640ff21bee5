//! Paramètres: the person, the phone, and where synchronisation stands.

mod chart;
mod dashboard;
mod export;
mod handover;
mod help;
mod identity;
mod notices;
mod owner;
mod people;
mod phones;
mod report;
mod rules;
mod shop;
mod this;

pub use people::People;
pub use phones::Phones;

use super::{banners, chip, install, require_person, till, to_decide};
use crate::ui::{
    components::{nav, top},
    erase::{erase, live, on},
    icons,
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[component]
pub fn Settings() -> impl IntoView {
    let till = till();
    require_person(till);
    let person = move || till.status.with(|status| status.actor.as_ref().map(|actor| actor.name.to_string()));
    let sign_out = move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            // A failure shows as a storage problem in the banner.
            spawn_local(async move { drop(commands.sign_out().await) });
        }
    };
    let lock = move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.lock();
        }
    };
    let cards = move || {
        erase(view! {
            <section class="card" aria-labelledby="p1">
                <h2 id="p1">{t!("Personne")}</h2>
                <p>{live(move || person().unwrap_or_default())}</p>
                <div class="btns">
                    <button class="btn" type="button" disabled=live(move || !till.connected()) on:click=on(lock)>{icons::lock()} {t!("Verrouiller")}</button>
                    <a class="btn" href="/connexion">{icons::user()} {t!("Changer de personne")}</a>
                    <button class="btn" type="button" on:click=on(sign_out)>
                        {icons::log_out()} {t!("Se déconnecter")}
                    </button>
                </div>
                {this::lock_after(till)}
                <p class="small muted">{t!("Ce qui attend d’être envoyé reste sur ce téléphone.")}</p>
            </section>
            {owner::links(till)} {this::appearance(till)} {install::card(till)} {dashboard::draw(till)}
        })
    };
    // Who is here decides what is shown: drawn sooner, the cards would move under a finger.
    let known = move || till.ready.get() || till.status.with(|status| status.storage_problem.is_some());
    let ready = Memo::new(move |before: Option<&bool>| before == Some(&true) || known());
    erase(view! {
        <div class="app">
            {top(None, t!("Paramètres").into_any(), chip(till), ().into_any())}
            <main class="page">{banners(till)} {live(move || ready.get().then(cards))}</main>
            {nav("/parametres", to_decide(till))}
        </div>
    })
}
