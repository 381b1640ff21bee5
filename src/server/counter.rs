//! The shop's change counter (G10).

use super::{
    ServerError,
    db::{Tx, fetch_optional},
};
use crate::{domain::ShopId, sync::CallError};

/// Takes the shop's next `count` change numbers and holds its counter row until the transaction ends, so that a shop's
/// writers are serialised. Call it first in the transaction. Answers the first of the numbers.
pub async fn take(tx: &mut Tx, shop: ShopId, count: i64) -> Result<i64, ServerError> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "UPDATE shops SET counter = counter + $2 WHERE id = $1 RETURNING counter",
        shop.0,
        count
    )?;
    let (last,) = row.ok_or(CallError::NotAllowed)?;
    Ok(last - count + 1)
}
