//! À décider: refused sales and clashing edits, each with its choices.

use super::{Banners, Chip, require_person, till};
use crate::{
    device::{
        Till,
        handle::{Decision, Undecided},
    },
    sync::Refusal,
    ui::{
        components::{Nav, NoticeBar, product_name},
        format, icons, text,
    },
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Decide() -> impl IntoView {
    let till = till();
    require_person(till);
    let to_decide = Signal::derive(move || till.status.with(|status| status.to_decide));
    let error = RwSignal::new(None::<String>);
    view! {
        <div class="app">
            <header class="top">
                <div class="top__row"><h1 class="top__title">"À décider"</h1><Chip till /></div>
            </header>
            <main class="page">
                <Banners till />
                {move || error.get().map(|title| view! { <NoticeBar kind="bad" title /> })}
                <For
                    each=move || till.decisions.get()
                    key=|decision| decision.key
                    children=move |decision| view! { <Card till decision error /> }
                />
                <Show when=move || till.decisions.with(Vec::is_empty)>
                    <p class="empty">"Rien à décider."</p>
                </Show>
            </main>
            <Nav current="/a-decider" to_decide />
        </div>
    }
    .into_any()
}

#[component]
fn Card(till: Till, decision: Decision, error: RwSignal<Option<String>>) -> impl IntoView {
    let Decision { key, what, who, at_ms, .. } = decision;
    let (busy, sure) = (RwSignal::new(false), RwSignal::new(false));
    let act = move |retry: bool| {
        let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let done = if retry { commands.retry(key).await } else { commands.cancel(key).await };
            busy.set(false);
            error.set(done.err().map(|problem| text::command_error(&problem)));
        });
    };
    let is_sale = matches!(what, Undecided::Sale { .. });
    let title = match &what {
        Undecided::Sale { sale, .. } => sale.receipt.to_string(),
        Undecided::Conflict { .. } => "Deux valeurs différentes".into(),
        Undecided::Other { .. } => "Changement refusé".into(),
    };
    let body = match what {
        Undecided::Sale { refusal, .. } => refused(&refusal),
        Undecided::Conflict { fields, .. } => fields
            .into_iter()
            .map(|field| {
                view! {
                    <dl class="facts">
                        <div><dt>"Avant"</dt><dd>{field.before.to_string()}</dd></div>
                        <div><dt>"L’autre"</dt><dd>{field.theirs.to_string()}</dd></div>
                        <div><dt>"Moi"</dt><dd>{field.mine.to_string()}</dd></div>
                    </dl>
                }
            })
            .collect_view()
            .into_any(),
        Undecided::Other { refusal, .. } => {
            let lines = refusal.as_ref().map(text::refusal).unwrap_or_default();
            view! { <NoticeBar kind="warn" title="Gardé sur ce téléphone".into() lines /> }.into_any()
        }
    };
    let choices = if is_sale {
        view! {
            <button class="btn btn--main" type="button" disabled=move || busy.get() on:click=move |_| act(true)>
                {icons::refresh_cw()} "Réessayer"
            </button>
            <button
                class="btn btn--bad"
                type="button"
                disabled=move || busy.get()
                on:click=move |_| if sure.get_untracked() { act(false) } else { sure.set(true) }
            >
                {move || if sure.get() { "Oui, annuler : les articles reviennent" } else { "Annuler la vente" }}
            </button>
        }
        .into_any()
    } else {
        view! {
            <button class="btn" type="button" disabled=move || busy.get() on:click=move |_| act(false)>"J’ai vu"</button>
        }
        .into_any()
    };
    let label = title.clone();
    view! {
        <article class="card" aria-label=label>
            <header class="card__head">
                <h2 class="num">{title}</h2>
                <span class="muted small num">{format::date_time(at_ms)} " · " {who}</span>
            </header>
            {body}
            <div class="btns">{choices}</div>
        </article>
    }
}

fn refused(refusal: &Refusal) -> AnyView {
    let Refusal::InsufficientStock { lines } = refusal else {
        return view! { <NoticeBar kind="bad" title="Vente refusée".into() lines=text::refusal(refusal) /> }.into_any();
    };
    let rows = lines.iter().map(|line| {
        view! {
            <tr>
                <td>{product_name(&line.name)}</td>
                <td>{format::number(line.asked)}</td>
                <td>{format::number(line.available)}</td>
                <td><b class="bad">{format::number(line.asked - line.available)}</b></td>
            </tr>
        }
    });
    view! {
        <NoticeBar
            kind="bad"
            title="Stock insuffisant".into()
            lines=vec!["Le client est parti avec les articles. La vente est gardée.".into()]
        />
        <table class="units">
            <thead>
                <tr>
                    <th scope="col">"Produit"</th>
                    <th scope="col">"Vendu"</th>
                    <th scope="col">"Stock"</th>
                    <th scope="col">"Manque"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
