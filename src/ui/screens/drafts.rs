//! What somebody typed and has not saved: whoever leaves a screen and comes back finds it there, as long as the page
//! lives.

use super::{credits, expenses, pay, stock};
use crate::{
    device::Till,
    domain::{Cart, SaleLine},
};
use leptos::prelude::*;

#[derive(Clone, Copy, Default)]
pub struct Drafts {
    pub(super) product: stock::Draft,
    pub(super) expense: expenses::Draft,
    pub(super) payment: pay::Typed,
    pub(super) repayment: credits::Typed,
    /// The cart that was emptied, until something is in it again.
    pub(super) emptied: RwSignal<Option<Cart>>,
}

impl Drafts {
    /// A payment is of one cart: what was typed of it is forgotten where there is another to pay for, or none.
    pub fn watch(self, till: Till) {
        let lines = Memo::new(move |_| till.cart.with(|cart| cart.lines().to_vec()));
        Effect::new(move |before: Option<Vec<SaleLine>>| {
            let lines = lines.get();
            if before.is_some_and(|before| before != lines) {
                self.payment.forget();
            }
            if !till.cart.with(Cart::is_empty) && self.emptied.with_untracked(Option::is_some) {
                self.emptied.set(None);
            }
            lines
        });
    }
}
