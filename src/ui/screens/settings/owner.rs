//! What an owner's screens of the shop share: they need the server, and are nobody else's.

use crate::{
    device::{Till, handle::Status},
    sync::{CallError, engine::SessionState},
    ui::{
        components::{asks, notice},
        erase::{erase, live},
        icons,
        screens::owns,
        text,
    },
};
use leptos::prelude::*;

/// The ways to them, in Paramètres.
pub fn links(till: Till) -> AnyView {
    let owner = owns(till);
    let link = |to, icon: AnyView, name, below| {
        erase(view! {
            <li>
                <a class="todo__link" href=to>{icon}<span>{name}<small>{below}</small></span>{icons::chevron_right()}</a>
            </li>
        })
    };
    erase(live(move || {
        owner.get().then(|| {
            erase(view! {
                <ul class="todo">
                    {link("/parametres/personnes", icons::user(), t!("Personnes"), t!("Qui travaille ici, rôles et PIN"))}
                    {link("/parametres/telephones", icons::smartphone(), t!("Téléphones"), t!("Ajouter, nommer, retirer un téléphone"))}
                </ul>
            })
        })
    }))
}

/// Whether the server is reached, and knows who is here.
pub fn reached(till: Till) -> Memo<bool> {
    let open = |status: &Status| status.online && status.session == SessionState::Open;
    Memo::new(move |_| till.connected() && till.status.with(open))
}

/// Why nothing can be changed now, if so.
pub fn away(reached: Memo<bool>) -> AnyView {
    erase(live(move || {
        (!reached.get()).then(|| {
            let kept = t!("Rien ne change ici sans le serveur. On vend sans.");
            asks("warn", icons::wifi_off(), t!("Il faut le réseau"), kept, ().into_any())
        })
    }))
}

/// What is shown to who is no owner.
pub fn not_yours() -> AnyView {
    erase(view! { <p class="muted">{t!("Seul le propriétaire voit et change cela.")}</p> })
}

/// What became of the last act.
pub fn outcome(said: RwSignal<Option<Result<String, String>>>) -> AnyView {
    erase(live(move || match said.get()? {
        Ok(done) => Some(erase(view! { <p class="ok" role="status">{done}</p> })),
        Err(title) => Some(notice("bad", title, Vec::new())),
    }))
}

pub fn wrong(error: &CallError) -> &'static str {
    match error {
        CallError::NotReached { .. } | CallError::TryLater => text::not_reached(),
        CallError::LastOwner => {
            t!("La boutique garde au moins un propriétaire : donnez d’abord ce rôle à quelqu’un d’autre.")
        }
        CallError::Exists => t!("Cette personne a été ajoutée entre-temps. Regardez la liste."),
        CallError::TooMany => t!("La boutique a déjà 200 personnes, celles qui sont parties comprises."),
        CallError::NotSignedIn => t!("Entrez d’abord votre PIN : le serveur ne vous reconnaît plus."),
        CallError::NotAllowed => {
            t!("Le serveur ne le permet pas : seul un propriétaire, et pas pour qui est déjà parti.")
        }
        CallError::Revoked => t!("Ce téléphone est retiré de la boutique."),
        CallError::Upgrade => t!("Mettez Comptoir à jour d’abord."),
        _ => t!("Le serveur a refusé."),
    }
}
