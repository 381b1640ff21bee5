//! From what the seller typed to the sale's tenders.

use crate::{
    domain::{Label, Money, Reference, Tender, cart::exact_cash, credit},
    ui::format::{money, parse_amount},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Means {
    #[default]
    Cash,
    OrangeMoney,
    Credit,
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
    /// Who owes what is not paid.
    pub customer: String,
    /// What they pay now, in cash; empty for nothing.
    pub now: String,
}

/// Why it cannot be paid like that yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Money(Money),
    NoAmount,
    TooMuch,
    Reference,
    Customer,
    /// All of it is paid.
    Nothing,
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
            Means::Credit => {
                let now = match self.now.trim() {
                    "" => Money::ZERO,
                    now => parse_amount(now).ok_or(Missing::NoAmount)?,
                };
                let amount = self.total.minus(now).ok_or(Missing::TooMuch)?;
                let customer = Label::clean(&self.customer).map_err(|_| Missing::Customer)?;
                credit::account(&customer).map_err(|_| Missing::Customer)?;
                if amount == Money::ZERO {
                    return Err(Missing::Nothing);
                }
                let owed = Tender::Credit { amount, customer };
                let paid = (now > Money::ZERO).then_some(Tender::Cash { amount: now, given: now });
                Ok(paid.into_iter().chain([owed]).collect())
            }
        }
    }

    /// What is owed of it.
    pub fn owed(&self) -> Option<Money> {
        self.tenders().ok()?.iter().find_map(|tender| match tender {
            Tender::Credit { amount, .. } => Some(*amount),
            Tender::Cash { .. } | Tender::OrangeMoney { .. } => None,
        })
    }

    /// How it is shown, and what it says.
    pub fn outcome(&self) -> (&'static str, String) {
        const SHORT: &str = "change change--short";
        match (self.tenders(), self.means) {
            (Err(Missing::Money(short)), _) => (SHORT, t!("Il manque {short}", short = money(short))),
            (Err(Missing::NoAmount), _) => (SHORT, t!("Un montant entier, par exemple 15.000").into()),
            (Err(Missing::TooMuch), _) => (SHORT, t!("C’est plus que le prix.").into()),
            (Err(Missing::Reference), _) => ("change change--none", t!("La référence manque encore.").into()),
            (Err(Missing::Customer), _) => ("change change--none", t!("Le nom du client manque encore.").into()),
            (Err(Missing::Nothing), _) => (SHORT, t!("Rien ne reste dû : encaissez en espèces.").into()),
            (Ok(_), Means::Cash) if self.given.trim().is_empty() => {
                ("change change--none", t!("Sans montant : le compte est exact.").into())
            }
            (Ok(tenders), Means::Cash) => {
                let back = tenders.iter().find_map(|tender| match tender {
                    Tender::Cash { amount, given } => given.minus(*amount),
                    Tender::OrangeMoney { .. } | Tender::Credit { .. } => None,
                });
                ("change", t!("À rendre : {change}", change = money(back.unwrap_or(Money::ZERO))))
            }
            (Ok(tenders), Means::OrangeMoney) => match tenders.get(1) {
                Some(rest) => ("change", t!("Reste en espèces : {rest}", rest = money(rest.amount()))),
                None => ("change", t!("Orange Money : {total}", total = money(self.total))),
            },
            (Ok(_), Means::Credit) => {
                ("change", t!("Reste dû : {owed}", owed = money(self.owed().unwrap_or(Money::ZERO))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(means: Means, typed: [&str; 3]) -> Payment {
        let [given, part, reference] = typed.map(str::to_owned);
        let (customer, now) = (String::new(), String::new());
        Payment { total: Money::new(75_000).unwrap(), means, given, part, reference, customer, now }
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
    fn credit_needs_a_name_and_is_for_what_is_not_paid_now() {
        let of = |customer: &str, now: &str| Payment {
            customer: customer.into(),
            now: now.into(),
            ..payment(Means::Credit, ["", "", ""])
        };
        assert_eq!(amounts(&of(" ", "")), Err(Missing::Customer));
        assert_eq!(amounts(&of("--", "")), Err(Missing::Customer));
        assert_eq!(amounts(&of("Awa", "")), Ok(vec![75_000]));
        let part = of("Awa", "25 000");
        assert_eq!((amounts(&part), part.owed().map(Money::get)), (Ok(vec![25_000, 50_000]), Some(50_000)));
        assert_eq!(part.outcome().1, "Reste dû : 50\u{202f}000\u{202f}GNF");
        assert_eq!(amounts(&of("Awa", "0")), Ok(vec![75_000]));
        assert_eq!(amounts(&of("Awa", "75000")), Err(Missing::Nothing));
        assert_eq!(amounts(&of("Awa", "80000")), Err(Missing::TooMuch));
        assert_eq!(amounts(&of("Awa", "un peu")), Err(Missing::NoAmount));
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
