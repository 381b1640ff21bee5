//! One statement for each rule, answering only the rows that break it.

use super::{DIFFERENCES_MAX, Difference};
use crate::domain::ShopId;
use crate::server::{
    ServerError,
    db::{Tx, fetch_all},
    phones,
};
use uuid::Uuid;

/// Shop, row, what stands, what was expected.
type Broken = (Uuid, Uuid, i64, i64);

fn differences(rule: &'static str, broken: Vec<Broken>) -> Vec<Difference> {
    let difference = |(shop, id, stands, expected)| Difference { shop, rule, id, stands, expected };
    broken.into_iter().map(difference).collect()
}

pub(super) async fn stock(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT p.shop_id, p.id, p.stock, CAST(COALESCE(SUM(m.delta), 0) AS BIGINT) FROM products p
         LEFT JOIN movements m ON m.shop_id = p.shop_id AND m.product_id = p.id
         GROUP BY p.shop_id, p.id, p.stock HAVING p.stock <> COALESCE(SUM(m.delta), 0) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("the stock is the sum of the movements of product", broken))
}

pub(super) async fn movements(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT shop_id, product_id, stock_after, CAST(summed AS BIGINT) FROM (
           SELECT shop_id, product_id, stock_after,
             SUM(delta) OVER (PARTITION BY shop_id, product_id ORDER BY change) AS summed FROM movements
         ) AS run WHERE stock_after <> summed LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("every movement leaves the stock it says, product", broken))
}

pub(super) async fn totals(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT s.shop_id, s.id, s.total, CAST(COALESCE(SUM(l.quantity * l.unit_price), -1) AS BIGINT) FROM sales s
         LEFT JOIN sale_lines l ON l.shop_id = s.shop_id AND l.sale_id = s.id
         GROUP BY s.shop_id, s.id, s.total HAVING s.total <> COALESCE(SUM(l.quantity * l.unit_price), -1) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("the total is the sum of the lines of sale", broken))
}

pub(super) async fn tenders(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT s.shop_id, s.id, s.total, CAST(COALESCE(SUM(t.amount), -1) AS BIGINT) FROM sales s
         LEFT JOIN tenders t ON t.shop_id = s.shop_id AND t.sale_id = s.id
         GROUP BY s.shop_id, s.id, s.total HAVING s.total <> COALESCE(SUM(t.amount), -1) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("the total is the sum of the tenders of sale", broken))
}

/// A sale and a repayment write a customer's name as somebody typed it, which no statement folds: it is the sums of a shop
/// that must agree.
pub(super) async fn owed(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT h.id, h.id, CAST(COALESCE(c.owed, 0) AS BIGINT), CAST(COALESCE(t.gnf, 0) - COALESCE(r.gnf, 0) AS BIGINT)
         FROM shops h
         LEFT JOIN (SELECT shop_id, SUM(owed) AS owed FROM customers GROUP BY shop_id) AS c ON c.shop_id = h.id
         LEFT JOIN (
           SELECT t.shop_id, SUM(t.amount) AS gnf FROM tenders t JOIN sales s ON s.shop_id = t.shop_id AND s.id = t.sale_id
           WHERE t.kind = 'credit' AND s.voided_ms IS NULL GROUP BY t.shop_id
         ) AS t ON t.shop_id = h.id
         LEFT JOIN (
           SELECT shop_id, SUM(amount) AS gnf FROM repayments WHERE voided_ms IS NULL GROUP BY shop_id
         ) AS r ON r.shop_id = h.id
         WHERE COALESCE(c.owed, 0) <> COALESCE(t.gnf, 0) - COALESCE(r.gnf, 0) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("customers owe what was sold on credit and not paid, shop", broken))
}

/// What somebody owes is what the last change of their account left.
pub(super) async fn accounts(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT c.shop_id, c.id, c.owed, COALESCE(e.owed, 0) FROM customers c
         LEFT JOIN account_entries e ON e.shop_id = c.shop_id AND e.customer_id = c.id AND e.change = (
           SELECT MAX(l.change) FROM account_entries l WHERE l.shop_id = c.shop_id AND l.customer_id = c.id)
         WHERE c.owed <> COALESCE(e.owed, 0) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("the sum owed is what its last change left, customer", broken))
}

