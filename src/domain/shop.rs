//! What a shop says of itself, and what its owner lets it do.

use super::{Invalid, Label, Money, Note, limits::BANKNOTES_MAX};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    pub name: Label,
    #[serde(default, skip_serializing_if = "Note::is_empty")]
    pub address: Note,
    #[serde(default, skip_serializing_if = "Note::is_empty")]
    pub phone: Note,
    /// The last line of a receipt.
    #[serde(default, skip_serializing_if = "Note::is_empty")]
    pub foot: Note,
    #[serde(default, skip_serializing_if = "Banknotes::are_default")]
    pub banknotes: Banknotes,
    #[serde(default, skip_serializing_if = "Rules::are_default")]
    pub rules: Rules,
}

impl Shop {
    /// A shop that says nothing else of itself.
    pub fn named(name: Label) -> Self {
        let [address, phone, foot] = Default::default();
        Self { name, address, phone, foot, banknotes: Banknotes::default(), rules: Rules::default() }
    }
}

/// What a seller taps where a customer pays with a few large notes: each once, the smallest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Money>", into = "Vec<Money>")]
pub struct Banknotes(Vec<Money>);

impl Banknotes {
    pub fn new(mut notes: Vec<Money>) -> Result<Self, Invalid> {
        notes.sort_unstable();
        notes.dedup();
        let worthless = notes.first().is_some_and(|least| *least == Money::ZERO);
        if worthless || !(1..=BANKNOTES_MAX).contains(&notes.len()) {
            return Err(Invalid::Count { what: "banknotes", count: notes.len(), min: 1, max: BANKNOTES_MAX });
        }
        Ok(Self(notes))
    }

    pub fn iter(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().copied()
    }

    fn are_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Banknotes {
    fn default() -> Self {
        Self([5_000, 10_000, 20_000].into_iter().filter_map(|gnf| Money::new(gnf).ok()).collect())
    }
}

impl TryFrom<Vec<Money>> for Banknotes {
    type Error = Invalid;
    fn try_from(notes: Vec<Money>) -> Result<Self, Invalid> {
        Self::new(notes)
    }
}

impl From<Banknotes> for Vec<Money> {
    fn from(notes: Banknotes) -> Self {
        notes.0
    }
}

/// What an owner lets the shop do. A field that is absent, as an earlier version leaves it, is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// How long a seller waits for the server's word before a receipt says "en attente" (G16).
    pub answer_wait: AnswerWait,
    pub beyond_stock: BeyondStock,
    pub stock_check: StockCheck,
    /// A sale that was refused for want of stock is tried again as soon as there is enough.
    pub retry_automatically: bool,
    /// Employees settle the refused sales of others too, and may keep them whole.
    pub employees_decide: bool,
    /// Employees count and adjust the stock.
    pub employees_count: bool,
}

impl Rules {
    /// Whether an employee may say what the count was short of, with a refused sale that is kept.
    pub fn lets_employees_correct(&self) -> bool {
        self.employees_decide || self.employees_count
    }

    pub fn are_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Seconds; 0 is not to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct AnswerWait(u16);

impl AnswerWait {
    pub const MAX_S: u16 = 60;

    pub fn new(seconds: u16) -> Result<Self, Invalid> {
        if seconds > Self::MAX_S {
            let (count, max) = (usize::from(seconds), usize::from(Self::MAX_S));
            return Err(Invalid::Count { what: "seconds", count, min: 0, max });
        }
        Ok(Self(seconds))
    }

    pub fn ms(self) -> i64 {
        i64::from(self.0) * 1_000
    }
}

impl Default for AnswerWait {
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<u16> for AnswerWait {
    type Error = Invalid;
    fn try_from(seconds: u16) -> Result<Self, Invalid> {
        Self::new(seconds)
    }
}

impl From<AnswerWait> for u16 {
    fn from(wait: AnswerWait) -> u16 {
        wait.0
    }
}

/// A sale of more than the phone knows to be there, where the server cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BeyondStock {
    /// The seller, who sees the shelf, is asked; the server may refuse it later.
    #[default]
    Ask,
    Never,
}

/// What the server does with a sale beyond the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockCheck {
    /// It refuses it.
    #[default]
    Enforce,
    /// It keeps it, and books what was missing as found, for somebody to count. The stock never goes below zero.
    Warn,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_version_s_rules_read_and_a_wait_has_a_limit() {
        let read = |text: &str| serde_json::from_str::<Rules>(text);
        assert_eq!(read("{}").unwrap(), Rules::default());
        let rules = read(r#"{"stock_check":"warn","answer_wait":0,"of_tomorrow":1}"#).unwrap();
        assert_eq!((rules.stock_check, rules.answer_wait.ms()), (StockCheck::Warn, 0));
        assert!(read(r#"{"answer_wait":61}"#).is_err());
        assert!(AnswerWait::new(AnswerWait::MAX_S).is_ok());
    }

    #[test]
    fn banknotes_are_a_few_amounts_each_once() {
        let read =
            |text: &str| serde_json::from_str::<Banknotes>(text).map(|notes| serde_json::to_string(&notes).unwrap());
        assert_eq!(read("[20000,500,20000,1000]").unwrap(), "[500,1000,20000]");
        assert_eq!(Banknotes::default().iter().map(Money::get).collect::<Vec<_>>(), [5_000, 10_000, 20_000]);
        for wrong in ["[]", "[0,500]", "[-500]", "[500.5]", "[1,2,3,4,5,6,7]", "[1000000000001]", "500"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_shop_that_says_nothing_of_itself_is_its_name() {
        let shop: Shop = serde_json::from_str(r#"{"name":"Boutique"}"#).unwrap();
        assert_eq!(serde_json::to_string(&shop).unwrap(), r#"{"name":"Boutique"}"#);
    }
}
