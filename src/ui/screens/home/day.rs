//! How the day goes, what needs attention, and the ways to the rest of the shop.

use crate::{
    device::{Till, handle::Today},
    sync::view::{Margin, Takings},
    ui::{
        components::sum,
        erase::{erase, live},
        format, icons,
        screens::{follow, holds_costs, install, loading},
    },
};
use leptos::prelude::*;

pub fn day(till: Till) -> AnyView {
    let (today, answered) = read_today(till);
    // What was sold today stands on the server too: nothing waits.
    let sold = Memo::new(move |_| {
        let standing = till.status.with(|status| status.waiting + status.to_decide == 0);
        standing && today.with(|today| today.as_ref().is_some_and(|today| today.takings.count > 0))
    });
    let below = move || {
        erase(view! {
            {attention(till)} <h2>{t!("La boutique")}</h2>
            <ul class="todo">
                {row("/ventes", icons::receipt_text(), t!("Ventes").to_owned(), t!("Par jour ; annuler, vendre à nouveau"))}
                {row("/depenses", icons::banknote(), t!("Dépenses").to_owned(), t!("Par mois et par type"))}
                {row("/credits", icons::user(), t!("Crédits").to_owned(), t!("Qui doit combien ; encaisser ce qui est dû"))}
            </ul>
            {install::offer(till, sold.into())}
        })
    };
    // Drawn sooner, it would move under a finger as the figures above it come. What the browser offers comes at any time:
    // nothing is below that.
    let known = move || answered.get() || till.status.with(|status| status.storage_problem.is_some());
    let settled = Memo::new(move |before: Option<&bool>| before == Some(&true) || known());
    erase(view! { {takings(till, today)} {live(move || settled.get().then(below))} })
}

/// Today; and whether it was asked for and there is an answer, or none to be had.
fn read_today(till: Till) -> (Memo<Option<Today>>, RwSignal<bool>) {
    let (read, answered) = (RwSignal::new(None::<Today>), RwSignal::new(false));
    follow(
        till,
        || (),
        |commands, ()| commands.today(),
        move |today| {
            // A problem of the storage is told by the banner.
            if let Ok(today) = today {
                let _ = read.try_set(Some(today));
            }
            let _ = answered.try_set(true);
        },
    );
    // Takings of a part of the shop are nobody's.
    let whole = Memo::new(move |_| till.status.with(|status| !status.first_read));
    (Memo::new(move |_| read.get().filter(|_| whole.get())), answered)
}

/// Today's takings; the margin on phones that hold purchase prices alone.
fn takings(till: Till, today: Memo<Option<Today>>) -> AnyView {
    // Before it is read there is no figure, but its place.
    let gnf =
        move |of: fn(&Today) -> i64| live(move || today.with(|today| today.as_ref().map(of)).map_or_else(unread, sum));
    let count = live(move || {
        let count = today.with(|today| today.as_ref().map(|today| today.takings.count));
        count.map_or_else(|| "\u{a0}".to_owned(), |count| count!(count, "vente", "ventes"))
    });
    let costs = holds_costs(till);
    let margin = live(move || {
        costs.get().then(|| {
            let told = live(move || {
                let margin = today.with(|today| today.as_ref().and_then(|today| today.margin)).unwrap_or_default();
                margin_told(margin)
            });
            let gnf = gnf(|today| today.margin.unwrap_or_default().gnf);
            stat(t!("Marge brute"), gnf.into_any(), told.into_any())
        })
    });
    let day = live(move || today.with(|today| today.as_ref().map(|today| today.day.to_string())));
    let owed = Memo::new(move |_| today.with(|today| today.as_ref().map_or(0, |today| today.takings.credit_gnf)));
    let credit = live(move || {
        (owed.get() != 0).then(|| stat(t!("À crédit"), sum(owed.get()), t!("Vendu, pas encore payé").into_any()))
    });
    let repaid = Memo::new(move |_| today.with(|today| today.as_ref().map(|today| today.repaid)).unwrap_or_default());
    let repaid = live(move || (repaid.get().count > 0).then(|| brought(repaid.get())));
    erase(view! {
        <section class="card" aria-labelledby="jour">
            <header class="card__head"><h2 id="jour">{t!("Aujourd’hui")}</h2><span class="small muted num">{day}</span></header>
            <p class="hero">{gnf(|today| today.takings.total_gnf())}<span class="muted">{count}</span></p>
            <div class="split">
                <div class="stat"><span class="small">{t!("Espèces")}</span><b class="num">{gnf(|today| today.takings.cash_gnf)}</b></div>
                <div class="stat"><span class="small">"Orange Money"</span><b class="num">{gnf(|today| today.takings.orange_money_gnf)}</b></div>
                {credit} {repaid} {margin}
            </div>
        </section>
    })
}

