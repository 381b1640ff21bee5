//! What a device lets go in time: acknowledged mutations, and history older than it is to hold.

use super::{
    moves,
    state::{Acknowledged, Device},
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::{
    domain::{Day, Key, day::DAY_MS},
    sync::{
        json as from_json,
        mutation::{Became, Body, VoidRepayment, VoidSale},
        wire::{ACKNOWLEDGED_DAYS, HISTORY_DAYS, Kind},
    },
};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lets go acknowledged mutations older than [`ACKNOWLEDGED_DAYS`], by the server's clock: a device's own may jump by
/// years, and a server that is set back then would get nothing again. One dated ahead, as earlier versions did by a
/// clock that was wrong, is taken to be from now on.
pub fn forget_old(device: &Device, epoch: u64, acknowledged: &[(Key, Acknowledged)]) -> Option<LocalTx> {
    let now_ms = device.meta.contact.server_ms;
    let mut tx = LocalTx::sender(epoch);
    for (key, row) in acknowledged {
        let storage_key = key.to_string();
        if row.at_ms > now_ms {
            tx.expect(Store::Acknowledged, storage_key.clone(), Some(json(row)));
            tx.put(Store::Acknowledged, storage_key, &Acknowledged { at_ms: now_ms, ..row.clone() });
        } else if now_ms - row.at_ms > ACKNOWLEDGED_DAYS * DAY_MS {
            tx.delete(Store::Acknowledged, storage_key);
        }
    }
    (!tx.is_empty()).then_some(tx)
}

/// Where a generation's confirmed rows lie that grow old, and their kinds.
pub fn ageing(generation: u32) -> Vec<(Kind, String)> {
    let kinds = [Kind::Sale, Kind::Expense, Kind::Repayment, Kind::Refused, Kind::Clash];
    let rows = kinds.into_iter().map(|kind| (kind, keys::rows(generation, kind)));
    rows.chain(moves::places(generation).map(|place| (Kind::Movement, place))).collect()
}

/// Whether a day has gone by, on the server's clock, since old history was let go. A device's own clock may be wrong
/// by years.
pub fn history_is_due(device: &Device) -> bool {
    device.shown().is_some() && device.meta.contact.server_ms.saturating_sub(device.meta.forgot_ms) > DAY_MS
}

/// Of any ageing row, what tells its age; of a refused sale and a clash, also whether it is still to be decided; of a
/// sale, its day.
#[derive(Deserialize)]
struct Aged {
    at_ms: i64,
    #[serde(default)]
    became: Option<Became>,
    #[serde(default)]
    settled_ms: Option<i64>,
    #[serde(default)]
    day: Option<Day>,
}

/// Lets go history older than [`HISTORY_DAYS`], as a first sync would not bring it. `rows` are the confirmed rows of
/// the [`ageing`] kinds, with their keys. A sale or repayment that the outbox voids stays: what it gives back is read from
/// it (G2).
pub fn forget_history(device: &Device, epoch: u64, rows: &[(Kind, Vec<(String, String)>)]) -> LocalTx {
    let now_ms = device.meta.contact.server_ms;
    let since_ms = now_ms - HISTORY_DAYS * DAY_MS;
    let voids = device.outbox.iter().filter_map(|entry| match entry.mutation.read() {
        Ok(Body::VoidSale(VoidSale { sale, .. })) => Some((Kind::Sale, sale.0)),
        Ok(Body::VoidRepayment(VoidRepayment { repayment, .. })) => Some((Kind::Repayment, repayment.0)),
        _ => None,
    });
    let voided: BTreeSet<(Kind, Uuid)> = voids.collect();
    let stays = |kind: Kind, key: &str, row: &Aged| {
        let last = key.rsplit('/').next().and_then(|id| id.parse().ok());
        row.at_ms >= since_ms
            || last.is_some_and(|id| voided.contains(&(kind, id)))
            || kind == Kind::Refused && matches!(row.became, None | Some(Became::Parked))
            || kind == Kind::Clash && row.settled_ms.is_none()
    };
    let mut tx = LocalTx::sender(epoch);
    for (kind, key, value) in
        rows.iter().flat_map(|(kind, rows)| rows.iter().map(move |(key, value)| (*kind, key, value)))
    {
        // What does not read is kept, and told where it is used.
        let old = |line: &&str| from_json::read::<Aged>(line).ok().filter(|row| !stays(kind, key, row));
        let (gone, kept): (Vec<&str>, Vec<&str>) = value.split('\n').partition(|line| old(line).is_some());
        let Some(row) = gone.first().and_then(old) else { continue };
        if !kept.is_empty() {
            tx.writes.push(Write::Put { store: Store::Confirmed, key: key.clone(), value: kept.join("\n") });
            continue;
        }
        tx.delete(Store::Confirmed, key.clone());
        if let Some(sold) = row.day.filter(|_| kind == Kind::Sale).and_then(|day| keys::sold_of(key, day)) {
            tx.delete(Store::Confirmed, sold);
        }
    }
    tx.put(Store::Meta, keys::FORGOT, &now_ms);
    tx
}
