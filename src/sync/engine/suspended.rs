//! Carts that wait while another customer is served. Each is a row of its own, so that tabs take none from each other,
//! and one transaction moves a cart: it is in its row or in the hand, whenever the power goes.

use super::storage::{LocalTx, Store, json, keys};
use crate::domain::Cart;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Suspended carts of one device: more customers do not wait.
pub const SUSPENDED_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    /// Version 7: rows lie in the order in which carts were put by.
    pub id: Uuid,
    /// By the device's clock.
    pub since_ms: i64,
    pub cart: Cart,
    /// The text it was read from: what a transaction expects to find again, whichever version wrote it.
    #[serde(skip)]
    pub stored: Option<String>,
}

/// Puts by the cart that is in the hand.
pub fn suspend(row: &Suspended) -> LocalTx {
    let mut tx = LocalTx::strict();
    tx.put(Store::Meta, keys::suspended(row.id), row);
    tx.move_cart(Cart::default(), row.id);
    tx
}

/// Goes on with a suspended cart, in that turn; `instead` is what was in the hand until now. Stale where another tab took
/// it up.
pub fn take_up(row: &Suspended, instead: Option<&Suspended>, turn: Uuid) -> LocalTx {
    let (mut tx, key) = (LocalTx::strict(), keys::suspended(row.id));
    tx.expect(Store::Meta, key.clone(), row.stored.clone().or_else(|| Some(json(row))));
    tx.delete(Store::Meta, key);
    tx.move_cart(row.cart.clone(), turn);
    if let Some(instead) = instead {
        tx.put(Store::Meta, keys::suspended(instead.id), instead);
    }
    tx
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::{
        memory::{Memory, Stale},
        sound,
        storage::Write,
    };

    fn row(n: u128) -> Suspended {
        Suspended { id: Uuid::from_u128(n), since_ms: 7, cart: Cart::default(), stored: None }
    }

    fn stored(memory: &Memory) -> Vec<Suspended> {
        let rows = memory.scan(Store::Meta, keys::SUSPENDED);
        let read = |(key, text): &(String, String)| Suspended { stored: None, ..sound::suspended(key, text).unwrap() };
        rows.iter().map(read).collect()
    }

    #[test]
    fn a_cart_is_taken_up_once_and_the_one_in_the_hand_put_in_its_place() {
        let mut memory = Memory::default();
        assert_eq!(memory.commit(&suspend(&row(1))), Ok(()));
        assert_eq!(stored(&memory), [row(1)]);
        assert_eq!(memory.commit(&take_up(&row(1), Some(&row(2)), Uuid::from_u128(4))), Ok(()));
        assert_eq!(stored(&memory), [row(2)]);
        assert_eq!(
            memory.commit(&take_up(&row(1), Some(&row(3)), Uuid::from_u128(5))),
            Err(Stale),
            "another tab took it up"
        );
        assert_eq!(stored(&memory), [row(2)]);
    }

    #[test]
    fn a_cart_another_version_wrote_is_taken_up_too() {
        let text = format!(r#"{{"cart":{{"lines":[]}},"since_ms":7,"id":"{}","more":1}}"#, row(1).id);
        let mut tx = LocalTx::strict();
        tx.writes.push(Write::Put { store: Store::Meta, key: keys::suspended(row(1).id), value: text.clone() });
        let mut memory = Memory::default();
        memory.commit(&tx).unwrap();
        let read = sound::suspended(&keys::suspended(row(1).id), &text).unwrap();
        assert_eq!(memory.commit(&take_up(&read, None, Uuid::from_u128(2))), Ok(()));
    }
}
