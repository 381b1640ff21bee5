//! Whether this phone tells of a refused sale while Comptoir is open and not looked at, or closed.

use crate::{
    device::{Till, handle::Notifies},
    ui::erase::{erase, live, on},
};
use leptos::{ev::MouseEvent, prelude::*};

pub fn draw(till: Till) -> AnyView {
    erase(live(move || {
        let notifies = till.notifies.get()?;
        let open = t!("Ce téléphone vous prévient d’une vente refusée quand Comptoir est ouvert sans être à l’écran.");
        let (said, asks) = match notifies {
            Notifies::Closed => {
                (t!("Ce téléphone vous prévient d’une vente refusée, même quand Comptoir est fermé."), None)
            }
            Notifies::Yes => (open, Some(t!("Prévenir même quand il est fermé"))),
            Notifies::OpenOnly => (open, None),
            Notifies::No => {
                (t!("Les notifications sont refusées : permettez-les dans les réglages du navigateur."), None)
            }
            Notifies::Ask => {
                (t!("Être prévenu d’une vente refusée quand Comptoir n’est pas à l’écran."), Some(t!("Me prévenir")))
            }
        };
        let ask = move |_: MouseEvent| {
            if let Some(commands) = till.commands() {
                commands.ask_to_notify();
            }
        };
        let ask = asks.map(|label| {
            erase(view! { <button class="btn btn--wide" type="button" on:click=on(ask)>{label}</button> })
        });
        let stop = move |_: MouseEvent| {
            if let Some(commands) = till.commands() {
                commands.stop_notifying();
            }
        };
        let stop = (notifies == Notifies::Closed).then(|| {
            erase(view! { <button class="btn btn--wide" type="button" on:click=on(stop)>{t!("Ne plus prévenir quand il est fermé")}</button> })
        });
        Some(erase(view! {
            <section class="card" aria-labelledby="p4"><h2 id="p4">{t!("Notifications")}</h2><p class="small muted">{said}</p>{ask}{stop}</section>
        }))
    }))
}
