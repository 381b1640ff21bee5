//! What is known of a product, as fields.

use crate::{
    device::Till,
    domain::{Barcode, Category, Name, Product, ProductId, text::and_code},
    ui::{
        components::{field_error, input},
        erase::{erase, live, on},
        format,
        screens::scan::Camera,
        text,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// What is typed, by field.
#[derive(Clone, Copy)]
pub(in crate::ui::screens) struct Form {
    pub(super) name: RwSignal<String>,
    pub(super) codes: RwSignal<String>,
    sale_price: RwSignal<String>,
    purchase_price: RwSignal<String>,
    threshold: RwSignal<String>,
    category: RwSignal<String>,
}

/// Of a product that does not exist yet.
impl Default for Form {
    fn default() -> Self {
        let empty = RwSignal::<String>::default;
        Self {
            name: empty(),
            codes: empty(),
            sale_price: empty(),
            purchase_price: empty(),
            threshold: RwSignal::new("0".to_owned()),
            category: empty(),
        }
    }
}

impl Form {
    pub fn of(product: &Product) -> Self {
        let codes: Vec<&str> = product.barcodes.iter().map(Barcode::as_str).collect();
        let form = Self::default();
        form.name.set(product.name.to_string());
        form.codes.set(codes.join(" "));
        form.sale_price.set(format::number(product.sale_price.get()));
        form.purchase_price.set(product.purchase_price.map_or_else(String::new, |price| format::number(price.get())));
        form.threshold.set(format::number(product.threshold.get()));
        form.category.set(product.category.to_string());
        form
    }

    /// As one that nobody typed into, but for what was looked for.
    pub fn begin(self, name: &str, codes: &str) {
        self.name.set(name.to_owned());
        self.codes.set(codes.to_owned());
        for typed in [self.sale_price, self.purchase_price, self.category] {
            typed.set(String::new());
        }
        self.threshold.set("0".to_owned());
    }

    /// The product as the form has it, or the field that is none.
    pub fn read(&self, id: ProductId) -> Result<Product, &'static str> {
        let price = |typed: RwSignal<String>| format::parse_amount(&typed.get());
        let purchase_price = match self.purchase_price.with(|typed| typed.trim().is_empty()) {
            true => None,
            false => Some(price(self.purchase_price).ok_or("purchase_price")?),
        };
        let threshold = self.threshold.with(|typed| format::parse_units(typed));
        let codes: Result<Vec<Barcode>, _> = self.codes.with(|typed| text::codes(typed).map(Barcode::new).collect());
        let product = Product {
            id,
            name: Name::clean(&self.name.get()).map_err(|_| "name")?,
            sale_price: price(self.sale_price).ok_or("sale_price")?,
            purchase_price,
            threshold: threshold.ok_or("threshold")?,
            category: Category::clean(&self.category.get()).map_err(|_| "category")?,
            barcodes: codes.map_err(|_| "barcodes")?,
            retired: false,
        };
        product.validate().map_err(|_| "barcodes")?;
        Ok(product)
    }

    /// Whether what cannot be empty is still so.
    pub fn lacks(&self, field: &str) -> bool {
        let blank = |typed: RwSignal<String>| typed.with(|typed| typed.trim().is_empty());
        (field == "name" && blank(self.name)) || (field == "sale_price" && blank(self.sale_price))
    }

    /// The fields; the purchase price on phones that hold costs alone. `wrong` names the field that is none.
    pub fn fields(self, till: Till, costs: bool, wrong: Memo<Option<&'static str>>) -> AnyView {
        let purchase = costs.then(|| field("purchase_price", "20", self.purchase_price, wrong));
        erase(view! {
            {field("name", "400", self.name, wrong)} {field("sale_price", "20", self.sale_price, wrong)} {purchase}
            {field("threshold", "12", self.threshold, wrong)} {field("category", "100", self.category, wrong)}
            {codes(till, self.codes, wrong)}
        })
    }
}

pub(super) fn field(
    field: &'static str,
    max: &'static str,
    value: RwSignal<String>,
    wrong: Memo<Option<&'static str>>,
) -> AnyView {
    let (mode, unit) = match field {
        "threshold" | "opening" => ("numeric", None),
        figure if text::is_figure(figure) => ("numeric", Some("GNF")),
        _ => ("text", None),
    };
    let unit = unit.map(|unit| erase(view! { <span aria-hidden="true">{unit}</span> }));
    let typed = erase(view! { <span class="suffix">{input(field, "input", mode, max, value)}{unit}</span> });
    labelled(field, typed, wrong)
}

/// Barcodes, one behind the other: typed, by a hand or a scanner (`device/scanner.rs`), or read by the camera.
fn codes(till: Till, value: RwSignal<String>, wrong: Memo<Option<&'static str>>) -> AnyView {
    let seen = RwSignal::new(String::new());
    let camera = Camera::new(till, seen);
    let take = move || {
        let code = seen.get_untracked();
        value.update(|codes| *codes = and_code(codes, &code));
        Some(t!("{name} : ajouté.", name = code))
    };
    let typed = erase(view! {
        <span class="beside">
            <input
                class="input"
                id="barcodes"
                data-codes=""
                autocomplete="off"
                maxlength="1400"
                prop:value=live(move || value.get())
                on:input=on(move |event| value.set(event_target_value(&event)))
            />
            {camera.button()}
        </span>
        {camera.panel(Arc::new(take))}
    });
    labelled("barcodes", typed, wrong)
}

fn labelled(field: &'static str, typed: AnyView, wrong: Memo<Option<&'static str>>) -> AnyView {
    let wrong = live(move || (wrong.get() == Some(field)).then(|| field_error(text::field_wrong(field))));
    erase(view! {
        <div class="field">
            <label class="field__label" for=field>{text::field_name(field)}</label>
            {typed}
            {wrong}
        </div>
    })
}
