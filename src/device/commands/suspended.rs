//! Carts that wait while another customer is served.

use super::{Inner, Page};
use crate::{
    device::{
        handle::{Answer, NotMoved, SUSPENDED_MAX, StorageProblem, SuspendCommands, Suspended},
        platform::{new_id, now_ms},
        shelf::Shelf,
    },
    domain::Cart,
    sync::engine::{self, LocalTx, Store, keys, sound},
};
use leptos::prelude::*;
use uuid::Uuid;

/// The carts that wait, the oldest first.
pub async fn suspended(shelf: &Shelf) -> Result<Vec<Suspended>, StorageProblem> {
    let rows = shelf.storage().scan(Store::Meta, keys::SUSPENDED).await?;
    Ok(shelf.sound(Store::Meta, &rows, sound::suspended).await.0)
}

impl SuspendCommands for Page {
    fn suspend(&self) -> Answer<Result<(), NotMoved>> {
        let till = self.0.till;
        let cart = till.cart.get_untracked();
        if cart.is_empty() || till.cart_moves.get_untracked() {
            return Box::pin(async { Ok(()) }); // it was tapped twice
        }
        if till.suspended.with_untracked(Vec::len) >= SUSPENDED_MAX {
            return Box::pin(async { Err(NotMoved::Full) });
        }
        let row = put_by(&cart);
        let tx = engine::suspend(&row);
        self.0.show(Cart::default(), |all| all.push(row));
        let inner = self.0.clone();
        Box::pin(async move { inner.write(tx, cart, Cart::default()).await })
    }

    fn take_up(&self, id: Uuid) -> Answer<Result<(), NotMoved>> {
        let till = self.0.till;
        let wanted = till.suspended.with_untracked(|all| all.iter().find(|one| one.id == id).cloned());
        let (Some(row), false) = (wanted, till.cart_moves.get_untracked()) else {
            return Box::pin(async { Ok(()) }); // it was tapped twice
        };
        let before = till.cart.get_untracked();
        let instead = (!before.is_empty()).then(|| put_by(&before));
        let tx = engine::take_up(&row, instead.as_ref(), new_id());
        self.0.show(row.cart.clone(), |all| {
            all.retain(|one| one.id != id);
            all.extend(instead);
        });
        let inner = self.0.clone();
        Box::pin(async move { inner.write(tx, before, row.cart).await })
    }
}

fn put_by(cart: &Cart) -> Suspended {
    Suspended { id: new_id(), since_ms: now_ms(), cart: cart.clone(), stored: None }
}

impl Inner {
    /// At once: whoever goes on tapping products meets the cart they see.
    fn show(&self, cart: Cart, change: impl FnOnce(&mut Vec<Suspended>)) {
        self.till.cart_moves.set(true);
        self.till.notice.set(None);
        self.till.suspended.update(change);
        self.till.cart.set(cart);
    }

    /// Writes what is shown. Until then nothing else writes the cart that is kept, so that a transaction that fails leaves
    /// on the disk what was there; on the screen `before` comes back, with what was tapped since.
    async fn write(&self, tx: LocalTx, before: Cart, shown: Cart) -> Result<(), NotMoved> {
        let written = match self.shelf.commit(tx).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotMoved::TakenUp),
            Err(problem) => Err(NotMoved::Storage(problem)),
        };
        if written.is_err() {
            self.till.cart.update(|now| {
                *now = now.since(&shown);
                now.behind(&before);
            });
            self.mirror.dirty.set(); // what waits is read again
        }
        self.till.cart_moves.set(false);
        written
    }
}
