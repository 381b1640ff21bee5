//! What is chosen for this phone alone: when it locks itself, and how it looks.

use crate::{
    device::{Till, handle::Theme},
    ui::{components::segments, erase::erase},
};
use leptos::prelude::*;

pub fn lock_after(till: Till) -> AnyView {
    let times = [("Jamais", 0), ("1\u{202f}min", 1), ("5\u{202f}min", 5), ("15\u{202f}min", 15)];
    erase(view! {
        <div class="field">
            <p class="field__label" aria-hidden="true">"Verrouiller après un temps sans usage"</p>
            {segments("verrouiller", "Verrouiller après un temps sans usage", &times, till.lock_after)}
        </div>
    })
}

pub fn theme(till: Till) -> AnyView {
    let themes = [("Système", Theme::System), ("Clair", Theme::Light), ("Sombre", Theme::Dark)];
    erase(view! {
        <section class="card" aria-labelledby="p12">
            <h2 id="p12">"Apparence"</h2>
            {segments("theme", "Thème", &themes, till.theme)}
            <p class="small muted">"Sur ce téléphone. « Clair » se lit le mieux au soleil."</p>
        </section>
    })
}
