//! What moved a product's stock, and what was left each time: confirmed + pending.

use super::Pending;
use crate::{
    domain::{Cause, ProductId, UserId},
    sync::{
        mutation::{Body, RecordSale, VoidSale},
        wire::MovementRow,
    },
};

#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    pub at_ms: i64,
    pub actor: UserId,
    /// Units.
    pub delta: i64,
    pub stock_after: i64,
    pub cause: Cause,
    /// The server has not answered.
    pub waiting: bool,
}

/// The latest first. `rows` are the product's confirmed movements by change number, and `stock` what they left of it.
pub fn history(rows: &[MovementRow], stock: i64, pending: &Pending, product: ProductId) -> Vec<Moved> {
    let confirmed = rows.iter().map(|row| Moved {
        at_ms: row.at_ms,
        actor: row.actor,
        delta: row.delta,
        stock_after: row.stock_after,
        cause: row.cause.clone(),
        waiting: false,
    });
    let mut found: Vec<Moved> = confirmed.collect();
    let mut stock_after = stock;
    for (entry, body, delta) in pending.moves_of(product) {
        let Some(cause) = cause(body) else { continue };
        // As on the server: that it was counted, and right, is worth a line of its own.
        if delta == 0 && !matches!(cause, Cause::Count { .. }) {
            continue;
        }
        stock_after += delta;
        let (made, actor) = (entry.mutation.made, entry.mutation.origin.actor);
        let at_ms = made.device_ms.saturating_add(made.skew_ms);
        found.push(Moved { at_ms, actor, delta, stock_after, cause, waiting: entry.verdict.is_none() });
    }
    found.reverse();
    found
}

/// The cause a mutation's movements will have.
fn cause(body: &Body) -> Option<Cause> {
    match body {
        Body::CreateProduct(_) => Some(Cause::Opening),
        Body::RecordSale(RecordSale { sale, .. }) => Some(Cause::Sale { sale: sale.id }),
        Body::VoidSale(VoidSale { sale, .. }) => Some(Cause::Void { sale: *sale }),
        Body::AdjustStock(adjust) => Some(Cause::Adjust { reason: adjust.reason }),
        Body::ReceiveStock(_) => Some(Cause::Received),
        Body::CountStock(count) => {
            let (counted, expected, since) = (count.counted, count.expected, count.at.change);
            Some(Cause::Count { counted, expected, since })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{AdjustReason, InstallationId, Key, Note, SaleId, day::DeviceTime, quantity::Delta},
        sync::{
            engine::{Device, Entry, Standing},
            mutation::{AdjustStock, Mutation, Origin},
        },
    };
    use uuid::Uuid;

    const RICE: ProductId = ProductId(Uuid::nil());

    fn device(bodies: &[Body]) -> Device {
        let entry = |(n, body): (usize, &Body)| {
            let origin = Origin {
                installation: InstallationId(Uuid::nil()),
                sequence: n as u64 + 1,
                actor: UserId(Uuid::nil()),
            };
            let made = DeviceTime { device_ms: 1_000, skew_ms: 1, contact_ms: 0 };
            let mutation = Mutation::new(Key(Uuid::from_u128(n as u128 + 1)), origin, made, vec![], vec![], body);
            let standing = Standing::Queued;
            Entry { mutation, standing, verdict: None, history: None, resent_from: None, stored: None }
        };
        Device { outbox: bodies.iter().enumerate().map(entry).collect(), ..Device::default() }
    }

    #[test]
    fn what_waits_stands_on_what_is_confirmed_and_comes_first() {
        let opening = MovementRow {
            change: 1,
            product: RICE,
            delta: 10,
            stock_after: 10,
            cause: Cause::Opening,
            actor: UserId(Uuid::nil()),
            at_ms: 5,
        };
        let lost = |units| {
            let (delta, reason) = (Delta::new(units).unwrap(), AdjustReason::Loss);
            Body::AdjustStock(AdjustStock { product: RICE, delta, reason, note: Note::default() })
        };
        let other = Body::VoidSale(VoidSale { sale: SaleId(Uuid::nil()), reason: Note::default() });
        let pending = Pending::of(&device(&[lost(-2), other, lost(-3)]), |_| None, |_, _| 0);
        let told: Vec<_> = history(&[opening], 10, &pending, RICE)
            .into_iter()
            .map(|moved| (moved.delta, moved.stock_after, moved.at_ms, moved.waiting))
            .collect();
        assert_eq!(told, [(-3, 5, 1_001, true), (-2, 8, 1_001, true), (10, 10, 5, false)]);
        assert_eq!(10 + pending.stock_delta(RICE), 5);
    }
}
