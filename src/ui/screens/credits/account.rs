//! One customer's account: what they owe, and how it came about.

use super::repayment::Form;
use crate::{
    device::{
        Till,
        handle::{AccountBook, Act},
    },
    domain::{Label, Money, Note, RepaymentId, Tender, UserId},
    sync::view::{Booked, Owed},
    ui::{
        components::{amount, notice, suggested, sum, top},
        erase::{Row, erase, live, on, rows},
        format,
        screens::{banners, chip, drafts::Drafts, focus, follow, name_of, owns, require_person, till},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// What is queued from this screen, one at a time.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    till: Till,
    pub busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

impl Asked {
    /// `done` runs even where the screen was left meanwhile: its own signals may be gone.
    pub fn act(self, act: Act, done: impl FnOnce() + 'static) {
        let Some(commands) = self.till.commands().filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        spawn_local(async move {
            let saved = commands.act(act).await;
            if saved.is_ok() {
                done();
            }
            let _ = self.busy.try_set(false);
            let _ = self.error.try_set(saved.as_ref().err().map(text::command_error));
        });
    }
}

#[derive(Clone, Copy)]
struct Card {
    till: Till,
    /// `None` before it is read.
    found: RwSignal<Option<Option<AccountBook>>>,
    book: Memo<Option<AccountBook>>,
    asked: Asked,
    form: Form,
    /// The repayment that is to be taken back.
    taken_back: RwSignal<Option<RepaymentId>>,
    reason: RwSignal<String>,
}

#[component]
pub fn AccountCard() -> impl IntoView {
    let till = till();
    require_person(till);
    let customer = use_query_map().with_untracked(|query| Label::clean(&query.get("nom")?).ok());
    let body = match customer {
        Some(customer) => Card::of(till, customer).draw(),
        None => unknown(),
    };
    erase(view! {
        <div class="app app--task">
            {top(Some(("/credits", t!("Retour aux crédits"))), t!("Client").into_any(), chip(till), ().into_any())}
            <main class="page">{banners(till)} {body}</main>
        </div>
    })
}

impl Card {
    fn of(till: Till, customer: Label) -> Self {
        let typed = expect_context::<Drafts>().repayment.of(&customer);
        let found = RwSignal::new(None::<Option<AccountBook>>);
        let book = Memo::new(move |_| found.get().flatten());
        let asked = Asked { till, busy: RwSignal::default(), error: RwSignal::default() };
        follow(
            till,
            || (),
            move |commands, ()| commands.account(customer.clone()),
            move |read| match read {
                Ok(read) => drop(found.try_set(Some(read))),
                Err(problem) => drop(asked.error.try_set(Some(text::storage_problem(problem).to_owned()))),
            },
        );
        let form = Form::new(till, book, asked, typed);
        Self { till, found, book, asked, form, taken_back: RwSignal::default(), reason: RwSignal::default() }
    }

    fn draw(self) -> AnyView {
        let there = Memo::new(move |_| self.found.with(|found| found.as_ref().map(Option::is_some)));
        let error = live(move || self.asked.error.get().map(|title| notice("bad", title, Vec::new())));
        let body = live(move || match there.get() {
            Some(true) => self.account(),
            Some(false) => unknown(),
            None => ().into_any(),
        });
        erase(view! { {error} {body} })
    }

    fn account(self) -> AnyView {
        let account = Memo::new(move |_| self.book.with(|book| book.as_ref().map(|book| book.account.clone())));
        let head = live(move || {
            account.get().map(|account| {
                let said = match account.owed_gnf {
                    0 => t!("ne doit rien"),
                    ..0 => t!("a payé d’avance"),
                    _ => t!("doit"),
                };
                let owed = sum(account.owed_gnf.saturating_abs());
                erase(view! {
                    <h2>{account.customer.to_string()}</h2>
                    <p class="hero">{owed}<span class="muted">{said}</span></p>
                })
            })
        });
        let since = live(move || {
            let since = self.book.with(|book| book.as_ref().map(|book| book.since))?;
            Some(t!("Ce téléphone garde le détail depuis le {since} ; la somme compte tout.", since))
        });
        erase(view! {
            {head} {self.form.draw()} {self.take_back()}
            <section aria-label=t!("Détail")>
                <h2>{t!("Détail")}</h2>
                <ul class="products">{rows(self.lines())}</ul>
                <p class="small muted">{since}</p>
            </section>
        })
    }

    fn lines(self) -> impl Fn() -> Vec<Row> + Send + Sync + 'static {
        let (till, owner) = (self.till, owns(self.till));
        let actor = Memo::new(move |_| till.status.with(|status| status.actor.as_ref().map(|actor| actor.id)));
        move || {
            let booked = self.book.with(|book| book.as_ref().map(|book| book.booked.clone())).unwrap_or_default();
            let may = |by: UserId| owner.get() || actor.get() == Some(by);
            let row = |line: Booked| {
                let may = may(line.actor);
                Row::new(format!("{line:?}/{may}"), move || self.line(line, may))
            };
            booked.into_iter().map(row).collect()
        }
    }

    fn line(self, line: Booked, may_take_back: bool) -> AnyView {
        let Booked { of, gnf, actor, at_ms, waiting } = line;
        let till = self.till;
        let about = live(move || format!("{} · {}", format::date_time(at_ms), name_of(till, actor)));
        let about = erase(view! { <span class="small muted num">{about}</span> });
        let state = waiting.then(|| erase(view! { <span class="tag tag--wait">{t!("En attente")}</span> }));
        let side = |figure: AnyView| {
            erase(view! { <span class="product__side"><span class="product__price">{figure}</span>{state}</span> })
        };
        match of {
            Owed::Sale { id, receipt } => {
                let (to, name) = (format!("/ventes/vente?id={id}"), t!("Vente {receipt}", receipt));
                erase(view! {
                    <li class="product">
                        <a class="product__add product__add--link" href=to>
                            <span><span class="name">{name}</span>{about}</span>
                            {side(sum(gnf))}
                        </a>
                    </li>
                })
            }
            Owed::Repaid { id, tender } => {
                let name = match &tender {
                    Tender::OrangeMoney { reference, .. } => t!("Payé, Orange Money {reference}", reference),
                    Tender::Cash { .. } | Tender::Credit { .. } => t!("Payé en espèces").to_owned(),
                };
                let take_back = may_take_back.then(|| {
                    let ask = on(move |_: MouseEvent| {
                        self.reason.set(String::new());
                        self.taken_back.set(Some(id));
                        focus("raison"); // it is asked above the lines
                    });
                    let label = t!("Supprimer ce remboursement de {paid}", paid = format::money(tender.amount()));
                    erase(view! { <button class="btn" type="button" aria-label=label on:click=ask>{t!("Supprimer")}</button> })
                });
                let paid = amount(tender.amount());
                erase(view! {
                    <li class="product">
                        <div class="product__add product__add--link">
                            <span><span class="name">{name}</span>{about}{take_back}</span>
                            {side(erase(view! { <span>"− "{paid}</span> }))}
                        </div>
                    </li>
                })
            }
        }
    }

    /// Asks why a repayment is taken back.
    fn take_back(self) -> AnyView {
        let reason = self.reason;
        let note =
            Memo::new(move |_| reason.with(|typed| Note::clean(typed).ok()).filter(|note| !note.as_str().is_empty()));
        let asked = Memo::new(move |_| {
            let repayment = self.taken_back.get()?;
            self.book.with(|book| Some((repayment, brought(book.as_ref()?, repayment)?)))
        });
        erase(live(move || {
            asked.get().map(|(repayment, paid)| {
                let keep = on(move |_: MouseEvent| self.taken_back.set(None));
                let confirm = on(move |_: MouseEvent| {
                    let Some(reason) = note.get_untracked() else { return };
                    self.asked.act(Act::VoidRepayment { repayment, reason }, move || {
                        let _ = self.taken_back.try_set(None);
                        let _ = self.form.thanks.try_set(None);
                    });
                });
                let title = t!("Supprimer ce remboursement de {paid}", paid = format::money(paid));
                erase(view! {
                    <section class="card" aria-label=t!("Supprimer le remboursement")>
                        {notice("warn", title, vec![t!("Le client doit cette somme à nouveau.").to_owned()])}
                        {suggested("raison", t!("Raison"), "500", text::repayment_void_reasons(), reason)}
                        <div class="btns">
                            <button class="btn" type="button" on:click=keep>{t!("Garder")}</button>
                            <button
                                class="btn btn--bad"
                                type="button"
                                disabled=live(move || self.asked.busy.get() || note.with(Option::is_none))
                                on:click=confirm
                            >
                                {t!("Oui, supprimer")}
                            </button>
                        </div>
                    </section>
                })
            })
        }))
    }
}

fn unknown() -> AnyView {
    notice("warn", t!("Ce client n’a pas de compte sur ce téléphone").to_owned(), Vec::new())
}

fn brought(book: &AccountBook, repayment: RepaymentId) -> Option<Money> {
    book.booked.iter().find_map(|line| match &line.of {
        Owed::Repaid { id, tender } if *id == repayment => Some(tender.amount()),
        _ => None,
    })
}

/// A sum, which may be larger than one amount.
pub(super) fn gnf(sum: i64) -> String {
    Money::new(sum).map_or_else(|_| format::number(sum), format::money)
}
