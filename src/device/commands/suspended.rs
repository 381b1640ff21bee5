//! Carts that wait while another customer is served.

use super::{Inner, Page};
use crate::{
    device::{
        handle::{Answer, CommandError, StorageProblem, SuspendCommands},
        platform::{new_id, now_ms},
        shelf::Shelf,
    },
    domain::{Cart, Invalid},
    sync::engine::{self, LocalTx, SUSPENDED_MAX, Store, Suspended, keys, sound},
};
use leptos::prelude::*;
use uuid::Uuid;

pub async fn suspended(shelf: &Shelf) -> Result<Vec<Suspended>, StorageProblem> {
    let rows = shelf.storage().scan(Store::Meta, keys::SUSPENDED).await?;
    Ok(shelf.sound(Store::Meta, &rows, sound::suspended).await.0)
}

impl SuspendCommands for Page {
    fn suspend(&self) -> Answer<Result<(), CommandError>> {
        let till = self.0.till;
        let cart = till.cart.get_untracked();
        let waiting = till.suspended.with_untracked(Vec::len);
        if cart.is_empty() || till.selling.with_untracked(Option::is_some) {
            return Box::pin(async { Ok(()) }); // a sale under way is of this cart
        }
        if waiting >= SUSPENDED_MAX {
            let full = Invalid::Count { what: "carts", count: waiting + 1, min: 0, max: SUSPENDED_MAX };
            return Box::pin(async { Err(full.into()) });
        }
        let row = Suspended { id: new_id(), since_ms: now_ms(), cart };
        self.0.show(Cart::default(), |all| all.push(row.clone()));
        let inner = self.0.clone();
        Box::pin(async move { inner.swap(engine::suspend(&row), row.cart).await })
    }

    fn take_up(&self, id: Uuid) -> Answer<Result<(), CommandError>> {
        let till = self.0.till;
        let wanted = till.suspended.with_untracked(|all| all.iter().find(|one| one.id == id).cloned());
        let (Some(row), false) = (wanted, till.selling.with_untracked(Option::is_some)) else {
            return Box::pin(async { Ok(()) }); // it was tapped twice
        };
        let now = till.cart.get_untracked();
        let instead = (!now.is_empty()).then(|| Suspended { id: new_id(), since_ms: now_ms(), cart: now.clone() });
        let tx = engine::take_up(&row, instead.as_ref());
        self.0.show(row.cart, |all| {
            all.retain(|one| one.id != id);
            all.extend(instead);
        });
        let inner = self.0.clone();
        Box::pin(async move { inner.swap(tx, now).await })
    }
}

impl Inner {
    /// At once: a finger that taps twice, or goes on tapping products, meets the cart it sees.
    fn show(&self, cart: Cart, change: impl FnOnce(&mut Vec<Suspended>)) {
        self.till.notice.set(None);
        self.till.suspended.update(change);
        self.till.cart.set(cart);
    }

    /// Writes what is shown. Its transaction begins before the one that keeps the new cart: the other order could lose
    /// the old one with the power. Where it is not written, `before` is in the cart again.
    async fn swap(&self, tx: LocalTx, before: Cart) -> Result<(), CommandError> {
        let written = self.shelf.commit(tx).await;
        if !matches!(written, Ok(true)) {
            self.till.cart.set(before);
            self.mirror.dirty.set(); // what waits is read again
        }
        Ok(written.map(drop)?)
    }
}
