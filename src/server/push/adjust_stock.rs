use super::case::{Case, Stop};
use super::permissions::Act;
use super::stock;
use crate::domain::Cause;
use crate::server::db::Tx;
use crate::sync::mutation::AdjustStock;
use std::collections::BTreeMap;

/// A count, a loss, a breakage: always the difference, so that what was sold while counting stays sold (G18).
pub(super) async fn apply(tx: &mut Tx, case: &Case, adjust: &AdjustStock) -> Result<(), Stop> {
    case.require(Act::AdjustStock)?;
    let delta = BTreeMap::from([(adjust.product, adjust.delta.get())]);
    let cause = Cause::Adjust { reason: adjust.reason };
    stock::add(tx, case, &cause, adjust.note.as_str(), &delta).await?;
    Ok(())
}
