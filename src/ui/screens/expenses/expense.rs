//! One expense: a new one, or one to change or to take back.

use super::read;
use crate::{
    device::{Till, handle::Act},
    domain::{
        Day, Expense, ExpenseId, Label, Note,
        expense::{Dated, may_be_of},
        limits::EXPENSE_BACK_MAX_DAYS,
    },
    sync::view::ListedExpense,
    ui::{
        components::{amount, facts, money_field, notice, suggested, text_field, top},
        erase::{erase, live, on},
        format,
        screens::{banners, chip, name_of, only_theirs, owns, require_person, till},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};
use uuid::Uuid;

/// What is typed.
#[derive(Clone, Copy)]
struct Form {
    till: Till,
    /// The expense as it was when it was opened; none is a new one.
    seen: StoredValue<Option<Dated>>,
    /// By the server's clock, once it is known: today, of a new one.
    recorded_on: Memo<Option<Day>>,
    /// What was chosen for its day, if anything was.
    day: RwSignal<Option<String>>,
    kind: RwSignal<String>,
    amount: RwSignal<String>,
    note: RwSignal<String>,
    reason: RwSignal<String>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

#[component]
pub fn ExpenseCard() -> impl IntoView {
    let till = till();
    require_person(till);
    let id = use_query_map().with_untracked(|query| query.get("id")?.parse::<ExpenseId>().ok());
    let (found, error) = (RwSignal::new(None), RwSignal::new(None));
    read(till, || (), found, error);
    // The form is of the expense as it was when it was opened: what somebody else changes meanwhile is not overwritten.
    let opened = Memo::new(move |before: Option<&Option<ListedExpense>>| match before {
        Some(Some(opened)) => Some(opened.clone()),
        _ => found.with(|found: &Option<super::Found>| found.as_ref()?.find(id?)),
    });
    let today = Memo::new(move |_| found.with(|found: &Option<super::Found>| found.as_ref().map(|found| found.today)));
    let owner = owns(till);
    let actor = Memo::new(move |_| till.status.with(|status| status.actor.as_ref().map(|actor| actor.id)));
    let body = live(move || match (id, opened.get()) {
        (None, _) => Form::new(till, None, today).draw(),
        (_, Some(opened)) if owner.get() || Some(opened.actor) == actor.get() => {
            let ListedExpense { expense, day, at_ms, .. } = opened;
            let recorded_on = Memo::new(move |_| Some(Day::of_ms(at_ms)));
            Form::new(till, Some(Dated { expense, day }), recorded_on).draw()
        }
        (_, Some(opened)) => known(till, opened),
        (_, None) if found.with(Option::is_some) => {
            notice("warn", t!("Cette dépense n’est pas sur ce téléphone").into(), vec![])
        }
        (_, None) => ().into_any(),
    });
    let name = if id.is_some() { t!("Dépense") } else { t!("Nouvelle dépense") };
    erase(view! {
        <div class="app app--task">
            {top(Some(("/depenses", t!("Retour aux dépenses"))), name.into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || error.get().map(|title| notice("bad", title, Vec::new())))} {body}
            </main>
        </div>
    })
}

/// What somebody sees who may not change it.
fn known(till: Till, listed: ListedExpense) -> AnyView {
    let ListedExpense { expense, actor, at_ms, day, .. } = listed;
    let told = facts(vec![
        (t!("Sorte"), expense.kind.to_string().into_any()),
        (t!("Montant"), amount(expense.amount)),
        (t!("Note"), expense.note.to_string().into_any()),
        (t!("Jour"), day.to_string().into_any()),
        (t!("Saisie le"), format::date_time(at_ms).into_any()),
        (t!("Par"), live(move || name_of(till, actor)).into_any()),
    ]);
    let said = live(move || only_theirs(till, actor, t!("changer cette dépense")));
    erase(view! { <section class="card" aria-label=t!("Dépense")>{told}</section> <p class="small muted">{said}</p> })
}

impl Form {
    fn new(till: Till, seen: Option<Dated>, recorded_on: Memo<Option<Day>>) -> Self {
        let of = |read: fn(&Dated) -> String| RwSignal::new(seen.as_ref().map(read).unwrap_or_default());
        Self {
            till,
            recorded_on,
            day: RwSignal::default(),
            kind: of(|seen| seen.expense.kind.to_string()),
            amount: of(|seen| format::number(seen.expense.amount.get())),
            note: of(|seen| seen.expense.note.to_string()),
            reason: RwSignal::default(),
            busy: RwSignal::default(),
            error: RwSignal::default(),
            seen: StoredValue::new(seen),
        }
    }

    /// What it comes to; the id of a new one is made when it is saved.
    fn wanted(self) -> Option<Dated> {
        let id = self.seen.with_value(|seen| seen.as_ref().map_or(ExpenseId(Uuid::nil()), |seen| seen.expense.id));
        let amount = self.amount.with(|typed| format::parse_amount(typed)).filter(|amount| amount.get() > 0)?;
        let kind = self.kind.with(|typed| Label::clean(typed).ok())?;
        let expense = Expense { id, kind, amount, note: self.note.with(|typed| Note::clean(typed).ok())? };
        Some(Dated { expense, day: self.chosen()? })
    }

    /// The day it is of before anything is chosen.
    fn stands(self) -> Option<Day> {
        self.seen.with_value(|seen| seen.as_ref().map(|seen| seen.day)).or_else(|| self.recorded_on.get())
    }

    /// The day it is of; `None` where it cannot be of what is chosen.
    fn chosen(self) -> Option<Day> {
        let day = match self.day.get() {
            Some(chosen) => format::parse_iso(&chosen)?,
            None => self.stands()?,
        };
        may_be_of(day, self.recorded_on.get()?).is_ok().then_some(day)
    }

    fn days(self) -> AnyView {
        // What is chosen is the field's own: a browser that is told half a date forgets it.
        let shown = live(move || self.stands().map(format::iso).unwrap_or_default());
        let first = move || self.recorded_on.get().map(|last| Day(last.0 - EXPENSE_BACK_MAX_DAYS));
        let wrong = live(move || {
            let (first, last) = (first()?, self.recorded_on.get()?);
            let said = t!("Entre le {first} et le {last}", first, last);
            self.chosen().is_none().then(|| erase(view! { <span class="field__error" role="alert">{said}</span> }))
        });
        erase(view! {
            <div class="field">
                <label class="field__label" for="jour">{t!("Jour de la dépense")}</label>
                <input
                    class="input"
                    id="jour"
                    type="date"
                    min=live(move || first().map(format::iso))
                    max=live(move || self.recorded_on.get().map(format::iso))
                    prop:value=shown
                    on:input=on(move |event| self.day.set(Some(event_target_value(&event))))
                />
                {wrong}
            </div>
        })
    }

    fn draw(self) -> AnyView {
        let wanted = Memo::new(move |_| self.wanted());
        let unchanged = move || self.seen.with_value(|seen| seen.is_some() && *seen == wanted.get());
        let done = use_navigate();
        let act = move |act: Act| {
            let Some(commands) = self.till.commands() else { return };
            self.busy.set(true);
            let done = done.clone();
            spawn_local(async move {
                let saved = commands.act(act).await;
                let _ = self.busy.try_set(false); // the screen may have been left meanwhile
                match saved {
                    Ok(()) => done("/depenses", Default::default()),
                    Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
                }
            });
        };
        let takes = act.clone();
        let save = on(move |_: MouseEvent| {
            let (Some(commands), Some(wanted)) = (self.till.commands(), wanted.get_untracked()) else { return };
            match self.seen.get_value() {
                Some(seen) => act(Act::EditExpense { seen, wanted }),
                None => {
                    let Dated { expense, day } = wanted;
                    // Which day today is, the server says.
                    let day = Some(day).filter(|day| Some(*day) != self.recorded_on.get_untracked());
                    act(Act::RecordExpense { expense: Expense { id: ExpenseId(commands.new_id()), ..expense }, day });
                }
            }
        });
        let says = live(move || match self.wanted() {
            Some(wanted) => t!("Enregistrer {amount}", amount = format::money(wanted.expense.amount)),
            None => t!("Enregistrer").to_owned(),
        });
        let void = self.seen.with_value(|seen| seen.as_ref().map(|seen| self.void(seen.expense.id, takes)));
        erase(view! {
            {live(move || self.error.get().map(|title| notice("bad", title, Vec::new())))}
            <section class="card" aria-label=t!("Dépense")>
                {money_field("amount", t!("Montant"), self.amount)}
                {self.days()}
                {suggested("kind", t!("Sorte"), "100", text::expense_kinds(), self.kind)}
                {text_field("note", t!("Note (facultative)"), "500", self.note)}
                <button
                    class="btn btn--main btn--wide"
                    type="button"
                    disabled=live(move || self.busy.get() || wanted.with(Option::is_none) || unchanged())
                    on:click=save
                >
                    {says}
                </button>
            </section>
            {void}
        })
    }

    /// Taking it back, with a reason.
    fn void(self, expense: ExpenseId, act: impl Fn(Act) + Clone + 'static) -> AnyView {
        let open = RwSignal::new(false);
        let reason = self.reason;
        let note =
            Memo::new(move |_| reason.with(|typed| Note::clean(typed).ok()).filter(|note| !note.as_str().is_empty()));
        let act = StoredValue::new_local(act);
        erase(live(move || match open.get() {
            false => {
                let ask = on(move |_: MouseEvent| open.set(true));
                erase(
                    view! { <button class="btn btn--bad btn--wide" type="button" on:click=ask>{t!("Supprimer la dépense")}</button> },
                )
            }
            true => {
                let keep = on(move |_: MouseEvent| open.set(false));
                let confirm = on(move |_: MouseEvent| {
                    if let Some(reason) = note.get_untracked() {
                        act.with_value(|act| act(Act::VoidExpense { expense, reason }));
                    }
                });
                erase(view! {
                    <section class="card" aria-label=t!("Supprimer la dépense")>
                        {suggested("raison", t!("Raison"), "500", text::expense_void_reasons(), reason)}
                        <div class="btns">
                            <button class="btn" type="button" on:click=keep>{t!("Garder la dépense")}</button>
                            <button
                                class="btn btn--bad"
                                type="button"
                                disabled=live(move || self.busy.get() || note.with(Option::is_none))
                                on:click=confirm
                            >
                                {t!("Oui, supprimer")}
                            </button>
                        </div>
                    </section>
                })
            }
        }))
    }
}
