//! Crédits: who owes the shop how much.

mod account;
mod repayment;

use super::{banners, chip, follow, require_person, till, to_decide};
use crate::{
    device::Till,
    domain::{Label, credit, text::fold},
    sync::view::Account,
    ui::{
        components::{input, nav, search_for, sum, top},
        erase::{Row, erase, live, on, rows},
        format, icons,
    },
};
pub use account::AccountCard;
use account::gnf;
use leptos::{ev::MouseEvent, prelude::*};
pub use repayment::Typed;

/// Names that are offered while one is typed.
const OFFERED: usize = 6;

/// All accounts, read again with every change; `None` before they are read.
pub(super) fn read(till: Till) -> RwSignal<Option<Vec<Account>>> {
    let read = RwSignal::new(None);
    follow(
        till,
        || (),
        |commands, ()| commands.credits(),
        move |accounts| {
            // A problem of the storage is told by the banner.
            if let Ok(accounts) = accounts {
                let _ = read.try_set(Some(accounts));
            }
        },
    );
    read
}

/// Whose account it is: typed, or one of those there are.
pub(super) fn customer_field(value: RwSignal<String>, accounts: RwSignal<Option<Vec<Account>>>) -> AnyView {
    let offered = Memo::new(move |_| {
        let typed = value.with(|typed| fold(typed));
        let fits = |account: &&Account| fold(account.customer.as_str()).contains(&typed);
        accounts.with(|all| all.iter().flatten().filter(fits).take(OFFERED).cloned().collect::<Vec<_>>())
    });
    let known = Memo::new(move |_| {
        let typed = value.with(|typed| Label::clean(typed).ok())?;
        accounts.with(|all| all.iter().flatten().find(|one| credit::is_same(&one.customer, &typed)).cloned())
    });
    let names = move || {
        let name = |account: Account| {
            let name = account.customer.to_string();
            Row::new(name.clone(), move || {
                let says = name.clone();
                let is_it = live({
                    let name = name.clone();
                    move || value.with(|typed| *typed == name).to_string()
                });
                let tap = on(move |_: MouseEvent| value.set(name.clone()));
                erase(view! { <button class="btn" type="button" aria-pressed=is_it on:click=tap>{says}</button> })
            })
        };
        offered.get().into_iter().map(name).collect()
    };
    let owes =
        live(move || known.get().map(|account| erase(view! { <span class="field__hint">{stands(&account)}</span> })));
    erase(view! {
        <div class="field">
            <label class="field__label" for="client">{t!("Nom du client")}</label>
            {input("client", "input", "text", "100", value)}
            {owes}
            <div class="btns" role="group" aria-label=t!("Clients connus")>{rows(names)}</div>
        </div>
    })
}

/// What somebody owes so far, in words.
fn stands(account: &Account) -> String {
    let sum = gnf(account.owed_gnf.saturating_abs());
    match account.owed_gnf {
        0 => t!("Ne doit rien").to_owned(),
        ..0 => t!("{more} d’avance", more = sum),
        _ => t!("Doit déjà {owed}", owed = sum),
    }
}

#[component]
pub fn Credits() -> impl IntoView {
    let till = till();
    require_person(till);
    let (found, query) = (read(till), RwSignal::new(String::new()));
    let says = t!("Nom du client");
    let search = search_for("/credits", says, t!("Chercher un client par son nom"), query, || (), ().into_any());
    let total = Memo::new(move |_| {
        found.with(|found| {
            found.as_ref().map(|all| all.iter().fold(0_i64, |sum, one| sum.saturating_add(one.owed_gnf.max(0))))
        })
    });
    let owing = Memo::new(move |_| {
        found.with(|found| found.iter().flatten().filter(|account| account.owed_gnf > 0).count() as i64)
    });
    let hero = live(move || {
        total.get().filter(|_| owing.get() > 0).map(|total| {
            let said = count!(owing.get(), "client doit", "clients doivent");
            erase(view! { <p class="hero">{sum(total)}<span class="muted">{said}</span></p> })
        })
    });
    let shown = move |which: fn(&Account) -> bool| {
        Memo::new(move |_| {
            let typed = query.with(|typed| fold(typed));
            let fits = |account: &&Account| which(account) && fold(account.customer.as_str()).contains(&typed);
            found.with(|found| found.iter().flatten().filter(fits).cloned().collect::<Vec<_>>())
        })
    };
    let (owing, ahead) = (shown(|account| account.owed_gnf > 0), shown(|account| account.owed_gnf < 0));
    // Whoever paid everything is only looked for.
    let settled = shown(|account| account.owed_gnf == 0);
    let looked_for = Memo::new(move |_| query.with(|typed| !typed.trim().is_empty()));
    let settled = Memo::new(move |_| if looked_for.get() { settled.get() } else { Vec::new() });
    let unknown = Memo::new(move |_| {
        looked_for.get() && owing.with(Vec::is_empty) && ahead.with(Vec::is_empty) && settled.with(Vec::is_empty)
    });
    let unknown = live(move || {
        let said = t!("Aucun client de ce nom");
        unknown.get().then(|| erase(view! { <p class="empty" role="status">{icons::search()} {said}</p> }))
    });
    let nobody = |all: &Vec<Account>| all.iter().all(|account| account.owed_gnf == 0);
    let nothing = Memo::new(move |_| !looked_for.get() && found.with(|found| found.as_ref().is_some_and(nobody)));
    let empty = live(move || {
        nothing.get().then(|| {
            let more = t!("À l’encaissement, choisissez « À crédit » et écrivez le nom du client.");
            erase(view! { <div class="empty" role="status">{icons::user()}<h2>{t!("Personne ne doit rien")}</h2><p>{more}</p></div> })
        })
    });
    erase(view! {
        <div class="app">
            {top(Some(("/", t!("Accueil"))), t!("Crédits").into_any(), chip(till), search)}
            <main class="page page--list">{banners(till)} {hero} {list(t!("Doivent"), owing)} {list(t!("Ont payé d’avance"), ahead)} {list(t!("Ne doivent rien"), settled)} {unknown} {empty}</main>
            {nav("/credits", to_decide(till))}
        </div>
    })
}

fn list(name: &'static str, shown: Memo<Vec<Account>>) -> AnyView {
    let some = Memo::new(move |_| !shown.with(Vec::is_empty));
    let list = move || {
        let row = |account: Account| Row::new(format!("{account:?}"), move || row(account));
        shown.get().into_iter().map(row).collect()
    };
    erase(view! {
        <section class="day" aria-label=name hidden=live(move || !some.get())>
            <header class="day__head"><h2>{name}</h2></header>
            <ul class="products">{rows(list)}</ul>
        </section>
    })
}

fn row(account: Account) -> AnyView {
    let Account { customer, owed_gnf, at_ms, waiting } = account;
    let to = address(&customer);
    // Under which heading it stands says which way.
    let owed = if owed_gnf == 0 { ().into_any() } else { sum(owed_gnf.saturating_abs()) };
    let state = waiting.then(|| erase(view! { <span class="tag tag--wait">{t!("En attente")}</span> }));
    erase(view! {
        <li class="product">
            <a class="product__add product__add--link" href=to>
                <span>
                    <span class="name">{customer.to_string()}</span>
                    <span class="small muted num">{format::date_time(at_ms)}</span>
                </span>
                <span class="product__side"><span class="product__price">{owed}</span>{state}</span>
            </a>
        </li>
    })
}

fn address(customer: &Label) -> String {
    format!("/credits/client?nom={}", format::in_address(customer.as_str()))
}
