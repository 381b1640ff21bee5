//! Many products at once, from a file or for the demo shop.

use super::{
    ServerError, counter,
    db::{Db, Tx, fetch_all, insert_all},
    push,
    rows::{self, ProductColumns},
};
use crate::{
    domain::{
        Cause, Product, ShopId, Units, UserId,
        import::{Becomes, Planned},
        text::fold,
    },
    sync::{merge, mutation::EditProduct},
};
use std::{collections::HashSet, mem, sync::Arc};

/// Changes in one transaction: long enough to be quick, short enough that a sale in between hardly waits.
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
        insert(&mut tx, shop, actor, (first..).zip(batch.iter().copied()).collect(), now_ms).await?;
        tx.commit().await?;
    }
    Ok(Added { added: new.len(), known: openings.len() - new.len() })
}

/// What [`carry_out`] did, in products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    pub added: usize,
    pub updated: usize,
    /// Somebody changed the same field to another value since the plan was made: the product was left as it is, or is
    /// updated in part.
    pub clashed: usize,
}

/// Changes of the catalogue; each takes a change number.
#[derive(Default)]
struct Steps {
    adds: Vec<Opening>,
    edits: Vec<EditProduct>,
}

/// All products of a shop, retired ones among them.
pub async fn products(db: &Db, shop: ShopId) -> Result<Vec<Arc<Product>>, ServerError> {
    let mut tx = db.read().await?;
    let rows = fetch_all!(
        &mut tx,
        ProductColumns,
        "SELECT change, id, name, barcodes, category, sale_price, purchase_price, threshold, retired FROM products
         WHERE shop_id = $1",
        shop.0
    )?;
    rows.into_iter().map(|row| rows::product(row).map(Arc::new)).collect()
}

/// Does what was planned, in bounded transactions: adds as [`add`] does, and edits as a push does, by the same merge. A
/// run that was interrupted is gone on with by planning anew.
pub async fn carry_out(
    db: &Db,
    shop: ShopId,
    actor: UserId,
    planned: impl Iterator<Item = Planned>,
    now_ms: i64,
) -> Result<Done, ServerError> {
    let (mut done, mut steps) = (Done::default(), Steps::default());
    for Planned { becomes, .. } in planned {
        match becomes {
            Becomes::New { product, opening: units } => {
                done.added += 1;
                steps.adds.push(Opening { product, units });
            }
            Becomes::Changed { seen, wanted } => {
                done.updated += 1;
                steps.edits.extend(merge::between(&seen, &wanted));
            }
            Becomes::Same { .. } | Becomes::Retired { .. } | Becomes::Again { .. } => {}
        }
        if steps.adds.len() + steps.edits.len() >= BATCH {
            done.clashed += take(db, shop, actor, mem::take(&mut steps), now_ms).await?;
        }
    }
    done.clashed += take(db, shop, actor, steps, now_ms).await?;
    done.updated = done.updated.saturating_sub(done.clashed);
    Ok(done)
}

/// One transaction. Answers how many products an edit clashed on; they are whole in one batch.
async fn take(db: &Db, shop: ShopId, actor: UserId, steps: Steps, now_ms: i64) -> Result<usize, ServerError> {
    let Steps { adds, edits } = steps;
    let all = i64::try_from(adds.len() + edits.len()).unwrap_or(i64::MAX);
    if all == 0 {
        return Ok(0);
    }
    let mut clashed = HashSet::new();
    let mut tx = db.write().await?;
    let mut changes = counter::take(&mut tx, shop, all).await?..;
    insert(&mut tx, shop, actor, changes.by_ref().zip(&adds).collect(), now_ms).await?;
    for (change, edit) in changes.zip(&edits) {
        if push::merge_in(&mut tx, shop, change, edit).await?.is_none_or(|clashes| !clashes.is_empty()) {
            clashed.insert(edit.product);
        }
    }
    tx.commit().await?;
    Ok(clashed.len())
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

/// Adds these with their opening movements, each under its change number.
async fn insert(
    tx: &mut Tx,
    shop: ShopId,
    actor: UserId,
    openings: Vec<(i64, &Opening)>,
    now_ms: i64,
) -> Result<(), ServerError> {
    let texts = |(_, opening): &(i64, &Opening)| serde_json::to_string(&opening.product.barcodes);
    let texts: Vec<String> = openings.iter().map(texts).collect::<Result<_, _>>()?;
    let cause = serde_json::to_string(&Cause::Opening)?;
    insert_all!(
        &mut *tx,
        "INSERT INTO products \
         (shop_id, id, name, search, barcodes, category, sale_price, purchase_price, threshold, stock, change)",
        openings.iter().zip(texts),
        |((change, Opening { product, units }), barcodes)| shop.0,
        product.id.0,
        product.name.as_str(),
        fold(product.name.as_str()),
        barcodes,
        product.category.as_str(),
        product.sale_price.get(),
        product.purchase_price.map(|price| price.get()),
        product.threshold.get(),
        units.get(),
        *change
    )?;
    insert_all!(
        tx,
        "INSERT INTO movements (shop_id, product_id, change, delta, stock_after, cause, actor_id, at_ms)",
        openings.into_iter().filter(|(_, opening)| opening.units.get() > 0),
        |(change, Opening { product, units })| shop.0,
        product.id.0,
        change,
        units.get(),
        units.get(),
        cause.as_str(),
        actor.0,
        now_ms
    )?;
    Ok(())
}
