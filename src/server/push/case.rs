//! What a judge knows of the mutation before it, and the ways it can say no.

use crate::domain::{InstallationId, Invalid, Key, Role, Rules, ShopId, UserId, day::BookedTime};
use crate::server::{
    ServerError,
    db::{Tx, execute},
};
use crate::sync::{Refusal, verdict::FieldConflict, wire::Kind};
use uuid::Uuid;

/// One mutation under judgement.
pub(super) struct Case {
    pub shop: ShopId,
    /// The change number it takes if its verdict is final.
    pub change: i64,
    pub key: Key,
    pub installation: InstallationId,
    pub actor: UserId,
    /// Who was signed in when it was sent; often not who did it.
    pub sender: UserId,
    /// The actor's.
    pub role: Role,
    /// The installation it was made on is marked as the owner's.
    pub holds_costs: bool,
    pub rules: Rules,
    pub booked: BookedTime,
    pub now_ms: i64,
}

impl Case {
    /// Devices are told that a row is gone; the books keep it.
    pub async fn tell_gone(&self, tx: &mut Tx, kind: Kind, id: Uuid) -> Result<(), Stop> {
        execute!(
            tx,
            "INSERT INTO tombstones (shop_id, kind, id, change, at_ms) VALUES ($1, $2, $3, $4, $5)",
            self.shop.0,
            kind.name(),
            id,
            self.change,
            self.now_ms
        )?;
        Ok(())
    }
}

/// Why a mutation is not applied. Whatever it wrote before is rolled back.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Refusal),
    Conflict(Vec<FieldConflict>),
    /// A cause has not arrived.
    Blocked(Key),
    /// Ours, not the mutation's: it is answered "try later".
    Failed(ServerError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Of what the mutation says, not of what is stored.
impl From<Invalid> for Stop {
    fn from(invalid: Invalid) -> Self {
        Self::Refused(Refusal::Invalid { detail: invalid.to_string() })
    }
}

impl From<ServerError> for Stop {
    fn from(error: ServerError) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}
