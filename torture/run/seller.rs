//! Somebody at one phone: the real engine, and beside it a plain account of what was done and what became of it.

use super::{Failure, ledger::Ledger};
use comptoir::{
    domain::{AdjustReason, Key, Note, Product, ProductId, Quantity, Sale, SaleId, quantity::Delta},
    server::{
        check::LedgerEntry,
        replay::{
            chance::Chance,
            phone::{Phone, PhoneError},
        },
    },
    sync::{
        Body, Verdict,
        engine::Lane,
        mutation::{AdjustStock, ReceiveStock, ReceivedLine, VoidSale},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// A person's pace, so that fifty of them leave the processor to the server.
const PAUSE_MAX_MS: usize = 120;
const DELIVERED_MAX_UNITS: usize = 20;

pub struct Seller {
    pub phone: Phone,
    chance: Chance,
    shelf: Arc<[Product]>,
    /// Everything this person did.
    made: BTreeMap<Key, Body>,
    /// Every final verdict this phone was told, of those and of what the engine itself queued.
    told: BTreeMap<Key, LedgerEntry>,
    /// Sales that were not voided yet.
    sold: Vec<SaleId>,
}

/// What all accounts together say of the shop.
#[derive(Default)]
pub struct Account {
    /// How far the acknowledged mutations moved each stock.
    pub moved: BTreeMap<ProductId, i64>,
    /// Acknowledged sales and their totals.
    pub sales: BTreeMap<SaleId, i64>,
    /// Every key with a final verdict, as it was told.
    pub told: BTreeMap<Key, String>,
    /// Made, and never answered.
    pub untold: BTreeSet<Key>,
}

impl Seller {
    pub fn new(phone: Phone, shelf: Arc<[Product]>, seed: u64) -> Self {
        let (made, told, sold) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { phone, chance: Chance::new(seed), shelf, made, told, sold }
    }

    /// Works until the day ends. What is under way then is finished by [`Seller::finish`].
    pub fn work(&mut self, over: &AtomicBool, ledger: &Ledger) -> Result<(), Failure> {
        while !over.load(Ordering::Relaxed) {
            self.act()?;
            self.tell(ledger)?;
            thread::sleep(Duration::from_millis(self.chance.below(PAUSE_MAX_MS) as u64));
        }
        Ok(())
    }

    pub fn finish(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        self.phone.synchronise()?;
        self.tell(ledger)
    }

    /// Into the file as soon as the phone knows it, so that this program's own memory is not what is compared.
    fn tell(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        let heard = self.phone.take_heard();
        ledger.write(&heard)?;
        self.told.extend(heard.into_iter().map(|entry| (entry.key, entry)));
        Ok(())
    }

    fn act(&mut self) -> Result<(), PhoneError> {
        match self.chance.below(20) {
            0 | 1 => self.deliver()?,
            2 => self.lose()?,
            3 | 4 => self.void()?,
            // Handed over without waiting, as without network; sent with what comes later.
            5..=9 => return self.sell(false).map(drop),
            _ => {
                let key = self.sell(true)?;
                self.phone.wait_for(key)?;
            }
        }
        self.phone.push(Lane::Backlog).map(drop)
    }

    fn any(&mut self) -> ProductId {
        self.shelf[self.chance.below(self.shelf.len())].id
    }

    fn sell(&mut self, wait: bool) -> Result<Key, PhoneError> {
        let taps: Vec<usize> = (0..=self.chance.below(3)).map(|_| self.chance.below(self.shelf.len())).collect();
        let mutation = self.phone.sell(taps.iter().map(|tap| &self.shelf[*tap]), wait)?;
        if let Ok(body @ Body::RecordSale(_)) = mutation.read() {
            if let Body::RecordSale(record) = &body {
                self.sold.push(record.sale.id);
            }
            self.made.insert(mutation.key, body);
        }
        Ok(mutation.key)
    }

    fn deliver(&mut self) -> Result<(), PhoneError> {
        let quantity = Quantity::new(1 + self.chance.below(DELIVERED_MAX_UNITS) as i64)?;
        let lines = vec![ReceivedLine { product: self.any(), quantity }];
        self.queue(Body::ReceiveStock(ReceiveStock { lines, note: Note::new("")? }))
    }

    fn lose(&mut self) -> Result<(), PhoneError> {
        let (product, delta) = (self.any(), Delta::new(-1 - self.chance.below(3) as i64)?);
        self.queue(Body::AdjustStock(AdjustStock { product, delta, reason: AdjustReason::Loss, note: Note::new("")? }))
    }

    fn void(&mut self) -> Result<(), PhoneError> {
        if self.sold.is_empty() {
            return Ok(());
        }
        let sale = self.sold.swap_remove(self.chance.below(self.sold.len()));
        self.queue(Body::VoidSale(VoidSale { sale, reason: Note::new("")? }))
    }

    fn queue(&mut self, body: Body) -> Result<(), PhoneError> {
        let mutation = self.phone.queue(body.clone(), false)?;
        self.made.insert(mutation.key, body);
        Ok(())
    }

    /// Adds what this phone was told to what the others were.
    pub fn account(&self, into: &mut Account) {
        let applied = |key: &Key| self.told.get(key).is_some_and(|told| told.outcome == Verdict::APPLIED);
        let mut move_stock = |product, units| *into.moved.entry(product).or_default() += units;
        let sales: BTreeMap<SaleId, _> = (self.made.iter().filter(|(key, _)| applied(key)))
            .filter_map(|(_, body)| match body {
                Body::RecordSale(record) => Some((record.sale.id, &record.sale)),
                _ => None,
            })
            .collect();
        for (_, body) in self.made.iter().filter(|(key, _)| applied(key)) {
            match body {
                Body::RecordSale(record) => {
                    record.sale.lines.iter().for_each(|line| move_stock(line.product, -line.quantity.get()));
                }
                // Of a refused sale nothing comes back: the void settled the refusal.
                Body::VoidSale(void) => {
                    let lines = sales.get(&void.sale).into_iter().flat_map(|sale| &sale.lines);
                    lines.for_each(|line| move_stock(line.product, line.quantity.get()));
                }
                Body::ReceiveStock(receive) => {
                    receive.lines.iter().for_each(|line| move_stock(line.product, line.quantity.get()));
                }
                Body::AdjustStock(adjust) => move_stock(adjust.product, adjust.delta.get()),
                other => unreachable!("nobody does {}", other.kind()),
            }
        }
        let total = |sale: &Sale| sale.lines.iter().map(|line| line.quantity.get() * line.unit_price.get()).sum();
        into.sales.extend(sales.into_iter().map(|(id, sale)| (id, total(sale))));
        into.untold.extend(self.made.keys().filter(|key| !self.told.contains_key(key)));
        into.told.extend(self.told.iter().map(|(key, told)| (*key, told.outcome.clone())));
    }
}
