//! The owner's rules on a device, and what it does by itself because of them.

use super::state::{Device, Parked, SessionState};
use crate::{
    domain::{Key, ProductId, Rules, Shop},
    sync::{
        Refusal, Verdict, merge,
        mutation::{Body, RecordSale},
    },
};

impl Device {
    /// What the server last said of the shop, with the edits that wait here; a clash shows what was wanted.
    pub fn shop(&self) -> Option<Shop> {
        let mut shop = self.meta.shop.clone()?;
        let confirmed = self.shown().map(|shown| shown.cursor);
        // By its kind first: reading what a long outbox sells takes a while.
        for entry in self.outbox.iter().filter(|entry| entry.mutation.kind == "edit_shop") {
            if let (true, Ok(Body::EditShop(edit))) =
                (confirmed.is_some_and(|confirmed| entry.counts_on(confirmed)), entry.mutation.read())
            {
                merge::show_shop(&mut shop, &edit);
            }
        }
        Some(shop)
    }

    pub fn rules(&self) -> Rules {
        self.shop().map(|shop| shop.rules).unwrap_or_default()
    }
}

/// The next of this device's refused sales that it tries again by itself: one that lacked stock, of which the state it
/// shows has enough now, where the owner's rules say so. Whether the customer left with the goods of a sale without a
/// receipt, a person knows; and a phone that this one was copied from may have its cart back. `stock` is of confirmed and
/// pending; the key is the parked one's.
pub fn next_retry(device: &Device, parked: &[Parked], stock: impl Fn(ProductId) -> i64) -> Option<(Key, Body)> {
    let able = device.meta.actor.is_some() && device.meta.session == SessionState::Open;
    if parked.is_empty() || !able || !device.rules().retry_automatically {
        return None;
    }
    parked.iter().filter(|parked| !parked.without_receipt).find_map(|parked| {
        let Verdict::Refused { refusal: Refusal::InsufficientStock { .. }, .. } = parked.verdict else { return None };
        let Ok(Body::RecordSale(RecordSale { sale, .. })) = parked.mutation.read() else { return None };
        let there = sale.units_by_product().into_iter().all(|(product, units)| stock(product) >= units);
        let refused = parked.mutation.key;
        there.then(|| (refused, Body::RecordSale(RecordSale::again(sale, refused))))
    })
}
