use super::{
    Invalid, Label, Money, Name, ProductId, Quantity, ReceiptNumber, Reference, SaleId, credit,
    limits::{LINES_MAX, TENDERS_MAX},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A sale as the seller made it: names and prices are those the customer saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    pub id: SaleId,
    /// Printed for people; never a key.
    pub receipt: ReceiptNumber,
    pub lines: Vec<SaleLine>,
    pub tenders: Vec<Tender>,
    /// Made without network, of more than its phone knew to be in stock: the seller was told, and said the goods were
    /// there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_stock: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    pub product: ProductId,
    pub name: Name,
    pub quantity: Quantity,
    pub unit_price: Money,
}

impl SaleLine {
    pub fn total(&self) -> Result<Money, Invalid> {
        self.unit_price.times(self.quantity)
    }
}

/// How a sale was paid. One sale may have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tender {
    /// `given` is what the customer handed over; the change is `given - amount`.
    Cash {
        amount: Money,
        given: Money,
    },
    OrangeMoney {
        amount: Money,
        reference: Reference,
    },
    /// The customer owes it.
    Credit {
        amount: Money,
        customer: Label,
    },
}

impl Tender {
    pub fn amount(&self) -> Money {
        match self {
            Tender::Cash { amount, .. } | Tender::OrangeMoney { amount, .. } | Tender::Credit { amount, .. } => *amount,
        }
    }

    pub fn validate(&self) -> Result<(), Invalid> {
        match self {
            Tender::Cash { amount, given } if given < amount => {
                Err(Invalid::GivenTooLittle { given: given.get(), amount: amount.get() })
            }
            Tender::Credit { customer, .. } => credit::account(customer).map(drop),
            Tender::Cash { .. } | Tender::OrangeMoney { .. } => Ok(()),
        }
    }
}

impl Sale {
    pub fn total(&self) -> Result<Money, Invalid> {
        self.lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.total()?))
    }

    /// Cash to hand back to the customer.
    pub fn change_due(&self) -> Money {
        let back = self.tenders.iter().filter_map(|tender| match tender {
            Tender::Cash { amount, given } => given.minus(*amount),
            Tender::OrangeMoney { .. } | Tender::Credit { .. } => None,
        });
        Money::sum(back).unwrap_or(Money::ZERO)
    }

    /// What somebody owes for it, and who.
    pub fn credit(&self) -> Option<(&Label, Money)> {
        self.tenders.iter().find_map(|tender| match tender {
            Tender::Credit { amount, customer } => Some((customer, *amount)),
            Tender::Cash { .. } | Tender::OrangeMoney { .. } => None,
        })
    }

    /// What was paid when it was made.
    pub fn paid(&self) -> Money {
        let owed = self.credit().map_or(Money::ZERO, |(_, amount)| amount);
        self.total().ok().and_then(|total| total.minus(owed)).unwrap_or(Money::ZERO)
    }

    /// Units taken from each product: one figure a product, however many lines name it.
    pub fn units_by_product(&self) -> BTreeMap<ProductId, i64> {
        let mut units = BTreeMap::new();
        for line in &self.lines {
            *units.entry(line.product).or_insert(0) += line.quantity.get();
        }
        units
    }

    pub fn validate(&self) -> Result<(), Invalid> {
        let counts = [("lines", self.lines.len(), LINES_MAX), ("tenders", self.tenders.len(), TENDERS_MAX)];
        for (what, count, max) in counts {
            if !(1..=max).contains(&count) {
                return Err(Invalid::Count { what, count, min: 1, max });
            }
        }
        let total = self.total()?;
        let tendered = Money::sum(self.tenders.iter().map(Tender::amount))?;
        if tendered != total {
            return Err(Invalid::TendersDiffer { tendered: tendered.get(), total: total.get() });
        }
        let credits = self.tenders.iter().filter(|tender| matches!(tender, Tender::Credit { .. })).count();
        if credits > 1 {
            return Err(Invalid::Count { what: "customers who owe", count: credits, min: 0, max: 1 });
        }
        self.tenders.iter().try_for_each(Tender::validate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn sale(prices: &[(i64, i64)], tenders: Vec<Tender>) -> Sale {
        let lines = prices.iter().map(|&(quantity, price)| SaleLine {
            product: ProductId(Uuid::from_u128(7)),
            name: Name::new("Riz").unwrap(),
            quantity: Quantity::new(quantity).unwrap(),
            unit_price: Money::new(price).unwrap(),
        });
        Sale {
            id: SaleId(Uuid::from_u128(1)),
            receipt: "A-000001".parse().unwrap(),
            lines: lines.collect(),
            tenders,
            beyond_stock: false,
        }
    }

    fn cash(amount: i64, given: i64) -> Tender {
        Tender::Cash { amount: Money::new(amount).unwrap(), given: Money::new(given).unwrap() }
    }

    #[test]
    fn tenders_must_pay_exactly_what_the_lines_cost() {
        assert_eq!(sale(&[(2, 500), (1, 250)], vec![cash(1250, 2000)]).validate(), Ok(()));
        assert!(sale(&[(2, 500)], vec![cash(999, 999)]).validate().is_err());
        assert!(sale(&[(2, 500)], vec![cash(1000, 900)]).validate().is_err());
        assert!(sale(&[], vec![cash(0, 0)]).validate().is_err());
        assert!(sale(&[(1, 0)], vec![]).validate().is_err());
        assert!(sale(&vec![(1, 1); 201], vec![cash(201, 201)]).validate().is_err());
    }

    #[test]
    fn a_sale_is_owed_by_one_customer_with_a_name() {
        let credit = |amount, name: &str| Tender::Credit {
            amount: Money::new(amount).unwrap(),
            customer: Label::new(name).unwrap(),
        };
        let owed = sale(&[(1, 7_500)], vec![cash(2_500, 2_500), credit(5_000, "Awa")]);
        assert_eq!((owed.validate(), owed.credit().map(|(_, amount)| amount.get())), (Ok(()), Some(5_000)));
        assert_eq!((owed.change_due(), owed.paid().get()), (Money::ZERO, 2_500));
        assert!(sale(&[(1, 7_500)], vec![credit(2_500, "Awa"), credit(5_000, "Binta")]).validate().is_err());
        assert!(sale(&[(1, 7_500)], vec![credit(7_500, "--")]).validate().is_err());
    }

    #[test]
    fn change_is_what_was_given_beyond_the_amount() {
        assert_eq!(sale(&[(1, 7_500)], vec![cash(7_500, 10_000)]).change_due().get(), 2_500);
    }

    #[test]
    fn two_lines_of_one_product_take_one_figure() {
        let units = sale(&[(2, 500), (3, 400)], vec![cash(2200, 2200)]).units_by_product();
        assert_eq!(units.into_values().collect::<Vec<_>>(), [5]);
    }
}
