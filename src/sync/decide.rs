//! What a person can make of a sale that was refused after the customer left (G17): keep it whole, keep a part of it, try
//! it again, or cancel it.

use super::{Refusal, mutation::ReceivedLine};
use crate::domain::{Money, ProductId, Quantity, Sale, Tender};

/// One way to settle a refused sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The goods left: the count is corrected, and the sale stands.
    Keep,
    /// What was in stock stays sold; the rest is paid back.
    KeepPart,
    /// The stock has come back.
    Retry,
    /// Nothing was sold; the money goes back.
    Cancel,
}

/// What the count must have been short of for all of the sale to leave the shop: of each product, the units that are
/// missing now, or were missing when it was refused, whichever is more. A delivery since then changes nothing about what
/// was there before it.
pub fn corrections(sale: &Sale, refusal: &Refusal, stock: impl Fn(ProductId) -> i64) -> Vec<ReceivedLine> {
    let shortages = match refusal {
        Refusal::InsufficientStock { lines } => lines.as_slice(),
        _ => &[],
    };
    let short = |(product, sold): (ProductId, i64)| {
        let refused = shortages.iter().find(|line| line.product == product);
        let available = refused.map_or(sold, |line| line.available).min(stock(product)).max(0);
        let quantity = Quantity::new(sold - available).ok()?;
        Some(ReceivedLine { product, quantity })
    };
    sale.units_by_product().into_iter().filter_map(short).collect()
}

/// What of the sale the stock allows, as the same sale: its last lines give way first. `None` where that is all of it, or
/// nothing.
pub fn part(sale: &Sale, stock: impl Fn(ProductId) -> i64) -> Option<Sale> {
    let mut left = sale.units_by_product();
    for (product, units) in &mut left {
        *units = stock(*product).max(0).min(*units);
    }
    if left == sale.units_by_product() {
        return None;
    }
    let mut lines = sale.lines.clone();
    lines.retain_mut(|line| {
        let left = left.entry(line.product).or_insert(0);
        let units = line.quantity.get().min(*left);
        *left -= units;
        Quantity::new(units).map(|quantity| line.quantity = quantity).is_ok()
    });
    let mut part = Sale { lines, ..sale.clone() };
    part.tenders = paid(&sale.tenders, part.total().ok()?);
    part.validate().ok().map(|()| part)
}

/// Of the same tenders so much: first less is owed, then cash is paid back.
fn paid(tenders: &[Tender], total: Money) -> Vec<Tender> {
    let (mut paid, mut left) = (Vec::new(), total);
    for tender in tenders {
        if let Tender::OrangeMoney { amount, reference } = tender {
            let amount = (*amount).min(left);
            left = left.minus(amount).unwrap_or(Money::ZERO);
            if amount > Money::ZERO {
                paid.push(Tender::OrangeMoney { amount, reference: reference.clone() });
            }
        }
    }
    let customer = tenders.iter().find_map(|tender| match tender {
        Tender::Credit { customer, .. } => Some(customer.clone()),
        Tender::Cash { .. } | Tender::OrangeMoney { .. } => None,
    });
    let cash = tenders.iter().filter(|tender| matches!(tender, Tender::Cash { .. })).map(Tender::amount);
    let cash = if customer.is_some() { Money::sum(cash).unwrap_or(left).min(left) } else { left };
    let owed = left.minus(cash).unwrap_or(Money::ZERO);
    if cash > Money::ZERO || paid.is_empty() && owed == Money::ZERO {
        paid.push(Tender::Cash { amount: cash, given: cash });
    }
    if let Some(customer) = customer.filter(|_| owed > Money::ZERO) {
        paid.push(Tender::Credit { amount: owed, customer });
    }
    paid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Name, Reference, SaleLine, Shortage};
    use crate::sync::engine::samples::{product, sale_id};

    fn sale(lines: &[(u64, i64)], tenders: Vec<Tender>) -> Sale {
        let line = |(of, units): &(u64, i64)| SaleLine {
            product: product(*of),
            name: Name::new("Riz").unwrap(),
            quantity: Quantity::new(*units).unwrap(),
            unit_price: gnf(1_000),
        };
        let lines = lines.iter().map(line).collect();
        Sale { id: sale_id(1), receipt: "A-000001".parse().unwrap(), lines, tenders, beyond_stock: false }
    }

    fn gnf(amount: i64) -> Money {
        Money::new(amount).unwrap()
    }

    fn cash(amount: i64) -> Tender {
        Tender::Cash { amount: gnf(amount), given: gnf(amount) }
    }

    fn orange(amount: i64) -> Tender {
        Tender::OrangeMoney { amount: gnf(amount), reference: Reference::new("PP1").unwrap() }
    }

    fn refused(of: u64, available: i64, asked: i64) -> Refusal {
        let line = Shortage { product: product(of), name: "Riz".into(), available, asked, taken: Vec::new() };
        Refusal::InsufficientStock { lines: vec![line] }
    }

    fn units(lines: &[ReceivedLine]) -> Vec<(ProductId, i64)> {
        lines.iter().map(|line| (line.product, line.quantity.get())).collect()
    }

    #[test]
    fn the_count_was_short_of_what_is_missing_now_or_was_then() {
        let sale = sale(&[(1, 5), (2, 1)], vec![cash(6_000)]);
        let refusal = refused(1, 3, 5);
        let with = |rice: i64, soap: i64| {
            units(&corrections(&sale, &refusal, |id| if id == product(1) { rice } else { soap }))
        };
        assert_eq!(with(3, 9), [(product(1), 2)]);
        assert_eq!(with(0, 9), [(product(1), 5)], "the others sold the three");
        assert_eq!(with(13, 9), [(product(1), 2)], "a delivery came: the two were missing before it");
        assert_eq!(with(3, 0), [(product(1), 2), (product(2), 1)]);
    }

    #[test]
    fn a_part_is_what_the_stock_allows_and_cash_is_paid_back_first() {
        let whole = sale(&[(1, 2), (2, 1), (1, 3)], vec![orange(2_000), cash(4_000)]);
        let part_of = |rice: i64| part(&whole, |id| if id == product(1) { rice } else { 9 });
        let kept = part_of(3).unwrap();
        let lines: Vec<_> = kept.lines.iter().map(|line| line.quantity.get()).collect();
        assert_eq!((lines, kept.tenders), (vec![2, 1, 1], vec![orange(2_000), cash(2_000)]));
        assert_eq!(part_of(0).unwrap().tenders, [orange(1_000)]);
        assert_eq!(part_of(5), None, "all of it");
        assert_eq!(part(&whole, |_| 0), None, "nothing");
        assert_eq!(part(&sale(&[(1, 1)], vec![cash(1_000)]), |_| -4), None);
    }
}
