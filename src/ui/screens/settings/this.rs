//! What is chosen for this phone alone: when it locks itself, how it looks, and the language it speaks.

use crate::{
    device::{Till, handle::Theme},
    ui::{components::segments, erase::erase, screens::languages},
};
use leptos::prelude::*;

pub fn lock_after(till: Till) -> AnyView {
    let times = [(t!("Jamais"), 0), ("1\u{202f}min", 1), ("5\u{202f}min", 5), ("15\u{202f}min", 15)];
    erase(view! {
        <div class="field">
            <p class="field__label" aria-hidden="true">{t!("Verrouiller après un temps sans usage")}</p>
            {segments("verrouiller", t!("Verrouiller après un temps sans usage"), &times, till.lock_after)}
        </div>
    })
}

/// How it looks, and what it speaks.
pub fn appearance(till: Till) -> AnyView {
    let themes = [(t!("Système"), Theme::System), (t!("Clair"), Theme::Light), (t!("Sombre"), Theme::Dark)];
    erase(view! {
        <section class="card" aria-labelledby="p12">
            <h2 id="p12">{t!("Apparence")}</h2>
            {segments("theme", t!("Thème"), &themes, till.theme)}
            {languages(till)}
            <p class="small muted">{t!("Sur ce téléphone. « Clair » se lit le mieux au soleil.")}</p>
        </section>
    })
}
