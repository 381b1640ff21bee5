//! Dépenses: what the shop paid for, month by month or in the last days, and kind by kind.

mod expense;

use super::{banners, chip, follow, name_of, older::Past, require_person, till, to_decide};
use crate::{
    device::{
        Till,
        handle::{Expenses as Found, Older},
    },
    domain::{Day, Label},
    sync::view::{ExpensesMonth, KindSum, ListedExpense, last_days, same_kind},
    ui::{
        components::{amount, nav, notice, segments, sum, top},
        erase::{Row, erase, live, on, rows},
        format, icons, text,
    },
};
pub(super) use expense::Draft;
pub use expense::ExpenseCard;
use leptos::{ev::MouseEvent, prelude::*};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Period {
    #[default]
    Months,
    Week,
}

const WEEK_DAYS: i64 = 7;

/// What the screen is at.
#[derive(Clone, Copy)]
struct Listing {
    till: Till,
    /// The one kind that is shown.
    kind: RwSignal<Option<Label>>,
    past: Past,
    period: RwSignal<Period>,
    found: RwSignal<Option<Found>>,
    error: RwSignal<Option<String>>,
}

#[component]
pub fn Expenses() -> impl IntoView {
    let till = till();
    require_person(till);
    let error = RwSignal::default();
    let past = Past::new(till, Older::Expenses, error);
    let (kind, period, found) = (RwSignal::default(), RwSignal::default(), RwSignal::default());
    let listing = Listing { till, kind, past, period, found, error };
    read(till, move || past.track(), listing.found, listing.error);
    erase(view! {
        <div class="app">
            {top(Some(("/", t!("Accueil"))), t!("Dépenses").into_any(), chip(till), ().into_any())}
            <main class="page page--list">
                {banners(till)} {live(move || listing.error.get().map(|title| notice("bad", title, Vec::new())))}
                {segments("periode", t!("Période"), &[(t!("Par mois"), Period::Months), (t!("7 jours"), Period::Week)], period)}
                {listing.months()} {listing.end()}
            </main>
            <section class="dock dock--nav" aria-label=t!("Action principale")>
                <a class="btn btn--main btn--wide" href="/depenses/depense">{icons::plus()} {t!("Nouvelle dépense")}</a>
            </section>
            {nav("/depenses", to_decide(till))}
        </div>
    })
}

/// Reads all expenses that are known here, again with every change and with what `tracks` does.
fn read(till: Till, tracks: impl Fn() + 'static, found: RwSignal<Option<Found>>, error: RwSignal<Option<String>>) {
    follow(
        till,
        tracks,
        |commands, ()| commands.expenses(),
        move |read| match read {
            Ok(read) => drop(found.try_set(Some(read))),
            Err(problem) => drop(error.try_set(Some(text::storage_problem(problem).to_owned()))),
        },
    );
}

impl Listing {
    fn months(self) -> AnyView {
        let shown = Memo::new(move |_| {
            let period = self.period.get();
            self.found.with(|found| match (found, period) {
                (Some(found), Period::Months) => found.months.clone(),
                (Some(found), Period::Week) => vec![last_days(&found.months, found.today, WEEK_DAYS)],
                (None, _) => Vec::new(),
            })
        });
        let list = move || {
            let period = self.period.get();
            let month = |ExpensesMonth { month, .. }: ExpensesMonth| {
                let name = match period {
                    Period::Months => format::month(month),
                    Period::Week => t!("7 derniers jours").to_owned(),
                };
                Row::new(format!("{name}/{}", month.0), move || self.month(shown, month, name))
            };
            shown.get().into_iter().map(month).collect()
        };
        rows(list)
    }

