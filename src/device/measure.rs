//! What a phone knows of its own synchronisation, and the server of the whole shop's: read when somebody looks.

use super::{
    handle::{Measures, Room, StorageProblem},
    platform::{self, now_ms},
    shelf::Shelf,
};
use crate::{
    api,
    domain::InstallationId,
    sync::{
        CallError,
        engine::{Measured, Store, keys, unsent_by_kind},
        wire::{DevicesAnswer, DevicesRequest, PROTOCOL},
    },
};

/// A person waits for it.
const TIMEOUT_MS: i64 = 15_000;

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

pub async fn devices(shelf: &Shelf) -> Result<DevicesAnswer, CallError> {
    let request = DevicesRequest { protocol: PROTOCOL, installation: own(shelf).await? };
    platform::within(TIMEOUT_MS, api::devices(request)).await.unwrap_or_else(not_reached)
}

/// This phone, for a call that only a signed-in one makes.
pub async fn own(shelf: &Shelf) -> Result<InstallationId, CallError> {
    let installation = shelf.device().await.ok().and_then(|device| device.meta.installation);
    installation.map(|own| own.id).ok_or(CallError::NotSignedIn)
}

pub fn not_reached<T>() -> Result<T, CallError> {
    Err(CallError::NotReached { detail: "timed out".into() })
}
