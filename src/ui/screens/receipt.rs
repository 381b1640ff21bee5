//! Reçu: confirmed or waiting, to print and to share.

use super::{Banners, Chip, till};
use crate::{
    api,
    device::handle::{Receipt, ReceiptState},
    domain::{Money, SaleId, Tender},
    sync::wire::FirstReceipt,
    ui::{
        components::{Amount, product_name},
        format, icons,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

#[component]
pub fn ReceiptScreen() -> impl IntoView {
    let till = till();
    let id = Memo::new(move |_| use_query_map().with(|query| query.get("id")?.parse::<SaleId>().ok()));
    let first = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) if is_server() => api::receipt(id).await.ok(),
                _ => None,
            }
        },
    );
    let own = RwSignal::new(None::<Receipt>);
    Effect::new(move |_| {
        till.version();
        till.status.track();
        if let (true, Some(id), Some(commands)) = (till.ready.get(), id.get(), till.commands()) {
            spawn_local(async move { own.set(commands.receipt(id).await) });
        }
    });
    view! {
        <div class="app app--task">
            <header class="top">
                <div class="top__row">
                    <a class="icon-btn" href="/" aria-label="Accueil">{icons::house()}</a>
                    <h1 class="top__title">"Reçu"</h1>
                    <Chip till />
                </div>
            </header>
            <main class="page">
                <Banners till />
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        let first = StoredValue::new(first.await.map(of_server));
                        move || match own.get().or_else(|| first.get_value()) {
                            Some(receipt) => paper(receipt),
                            None => view! { <p class="empty">"Ce reçu n’est pas sur ce téléphone."</p> }.into_any(),
                        }
                    })}
                </Suspense>
            </main>
            <section class="dock" aria-label="Actions">
                <div class="dock__row">
                    <button class="btn btn--stack" type="button" on:click=|_| drop(window().print())>
                        {icons::printer()} "Imprimer"
                    </button>
                    <a
                        class="btn btn--stack"
                        target="_blank"
                        rel="noopener"
                        href=move || own.with(|own| own.as_ref().map_or_else(|| "#".to_owned(), share))
                    >
                        {icons::message_circle()} "WhatsApp"
                    </a>
                    <a class="btn btn--main" href="/vente">"Nouvelle vente"</a>
                </div>
            </section>
        </div>
    }
    .into_any()
}

fn of_server(first: FirstReceipt) -> Receipt {
    let FirstReceipt { shop_name, seller, sale } = first;
    let state = if sale.voided.is_some() { ReceiptState::Voided } else { ReceiptState::Confirmed };
    Receipt { sale: sale.sale, shop_name, seller, at_ms: sale.at_ms, state }
}

fn state(state: ReceiptState) -> impl IntoView {
    let (class, said) = match state {
        ReceiptState::Confirmed => ("state ok", "Vente confirmée"),
        ReceiptState::Waiting => ("state warn", "En attente de synchronisation"),
        ReceiptState::ToDecide => ("state bad", "Refusée : à décider"),
        ReceiptState::Voided => ("state bad", "Vente annulée"),
    };
    let icon = match state {
        ReceiptState::Confirmed => icons::circle_check().into_any(),
        ReceiptState::Waiting => icons::clock().into_any(),
        ReceiptState::ToDecide => icons::triangle_alert().into_any(),
        ReceiptState::Voided => icons::circle_x().into_any(),
    };
    view! { <p class=class role="status">{icon} {said}</p> }
}

fn paper(receipt: Receipt) -> AnyView {
    let Receipt { sale, shop_name, seller, at_ms, state: standing } = receipt;
    let number = sale.receipt.to_string();
    let lines = sale.lines.iter().map(|line| {
        let quantity = format!("{} × {}", format::number(line.quantity.get()), format::number(line.unit_price.get()));
        view! {
            <li>
                {product_name(line.name.as_str())}
                <span class="muted num">{quantity}</span>
                <Amount of=line.total().unwrap_or(Money::ZERO) />
            </li>
        }
    });
    let tenders = sale.tenders.iter().map(|tender| match tender {
        Tender::Cash { given, .. } => view! { <div><span>"Espèces"</span><Amount of=*given /></div> }.into_any(),
        Tender::OrangeMoney { amount, reference } => view! {
            <div><span>"Orange Money " {reference.to_string()}</span><Amount of=*amount /></div>
        }
        .into_any(),
    });
    let change = sale.change_due();
    let change = (change > Money::ZERO).then(|| view! { <div><span>"Rendu"</span><Amount of=change /></div> });
    view! {
        <article class="receipt" class=("receipt--void", standing == ReceiptState::Voided) aria-label=format!("Reçu {number}")>
            <header class="receipt__head"><h2 class="receipt__shop">{shop_name}</h2></header>
            {state(standing)}
            <div class="receipt__meta num">
                <div><span class="muted">"Reçu"</span><b>{number.clone()}</b></div>
                <div><span class="muted">"Date"</span><span>{format::date_time(at_ms)}</span></div>
                <div><span class="muted">"Servi par"</span><span>{seller}</span></div>
            </div>
            <ul class="receipt__lines">{lines.collect_view()}</ul>
            <div class="receipt__sums">
                <div class="receipt__total"><span>"Total"</span><Amount of=sale.total().unwrap_or(Money::ZERO) /></div>
                {tenders.collect_view()}
                {change}
            </div>
            <p class="receipt__foot muted">"Merci et à bientôt"</p>
        </article>
    }
    .into_any()
}

/// The receipt as a message.
fn share(receipt: &Receipt) -> String {
    let mut text =
        format!("{}\nReçu {}\n{}\n", receipt.shop_name, receipt.sale.receipt, format::date_time(receipt.at_ms));
    for line in &receipt.sale.lines {
        let total = line.total().unwrap_or(Money::ZERO);
        text += &format!("{} × {} : {}\n", line.quantity.get(), line.name, format::money(total));
    }
    text += &format!("Total : {}", format::money(receipt.sale.total().unwrap_or(Money::ZERO)));
    let encoded: String = text
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("https://wa.me/?text={encoded}")
}
