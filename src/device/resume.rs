//! What the next start shows first, before the catalogue is read: the cart as it was left, and the first products.
//! These lie in the browser's local storage, which is read at once, before the device's part of the app is there.
//!
//! The cart lies there too, and in the database. A browser lets go of a transaction, though it was told to commit it, where
//! it stands behind another one as its page goes: in the moments after a tap, while the phone receives. Local storage has
//! it at once, but writes it to the disk later than the database: each has what the other may lack.

use super::{
    handle::{StorageProblem, Till},
    platform::{self, local_storage},
    shelf::Shelf,
};
use crate::{
    domain::Cart,
    sync::{
        engine::{Durability, InHand, LocalTx, Store, keys},
        first_page::FirstPage,
        json,
        view::Shown,
    },
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Products of a first screen: as many as a phone shows.
const FIRST_PRODUCTS: usize = 12;
const KEPT: &str = "comptoir-first-page";
const COPY: &str = "comptoir-cart";

/// The [`FirstPage`] of the last time, as JSON.
pub fn kept() -> Option<String> {
    local_storage()?.get_item(KEPT).ok()?
}

/// Fills the cart with what was kept, before what was tapped since the page is there. Answers what was kept.
pub async fn resume(shelf: &Shelf, till: Till) -> Result<Cart, StorageProblem> {
    let text = shelf.storage().get(Store::Meta, keys::CART).await?;
    let row = text.clone().map(|text| (keys::CART.to_owned(), text));
    let read = |_: &str, text: &str| json::read(text).map_err(|error| error.to_string());
    let stored: InHand = shelf.sound(Store::Meta, row.as_slice(), read).await.0.pop().unwrap_or_default();
    let copy = platform::kept(COPY).and_then(|text| json::read::<InHand>(&text).ok());
    let kept = copy.filter(|copy| copy.goes_on_from(&stored)).unwrap_or(stored).into_cart();
    if !kept.is_empty() {
        till.cart.update(|cart| cart.behind(&kept));
    }
    // Not where another tab has sold it since.
    let (mut tx, turn) = (relaxed(), platform::new_id());
    tx.expect(Store::Meta, keys::CART, text);
    tx.move_cart(kept.clone(), turn);
    shelf.begin_turn(turn);
    spawn_local(store_cart(shelf.clone(), tx));
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
            let hand = shelf.tapped(cart.clone());
            platform::keep(COPY, serde_json::to_string(&hand).ok().as_deref());
            let mut tx = relaxed();
            tx.keep_cart(&hand);
            spawn_local(store_cart((*shelf).clone(), tx));
        }
        Some(cart)
    });
}

fn relaxed() -> LocalTx {
    LocalTx { durability: Durability::Relaxed, ..LocalTx::strict() }
}

/// In the order of the calls: a sale's own transaction takes the cart away behind the last of them. Without telling
/// anybody: no other screen shows it.
async fn store_cart(shelf: Shelf, tx: LocalTx) {
    if let Err(problem) = shelf.storage().commit(&tx).await {
        leptos::logging::error!("the cart is not kept: {problem:?}");
    }
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
