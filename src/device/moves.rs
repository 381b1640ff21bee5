//! What moved the stock, from the disk.

use super::{handle::StorageProblem, shelf::Shelf};
use crate::{
    domain::ProductId,
    sync::{
        engine::{
            Held, Store, Unreadable, keys,
            moves::{self, told_of},
        },
        wire::MovementRow,
    },
};
use std::collections::BTreeMap;

/// Rows that were not read yet, with their keys.
pub type Unread = Vec<(String, String)>;

/// What moved a product's stock, by change, up to what is shown.
pub async fn of(shelf: &Shelf, shown: Held, product: ProductId) -> Result<Vec<MovementRow>, StorageProblem> {
    let storage = shelf.storage();
    let mut first = storage.keys(Store::Confirmed, &keys::all_moves(shown.generation)).await?;
    first.retain(|key| told_of(key).is_some_and(|products| products.contains(&product)));
    let mut unread = storage.get_all(Store::Confirmed, first).await?;
    unread.extend(storage.scan(Store::Confirmed, &keys::movements(shown.generation, product)).await?);
    let mut rows = read(shelf, shown, &unread).await;
    rows.retain(|row| row.product == product);
    Ok(rows)
}

/// All that this device holds, not read yet.
pub async fn all(shelf: &Shelf, shown: Held) -> Result<Unread, StorageProblem> {
    let [first, since] = moves::places(shown.generation);
    let [mut unread, since] =
        shelf.storage().scan_all([(Store::Confirmed, &*first), (Store::Confirmed, &*since)]).await?;
    unread.extend(since);
    Ok(unread)
}

/// By product and change, each once, up to what is shown.
pub async fn read(shelf: &Shelf, shown: Held, unread: &Unread) -> Vec<MovementRow> {
    let (mut rows, mut damaged) = (BTreeMap::new(), Vec::new());
    for (key, text) in unread {
        let (said, sound) = moves::read(key, text);
        rows.extend(said.into_iter().map(|row| ((row.product, row.change), row)));
        if let Err(detail) = sound {
            damaged.push(Unreadable { store: Store::Confirmed, key: key.clone(), text: text.clone(), detail });
        }
    }
    shelf.put_away(damaged).await;
    rows.into_values().filter(|row| row.change <= shown.cursor.change).collect()
}
