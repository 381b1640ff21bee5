//! The cart in the hand: kept with each tap, and moved by a sale, by its way back, and by carts that wait.

use super::storage::{LocalTx, Store, keys};
use crate::domain::{Cart, SaleLine};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The cart, and what tells which of two copies of it is the newer one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InHand {
    lines: Vec<SaleLine>,
    /// Another with each page that opens, and with each transaction that moves the cart.
    #[serde(default)]
    turn: Uuid,
    /// Changes of the cart in this turn.
    #[serde(default)]
    taps: u64,
}

impl InHand {
    pub fn new(cart: Cart, turn: Uuid, taps: u64) -> Self {
        Self { lines: cart.into_lines(), turn, taps }
    }

    pub fn into_cart(self) -> Cart {
        Cart::from_lines(self.lines)
    }

    pub fn turn(&self) -> Uuid {
        self.turn
    }

    /// Whether it is the stored one with more taps. A copy from before a sale is not: those goods are sold.
    pub fn goes_on_from(&self, stored: &Self) -> bool {
        self.turn == stored.turn && self.taps > stored.taps
    }
}

impl LocalTx {
    /// Keeps what is in the hand.
    pub fn keep_cart(&mut self, hand: &InHand) {
        self.put(Store::Meta, keys::CART, hand);
    }

    /// Something else is in the hand from now on. `turn` was never used for that before.
    pub fn move_cart(&mut self, cart: Cart, turn: Uuid) {
        self.keep_cart(&InHand::new(cart, turn, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(turn: u128, taps: u64) -> InHand {
        InHand::new(Cart::default(), Uuid::from_u128(turn), taps)
    }

    #[test]
    fn a_copy_counts_with_more_taps_of_the_same_turn_alone() {
        assert!(hand(1, 3).goes_on_from(&hand(1, 2)));
        assert!(!hand(1, 2).goes_on_from(&hand(1, 2)));
        assert!(!hand(1, 1).goes_on_from(&hand(1, 2)), "the copy was written later than the disk, and cut off");
        assert!(!hand(1, 9).goes_on_from(&hand(2, 0)), "it was sold since");
    }

    #[test]
    fn a_cart_an_earlier_version_kept_reads() {
        let read: InHand = serde_json::from_str(r#"{"lines":[]}"#).unwrap();
        assert_eq!(read, InHand::default());
    }
}
