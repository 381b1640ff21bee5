//! When something is wrong: read the shop anew, and a report for who helps.

use super::{chart::DAYS, dashboard::Seen, handover, report};
use crate::{
    device::Till,
    ui::{
        erase::{erase, live, on},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

/// What became of the report.
#[derive(Clone)]
enum Copied {
    Yes,
    /// The browser does not let us: the person copies it.
    ByHand(String),
}

pub fn draw(till: Till, seen: Seen) -> AnyView {
    erase(view! {
        <section class="card" aria-labelledby="p7">
            <h2 id="p7">{t!("En cas de problème")}</h2>
            {read_anew(till)}
            {copy(till, seen)}
            {handover::draw(till, seen)}
        </section>
    })
}

fn read_anew(till: Till) -> AnyView {
    let failed = RwSignal::new(None::<String>);
    let loading = Memo::new(move |_| till.status.with(|status| status.loading));
    let wanted = Memo::new(move |_| till.status.with(|status| status.read_anew));
    let read = move |_: MouseEvent| {
        let Some(commands) = till.commands() else { return };
        spawn_local(async move {
            let said = commands.read_anew().await.err().map(|error| text::command_error(&error));
            drop(failed.try_set(said)); // the screen may be gone by now
        });
    };
    let first = Memo::new(move |_| till.status.with(|status| status.first_read));
    let under_way = live(move || match loading.get() {
        Some((_, 0)) => {
            let said = if first.get() { t!("Première lecture…") } else { t!("Relecture…") };
            Some(erase(view! { <p role="status">{said}</p> }))
        }
        Some((rows, total)) => {
            let (rows_said, total_said) = (format::number(rows as i64), format::number(total as i64));
            let said = match first.get() {
                true => t!("Première lecture : {rows} sur {total}", rows = rows_said, total = total_said),
                false => t!("Relecture : {rows} sur {total}", rows = rows_said, total = total_said),
            };
            Some(erase(view! {
                <p role="status">{said}</p>
                <progress class="progress" max=total.to_string() value=rows.to_string() aria-label=t!("Lecture de la boutique")></progress>
            }))
        }
        None if wanted.get() => {
            Some(erase(view! { <p role="status">{t!("La boutique sera relue dès que ce qui attend est envoyé.")}</p> }))
        }
        None => failed.get().map(|said| erase(view! { <p class="field__error" role="alert">{said}</p> })),
    });
    erase(view! {
        <p class="small muted">
            {t!("Tout relire demande au serveur toute la boutique et consomme de l’internet. Ce qui attend d’être envoyé reste, et vous pouvez vendre pendant ce temps.")}
        </p>
        <button class="btn btn--wide" type="button" disabled=live(move || loading.get().is_some() || wanted.get()) on:click=on(read)>
            {icons::download()} {t!("Tout relire")}
        </button>
        {under_way}
    })
}

fn copy(till: Till, seen: Seen) -> AnyView {
    let copied = RwSignal::new(None::<Copied>);
    let copy = move |_: MouseEvent| {
        let (Some(commands), Some(measures)) = (till.commands(), seen.get_untracked()) else { return };
        let report = till
            .status
            .with_untracked(|status| report::text(status, &measures, untrack(|| till.products_count()), DAYS));
        spawn_local(async move {
            let done = if commands.copy(report.clone()).await { Copied::Yes } else { Copied::ByHand(report) };
            drop(copied.try_set(Some(done)));
        });
    };
    let done = live(move || match copied.get()? {
        Copied::Yes => {
            Some(erase(view! { <p class="ok" role="status">{t!("Rapport copié : collez-le dans un message.")}</p> }))
        }
        Copied::ByHand(report) => Some(erase(view! {
            <label class="field">
                <span class="field__label">{t!("Copiez ce texte dans un message")}</span>
                <textarea class="input" rows="8" readonly prop:value=report></textarea>
            </label>
        })),
    });
    erase(view! {
        <button class="btn btn--wide" type="button" on:click=on(copy)>{icons::message_circle()} {t!("Copier un rapport")}</button>
        <p class="small muted">{t!("Pour qui vous aide : des chiffres de ce téléphone, aucun PIN, aucun nom de client.")}</p>
        {done}
    })
}
