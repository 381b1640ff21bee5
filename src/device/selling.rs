//! A sale, from the tap to its receipt or back to the cart (G16).

use super::{
    commands::Inner,
    handle::{CommandError, Notice, Receipt, ReceiptState, Selling, Sold},
    platform::{self, new_id, now_ms, steady_ms},
};
use crate::{
    domain::{Cart, Key, Sale, SaleId, Tender, shop::BeyondStock},
    sync::{
        Body,
        engine::{self, Queueing, Settled, Store, Trigger, queue, roll_back, stop_waiting},
        mutation::RecordSale,
    },
};
use leptos::prelude::*;

impl Inner {
    pub(super) async fn sell(&self, cart: Cart, tenders: Vec<Tender>) -> Result<Sold, CommandError> {
        let (id, key) = (SaleId(new_id()), platform::new_key());
        let since_ms = now_ms();
        let queued = self
            .shelf
            .carry_out(|device| {
                let receipt = engine::next_receipt(&device.meta)?;
                let mut sale = cart.to_sale(id, receipt, tenders.clone())?;
                let wait_ms = engine::worth_waiting(device, platform::online());
                sale.beyond_stock = wait_ms.is_none() && self.is_short(&sale);
                if sale.beyond_stock && device.rules().beyond_stock == BeyondStock::Never {
                    return Err(CommandError::BeyondStock);
                }
                let body = Body::RecordSale(RecordSale::first(sale.clone()));
                let (tx, mutation) = queue(device, Queueing { key, body, now_ms: since_ms, wait: wait_ms.is_some() })?;
                Ok::<_, CommandError>(Some((tx, (wait_ms, sale, mutation))))
            })
            .await?;
        let (wait_ms, sale, mutation) = queued.ok_or(CommandError::NotReady)?;
        // From here on the sale is on the disk.
        (self.trigger)(Trigger::Sale(key));
        let ended = match wait_ms {
            Some(wait_ms) => {
                self.till.selling.set(Some(Selling { sold: cart, wait_ms }));
                self.await_answer(key, wait_ms).await?
            }
            None => Settled::Waiting,
        };
        let state = match ended {
            Settled::Refused(_) => return Ok(Sold::RolledBack),
            Settled::Confirmed => ReceiptState::Confirmed,
            Settled::Waiting | Settled::Late => ReceiptState::Waiting,
            Settled::Parked(_) | Settled::Decided => ReceiptState::ToDecide,
        };
        let (shop, seller) = self.till.status.with_untracked(|status| {
            (status.shop.clone(), status.actor.as_ref().map(|actor| actor.name.to_string()).unwrap_or_default())
        });
        let (actor, at_ms) = (mutation.origin.actor, mutation.made.device_ms + mutation.made.skew_ms);
        self.till.latest.set(Some(Receipt { sale, shop, seller, actor, at_ms, state, voided: None }));
        Ok(Sold::Receipt(id))
    }

    /// How the wait ended: by one compare-and-set, whatever the sender does meanwhile (G16).
    async fn await_answer(&self, key: Key, wait_ms: i64) -> Result<Settled, CommandError> {
        use futures::future::{Either, select};
        let (began, mut stopped) = (steady_ms(), false);
        loop {
            let device = self.shelf.device().await?;
            let parked = self.shelf.parked(key).await?.map(|(parked, _)| parked);
            let acknowledged = self.shelf.storage().get(Store::Acknowledged, &key.to_string()).await?.is_some();
            match engine::ended(&device, key, parked.as_ref(), acknowledged) {
                ended @ (Settled::Confirmed | Settled::Late | Settled::Parked(_) | Settled::Decided) => {
                    return Ok(ended);
                }
                Settled::Refused(verdict) => {
                    let Some(mut tx) = roll_back(&device, key, platform::new_key(), now_ms()) else { continue };
                    tx.move_cart(self.till.cart.get_untracked(), new_id()); // as it is shown, with what was tapped since
                    if self.shelf.commit(tx).await? {
                        let refusal = match verdict.clone() {
                            crate::sync::Verdict::Refused { refusal, .. } => refusal,
                            other => crate::sync::Refusal::Invalid { detail: format!("{other:?}") },
                        };
                        self.till.notice.set(Some(Notice::RolledBack(refusal)));
                        (self.trigger)(Trigger::Change);
                        return Ok(Settled::Refused(verdict));
                    }
                }
                Settled::Waiting => {
                    let left_ms = wait_ms - (steady_ms() - began);
                    if stopped || left_ms <= 0 {
                        if let Some(tx) = stop_waiting(&device, key, !stopped)
                            && self.shelf.commit(tx).await?
                        {
                            return Ok(Settled::Waiting);
                        }
                        continue;
                    }
                    let changed = Box::pin(platform::within(left_ms, self.shelf.changed.wait()));
                    let stop = Box::pin(self.stop_waiting.wait());
                    if let Either::Right(_) = select(changed, stop).await {
                        stopped = true;
                    }
                }
            }
        }
    }

    /// Whether the phone knows of less than is sold; before the catalogue is read it knows nothing.
    fn is_short(&self, sale: &Sale) -> bool {
        if !self.till.ready.get_untracked() {
            return false;
        }
        let stock = |product| untrack(|| self.till.product(product)).map_or(0, |shown| shown.stock);
        sale.units_by_product().into_iter().any(|(product, units)| units > stock(product))
    }
}
