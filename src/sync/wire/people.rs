//! What an owner does about the shop's people. It needs the server by nature: a PIN is checked there.

use super::PersonRow;
use crate::domain::{InstallationId, Label, Pin, Role, UserId};
use serde::{Deserialize, Serialize};

/// People of one shop, the retired included.
pub const PEOPLE_MAX: i64 = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRequest {
    pub protocol: u32,
    pub installation: InstallationId,
    /// Whom it is about. Somebody new has an id made by the phone, so that what is asked again makes no second person.
    pub person: UserId,
    pub act: PersonAct,
}

/// Each of them may be asked again: done already is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonAct {
    Add {
        name: Label,
        role: Role,
        pin: Pin,
    },
    Role(Role),
    /// Ends the sessions that were opened with the PIN before.
    Pin(Pin),
    /// Left the shop: signed out everywhere, known to past sales for ever.
    Retire,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAnswer {
    /// As they are now. The change itself comes with the next page.
    pub person: PersonRow,
}
