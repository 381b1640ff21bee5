//! What waits for a person, and what became of it.

use crate::{
    domain::{Key, Sale},
    sync::{
        Refusal,
        mutation::{Became, Edited},
        verdict::FieldConflict,
    },
};

/// One card of À décider.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub key: Key,
    pub what: Undecided,
    pub who: String,
    pub at_ms: i64,
    /// Made on this phone.
    pub mine: bool,
}

/// What became of a refused sale, by whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub sale: Sale,
    pub became: Became,
    pub who: String,
    pub at_ms: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Undecided {
    /// A refused sale: try again, or cancel.
    Sale { sale: Sale, refusal: Refusal },
    /// An edit that clashed, and each field's three values.
    Conflict { of: Edited, fields: Vec<FieldConflict> },
    /// Another change the server refused, or set aside.
    Other { about: String, refusal: Option<Refusal> },
    /// A row on this device's disk did not read back, and was set aside.
    Damaged(Damaged),
}

/// What a damaged row was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damaged {
    /// A change that was not sent. `receipt`: of the sale it was, where that can still be read.
    Unsent { receipt: Option<String> },
    /// A change to be decided on.
    Undecided { receipt: Option<String> },
    /// A copy of a change the server has.
    Sent,
    /// Something the server told.
    OfShop,
    /// The cart, or one that was put by.
    Cart,
    /// A setting of this phone.
    OfPhone,
    /// Lines of a file that were to be imported.
    OfImport,
}
