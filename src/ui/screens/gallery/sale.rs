//! Of the till: the cart, paying, the receipt, who sells; and what a phone shows before it can.

use super::LONG;
use crate::{
    device::{
        Till,
        handle::{CameraProblem, Receipt, ReceiptState, Selling, Status, StorageProblem, Suspended},
    },
    domain::{
        Cart, Label, Money, Name, Note, Product, ProductId, Quantity, Reference, Sale, SaleId, SaleLine, Shop, Tender,
        Units, UserId, shop::Banknotes,
    },
    ui::{
        components::{amount, notice},
        erase::erase,
        format, icons,
        screens::{loading, pay, receipt, sell::cart_panel, sign_in::person_button, storage_banner},
        text,
    },
};
use leptos::prelude::*;
use uuid::Uuid;

fn money(gnf: i64) -> Money {
    Money::new(gnf).unwrap_or_default()
}

fn product(name: &str, gnf: i64) -> Option<Product> {
    Some(Product {
        id: ProductId(Uuid::from_u128(gnf as u128)),
        name: Name::new(name).ok()?,
        barcodes: Vec::new(),
        category: Default::default(),
        sale_price: money(gnf),
        purchase_price: None,
        threshold: Units::ZERO,
        retired: false,
    })
}

pub fn cart() -> AnyView {
    let till = Till::new();
    till.cart.update(|cart| {
        for product in [product("Riz importé 5 kg", 62_000), product(LONG, 48_500)].iter().flatten() {
            drop(cart.add(product));
        }
    });
    let cart = till.cart.get_untracked();
    let waiting =
        |n| Suspended { id: Uuid::from_u128(n), since_ms: 1_795_442_700_000, cart: cart.clone(), stored: None };
    till.suspended.set(vec![waiting(1), waiting(2)]);
    cart_panel(till)
}

pub fn paying() -> AnyView {
    let note = |note: Money| {
        let said = format!("+ {}", format::number(note.get()));
        erase(view! { <button class="btn" type="button">{said}</button> })
    };
    let notes: Vec<AnyView> = Banknotes::default().iter().map(note).collect();
    let till = Till::new();
    till.selling.set(Some(Selling { sold: Cart::default(), wait_ms: 5_000 }));
    erase(view! {
        <div class="notes" role="group" aria-label="Montants rapides">{notes}</div>
        <output class="change">"À rendre : " {amount(money(5_000))}</output>
        <output class="change change--short">"Il manque 2 500 GNF"</output>
        <output class="change change--none">"Sans montant : le compte est exact."</output>
        {pay::wait(till)}
    })
}

pub fn receipts() -> AnyView {
    let states = [ReceiptState::Confirmed, ReceiptState::Waiting, ReceiptState::ToDecide, ReceiptState::Voided];
    let papers: Vec<AnyView> = states.into_iter().filter_map(sold).map(receipt::paper).collect();
    erase(view! { {papers} })
}

fn sold(state: ReceiptState) -> Option<Receipt> {
    let line = |name: &str, units: i64, gnf: i64| {
        let quantity = Quantity::new(units).ok()?;
        let (product, name) = (ProductId(Uuid::nil()), Name::new(name).ok()?);
        Some(SaleLine { product, name, quantity, unit_price: money(gnf) })
    };
    let sale = Sale {
        id: SaleId(Uuid::nil()),
        receipt: "A-000042".parse().ok()?,
        lines: vec![line("Riz importé 5 kg", 2, 62_000)?, line(LONG, 1, 48_500)?],
        tenders: vec![
            Tender::OrangeMoney { amount: money(100_000), reference: Reference::new("PP261128.0915").ok()? },
            Tender::Cash { amount: money(72_500), given: money(80_000) },
        ],
        beyond_stock: false,
    };
    let note = |text| Note::new(text).unwrap_or_default();
    let shop = Shop {
        address: note("Marché Madina, allée 4"),
        phone: note("620 00 00 00"),
        foot: note("Échange sous 3 jours"),
        ..Shop::named(Label::new("Boutique Kaloum").ok()?)
    };
    let (seller, actor) = ("Mariama Diallo".to_owned(), UserId(Uuid::nil()));
    Some(Receipt { sale, shop: Some(shop), seller, actor, at_ms: 1_795_442_700_000, state, voided: None })
}

pub fn gate() -> AnyView {
    let key = |digit: char| erase(view! { <button class="pad__key" type="button">{digit.to_string()}</button> });
    let first: Vec<AnyView> = "123456789".chars().map(key).collect();
    let dot = |on: bool| erase(view! { <i class:on=on></i> });
    let dots: Vec<AnyView> = [true, true, false, false, false, false].map(dot).into();
    erase(view! {
        {person_button("Mariama Diallo".into(), "Propriétaire", icons::chevron_right(), None, |_| ())}
        <output class="dots" aria-label="2 chiffres tapés">{dots}</output>
        <div class="pad" role="group" aria-label="Pavé numérique">
            {first} <button class="pad__key" type="button" aria-label="Effacer">{icons::delete()}</button> {key('0')}
            <button class="pad__key pad__key--ok" type="button" aria-label="Valider le code">{icons::check()}</button>
        </div>
    })
}

pub fn camera() -> AnyView {
    let problems = [
        CameraProblem::NotAllowed,
        CameraProblem::Insecure,
        CameraProblem::Absent,
        CameraProblem::Busy,
        CameraProblem::Incomplete,
    ];
    let problems = problems.map(|problem| {
        let (title, what) = text::camera_problem(problem);
        notice("warn", title.to_owned(), vec![what.to_owned()])
    });
    erase(view! {
        <section class="scan" aria-label="Caméra">
            <video class="scan__view" muted playsinline></video>
            <p class="scan__said" role="status">"Riz importé 5 kg : ajouté."</p>
            <div class="btns">
                <button class="btn" type="button" aria-pressed="true">"Lampe"</button>
                <button class="btn" type="button">"Fermer la caméra"</button>
            </div>
        </section>
        {Vec::from(problems)}
    })
}

pub fn first_days() -> AnyView {
    let at = |status: Status| {
        let till = Till::new();
        till.ready.set(true);
        till.status.set(status);
        till
    };
    let reads = at(Status { loading: Some((8_000, 20_739)), first_read: true, ..Status::default() });
    let problems = [
        StorageProblem::Unavailable,
        StorageProblem::Full,
        StorageProblem::BlockedByTab,
        StorageProblem::Closed,
        StorageProblem::Busy,
        StorageProblem::AppIncomplete,
    ];
    let problems =
        problems.map(|problem| storage_banner(at(Status { storage_problem: Some(problem), ..Status::default() })));
    erase(view! { {loading(reads)} {Vec::from(problems)} })
}
