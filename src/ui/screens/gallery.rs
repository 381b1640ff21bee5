//! Every component in every state, at `/style` of a development build: a new screen is composed of these, not painted.

mod office;
mod sale;

use super::{chip, till};
use crate::{
    device::{Till, handle::Status},
    domain::{Money, product::StockState},
    sync::engine::{Freshness, SessionState},
    ui::{
        components::{
            amount, asks, facts, field_error, in_stock, input, live_amount, money_field, nav, notice,
            orange_money_reference, pin_field, product_name, rule, search, search_for, segments, suggested, sum,
            text_field, top,
        },
        erase::{erase, on},
        icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

const LONG: &str = "AMOXICILLINE/ACIDE CLAVULANIQUE BIOGARAN 1 g/125 mg, poudre pour suspension buvable en sachet-dose \
                    (rapport amoxicilline/acide clavulanique : 8/1), boîte de 12";

#[component]
pub fn Gallery() -> impl IntoView {
    let parts = vec![
        part("top, chip, search", heads()),
        part("Boutons", buttons()),
        part("notice, asks", words()),
        part("amount, live_amount, sum, product_name, in_stock", figures()),
        part("Produits", products()),
        part("Champs", fields()),
        part("Cartes, facts, états vides", cards()),
        part("Panier et quantité", sale::cart()),
        part("Encaisser : billets, rendu, attente", sale::paying()),
        part("Reçu", sale::receipts()),
        part("Personne et code", sale::gate()),
        part("Caméra", sale::camera()),
        part("Première lecture, stockage", sale::first_days()),
        part("Jour, règle, graphique", office::days()),
        part("Import", office::import()),
        part("Deux valeurs", office::clashes()),
        part("Code d’un téléphone", office::phone()),
    ];
    erase(view! {
        <div class="app">
            {top(None, "Composants".into_any(), chip(till()), ().into_any())} <main class="page">{parts}</main>
            {nav("/style", Signal::stored(2))}
        </div>
    })
}

fn part(name: &'static str, shown: AnyView) -> AnyView {
    erase(view! { <h2>{name}</h2> {shown} })
}

fn heads() -> AnyView {
    let standing = |online, waiting, to_decide, freshness| {
        let till = Till::new();
        till.ready.set(true);
        let session = SessionState::Open;
        till.status.set(Status { online, freshness, session, waiting, to_decide, ..Status::default() });
        chip(till)
    };
    let stand = |online, waiting, to_decide| standing(online, waiting, to_decide, Freshness::Current);
    let beside =
        erase(view! { <button class="icon-btn" type="button" aria-label="À côté">{icons::scan_barcode()}</button> });
    erase(view! {
        <div class="btns">
            {chip(Till::new())} {stand(true, 0, 0)} {stand(true, 3, 0)} {stand(false, 0, 0)} {stand(false, 12, 0)} {stand(true, 1, 1)}
            {standing(true, 0, 0, Freshness::Unknown)} {standing(true, 0, 0, Freshness::Silent)} {standing(true, 0, 0, Freshness::Behind)}
        </div>
        {top(Some(("/style", "Retour")), erase(view! { <span>"Boutique Kaloum"</span><small>"Mariama Diallo"</small> }), stand(true, 0, 0), ().into_any())}
        {search("/style", RwSignal::new("riz".to_owned()), || (), beside)}
        {search_for("/style", "Reçu, produit ou montant", "Chercher une vente", RwSignal::default(), || (), ().into_any())}
    })
}

fn buttons() -> AnyView {
    let lamp = RwSignal::new(true);
    let tap = on(move |_: MouseEvent| lamp.update(|lamp| *lamp = !*lamp));
    erase(view! {
        <button class="btn btn--main btn--wide" type="button">"Encaisser 75 000 GNF"</button>
        <button class="btn btn--main btn--wide" type="button" disabled>"Encaisser 75 000 GNF"</button>
        <div class="btns">
            <button class="btn" type="button">{icons::plus()} "Nouveau produit"</button>
            <button class="btn" type="button" disabled>"Pas maintenant"</button>
            <button class="btn" type="button" aria-pressed=move || lamp.get().to_string() on:click=tap>"Lampe"</button>
            <button class="icon-btn" type="button" aria-label="Verrouiller">{icons::lock()}</button>
            <span class="tag">"Étiquette"</span>
            <span class="tag tag--wait">"En attente depuis 10:42"</span>
            <span class="tag tag--bad">"Annulée"</span>
        </div>
        <div class="btns">
            <button class="btn btn--bad" type="button">"Annuler la vente"</button>
            <button class="btn btn--plain" type="button">"Vider"</button>
            <button class="btn btn--stack" type="button">{icons::printer()} "Imprimer"</button>
        </div>
        {segments("moyen", "Moyen de paiement", &[("Espèces", 0), ("Orange Money", 1), ("Crédit", 2)], RwSignal::new(0))}
        {rule("Avec les prix d’achat", "Il montre aussi la marge.", Memo::new(|_| true), true.into(), |_| ())}
    })
}

fn words() -> AnyView {
    let lines = || vec!["Ce qui a été gardé.".to_owned(), "Ce qu’il faut faire maintenant.".to_owned()];
    let kinds = ["info", "ok", "warn", "bad"];
    let notices = kinds.map(|kind| notice(kind, format!("Ce qui est arrivé ({kind})"), lines()));
    let act = erase(view! { <button class="btn" type="button">"Mettre à jour"</button> });
    erase(view! {
        {Vec::from(notices)} {asks("info", icons::download(), "Nouvelle version", "Elle attend que vous ayez fini.", act)}
        <p class="small muted">"Un texte petit et discret."</p>
    })
}

fn figures() -> AnyView {
    let money = |gnf| Money::new(gnf).unwrap_or_default();
    erase(view! {
        <p>{amount(money(15_000))}</p>
        <p class="due"><span class="muted">"À payer"</span>{live_amount(Signal::stored(money(1_285_000)))}</p>
        <p>{sum(-42_500)}</p>
        <p>{product_name(LONG)}</p>
        <p>{in_stock(18, StockState::Good)} " " {in_stock(3, StockState::Low)} " " {in_stock(0, StockState::Empty)}</p>
    })
}

fn products() -> AnyView {
    let row = |name: &str, units, state, inside: bool| {
        let count = inside.then(|| erase(view! { <span class="qty">"×\u{202f}2"</span> }));
        let price = amount(Money::new(62_000).unwrap_or_default());
        erase(view! {
            <li class="product" class:product--in=inside>
                <button class="product__add" type="button">
                    {product_name(name)} {count}
                    <span class="product__side"><span class="product__price">{price}</span>{in_stock(units, state)}</span>
                </button>
            </li>
        })
    };
    let rows = vec![
        row("Riz importé 5 kg", 18, StockState::Good, false),
        row("Huile de palme rouge 1 L", 4, StockState::Low, true),
        row(LONG, 0, StockState::Empty, false),
    ];
    erase(view! { <ul class="products" aria-label="Produits">{rows}</ul> })
}

fn fields() -> AnyView {
    let typed = |text: &str| RwSignal::new(text.to_owned());
    erase(view! {
        {text_field("nom", "Nom", "60", typed("Boutique Kaloum"))} {pin_field("code", "PIN (4 à 6 chiffres)", typed("2580"))} {field_error("Un montant en chiffres")}
        {money_field("recu", "Reçu du client", typed("100 000"))}
        {orange_money_reference(typed("PP260711.1203.B4"))}
        {suggested("raison", "Raison", "200", vec!["Erreur de saisie", "Article rendu"], typed("Article rendu"))}
        <div class="field">
            <label class="field__label" for="prix">"Prix de vente"</label>
            <span class="field__hint">"Ce que le client paie."</span>
            <span class="suffix">{input("prix", "input", "numeric", "20", typed("douze"))}<span aria-hidden="true">"GNF"</span></span>
            <span class="field__error" role="alert">"Un prix est un nombre entier, par exemple 15\u{202f}000."</span>
        </div>
    })
}

fn cards() -> AnyView {
    let told = vec![("Téléphone", "Comptoir 1 (A) · ce téléphone".into_any()), ("État", "Confirmée".into_any())];
    erase(view! {
        <section class="card" aria-label="Carte">
            <header class="card__head"><h2>"Carte"</h2><span class="small muted num">"27/11/2026 10:42"</span></header>
            {facts(told)}
        </section>
        <ul class="todo">
            <li>
                <a class="todo__link" href="/style">
                    {icons::package()} <span>"3 produits épuisés"<small>"Il n’y en a plus"</small></span> {icons::chevron_right()}
                </a>
            </li>
        </ul>
        <div class="empty">{icons::circle_check()}<h2>"Rien à décider"</h2><p>"Ce qui viendra ici, et quand."</p></div>
        <progress class="progress" max="20739" value="8000" aria-label="Réception"></progress>
    })
}
