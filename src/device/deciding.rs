//! Decisions on what was refused: a person's, and those the owner's rules take.

use super::{
    commands::Inner,
    handle::{CommandError, Till, Undecided},
    platform::{self, now_ms},
    shelf::Shelf,
};
use crate::{
    domain::Key,
    sync::{
        Body,
        decide::{self, Choice},
        engine::{self, Queueing, queue},
        mutation::{Became, Edited, RecordSale, SettleRefusal},
        verdict::FieldConflict,
    },
};
use leptos::prelude::*;

impl Inner {
    /// The mutation that settles a refused sale so.
    pub(super) fn settles(&self, refused: Key, choice: Choice) -> Option<Body> {
        let (sale, refusal) = self.till.decisions.with_untracked(|decisions| {
            let decision = decisions.iter().find(|decision| decision.key == refused)?;
            match &decision.what {
                Undecided::Sale { sale, refusal } => Some((sale.clone(), refusal.clone())),
                _ => None,
            }
        })?;
        let stock = |product| untrack(|| self.till.product(product)).map_or(0, |shown| shown.stock);
        Some(match choice {
            Choice::Cancel => Body::SettleRefusal(SettleRefusal { refused, became: Became::Cancelled }),
            Choice::Retry => Body::RecordSale(RecordSale::again(sale, refused)),
            Choice::KeepPart => Body::RecordSale(RecordSale::again(decide::part(&sale, stock)?, refused)),
            Choice::Keep => {
                let corrections = decide::corrections(&sale, &refusal, stock);
                Body::RecordSale(RecordSale { corrections, ..RecordSale::again(sale, refused) })
            }
        })
    }

    /// An edit that clashed, as its card shows it.
    pub(super) fn clash(&self, key: Key) -> Option<(Edited, Vec<FieldConflict>)> {
        self.till.decisions.with_untracked(|decisions| {
            match &decisions.iter().find(|decision| decision.key == key)?.what {
                Undecided::Conflict { of, fields } => Some((*of, fields.clone())),
                _ => None,
            }
        })
    }
}

/// Queues a decision on a refused mutation, and lets go of this device's own copy of it, in one transaction.
pub async fn decide(shelf: &Shelf, refused: Key, body: Option<Body>) -> Result<Option<Key>, CommandError> {
    let key = platform::new_key();
    let parked = shelf.parked(refused).await?;
    let decided = shelf
        .carry_out(|device| {
            let queueing = body.clone().map(|body| Queueing { key, body, now_ms: now_ms(), wait: false });
            Ok::<_, CommandError>(match (&parked, queueing) {
                (Some((_, stored)), queueing) => {
                    let (tx, mutation) = engine::dismiss(device, refused, stored, queueing)?;
                    Some((tx, mutation.map(|mutation| mutation.key)))
                }
                (None, Some(queueing)) => {
                    let (tx, mutation) = queue(device, queueing)?;
                    Some((tx, Some(mutation.key)))
                }
                (None, None) => None,
            })
        })
        .await?;
    decided.ok_or(CommandError::AlreadyDecided)
}

/// Tries the next refused sale again that the owner's rules say so of; its new key, if there was one.
pub async fn retry(shelf: &Shelf, till: Till) -> Result<Option<Key>, CommandError> {
    let asked = till.status.with_untracked(|status| status.rules().retry_automatically && status.to_decide > 0);
    if !asked {
        return Ok(None);
    }
    let (device, all) = (shelf.device().await?, shelf.all_parked().await?);
    let stock = |product| untrack(|| till.product(product)).map_or(0, |shown| shown.stock);
    let Some((refused, body)) = engine::next_retry(&device, &all, stock) else { return Ok(None) };
    // Somebody may have decided meanwhile: then there is nothing to try again.
    let Some((_, stored)) = shelf.parked(refused).await? else { return Ok(None) };
    let queueing = Queueing { key: platform::new_key(), body, now_ms: now_ms(), wait: false };
    let queued = shelf.carry_out(|device| {
        let (tx, mutation) = engine::dismiss(device, refused, &stored, Some(queueing.clone()))?;
        Ok::<_, CommandError>(Some((tx, mutation.map(|mutation| mutation.key))))
    });
    Ok(queued.await?.flatten())
}
