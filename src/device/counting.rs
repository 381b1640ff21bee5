//! Counts: queued against what the device shows, and read back from the movements they left.

use super::{
    handle::{CommandError, Counted, StorageProblem, Till},
    moves,
    platform::{self, now_ms},
    read,
    shelf::{STALE_MAX, Shelf},
};
use crate::{
    domain::{Cause, ProductId, Units},
    sync::{
        Body,
        engine::{self, Held, Store, goods, keys, moves::told_of},
        json,
        view::doubt,
        wire::MovementRow,
    },
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How long a count is listed.
const LISTED_MS: i64 = 7 * 86_400_000;
/// How many are, the latest first.
const LISTED_MAX: usize = 200;

/// Queues a count, against the stock as this device has it now: read again where a page of the server came between.
pub async fn count(shelf: &Shelf, product: ProductId, counted: Units) -> Result<(), CommandError> {
    for _ in 0..STALE_MAX {
        let device = shelf.device().await?;
        let held = device.meta.held.ok_or(CommandError::NotReady)?;
        let pending = read::pending(shelf, &device).await?;
        let confirmed = confirmed_stock(shelf, held, product).await?;
        let expected = confirmed + pending.stock_delta(product) - pending.counted_delta(product);
        let tx = engine::queue_count(&device, platform::new_key(), now_ms(), (product, counted, expected))?;
        if shelf.commit(tx).await? {
            return Ok(());
        }
    }
    Err(StorageProblem::Busy.into())
}

pub async fn confirmed_stock(shelf: &Shelf, held: Held, product: ProductId) -> Result<i64, StorageProblem> {
    let key = keys::stock(held.generation, product);
    let changed = shelf.storage().get(Store::Confirmed, &key).await?;
    let row = match changed {
        Some(text) => Some((key, text)),
        None => {
            let (all, from) = (keys::all_goods(held.generation), keys::goods(held.generation, product));
            shelf.storage().first_from(Store::Confirmed, &all, &from).await?
        }
    };
    let read = |key: &str, text: &str| match goods::read(key, text) {
        (said, Err(problem)) => goods::stock_in(&said, product).ok_or(problem),
        (said, Ok(())) => Ok(goods::stock_in(&said, product).unwrap_or_default()),
    };
    Ok(shelf.sound(Store::Confirmed, row.as_slice(), read).await.0.pop().unwrap_or_default())
}

/// The last count of each product that was counted lately, on any phone of the shop, the latest first.
pub async fn counts(shelf: &Shelf, till: Till) -> Result<Vec<Counted>, StorageProblem> {
    let device = shelf.device().await?;
    let Some(shown) = device.shown() else { return Ok(Vec::new()) };
    let people = till.people.get_untracked();
    let who = |id| people.iter().find(|person| person.id == id).map(|person| person.name.to_string());
    let mut found = BTreeMap::new();
    for moves in counted_movements(shelf, shown).await? {
        let last = moves.iter().rfind(|row| matches!(row.cause, Cause::Count { .. }));
        let Some(last) = last.or_else(|| moves.last()) else { continue };
        let counted = match last.cause {
            Cause::Count { counted, .. } => Some(counted.get()),
            _ => None, // sold unchecked, and never counted
        };
        let (product, difference, at_ms) = (last.product, last.delta, last.at_ms);
        let (who, doubt) = (who(last.actor).unwrap_or_default(), doubt(&moves));
        found.insert(product, Counted { product, counted, difference, who, at_ms, waiting: false, doubt });
    }
    let pending = read::pending(shelf, &device).await?;
    for (entry, body) in pending.entries() {
        let Body::CountStock(count) = body else { continue };
        let made = entry.mutation.made;
        let counted = Counted {
            product: count.product,
            counted: Some(count.counted.get()),
            difference: pending.counted_delta(count.product),
            who: who(entry.mutation.origin.actor).unwrap_or_default(),
            at_ms: made.device_ms + made.skew_ms,
            waiting: true,
            doubt: None,
        };
        found.insert(count.product, counted);
    }
    let since_ms = now_ms() + device.meta.contact.skew_ms - LISTED_MS;
    let mut counts: Vec<Counted> =
        found.into_values().filter(|count| count.at_ms > since_ms || count.doubt.is_some()).collect();
    counts.sort_by_key(|count| (count.doubt.is_none(), std::cmp::Reverse(count.at_ms)));
    counts.truncate(LISTED_MAX);
    Ok(counts)
}

/// The movements of each product that has a count among them, or was sold unchecked. Only those are parsed: most rows are sales of others.
async fn counted_movements(shelf: &Shelf, shown: Held) -> Result<Vec<Vec<MovementRow>>, StorageProblem> {
    let mut unread = moves::all(shelf, shown).await?;
    let tells = |text: &&str| text.contains("\"count\":") || text.contains("\"unchecked\":");
    let telling = unread.iter().flat_map(|(_, text)| text.split('\n').filter(tells));
    let products: BTreeSet<ProductId> =
        telling.filter_map(|text| Some(json::read::<MovementRow>(text).ok()?.product)).collect();
    unread.retain(|(key, _)| told_of(key).is_some_and(|told| products.range(told).next().is_some()));
    let mut rows = moves::read(shelf, shown, &unread).await;
    rows.retain(|row| products.contains(&row.product));
    Ok(rows.chunk_by(|one, other| one.product == other.product).map(<[_]>::to_vec).collect())
}
