//! Refused sales, kept whole until someone says what became of them (G17).

use super::case::{Case, Stop};
use super::permissions::Act;
use crate::domain::{Key, Sale, SaleId};
use crate::server::{
    ServerError,
    db::{Tx, execute, fetch_optional},
    rows,
};
use crate::sync::mutation::Became;
use crate::sync::{Refusal, verdict::What};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    key: Uuid,
    sale_id: Uuid,
    installation_id: Uuid,
    actor_id: Uuid,
    became: Option<String>,
}

/// A refused sale as far as settling it needs to know.
pub(super) struct RefusedSale {
    pub key: Key,
    pub sale: SaleId,
    pub became: Option<Became>,
    /// Made by this person or on this phone.
    pub own: bool,
}

impl RefusedSale {
    /// Nobody has decided yet.
    pub fn is_open(&self) -> bool {
        matches!(self.became, None | Some(Became::Parked))
    }
}

fn read(row: Row, case: &Case) -> Result<RefusedSale, ServerError> {
    let own = row.actor_id == case.actor.0 || row.installation_id == case.installation.0;
    let became = row.became.as_deref().map(rows::became).transpose()?;
    Ok(RefusedSale { key: Key(row.key), sale: SaleId(row.sale_id), became, own })
}

pub(super) async fn store(tx: &mut Tx, case: &Case, sale: &Sale, refusal: &Refusal) -> Result<(), ServerError> {
    execute!(
        tx,
        "INSERT INTO refused_sales (shop_id, key, sale_id, sale, refusal, installation_id, actor_id, at_ms, received_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        case.shop.0,
        case.key.0,
        sale.id.0,
        serde_json::to_string(sale)?,
        serde_json::to_string(refusal)?,
        case.installation.0,
        case.actor.0,
        case.booked.at_ms,
        case.now_ms
    )?;
    Ok(())
}

/// The refused sale a mutation names, if this person may decide on it.
pub(super) async fn find(tx: &mut Tx, case: &Case, key: Key) -> Result<RefusedSale, Stop> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT key, sale_id, installation_id, actor_id, became FROM refused_sales WHERE shop_id = $1 AND key = $2",
        case.shop.0,
        key.0
    )?
    .ok_or(Refusal::Unknown { what: What::Refusal })?;
    let found = read(row, case)?;
    case.require(Act::SettleRefusal { own: found.own })?;
    Ok(found)
}

/// The latest refusal of a sale: a sale tried again and again has several.
pub(super) async fn latest_of_sale(tx: &mut Tx, case: &Case, sale: SaleId) -> Result<Option<RefusedSale>, Stop> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT r.key, r.sale_id, r.installation_id, r.actor_id, r.became FROM refused_sales r
         JOIN ledger l ON l.shop_id = r.shop_id AND l.key = r.key
         WHERE r.shop_id = $1 AND r.sale_id = $2
         ORDER BY CASE WHEN r.became IS NULL OR r.became = 'parked' THEN 0 ELSE 1 END, l.change DESC LIMIT 1",
        case.shop.0,
        sale.0
    )?;
    Ok(row.map(|row| read(row, case)).transpose()?)
}

/// A sale may be tried again while nobody has decided on it, as the same sale (G17).
pub(super) async fn check_retry(tx: &mut Tx, case: &Case, retried: Key, sale: SaleId) -> Result<(), Stop> {
    let refused = find(tx, case, retried).await?;
    if refused.sale != sale {
        return Err(Refusal::Invalid { detail: "a sale is tried again under its own id".into() }.into());
    }
    if refused.is_open() { Ok(()) } else { Err(Refusal::AlreadySettled.into()) }
}

/// A retry that was refused too: the new refusal takes the place of the one it retried, so that one decision is left,
/// and others see it as they saw the old one.
pub(super) async fn supersede(tx: &mut Tx, case: &Case, retried: Key, sale: SaleId) -> Result<(), ServerError> {
    let taken_over = async {
        check_retry(&mut *tx, case, retried, sale).await?;
        settle(&mut *tx, case, retried, Became::Retried).await?;
        settle(&mut *tx, case, case.key, Became::Parked).await
    };
    match taken_over.await {
        Err(Stop::Failed(error)) => Err(error),
        // Settled meanwhile, or not this person's or this sale's: it stays what it is.
        _ => Ok(()),
    }
}

/// Writes what became of it. Rolled back before anyone else saw it, it stays unseen; whatever others have seen or must
/// see gets a change number. Parked is not settled: a decision is still to come.
pub(super) async fn settle(tx: &mut Tx, case: &Case, key: Key, became: Became) -> Result<(), Stop> {
    let settled = became != Became::Parked;
    execute!(
        tx,
        "UPDATE refused_sales SET became = $3, settled_by = $4, settled_ms = $5,
           change = CASE WHEN change IS NULL AND $3 = 'rolled_back' THEN NULL ELSE $6 END
         WHERE shop_id = $1 AND key = $2",
        case.shop.0,
        key.0,
        rows::became_name(became),
        settled.then_some(case.actor.0),
        settled.then_some(case.booked.at_ms),
        case.change
    )?;
    Ok(())
}

/// Keeps the word that a sale which never came was rolled back.
pub(super) async fn refuse_when_it_comes(tx: &mut Tx, case: &Case, key: Key) -> Result<(), Stop> {
    execute!(
        tx,
        "INSERT INTO rolled_back_sales (shop_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        case.shop.0,
        key.0
    )?;
    Ok(())
}

pub(super) async fn was_rolled_back(tx: &mut Tx, case: &Case) -> Result<bool, Stop> {
    let found = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT key FROM rolled_back_sales WHERE shop_id = $1 AND key = $2",
        case.shop.0,
        case.key.0
    )?;
    Ok(found.is_some())
}
