//! What came of a replay, and whether it adds up.

use super::{
    phone::{Phone, PhoneError},
    seller::Seller,
    shelf::Shelf,
    till::{self, Ticket},
};
use crate::{
    domain::{InstallationId, ProductId},
    server::check::LedgerEntry,
    sync::Verdict,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

/// Sales and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub sales: usize,
    pub gnf: i64,
}

impl Sum {
    fn add(&mut self, gnf: i64) {
        self.sales += 1;
        self.gnf += gnf;
    }
}

#[derive(Debug, Default)]
pub struct Report {
    pub tickets: Sum,
    pub made: usize,
    pub applied: Sum,
    pub refused: Sum,
    /// Refused while the customer waited: the cart went back.
    pub rolled_back: usize,
    /// Refused later: a person decides.
    pub parked: usize,
    /// Changes some phone still holds.
    pub waiting: usize,
    pub offline_sales: usize,
    /// Answers lost on purpose and asked for again.
    pub unheard: usize,
    pub took: Duration,
    /// What does not add up, in words.
    pub faults: Vec<String>,
}

impl Report {
    pub(super) fn of(
        tickets: &[Ticket],
        shelf: &Shelf,
        sellers: &[Seller],
        took: Duration,
    ) -> Result<Self, PhoneError> {
        // The file's own figures: line by line, never through a cart.
        let gnf = till::demand(tickets).iter().map(|(item, count)| shelf.price(item) * count).sum();
        let mut report = Self { tickets: Sum { sales: tickets.len(), gnf }, took, ..Self::default() };
        let mut installations = BTreeSet::new();
        for seller in sellers {
            let device = seller.phone.device()?;
            installations.extend(device.meta.installation.map(|own| own.id));
            report.waiting += device.outbox.len();
            report.parked += seller.phone.parked()?.len();
            report.made += seller.sales.len();
            report.rolled_back += seller.rolled_back;
            report.offline_sales += seller.offline_sales;
            report.unheard += seller.unheard;
            for heard in seller.sales.iter().filter_map(|key| seller.phone.heard(*key)) {
                report.book(heard);
            }
        }
        report.compare_with_the_file();
        for (number, seller) in sellers.iter().enumerate() {
            report.compare_with_the_phone(number, &seller.phone, &installations, shelf)?;
        }
        Ok(report)
    }

    fn book(&mut self, heard: &LedgerEntry) {
        let gnf = heard.total.unwrap_or_default();
        match heard.outcome.as_str() {
            Verdict::APPLIED => self.applied.add(gnf),
            Verdict::REFUSED => self.refused.add(gnf),
            _ => {} // missing in the sum, so a fault
        }
    }

    fn compare_with_the_file(&mut self) {
        let judged = Sum { sales: self.applied.sales + self.refused.sales, gnf: self.applied.gnf + self.refused.gnf };
        let (tickets, made, waiting) = (self.tickets, self.made, self.waiting);
        self.fault(made != tickets.sales, || format!("the file has {} sales, {made} were made", tickets.sales));
        self.fault(made != judged.sales, || format!("{made} sales were made, {} were judged", judged.sales));
        self.fault(judged.gnf != tickets.gnf, || {
            format!("the file's lines cost {} GNF, the judged sales {} GNF", tickets.gnf, judged.gnf)
        });
        self.fault(waiting != 0, || format!("{waiting} changes still wait"));
        let left = (self.refused.sales, self.rolled_back + self.parked);
        self.fault(left.0 != left.1, || format!("{} sales were refused, {} rolled back or parked", left.0, left.1));
    }

    /// What this phone would show: the sales the server sent it, and the stock they left.
    fn compare_with_the_phone(
        &mut self,
        number: usize,
        phone: &Phone,
        installations: &BTreeSet<InstallationId>,
        shelf: &Shelf,
    ) -> Result<(), PhoneError> {
        let (mut shown, mut sold) = (Sum::default(), BTreeMap::<ProductId, i64>::new());
        for row in phone.sales()?.iter().filter(|row| installations.contains(&row.installation)) {
            shown.add(row.sale.total()?.get());
            for (product, units) in row.sale.units_by_product() {
                *sold.entry(product).or_default() += units;
            }
        }
        let applied = self.applied;
        self.fault(shown != applied, || format!("phone {number} shows {shown:?}, applied are {applied:?}"));
        let stock = phone.goods()?.stock;
        for (product, units) in shelf.units() {
            let stands = stock.get(&product).copied().unwrap_or_default();
            let left = units - sold.get(&product).copied().unwrap_or_default();
            self.fault(stands != left || stands < 0, || {
                format!("phone {number} shows {stands} of product {product}, the sales leave {left}")
            });
        }
        Ok(())
    }

    fn fault(&mut self, is_one: bool, what: impl FnOnce() -> String) {
        if is_one {
            self.faults.push(what());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |out: &mut fmt::Formatter<'_>, what: &str, sum: Sum| {
            writeln!(out, "{what:<9}{:>7} sales {:>15} GNF", sum.sales, sum.gnf)
        };
        line(out, "in file", self.tickets)?;
        writeln!(out, "{:<9}{:>7} sales, {} of them without network", "made", self.made, self.offline_sales)?;
        line(out, "applied", self.applied)?;
        line(out, "refused", self.refused)?;
        writeln!(out, "{:<9}{:>7} rolled back, {} parked", "", self.rolled_back, self.parked)?;
        writeln!(out, "{:<9}{:>7}", "waiting", self.waiting)?;
        write!(out, "{:.1} s; {} answers were lost on purpose", self.took.as_secs_f64(), self.unheard)
    }
}
