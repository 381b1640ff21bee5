use super::{
    Invalid,
    limits::{QUANTITY_MAX, STOCK_MAX_UNITS},
};
use serde::{Deserialize, Serialize};

/// How many units one line sells or receives: at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(i64);

impl Quantity {
    pub const ONE: Quantity = Quantity(1);

    pub fn new(units: i64) -> Result<Self, Invalid> {
        if (1..=QUANTITY_MAX).contains(&units) { Ok(Self(units)) } else { Err(Invalid::Quantity(units)) }
    }

    /// In units.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// Units in stock, or a threshold: never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Units(i64);

impl Units {
    pub const ZERO: Units = Units(0);

    pub fn new(units: i64) -> Result<Self, Invalid> {
        if (0..=STOCK_MAX_UNITS).contains(&units) { Ok(Self(units)) } else { Err(Invalid::Units(units)) }
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

/// A change of stock: never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Delta(i64);

impl Delta {
    pub fn new(units: i64) -> Result<Self, Invalid> {
        if units != 0 && units.unsigned_abs() <= STOCK_MAX_UNITS as u64 {
            Ok(Self(units))
        } else {
            Err(Invalid::Delta(units))
        }
    }

    /// In units; negative takes from the stock.
    pub fn get(self) -> i64 {
        self.0
    }
}

macro_rules! as_i64 {
    ($($name:ident),*) => {$(
        impl TryFrom<i64> for $name {
            type Error = Invalid;
            fn try_from(units: i64) -> Result<Self, Invalid> {
                Self::new(units)
            }
        }
        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.0
            }
        }
    )*};
}
as_i64!(Quantity, Units, Delta);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_less_are_no_quantity() {
        assert!(Quantity::new(0).is_err() && Quantity::new(-5).is_err());
        assert!(Delta::new(0).is_err() && Delta::new(i64::MIN).is_err());
        assert!(Units::new(-1).is_err());
        assert!(serde_json::from_str::<Quantity>("2.5").is_err());
    }
}
