//! What waits for a person, as it travels.

use crate::{
    domain::{InstallationId, Key, Sale, UserId},
    sync::{
        mutation::{Became, Edited},
        verdict::{FieldConflict, Refusal},
    },
};
use serde::{Deserialize, Serialize};

/// A refused sale that concerns others than the phone that made it (G17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    pub key: Key,
    pub sale: Sale,
    pub refusal: Refusal,
    pub installation: InstallationId,
    pub actor: UserId,
    pub at_ms: i64,
    /// Absent while its phone has not said: it may be gone for good.
    pub became: Option<Became>,
    pub settled_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_ms: Option<i64>,
}

/// An edit that clashed, with each field's three values, of which `theirs` stood then (G18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClashRow {
    /// Of the edit.
    pub key: Key,
    pub of: Edited,
    pub fields: Vec<FieldConflict>,
    pub installation: InstallationId,
    pub actor: UserId,
    pub at_ms: i64,
    /// Absent while it is to be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_ms: Option<i64>,
}
