use super::case::{Case, Stop};
use super::permissions::Act;
use super::{credit, refused, stock};
use crate::domain::{Cause, Key, Label, ProductId, SaleId};
use crate::faults::{self, Fault};
use crate::server::{
    ServerError,
    db::{Tx, execute, fetch_all, fetch_optional},
};
use crate::sync::mutation::{Became, VoidSale};
use crate::sync::{Refusal, verdict::What};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Voids a sale: its goods come back. A void that was queued behind a sale which was then refused settles that
/// refusal as cancelled (G18), which is why a refused cause does not stop it.
pub(super) async fn apply(tx: &mut Tx, case: &Case, void: &VoidSale, refused_cause: Option<Key>) -> Result<(), Stop> {
    let sale = fetch_optional!(
        &mut *tx,
        (Uuid, Option<i64>),
        "SELECT actor_id, voided_ms FROM sales WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        void.sale.0
    )?;
    let Some((actor, voided_ms)) = sale else {
        return cancel_refused(tx, case, void.sale, refused_cause).await;
    };
    case.require(Act::VoidSale { own: actor == case.actor.0 })?;
    if voided_ms.is_some() && !faults::is(Fault::VoidTwice) {
        return Err(Refusal::AlreadyVoided.into());
    }
    self::void(tx, case, void.sale, void.reason.as_str()).await
}

/// No reason is that its cart came back: the customer never left with it.
pub(super) async fn void(tx: &mut Tx, case: &Case, sale: SaleId, reason: &str) -> Result<(), Stop> {
    execute!(
        &mut *tx,
        "UPDATE sales SET voided_ms = $3, voided_by = $4, void_reason = $5, change = $6 WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        sale.0,
        case.booked.at_ms,
        case.actor.0,
        reason,
        case.change
    )?;
    let back = units_of_sale(tx, case, sale).await?;
    stock::add(tx, case, &Cause::Void { sale }, "", &back).await?;
    forgive(tx, case, sale).await
}

/// Who took its goods on credit does not owe them any more.
async fn forgive(tx: &mut Tx, case: &Case, sale: SaleId) -> Result<(), Stop> {
    let owed = fetch_optional!(
        &mut *tx,
        (String, i64),
        "SELECT customer, amount FROM tenders WHERE shop_id = $1 AND sale_id = $2 AND kind = 'credit'",
        case.shop.0,
        sale.0
    )?;
    let Some((customer, amount)) = owed else { return Ok(()) };
    let customer = Label::new(&customer).map_err(ServerError::from)?;
    credit::owe(tx, case, &customer, -amount).await
}

async fn units_of_sale(tx: &mut Tx, case: &Case, sale: SaleId) -> Result<BTreeMap<ProductId, i64>, Stop> {
    let lines = fetch_all!(
        tx,
        (Uuid, i64),
        "SELECT product_id, CAST(SUM(quantity) AS BIGINT) FROM sale_lines
         WHERE shop_id = $1 AND sale_id = $2 GROUP BY product_id",
        case.shop.0,
        sale.0
    )?;
    Ok(lines.into_iter().map(|(product, units)| (ProductId(product), units)).collect())
}

async fn cancel_refused(tx: &mut Tx, case: &Case, sale: SaleId, refused_cause: Option<Key>) -> Result<(), Stop> {
    let Some(refused) = refused::latest_of_sale(tx, case, sale).await? else {
        let refusal = match refused_cause {
            Some(by) => Refusal::CauseRefused { by },
            None => Refusal::Unknown { what: What::Sale },
        };
        return Err(refusal.into());
    };
    case.require(Act::VoidSale { own: refused.own })?;
    if refused.became == Some(Became::Cancelled) {
        return Ok(());
    }
    if !refused.is_open() {
        return Err(Refusal::AlreadySettled.into());
    }
    refused::settle(tx, case, refused.key, Became::Cancelled).await
}
