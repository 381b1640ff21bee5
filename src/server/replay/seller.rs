//! A person at one phone, selling ticket after ticket as the app does.

use super::{
    Chance, SellerError, Word,
    phone::{Phone, PhoneError},
    shelf::Shelf,
    till::Ticket,
};
use crate::{
    domain::Key,
    sync::engine::{Applied, Lane, Settled},
};

/// A phone that wanders loses the network before one sale in so many, …
const OFFLINE_ONE_IN: usize = 15;
/// … for so many sales: the longest stretch takes more than one push.
const OFFLINE_SALES: (usize, usize) = (5, 80);
/// One push in so many is answered to nobody.
const UNHEARD_ONE_IN: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Always has the network: every sale waits for its verdict.
    Online,
    /// Has it now and then.
    Wandering,
}

impl Habit {
    /// Every other phone stays in the shop.
    pub fn of(phone: usize) -> Self {
        if phone.is_multiple_of(2) { Self::Online } else { Self::Wandering }
    }
}

pub struct Seller {
    pub phone: Phone,
    habit: Habit,
    chance: Chance,
    /// Sales until the network is back; zero while it is there.
    offline_for: usize,
    /// Every sale made, by the key of its mutation.
    pub sales: Vec<Key>,
    pub rolled_back: usize,
    pub offline_sales: usize,
    /// Answers that were lost on purpose.
    pub unheard: usize,
}

impl Seller {
    pub fn new(phone: Phone, habit: Habit, seed: u64, number: u64) -> Self {
        // Far apart: neighbouring seeds of SplitMix64 would repeat each other's draws one step later.
        let chance = Chance::new(seed ^ ((number + 1) << 32));
        Self { phone, habit, chance, offline_for: 0, sales: Vec::new(), rolled_back: 0, offline_sales: 0, unheard: 0 }
    }

    pub(super) fn work(&mut self, tickets: &[&Ticket], shelf: &Shelf, word: &Word) -> Result<(), SellerError> {
        for ticket in tickets {
            if self.offline_for == 0 && self.habit == Habit::Wandering && self.chance.one_in(OFFLINE_ONE_IN) {
                let (least, most) = OFFLINE_SALES;
                self.offline_for = least + self.chance.below(most - least + 1);
            }
            let online = self.offline_for == 0;
            let key = self.sell(ticket, shelf, online)?;
            self.sales.push(key);
            if online {
                self.wait_for(key)?;
            } else {
                self.offline_sales += 1;
                self.offline_for -= 1;
                if self.offline_for == 0 {
                    self.send_backlog()?;
                }
            }
            word.tell(self.phone.take_heard())?;
            word.sold_one();
        }
        Ok(())
    }

    /// The end of the day: the network is back.
    pub(super) fn close(&mut self, word: &Word) -> Result<(), SellerError> {
        self.send_backlog()?;
        Ok(word.tell(self.phone.take_heard())?)
    }

    fn sell(&mut self, ticket: &Ticket, shelf: &Shelf, wait: bool) -> Result<Key, PhoneError> {
        let taps = ticket.items.iter().filter_map(|item| shelf.of(item));
        Ok(self.phone.sell(taps, wait)?.key)
    }

    /// "Encaisser" with the network there (G16).
    fn wait_for(&mut self, key: Key) -> Result<(), PhoneError> {
        self.lose_an_answer(Lane::Urgent(key))?;
        let (settled, applied) = self.phone.wait_for(key)?;
        if matches!(settled, Settled::Refused(_)) {
            self.rolled_back += 1;
        }
        // What is left is said before the next customer, as the page's sender does.
        if applied == Some(Applied::UpToDate) && self.phone.device()?.unsent().next().is_none() {
            return Ok(());
        }
        self.phone.synchronise()
    }

    fn send_backlog(&mut self) -> Result<(), PhoneError> {
        self.lose_an_answer(Lane::Backlog)?;
        self.phone.synchronise()
    }

    fn lose_an_answer(&mut self, lane: Lane) -> Result<(), PhoneError> {
        if !self.chance.one_in(UNHEARD_ONE_IN) {
            return Ok(());
        }
        self.unheard += 1;
        self.phone.push_unheard(lane)
    }
}
