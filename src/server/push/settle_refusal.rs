use super::case::{Case, Stop};
use super::permissions::Act;
use super::{ledger, refused, void_sale};
use crate::domain::{Key, SaleId};
use crate::faults::{self, Fault};
use crate::server::db::{Tx, fetch_optional};
use crate::sync::Refusal;
use crate::sync::mutation::{Became, SettleRefusal};
use crate::sync::verdict::What;
use uuid::Uuid;

/// What a phone says became of its refused sale, or what a person decided (G17).
pub(super) async fn apply(tx: &mut Tx, case: &Case, settle: &SettleRefusal) -> Result<(), Stop> {
    let refused = match refused::find(tx, case, settle.refused).await {
        Err(Stop::Refused(Refusal::Unknown { .. })) if settle.became == Became::RolledBack => {
            return never_left(tx, case, settle.refused).await;
        }
        found => found?,
    };
    // A sale that somebody cancelled did not leave the shop either. The word is kept by its phone, for a server set back.
    let cancelled = refused.became == Some(Became::Cancelled) && settle.became == Became::RolledBack;
    if refused.became == Some(settle.became) || cancelled {
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

/// A server that was set back does not know that it refused this sale (G19), of which no goods left the shop (G16). A
/// copy of the phone may send it all the same: sent before, it is voided; sent later, it is refused.
async fn never_left(tx: &mut Tx, case: &Case, key: Key) -> Result<(), Stop> {
    let sold = fetch_optional!(
        &mut *tx,
        (Uuid, Uuid, Uuid, Option<i64>),
        "SELECT id, actor_id, installation_id, voided_ms FROM sales WHERE shop_id = $1 AND key = $2",
        case.shop.0,
        key.0
    )?;
    let Some((sale, actor, installation, voided_ms)) = sold else {
        return match ledger::was_applied(tx, case.shop, key).await? {
            Some(_) => Err(Refusal::Unknown { what: What::Refusal }.into()), // no sale
            None => refused::refuse_when_it_comes(tx, case, key).await,
        };
    };
    case.require(Act::VoidSale { own: actor == case.actor.0 || installation == case.installation.0 })?;
    if voided_ms.is_some() {
        return Ok(());
    }
    void_sale::void(tx, case, SaleId(sale), "").await
}

async fn is_sold(tx: &mut Tx, case: &Case, sale: SaleId) -> Result<bool, Stop> {
    let found =
        fetch_optional!(tx, (i64,), "SELECT change FROM sales WHERE shop_id = $1 AND id = $2", case.shop.0, sale.0)?;
    Ok(found.is_some())
}
