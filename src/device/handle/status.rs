use super::{CutOff, ImportStatus, StorageProblem};
use crate::{
    domain::{Role, Rules, Shop},
    sync::{
        engine::{Freshness, SessionState},
        wire::PersonRow,
    },
};

/// Where the device stands: the header, and Paramètres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Status {
    /// The browser says that there is a network; it may lead nowhere.
    pub online: bool,
    /// Whether this phone holds what the server has.
    pub freshness: Freshness,
    pub session: SessionState,
    pub actor: Option<PersonRow>,
    pub installation: Option<InstallationStatus>,
    /// What is known of the shop, with the edits that wait here.
    pub shop: Option<Shop>,
    /// The next sale waits for the server's word (G16).
    pub waits: bool,
    /// Changes the server has not answered.
    pub waiting: usize,
    pub to_decide: usize,
    /// A first sync or resync: rows read of all rows.
    pub loading: Option<(u64, u64)>,
    /// Nothing whole is held yet: what is there of the shop is a part of it, or nothing.
    pub first_read: bool,
    /// The shop is read anew once nothing waits to be sent.
    pub read_anew: bool,
    /// An import under way, or done and not put away yet.
    pub import: Option<ImportStatus>,
    /// An export under way, or cut off, that goes on from what is kept of it.
    pub export: Option<CutOff>,
    /// Something can be sold: a catalogue, whole or in part, is there.
    pub has_catalogue: bool,
    /// What the browser said when asked to keep the data; `None` before it answered.
    pub persistent: Option<bool>,
    /// The server's clock when it was last heard, in milliseconds; 0 for never.
    pub last_contact_ms: i64,
    pub upgrade_needed: bool,
    /// The device's storage failed: what happened, what was kept, what to do.
    pub storage_problem: Option<StorageProblem>,
}

impl Status {
    pub fn rules(&self) -> Rules {
        self.shop.as_ref().map(|shop| shop.rules).unwrap_or_default()
    }

    pub fn is_owner(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.role == Role::Owner)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationStatus {
    pub name: String,
    pub prefix: String,
    pub shop_name: String,
    pub holds_costs: bool,
}
