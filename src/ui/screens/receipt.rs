//! Reçu: confirmed or waiting, to print and to share.

use super::{banners, chip, till};
use crate::{
    device::{
        FirstPage, Till,
        handle::{Absent, Receipt, ReceiptState},
    },
    domain::{Money, Note, Sale, SaleId, Shop, Tender},
    sync::first_page::FirstReceipt,
    ui::{
        components::{amount, product_name, top},
        erase::{erase, live, on},
        format, icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

#[component]
pub fn ReceiptScreen() -> impl IntoView {
    let till = till();
    let id = Memo::new(move |_| use_query_map().with(|query| query.get("id")?.parse::<SaleId>().ok()));
    let first = StoredValue::new(use_context::<FirstPage>().and_then(|first| first.receipt).map(of_server));
    let of_server = move || first.get_value().filter(|first| Some(first.sale.id) == id.get());
    let found = look_up(till, id);
    erase(view! {
        <div class="app app--task">
            {top(Some(("/", t!("Accueil"))), t!("Reçu").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)}
                {live(move || match (found.get(), of_server()) {
                    (Found::Here(receipt), _) => kept(*receipt),
                    (_, Some(receipt)) => kept(receipt),
                    (Found::NotYet, None) => ().into_any(),
                    (Found::Asked, None) => asked(),
                    (Found::Absent(why), None) => absent(why),
                })}
            </main>
            <section class="dock" aria-label=t!("Actions")>
                <div class="dock__row">
                    {live(move || found.with(|found| match found {
                        Found::Here(receipt) => Some(actions(receipt)),
                        _ => None,
                    }))}
                    <a class="btn btn--main" href="/vente">{t!("Nouvelle vente")}</a>
                </div>
            </section>
        </div>
    })
}

/// The receipt, and the way to what can still be made of it.
fn kept(receipt: Receipt) -> AnyView {
    let to = format!("/ventes/vente?id={}", receipt.sale.id);
    erase(view! { {paper(receipt)} <a class="btn receipt__more" href=to>{t!("Annuler ou vendre à nouveau")}</a> })
}

/// Looks for the receipt on this device and then on the server, again with every change.
pub(super) fn look_up(till: Till, id: Memo<Option<SaleId>>) -> RwSignal<Found> {
    let latest = till.latest.get_untracked().filter(|latest| Some(latest.sale.id) == id.get_untracked());
    let found = RwSignal::new(latest.map_or(Found::NotYet, here));
    Effect::new(move |_| {
        till.version();
        till.status.track();
        if let (true, Some(id), Some(commands)) = (till.ready.get(), id.get(), till.commands()) {
            spawn_local(async move {
                // The screen may have been left meanwhile.
                if let Some(receipt) = commands.receipt(id).await {
                    return drop(found.try_set(here(receipt)));
                }
                found.try_update(|found| {
                    if !matches!(found, Found::Here(_)) {
                        *found = Found::Asked;
                    }
                });
                // Older than this phone holds.
                let past = commands.past_receipt(id).await;
                drop(found.try_set(past.map_or_else(Found::Absent, here)));
            });
        }
    });
    found
}

/// What the device, and then the server, know of the receipt.
#[derive(Clone, PartialEq)]
pub(super) enum Found {
    NotYet,
    /// It is not on this device; the server is asked.
    Asked,
    Here(Box<Receipt>),
    Absent(Absent),
}

fn here(receipt: Receipt) -> Found {
    Found::Here(Box::new(receipt))
}

pub(super) fn actions(receipt: &Receipt) -> AnyView {
    let print = on(|_: MouseEvent| drop(window().print()));
    erase(view! {
        <button class="btn btn--stack" type="button" on:click=print>{icons::printer()} {t!("Imprimer")}</button>
        <a class="btn btn--stack" target="_blank" rel="noopener" href=share(receipt)>
            {icons::message_circle()}
            "WhatsApp"
        </a>
    })
}

pub(super) fn asked() -> AnyView {
    empty(t!("Recherche du reçu sur le serveur…"), t!("Ce téléphone garde les ventes de 90 jours."))
}

pub(super) fn absent(why: Absent) -> AnyView {
    match why {
        Absent::Unknown => empty(t!("Ce reçu n’existe pas"), t!("L’adresse est peut-être incomplète.")),
        Absent::NotReached => empty(
            t!("Ce reçu n’est pas sur ce téléphone"),
            t!("Il a peut-être plus de 90 jours. Il est alors sur le serveur, et s’affichera avec le réseau."),
        ),
    }
}

fn empty(said: &'static str, more: &'static str) -> AnyView {
    erase(view! { <div class="empty">{icons::search()} <h2>{said}</h2><p>{more}</p></div> })
}

fn of_server(first: FirstReceipt) -> Receipt {
    let FirstReceipt { shop, seller, sale: row } = first;
    let state = if row.voided.is_some() { ReceiptState::Voided } else { ReceiptState::Confirmed };
    Receipt { sale: row.sale, shop, seller, actor: row.actor, at_ms: row.at_ms, state, voided: None }
}

fn state(state: ReceiptState) -> AnyView {
    let (class, said, icon) = match state {
        ReceiptState::Confirmed => ("state ok", t!("Vente confirmée"), icons::circle_check()),
        ReceiptState::Waiting => ("state warn", t!("En attente de synchronisation"), icons::clock()),
        ReceiptState::ToDecide => ("state bad", t!("Refusée : à décider"), icons::triangle_alert()),
        ReceiptState::Voided => ("state bad", t!("Vente annulée"), icons::circle_x()),
    };
    erase(view! { <p class=class role="status">{icon} {said}</p> })
}

/// What the customer gave, and was given back.
fn paid(sale: &Sale) -> Vec<(String, Money)> {
    let tender = |tender: &Tender| match tender {
        Tender::Cash { given, .. } => (t!("Espèces").into(), *given),
        Tender::OrangeMoney { amount, reference } => (t!("Orange Money {reference}", reference), *amount),
        Tender::Credit { amount, customer } => (t!("À crédit, {customer}", customer), *amount),
    };
    let mut paid: Vec<(String, Money)> = sale.tenders.iter().map(tender).collect();
    let change = sale.change_due();
    if change > Money::ZERO {
        paid.push((t!("Rendu").into(), change));
    }
    paid
}

/// What a receipt must say once it leaves the shop, on paper or as a message, so that nobody takes it for a good one.
fn stamp(state: ReceiptState) -> Option<&'static str> {
    match state {
        ReceiptState::Confirmed => None,
        ReceiptState::Waiting => Some(t!("En attente de confirmation")),
        ReceiptState::ToDecide => Some(t!("REFUSÉE")),
        ReceiptState::Voided => Some(t!("ANNULÉE")),
    }
}

/// A line of figures: what, and how much.
fn sum(what: String, of: Money) -> AnyView {
    erase(view! { <div><span>{what}</span>{amount(of)}</div> })
}

/// A line of facts about the sale.
fn fact(name: &'static str, value: String) -> AnyView {
    erase(view! { <div><span class="muted">{name}</span><b>{value}</b></div> })
}

pub(super) fn paper(receipt: Receipt) -> AnyView {
    let Receipt { sale, shop, seller, at_ms, state: standing, .. } = receipt;
    let (name, lines_above, foot) = letterhead(shop.as_ref());
    let above: Vec<AnyView> =
        lines_above.into_iter().map(|line| erase(view! { <p class="receipt__at">{line}</p> })).collect();
    let number = sale.receipt.to_string();
    let line = |line: &crate::domain::SaleLine| {
        let quantity = format!("{} × {}", format::number(line.quantity.get()), format::number(line.unit_price.get()));
        let total = amount(line.total().unwrap_or_default());
        erase(view! { <li>{product_name(line.name.as_str())}<span class="muted num">{quantity}</span>{total}</li> })
    };
    let lines: Vec<AnyView> = sale.lines.iter().map(line).collect();
    let tenders: Vec<AnyView> = paid(&sale).into_iter().map(|(what, of)| sum(what, of)).collect();
    let stamp = stamp(standing).map(|said| erase(view! { <p class="receipt__stamp">{said}</p> }));
    let void = if standing == ReceiptState::Voided { " receipt--void" } else { "" };
    let label = t!("Reçu {number}", number);
    erase(view! {
        <article class=format!("receipt{void}") aria-label=label>
            <header class="receipt__head"><h2 class="receipt__shop">{name}</h2>{above}</header>
            {stamp}
            {state(standing)}
            <div class="receipt__meta num">
                {fact(t!("Reçu"), number)} {fact(t!("Date"), format::date_time(at_ms))} {fact(t!("Servi par"), seller)}
            </div>
            <ul class="receipt__lines">{lines}</ul>
            <div class="receipt__sums">
                <div class="receipt__total"><span>{t!("Total")}</span>{amount(sale.total().unwrap_or_default())}</div>
                {tenders}
            </div>
            <p class="receipt__foot muted">{foot}</p>
        </article>
    })
}

/// What a receipt says of the shop: its name, where it is and how it is called, and the last line.
fn letterhead(shop: Option<&Shop>) -> (String, Vec<String>, String) {
    let Some(shop) = shop else { return (String::new(), Vec::new(), t!("Merci et à bientôt").to_owned()) };
    let above = [&shop.address, &shop.phone].into_iter().filter(|line| !line.is_empty()).map(Note::to_string);
    let foot = if shop.foot.is_empty() { t!("Merci et à bientôt").to_owned() } else { shop.foot.to_string() };
    (shop.name.to_string(), above.collect(), foot)
}

/// The address that shares the receipt.
fn share(receipt: &Receipt) -> String {
    format!("https://wa.me/?text={}", format::in_address(&message(receipt)))
}

/// The receipt as a message.
fn message(receipt: &Receipt) -> String {
    let Receipt { sale, shop, seller, at_ms, state, .. } = receipt;
    let (name, mut lines, foot) = letterhead(shop.as_ref());
    lines.insert(0, name);
    // Between asterisks WhatsApp prints bold.
    lines.extend(stamp(*state).map(|said| format!("*{said}*")));
    lines.extend([t!("Reçu {number}", number = sale.receipt), format::date_time(*at_ms)]);
    if !seller.is_empty() {
        lines.push(t!("Servi par {seller}", seller));
    }
    for line in &sale.lines {
        let (quantity, total) = (format::number(line.quantity.get()), format::money(line.total().unwrap_or_default()));
        lines.push(format!("{quantity} × {} : {total}", line.name));
    }
    lines.push(t!("Total : {total}", total = format::money(sale.total().unwrap_or_default())));
    lines.extend(paid(sale).into_iter().map(|(what, of)| format!("{what} : {}", format::money(of))));
    lines.push(foot);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Label, Name, ProductId, Quantity, Reference, SaleLine, UserId};
    use uuid::Uuid;

    fn receipt(state: ReceiptState) -> Receipt {
        let money = |gnf| Money::new(gnf).unwrap();
        let line = SaleLine {
            product: ProductId(Uuid::nil()),
            name: Name::new("Riz").unwrap(),
            quantity: Quantity::new(3).unwrap(),
            unit_price: money(25_000),
        };
        let reference = Reference::new("PP1").unwrap();
        let tenders = vec![
            Tender::OrangeMoney { amount: money(50_000), reference },
            Tender::Cash { amount: money(25_000), given: money(30_000) },
        ];
        let sale = Sale {
            id: SaleId(Uuid::nil()),
            receipt: "A-000001".parse().unwrap(),
            lines: vec![line],
            tenders,
            beyond_stock: false,
        };
        let shop =
            Shop { foot: Note::new("Échange sous 3 jours").unwrap(), ..Shop::named(Label::new("Kaloum").unwrap()) };
        let (seller, actor, at_ms) = ("Mariama".to_owned(), UserId(Uuid::nil()), 1_795_442_700_000);
        Receipt { sale, shop: Some(shop), seller, actor, at_ms, state, voided: None }
    }

    #[test]
    fn a_message_says_how_it_was_paid_and_never_shows_a_sale_as_good_that_is_not() {
        let said = |state| message(&receipt(state)).replace('\u{202f}', " ");
        let good = "Kaloum\nReçu A-000001\n23/11/2026 14:05\nServi par Mariama\n3 × Riz : 75 000 GNF\n\
                    Total : 75 000 GNF\nOrange Money PP1 : 50 000 GNF\nEspèces : 30 000 GNF\nRendu : 5 000 GNF\n\
                    Échange sous 3 jours";
        assert_eq!(said(ReceiptState::Confirmed), good);
        let other = [
            (ReceiptState::Waiting, "En attente de confirmation"),
            (ReceiptState::ToDecide, "REFUSÉE"),
            (ReceiptState::Voided, "ANNULÉE"),
        ];
        for (state, stamp) in other {
            assert_eq!(said(state), good.replacen('\n', &format!("\n*{stamp}*\n"), 1));
        }
    }
}