/// The ledger remembers the change a sale was recorded under, where its movements must be.
pub(super) async fn sold(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT s.shop_id, s.id, COALESCE(m.delta, 0), -s.units FROM (
           SELECT s.shop_id, s.id, g.change, l.product_id, CAST(SUM(l.quantity) AS BIGINT) AS units FROM sales s
           JOIN sale_lines l ON l.shop_id = s.shop_id AND l.sale_id = s.id
           LEFT JOIN ledger g ON g.shop_id = s.shop_id AND g.key = s.key
           GROUP BY s.shop_id, s.id, g.change, l.product_id
         ) AS s
         LEFT JOIN movements m ON m.shop_id = s.shop_id AND m.product_id = s.product_id AND m.change = s.change
         WHERE COALESCE(m.delta, 0) <> -s.units LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("what was sold left the stock, sale", broken))
}

/// A voided sale's row changed last when it was voided.
pub(super) async fn returned(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT s.shop_id, s.id, COALESCE(m.delta, 0), s.units FROM (
           SELECT s.shop_id, s.id, s.change, l.product_id, CAST(SUM(l.quantity) AS BIGINT) AS units FROM sales s
           JOIN sale_lines l ON l.shop_id = s.shop_id AND l.sale_id = s.id
           WHERE s.voided_ms IS NOT NULL GROUP BY s.shop_id, s.id, s.change, l.product_id
         ) AS s
         LEFT JOIN movements m ON m.shop_id = s.shop_id AND m.product_id = s.product_id AND m.change = s.change
         WHERE COALESCE(m.delta, 0) <> s.units LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("what was voided came back, sale", broken))
}

/// The other way round: as many movements say "sale" or "void" as there are products sold and brought back. With the
/// rules before, none is left over.
pub(super) async fn moved_by_a_sale(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let broken = fetch_all!(
        tx,
        Broken,
        "SELECT h.id, h.id, COALESCE(m.moves, 0), COALESCE(s.moves, 0) FROM shops h
         LEFT JOIN (
           SELECT shop_id, COUNT(*) AS moves FROM movements
           WHERE cause LIKE '{\"sale\":%' OR cause LIKE '{\"void\":%' GROUP BY shop_id
         ) AS m ON m.shop_id = h.id
         LEFT JOIN (
           SELECT shop_id, CAST(SUM(CASE WHEN voided_ms IS NULL THEN 1 ELSE 2 END) AS BIGINT) AS moves FROM (
             SELECT DISTINCT l.shop_id, l.sale_id, l.product_id, s.voided_ms FROM sale_lines l
             JOIN sales s ON s.shop_id = l.shop_id AND s.id = l.sale_id
           ) AS sold GROUP BY shop_id
         ) AS s ON s.shop_id = h.id
         WHERE COALESCE(m.moves, 0) <> COALESCE(s.moves, 0) LIMIT $1",
        DIFFERENCES_MAX
    )?;
    Ok(differences("every movement of a sale has its sale, shop", broken))
}

/// G15: an installation that holds nothing back has everything it made in the ledger.
pub(super) async fn sequences(tx: &mut Tx) -> Result<Vec<Difference>, ServerError> {
    let mut broken = Vec::new();
    for (shop,) in fetch_all!(&mut *tx, (Uuid,), "SELECT id FROM shops ORDER BY id")? {
        let phones = phones::of_shop(tx, ShopId(shop), i64::MAX).await?;
        let broke = phones.into_iter().filter(|phone| phone.waiting == 0 && phone.received < phone.made);
        broken.extend(broke.map(|phone| (shop, phone.id.0, phone.received, phone.made)));
        if broken.len() as i64 >= DIFFERENCES_MAX {
            break;
        }
    }
    Ok(differences("everything made was received, installation", broken))
}
