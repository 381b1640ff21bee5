//! Edits that clashed, kept until a person settles them (G18).

use super::case::Case;
use crate::domain::Key;
use crate::server::{
    ServerError,
    db::{Tx, execute},
    rows,
};
use crate::sync::{mutation::Edited, verdict::FieldConflict};

pub(super) async fn store(tx: &mut Tx, case: &Case, of: Edited, fields: &[FieldConflict]) -> Result<(), ServerError> {
    let (kind, thing) = rows::edited(case.shop, of);
    execute!(
        tx,
        "INSERT INTO clashes (shop_id, key, kind, thing_id, fields, installation_id, actor_id, at_ms, received_ms,
           change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        case.shop.0,
        case.key.0,
        kind,
        thing,
        serde_json::to_string(fields)?,
        case.installation.0,
        case.actor.0,
        case.booked.at_ms,
        case.now_ms,
        case.change
    )?;
    Ok(())
}

/// By an edit of the same thing, which was applied or clashes in its turn. One that was settled before stays so; one
/// that the server does not know, as of before a restore, needs no settling: the edit itself is judged all the same.
pub(super) async fn settle(tx: &mut Tx, case: &Case, key: Key, of: Edited) -> Result<(), ServerError> {
    let (kind, thing) = rows::edited(case.shop, of);
    execute!(
        tx,
        "UPDATE clashes SET settled_by = $5, settled_ms = $6, change = $7
         WHERE shop_id = $1 AND key = $2 AND kind = $3 AND thing_id = $4 AND settled_ms IS NULL",
        case.shop.0,
        key.0,
        kind,
        thing,
        case.actor.0,
        case.booked.at_ms,
        case.change
    )?;
    Ok(())
}
