use super::case::{Case, Stop};
use super::permissions::Act;
use super::stock;
use crate::domain::Cause;
use crate::faults::{self, Fault};
use crate::server::db::{Tx, fetch_one};
use crate::sync::mutation::CountStock;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was counted against what was expected, less what other counts have corrected since: what came and went since
/// then is booked beside it (G18).
pub(super) async fn apply(tx: &mut Tx, case: &Case, count: &CountStock) -> Result<(), Stop> {
    case.require(Act::AdjustStock)?;
    let since = known_since(tx, case, count).await?;
    let delta = count.difference() - corrected_since(tx, case, count, since).await?;
    let cause = Cause::Count { counted: count.counted, expected: count.expected, since: since.unsigned_abs() };
    stock::add(tx, case, &cause, count.note.as_str(), &BTreeMap::from([(count.product, delta)])).await?;
    Ok(())
}

/// The change number of the count's cursor. In a shop that was set back since (G19) it names nothing: what was counted
/// is then held against what was expected alone.
async fn known_since(tx: &mut Tx, case: &Case, count: &CountStock) -> Result<i64, Stop> {
    let (history,) = fetch_one!(tx, (Uuid,), "SELECT history_id FROM shops WHERE id = $1", case.shop.0)?;
    let last = case.change - 1;
    Ok(if history == count.at.history {
        i64::try_from(count.at.change).map_or(last, |change| change.min(last))
    } else {
        last
    })
}

async fn corrected_since(tx: &mut Tx, case: &Case, count: &CountStock, since: i64) -> Result<i64, Stop> {
    if faults::is(Fault::CountedTwice) {
        return Ok(0);
    }
    let (sum,) = fetch_one!(
        tx,
        (i64,),
        "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) FROM movements
         WHERE shop_id = $1 AND product_id = $2 AND change > $3 AND cause LIKE '{\"count\":%'",
        case.shop.0,
        count.product.0,
        since
    )?;
    Ok(sum)
}