/// As high as a figure.
fn unread() -> AnyView {
    erase(view! { <span class="money">"…"</span> })
}

/// A figure over the whole width, and what it is.
fn stat(name: &'static str, figure: AnyView, about: AnyView) -> AnyView {
    erase(view! {
        <div class="stat stat--wide">
            <span class="small">{name}</span>
            <b class="num">{figure}</b>
            <span class="small muted">{about}</span>
        </div>
    })
}

/// What customers brought today: it is in the drawer too, and of no sale of today.
fn brought(repaid: Takings) -> AnyView {
    let about = t!(
        "Espèces {cash} · Orange Money {orange_money}",
        cash = format::number(repaid.cash_gnf),
        orange_money = format::number(repaid.orange_money_gnf)
    );
    stat(t!("Crédits remboursés"), sum(repaid.total_gnf()), about.into_any())
}

/// What the figure is, and what it is not of.
fn margin_told(margin: Margin) -> String {
    let what = t!("Prix de vente moins prix d’achat actuel");
    match margin.unknown_units {
        0 => format!("{what}."),
        units => {
            t!("{what}, sans {unknown} au prix d’achat inconnu.", what, unknown = count!(units, "article", "articles"))
        }
    }
}

fn attention(till: Till) -> AnyView {
    let standing = Memo::new(move |_| till.status.with(|status| (status.to_decide, status.waiting, status.first_read)));
    // Nothing is in order, or not, before the device's data is read.
    let wanting = Memo::new(move |_| till.ready.get().then(|| till.wanting()));
    erase(live(move || {
        let ((to_decide, waiting, first), Some((low, empty))) = (standing.get(), wanting.get()) else {
            return ().into_any();
        };
        // Counted of a part of the shop is nothing to go by.
        let (low, empty) = if first { (0, 0) } else { (low, empty) };
        if (to_decide, waiting, low, empty) == (0, 0, 0, 0) {
            if first {
                return loading(till);
            }
            return erase(view! { <p class="empty">{icons::circle_check()} {t!("Tout est en ordre.")}</p> });
        }
        let some = |n: usize| (n > 0).then_some(n as i64);
        let decide = some(to_decide).map(|n| {
            let said = count!(n, "décision à prendre", "décisions à prendre");
            row("/a-decider", icons::triangle_alert(), said, t!("Une vente refusée, ou deux valeurs différentes"))
        });
        let wait = some(waiting).map(|n| {
            let said = t!("{n} en attente", n = format::number(n));
            row("/parametres", icons::clock(), said, t!("Envoyé dès que le réseau revient"))
        });
        let empty = some(empty).map(|n| {
            let said = count!(n, "produit épuisé", "produits épuisés");
            row("/stock?etat=epuise", icons::package(), said, t!("Il n’y en a plus"))
        });
        let low = some(low).map(|n| {
            let said = count!(n, "produit en stock bas", "produits en stock bas");
            row("/stock?etat=bas", icons::package(), said, t!("Au seuil d’alerte, ou en dessous"))
        });
        let reads = first.then(|| loading(till));
        erase(view! { {reads} <h2>{t!("À voir")}</h2><ul class="todo">{decide}{wait}{empty}{low}</ul> })
    }))
}

fn row(to: &'static str, icon: AnyView, said: String, more: &'static str) -> AnyView {
    erase(view! {
        <li>
            <a class="todo__link" href=to>{icon}<span>{said}<small>{more}</small></span>{icons::chevron_right()}</a>
        </li>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_says_what_it_leaves_out() {
        let told = |unknown_units| margin_told(Margin { gnf: 0, unknown_units });
        assert_eq!(told(0), "Prix de vente moins prix d’achat actuel.");
        assert_eq!(told(2), "Prix de vente moins prix d’achat actuel, sans 2 articles au prix d’achat inconnu.");
    }
}
