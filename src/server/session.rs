//! Who is calling: an enrolled phone and a person who signed in on it. The shop comes from here, never from a payload
//! (G14).

use crate::domain::{InstallationId, Role, ShopId, UserId};
use crate::sync::{CallError, wire::PROTOCOL};

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

impl Session {
    /// What only an owner asks, of the whole shop, on a phone of hers that was not revoked.
    pub fn owner_on(&self, protocol: u32, installation: InstallationId) -> Result<(), CallError> {
        if protocol != PROTOCOL {
            return Err(CallError::Upgrade);
        }
        if installation != self.installation {
            return Err(CallError::NotSignedIn);
        }
        if self.revoked {
            return Err(CallError::Revoked);
        }
        if self.role != Role::Owner {
            return Err(CallError::NotAllowed);
        }
        Ok(())
    }
}
