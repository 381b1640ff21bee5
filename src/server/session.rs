//! Who is calling: an enrolled phone and a person who signed in on it. The shop comes from here, never from a payload
//! (G14).

use crate::domain::{InstallationId, Role, ShopId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub shop: ShopId,
    pub user: UserId,
    pub role: Role,
    pub installation: InstallationId,
    /// Purchase prices reach only phones marked as the owner's.
    pub holds_costs: bool,
    /// The phone was revoked: what it sends goes into quarantine, and it reads nothing.
    pub revoked: bool,
}
