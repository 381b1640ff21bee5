//! Encaisser: cash with the change to give, Orange Money with its reference, credit with a name, or a part of each.

mod payment;

use super::{banners, chip, credits, drafts::Drafts, from_part, require_person, till};
use crate::{
    device::{
        Till,
        handle::{Sold, Status},
    },
    domain::{
        Money, SaleLine, Tender,
        shop::{Banknotes, BeyondStock},
    },
    part::part,
    ui::{
        components::{live_amount, money_field, notice, orange_money_reference, segments, top},
        erase::{erase, live, on},
        format::{self, number},
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use payment::{Means, Payment};

/// What the seller typed.
#[derive(Clone, Copy, Default)]
pub(super) struct Typed {
    means: RwSignal<Means>,
    given: RwSignal<String>,
    part: RwSignal<String>,
    reference: RwSignal<String>,
    customer: RwSignal<String>,
    now: RwSignal<String>,
}

impl Typed {
    pub fn forget(self) {
        self.means.set(Means::Cash);
        for typed in [self.given, self.part, self.reference, self.customer, self.now] {
            typed.set(String::new());
        }
    }
}

#[derive(Clone, Copy)]
struct Form {
    total: Signal<Money>,
    typed: Typed,
}

impl Form {
    fn payment(&self) -> Payment {
        let Typed { means, given, part, reference, customer, now } = self.typed;
        let (given, part, reference) = (given.get(), part.get(), reference.get());
        let (customer, now) = (customer.get(), now.get());
        Payment { total: self.total.get(), means: means.get(), given, part, reference, customer, now }
    }

    fn tenders(&self) -> Option<Vec<Tender>> {
        self.payment().tenders().ok()
    }
}

/// Without the device's part of the page nothing is sold: what is on the screen comes with it.
#[component]
pub fn Pay() -> impl IntoView {
    let till = till();
    require_person(till);
    let missing = move || erase(view! { <main class="page">{banners(till)}</main> });
    let content = live(move || till.connected().then(|| from_part(move |owner| drawn(till, owner), missing)));
    erase(view! {
        <div class="app app--task">
            {top(Some(("/vente", t!("Retour au panier"))), t!("Encaisser").into_any(), chip(till), ().into_any())}
            {content}
        </div>
    })
}

part! {
    device: fn drawn(till: Till, owner: Owner) -> AnyView {
        owner.with(|| paying(till))
    }
}

fn paying(till: Till) -> AnyView {
    let typed = expect_context::<Drafts>().payment;
    let total = Signal::derive(move || till.cart.with(|cart| cart.total().unwrap_or(Money::ZERO)));
    let form = Form { total, typed };
    let back = use_navigate();
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        // Nothing to pay: the address was opened by hand. A sale under way leads on by itself.
        if till.ready.get() && till.cart.with(|cart| cart.is_empty()) && !busy.get_untracked() {
            back("/vente", NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let pay = sale(till, form, busy);
    let (beyond, sure) = (beyond(till), RwSignal::new(false));
    let waits = Memo::new(move |_| till.selling.with(Option::is_some));
    let shop = move |status: &Status| status.shop.as_ref().map(|shop| shop.banknotes.clone()).unwrap_or_default();
    let banknotes = Memo::new(move |_| till.status.with(shop));
    let what = live(move || match typed.means.get() {
        Means::Cash if typed.given.with(|given| given.trim().is_empty()) => t!("Espèces : compte exact").to_owned(),
        Means::Credit => {
            let owed = form.payment().owed().unwrap_or(form.total.get());
            t!("Vendre à crédit : {owed}", owed = format::money(owed))
        }
        _ => t!("Encaisser {total}", total = format::money(form.total.get())),
    });
    let means = [(t!("Espèces"), Means::Cash), ("Orange Money", Means::OrangeMoney), (t!("À crédit"), Means::Credit)];
    erase(view! {
        <main class="page">
            {banners(till)} <p class="due"><span class="muted">{t!("À payer")}</span>{live_amount(form.total)}</p>
            {segments("moyen", t!("Moyen de paiement"), &means, typed.means)}
            {live(move || match typed.means.get() {
                Means::Cash => cash(form, banknotes),
                Means::OrangeMoney => orange_money(form),
                Means::Credit => on_credit(till, form),
            })}
            {live(move || beyond.get().map(|beyond| tell(beyond, sure)))}
        </main>
        <section class="dock" aria-label=t!("Payer")>
            {live(move || waits.get().then(|| wait(till)))}
            <button
                class="btn btn--main btn--wide"
                class:hidden=live(move || waits.get())
                type="button"
                disabled=live(move || {
                    let held = beyond.with(|beyond| beyond.as_ref().is_some_and(|beyond| beyond.holds(sure.get())));
                    busy.get() || till.cart_moves.get() || !till.connected() || form.tenders().is_none() || held
                })
                on:click=on(pay)
            >
                {what}
            </button>
        </section>
    })
}

/// More is in the cart than the phone knows of, and the server cannot be asked before the receipt.
#[derive(Clone, PartialEq)]
struct Beyond {
    /// What is short: name, units asked and units there.
    lines: Vec<String>,
    rule: BeyondStock,
}

impl Beyond {
    /// Whether the sale is held back.
    fn holds(&self, sure: bool) -> bool {
        self.rule == BeyondStock::Never || !sure
    }
}

fn beyond(till: Till) -> Memo<Option<Beyond>> {
    Memo::new(move |_| {
        let (waits, rule) = till.status.with(|status| (status.waits, status.rules().beyond_stock));
        if waits || !till.ready.get() {
            return None;
        }
        let short = |line: &SaleLine| {
            let stock = till.product(line.product)?.stock;
            let short = line.quantity.get() > stock;
            short.then(|| {
                t!(
                    "{name} : {quantity} au panier, {stock} en stock",
                    name = line.name,
                    quantity = number(line.quantity.get()),
                    stock = number(stock)
                )
            })
        };
        let lines: Vec<String> = till.cart.with(|cart| cart.lines().iter().filter_map(short).collect());
        (!lines.is_empty()).then_some(Beyond { lines, rule })
    })
}

fn tell(beyond: Beyond, sure: RwSignal<bool>) -> AnyView {
    let Beyond { mut lines, rule } = beyond;
    let ask = match rule {
        BeyondStock::Ask => Some(erase(view! {
            <label class="rule">
                <input type="checkbox" prop:checked=live(move || sure.get()) on:change=on(move |event| sure.set(event_target_checked(&event))) />
                <span>{t!("Les articles sont là : vendre quand même")}</span>
            </label>
        })),
        BeyondStock::Never => {
            lines.push(t!("Le propriétaire ne permet pas de vendre au-delà du stock sans réseau.").to_owned());
            None
        }
    };
    erase(view! { {notice("warn", t!("Plus que le stock connu").into(), lines)} {ask} })
}

/// The sale, from the tap to its receipt, or back to the cart.
fn sale(till: Till, form: Form, busy: RwSignal<bool>) -> impl FnMut(MouseEvent) {
    let navigate = use_navigate();
    move |_| {
        let (Some(commands), Some(tenders)) = (till.commands(), untrack(|| form.tenders())) else { return };
        if busy.get_untracked() {
            return; // one sale a tap
        }
        busy.set(true);
        let (navigate, cart) = (navigate.clone(), till.cart.get_untracked());
        spawn_local(async move {
            let sold = commands.sell(cart, tenders).await;
            let to = match sold {
                Ok(Sold::Receipt(id)) => format!("/recu?id={id}"),
                Ok(Sold::RolledBack) | Err(_) => "/vente".to_owned(),
            };
            navigate(&to, NavigateOptions { replace: true, ..Default::default() });
        });
    }
}

/// What the payment comes to: the change to give, what is missing.
fn outcome(form: Form) -> AnyView {
    let said = Memo::new(move |_| form.payment().outcome());
    erase(view! { <output class=live(move || said.get().0)>{live(move || said.get().1)}</output> })
}

fn cash(form: Form, banknotes: Memo<Banknotes>) -> AnyView {
    let given = form.typed.given;
    let note = move |note: Money| {
        let add = on(move |_: MouseEvent| {
            let so_far = format::parse_amount(&given.get_untracked()).map_or(0, Money::get);
            given.set(format::number(so_far + note.get()));
        });
        let label = format!("+ {}", format::number(note.get()));
        erase(
            view! { <button class="btn" type="button" on:click=add><span class="sr">{t!("Billet")}" "</span>{label}</button> },
        )
    };
    erase(view! {
        {money_field("recu", t!("Reçu du client"), given)}
        <div class="notes" role="group" aria-label=t!("Montants rapides")>
            {live(move || banknotes.with(|notes| notes.iter().map(note).collect::<Vec<_>>()))}
        </div>
        {outcome(form)}
    })
}

fn orange_money(form: Form) -> AnyView {
    erase(view! {
        {orange_money_reference(form.typed.reference)}
        {money_field("part", t!("Montant, si ce n’est pas tout"), form.typed.part)}
        {outcome(form)}
    })
}

fn on_credit(till: Till, form: Form) -> AnyView {
    erase(view! {
        {credits::customer_field(form.typed.customer, credits::read(till))}
        {money_field("maintenant", t!("Payé maintenant, en espèces"), form.typed.now)}
        {outcome(form)}
    })
}

pub(super) fn wait(till: Till) -> AnyView {
    let waited = live(move || {
        format!("{}ms", till.selling.with(|selling| selling.as_ref().map_or(0, |selling| selling.wait_ms)))
    });
    let stop = on(move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.stop_waiting();
        }
    });
    erase(view! {
        <div class="wait" role="status" style=("--wait", waited)>
            <div class="wait__row"><b>{t!("Vérification du stock…")}</b></div>
            <div class="wait__bar"></div>
            <button class="btn btn--wide" type="button" on:click=stop>{t!("Ne pas attendre")}</button>
            <p class="small muted">{t!("La vente est gardée sur ce téléphone.")}</p>
        </div>
    })
}
