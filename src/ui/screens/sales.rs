//! Ventes: what was sold, day by day, and one sale of it.

mod sale;

use super::{
    banners, chip, follow, name_of,
    older::Past,
    require_person,
    returning::{Left, Returning},
    till, to_decide,
};
use crate::{
    device::{
        Till,
        handle::{Older, Sales as Found},
    },
    domain::Day,
    sync::view::{ListedSale, SalesDay, Takings},
    ui::{
        components::{amount, nav, notice, product_name, search_for, sum, top},
        erase::{Row, erase, live, rows},
        format, icons, text,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
pub use sale::SaleCard;

/// How many sales are listed at first, and how many more each time somebody wants to see older ones. Whole days are, so
/// it may be some more.
const STEP: usize = 60;
/// Of a day, how many are drawn before the first frame: more than a phone shows.
const SCREENFUL: usize = 12;

/// What the screen is at.
#[derive(Clone, Copy)]
struct Listing {
    till: Till,
    query: RwSignal<String>,
    at_least: RwSignal<usize>,
    past: Past,
    found: RwSignal<Option<Found>>,
    error: RwSignal<Option<String>>,
    /// All that is listed is drawn.
    whole: RwSignal<bool>,
}

#[component]
pub fn Sales() -> impl IntoView {
    let till = till();
    require_person(till);
    let typed = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    let returning = expect_context::<Returning>();
    let left = Left::take(returning.sales).filter(|_| typed.is_empty());
    let (typed, at_least) = left.as_ref().map_or((typed, STEP), |left| (left.query.clone(), left.shows));
    let error = RwSignal::default();
    let listing = Listing {
        till,
        query: RwSignal::new(typed),
        at_least: RwSignal::new(at_least),
        past: Past::new(till, Older::Sales, error),
        found: RwSignal::default(),
        error,
        whole: RwSignal::new(left.is_some()),
    };
    follow(
        till,
        move || {
            listing.past.track();
            (listing.query.get(), listing.at_least.get())
        },
        |commands, (typed, at_least)| commands.sales(typed, at_least),
        move |read| match read {
            Ok(found) => listing.show(found),
            Err(problem) => drop(listing.error.try_set(Some(text::storage_problem(problem).to_owned()))),
        },
    );
    // Once, when the days are drawn.
    let mut left = left;
    Effect::new(move |_| {
        if listing.found.with(Option::is_some)
            && let Some(left) = left.take()
        {
            left.scroll_back();
        }
    });
    let query = listing.query;
    let keep = Left::keep(returning.sales, query, listing.at_least);
    let search = search_for(
        "/ventes",
        t!("Reçu, produit ou montant"),
        t!("Chercher une vente par reçu, produit ou montant"),
        query,
        || (),
        ().into_any(),
    );
    erase(view! {
        <div class="app">
            {top(Some(("/", t!("Accueil"))), t!("Ventes").into_any(), chip(till), search)}
            <main class="page page--list" on:click=keep>
                {banners(till)} {live(move || listing.error.get().map(|title| notice("bad", title, Vec::new())))}
                {listing.days()} {listing.end()}
            </main>
            {nav("/ventes", to_decide(till))}
        </div>
    })
}

impl Listing {
    /// A day of a busy shop has more sales than a screen, and those in sight are not to wait for the others.
    fn show(self, found: Found) {
        // The screen may have been left meanwhile.
        drop(self.found.try_set(Some(found)));
        if self.whole.try_get_untracked() == Some(false) {
            let draw = move || {
                self.whole.try_set(true);
            };
            request_animation_frame(move || request_animation_frame(draw));
        }
    }

    fn days(self) -> AnyView {
        let searched = Memo::new(move |_| self.query.with(|typed| !typed.trim().is_empty()));
        let list = move || {
            let Some(Found { days, today, .. }) = self.found.get() else { return Vec::new() };
            let searched = searched.get();
            let day = |SalesDay { day, .. }: SalesDay| {
                Row::new(format!("{}/{}/{searched}", day.0, today.0), move || self.day(day, today, searched))
            };
            days.into_iter().map(day).collect()
        };
        rows(list)
    }

    fn day(self, day: Day, today: Day, searched: bool) -> AnyView {
        let find = move |found: &Option<Found>| found.as_ref()?.days.iter().find(|one| one.day == day).cloned();
        let shown = Memo::new(move |_| self.found.with(find));
        let takings = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|one| one.takings)).unwrap_or_default());
        let count = live(move || match searched {
            true => count!(takings.get().count, "vente trouvée", "ventes trouvées"),
            false => count!(takings.get().count, "vente", "ventes"),
        });
        let means = live(move || {
            let Takings { cash_gnf, orange_money_gnf, credit_gnf, .. } = takings.get();
            let paid = t!(
                "Espèces {cash} · Orange Money {orange_money}",
                cash = format::number(cash_gnf),
                orange_money = format::number(orange_money_gnf)
            );
            match credit_gnf {
                0 => paid,
                owed => t!("{paid} · À\u{a0}crédit\u{a0}{owed}", paid, owed = format::number(owed)),
            }
        });
        let repaid = Memo::new(move |_| {
            let of_day = |found: &Found| found.repaid.get(&day).copied();
            self.found.with(|found| found.as_ref().and_then(of_day)).unwrap_or_default()
        });
        let repaid = live(move || {
            let brought = repaid.get();
            (brought.count > 0).then(|| {
                let said = t!("Crédits remboursés {brought}", brought = format::number(brought.total_gnf()));
                erase(view! { <p class="small muted num day__more">{said}</p> })
            })
        });
        let list = move || {
            let sales = shown.get().map(|shown| shown.sales).unwrap_or_default();
            let row = |listed: ListedSale| {
                let key = format!("{}/{}/{}/{}", listed.sale.id, listed.waiting, listed.voided, listed.at_ms);
                Row::new(key, move || self.row(listed))
            };
            let drawn = if self.whole.get() { sales.len() } else { SCREENFUL };
            sales.into_iter().take(drawn).map(row).collect()
        };
        let name = format::day(day, today);
        let label = name.clone();
        erase(view! {
            <section class="day" aria-label=label>
                <header class="day__head">
                    <h2>{name}</h2>
                    <b class="num">{live(move || sum(takings.get().total_gnf()))}</b>
                    <p class="small muted num">{count}</p>
                    <p class="small muted num">{means}</p>
                    {repaid}
                </header>
                <ul class="products">{rows(list)}</ul>
            </section>
        })
    }

    fn row(self, listed: ListedSale) -> AnyView {
        let ListedSale { sale, actor, at_ms, waiting, voided, .. } = listed;
        let to = format!("/ventes/vente?id={}", sale.id);
        let first = sale.lines.first().map_or_else(String::new, |line| line.name.to_string());
        let others = match sale.lines.len().saturating_sub(1) {
            0 => None,
            n => {
                let said = t!("et {others}", others = count!(n as i64, "autre", "autres"));
                Some(erase(view! { <span class="small">" "{said}</span> }))
            }
        };
        let (receipt, till) = (sale.receipt.to_string(), self.till);
        let beyond = if sale.beyond_stock { format!(" · {}", t!("au-delà du stock")) } else { String::new() };
        let about = live(move || format!("{} · {receipt} · {}{beyond}", format::time(at_ms), name_of(till, actor)));
        let void = voided.then(|| erase(view! { <span class="tag tag--bad">{t!("Annulée")}</span> }));
        let waits = (waiting && !voided).then(|| {
            let since = t!("En attente depuis {time}", time = format::time(at_ms));
            erase(view! { <span class="tag tag--wait">{since}</span> })
        });
        let class = if voided { "product__add product__add--link struck" } else { "product__add product__add--link" };
        erase(view! {
            <li class="product">
                <a class=class href=to>
                    <span>
                        {product_name(&first)} {others} <span class="small muted num">{about}</span> {waits}
                    </span>
                    <span class="product__side">
                        <span class="product__price">{amount(sale.total().unwrap_or_default())}</span>
                        {void}
                    </span>
                </a>
            </li>
        })
    }

    /// What there is beyond the list: more on this phone, or the months before on the server.
    fn end(self) -> AnyView {
        let reach = Memo::new(move |_| self.found.with(|found| found.as_ref().map(|found| found.reach)));
        let nothing =
            Memo::new(move |_| self.found.with(|found| found.as_ref().is_some_and(|found| found.days.is_empty())));
        let empty = live(move || {
            nothing.get().then(|| {
                let searched = self.query.with(|typed| !typed.trim().is_empty());
                let said = if searched { t!("Aucune vente ne correspond") } else { t!("Pas encore de vente") };
                erase(view! { <div class="empty" role="status">{icons::search()}<h2>{said}</h2></div> })
            })
        });
        erase(view! { {empty} {self.past.end(reach, move || self.at_least.update(|at_least| *at_least += STEP))} })
    }
}
