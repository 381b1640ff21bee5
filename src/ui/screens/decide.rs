//! À décider: refused sales and clashing edits, each with its choices.

mod clash;

use super::{banners, chip, require_person, till, to_decide};
use crate::{
    device::{
        Till,
        handle::{Decided, Decision, Undecided},
    },
    domain::{Money, Sale, Taken},
    sync::{
        Refusal,
        decide::{self, Choice},
        mutation::{Edited, ReceivedLine},
    },
    ui::{
        components::{nav, notice, product_name, top},
        erase::{Row, erase, live, on, rows},
        format, icons, text,
    },
};
use clash::clash;
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[component]
pub fn Decide() -> impl IntoView {
    let till = till();
    require_person(till);
    let error = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if till.rung.with(Option::is_some) {
            till.rung.set(None); // it is being looked at
        }
    });
    let cards = move || {
        let card = |decision: Decision| {
            // The catalogue may be read after the decisions.
            let of = match &decision.what {
                Undecided::Conflict { of: Edited::Product(id), .. } => {
                    till.product(*id).map(|shown| shown.product.name.to_string())
                }
                _ => None,
            };
            let key = format!("{}/{}", decision.key, of.as_deref().unwrap_or_default());
            Row::new(key, move || card(till, decision, of, error))
        };
        till.decisions.get().into_iter().map(card).collect()
    };
    let nothing = live(move || {
        till.decisions.with(Vec::is_empty).then(|| {
            let more = t!("Les ventes refusées et les changements qui se contredisent viennent ici.");
            erase(
                view! { <div class="empty">{icons::circle_check()}<h2>{t!("Rien à décider")}</h2><p>{more}</p></div> },
            )
        })
    });
    erase(view! {
        <div class="app">
            {top(None, t!("À décider").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || error.get().map(|title| notice("bad", title, Vec::new())))} {rows(cards)}
                {nothing} {history(till)}
            </main>
            {nav("/a-decider", to_decide(till))}
        </div>
    })
}

fn card(till: Till, decision: Decision, of: Option<String>, error: RwSignal<Option<String>>) -> AnyView {
    let Decision { key, what, who, at_ms, mine } = decision;
    let (busy, sure) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let end = move |ends: Ends| {
        let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let done = match ends {
                Ends::Sale(choice) => commands.decide(key, choice).await,
                Ends::Clash(chosen) => commands.settle(key, chosen).await,
                Ends::Seen => commands.dismiss(key).await,
            };
            // The card may be gone with what it was about.
            let _ = busy.try_set(false);
            error.set(done.err().map(|problem| text::command_error(&problem)));
        });
    };
    let act = move |choice: Option<Choice>| end(choice.map_or(Ends::Seen, Ends::Sale));
    let (title, body, choices) = match what {
        Undecided::Sale { sale, refusal } => {
            let title = t!(
                "Vente {receipt} · {total}",
                receipt = sale.receipt,
                total = format::money(sale.total().unwrap_or_default())
            );
            let told = refused(till, &sale, &refusal);
            (title, told, live(move || of_sale(till, &sale, &refusal, busy, sure, act)).into_any())
        }
        // Its answer was cleaned up before this phone heard it: the values are gone, that it clashed is not.
        Undecided::Conflict { of: edited, fields } if fields.is_empty() => {
            let lost = t!("Ce changement n’a pas été gardé. Vérifiez, et changez de nouveau s’il le faut.").to_owned();
            let body = notice("warn", t!("Deux valeurs différentes").into(), vec![lost]);
            (clash_title(of, edited), body, seen(busy, act))
        }
        Undecided::Conflict { of: edited, fields } => {
            let settle = move |chosen| end(Ends::Clash(chosen));
            (clash_title(of, edited), clash(fields, mine, busy, settle), ().into_any())
        }
        Undecided::Other { about, refusal } => {
            let lines = refusal.as_ref().map(text::refusal).unwrap_or_default();
            let kept = t!("Changement refusé, gardé sur ce téléphone").to_owned();
            (text::change_name(&about).to_owned(), notice("warn", kept, lines), seen(busy, act))
        }
        Undecided::Damaged(what) => {
            let (title, told) = text::damaged(&what);
            let kept = t!("Une donnée de ce téléphone est abîmée").to_owned();
            (title.to_owned(), notice("warn", kept, vec![told]), seen(busy, act))
        }
    };
    let label = title.clone();
    let when = format::date_time(at_ms);
    let when = if who.is_empty() { when } else { format!("{when} · {who}") };
    erase(view! {
        <article class="card" aria-label=label>
            <header class="card__head">
                <h2 class="num">{title}</h2>
                <span class="muted small num">{when}</span>
            </header>
            {body}
            {choices}
        </article>
    })
}

