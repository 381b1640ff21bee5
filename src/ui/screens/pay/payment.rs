//! From what the seller typed to the sale's tenders.

use crate::{
    domain::{Money, Reference, Tender, cart::exact_cash},
    ui::format::{money, parse_amount},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Means {
    #[default]
    Cash,
    OrangeMoney,
}

#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub total: Money,
    pub means: Means,
    /// Cash handed over; empty for the exact amount.
    pub given: String,
    /// What Orange Money pays; empty for all of it. The rest is cash.
    pub part: String,
    pub reference: String,
}

/// Why it cannot be paid like that yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Money(Money),
    NoAmount,
    TooMuch,
    Reference,
}

impl Payment {
    pub fn tenders(&self) -> Result<Vec<Tender>, Missing> {
        match self.means {
            Means::Cash if self.given.trim().is_empty() => Ok(exact_cash(self.total)),
            Means::Cash => {
                let given = parse_amount(&self.given).ok_or(Missing::NoAmount)?;
                match self.total.minus(given) {
                    Some(short) if short > Money::ZERO => Err(Missing::Money(short)),
                    _ => Ok(vec![Tender::Cash { amount: self.total, given }]),
                }
            }
            Means::OrangeMoney => {
                let amount = match self.part.trim() {
                    "" => self.total,
                    part => parse_amount(part).filter(|part| *part > Money::ZERO).ok_or(Missing::NoAmount)?,
                };
                let rest = self.total.minus(amount).ok_or(Missing::TooMuch)?;
                let reference = Reference::clean(&self.reference).map_err(|_| Missing::Reference)?;
                let mut tenders = vec![Tender::OrangeMoney { amount, reference }];
                if rest > Money::ZERO {
                    tenders.push(Tender::Cash { amount: rest, given: rest });
                }
                Ok(tenders)
            }
        }
    }

    /// How it is shown, and what it says.
    pub fn outcome(&self) -> (&'static str, String) {
        const SHORT: &str = "change change--short";
        match (self.tenders(), self.means) {
            (Err(Missing::Money(short)), _) => (SHORT, t!("Il manque {short}", short = money(short))),
            (Err(Missing::NoAmount), _) => (SHORT, t!("Un montant entier, par exemple 15.000").into()),
            (Err(Missing::TooMuch), _) => (SHORT, t!("C’est plus que le prix.").into()),
            (Err(Missing::Reference), _) => ("change change--none", t!("La référence manque encore.").into()),
            (Ok(_), Means::Cash) if self.given.trim().is_empty() => {
                ("change change--none", t!("Sans montant : le compte est exact.").into())
            }
            (Ok(tenders), Means::Cash) => {
                let back = tenders.iter().find_map(|tender| match tender {
                    Tender::Cash { amount, given } => given.minus(*amount),
                    Tender::OrangeMoney { .. } => None,
                });
                ("change", t!("À rendre : {change}", change = money(back.unwrap_or(Money::ZERO))))
            }
            (Ok(tenders), Means::OrangeMoney) => match tenders.get(1) {
                Some(rest) => ("change", t!("Reste en espèces : {rest}", rest = money(rest.amount()))),
                None => ("change", t!("Orange Money : {total}", total = money(self.total))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(means: Means, typed: [&str; 3]) -> Payment {
        let [given, part, reference] = typed.map(str::to_owned);
        Payment { total: Money::new(75_000).unwrap(), means, given, part, reference }
    }

    fn amounts(payment: &Payment) -> Result<Vec<i64>, Missing> {
        payment.tenders().map(|tenders| tenders.iter().map(|tender| tender.amount().get()).collect())
    }

    #[test]
    fn cash_is_exact_or_gives_change() {
        assert_eq!(amounts(&payment(Means::Cash, ["", "", ""])), Ok(vec![75_000]));
        let change = payment(Means::Cash, ["80 000", "", ""]);
        assert_eq!(change.outcome().1, "À rendre : 5\u{202f}000\u{202f}GNF");
        let short = payment(Means::Cash, ["70000", "", ""]);
        assert_eq!(amounts(&short), Err(Missing::Money(Money::new(5_000).unwrap())));
        assert_eq!(amounts(&payment(Means::Cash, ["beaucoup", "", ""])), Err(Missing::NoAmount));
    }

    #[test]
    fn orange_money_needs_its_reference_and_may_pay_a_part() {
        assert_eq!(amounts(&payment(Means::OrangeMoney, ["", "", ""])), Err(Missing::Reference));
        assert_eq!(amounts(&payment(Means::OrangeMoney, ["", "", "PP1"])), Ok(vec![75_000]));
        let part = payment(Means::OrangeMoney, ["", "50 000", "PP1"]);
        assert_eq!(amounts(&part), Ok(vec![50_000, 25_000]));
        assert_eq!(part.outcome().1, "Reste en espèces : 25\u{202f}000\u{202f}GNF");
        assert_eq!(amounts(&payment(Means::OrangeMoney, ["", "80000", "PP1"])), Err(Missing::TooMuch));
        assert_eq!(amounts(&payment(Means::OrangeMoney, ["", "0", "PP1"])), Err(Missing::NoAmount));
    }
}
