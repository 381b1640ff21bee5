//! An import, from what the screen planned to the outbox (`sync::engine::begin_import` and `queue_piece`).

use super::{
    handle::{CommandError, Status, Till},
    platform::{self, now_ms},
    shelf::Shelf,
};
use crate::{
    domain::import::{Becomes, Column, Planned},
    sync::{
        engine::{self, Item, Pieces, Store},
        merge,
        mutation::CreateProduct,
    },
};
use leptos::prelude::*;

/// Lines that are made ready between two frames.
const LINES_A_FRAME: usize = 500;
/// Characters of a file's name that are kept.
const NAME_MAX_CHARS: usize = 100;

/// Keeps it on the disk in one transaction. `false` while another is under way.
pub async fn begin(
    shelf: &Shelf,
    file: &str,
    said: Vec<(String, Option<Column>)>,
    planned: Vec<Planned>,
    prepared: RwSignal<usize>,
) -> Result<bool, CommandError> {
    let mut pieces = Pieces::default();
    for (at, planned) in planned.into_iter().enumerate() {
        if at % LINES_A_FRAME == 0 {
            let _ = prepared.try_set(at); // the screen may be gone
            platform::painted().await;
        }
        pieces.add(items(planned.becomes));
    }
    let file: String = file.chars().take(NAME_MAX_CHARS).collect();
    let device = shelf.device().await?;
    let words = said.into_iter().map(|(heading, column)| (heading, column.map_or("", Column::word).to_owned()));
    let Some(tx) = engine::begin_import(&device, &file, words.collect(), pieces)? else { return Ok(false) };
    Ok(shelf.commit(tx).await?)
}

fn items(becomes: Becomes) -> Vec<Item> {
    match becomes {
        Becomes::New { product, opening } => vec![Item::Create(CreateProduct { product, opening_units: opening })],
        Becomes::Changed { seen, wanted } => merge::between(&seen, &wanted).into_iter().map(Item::Edit).collect(),
        Becomes::Same { .. } | Becomes::Retired { .. } | Becomes::Again { .. } => Vec::new(),
    }
}

pub async fn end(shelf: &Shelf) -> Result<(), CommandError> {
    shelf.carry_out(|device| Ok::<_, CommandError>(engine::end_import(device).map(|tx| (tx, ())))).await?;
    Ok(())
}

/// Queues what is due of an import, in the tab that sends, so that one does. Says whether something was: it is heard of as
/// any other commit, shown, and then asked for again.
pub async fn due(shelf: &Shelf, till: Till) -> bool {
    let under_way = |status: &Status| status.import.as_ref().is_some_and(|import| !import.done);
    if !till.status.with_untracked(under_way) {
        return false;
    }
    queue_due(shelf).await.unwrap_or_else(|error| {
        leptos::logging::error!("an import does not go on: {error}");
        false
    })
}

async fn queue_due(shelf: &Shelf) -> Result<bool, CommandError> {
    let Some(key) = engine::due_piece(&shelf.device().await?) else { return Ok(false) };
    let rows: Vec<(String, String)> =
        shelf.storage().get(Store::Import, &key).await?.map(|text| (key, text)).into_iter().collect();
    // One that does not read is set aside, and passed over.
    let (_, damaged) = shelf.sound(Store::Import, &rows, |_, text| engine::piece(text)).await;
    let text = rows.first().filter(|_| !damaged).map(|(_, text)| text.as_str());
    let device = shelf.device().await?;
    let Some(tx) = engine::queue_piece(&device, text, now_ms(), &mut platform::new_key)? else { return Ok(false) };
    Ok(shelf.commit(tx).await?) // stale: what was committed in between is heard of, and this is asked for again
}
