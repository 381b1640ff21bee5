//! What an owner asks of the whole shop: its devices, what is missing of each, and what was refused.

use super::{
    ServerError,
    db::{Db, Tx, fetch_all},
    phones::{self, Phone},
    session::Session,
};
use crate::domain::{Day, ShopId, day::DAY_MS};
use crate::sync::wire::{
    DEVICES_MAX, DeviceRow, DevicesAnswer, DevicesRequest, GAPS_MAX, Gap, TROUBLE_DAYS, TroubleRow,
};
use std::collections::BTreeMap;

/// Reads it all in one snapshot. An owner's to ask, on a phone that was not revoked.
pub async fn answer(
    db: &Db,
    session: &Session,
    request: &DevicesRequest,
    now_ms: i64,
) -> Result<DevicesAnswer, ServerError> {
    session.owner_on(request.protocol, request.installation)?;
    let mut tx = db.read().await?;
    let mut devices = Vec::new();
    for phone in phones::of_shop(&mut tx, session.shop, DEVICES_MAX as i64).await? {
        devices.push(device(&mut tx, session.shop, phone).await?);
    }
    let troubles = troubles(&mut tx, session.shop, now_ms).await?;
    Ok(DevicesAnswer { server_now_ms: now_ms, devices, troubles })
}

async fn device(tx: &mut Tx, shop: ShopId, phone: Phone) -> Result<DeviceRow, ServerError> {
    // Nearly always nothing is missing, and the numbers need not be read.
    let gaps = match phone.received < phone.made {
        true => phones::gaps(tx, shop, &phone, GAPS_MAX as i64).await?,
        false => Vec::new(),
    };
    let count = |count: i64| count.unsigned_abs();
    Ok(DeviceRow {
        installation: phone.id,
        name: phone.name,
        prefix: phone.prefix,
        app: phone.app,
        last_contact_ms: phone.last_contact_ms,
        made: count(phone.made),
        waiting: count(phone.waiting),
        received: count(phone.received),
        missing: gaps.into_iter().map(|(first, last)| Gap { first: count(first), last: count(last) }).collect(),
        revoked: phone.revoked,
        holds_costs: phone.holds_costs,
    })
}

/// By the day the server received them: a device's clock may be years off.
async fn troubles(tx: &mut Tx, shop: ShopId, now_ms: i64) -> Result<Vec<TroubleRow>, ServerError> {
    let since_ms = (Day::of_ms(now_ms).0 - TROUBLE_DAYS + 1) * DAY_MS;
    let judged = fetch_all!(
        &mut *tx,
        (i64, String, i64),
        "SELECT received_ms / $3, outcome, COUNT(*) FROM ledger
         WHERE shop_id = $1 AND received_ms >= $2 AND outcome IN ('refused', 'conflict') GROUP BY 1, 2",
        shop.0,
        since_ms,
        DAY_MS
    )?;
    let to_decide = fetch_all!(
        tx,
        (i64, i64, i64),
        "SELECT received_ms / $3, COUNT(*), COUNT(CASE WHEN open THEN 1 END) FROM (
           SELECT received_ms, became IS NULL OR became = 'parked' AS open FROM refused_sales
           WHERE shop_id = $1 AND received_ms >= $2
           UNION ALL SELECT received_ms, settled_ms IS NULL FROM clashes WHERE shop_id = $1 AND received_ms >= $2
         ) AS asked GROUP BY 1",
        shop.0,
        since_ms,
        DAY_MS
    )?;
    let mut days: BTreeMap<i64, TroubleRow> = BTreeMap::new();
    let mut on = |day: i64, add: &dyn Fn(&mut TroubleRow)| {
        let empty = TroubleRow { day: Day(day), refused: 0, conflicts: 0, decided: 0, undecided: 0 };
        add(days.entry(day).or_insert(empty));
    };
    for (day, outcome, count) in judged {
        on(day, &|row| match outcome.as_str() {
            "conflict" => row.conflicts += count.unsigned_abs(),
            _ => row.refused += count.unsigned_abs(),
        });
    }
    for (day, all, undecided) in to_decide {
        on(day, &|row| {
            row.undecided += undecided.unsigned_abs();
            row.decided += (all - undecided).unsigned_abs();
        });
    }
    Ok(days.into_values().collect())
}
