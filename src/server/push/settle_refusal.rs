use super::case::{Case, Stop};
use super::refused;
use crate::domain::SaleId;
use crate::faults::{self, Fault};
use crate::server::db::{Tx, fetch_optional};
use crate::sync::Refusal;
use crate::sync::mutation::{Became, SettleRefusal};
use crate::sync::verdict::What;

/// What a phone says became of its refused sale, or what a person decided (G17).
pub(super) async fn apply(tx: &mut Tx, case: &Case, settle: &SettleRefusal) -> Result<(), Stop> {
    let refused = refused::find(tx, case, settle.refused).await?;
    if refused.became == Some(settle.became) {
        return Ok(()); // said twice, decided once
    }
    // Goods of a parked sale have left the shop: it cannot be said any more that they did not.
    let back_in_the_cart = refused.became == Some(Became::Parked) && settle.became == Became::RolledBack;
    if (!refused.is_open() || back_in_the_cart) && !faults::is(Fault::SettleTwice) {
        return Err(Refusal::AlreadySettled.into());
    }
    if settle.became == Became::Retried && !is_sold(tx, case, refused.sale).await? {
        return Err(Refusal::Unknown { what: What::Sale }.into());
    }
    refused::settle(tx, case, settle.refused, settle.became).await
}

async fn is_sold(tx: &mut Tx, case: &Case, sale: SaleId) -> Result<bool, Stop> {
    let found =
        fetch_optional!(tx, (i64,), "SELECT change FROM sales WHERE shop_id = $1 AND id = $2", case.shop.0, sale.0)?;
    Ok(found.is_some())
}
