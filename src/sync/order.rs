//! Causes before effects (G7): which queued mutations a new one depends on, and the order in which they are sent.

use super::mutation::{Body, RecordSale, Thing};
use crate::domain::{Key, ProductId};
use crate::faults::{self, Fault};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

/// A queued mutation as ordering sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    pub key: Key,
    pub sequence: u64,
    pub needs: Vec<Key>,
    pub after: Vec<Key>,
    /// `None` where an entry cannot be read by this version: it is sent all the same, in its turn.
    pub body: Option<Body>,
}

/// What a new mutation must wait for among those already queued.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Causes {
    pub needs: Vec<Key>,
    pub after: Vec<Key>,
}

/// The causes of `body` among `queued` (by sequence): it needs what creates the things it uses, and comes after what
/// edited its own and what may have brought the goods it takes.
pub fn causes<'a>(body: &Body, queued: impl IntoIterator<Item = &'a Queued>) -> Causes {
    let (mut needs, mut after) = (BTreeSet::new(), BTreeSet::new());
    let uses: BTreeSet<Thing> = body.uses().into_iter().collect();
    let edits = body.edits();
    let deltas = body.stock_deltas();
    let counts = counts_of(body);
    let takes: BTreeSet<_> = deltas.iter().filter(|(_, units)| *units < 0).map(|(product, _)| *product).collect();
    for earlier in queued {
        let Some(theirs) = &earlier.body else { continue };
        // The later of two counts is the one that stands, whatever becomes of the earlier.
        let counted_before = counts.is_some() && counts_of(theirs) == counts;
        if counted_before || theirs.creates().is_some_and(|thing| uses.contains(&thing)) {
            needs.insert(earlier.key);
            continue;
        }
        // An edit that clashes takes nothing of the later ones with it.
        let edits_before = edits.is_some() && theirs.edits() == edits;
        let brings = theirs.stock_deltas().iter().any(|(product, units)| *units > 0 && takes.contains(product));
        // A void brings back goods it does not name; to wait for it costs nothing.
        let gives_back = matches!(theirs, Body::VoidSale(_)) && !takes.is_empty();
        // What is done under a rule is judged by it, and what was done before it is not.
        let ruled = matches!(theirs, Body::EditShop(_));
        let settles = matches!(
            (body, theirs),
            (Body::RecordSale(RecordSale { retry_of: Some(refused), .. }), Body::SettleRefusal(settle))
                if settle.refused == *refused
        );
        if edits_before || brings || gives_back || ruled || settles {
            after.insert(earlier.key);
        }
    }
    Causes { needs: needs.into_iter().collect(), after: after.into_iter().collect() }
}

fn counts_of(body: &Body) -> Option<ProductId> {
    match body {
        Body::CountStock(count) => Some(count.product),
        _ => None,
    }
}

/// The order in which to send: every mutation behind its causes; between independent ones creations first, then by
/// kind, then by sequence. Returns indices into `queued`.
pub fn send_order(queued: &[Queued]) -> Vec<usize> {
    let at: BTreeMap<Key, usize> = queued.iter().enumerate().map(|(index, entry)| (entry.key, index)).collect();
    let mut waits_for = vec![0_usize; queued.len()];
    let mut effects: Vec<Vec<usize>> = vec![Vec::new(); queued.len()];
    for (index, entry) in queued.iter().enumerate() {
        let causes: BTreeSet<usize> =
            entry.needs.iter().chain(&entry.after).filter_map(|key| at.get(key).copied()).collect();
        if faults::is(Fault::ByKindAlone) {
            continue;
        }
        for cause in causes.into_iter().filter(|cause| *cause != index) {
            waits_for[index] += 1;
            effects[cause].push(index);
        }
    }
    let rank = |index: usize| Reverse((rank(&queued[index]), queued[index].sequence, index));
    let mut ready: BinaryHeap<_> = (0..queued.len()).filter(|index| waits_for[*index] == 0).map(rank).collect();
    let mut order = Vec::with_capacity(queued.len());
    while let Some(Reverse((_, _, index))) = ready.pop() {
        order.push(index);
        for &effect in &effects[index] {
            waits_for[effect] -= 1;
            if waits_for[effect] == 0 {
                ready.push(rank(effect));
            }
        }
    }
    // Causes are always queued before their effects, so there is no circle. Were an outbox damaged into one, its
    // entries still go out, by sequence, and the server blocks what it must.
    if order.len() < queued.len() {
        let sent: BTreeSet<usize> = order.iter().copied().collect();
        let mut rest: Vec<usize> = (0..queued.len()).filter(|index| !sent.contains(index)).collect();
        rest.sort_by_key(|index| queued[*index].sequence);
        order.extend(rest);
    }
    order
}

