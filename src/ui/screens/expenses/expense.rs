//! One expense: a new one, or one to change or to take back.

use super::read;
use crate::{
    device::{Till, handle::Act},
    domain::{
        Day, Expense, ExpenseId, Label, Money, Note,
        expense::{Dated, may_be_of},
        limits::EXPENSE_BACK_MAX_DAYS,
    },
    sync::view::ListedExpense,
    ui::{
        components::{amount, facts, field_error, money_field, notice, suggested, text_field, top},
        erase::{erase, live, on},
        format,
        screens::{banners, chip, drafts::Drafts, name_of, only_theirs, owns, require_person, till},
        text,
    },
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use leptos_router::hooks::{use_navigate, use_query_map};
use uuid::Uuid;

/// What is typed of an expense.
#[derive(Clone, Copy, Default)]
pub(in crate::ui::screens) struct Draft {
    kind: RwSignal<String>,
    amount: RwSignal<String>,
    note: RwSignal<String>,
    /// What was chosen for its day, if anything was.
    day: RwSignal<Option<String>>,
}

impl Draft {
    fn of(seen: &Expense) -> Self {
        let typed = |text: String| RwSignal::new(text);
        Self {
            kind: typed(seen.kind.to_string()),
            amount: typed(format::number(seen.amount.get())),
            note: typed(seen.note.to_string()),
            day: RwSignal::default(),
        }
    }

    fn forget(self) {
        for typed in [self.kind, self.amount, self.note] {
            typed.set(String::new());
        }
        self.day.set(None);
    }
}

#[derive(Clone, Copy)]
struct Form {
    till: Till,
    /// The expense as it was when it was opened; none is a new one.
    seen: StoredValue<Option<Dated>>,
    /// By the server's clock, once it is known: today, of a new one.
    recorded_on: Memo<Option<Day>>,
    typed: Draft,
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
    let draft = expect_context::<Drafts>().expense;
    let body = live(move || match (id, opened.get()) {
        (None, _) => Form::new(till, None, today, draft).draw(),
        (_, Some(opened)) if owner.get() || Some(opened.actor) == actor.get() => {
            let ListedExpense { expense, day, at_ms, .. } = opened;
            let (recorded_on, typed) = (Memo::new(move |_| Some(Day::of_ms(at_ms))), Draft::of(&expense));
            Form::new(till, Some(Dated { expense, day }), recorded_on, typed).draw()
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
    let mut told = vec![(t!("Type"), expense.kind.to_string().into_any()), (t!("Montant"), amount(expense.amount))];
    if !expense.note.as_str().is_empty() {
        told.push((t!("Note"), expense.note.to_string().into_any()));
    }
    told.extend([
        (t!("Jour"), day.to_string().into_any()),
        (t!("Saisie le"), format::date_time(at_ms).into_any()),
        (t!("Par"), live(move || name_of(till, actor)).into_any()),
    ]);
    let told = facts(told);
    let said = live(move || only_theirs(till, actor, t!("changer cette dépense")));
    erase(view! { <section class="card" aria-label=t!("Dépense")>{told}</section> <p class="small muted">{said}</p> })
}

impl Form {
    fn new(till: Till, seen: Option<Dated>, recorded_on: Memo<Option<Day>>, typed: Draft) -> Self {
        Self {
            till,
            recorded_on,
            typed,
            reason: RwSignal::default(),
            busy: RwSignal::default(),
            error: RwSignal::default(),
            seen: StoredValue::new(seen),
        }
    }

    /// What it comes to; the id of a new one is made when it is saved.
    fn wanted(self) -> Option<Dated> {
        let id = self.seen.with_value(|seen| seen.as_ref().map_or(ExpenseId(Uuid::nil()), |seen| seen.expense.id));
        let kind = self.typed.kind.with(|typed| Label::clean(typed).ok())?;
        let note = self.typed.note.with(|typed| Note::clean(typed).ok())?;
        Some(Dated { expense: Expense { id, kind, amount: self.amount()?, note }, day: self.chosen()? })
    }

    fn amount(self) -> Option<Money> {
        self.typed.amount.with(|typed| format::parse_amount(typed)).filter(|amount| amount.get() > 0)
    }

    /// What is wrong with the amount; while there is none, nothing is.
    fn wrong(self) -> Option<&'static str> {
        let typed = self.typed.amount.with(|typed| !typed.trim().is_empty());
        (typed && self.amount().is_none()).then(|| text::field_wrong("amount"))
    }

    /// The day it is of before anything is chosen.
    fn stands(self) -> Option<Day> {
        self.seen.with_value(|seen| seen.as_ref().map(|seen| seen.day)).or_else(|| self.recorded_on.get())
    }

    /// The day it is of; `None` where it cannot be of what is chosen.
    fn chosen(self) -> Option<Day> {
        let day = match self.typed.day.get() {
            Some(chosen) => Day::parse(&chosen)?,
            None => self.stands()?,
        };
        may_be_of(day, self.recorded_on.get()?).is_ok().then_some(day)
    }

    fn days(self) -> AnyView {
        // What is chosen is the field's own: a browser that is told half a date forgets it.
        let drafted = self.typed.day.get_untracked();
        let shown = live(move || drafted.clone().or_else(|| self.stands().map(Day::iso)).unwrap_or_default());
        let first = move || self.recorded_on.get().map(|last| Day(last.0 - EXPENSE_BACK_MAX_DAYS));
        let wrong = live(move || {
            let (first, last) = (first()?, self.recorded_on.get()?);
            let said = t!("Entre le {first} et le {last}", first, last);
            self.chosen().is_none().then(|| field_error(said))
        });
        erase(view! {
            <div class="field">
                <label class="field__label" for="jour">{t!("Jour de la dépense")}</label>
                <input
                    class="input"
                    id="jour"
                    type="date"
                    min=live(move || first().map(Day::iso))
                    max=live(move || self.recorded_on.get().map(Day::iso))
                    prop:value=shown
                    on:input=on(move |event| self.typed.day.set(Some(event_target_value(&event))))
                />
                {wrong}
            </div>
        })
    }

    fn draw(self) -> AnyView {
        let wanted = Memo::new(move |_| self.wanted());
        let unchanged = move || self.seen.with_value(|seen| seen.is_some() && *seen == wanted.get());
        let done = use_navigate();
        let is_new = self.seen.with_value(Option::is_none);
        let act = move |act: Act| {
            let Some(commands) = self.till.commands() else { return };
            self.busy.set(true);
            let done = done.clone();
            spawn_local(async move {
                let saved = commands.act(act).await;
                if saved.is_ok() && is_new {
                    self.typed.forget();
                }
                let _ = self.busy.try_set(false); // the screen may have been left meanwhile
                match saved {
                    Ok(()) => done("/depenses", Default::default()),
                    Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
                }
            });
        };
        let takes = act.clone();
        let save = on(move |event: SubmitEvent| {
            event.prevent_default();
            let (Some(commands), Some(wanted)) = (self.till.commands(), wanted.get_untracked()) else { return };
            if self.busy.get_untracked() {
                return; // one expense a tap
            }
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
        // The amount is there, and nothing can be saved yet.
        let typeless = live(move || {
            let lacks = self.amount().is_some() && self.typed.kind.with(|typed| typed.trim().is_empty());
            lacks.then(|| erase(view! { <span class="field__hint">{t!("Choisissez un type, ou écrivez-le.")}</span> }))
        });
        let void = self.seen.with_value(|seen| seen.as_ref().map(|seen| self.void(seen.expense.id, takes)));
        erase(view! {
            {live(move || self.error.get().map(|title| notice("bad", title, Vec::new())))}
            <form class="card" aria-label=t!("Dépense") on:submit=save>
                {money_field("amount", t!("Montant"), self.typed.amount)}
                {live(move || self.wrong().map(field_error))}
                {self.days()}
                {suggested("kind", t!("Type"), "100", text::expense_kinds(), self.typed.kind)}
                {typeless}
                {text_field("note", t!("Note (facultative)"), "500", self.typed.note)}
                <button
                    class="btn btn--main btn--wide"
                    type="submit"
                    disabled=live(move || self.busy.get() || wanted.with(Option::is_none) || unchanged())
                >
                    {says}
                </button>
            </form>
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
