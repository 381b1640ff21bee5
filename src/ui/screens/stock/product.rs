//! One product: what there is of it, and what is known of it, to change.

use crate::{
    device::Till,
    domain::{Barcode, Category, Name, Product, ProductId},
    sync::view::Shown,
    ui::{
        components::{amount, facts, in_stock, input, notice, top},
        erase::{erase, live, on},
        format,
        screens::{banners, chip, owns, require_person, till},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
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
    let owner = owns(till);
    let costs =
        Memo::new(move |_| till.status.with(|status| status.installation.as_ref().is_some_and(|own| own.holds_costs)));
    erase(view! {
        <div class="app app--task">
            {top(Some(("/stock", "Retour au stock")), "Produit".into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || shown.get().map(|shown| standing(shown, owner.get())))}
                {live(move || match (opened.get(), owner.get()) {
                    (Some(opened), true) => form(till, (*opened.product).clone(), costs.get()),
                    (Some(opened), false) => known(&opened.product),
                    (None, _) if till.ready.get() => notice("warn", "Ce produit n’est pas sur ce téléphone".into(), vec![]),
                    (None, _) => ().into_any(),
                })}
            </main>
        </div>
    })
}

fn standing(shown: Shown, owner: bool) -> AnyView {
    let (name, to) = (shown.product.name.to_string(), format!("/stock/comptage?id={}", shown.product.id));
    let count = owner.then(|| erase(view! { <a class="btn btn--wide" href=to>"Compter"</a> }));
    erase(view! {
        <section class="card" aria-label="En stock">
            <h2>{name}</h2>
            <p>{in_stock(shown.stock, shown.state())}</p>
            {count}
        </section>
    })
}

/// What somebody sees who may not change it.
fn known(product: &Product) -> AnyView {
    let codes: Vec<&str> = product.barcodes.iter().map(Barcode::as_str).collect();
    let facts = facts(vec![
        ("Prix de vente", amount(product.sale_price)),
        ("Seuil d’alerte", format::number(product.threshold.get()).into_any()),
        ("Catégorie", product.category.to_string().into_any()),
        ("Codes-barres", codes.join(", ").into_any()),
    ]);
    erase(view! { <section class="card" aria-label="Fiche">{facts}</section> })
}

/// What is typed, by field.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    sale_price: RwSignal<String>,
    purchase_price: RwSignal<String>,
    threshold: RwSignal<String>,
    category: RwSignal<String>,
    codes: RwSignal<String>,
}

impl Form {
    fn of(product: &Product) -> Self {
        let codes: Vec<&str> = product.barcodes.iter().map(Barcode::as_str).collect();
        Self {
            name: RwSignal::new(product.name.to_string()),
            sale_price: RwSignal::new(format::number(product.sale_price.get())),
            purchase_price: RwSignal::new(
                product.purchase_price.map_or_else(String::new, |price| format::number(price.get())),
            ),
            threshold: RwSignal::new(format::number(product.threshold.get())),
            category: RwSignal::new(product.category.to_string()),
            codes: RwSignal::new(codes.join(" ")),
        }
    }

    /// The product as the form has it, or the field that is none.
    fn read(&self, seen: &Product) -> Result<Product, &'static str> {
        let price = |typed: RwSignal<String>| format::parse_amount(&typed.get());
        let purchase_price = match self.purchase_price.with(|typed| typed.trim().is_empty()) {
            true => None,
            false => Some(price(self.purchase_price).ok_or("purchase_price")?),
        };
        let threshold = self.threshold.with(|typed| format::parse_units(typed));
        let codes: Result<Vec<Barcode>, _> = self.codes.with(|typed| text::codes(typed).map(Barcode::new).collect());
        let product = Product {
            name: Name::clean(&self.name.get()).map_err(|_| "name")?,
            sale_price: price(self.sale_price).ok_or("sale_price")?,
            purchase_price,
            threshold: threshold.ok_or("threshold")?,
            category: Category::clean(&self.category.get()).map_err(|_| "category")?,
            barcodes: codes.map_err(|_| "barcodes")?,
            ..seen.clone()
        };
        product.validate().map_err(|_| "barcodes")?;
        Ok(product)
    }
}

fn form(till: Till, seen: Product, costs: bool) -> AnyView {
    let form = Form::of(&seen);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let seen = StoredValue::new(seen);
    let read = Memo::new(move |_| seen.with_value(|seen| form.read(seen)));
    let wrong = move |field: &'static str| {
        live(move || {
            (read.get() == Err(field))
                .then(|| erase(view! { <span class="field__error" role="alert">{text::field_wrong(field)}</span> }))
        })
    };
    let navigate = use_navigate();
    let save = move |_: MouseEvent| {
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
    let unchanged = move || read.with(|read| read.as_ref().is_ok_and(|wanted| seen.with_value(|seen| seen == wanted)));
    let field = move |field: &'static str, max: &'static str, value: RwSignal<String>| {
        let (mode, unit) = match field {
            "threshold" => ("numeric", None),
            figure if text::is_figure(figure) => ("numeric", Some("GNF")),
            _ => ("text", None),
        };
        let unit = unit.map(|unit| erase(view! { <span aria-hidden="true">{unit}</span> }));
        erase(view! {
            <div class="field">
                <label class="field__label" for=field>{text::field_name(field)}</label>
                <span class="suffix">{input(field, "input", mode, max, value)}{unit}</span>
                {wrong(field)}
            </div>
        })
    };
    let purchase = costs.then(|| field("purchase_price", "20", form.purchase_price));
    erase(view! {
        {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
        <section class="card" aria-label="Fiche">
            {field("name", "400", form.name)} {field("sale_price", "20", form.sale_price)} {purchase}
            {field("threshold", "12", form.threshold)} {field("category", "100", form.category)}
            {field("barcodes", "1400", form.codes)}
            <button
                class="btn btn--main btn--wide"
                type="button"
                disabled=live(move || busy.get() || read.with(Result::is_err) || unchanged())
                on:click=on(save)
            >
                "Enregistrer"
            </button>
        </section>
    })
}
