//! What one does with a product's stock: receive, correct, take out of the catalogue.

use crate::{
    device::{Till, handle::Act},
    domain::{AdjustReason, Note, ProductId, Quantity, quantity::Delta},
    sync::view::Shown,
    ui::{
        components::{field_error, in_stock, input, notice, segments, text_field},
        erase::{erase, live, on},
        format::{self, number},
        text,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

const REASONS: [AdjustReason; 5] =
    [AdjustReason::Loss, AdjustReason::Breakage, AdjustReason::Expired, AdjustReason::Count, AdjustReason::Other];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Receive,
    Adjust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Out,
    In,
}

/// What the card is at. It outlives a stock that changes while somebody types.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    till: Till,
    product: ProductId,
    shown: Memo<Option<Shown>>,
    doing: RwSignal<Option<Doing>>,
    typed: RwSignal<String>,
    note: RwSignal<String>,
    reason: RwSignal<AdjustReason>,
    way: RwSignal<Way>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

impl Acts {
    pub fn new(till: Till, product: ProductId, shown: Memo<Option<Shown>>) -> Self {
        Self {
            till,
            product,
            shown,
            doing: RwSignal::default(),
            typed: RwSignal::default(),
            note: RwSignal::default(),
            reason: RwSignal::new(AdjustReason::Loss),
            way: RwSignal::new(Way::Out),
            busy: RwSignal::default(),
            error: RwSignal::default(),
        }
    }

    /// How much there is, and what to do about it.
    pub fn draw(self, counts: bool) -> AnyView {
        let name = live(move || self.shown.with(|shown| shown.as_ref().map(|shown| shown.product.name.to_string())));
        let stock =
            live(move || self.shown.with(|shown| shown.as_ref().map(|shown| in_stock(shown.stock, shown.state()))));
        let retired =
            Memo::new(move |_| self.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.product.retired)));
        let does = move |doing: Doing, said: &'static str| {
            let tap = on(move |_| self.start(doing));
            let pressed = live(move || (self.doing.get() == Some(doing)).to_string());
            erase(view! { <button class="btn" type="button" aria-pressed=pressed on:click=tap>{said}</button> })
        };
        let to = format!("/stock/comptage?id={}", self.product);
        let correct = counts
            .then(|| erase(view! { {does(Doing::Adjust, t!("Ajuster"))} <a class="btn" href=to>{t!("Compter")}</a> }));
        erase(view! {
            <section class="card" aria-label=t!("En stock")>
                <h2>{name}</h2>
                <p>{stock}</p>
                {live(move || retired.get().then(|| notice("info", t!("Retiré du catalogue").into(), vec![])))}
                <div class="btns">{does(Doing::Receive, t!("Recevoir"))} {correct}</div>
            </section>
            {live(move || match self.doing.get() {
                Some(Doing::Receive) => self.receive(),
                Some(Doing::Adjust) => self.adjust(),
                None => ().into_any(),
            })}
        })
    }

    /// The same tap closes it; what was typed stays until it is saved.
    fn start(self, doing: Doing) {
        self.error.set(None);
        self.doing.update(|now| *now = (*now != Some(doing)).then_some(doing));
    }

    fn stock(self) -> i64 {
        self.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.stock))
    }

    fn quantity(self) -> Option<Quantity> {
        self.typed.with(|typed| format::parse_amount(typed)).and_then(|units| Quantity::new(units.get()).ok())
    }

    fn note(self) -> Option<Note> {
        self.note.with(|typed| Note::clean(typed).ok())
    }

    fn receive(self) -> AnyView {
        let act = Memo::new(move |_| {
            let (quantity, note) = (self.quantity()?, self.note()?);
            Some(Act::ReceiveStock { product: self.product, quantity, note })
        });
        let said = move || {
            self.quantity().map(|units| t!("Il y en aura {units}.", units = number(self.stock() + units.get())))
        };
        self.form(t!("Recevoir"), ().into_any(), Memo::new(move |_| said()), act)
    }

    fn adjust(self) -> AnyView {
        // Something lost, broken or expired is gone; only the others go both ways.
        let both_ways = Memo::new(move |_| matches!(self.reason.get(), AdjustReason::Count | AdjustReason::Other));
        let delta = move || {
            let units = self.quantity()?.get();
            let is_in = both_ways.get() && self.way.get() == Way::In;
            Delta::new(if is_in { units } else { -units }).ok()
        };
        let enough = move |delta: Delta| self.stock() + delta.get() >= 0;
        let act = Memo::new(move |_| {
            let (delta, note) = (delta().filter(|delta| enough(*delta))?, self.note()?);
            Some(Act::AdjustStock { product: self.product, delta, reason: self.reason.get(), note })
        });
        let said = Memo::new(move |_| {
            delta().map(|delta| match enough(delta) {
                true => t!("Il en restera {units}.", units = number(self.stock() + delta.get())),
                false => t!("Le stock dit {stock}. S’il y en a plus, comptez d’abord.", stock = number(self.stock())),
            })
        });
        let reasons = REASONS.map(|reason| (text::adjust_reason(reason), reason));
        let way = live(move || {
            both_ways
                .get()
                .then(|| segments("sens", t!("Sens"), &[(t!("Enlever"), Way::Out), (t!("Ajouter"), Way::In)], self.way))
        });
        let choices = erase(
            view! { <div class="seg-wrap">{segments("raison", t!("Raison"), &reasons, self.reason)}</div> {way} },
        );
        self.form(t!("Ajuster"), choices, said, act)
    }

    /// What is wrong with the quantity; while there is none, nothing is.
    fn wrong(self) -> Option<&'static str> {
        let typed = self.typed.with(|typed| !typed.trim().is_empty());
        (typed && self.quantity().is_none()).then(|| text::field_wrong("quantity"))
    }

    /// A quantity and a note; `said` is what it comes to.
    fn form(self, name: &'static str, choices: AnyView, said: Memo<Option<String>>, act: Memo<Option<Act>>) -> AnyView {
        let save = on(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(act) = act.get_untracked().filter(|_| !self.busy.get_untracked()) {
                self.save(act);
            }
        });
        erase(view! {
            <form class="card" aria-label=name on:submit=save>
                <h2>{name}</h2>
                {live(move || self.error.get().map(|title| notice("bad", title, Vec::new())))} {choices}
                <div class="field">
                    <label class="field__label" for="quantite">{t!("Quantité")}</label>
                    {input("quantite", "input", "numeric", "12", self.typed)}
                    <span class="small muted" role="status">{live(move || said.get())}</span>
                    {live(move || self.wrong().map(field_error))}
                </div>
                {text_field("note", t!("Note (facultative)"), "500", self.note)}
                <button
                    class="btn btn--main btn--wide"
                    type="submit"
                    disabled=live(move || self.busy.get() || act.with(Option::is_none))
                >
                    {t!("Enregistrer")}
                </button>
            </form>
        })
    }

    fn save(self, act: Act) {
        let Some(commands) = self.till.commands() else { return };
        self.busy.set(true);
        spawn_local(async move {
            let done = commands.act(act).await;
            let _ = self.busy.try_set(false); // the screen may have been left meanwhile
            match done {
                Ok(()) => {
                    let _ = self.doing.try_set(None);
                    let _ = self.typed.try_set(String::new());
                    let _ = self.note.try_set(String::new());
                }
                Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
            }
        });
    }

    /// Taking it out of the catalogue, which is asked for twice.
    pub fn retire(self) -> AnyView {
        let (sure, navigate) = (RwSignal::new(false), use_navigate());
        let product = self.product;
        let tap = on(move |_| {
            let Some(commands) = self.till.commands().filter(|_| sure.get_untracked()) else { return sure.set(true) };
            let navigate = navigate.clone();
            spawn_local(async move {
                match commands.act(Act::RetireProduct { product }).await {
                    Ok(()) => navigate("/stock", Default::default()),
                    Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
                }
            });
        });
        let said = live(move || if sure.get() { t!("Oui, retirer du catalogue") } else { t!("Retirer du catalogue") });
        let told = live(move || {
            let told = t!("Il ne se vendra plus, sur aucun téléphone. Les ventes passées le gardent.");
            sure.get().then(|| erase(view! { <p class="small muted" role="status">{told}</p> }))
        });
        let retired = live(move || self.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.product.retired)));
        erase(view! {
            <div class="field" hidden=retired>
                <button class="btn btn--bad btn--wide" type="button" on:click=tap>{said}</button>
                {told}
            </div>
        })
    }
}
