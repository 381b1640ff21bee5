//! What a phone knows of its own synchronisation, read when somebody looks.

use super::{
    handle::{Measures, Room, StorageProblem},
    platform::{self, now_ms},
    shelf::Shelf,
};
use crate::sync::{
    engine::{Measured, Store, keys, unsent_by_kind},
    wire::PROTOCOL,
};

pub async fn measures(shelf: &Shelf) -> Result<Measures, StorageProblem> {
    let (device, now_ms) = (shelf.device().await?, now_ms());
    let measured = Measured::of(shelf.storage().get(Store::Meta, keys::MEASURED).await?);
    let room = platform::storage_used().await.map(|(used, allowed)| Room { used, allowed });
    let skew_ms = device.meta.contact.skew_ms;
    Ok(Measures {
        unsent: unsent_by_kind(&device, now_ms),
        parked: shelf.all_parked().await?.len(),
        measured,
        now_ms: now_ms.saturating_add(skew_ms),
        skew_ms,
        room,
        protocol: PROTOCOL,
        browser: platform::browser(),
    })
}
