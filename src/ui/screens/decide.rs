//! À décider: refused sales and clashing edits, each with its choices.

use super::{banners, chip, require_person, till, to_decide};
use crate::{
    device::{
        Till,
        handle::{Decision, Undecided},
    },
    sync::{Refusal, verdict::FieldConflict},
    ui::{
        components::{facts, nav, notice, product_name, top},
        erase::{Row, erase, live, on, rows},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[component]
pub fn Decide() -> impl IntoView {
    let till = till();
    require_person(till);
    let error = RwSignal::new(None::<String>);
    let cards = move || {
        let card = |decision: Decision| Row::new(decision.key.to_string(), move || card(till, decision, error));
        till.decisions.get().into_iter().map(card).collect()
    };
    let nothing = live(move || {
        till.decisions.with(Vec::is_empty).then(|| {
            let more = "Les ventes refusées et les changements qui se contredisent viennent ici.";
            erase(view! { <div class="empty">{icons::circle_check()}<h2>"Rien à décider"</h2><p>{more}</p></div> })
        })
    });
    erase(view! {
        <div class="app">
            {top(None, "À décider".into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || error.get().map(|title| notice("bad", title, Vec::new())))} {rows(cards)}
                {nothing}
            </main>
            {nav("/a-decider", to_decide(till))}
        </div>
    })
}

fn card(till: Till, decision: Decision, error: RwSignal<Option<String>>) -> AnyView {
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
    let (title, body, is_sale) = match what {
        Undecided::Sale { sale, refusal } => {
            let total = format::money(sale.total().unwrap_or_default());
            (format!("Vente {} · {total}", sale.receipt), refused(&refusal), true)
        }
        Undecided::Conflict { about, fields } => (text::change_name(&about).to_owned(), clash(fields), false),
        Undecided::Other { about, refusal } => {
            let lines = refusal.as_ref().map(text::refusal).unwrap_or_default();
            let kept = "Changement refusé, gardé sur ce téléphone".to_owned();
            (text::change_name(&about).to_owned(), notice("warn", kept, lines), false)
        }
    };
    let choices = if is_sale { of_sale(busy, sure, act) } else { seen(busy, act) };
    let label = title.clone();
    erase(view! {
        <article class="card" aria-label=label>
            <header class="card__head">
                <h2 class="num">{title}</h2>
                <span class="muted small num">{format!("{} · {who}", format::date_time(at_ms))}</span>
            </header>
            {body}
            {choices}
        </article>
    })
}

fn of_sale(busy: RwSignal<bool>, sure: RwSignal<bool>, act: impl Fn(bool) + Copy + 'static) -> AnyView {
    let retry = on(move |_: MouseEvent| act(true));
    let cancel = on(move |_: MouseEvent| if sure.get_untracked() { act(false) } else { sure.set(true) });
    let cancels = live(move || if sure.get() { "Oui, annuler et rembourser" } else { "Annuler la vente" });
    erase(view! {
        <p class="small muted">
            "Réessayer : la vente part de nouveau, si le stock est revenu. Annuler : rien n’est vendu, rendez l’argent."
        </p>
        <div class="btns">
            <button class="btn btn--main" type="button" disabled=live(move || busy.get()) on:click=retry>
                {icons::refresh_cw()} "Réessayer"
            </button>
            <button class="btn btn--bad" type="button" disabled=live(move || busy.get()) on:click=cancel>{cancels}</button>
        </div>
    })
}

fn seen(busy: RwSignal<bool>, act: impl Fn(bool) + Copy + 'static) -> AnyView {
    let seen = on(move |_: MouseEvent| act(false));
    erase(view! {
        <div class="btns">
            <button class="btn" type="button" disabled=live(move || busy.get()) on:click=seen>"J’ai vu"</button>
        </div>
    })
}

fn clash(fields: Vec<FieldConflict>) -> AnyView {
    let field = |field: FieldConflict| {
        let value = |value: &serde_json::Value| text::field_value(value).into_any();
        let values = vec![
            ("Avant", value(&field.before)),
            ("L’autre téléphone", value(&field.theirs)),
            ("Ce téléphone", value(&field.mine)),
        ];
        erase(view! { <h3>{text::field_name(&field.field)}</h3>{facts(values)} })
    };
    let fields: Vec<AnyView> = fields.into_iter().map(field).collect();
    erase(view! {
        {notice("warn", "Deux valeurs différentes".into(), vec!["La valeur de l’autre téléphone est restée.".into()])} {fields}
    })
}

fn refused(refusal: &Refusal) -> AnyView {
    let Refusal::InsufficientStock { lines } = refusal else {
        return notice("bad", "Vente refusée".into(), text::refusal(refusal));
    };
    let row = |line: &crate::domain::Shortage| {
        let missing = format::number(line.asked - line.available);
        erase(view! {
            <tr>
                <td>{product_name(&line.name)}</td>
                <td>{format::number(line.asked)}</td>
                <td>{format::number(line.available)}</td>
                <td><b class="bad">{missing}</b></td>
            </tr>
        })
    };
    let rows: Vec<AnyView> = lines.iter().map(row).collect();
    let kept = "Le client est parti avec les articles. La vente est gardée.".to_owned();
    erase(view! {
        {notice("bad", "Stock insuffisant".into(), vec![kept])}
        <table class="units">
            <thead>
                <tr>
                    <th scope="col">"Produit"</th>
                    <th scope="col">"Vendu"</th>
                    <th scope="col">"Stock"</th>
                    <th scope="col">"Manque"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}
