//! What the next start shows first, before the catalogue is read: the cart as it was left, and the first products.

use super::{
    account,
    handle::{StorageProblem, Till},
    platform,
    shelf::Shelf,
};
use crate::{
    domain::{Cart, Product},
    sync::{
        engine::{Durability, LocalTx, Store, Write, keys},
        view::Shown,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// Products of a first screen: as many as a phone shows.
const FIRST_PRODUCTS: usize = 12;
const PRODUCTS: &str = "first-products";

/// Fills the handle with what was kept, and lets it be painted.
pub async fn resume(shelf: &Shelf, till: Till) -> Result<(), StorageProblem> {
    let cart: Cart = account::read(shelf, keys::CART).await?.unwrap_or_default();
    if till.cart.with_untracked(Cart::is_empty) && !cart.is_empty() {
        till.cart.set(cart);
    }
    let kept: Vec<(Product, i64)> = account::read(shelf, PRODUCTS).await?.unwrap_or_default();
    if till.first.with_untracked(Vec::is_empty) && !kept.is_empty() {
        till.first.set(kept.into_iter().map(|(product, stock)| Shown { product: Arc::new(product), stock }).collect());
        platform::painted().await;
    }
    Ok(())
}

/// Keeps the cart with every change of it.
pub fn keep_cart(shelf: Shelf, till: Till) {
    let shelf = send_wrapper::SendWrapper::new(shelf);
    Effect::new(move |before: Option<()>| {
        let cart = till.cart.get();
        if before.is_some() {
            let shelf = shelf.clone();
            wasm_bindgen_futures::spawn_local(async move {
                if let Err(problem) = store_cart(&shelf, &cart).await {
                    leptos::logging::error!("the cart is not kept: {problem:?}");
                }
            });
        }
    });
}

/// In the order of the calls: a sale's own transaction takes the cart away behind the last of them.
pub async fn store_cart(shelf: &Shelf, cart: &Cart) -> Result<(), StorageProblem> {
    let write = match cart.is_empty() {
        true => Write::Delete { store: Store::Meta, key: keys::CART.to_owned() },
        false => put(keys::CART, cart)?,
    };
    commit(shelf, write).await
}

/// Keeps the first products, where they are others than before.
pub async fn keep_first(shelf: &Shelf, till: Till, kept: &mut Vec<Shown>) -> Result<(), StorageProblem> {
    let now = untrack(|| till.search("", FIRST_PRODUCTS));
    if now == *kept {
        return Ok(());
    }
    let rows: Vec<(&Product, i64)> = now.iter().map(|shown| (&*shown.product, shown.stock)).collect();
    commit(shelf, put(PRODUCTS, &rows)?).await?;
    *kept = now;
    Ok(())
}

fn put<T: serde::Serialize>(key: &str, value: &T) -> Result<Write, StorageProblem> {
    let value = serde_json::to_string(value).map_err(|_| StorageProblem::Unavailable)?;
    Ok(Write::Put { store: Store::Meta, key: key.to_owned(), value })
}

/// Written without telling anybody: no other screen shows it.
async fn commit(shelf: &Shelf, write: Write) -> Result<(), StorageProblem> {
    let tx = LocalTx { durability: Durability::Relaxed, writes: vec![write], ..LocalTx::strict() };
    shelf.storage().commit(&tx).await.map(drop)
}