/// `key` and everything queued that it waits for, directly or not.
pub fn with_causes(key: Key, queued: &[Queued]) -> BTreeSet<Key> {
    let by_key: BTreeMap<Key, &Queued> = queued.iter().map(|entry| (entry.key, entry)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![key]);
    while let Some(key) = open.pop() {
        if let Some(entry) = by_key.get(&key)
            && found.insert(key)
        {
            open.extend(entry.needs.iter().chain(&entry.after).copied());
        }
    }
    found
}

/// Creations first, then by kind: product, (supplier, order,) sale, expense, stock movement, credit payment, rules.
fn rank(entry: &Queued) -> (bool, u8) {
    let Some(body) = &entry.body else { return (true, u8::MAX) };
    let kind = match body {
        Body::CreateProduct(_) | Body::EditProduct(_) | Body::RetireProduct(_) => 0,
        Body::RecordSale(_) | Body::VoidSale(_) | Body::SettleRefusal(_) => 3,
        Body::RecordExpense(_) | Body::EditExpense(_) | Body::VoidExpense(_) => 4,
        Body::ReceiveStock(_) | Body::AdjustStock(_) | Body::CountStock(_) => 5,
        Body::RecordRepayment(_) | Body::VoidRepayment(_) => 6,
        Body::EditShop(_) => 7,
    };
    (body.creates().is_none(), kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::samples;

    fn queue(bodies: Vec<Body>) -> Vec<Queued> {
        let mut queued: Vec<Queued> = Vec::new();
        for (sequence, body) in (1..).zip(bodies) {
            let Causes { needs, after } = causes(&body, &queued);
            queued.push(Queued { key: samples::key(sequence), sequence, needs, after, body: Some(body) });
        }
        queued
    }

    fn sent(queued: &[Queued]) -> Vec<u64> {
        send_order(queued).into_iter().map(|index| queued[index].sequence).collect()
    }

    #[test]
    fn a_rule_holds_for_what_was_done_under_it() {
        use crate::sync::{Change, mutation::EditShop};
        let rule = EditShop { employees_count: Change::between(false, true), ..EditShop::default() };
        let sold = |n| samples::sale(n, 1, 1);
        let queued = queue(vec![sold(1), Body::EditShop(rule), sold(2), samples::receive(2, 5), sold(3)]);
        assert_eq!(sent(&queued), [1, 2, 3, 5, 4]);
    }

    #[test]
    fn received_then_sold_offline() {
        // By kind alone the sale would go first and be refused.
        let queued = queue(vec![samples::receive(1, 5), samples::sale(1, 1, 5)]);
        assert_eq!(queued[1].after, [samples::key(1)]);
        assert_eq!(sent(&queued), [1, 2]);
    }

    #[test]
    fn sold_before_its_product_synced() {
        let queued = queue(vec![samples::sale(1, 9, 1), samples::create_product(2, 5), samples::sale(2, 2, 1)]);
        assert_eq!(queued[2].needs, [samples::key(2)]);
        assert_eq!(sent(&queued), [2, 1, 3]);
    }

    #[test]
    fn a_void_needs_its_sale_and_a_second_edit_comes_after_the_first() {
        let queued = queue(vec![
            samples::sale(1, 1, 1),
            samples::void(1),
            samples::edit_price(3, 100, 200),
            samples::edit_price(3, 200, 300),
        ]);
        assert_eq!(queued[1].needs, [samples::key(1)]);
        assert_eq!((&queued[3].needs, &queued[3].after), (&vec![], &vec![samples::key(3)]));
        assert_eq!(sent(&queued), [1, 3, 4, 2]);
    }

    #[test]
    fn independent_ones_go_creations_first_then_by_kind_then_by_sequence() {
        let queued = queue(vec![
            samples::receive(8, 1),
            samples::edit_price(3, 1, 2),
            samples::sale(1, 1, 1),
            samples::create_product(2, 0),
        ]);
        assert_eq!(sent(&queued), [4, 3, 2, 1]);
    }

    #[test]
    fn an_urgent_sale_takes_its_causes_along_and_nothing_else() {
        let queued = queue(vec![
            samples::sale(1, 1, 1),
            samples::create_product(2, 0),
            samples::receive(2, 3),
            samples::sale(2, 2, 1),
        ]);
        let keys: BTreeSet<_> = [2, 3, 4].map(samples::key).into();
        assert_eq!(with_causes(samples::key(4), &queued), keys);
    }

    #[test]
    fn a_damaged_circle_still_goes_out() {
        let mut queued = queue(vec![samples::sale(1, 1, 1), samples::sale(2, 1, 1)]);
        queued[0].needs.push(samples::key(2));
        queued[1].needs.push(samples::key(1));
        assert_eq!(sent(&queued), [1, 2]);
    }
}
