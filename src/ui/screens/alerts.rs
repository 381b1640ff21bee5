//! What came to be decided while nobody looked at it rings: a bar on every screen, and the system's notification where
//! the page is hidden and the phone allows it.

use super::text;
use crate::{
    device::{
        Till,
        handle::{Decision, Undecided},
    },
    ui::{
        components::asks,
        erase::{erase, live, on},
        icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*};
use std::collections::BTreeSet;

/// Rings for each decision that is not one of those found when the app was opened.
pub fn watch(till: Till) {
    Effect::new(move |before: Option<Option<BTreeSet<_>>>| {
        let now = till.decisions.with(|all| all.iter().map(|decision| decision.key).collect::<BTreeSet<_>>());
        if !till.ready.get() {
            return None;
        }
        if let Some(Some(before)) = before {
            let new = till.decisions.with_untracked(|all| all.iter().find(|one| !before.contains(&one.key)).cloned());
            match new {
                Some(decision) => ring(till, &decision),
                None if now.is_empty() => till.rung.set(None), // somebody decided, here or elsewhere
                None => {}
            }
        }
        Some(now)
    });
}

fn ring(till: Till, decision: &Decision) {
    let told = match &decision.what {
        Undecided::Sale { sale, .. } => t!("Vente {receipt} refusée", receipt = sale.receipt),
        Undecided::Conflict { .. } => t!("Deux valeurs différentes").to_owned(),
        Undecided::Other { about, .. } => t!("{about} : refusé", about = text::change_name(about)),
        Undecided::Damaged(_) => t!("Une donnée de ce téléphone est abîmée").to_owned(),
    };
    till.rung.set(Some(told.clone()));
    if let Some(commands) = till.commands() {
        commands.ring(told, t!("À décider dans Comptoir.").to_owned());
    }
}

/// The bar; gone once somebody looked, or said so.
pub fn bar(till: Till) -> AnyView {
    erase(live(move || {
        till.rung.get().map(|told| {
            let seen = on(move |_: MouseEvent| till.rung.set(None));
            let act = erase(view! {
                <span class="notice__acts">
                    <a class="btn" href="/a-decider">{t!("Voir")}</a>
                    <button class="btn" type="button" on:click=seen>{t!("Plus tard")}</button>
                </span>
            });
            asks("bad", icons::triangle_alert(), told, t!("Rien n’est perdu : une personne décide."), act)
        })
    }))
}
