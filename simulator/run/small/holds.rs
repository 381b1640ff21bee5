//! What must hold in every state of the small case, by the numbers of the contract.

use super::{
    phone::Painted,
    world::{OPENING_UNITS, State, product},
};
use crate::run::{view::View, witness::keys_on};
use comptoir::{
    domain::Key,
    sync::{Body, Verdict},
};

pub type Invariant = (&'static str, fn(&State) -> bool);

pub const INVARIANTS: [Invariant; 6] = [
    ("G12 stock is what the movements leave, never below zero", State::stock_is_what_the_movements_leave),
    ("G6 nothing is applied twice", State::nothing_is_applied_twice),
    ("G2 the confirmed state is the server's", State::confirmed_is_the_servers),
    ("G2 shown = confirmed + pending, each counted once", State::shown_counts_each_once),
    ("G4 nothing leaves the phone unsaid", State::nothing_made_is_lost),
    ("G16 G17 receipts are true", State::customers_were_told_the_truth),
];

impl State {
    /// G12
    fn stock_is_what_the_movements_leave(&self) -> bool {
        let moved: i64 = self.server.movements.iter().map(|row| row.delta).sum();
        self.server.stock[&product()] >= 0 && self.server.stock[&product()] == OPENING_UNITS + moved
    }

    /// G6
    fn nothing_is_applied_twice(&self) -> bool {
        let mut keys: Vec<Key> = self.server.movements.iter().map(|row| row.key).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        keys.len() == all
    }

    /// G2, G10
    fn confirmed_is_the_servers(&self) -> bool {
        self.phones.iter().all(|phone| {
            let view = View::of(&phone.disk);
            let change = view.device.meta.held.expect("the shop was read").cursor.change;
            let stands = self.server.stock_at(product(), OPENING_UNITS, change);
            view.confirmed_stock().get(&product()) == Some(&stands)
        })
    }

    /// G2: the server's state and what the phone adds, each counted once.
    fn shown_counts_each_once(&self) -> bool {
        self.phones.iter().all(|phone| {
            let view = View::of(&phone.disk);
            let change = view.device.meta.held.expect("the shop was read").cursor.change;
            let mut shown = self.server.stock_at(product(), OPENING_UNITS, change);
            let mut sold_here = 0;
            for entry in &view.device.outbox {
                let said = entry.verdict.as_ref().is_some_and(|verdict| !verdict.is_applied());
                let judged = self.server.ledger.get(&entry.mutation.key).map(|judged| judged.verdict());
                let held = matches!(judged, Some(Verdict::Applied { change: at }) if at <= change);
                let body = entry.mutation.read().expect("what the engine queued reads");
                if said || held {
                    continue;
                }
                let delta: i64 = body.stock_deltas().iter().map(|(_, delta)| delta).sum();
                shown += delta;
                if let Body::RecordSale(_) = body {
                    sold_here = -delta;
                }
                if let Body::VoidSale(void) = &body {
                    // What it gives back: the sale that is queued before it, or that the confirmed state holds.
                    let confirmed =
                        self.server.movements.iter().find(|row| row.sells(void.sale) && row.change <= change);
                    shown += confirmed.map_or(sold_here, |row| -row.delta);
                }
            }
            view.stock_of(product()) == shown
        })
    }

    /// G1, G4: what somebody did is on the phone, unless its cart came back or it only told what became of a refusal.
    fn nothing_made_is_lost(&self) -> bool {
        self.phones.iter().all(|phone| {
            let on_disk = keys_on(&phone.disk);
            let gone = |key: &&Key| !on_disk.contains(key);
            phone.made.iter().filter(gone).all(|key| {
                let judged = self.server.ledger.get(key).map(|judged| judged.verdict());
                judged.is_some_and(|verdict| !verdict.is_applied())
            })
        })
    }

    /// G16, G17
    fn customers_were_told_the_truth(&self) -> bool {
        self.phones.iter().all(|phone| {
            let on_disk = keys_on(&phone.disk);
            phone.painted.iter().all(|(key, painted)| {
                let sold = self.server.ledger.get(key).is_some_and(|judged| judged.verdict().is_applied());
                match painted {
                    Painted::Confirmed => sold,
                    Painted::RolledBack => !sold,
                    Painted::Waiting | Painted::ToDecide => {
                        sold || on_disk.contains(key) || self.server.keeps_refused(*key)
                    }
                }
            })
        })
    }

    /// G5, G15, and everything above once more. Asked where nothing is under way: from any other state, messages that
    /// arrive and waits that end lead to one of those.
    pub fn heals(&self) -> bool {
        if self.phones.iter().any(|phone| phone.flight.is_some() || phone.selling.is_some()) {
            return true;
        }
        let Some(healed) = self.healed() else { return false };
        let received =
            healed.phones.iter().flat_map(|phone| &phone.made).all(|key| healed.server.ledger.contains_key(key));
        let [one, other] = &healed.phones;
        received && one.confirmed() == other.confirmed() && healed.holds()
    }

    fn holds(&self) -> bool {
        INVARIANTS.iter().all(|(_, holds)| holds(self))
    }

    pub fn somebody_was_refused(&self) -> bool {
        self.server.ledger.values().any(|judged| matches!(judged.verdict(), Verdict::Refused { .. }))
    }
}
