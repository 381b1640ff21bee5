//! Paramètres: the person, the phone, and where synchronisation stands.

use super::{Banners, Chip, require_person, till};
use crate::ui::{components::Nav, format, icons};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Settings() -> impl IntoView {
    let till = till();
    require_person(till);
    let status = till.status;
    let to_decide = Signal::derive(move || status.with(|status| status.to_decide));
    let person = move || status.with(|status| status.actor.as_ref().map(|actor| actor.name.to_string()));
    let own = move || status.with(|status| status.installation.clone());
    let contact = move || match status.with(|status| status.last_contact_ms) {
        0 => "jamais".to_owned(),
        at_ms => format::date_time(at_ms),
    };
    let kept = move || match status.with(|status| status.persistent) {
        Some(true) => "Protégées",
        Some(false) => "Le navigateur peut les effacer : installez l’application",
        None => "…",
    };
    let synchronise = move |_| {
        if let Some(commands) = till.commands() {
            commands.synchronise();
        }
    };
    let sign_out = move |_| {
        if let Some(commands) = till.commands() {
            // A failure shows as a storage problem in the banner.
            spawn_local(async move { drop(commands.sign_out().await) });
        }
    };
    view! {
        <div class="app">
            <header class="top">
                <div class="top__row"><h1 class="top__title">"Paramètres"</h1><Chip till /></div>
            </header>
            <main class="page">
                <Banners till />
                <section class="card" aria-labelledby="p1">
                    <h2 id="p1">"Personne"</h2>
                    <p>{person}</p>
                    <div class="btns">
                        <a class="btn" href="/connexion">{icons::user()} "Changer de personne"</a>
                        <button class="btn" type="button" on:click=sign_out>{icons::log_out()} "Se déconnecter"</button>
                    </div>
                    <p class="small muted">"Ce qui attend d’être envoyé reste sur ce téléphone."</p>
                </section>
                <section class="card" aria-labelledby="p2">
                    <h2 id="p2">"Synchronisation"</h2>
                    <dl class="facts">
                        <div><dt>"En attente"</dt><dd class="num">{move || status.with(|status| status.waiting)}</dd></div>
                        <div><dt>"Dernier contact"</dt><dd class="num">{contact}</dd></div>
                        <div><dt>"Données sur ce téléphone"</dt><dd>{kept}</dd></div>
                    </dl>
                    <button class="btn btn--wide" type="button" on:click=synchronise>
                        {icons::refresh_cw()} "Synchroniser maintenant"
                    </button>
                </section>
                <section class="card" aria-labelledby="p3">
                    <h2 id="p3">"Ce téléphone"</h2>
                    <dl class="facts">
                        <div><dt>"Nom"</dt><dd>{move || own().map(|own| own.name)}</dd></div>
                        <div><dt>"Lettre des reçus"</dt><dd>{move || own().map(|own| own.prefix)}</dd></div>
                        <div><dt>"Version"</dt><dd class="num">{env!("CARGO_PKG_VERSION")}</dd></div>
                    </dl>
                </section>
            </main>
            <Nav current="/parametres" to_decide />
        </div>
    }
    .into_any()
}
