//! What the server renders before a device's own data takes over.

use super::{
    ServerError,
    db::{Db, Tx, fetch_all, fetch_one, fetch_optional},
    rows::{self, ShopColumns, TenderColumns},
    session::Session,
};
use crate::{
    domain::{
        Category, Day, InstallationId, Money, Name, Product, ProductId, Quantity, Sale, SaleId, SaleLine, Tender,
        Units, UserId, text::fold,
    },
    sync::{
        first_page::FirstReceipt,
        wire::{SaleRow, Voided},
    },
};
use uuid::Uuid;

/// Products on a first screen.
const PRODUCTS_MAX: i64 = 50;
/// Words of a search that are compared; the rest narrows on the device.
const WORDS_MAX: usize = 4;
/// Characters of a search that are read.
const SEARCH_MAX_CHARS: usize = 100;

/// The first products by name, with their stock, of those whose name has every word of the search, or whose barcode is
/// the search.
pub async fn products(db: &Db, session: &Session, search: &str) -> Result<Vec<(Product, i64)>, ServerError> {
    type Row = (Uuid, String, String, String, i64, Option<i64>, i64, i64);
    let words = words(search);
    let mut tx = db.read().await?;
    let rows: Vec<Row> = fetch_all!(
        &mut tx,
        Row,
        "SELECT id, name, barcodes, category, sale_price, purchase_price, threshold, stock FROM products \
         WHERE shop_id = $1 AND NOT retired AND ( \
         (search LIKE $2 AND search LIKE $3 AND search LIKE $4 AND search LIKE $5) OR barcodes LIKE $6) \
         ORDER BY search, id LIMIT $7",
        session.shop.0,
        words[0].as_str(),
        words[1].as_str(),
        words[2].as_str(),
        words[3].as_str(),
        barcode(search),
        PRODUCTS_MAX
    )?;
    let products = rows.into_iter().map(|(id, name, barcodes, category, price, cost, threshold, stock)| {
        let product = Product {
            id: ProductId(id),
            name: Name::new(&name)?,
            barcodes: serde_json::from_str(&barcodes)?,
            category: Category::new(&category)?,
            sale_price: Money::new(price)?,
            purchase_price: cost.filter(|_| session.holds_costs).map(Money::new).transpose()?,
            threshold: Units::new(threshold)?,
            retired: false,
        };
        Ok((product, stock))
    });
    products.collect()
}

/// Patterns for LIKE. A folded text has no `%`, `_` or `\`.
fn words(search: &str) -> [String; WORDS_MAX] {
    let short: String = search.chars().take(SEARCH_MAX_CHARS).collect();
    let folded = fold(&short);
    let mut words = folded.split(' ');
    std::array::from_fn(|_| format!("%{}%", words.next().unwrap_or_default()))
}

/// A pattern for one whole barcode in the stored JSON list; one that matches nothing if the search cannot be one.
fn barcode(search: &str) -> String {
    let code = search.trim();
    let plain = !code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    format!("%\"{}\"%", if plain { code } else { "\u{1}" })
}

/// A stored sale of the session's own shop, with the name of who sold it.
pub async fn receipt(db: &Db, session: &Session, sale: SaleId) -> Result<Option<FirstReceipt>, ServerError> {
    type Row = (String, String, Uuid, Uuid, i64, i64, bool, bool, Option<i64>, Option<Uuid>, Option<String>);
    let mut tx = db.read().await?;
    let row: Option<Row> = fetch_optional!(
        &mut tx,
        Row,
        "SELECT u.name, s.receipt, s.installation_id, s.actor_id, s.at_ms, s.day, s.clamped, s.beyond_stock, s.voided_ms, \
         s.voided_by, s.void_reason FROM sales s \
         JOIN users u ON u.shop_id = s.shop_id AND u.id = s.actor_id WHERE s.shop_id = $1 AND s.id = $2",
        session.shop.0,
        sale.0
    )?;
    let (seller, receipt, installation, actor, at_ms, day, clamped, beyond_stock, voided_ms, voided_by, reason) =
        match row {
            Some(row) => row,
            None => return Ok(None),
        };
    let voided = voided_ms.zip(voided_by).map(|(at_ms, by)| Voided {
        by: UserId(by),
        at_ms,
        reason: reason.unwrap_or_default(),
    });
    let sale = Sale {
        id: sale,
        receipt: receipt.parse()?,
        lines: lines(&mut tx, session, sale).await?,
        tenders: tenders(&mut tx, session, sale).await?,
        beyond_stock,
    };
    let (installation, actor, day) = (InstallationId(installation), UserId(actor), Day(day));
    let columns =
        fetch_one!(&mut tx, ShopColumns, "SELECT name, details, rules FROM shops WHERE id = $1", session.shop.0)?;
    Ok(Some(FirstReceipt {
        shop: Some(rows::shop(columns)?),
        seller,
        sale: SaleRow { sale, installation, actor, at_ms, day, clamped, voided },
    }))
}

async fn lines(tx: &mut Tx, session: &Session, sale: SaleId) -> Result<Vec<SaleLine>, ServerError> {
    let rows: Vec<(Uuid, String, i64, i64)> = fetch_all!(
        tx,
        (Uuid, String, i64, i64),
        "SELECT product_id, name, quantity, unit_price FROM sale_lines \
         WHERE shop_id = $1 AND sale_id = $2 ORDER BY position",
        session.shop.0,
        sale.0
    )?;
    let line = |(product, name, quantity, price): (Uuid, String, i64, i64)| {
        Ok(SaleLine {
            product: ProductId(product),
            name: Name::new(&name)?,
            quantity: Quantity::new(quantity)?,
            unit_price: Money::new(price)?,
        })
    };
    rows.into_iter().map(line).collect()
}

async fn tenders(tx: &mut Tx, session: &Session, sale: SaleId) -> Result<Vec<Tender>, ServerError> {
    let rows = fetch_all!(
        tx,
        TenderColumns,
        "SELECT sale_id, amount, given, reference, customer FROM tenders
         WHERE shop_id = $1 AND sale_id = $2 ORDER BY position",
        session.shop.0,
        sale.0
    )?;
    rows.into_iter().map(rows::tender).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_becomes_patterns_that_mean_only_themselves() {
        assert_eq!(words("Riz  100%_é\\"), ["%riz%", "%100%", "%e%", "%%"]);
        assert_eq!(words(""), ["%%", "%%", "%%", "%%"]);
        assert_eq!(barcode(" 3400949497294 "), "%\"3400949497294\"%");
        assert_eq!(barcode("\",\""), "%\"\u{1}\"%");
    }
}
