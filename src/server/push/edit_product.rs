use super::case::{Case, Stop};
use super::permissions::Act;
use crate::domain::{ShopId, text::fold};
use crate::server::ServerError;
use crate::server::db::{Tx, execute, fetch_optional};
use crate::server::rows::{self, ProductColumns};
use crate::sync::Refusal;
use crate::sync::merge;
use crate::sync::mutation::EditProduct;
use crate::sync::verdict::{FieldConflict, What};

pub(super) async fn apply(tx: &mut Tx, case: &Case, edit: &EditProduct) -> Result<(), Stop> {
    case.require(Act::EditProduct { purchase_price: edit.purchase_price.is_some() })?;
    let clashes = merge_in(tx, case.shop, case.change, edit).await?.ok_or(Refusal::Unknown { what: What::Product })?;
    if clashes.is_empty() { Ok(()) } else { Err(Stop::Conflict(clashes)) }
}

/// Merges each field with the value that stands now (G18); one that clashes holds back the whole edit, and is answered.
/// `None` where the shop has no such product. Whoever asks took the change number in this transaction.
pub(in crate::server) async fn merge_in(
    tx: &mut Tx,
    shop: ShopId,
    change: i64,
    edit: &EditProduct,
) -> Result<Option<Vec<FieldConflict>>, ServerError> {
    let found = fetch_optional!(
        &mut *tx,
        ProductColumns,
        "SELECT change, id, name, barcodes, category, sale_price, purchase_price, threshold, retired FROM products
         WHERE shop_id = $1 AND id = $2",
        shop.0,
        edit.product.0
    )?;
    let Some(found) = found else { return Ok(None) };
    let mut product = rows::product(found)?;
    let clashes = merge::product(&mut product, edit);
    if !clashes.is_empty() {
        return Ok(Some(clashes));
    }
    execute!(
        tx,
        "UPDATE products SET name = $3, search = $4, barcodes = $5, category = $6, sale_price = $7,
           purchase_price = $8, threshold = $9, change = $10
         WHERE shop_id = $1 AND id = $2",
        shop.0,
        edit.product.0,
        product.name.as_str(),
        fold(product.name.as_str()),
        serde_json::to_string(&product.barcodes)?,
        product.category.as_str(),
        product.sale_price.get(),
        product.purchase_price.map(|price| price.get()),
        product.threshold.get(),
        change
    )?;
    Ok(Some(Vec::new()))
}