/// What was decided, by whom and when.
fn history(till: Till) -> AnyView {
    let list = move || {
        let line = |decided: Decided| {
            let key = format!("{}/{}", decided.sale.id, decided.at_ms);
            Row::new(key, move || {
                let Decided { sale, became, who, at_ms } = decided;
                let what = t!(
                    "Vente {receipt} · {total}",
                    receipt = sale.receipt,
                    total = format::money(sale.total().unwrap_or_default())
                );
                let said = format!("{} · {who} · {}", text::became(became), format::date_time(at_ms));
                erase(view! { <li><span class="num">{what}</span><span class="small muted">{said}</span></li> })
            })
        };
        till.decided.get().into_iter().map(line).collect()
    };
    let none = live(move || till.decided.with(Vec::is_empty));
    erase(view! {
        <details class="card more" hidden=none>
            <summary>{t!("Décisions passées")}</summary>
            <ul class="history" aria-label=t!("Décisions passées")>{rows(list)}</ul>
        </details>
    })
}

/// What a tap on a card does.
enum Ends {
    Sale(Choice),
    Clash(Vec<serde_json::Value>),
    Seen,
}

fn clash_title(of: Option<String>, edited: Edited) -> String {
    of.unwrap_or_else(|| text::edited(edited).to_owned())
}

/// What one can make of a refused sale, with what each does to stock and till.
fn of_sale(
    till: Till,
    sale: &Sale,
    refusal: &Refusal,
    busy: RwSignal<bool>,
    sure: RwSignal<Option<String>>,
    act: impl Fn(Option<Choice>) + Copy + 'static,
) -> AnyView {
    let stock = |product| till.product(product).map_or(0, |shown| shown.stock);
    let total = sale.total().unwrap_or_default();
    let missing = decide::corrections(sale, refusal, stock);
    let back = missing.iter().all(|line| stock(line.product) >= sale.units_by_product()[&line.product]);
    let keeps = till.status.with(|status| status.is_owner() || status.rules().lets_employees_correct());
    let mut choices = Vec::new();
    if back {
        let (does, told) = match refusal {
            Refusal::AlreadySettled => (
                t!("Vendre quand même"),
                t!(
                    "Seulement si le client est parti avec les articles. Ailleurs, cette vente a été annulée ou reprise."
                ),
            ),
            _ => (t!("Réessayer"), t!("Le stock est revenu : la vente part de nouveau.")),
        };
        choices.push((Choice::Retry, does.to_owned(), told.to_owned()));
    }
    if keeps && !missing.is_empty() {
        let name = |line: &ReceivedLine| {
            let sold = sale.lines.iter().find(|sold| sold.product == line.product);
            let name = sold.map_or_else(String::new, |sold| sold.name.to_string());
            format!("+{} {name}", format::number(line.quantity.get()))
        };
        let found: Vec<String> = missing.iter().map(name).collect();
        let told = t!("Les articles sont partis. Le compte est corrigé : {found}.", found = found.join(", "));
        choices.push((Choice::Keep, t!("Garder la vente de {total}", total = format::money(total)), told));
    }
    if let Some(part) = decide::part(sale, stock) {
        let kept = part.total().unwrap_or_default();
        let refund = format::money(sale.paid().minus(part.paid()).unwrap_or_default());
        let units = |sale: &Sale| sale.lines.iter().map(|line| line.quantity.get()).sum();
        let told = things!(
            units(&part),
            "{kept} article sur {all} reste vendu ; rendez {refund}.",
            "{kept} articles sur {all} restent vendus ; rendez {refund}.",
            kept = format::number(units(&part)),
            all = format::number(units(sale)),
            refund
        );
        choices.push((Choice::KeepPart, t!("Garder une partie : {kept}", kept = format::money(kept)), told));
    }
    let told = match sale.credit() {
        Some((customer, owed)) if sale.paid() == Money::ZERO => t!(
            "Rien n’est vendu ; les articles reviennent, {customer} ne doit pas {owed}.",
            customer,
            owed = format::money(owed)
        ),
        _ => t!("Rien n’est vendu ; les articles reviennent, rendez {total}.", total = format::money(sale.paid())),
    };
    choices.push((Choice::Cancel, t!("Annuler la vente").to_owned(), told));
    let choices: Vec<AnyView> =
        choices.into_iter().map(|(what, said, told)| choice(what, said, told, busy, sure, act)).collect();
    erase(view! { <ul class="choices">{choices}</ul> })
}

