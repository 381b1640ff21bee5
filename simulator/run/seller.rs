//! The tab that sold: it waits for the server's word and shows a receipt, or none (`src/device/commands.rs`, G16).

use super::{
    guarantees::{self, Held},
    phone::{Phone, TabEvent},
    stage::Stage,
    tasks::Deed,
    view::View,
    witness::Painted,
};
use comptoir::{
    domain::Key,
    sync::engine::{self, Settled, Store, Trigger},
};

#[derive(Clone, Copy)]
pub struct Selling {
    key: Key,
    /// By a clock that nobody sets.
    began_ms: i64,
    wait_ms: i64,
    /// The seller ended the wait.
    pub stopped: bool,
    /// A transaction that ends the wait is on its way to the disk.
    ending: bool,
}

impl Phone {
    /// A sale is on the disk.
    pub fn sold(&mut self, tab: u64, key: Key, wait_ms: Option<i64>, stage: &mut Stage) -> Held {
        let Some(wait_ms) = wait_ms else { return self.paint(key, Painted::Waiting, stage) };
        let began_ms = stage.now_ms;
        if let Some(tab) = self.tab(tab) {
            tab.selling = Some(Selling { key, began_ms, wait_ms, stopped: false, ending: false });
        }
        self.look(tab, stage)
    }

    /// How the sale stands, and what follows from it.
    pub fn look(&mut self, tab: u64, stage: &mut Stage) -> Held {
        let Some(Selling { key, began_ms, wait_ms, stopped, ending }) =
            self.tab(tab).and_then(|tab| tab.selling.as_ref()).copied()
        else {
            return Ok(());
        };
        let parked = self.disk.parked().into_iter().find(|parked| parked.mutation.key == key);
        let acknowledged = self.disk.get(Store::Acknowledged, &key.to_string()).is_some();
        let painted = match engine::ended(&self.disk.device(), key, parked.as_ref(), acknowledged) {
            Settled::Confirmed => Painted::Confirmed,
            Settled::Late => Painted::Waiting,
            Settled::Parked(_) | Settled::Decided => Painted::ToDecide,
            _ if ending => return Ok(()),
            Settled::Refused(_) => return self.end(tab, Deed::RollBack { key }, stage),
            Settled::Waiting => {
                let left_ms = wait_ms - (stage.now_ms - began_ms);
                if stopped || left_ms <= 0 {
                    return self.end(tab, Deed::StopWaiting { key, timed_out: !stopped }, stage);
                }
                stage.tab(left_ms.min(wait_ms), self.index, tab, TabEvent::Look);
                return Ok(());
            }
        };
        guarantees::a_wait_ends(began_ms, wait_ms, stage)?;
        guarantees::a_verdict_decides(&self.disk.device(), key, painted)?;
        if let Some(tab) = self.tab(tab) {
            tab.selling = None;
        }
        self.paint(key, painted, stage)
    }

    fn end(&mut self, tab: u64, deed: Deed, stage: &mut Stage) -> Held {
        if let Some(selling) = self.tab(tab).and_then(|tab| tab.selling.as_mut()) {
            selling.ending = true;
        }
        self.begin(tab, deed, stage)
    }

    /// The sale was taken back: the cart is as it was.
    pub fn rolled_back(&mut self, tab: u64, key: Key, stage: &mut Stage) -> Held {
        if let Some(tab) = self.tab(tab) {
            tab.selling = None;
        }
        self.paint(key, Painted::RolledBack, stage)?;
        self.trigger(tab, Trigger::Change, stage)
    }

    /// The wait was ended, or somebody else ended it first.
    pub fn look_again(&mut self, tab: u64, stage: &mut Stage) -> Held {
        if let Some(selling) = self.tab(tab).and_then(|tab| tab.selling.as_mut()) {
            selling.ending = false;
        }
        self.look(tab, stage)
    }

    /// What the phone does by itself after it heard of the shop: the next refused sale that there is enough for again.
    pub fn retry(&mut self, tab: u64, stage: &mut Stage) -> Held {
        let (device, parked) = (self.disk.device(), self.disk.parked());
        let view = View::of(&self.disk);
        let Some((refused, body)) = engine::next_retry(&device, &parked, |product| view.stock_of(product)) else {
            return Ok(());
        };
        let key = stage.chance.key();
        self.begin(tab, Deed::Retries { refused, key, body }, stage)
    }

    fn paint(&mut self, key: Key, painted: Painted, stage: &mut Stage) -> Held {
        stage.tell(format_args!("phone {} shows {key}: {painted:?}", self.index));
        stage.witness.painted.insert(key, painted);
        Ok(())
    }
}
