//! One product: what there is of it, and what is known of it, to change.

use super::{acts::Acts, counts, form::Form, moves::moves};
use crate::{
    device::Till,
    domain::{Barcode, Product, ProductId},
    sync::view::Shown,
    ui::{
        components::{amount, facts, notice, top},
        erase::{erase, live, on},
        format,
        screens::{banners, chip, holds_costs, owns, require_person, till},
        text,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};

#[component]
pub fn ProductCard() -> impl IntoView {
    let till = till();
    require_person(till);
    let id = use_query_map().with_untracked(|query| query.get("id")?.parse::<ProductId>().ok());
    let shown = Memo::new(move |_| id.and_then(|id| till.product(id)));
    // The form is of the product as it was when it was opened: what somebody else changes meanwhile is not overwritten.
    let opened = Memo::new(move |before: Option<&Option<Shown>>| match before {
        Some(Some(opened)) => Some(opened.clone()),
        _ => till.ready.get().then(|| shown.get()).flatten(),
    });
    let (owner, counts) = (owns(till), counts(till));
    let costs = holds_costs(till);
    let acts = id.map(|id| Acts::new(till, id, shown));
    let known_here = Memo::new(move |_| shown.with(Option::is_some));
    erase(view! {
        <div class="app app--task">
            {top(Some(("/stock", t!("Retour au stock"))), t!("Produit").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || acts.filter(|_| known_here.get()).map(|acts| acts.draw(counts.get())))}
                {live(move || match (opened.get(), owner.get()) {
                    (Some(opened), true) if !opened.product.retired => form(till, (*opened.product).clone(), costs.get()),
                    (Some(opened), _) => known(&opened.product),
                    (None, _) if till.ready.get() => notice("warn", t!("Ce produit n’est pas sur ce téléphone").into(), vec![]),
                    (None, _) => ().into_any(),
                })}
                {live(move || id.filter(|_| known_here.get()).map(|id| moves(till, id)))}
                {live(move || acts.filter(|_| owner.get() && known_here.get()).map(Acts::retire))}
            </main>
        </div>
    })
}

/// What somebody sees who may not change it.
fn known(product: &Product) -> AnyView {
    let codes: Vec<&str> = product.barcodes.iter().map(Barcode::as_str).collect();
    let mut told = vec![
        (t!("Prix de vente"), amount(product.sale_price)),
        (t!("Seuil d’alerte"), format::number(product.threshold.get()).into_any()),
    ];
    // What nobody wrote down is no line.
    for (name, text) in [(t!("Catégorie"), product.category.to_string()), (t!("Codes-barres"), codes.join(", "))] {
        if !text.is_empty() {
            told.push((name, text.into_any()));
        }
    }
    erase(view! { <section class="card" aria-label=t!("Fiche")>{facts(told)}</section> })
}

fn form(till: Till, seen: Product, costs: bool) -> AnyView {
    let form = Form::of(&seen);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let seen = StoredValue::new(seen);
    let read = Memo::new(move |_| form.read(seen.with_value(|seen| seen.id)));
    let wrong = Memo::new(move |_| read.with(|read| read.as_ref().err().copied()));
    let navigate = use_navigate();
    let unchanged = move || read.with(|read| read.as_ref().is_ok_and(|wanted| seen.with_value(|seen| seen == wanted)));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(commands), Ok(wanted)) = (till.commands(), read.get_untracked()) else { return };
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let saved = commands.edit_product(seen.get_value(), wanted).await;
            let _ = busy.try_set(false); // the screen may have been left meanwhile
            match saved {
                Ok(()) => navigate("/stock", Default::default()),
                Err(problem) => drop(error.try_set(Some(text::command_error(&problem)))),
            }
        });
    };
    erase(view! {
        {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
        <form class="card" aria-label=t!("Fiche") on:submit=on(save)>
            {form.fields(till, costs, wrong)}
            <button
                class="btn btn--main btn--wide"
                type="submit"
                disabled=live(move || busy.get() || read.with(Result::is_err) || unchanged())
            >
                {t!("Enregistrer")}
            </button>
        </form>
    })
}
