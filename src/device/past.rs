//! History older than this device holds, asked of the server when somebody wants to see it. It is shown, not stored.

use super::{
    handle::{Absent, Receipt},
    platform, read,
    sender::APP,
    shelf::Shelf,
};
use crate::{
    api,
    domain::SaleId,
    sync::wire::{From, PROTOCOL, Past, PullRequest, Pulled},
};

/// A person waits for it.
const TIMEOUT_MS: i64 = 15_000;

pub async fn receipt(shelf: &Shelf, sale: SaleId) -> Result<Receipt, Absent> {
    let not_reached = |_| Absent::NotReached;
    let device = shelf.device().await.map_err(not_reached)?;
    let installation = device.meta.installation.as_ref().ok_or(Absent::NotReached)?.id;
    let from = From::Past(Past::Sale(sale));
    let request = PullRequest { protocol: PROTOCOL, installation, app: APP.to_owned(), from };
    let answered = platform::within(TIMEOUT_MS, api::pull(request)).await.ok_or(Absent::NotReached)?;
    let Pulled::Past(page) = answered.map_err(|_| Absent::NotReached)?.pulled else { return Err(Absent::NotReached) };
    let row = page.rows.sales.into_iter().next().ok_or(Absent::Unknown)?;
    read::receipt_of(shelf, row).await.map_err(not_reached)
}
