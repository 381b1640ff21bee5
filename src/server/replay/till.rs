//! A till's own record: a CSV file with the columns `Date`, `Time`, `Transaction` and `Item`, one line for each thing
//! sold; lines of one date and transaction are one sale.

use crate::domain::{Invalid, Name, text::fold};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io::Read,
};

/// Lines of a file.
pub const LINES_MAX: usize = 1_000_000;
/// What the till could not name was paid for all the same: it is sold as a product of this name.
const UNNAMED: (&str, &str) = ("NONE", "Article sans nom");

#[derive(Debug, thiserror::Error)]
pub enum TillError {
    #[error("{0}")]
    Csv(#[from] csv::Error),
    #[error("line {line}: {invalid}")]
    Item { line: usize, invalid: Invalid },
    #[error("the file has more than {LINES_MAX} lines")]
    TooLong,
    #[error("the file holds no sale")]
    Empty,
}

/// What one customer bought: one name for each thing, as often as it was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub items: Vec<Name>,
}

/// How much of a file is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent {
    /// The first so many sales.
    pub sales: Option<usize>,
    /// The sales of the first so many days that sold anything.
    pub days: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Line {
    date: String,
    transaction: String,
    item: String,
}

/// The sales in the order in which they began.
pub fn read(file: impl Read, extent: Extent) -> Result<Vec<Ticket>, TillError> {
    let mut tickets: Vec<Ticket> = Vec::new();
    let (mut by_number, mut days, mut names) = (HashMap::new(), HashSet::new(), HashMap::new());
    for (number, line) in csv::Reader::from_reader(file).deserialize::<Line>().enumerate() {
        if number >= LINES_MAX {
            return Err(TillError::TooLong);
        }
        let Line { date, transaction, item } = line?;
        let key = (date, transaction);
        let index = match by_number.get(&key) {
            Some(index) => *index,
            None => {
                days.insert(key.0.clone());
                if extent.days.is_some_and(|most| days.len() > most) {
                    break;
                }
                if extent.sales.is_some_and(|most| tickets.len() >= most) {
                    continue; // a later line may still belong to a sale that is read
                }
                by_number.insert(key, tickets.len());
                tickets.push(Ticket { items: Vec::new() });
                tickets.len() - 1
            }
        };
        let text = if item.trim() == UNNAMED.0 { UNNAMED.1 } else { &item };
        let name = Name::clean(text).map_err(|invalid| TillError::Item { line: number + 2, invalid })?;
        // One name for what differs by case and accents only: the shop takes it for one product.
        let name = names.entry(fold(name.as_str())).or_insert(name).clone();
        tickets[index].items.push(name);
    }
    if tickets.is_empty() { Err(TillError::Empty) } else { Ok(tickets) }
}

/// How many of each item all tickets ask for, counted line by line.
pub fn demand(tickets: &[Ticket]) -> BTreeMap<Name, i64> {
    let mut demand = BTreeMap::new();
    for item in tickets.iter().flat_map(|ticket| &ticket.items) {
        *demand.entry(item.clone()).or_insert(0) += 1;
    }
    demand
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "Date,Time,Transaction,Item\n\
        2016-10-30,09:58:11,1,Bread\n\
        2016-10-30,10:05:34,2,Café\n\
        2016-10-30,10:05:34,2,cafe\n\
        2016-10-30,10:05:34,1,NONE\n\
        2016-10-31,10:05:34,1,Bread\n";

    fn items(extent: Extent) -> Vec<Vec<String>> {
        let tickets = read(FILE.as_bytes(), extent).unwrap();
        tickets.iter().map(|ticket| ticket.items.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn lines_of_one_date_and_number_are_one_sale() {
        let all = items(Extent::default());
        assert_eq!(all, [vec!["Bread", "Article sans nom"], vec!["Café", "Café"], vec!["Bread"]]);
        assert_eq!(items(Extent { sales: Some(1), days: None }), all[..1]);
        assert_eq!(items(Extent { sales: None, days: Some(1) }), all[..2]);
        let demand = demand(&read(FILE.as_bytes(), Extent::default()).unwrap());
        assert_eq!(demand.into_values().collect::<Vec<_>>(), [1, 2, 2]);
    }

    #[test]
    fn a_file_that_is_no_tills_is_refused() {
        for text in ["", "Date,Time,Transaction,Item\n", "a,b\n1,2\n", "Date,Time,Transaction,Item\n1,2,3,\n"] {
            assert!(read(text.as_bytes(), Extent::default()).is_err(), "{text}");
        }
    }
}
