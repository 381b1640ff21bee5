//! Whether what the phone holds is what the server has, as far as anybody can know: what "À jour" says.

use super::{
    pull::Applied,
    schedule::TICK_MS,
    state::Device,
    storage::{LocalTx, Store, keys},
};
use serde::{Deserialize, Serialize};

/// After so long without a word nobody knows any more: a page that is looked at asks each [`TICK_MS`], and a stream says
/// more often that it is alive.
const LAPSES_MS: i64 = 2 * TICK_MS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// No answer yet, since the app was opened or there is a network again, has brought all the server had.
    #[default]
    Unknown,
    Current,
    /// The last request was not answered.
    Silent,
}

/// The server answered.
pub(super) fn answered(tx: &mut LocalTx, device: &Device, applied: Applied) {
    match (device.meta.freshness, applied) {
        (Freshness::Current, _) => {}
        (_, Applied::UpToDate) => tx.put(Store::Meta, keys::FRESHNESS, &Freshness::Current),
        (Freshness::Unknown, _) => {}
        (Freshness::Silent, Applied::Again | Applied::Resync | Applied::Waits) => begins(tx, device),
    }
}

/// From here on it is not known.
pub(super) fn begins(tx: &mut LocalTx, device: &Device) {
    if device.meta.freshness != Freshness::Unknown {
        tx.put(Store::Meta, keys::FRESHNESS, &Freshness::Unknown);
    }
}

/// A request was not answered, or not with what was asked for.
pub fn unanswered(device: &Device, epoch: u64) -> Option<LocalTx> {
    (device.meta.freshness != Freshness::Silent).then(|| {
        let mut tx = LocalTx::sender(epoch);
        tx.put(Store::Meta, keys::FRESHNESS, &Freshness::Silent);
        tx
    })
}

/// What was known is not any more: there is no network, or the server was last heard, in any way, `heard_ms` ago.
pub fn lapsed(device: &Device, epoch: u64, online: bool, heard_ms: i64) -> Option<LocalTx> {
    let known = online && heard_ms < LAPSES_MS;
    (device.meta.freshness != Freshness::Unknown && !known).then(|| {
        let mut tx = LocalTx::sender(epoch);
        begins(&mut tx, device);
        tx
    })
}
