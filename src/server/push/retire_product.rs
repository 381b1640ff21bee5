use super::case::{Case, Stop};
use super::permissions::Act;
use crate::server::db::{Tx, execute};
use crate::sync::mutation::RetireProduct;
use crate::sync::{Refusal, verdict::What};

/// Products are retired, never deleted; two people may retire the same one.
pub(super) async fn apply(tx: &mut Tx, case: &Case, retire: &RetireProduct) -> Result<(), Stop> {
    case.require(Act::RetireProduct)?;
    let found = execute!(
        tx,
        "UPDATE products SET retired = $3, change = $4 WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        retire.product.0,
        true,
        case.change
    )?;
    if found == 0 { Err(Refusal::Unknown { what: What::Product }.into()) } else { Ok(()) }
}
