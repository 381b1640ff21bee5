use super::case::{Case, Stop};
use super::permissions::Act;
use super::stock;
use crate::domain::Cause;
use crate::server::db::Tx;
use crate::sync::mutation::ReceiveStock;
use std::collections::BTreeMap;

/// A delivery. One product on several lines is one movement.
pub(super) async fn apply(tx: &mut Tx, case: &Case, received: &ReceiveStock) -> Result<(), Stop> {
    case.require(Act::ReceiveStock)?;
    let mut units = BTreeMap::new();
    for line in &received.lines {
        *units.entry(line.product).or_insert(0) += line.quantity.get();
    }
    stock::add(tx, case, &Cause::Received, received.note.as_str(), &units).await?;
    Ok(())
}
