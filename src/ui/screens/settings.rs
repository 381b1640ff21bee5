//! Paramètres: the person, the phone, and where synchronisation stands.

use super::{banners, chip, require_person, till, to_decide};
use crate::device::handle::Notifies;
use crate::ui::{
    components::{facts, nav, top},
    erase::{erase, live, on},
    format, icons,
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[component]
pub fn Settings() -> impl IntoView {
    let till = till();
    require_person(till);
    let status = till.status;
    let person = move || status.with(|status| status.actor.as_ref().map(|actor| actor.name.to_string()));
    let own = move || status.with(|status| status.installation.clone());
    let contact = move || match status.with(|status| status.last_contact_ms) {
        0 => "jamais".to_owned(),
        at_ms => format::date_time(at_ms),
    };
    let products = move || match till.ready.get() {
        true => format::number(till.products_count() as i64),
        false => "…".to_owned(),
    };
    let kept = move || match status.with(|status| status.persistent) {
        Some(true) => "Protégées",
        Some(false) => "Le navigateur peut les effacer : installez l’application",
        None => "…",
    };
    let synchronise = move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.synchronise();
        }
    };
    let sign_out = move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            // A failure shows as a storage problem in the banner.
            spawn_local(async move { drop(commands.sign_out().await) });
        }
    };
    let standing = facts(vec![
        ("En attente", erase(live(move || format::number(status.with(|status| status.waiting) as i64)))),
        ("Dernier contact", erase(live(contact))),
        ("Données sur ce téléphone", erase(live(kept))),
    ]);
    let phone = facts(vec![
        ("Boutique", erase(live(move || own().map(|own| own.shop_name).unwrap_or_default()))),
        ("Nom", erase(live(move || own().map(|own| own.name).unwrap_or_default()))),
        ("Lettre des reçus", erase(live(move || own().map(|own| own.prefix).unwrap_or_default()))),
        ("Produits", erase(live(products))),
        ("Version", env!("CARGO_PKG_VERSION").into_any()),
    ]);
    let notifies = live(move || {
        let (said, asks) = match till.notifies.get()? {
            Notifies::Yes => {
                ("Ce téléphone vous prévient d’une vente refusée quand Comptoir est ouvert sans être à l’écran.", false)
            }
            Notifies::No => ("Les notifications sont refusées : permettez-les dans les réglages du navigateur.", false),
            Notifies::Ask => ("Être prévenu d’une vente refusée quand Comptoir est ouvert sans être à l’écran.", true),
        };
        let ask = move |_: MouseEvent| {
            if let Some(commands) = till.commands() {
                commands.ask_to_notify();
            }
        };
        let ask = asks.then(|| {
            erase(view! { <button class="btn btn--wide" type="button" on:click=on(ask)>"Me prévenir"</button> })
        });
        Some(erase(view! {
            <section class="card" aria-labelledby="p4"><h2 id="p4">"Notifications"</h2><p class="small muted">{said}</p>{ask}</section>
        }))
    });
    erase(view! {
        <div class="app">
            {top(None, "Paramètres".into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} <section class="card" aria-labelledby="p1">
                    <h2 id="p1">"Personne"</h2>
                    <p>{live(move || person().unwrap_or_default())}</p>
                    <div class="btns">
                        <a class="btn" href="/connexion">{icons::user()} "Changer de personne"</a>
                        <button class="btn" type="button" on:click=on(sign_out)>
                            {icons::log_out()} "Se déconnecter"
                        </button>
                    </div>
                    <p class="small muted">"Ce qui attend d’être envoyé reste sur ce téléphone."</p>
                </section>
                <section class="card" aria-labelledby="p2">
                    <h2 id="p2">"Synchronisation"</h2>
                    {standing}
                    <button class="btn btn--wide" type="button" on:click=on(synchronise)>
                        {icons::refresh_cw()} "Synchroniser maintenant"
                    </button>
                </section>
                <section class="card" aria-labelledby="p3"><h2 id="p3">"Ce téléphone"</h2>{phone}</section>
                {notifies}
            </main>
            {nav("/parametres", to_decide(till))}
        </div>
    })
}
