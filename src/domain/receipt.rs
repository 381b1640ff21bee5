use super::{Invalid, limits::RECEIPT_MAX};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The number printed on a receipt, such as `A-000123`: the installation's prefix and its own count of receipts, so
/// that phones number offline without clashing. For people only; never a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptNumber {
    prefix: String,
    number: u64,
}

impl ReceiptNumber {
    pub fn new(prefix: &str, number: u64) -> Result<Self, Invalid> {
        let fits = (1..=3).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        if fits && (1..=RECEIPT_MAX).contains(&number) {
            Ok(Self { prefix: prefix.to_owned(), number })
        } else {
            Err(Invalid::Receipt(format!("{}-{number}", prefix.chars().take(8).collect::<String>())))
        }
    }

    /// The letters of the installation that printed it.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The count, if it is of the installation with this prefix.
    pub fn number_of(&self, prefix: &str) -> Option<u64> {
        (self.prefix == prefix).then_some(self.number)
    }
}

/// The prefix of a shop's n-th installation, from 0: A … Z, AA … ZZ, AAA … ZZZ (18 278 in all).
pub fn prefix(n: u32) -> Option<String> {
    let (mut n, mut letters) = (n, Vec::new());
    loop {
        letters.push(b'A' + (n % 26) as u8);
        n = match n / 26 {
            0 => break,
            more => more - 1,
        };
    }
    letters.reverse();
    (letters.len() <= 3).then(|| String::from_utf8(letters).ok()).flatten()
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{:06}", self.prefix, self.number)
    }
}

impl FromStr for ReceiptNumber {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::Receipt(text.chars().take(20).collect());
        let (prefix, number) = text.split_once('-').ok_or_else(invalid)?;
        let read = Self::new(prefix, number.parse().map_err(|_| invalid())?)?;
        // As it is printed, and no other way: a plus sign or missing zeros would come back as another text.
        if read.to_string() == text { Ok(read) } else { Err(invalid()) }
    }
}

impl TryFrom<String> for ReceiptNumber {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ReceiptNumber> for String {
    fn from(number: ReceiptNumber) -> String {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_and_parse() {
        let number: ReceiptNumber = "A-000123".parse().unwrap();
        assert_eq!(number.to_string(), "A-000123");
        for wrong in ["", "A", "a-1", "A-0", "ABCD-1", "A-x", "A-1000000000", "-5", "A-5", "A-+00005", "A-0000005"] {
            assert!(wrong.parse::<ReceiptNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn prefixes_never_repeat() {
        let names: Vec<_> = [0, 25, 26, 701, 702, 18_277].map(|n| prefix(n).unwrap()).into();
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "ZZZ"]);
        assert_eq!(prefix(18_278), None);
    }
}
