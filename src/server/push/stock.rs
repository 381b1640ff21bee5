//! The one place that changes stock (G12): a conditional update and its movement, product by product in the order of
//! their ids.

use super::case::{Case, Stop};
use crate::domain::{Cause, ProductId, Shortage, Taken, UserId};
use crate::faults::{self, Fault};
use crate::server::db::{Tx, execute, fetch_all, fetch_optional};
use crate::sync::{Refusal, verdict::What};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Adds the differences (units by product) to the stock, or names every product that has too little.
///
/// Answers the purchase price of each product it touched, which a sale keeps with its lines.
pub(super) async fn add(
    tx: &mut Tx,
    case: &Case,
    cause: &Cause,
    note: &str,
    deltas: &BTreeMap<ProductId, i64>,
) -> Result<BTreeMap<ProductId, Option<i64>>, Stop> {
    // That it was counted, and right, is worth a line of its own.
    let counted = matches!(cause, Cause::Count { .. });
    let cause = serde_json::to_string(cause)?;
    let mut purchase_prices = BTreeMap::new();
    let mut shortages = Vec::new();
    for (&product, &delta) in deltas.iter().filter(|(_, delta)| **delta != 0 || counted) {
        let moved = fetch_optional!(
            &mut *tx,
            (i64, Option<i64>),
            "UPDATE products SET stock = stock + $3
             WHERE shop_id = $1 AND id = $2 AND stock + $3 BETWEEN 0 AND 1000000000
             RETURNING stock, purchase_price",
            case.shop.0,
            product.0,
            delta
        )?;
        let Some((stock_after, purchase_price)) = moved else {
            if faults::is(Fault::StockUnconditional) {
                continue;
            }
            shortages.push(shortage(tx, case, product, delta).await?);
            continue;
        };
        purchase_prices.insert(product, purchase_price);
        if faults::is(Fault::MovementForgotten) {
            continue;
        }
        execute!(
            &mut *tx,
            "INSERT INTO movements (shop_id, product_id, change, delta, stock_after, cause, note, actor_id, at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            case.shop.0,
            product.0,
            case.change,
            delta,
            stock_after,
            &cause,
            note,
            case.actor.0,
            case.booked.at_ms
        )?;
    }
    if shortages.is_empty() { Ok(purchase_prices) } else { Err(Refusal::InsufficientStock { lines: shortages }.into()) }
}

/// Why a product's stock could not be changed. Going on after it is only to name the other short ones: the refusal
/// takes all of it back.
async fn shortage(tx: &mut Tx, case: &Case, product: ProductId, delta: i64) -> Result<Shortage, Stop> {
    let (name, available) = fetch_optional!(
        &mut *tx,
        (String, i64),
        "SELECT name, stock FROM products WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        product.0
    )?
    .ok_or(Refusal::Unknown { what: What::Product })?;
    if delta > 0 {
        return Err(Refusal::StockTooLarge.into());
    }
    let sales = fetch_all!(
        tx,
        (i64, Uuid, i64),
        "SELECT -delta, actor_id, at_ms FROM movements
         WHERE shop_id = $1 AND product_id = $2 AND cause LIKE '{\"sale\":%' ORDER BY change DESC LIMIT $3",
        case.shop.0,
        product.0,
        Shortage::TAKEN_MAX as i64
    )?;
    let sales = sales.into_iter().map(|(units, actor, at_ms)| Taken { units, actor: UserId(actor), at_ms });
    Ok(Shortage { product, name, available, asked: -delta, taken: Vec::new() }.took(sales))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_statement_knows_the_largest_stock() {
        assert_eq!(crate::domain::limits::STOCK_MAX_UNITS, 1_000_000_000);
    }
}
