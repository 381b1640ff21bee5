//! A locked phone: who may unlock it, and a PIN. It lies over every screen, whatever the address; what is behind it is
//! not drawn (`style/main.css`).

use super::{sign_in::Gate, storage_banner};
use crate::{
    device::Till,
    ui::{
        components::notice,
        erase::{erase, live, on},
        icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

pub fn lock(till: Till) -> AnyView {
    erase(live(move || till.locked.get().then(|| screen(till))))
}

fn screen(till: Till) -> AnyView {
    let gate = Gate::new(till, true);
    erase(view! {
        <div class="app app--bare app--lock">
            <main class="gate">
                <p class="brand">{icons::lock()} {t!("Comptoir est verrouillé")}</p>
                {storage_banner(till)}
                {live(move || gate.error.get().map(|title| notice("bad", title, Vec::new())))}
                {gate.step()}
            </main>
        </div>
    })
}

/// The button that locks, on screens that say who is at the phone.
pub fn lock_button(till: Till) -> AnyView {
    let tap = on(move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.lock();
        }
    });
    // Before the device is there it could not be unlocked either.
    let away = live(move || !till.connected());
    erase(view! {
        <button class="icon-btn" type="button" aria-label=t!("Verrouiller") disabled=away on:click=tap>
            {icons::lock()}
        </button>
    })
}
