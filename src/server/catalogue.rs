//! Many products at once, from a file or for the demo shop.

use super::{
    ServerError, counter,
    db::{Db, Tx, execute, fetch_all},
};
use crate::domain::{Cause, Product, ShopId, Units, UserId, text::fold};
use std::collections::HashSet;

/// Products in one transaction: long enough to be quick, short enough that a sale in between hardly waits.
const BATCH: usize = 500;

/// A product with the stock it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub product: Product,
    pub units: Units,
}

/// What [`add`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub added: usize,
    /// Products of the same name and barcodes that the shop, or the list itself, had already.
    pub known: usize,
}

/// Adds products that the shop does not have yet, in bounded transactions, each product under a change number of its
/// own and with an opening movement. What is there already (same name, same barcodes) is left alone, so that a run
/// that was interrupted can be started again.
pub async fn add(
    db: &Db,
    shop: ShopId,
    actor: UserId,
    openings: &[Opening],
    now_ms: i64,
) -> Result<Added, ServerError> {
    let mut known = known(db, shop).await?;
    let mut new = Vec::new();
    for opening in openings {
        if known.insert(identity(opening.product.name.as_str(), &serde_json::to_string(&opening.product.barcodes)?)) {
            new.push(opening);
        }
    }
    for batch in new.chunks(BATCH) {
        let mut tx = db.write().await?;
        let first = counter::take(&mut tx, shop, i64::try_from(batch.len()).unwrap_or(i64::MAX)).await?;
        for (change, opening) in (first..).zip(batch) {
            insert(&mut tx, shop, actor, opening, change, now_ms).await?;
        }
        tx.commit().await?;
    }
    Ok(Added { added: new.len(), known: openings.len() - new.len() })
}

async fn known(db: &Db, shop: ShopId) -> Result<HashSet<String>, ServerError> {
    let mut tx = db.read().await?;
    let rows: Vec<(String, String)> =
        fetch_all!(&mut tx, (String, String), "SELECT name, barcodes FROM products WHERE shop_id = $1", shop.0)?;
    Ok(rows.into_iter().map(|(name, barcodes)| identity(&name, &barcodes)).collect())
}

fn identity(name: &str, barcodes_json: &str) -> String {
    format!("{}\n{barcodes_json}", fold(name))
}

async fn insert(
    tx: &mut Tx,
    shop: ShopId,
    actor: UserId,
    opening: &Opening,
    change: i64,
    now_ms: i64,
) -> Result<(), ServerError> {
    let product = &opening.product;
    execute!(
        tx,
        "INSERT INTO products \
         (shop_id, id, name, search, barcodes, category, sale_price, purchase_price, threshold, stock, change) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        shop.0,
        product.id.0,
        product.name.as_str(),
        fold(product.name.as_str()),
        serde_json::to_string(&product.barcodes)?,
        product.category.as_str(),
        product.sale_price.get(),
        product.purchase_price.map(|price| price.get()),
        product.threshold.get(),
        opening.units.get(),
        change
    )?;
    if opening.units.get() > 0 {
        execute!(
            tx,
            "INSERT INTO movements (shop_id, product_id, change, delta, stock_after, cause, actor_id, at_ms) \
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
            shop.0,
            product.id.0,
            change,
            opening.units.get(),
            serde_json::to_string(&Cause::Opening)?,
            actor.0,
            now_ms
        )?;
    }
    Ok(())
}
