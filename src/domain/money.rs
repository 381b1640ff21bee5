use super::{Invalid, limits::MONEY_MAX_GNF, quantity::Quantity};
use serde::{Deserialize, Serialize};

/// An amount in whole Guinean francs, never negative, bounded so that sums of a day cannot overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Money(i64);

impl Money {
    pub const ZERO: Money = Money(0);

    pub fn new(gnf: i64) -> Result<Self, Invalid> {
        if (0..=MONEY_MAX_GNF).contains(&gnf) { Ok(Self(gnf)) } else { Err(Invalid::Money(gnf)) }
    }

    /// The amount in GNF.
    pub fn get(self) -> i64 {
        self.0
    }

    pub fn plus(self, other: Money) -> Result<Money, Invalid> {
        Self::new(self.0 + other.0) // both are at most 10^12: no overflow
    }

    /// What is left of this amount, or nothing if `other` is larger.
    pub fn minus(self, other: Money) -> Option<Money> {
        Self::new(self.0 - other.0).ok()
    }

    pub fn times(self, quantity: Quantity) -> Result<Money, Invalid> {
        // 10^12 × 10^6 fits into i64 (9.2 × 10^18).
        Self::new(self.0 * quantity.get())
    }

    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, Invalid> {
        amounts.into_iter().try_fold(Money::ZERO, Money::plus)
    }
}

impl TryFrom<i64> for Money {
    type Error = Invalid;
    fn try_from(gnf: i64) -> Result<Self, Invalid> {
        Self::new(gnf)
    }
}

impl From<Money> for i64 {
    fn from(money: Money) -> i64 {
        money.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_amounts_are_no_money() {
        for gnf in [-1, i64::MIN, i64::MAX, MONEY_MAX_GNF + 1] {
            assert_eq!(Money::new(gnf), Err(Invalid::Money(gnf)));
        }
        assert!(serde_json::from_str::<Money>("1.5").is_err());
        assert!(serde_json::from_str::<Money>("1e30").is_err());
    }

    #[test]
    fn the_largest_line_is_refused_not_wrapped() {
        let (most, many) = (Money::new(MONEY_MAX_GNF).unwrap(), Quantity::new(1_000_000).unwrap());
        assert!(most.times(many).is_err());
        assert!(most.plus(most).is_err());
    }
}
