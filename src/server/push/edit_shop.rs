use super::case::{Case, Stop};
use super::permissions::Act;
use crate::domain::Rules;
use crate::server::db::{Tx, execute, fetch_one};
use crate::server::rows::{self, ShopColumns};
use crate::sync::{merge, mutation::EditShop};

/// Each field against the value that stands now (G18). Answers the rules that stand from then on.
pub(super) async fn apply(tx: &mut Tx, case: &Case, edit: &EditShop) -> Result<Rules, Stop> {
    case.require(Act::EditShop)?;
    let columns =
        fetch_one!(&mut *tx, ShopColumns, "SELECT name, details, rules FROM shops WHERE id = $1", case.shop.0)?;
    let mut shop = rows::shop(columns)?;
    let clashes = merge::shop(&mut shop, edit);
    if !clashes.is_empty() {
        return Err(Stop::Conflict(clashes));
    }
    execute!(
        tx,
        "UPDATE shops SET name = $2, details = $3, rules = $4, change = $5 WHERE id = $1",
        case.shop.0,
        shop.name.as_str(),
        rows::shop_details(&shop)?,
        serde_json::to_string(&shop.rules)?,
        case.change
    )?;
    Ok(shop.rules)
}
