//! What is known of a product, as fields.

use crate::{
    domain::{Barcode, Category, Name, Product, ProductId},
    ui::{
        components::input,
        erase::{erase, live},
        format, text,
    },
};
use leptos::prelude::*;

/// What is typed, by field.
#[derive(Clone, Copy)]
pub(super) struct Form {
    name: RwSignal<String>,
    codes: RwSignal<String>,
    sale_price: RwSignal<String>,
    purchase_price: RwSignal<String>,
    threshold: RwSignal<String>,
    category: RwSignal<String>,
}

impl Form {
    pub fn of(product: &Product) -> Self {
        let codes: Vec<&str> = product.barcodes.iter().map(Barcode::as_str).collect();
        let form = Self::new(product.name.as_str(), &codes.join(" "));
        form.sale_price.set(format::number(product.sale_price.get()));
        form.purchase_price.set(product.purchase_price.map_or_else(String::new, |price| format::number(price.get())));
        form.threshold.set(format::number(product.threshold.get()));
        form.category.set(product.category.to_string());
        form
    }

    /// Of a product that does not exist yet.
    pub fn new(name: &str, codes: &str) -> Self {
        Self {
            name: RwSignal::new(name.to_owned()),
            codes: RwSignal::new(codes.to_owned()),
            sale_price: RwSignal::default(),
            purchase_price: RwSignal::default(),
            threshold: RwSignal::new("0".to_owned()),
            category: RwSignal::default(),
        }
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
    pub fn fields(self, costs: bool, wrong: Memo<Option<&'static str>>) -> AnyView {
        let purchase = costs.then(|| field("purchase_price", "20", self.purchase_price, wrong));
        erase(view! {
            {field("name", "400", self.name, wrong)} {field("sale_price", "20", self.sale_price, wrong)} {purchase}
            {field("threshold", "12", self.threshold, wrong)} {field("category", "100", self.category, wrong)}
            {field("barcodes", "1400", self.codes, wrong)}
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
    let wrong = live(move || {
        (wrong.get() == Some(field))
            .then(|| erase(view! { <span class="field__error" role="alert">{text::field_wrong(field)}</span> }))
    });
    erase(view! {
        <div class="field">
            <label class="field__label" for=field>{text::field_name(field)}</label>
            <span class="suffix">{input(field, "input", mode, max, value)}{unit}</span>
            {wrong}
        </div>
    })
}
