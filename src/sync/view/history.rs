//! What moved a product's stock, and what was left each time: confirmed + pending.

use super::Pending;
use crate::{
    domain::{Cause, Note, ProductId, UserId},
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
    /// What the person typed beside it.
    pub note: Note,
    /// The server has not answered.
    pub waiting: bool,
}

impl From<&MovementRow> for Moved {
    fn from(row: &MovementRow) -> Self {
        Self {
            at_ms: row.at_ms,
            actor: row.actor,
            delta: row.delta,
            stock_after: row.stock_after,
            cause: row.cause.clone(),
            note: row.note.clone(),
            waiting: false,
        }
    }
}

/// The latest first. `rows` are the product's confirmed movements by change number, and `stock` what they left of it.
pub fn history(rows: &[MovementRow], stock: i64, pending: &Pending, product: ProductId) -> Vec<Moved> {
    let mut found: Vec<Moved> = rows.iter().map(Moved::from).collect();
    let mut stock_after = stock;
    for (entry, body, delta) in pending.moves_of(product) {
        let Some((cause, note)) = cause(body) else { continue };
        // As on the server: that it was counted, and right, is worth a line of its own.
        if delta == 0 && !matches!(cause, Cause::Count { .. }) {
            continue;
        }
        stock_after += delta;
        let (made, actor) = (entry.mutation.made, entry.mutation.origin.actor);
        let at_ms = made.device_ms.saturating_add(made.skew_ms);
        let waiting = entry.verdict.is_none();
        found.push(Moved { at_ms, actor, delta, stock_after, cause, note, waiting });
    }
    found.reverse();
    found
}

/// The cause a mutation's movements will have, and the note beside it.
fn cause(body: &Body) -> Option<(Cause, Note)> {
    Some(match body {
        Body::CreateProduct(_) => (Cause::Opening, Note::default()),
        Body::RecordSale(RecordSale { sale, .. }) => (Cause::Sale { sale: sale.id }, Note::default()),
        Body::VoidSale(VoidSale { sale, .. }) => (Cause::Void { sale: *sale }, Note::default()),
        Body::AdjustStock(adjust) => (Cause::Adjust { reason: adjust.reason }, adjust.note.clone()),
        Body::ReceiveStock(received) => (Cause::Received, received.note.clone()),
        Body::CountStock(count) => {
            let (counted, expected, since) = (count.counted, count.expected, count.at.change);
            (Cause::Count { counted, expected, since }, count.note.clone())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{AdjustReason, InstallationId, Key, SaleId, day::DeviceTime, quantity::Delta},
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
            note: Note::default(),
            actor: UserId(Uuid::nil()),
            at_ms: 5,
        };
        let lost = |units| {
            let (delta, reason) = (Delta::new(units).unwrap(), AdjustReason::Loss);
            Body::AdjustStock(AdjustStock { product: RICE, delta, reason, note: Note::new("Tombé").unwrap() })
        };
        let other = Body::VoidSale(VoidSale { sale: SaleId(Uuid::nil()), reason: Note::default() });
        let pending = Pending::of(&device(&[lost(-2), other, lost(-3)]), |_| None, |_, _| 0);
        let told: Vec<_> = history(&[opening], 10, &pending, RICE)
            .into_iter()
            .map(|moved| (moved.delta, moved.stock_after, moved.at_ms, moved.note.to_string(), moved.waiting))
            .collect();
        let fell = || "Tombé".to_owned();
        assert_eq!(
            told,
            [(-3, 5, 1_001, fell(), true), (-2, 8, 1_001, fell(), true), (10, 10, 5, String::new(), false)]
        );
        assert_eq!(10 + pending.stock_delta(RICE), 5);
    }
}
