//! Whether what the phone holds is what the server has, as far as anybody can know: what "À jour" says.

use super::{
    pull::Applied,
    schedule::TICK_MS,
    state::Device,
    storage::{LocalTx, Store, keys},
};
use crate::sync::CallError;
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
    /// The last request was answered by nobody.
    Silent,
    /// The server speaks another version than this app.
    Behind,
}

/// The server answered, and this came of it. A page that did not fit, or told of more, follows at once.
pub(super) fn answered(tx: &mut LocalTx, device: &Device, applied: Applied) {
    match (device.meta.freshness, applied) {
        (Freshness::Current, Applied::UpToDate | Applied::Again) => {}
        (_, Applied::UpToDate) => tx.put(Store::Meta, keys::FRESHNESS, &Freshness::Current),
        (_, Applied::Again | Applied::Resync | Applied::Waits) => begins(tx, device),
    }
}

/// From here on it is not known.
pub(super) fn begins(tx: &mut LocalTx, device: &Device) {
    if device.meta.freshness != Freshness::Unknown {
        tx.put(Store::Meta, keys::FRESHNESS, &Freshness::Unknown);
    }
}

/// A request failed.
pub fn unanswered(device: &Device, epoch: u64, error: &CallError) -> Option<LocalTx> {
    let says = match error {
        CallError::NotReached { .. } | CallError::TryLater => Freshness::Silent,
        CallError::Upgrade => Freshness::Behind,
        _ => Freshness::Unknown, // there is a server, and it does not say what was asked
    };
    let mut tx = LocalTx::sender(epoch);
    tx.put(Store::Meta, keys::FRESHNESS, &says);
    (device.meta.freshness != says).then_some(tx)
}

/// What was known is not any more: nobody asks, or the server was last heard, in any way, `heard_ms` ago.
pub fn lapsed(device: &Device, epoch: u64, asks: bool, heard_ms: i64) -> Option<LocalTx> {
    let holds = match device.meta.freshness {
        Freshness::Unknown => true,
        Freshness::Current => asks && heard_ms < LAPSES_MS,
        Freshness::Silent | Freshness::Behind => asks,
    };
    let mut tx = LocalTx::sender(epoch);
    begins(&mut tx, device);
    (!holds).then_some(tx)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{
        engine::{
            new_epoch,
            tests::{HISTORY, NOW_MS, Till},
        },
        wire::{Page, Pulled, Rows},
    };

    fn page(from: u64, to: u64, more: bool) -> Pulled {
        Pulled::Page(Page { history: HISTORY, from, to, more, answers: Vec::new(), rows: Rows::default() })
    }

    /// "À jour" is said of what the server said since the app was opened, and not any more once nobody knows.
    #[test]
    fn up_to_date_is_the_servers_word() {
        let mut till = Till::new();
        let freshness = |till: &Till| till.device().meta.freshness;
        till.pull(page(10, 10, false));
        assert_eq!(freshness(&till), Freshness::Current);
        till.commit(&new_epoch(&till.device()).0);
        assert_eq!(freshness(&till), Freshness::Unknown, "the app was opened, or another tab sends");
        till.answer(&[], NOW_MS);
        assert_eq!(freshness(&till), Freshness::Unknown, "an answer without a page tells nothing of the shop");
        till.pull(page(10, 10, false));
        let epoch = till.device().meta.epoch;
        assert_eq!((freshness(&till), lapsed(&till.device(), epoch, true, 60_000)), (Freshness::Current, None));
        for (asks, heard_ms) in [(false, 0), (true, LAPSES_MS)] {
            till.commit(&lapsed(&till.device(), epoch, asks, heard_ms).unwrap());
            assert_eq!((freshness(&till), lapsed(&till.device(), epoch, asks, heard_ms)), (Freshness::Unknown, None));
            till.pull(page(10, 10, false));
        }
        till.pull(Pulled::Resync);
        assert_eq!(freshness(&till), Freshness::Unknown, "the shop is read anew");
    }

    #[test]
    fn a_server_that_does_not_answer_is_told_until_it_does() {
        let mut till = Till::new();
        let silent = CallError::NotReached { detail: "timed out".into() };
        let epoch = till.device().meta.epoch;
        till.commit(&unanswered(&till.device(), epoch, &silent).unwrap());
        let goes_on = [unanswered(&till.device(), epoch, &silent), lapsed(&till.device(), epoch, true, i64::MAX)];
        assert_eq!((till.device().meta.freshness, goes_on), (Freshness::Silent, [None, None]));
        till.pull(page(10, 11, true));
        assert_eq!(till.device().meta.freshness, Freshness::Unknown, "not silent, and not all");
        till.pull(page(11, 12, false));
        assert_eq!(till.device().meta.freshness, Freshness::Current);
        till.commit(&unanswered(&till.device(), epoch, &CallError::bad_request("no")).unwrap());
        assert_eq!(till.device().meta.freshness, Freshness::Unknown, "there is a server");
        till.commit(&unanswered(&till.device(), epoch, &CallError::Upgrade).unwrap());
        assert_eq!(till.device().meta.freshness, Freshness::Behind);
        assert_eq!(lapsed(&till.device(), epoch, true, i64::MAX), None);
        till.pull(page(12, 12, false));
        assert_eq!(till.device().meta.freshness, Freshness::Current, "the app is as new as the server");
    }
}