    /// A month, or the days since then.
    fn month(self, all: Memo<Vec<ExpensesMonth>>, month: Day, name: String) -> AnyView {
        let find = move |all: &Vec<ExpensesMonth>| all.iter().find(|one| one.month == month).cloned();
        let shown = Memo::new(move |_| all.with(find));
        let total = live(move || sum(shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.total_gnf))));
        let kinds = move || {
            let kinds = shown.with(|shown| shown.as_ref().map(|shown| shown.kinds.clone())).unwrap_or_default();
            let kind = |KindSum { kind, gnf }: KindSum| Row::new(format!("{kind}/{gnf}"), move || self.kind(kind, gnf));
            kinds.into_iter().map(kind).collect()
        };
        let list = move || {
            let expenses = shown.get().map(|shown| shown.expenses).unwrap_or_default();
            let of = self.kind.get();
            let chosen = |listed: &ListedExpense| of.as_ref().is_none_or(|kind| same_kind(kind, &listed.expense.kind));
            let row = |listed: ListedExpense| Row::new(format!("{listed:?}"), move || self.row(listed));
            expenses.into_iter().filter(chosen).map(row).collect()
        };
        let label = name.clone();
        erase(view! {
            <section class="day" aria-label=label>
                <header class="day__head">
                    <h2>{name}</h2>
                    <b class="num">{total}</b>
                    <div class="words" role="group" aria-label=t!("Types")>{rows(kinds)}</div>
                </header>
                <ul class="products">{rows(list)}</ul>
            </section>
        })
    }

    /// What a kind came to; a tap shows it alone, another one all again.
    fn kind(self, kind: Label, gnf: i64) -> AnyView {
        let kind = StoredValue::new(kind);
        let is_it = Memo::new(move |_| {
            self.kind
                .with(|chosen| chosen.as_ref().is_some_and(|chosen| kind.with_value(|kind| same_kind(chosen, kind))))
        });
        let tap = on(move |_: MouseEvent| self.kind.set((!is_it.get_untracked()).then(|| kind.get_value())));
        let pressed = live(move || is_it.get().to_string());
        erase(view! {
            <button class="btn word" type="button" aria-pressed=pressed on:click=tap>
                {kind.get_value().to_string()} <b class="num">{format::number(gnf)}</b>
            </button>
        })
    }

    fn row(self, listed: ListedExpense) -> AnyView {
        let ListedExpense { expense, actor, at_ms, day, waiting } = listed;
        let to = format!("/depenses/depense?id={}", expense.id);
        let (till, note) = (self.till, expense.note.to_string());
        // Of another day than it was recorded on, the hour says nothing.
        let when = if day == Day::of_ms(at_ms) { format::date_time(at_ms) } else { day.to_string() };
        let about = live(move || format!("{when} · {}", name_of(till, actor)));
        let note = (!note.is_empty()).then(|| erase(view! { <span class="small note">{note}</span> }));
        let state = waiting.then(|| erase(view! { <span class="tag tag--wait">{t!("En attente")}</span> }));
        erase(view! {
            <li class="product">
                <a class="product__add product__add--link" href=to>
                    <span>
                        <span class="name">{expense.kind.to_string()}</span>
                        {note}
                        <span class="small muted num">{about}</span>
                    </span>
                    <span class="product__side">
                        <span class="product__price">{amount(expense.amount)}</span>
                        {state}
                    </span>
                </a>
            </li>
        })
    }

    /// The months before, which the server is asked for.
    fn end(self) -> AnyView {
        let reach = Memo::new(move |_| self.found.with(|found| found.as_ref().map(|found| found.reach)));
        let nothing =
            Memo::new(move |_| self.found.with(|found| found.as_ref().is_some_and(|found| found.months.is_empty())));
        let empty = live(move || {
            nothing.get().then(|| {
                let more = t!("Transport, loyer, électricité : ce que la boutique paie vient ici.");
                erase(view! { <div class="empty" role="status">{icons::banknote()}<h2>{t!("Pas de dépense")}</h2><p>{more}</p></div> })
            })
        });
        // What is older is no question of the last days.
        let away = live(move || self.period.get() != Period::Months);
        erase(view! { {empty} <div hidden=away>{self.past.end(reach, || ())}</div> })
    }
}
