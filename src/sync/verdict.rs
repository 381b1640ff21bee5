//! The server's answer to one mutation.

use crate::domain::{Key, Shortage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A verdict with the key it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub key: Key,
    /// The verdict was given before and is repeated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Final: its effects are committed under this change number.
    Applied { change: u64 },
    /// Final: it had no effect on the shop's stock or books.
    Refused { change: u64, refusal: Refusal },
    /// Final: fields someone else changed meanwhile; nothing of the edit was applied.
    Conflict { change: u64, fields: Vec<FieldConflict> },
    /// Final: the phone or the person is no longer of this shop; kept whole for the owner.
    Quarantined { change: u64, why: Quarantine },
    /// Not stored: a cause has not arrived yet. Send the cause, then this again.
    Blocked { by: Key },
    /// Not stored: the server could not judge it now. Send it again later.
    TryLater,
    /// Not stored: this program or the server is too old to understand it. Keep it until an update.
    Upgrade,
    /// Not stored: another mutation already has this number of this installation, so the phone was cloned or
    /// restored. It becomes a new installation (G20).
    Renumber,
    /// Not stored: this key was used before with another payload. A bug of the device; nothing was changed.
    KeyReused,
}

impl Verdict {
    /// Final verdicts never change and are repeated for ever; the change number is where they stand in the shop's
    /// history.
    pub fn change(&self) -> Option<u64> {
        match self {
            Verdict::Applied { change }
            | Verdict::Refused { change, .. }
            | Verdict::Conflict { change, .. }
            | Verdict::Quarantined { change, .. } => Some(*change),
            Verdict::Blocked { .. } | Verdict::TryLater | Verdict::Upgrade | Verdict::Renumber | Verdict::KeyReused => {
                None
            }
        }
    }

    pub const APPLIED: &str = "applied";
    pub const REFUSED: &str = "refused";
    pub const QUARANTINED: &str = "quarantined";

    /// What the ledger calls a final verdict; `None` for the others.
    pub fn outcome(&self) -> Option<&'static str> {
        self.change().map(|_| self.name())
    }

    pub fn is_applied(&self) -> bool {
        matches!(self, Verdict::Applied { .. })
    }
}

/// Why the server said no. The code is the tag; the figures are the fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("insufficient stock")]
    InsufficientStock { lines: Vec<Shortage> },
    /// A cause it needs was itself refused.
    #[error("its cause {by} was refused")]
    CauseRefused { by: Key },
    #[error("{what} is not known to this shop")]
    Unknown { what: What },
    #[error("{what} exists already")]
    Exists { what: What },
    #[error("the sale is already voided")]
    AlreadyVoided,
    #[error("the refused sale was already settled")]
    AlreadySettled,
    #[error("this person may not do this")]
    NotAllowed,
    #[error("stock would exceed the largest stock a product can have")]
    StockTooLarge,
    /// The body broke a rule of the shop; the detail says which.
    #[error("invalid: {detail}")]
    Invalid { detail: String },
    /// The full answer was cleaned up after its retention time; the outcome stands.
    #[error("refused earlier; the details are no longer kept")]
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Product,
    Sale,
    Expense,
    Repayment,
    Refusal,
}

impl std::fmt::Display for What {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            What::Product => "product",
            What::Sale => "sale",
            What::Expense => "expense",
            What::Repayment => "repayment",
            What::Refusal => "refused sale",
        })
    }
}

/// One field that two people changed to two values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    pub field: String,
    pub before: Value,
    pub theirs: Value,
    pub mine: Value,
}

impl FieldConflict {
    /// Kept from phones that hold no purchase prices.
    pub fn is_cost(&self) -> bool {
        self.field == "purchase_price"
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quarantine {
    RevokedInstallation,
    RetiredPerson,
    /// Never signed in online on that installation.
    UnknownActor,
}

/// The word each value travels under, and all of them.
macro_rules! names {
    ($of:ident { $($variant:ident => $name:expr,)* }) => {
        impl $of {
            pub const NAMES: &[&str] = &[$($name),*];

            /// The word it travels under.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                }
            }
        }
    };
}

names! {
    Verdict {
        Applied => Self::APPLIED,
        Refused => Self::REFUSED,
        Conflict => "conflict",
        Quarantined => Self::QUARANTINED,
        Blocked => "blocked",
        TryLater => "try_later",
        Upgrade => "upgrade",
        Renumber => "renumber",
        KeyReused => "key_reused",
    }
}

names! {
    Refusal {
        InsufficientStock => "insufficient_stock",
        CauseRefused => "cause_refused",
        Unknown => "unknown",
        Exists => "exists",
        AlreadyVoided => "already_voided",
        AlreadySettled => "already_settled",
        NotAllowed => "not_allowed",
        StockTooLarge => "stock_too_large",
        Invalid => "invalid",
        Expired => "expired",
    }
}

names! {
    Quarantine {
        RevokedInstallation => "revoked_installation",
        RetiredPerson => "retired_person",
        UnknownActor => "unknown_actor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::CallError;
    use uuid::Uuid;

    /// A plain value is its word; any other is held under its word.
    fn word(value: &impl Serialize) -> String {
        match serde_json::to_value(value).unwrap() {
            Value::String(word) => word,
            Value::Object(held) => held.keys().next().unwrap().clone(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_name_is_the_word_on_the_wire() {
        let (by, what, detail) = (Key(Uuid::nil()), What::Sale, String::new);
        let refusals = [
            Refusal::InsufficientStock { lines: Vec::new() },
            Refusal::CauseRefused { by },
            Refusal::Unknown { what },
            Refusal::Exists { what },
            Refusal::AlreadyVoided,
            Refusal::AlreadySettled,
            Refusal::NotAllowed,
            Refusal::StockTooLarge,
            Refusal::Invalid { detail: detail() },
            Refusal::Expired,
        ];
        let reasons = [Quarantine::RevokedInstallation, Quarantine::RetiredPerson, Quarantine::UnknownActor];
        let verdicts = [
            Verdict::Applied { change: 1 },
            Verdict::Refused { change: 1, refusal: Refusal::Expired },
            Verdict::Conflict { change: 1, fields: Vec::new() },
            Verdict::Quarantined { change: 1, why: Quarantine::RetiredPerson },
            Verdict::Blocked { by },
            Verdict::TryLater,
            Verdict::Upgrade,
            Verdict::Renumber,
            Verdict::KeyReused,
        ];
        let errors = [
            CallError::NotSignedIn,
            CallError::Revoked,
            CallError::NotAllowed,
            CallError::WrongPin { tries_left: 1 },
            CallError::Locked { for_ms: 1 },
            CallError::WrongCode,
            CallError::BadRequest { detail: detail() },
            CallError::Upgrade,
            CallError::TryLater,
            CallError::NotReached { detail: detail() },
        ];
        assert_eq!(refusals.iter().map(word).collect::<Vec<_>>(), Refusal::NAMES);
        assert_eq!(reasons.iter().map(word).collect::<Vec<_>>(), Quarantine::NAMES);
        assert_eq!(verdicts.iter().map(word).collect::<Vec<_>>(), Verdict::NAMES);
        refusals.iter().for_each(|refusal| assert_eq!(refusal.name(), word(refusal)));
        reasons.iter().for_each(|reason| assert_eq!(reason.name(), word(reason)));
        verdicts.iter().for_each(|verdict| assert_eq!(verdict.name(), word(verdict)));
        errors.iter().for_each(|error| assert_eq!(error.name(), word(error)));
    }
}
