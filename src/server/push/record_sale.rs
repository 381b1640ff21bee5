use super::case::{Case, Stop};
use super::permissions::Act;
use super::{credit, refused, stock};
use crate::domain::{AdjustReason, Cause, Day, ProductId, Sale, shop::StockCheck};
use crate::server::{
    db::{Tx, execute, fetch_optional},
    rows,
};
use crate::sync::mutation::{Became, RecordSale};
use crate::sync::{Refusal, verdict::What};
use std::collections::BTreeMap;

/// A sale is stored as the seller made it: names and prices are those the customer saw, and a product retired
/// meanwhile is sold all the same (G18).
pub(super) async fn apply(tx: &mut Tx, case: &Case, record: &RecordSale) -> Result<(), Stop> {
    case.require(Act::RecordSale)?;
    let sale = &record.sale;
    if refused::was_rolled_back(tx, case).await? {
        return Err(Refusal::AlreadySettled.into());
    }
    if let Some(retried) = record.retry_of {
        refused::check_retry(tx, case, retried, sale.id).await?;
    }
    insert_sale(tx, case, sale).await?;
    correct(tx, case, record).await?;
    let taken = sale.units_by_product().into_iter().map(|(product, units)| (product, -units)).collect();
    let unit_costs = stock::add(tx, case, &Cause::Sale { sale: sale.id }, "", &taken).await?;
    insert_lines(tx, case, sale, &unit_costs).await?;
    insert_tenders(tx, case, sale).await?;
    if let Some(retried) = record.retry_of {
        refused::settle(tx, case, retried, Became::Retried).await?;
    }
    Ok(())
}

/// The goods have left the shop, so there were as many: what the count was short of is found first, under a change
/// number of its own. A person said how many, or nobody was asked, because the owner wants every sale kept.
async fn correct(tx: &mut Tx, case: &Case, record: &RecordSale) -> Result<(), Stop> {
    let mut found = BTreeMap::new();
    for line in &record.corrections {
        *found.entry(line.product).or_insert(0) += line.quantity.get();
    }
    if !found.is_empty() {
        case.require(Act::CorrectStock)?;
    }
    let sale = &record.sale;
    let unchecked = match case.rules.stock_check {
        StockCheck::Enforce => BTreeMap::new(),
        StockCheck::Warn => missing(tx, case, sale, &mut found).await?,
    };
    let (before, receipt) = (Case { change: case.change - 1, ..*case }, sale.receipt.to_string());
    let counted = Cause::Adjust { reason: AdjustReason::Count };
    stock::add(tx, &before, &counted, &receipt, &found).await?;
    stock::add(tx, &before, &Cause::Unchecked { sale: sale.id }, &receipt, &unchecked).await?;
    Ok(())
}

/// What a sale takes beyond the stock and what was found: in units by product, with what was found of it.
async fn missing(
    tx: &mut Tx,
    case: &Case,
    sale: &Sale,
    found: &mut BTreeMap<ProductId, i64>,
) -> Result<BTreeMap<ProductId, i64>, Stop> {
    let mut missing = BTreeMap::new();
    for (product, units) in sale.units_by_product() {
        let stands: Option<(i64,)> = fetch_optional!(
            &mut *tx,
            (i64,),
            "SELECT stock FROM products WHERE shop_id = $1 AND id = $2",
            case.shop.0,
            product.0
        )?;
        let Some((stock,)) = stands else { continue }; // unknown: the sale is refused for it
        if units > stock + found.get(&product).copied().unwrap_or(0) {
            found.remove(&product);
            missing.insert(product, units - stock);
        }
    }
    Ok(missing)
}

async fn insert_sale(tx: &mut Tx, case: &Case, sale: &Sale) -> Result<(), Stop> {
    let total = sale.total()?;
    let inserted = execute!(
        tx,
        "INSERT INTO sales (shop_id, id, key, receipt, installation_id, actor_id, sender_id, total, at_ms, day, clamped,
           beyond_stock, change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT DO NOTHING",
        case.shop.0,
        sale.id.0,
        case.key.0,
        sale.receipt.to_string(),
        case.installation.0,
        case.actor.0,
        case.sender.0,
        total.get(),
        case.booked.at_ms,
        Day::of_ms(case.booked.at_ms).0,
        case.booked.clamped,
        sale.beyond_stock,
        case.change
    )?;
    if inserted == 0 { Err(Refusal::Exists { what: What::Sale }.into()) } else { Ok(()) }
}

async fn insert_lines(
    tx: &mut Tx,
    case: &Case,
    sale: &Sale,
    unit_costs: &BTreeMap<ProductId, Option<i64>>,
) -> Result<(), Stop> {
    for (position, line) in (0_i64..).zip(&sale.lines) {
        execute!(
            &mut *tx,
            "INSERT INTO sale_lines (shop_id, sale_id, position, product_id, name, quantity, unit_price, unit_cost)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            case.shop.0,
            sale.id.0,
            position,
            line.product.0,
            line.name.as_str(),
            line.quantity.get(),
            line.unit_price.get(),
            unit_costs.get(&line.product).copied().flatten()
        )?;
    }
    Ok(())
}

async fn insert_tenders(tx: &mut Tx, case: &Case, sale: &Sale) -> Result<(), Stop> {
    for (position, tender) in (0_i64..).zip(&sale.tenders) {
        let (kind, given, reference, customer) = rows::tender_columns(tender);
        execute!(
            &mut *tx,
            "INSERT INTO tenders (shop_id, sale_id, position, kind, amount, given, reference, customer)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            case.shop.0,
            sale.id.0,
            position,
            kind,
            tender.amount().get(),
            given,
            reference,
            customer
        )?;
    }
    match sale.credit() {
        Some((customer, amount)) => credit::owe(tx, case, customer, amount.get()).await,
        None => Ok(()),
    }
}