/// One choice. Money that goes back is asked for twice; `sure` is what was tapped once, by what it will do: where that
/// stays the same, the tap counts though the stock has changed.
fn choice(
    what: Choice,
    said: String,
    told: String,
    busy: RwSignal<bool>,
    sure: RwSignal<Option<String>>,
    act: impl Fn(Option<Choice>) + Copy + 'static,
) -> AnyView {
    let asks = match what {
        Choice::Keep | Choice::Retry => None,
        Choice::KeepPart => Some(t!("Oui, garder cette partie et rembourser")),
        Choice::Cancel => Some(t!("Oui, annuler et rembourser")),
    };
    let agreed = Memo::new({
        let told = told.clone();
        move |_| asks.is_none() || sure.with(|sure| sure.as_ref() == Some(&told))
    });
    let tap = on({
        let told = told.clone();
        move |_: MouseEvent| if agreed.get_untracked() { act(Some(what)) } else { sure.set(Some(told.clone())) }
    });
    let class = match what {
        Choice::Keep | Choice::Retry => "btn btn--main btn--wide",
        Choice::KeepPart => "btn btn--wide",
        Choice::Cancel => "btn btn--bad btn--wide",
    };
    let word = live(move || asks.filter(|_| agreed.get()).map_or_else(|| said.clone(), str::to_owned));
    erase(view! {
        <li>
            <button class=class type="button" disabled=live(move || busy.get()) on:click=tap>{word}</button>
            <p class="small muted">{told}</p>
        </li>
    })
}

fn seen(busy: RwSignal<bool>, act: impl Fn(Option<Choice>) + Copy + 'static) -> AnyView {
    let seen = on(move |_: MouseEvent| act(None));
    erase(view! {
        <div class="btns">
            <button class="btn" type="button" disabled=live(move || busy.get()) on:click=seen>{t!("J’ai vu")}</button>
        </div>
    })
}

fn refused(till: Till, sale: &Sale, refusal: &Refusal) -> AnyView {
    let Refusal::InsufficientStock { lines } = refusal else {
        return notice("bad", t!("Vente refusée").into(), text::refusal(refusal));
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
    // Who took the rest, for whoever asks them.
    let taker = |taken: &Taken| {
        let (units, at_ms, actor) = (format::number(taken.units), taken.at_ms, taken.actor);
        let who = move || {
            let name = till.people.with(|people| Some(people.iter().find(|one| one.id == actor)?.name.to_string()));
            name.unwrap_or_else(|| t!("quelqu’un").to_owned())
        };
        let when = format::date_time(at_ms);
        let said = live(move || t!("{units} vendus par {who} le {when}", units, who = who(), when));
        erase(view! { <li class="small">{said}</li> })
    };
    let takers: Vec<AnyView> = lines.iter().flat_map(|line| &line.taken).map(taker).collect();
    let takers = (!takers.is_empty()).then(|| {
        erase(view! {
            <div><p class="small muted">{t!("Partis avant cette vente :")}</p><ul class="history">{takers}</ul></div>
        })
    });
    let mut kept = vec![t!("Le client est parti avec les articles. La vente est gardée.").to_owned()];
    kept.extend(
        sale.beyond_stock.then(|| t!("Elle a été faite hors ligne, au-delà du stock connu à ce moment.").to_owned()),
    );
    erase(view! {
        {notice("bad", t!("Stock insuffisant").into(), kept)}
        <table class="units">
            <thead>
                <tr>
                    <th scope="col">{t!("Produit")}</th>
                    <th scope="col">{t!("Vendu")}</th>
                    <th scope="col">{t!("Stock")}</th>
                    <th scope="col">{t!("Manque")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {takers}
    })
}
