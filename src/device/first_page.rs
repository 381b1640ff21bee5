//! Reads what is shown before the device has been read (`sync::first_page`). Products are read by the browser's own JSON:
//! serde's reading of them, and of receipts, was a twentieth of a first visit. A receipt is read in the device's part.

use super::{js, platform, resume};
use crate::{
    domain::{Barcode, Category, Money, Name, Product, Units},
    part::part,
    sync::{
        first_page::{FirstPage, FirstReceipt},
        json,
    },
};
use js_sys::{Array, JSON};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

/// The device's part is asked for again after this long.
const RETRY_MS: i64 = 2_000;

/// What the server put into this page; in the shell page, which opens without network, what was kept from the last
/// time.
pub async fn first_page() -> FirstPage {
    let text = match document().get_element_by_id(super::FIRST_PAGE) {
        Some(element) => element.text_content(),
        None => resume::kept(),
    };
    match text.and_then(|text| JSON::parse(&text).ok()) {
        Some(page) => FirstPage { products: products(&page), receipt: receipt(&page).await },
        None => FirstPage::default(),
    }
}

/// What does not read is left out.
pub(super) fn products(page: &JsValue) -> Vec<(Product, i64)> {
    array(page, "products").iter().filter_map(|row| product(&row.dyn_into().ok()?)).collect()
}

/// `[product, stock]`
fn product(row: &Array) -> Option<(Product, i64)> {
    let (of, stock) = (row.get(0), whole(row.get(1))?);
    let field = |name| js::get(&of, name).unwrap_or_default();
    let text = |name| field(name).as_string();
    let money = |name| Money::new(whole(field(name))?).ok();
    let product = Product {
        id: text("id")?.parse().ok()?,
        name: Name::new(&text("name")?).ok()?,
        barcodes: array(&of, "barcodes").iter().filter_map(|code| Barcode::new(&code.as_string()?).ok()).collect(),
        category: Category::new(&text("category")?).ok()?,
        sale_price: money("sale_price")?,
        purchase_price: money("purchase_price"),
        threshold: Units::new(whole(field("threshold"))?).ok()?,
        retired: field("retired").is_truthy(),
    };
    Some((product, stock))
}

fn array(of: &JsValue, name: &str) -> Array {
    js::get(of, name).ok().and_then(|found| found.dyn_into().ok()).unwrap_or_default()
}

/// Our numbers are whole, and far below 2^53.
fn whole(number: JsValue) -> Option<i64> {
    number.as_f64().map(|number| number as i64)
}

/// Where the device's part does not come yet, the receipt stands as the server drew it.
async fn receipt(page: &JsValue) -> Option<FirstReceipt> {
    let receipt = js::get(page, "receipt").ok().filter(JsValue::is_object)?;
    let text = String::from(JSON::stringify(&receipt).ok()?);
    loop {
        match receipt_of(text.clone()).await {
            Ok(receipt) => return receipt,
            Err(_) => platform::sleep(RETRY_MS).await,
        }
    }
}

part! {
    device: fn receipt_of(text: String) -> Option<FirstReceipt> {
        json::read(&text).ok()
    }
}
