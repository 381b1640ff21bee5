//! What the next start shows first, before the catalogue is read: the cart as it was left, and the first products.
//! These lie in the browser's local storage, which is read at once, before the device's part of the app is there.

use super::{
    account,
    handle::{StorageProblem, Till},
    platform::local_storage,
    shelf::Shelf,
};
use crate::{
    domain::Cart,
    sync::{
        engine::{Durability, LocalTx, keys},
        first_page::FirstPage,
        view::Shown,
    },
};
use leptos::prelude::*;

/// Products of a first screen: as many as a phone shows.
const FIRST_PRODUCTS: usize = 12;
const KEPT: &str = "comptoir-first-page";

/// The [`FirstPage`] of the last time, as JSON.
pub fn kept() -> Option<String> {
    local_storage()?.get_item(KEPT).ok()?
}

/// Fills the cart with what was kept, before what was tapped since the page is there. Answers what was kept.
pub async fn resume(shelf: &Shelf, till: Till) -> Result<Cart, StorageProblem> {
    let kept: Cart = account::read(shelf, keys::CART).await?.unwrap_or_default();
    if !kept.is_empty() {
        till.cart.update(|cart| cart.behind(&kept));
    }
    Ok(kept)
}

/// Keeps the cart with every change of it; `kept` is what is. While a transaction takes it elsewhere that one alone
/// writes it, and then it is kept anew: what is tapped meanwhile may be the same again. While a sale waits for its
/// answer, what was tapped since it was saved is kept.
pub fn keep_cart(shelf: Shelf, till: Till, kept: Cart) {
    let shelf = send_wrapper::SendWrapper::new(shelf);
    Effect::new(move |before: Option<Option<Cart>>| {
        let sold = till.selling.with(|selling| selling.as_ref().map(|selling| selling.sold.clone()));
        let cart = match sold {
            Some(sold) => till.cart.with(|cart| cart.since(&sold)),
            None if till.cart_moves.get() => return None,
            None => till.cart.get(),
        };
        let kept = before.unwrap_or_else(|| Some(kept.clone()));
        if kept.as_ref() != Some(&cart) {
            let (shelf, cart) = (shelf.clone(), cart.clone());
            wasm_bindgen_futures::spawn_local(async move {
                if let Err(problem) = store_cart(&shelf, &cart).await {
                    leptos::logging::error!("the cart is not kept: {problem:?}");
                }
            });
        }
        Some(cart)
    });
}

/// In the order of the calls: a sale's own transaction takes the cart away behind the last of them. Without telling
/// anybody: no other screen shows it.
async fn store_cart(shelf: &Shelf, cart: &Cart) -> Result<(), StorageProblem> {
    let mut tx = LocalTx { durability: Durability::Relaxed, ..LocalTx::strict() };
    tx.keep_cart(cart);
    shelf.storage().commit(&tx).await.map(drop)
}

/// Keeps the first products, where they are others than before.
pub fn keep_first(till: Till, kept: &mut Vec<Shown>) {
    let now = untrack(|| till.search("", FIRST_PRODUCTS));
    if now == *kept {
        return;
    }
    let products = now.iter().map(|shown| ((*shown.product).clone(), shown.stock)).collect();
    let text = serde_json::to_string(&FirstPage { products, receipt: None });
    if let (Some(storage), Ok(text)) = (local_storage(), text)
        && storage.set_item(KEPT, &text).is_err()
    {
        leptos::logging::warn!("the first products are not kept: the next start shows them a moment later");
    }
    *kept = now;
}
