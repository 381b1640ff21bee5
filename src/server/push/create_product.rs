use super::case::{Case, Stop};
use super::permissions::Act;
use super::stock;
use crate::domain::{Cause, text::fold};
use crate::server::db::{Tx, execute};
use crate::sync::mutation::CreateProduct;
use crate::sync::{Refusal, verdict::What};
use std::collections::BTreeMap;

pub(super) async fn apply(tx: &mut Tx, case: &Case, create: &CreateProduct) -> Result<(), Stop> {
    case.require(Act::CreateProduct)?;
    let product = &create.product;
    let inserted = execute!(
        &mut *tx,
        "INSERT INTO products (shop_id, id, name, search, barcodes, category, sale_price, purchase_price, threshold,
           retired, stock, change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)
         ON CONFLICT DO NOTHING",
        case.shop.0,
        product.id.0,
        product.name.as_str(),
        fold(product.name.as_str()),
        serde_json::to_string(&product.barcodes)?,
        product.category.as_str(),
        product.sale_price.get(),
        product.purchase_price.map(|price| price.get()),
        product.threshold.get(),
        product.retired,
        case.change
    )?;
    if inserted == 0 {
        return Err(Refusal::Exists { what: What::Product }.into());
    }
    let opening = BTreeMap::from([(product.id, create.opening_units.get())]);
    stock::add(tx, case, &Cause::Opening, "", &opening).await?;
    Ok(())
}
