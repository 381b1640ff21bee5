//! One sale: its receipt, where it stands, and what can still be made of it.

use crate::{
    device::{
        Till,
        handle::{Act, Notice, Receipt, ReceiptState, VoidedBy},
    },
    domain::{Cart, Money, Note, SaleId},
    sync::wire::PhoneRow,
    ui::{
        components::{facts, notice, suggested, top},
        erase::{erase, live, on},
        format,
        screens::{
            banners, chip, follow, only_theirs, owns,
            receipt::{self, Found},
            require_person, till,
        },
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};

#[component]
pub fn SaleCard() -> impl IntoView {
    let till = till();
    require_person(till);
    let id = Memo::new(move |_| use_query_map().with(|query| query.get("id")?.parse::<SaleId>().ok()));
    let found = receipt::look_up(till, id);
    let found = Memo::new(move |_| found.get());
    let asks = Voiding { till, open: RwSignal::new(false), reason: RwSignal::default(), error: RwSignal::default() };
    let own_prefix =
        Memo::new(move |_| till.status.with(|status| status.installation.as_ref().map(|own| own.prefix.clone())));
    let phones = RwSignal::new(Vec::new());
    follow(
        till,
        || (),
        |commands, ()| commands.phones(),
        // Without their names the letter of the receipt says which it was.
        move |read| drop(phones.try_set(read.unwrap_or_default())),
    );
    let may = may_void(till, found);
    erase(view! {
        <div class="app app--task">
            {top(Some(("/ventes", t!("Retour aux ventes"))), t!("Vente").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)}
                {live(move || match found.get() {
                    Found::Here(receipt) => erase(view! {
                        {receipt::paper((*receipt).clone())} {standing(own_prefix.get(), &phones.get(), &receipt)}
                        {void(asks, &receipt, may.get())}
                    }),
                    Found::NotYet => ().into_any(),
                    Found::Asked => receipt::asked(),
                    Found::Absent(why) => receipt::absent(why),
                })}
            </main>
            <section class="dock" aria-label=t!("Actions")>
                <div class="dock__row">
                    {live(move || found.with(|found| match found {
                        Found::Here(receipt) => Some(erase(view! { {receipt::actions(receipt)} {again(till, receipt)} })),
                        _ => None,
                    }))}
                </div>
            </section>
        </div>
    })
}

/// Who sold it on which phone, and what became of it since.
fn standing(own_prefix: Option<String>, phones: &[PhoneRow], receipt: &Receipt) -> AnyView {
    let prefix = receipt.sale.receipt.prefix();
    let named = phones.iter().find(|phone| phone.prefix == prefix);
    let phone = named.map_or_else(|| prefix.to_owned(), |phone| format!("{} ({prefix})", phone.name));
    let phone = if own_prefix.as_deref() == Some(prefix) { t!("{phone} · ce téléphone", phone) } else { phone };
    let since = t!("En attente depuis le {when}", when = format::date_time(receipt.at_ms));
    let state = match receipt.state {
        ReceiptState::Confirmed => t!("Confirmée").to_owned(),
        ReceiptState::Waiting => since,
        ReceiptState::ToDecide => t!("Refusée : à décider").to_owned(),
        ReceiptState::Voided => t!("Annulée").to_owned(),
    };
    let mut told = vec![
        (t!("Téléphone"), phone.into_any()),
        (t!("Vendeur"), receipt.seller.clone().into_any()),
        (t!("État"), state.into_any()),
    ];
    if receipt.sale.beyond_stock {
        told.push((t!("Stock"), t!("Vente faite hors ligne, au-delà du stock connu à ce moment").into_any()));
    }
    if let Some(VoidedBy { who, at_ms, reason, waiting }) = receipt.voided.clone() {
        let when = format::date_time(at_ms);
        // Nobody was asked for a reason: the server voided it on a phone's word.
        let reason =
            if reason.is_empty() { t!("Elle avait été refusée et son panier rétabli").to_owned() } else { reason };
        let when = if waiting { t!("{when}, en attente", when) } else { when };
        told.extend([
            (t!("Annulée par"), who.into_any()),
            (t!("Le"), when.into_any()),
            (t!("Raison"), reason.into_any()),
        ]);
    }
    erase(view! { <section class="card" aria-label=t!("Suivi")>{facts(told)}</section> })
}

/// Fills the cart of Vendre with the same, at today's prices.
fn again(till: Till, receipt: &Receipt) -> AnyView {
    let lines = StoredValue::new(receipt.sale.lines.clone());
    let (sure, navigate) = (RwSignal::new(false), use_navigate());
    let tap = on(move |_: MouseEvent| {
        if !sure.get_untracked() && !till.cart.with_untracked(Cart::is_empty) {
            return sure.set(true);
        }
        let (mut cart, mut left_out) = (Cart::default(), Vec::new());
        for line in lines.get_value() {
            let product =
                untrack(|| till.product(line.product)).map(|shown| shown.product).filter(|known| !known.retired);
            let units = cart.units(line.product) + line.quantity.get();
            let filled =
                product.is_some_and(|product| cart.add(&product).and_then(|()| cart.set(product.id, units)).is_ok());
            if !filled {
                left_out.push(line.name.to_string());
            }
        }
        till.cart.set(cart);
        till.notice.set((!left_out.is_empty()).then_some(Notice::LeftOut(left_out)));
        navigate("/vente", Default::default());
    });
    let said = live(move || if sure.get() { t!("Remplacer le panier en cours") } else { t!("Vendre à nouveau") });
    erase(view! { <button class="btn btn--main" type="button" on:click=tap>{said}</button> })
}

/// Whether who is signed in may undo this sale: the server's rule, said before anything is queued.
fn may_void(till: Till, found: Memo<Found>) -> Memo<bool> {
    let owner = owns(till);
    Memo::new(move |_| {
        let actor = till.status.with(|status| status.actor.as_ref().map(|actor| actor.id));
        owner.get() || found.with(|found| matches!(found, Found::Here(receipt) if Some(receipt.actor) == actor))
    })
}

/// What is asked before a sale is voided. It outlives a receipt that is drawn anew while somebody types.
#[derive(Clone, Copy)]
struct Voiding {
    till: Till,
    open: RwSignal<bool>,
    reason: RwSignal<String>,
    error: RwSignal<Option<String>>,
}

/// Voiding, or why it is not possible.
fn void(asks: Voiding, receipt: &Receipt, may: bool) -> AnyView {
    match receipt.state {
        ReceiptState::Voided => ().into_any(),
        ReceiptState::ToDecide => erase(view! { <a class="btn btn--wide" href="/a-decider">{t!("À décider")}</a> }),
        ReceiptState::Confirmed | ReceiptState::Waiting if may => asks.draw(receipt),
        ReceiptState::Confirmed | ReceiptState::Waiting => {
            let (till, actor) = (asks.till, receipt.actor);
            let said = live(move || only_theirs(till, actor, t!("annuler cette vente")));
            erase(view! { <p class="small muted">{said}</p> })
        }
    }
}

impl Voiding {
    fn draw(self, receipt: &Receipt) -> AnyView {
        let Voiding { open, reason, error, .. } = self;
        let (id, busy) = (receipt.sale.id, RwSignal::new(false));
        let back =
            receipt.sale.lines.iter().map(|line| format!("+{} {}", format::number(line.quantity.get()), line.name));
        let owed = receipt.sale.credit();
        let forgiven =
            owed.map(|(customer, owed)| t!("{customer} ne doit plus {owed}.", customer, owed = format::money(owed)));
        let paid = Some(receipt.sale.paid()).filter(|paid| *paid > Money::ZERO || owed.is_none());
        let refund = paid.map(|paid| t!("Rendez {total}.", total = format::money(paid)));
        let first = t!("Les articles reviennent en stock :").to_owned();
        let told = std::iter::once(first).chain(back).chain(forgiven).chain(refund);
        let told = StoredValue::new(told.collect::<Vec<_>>());
        let note =
            Memo::new(move |_| reason.with(|typed| Note::clean(typed).ok()).filter(|note| !note.as_str().is_empty()));
        let confirm = move |_: MouseEvent| {
            let (Some(commands), Some(reason)) = (self.till.commands(), note.get_untracked()) else { return };
            busy.set(true);
            spawn_local(async move {
                // The receipt is drawn anew as a voided one; the screen may have been left meanwhile.
                let done = commands.act(Act::VoidSale { sale: id, reason }).await;
                let _ = busy.try_set(false);
                let _ = error.try_set(done.err().map(|problem| text::command_error(&problem)));
            });
        };
        erase(live(move || match open.get() {
            false => {
                let ask = on(move |_: MouseEvent| open.set(true));
                erase(
                    view! { <button class="btn btn--bad btn--wide" type="button" on:click=ask>{t!("Annuler la vente")}</button> },
                )
            }
            true => {
                let keep = on(move |_: MouseEvent| open.set(false));
                erase(view! {
                    <section class="card" aria-label=t!("Annuler la vente")>
                        {notice("warn", t!("Annuler cette vente ?").to_owned(), told.get_value())}
                        {suggested("raison", t!("Raison"), "500", text::void_reasons(), reason)}
                        {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
                        <div class="btns">
                            <button class="btn" type="button" on:click=keep>{t!("Garder la vente")}</button>
                            <button
                                class="btn btn--bad"
                                type="button"
                                disabled=live(move || busy.get() || note.with(Option::is_none))
                                on:click=on(confirm)
                            >
                                {t!("Oui, annuler la vente")}
                            </button>
                        </div>
                    </section>
                })
            }
        }))
    }
}
