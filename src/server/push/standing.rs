//! Who a mutation comes from, and whether the shop still listens to them (G14).

use crate::domain::{InstallationId, Role, UserId};
use crate::faults::{self, Fault};
use crate::server::{
    ServerError,
    db::{Tx, fetch_optional},
    session::Session,
};
use crate::sync::verdict::Quarantine;
use crate::sync::{CallError, Mutation};
use std::collections::HashMap;

/// What the shop knows of one person on one installation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub role: Role,
    pub holds_costs: bool,
    pub quarantine: Option<Quarantine>,
}

/// The standings of a batch's origins: nearly always one, asked for once.
pub(super) struct Standings(HashMap<(InstallationId, UserId), Standing>);

impl Standings {
    pub fn of(&self, mutation: &Mutation) -> Result<Standing, ServerError> {
        let origin = (mutation.origin.installation, mutation.origin.actor);
        Ok(self.0.get(&origin).copied().ok_or(CallError::NotAllowed)?)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    revoked_ms: Option<i64>,
    holds_costs: bool,
    role: Option<String>,
    retired: Option<bool>,
}

/// Fails with `NotAllowed` if any mutation names an installation that is not of the session's shop.
pub(super) async fn of_origins(
    tx: &mut Tx,
    session: &Session,
    mutations: &[Mutation],
) -> Result<Standings, ServerError> {
    let mut standings = HashMap::new();
    for mutation in mutations {
        let origin = (mutation.origin.installation, mutation.origin.actor);
        if standings.contains_key(&origin) {
            continue;
        }
        let row = fetch_optional!(
            &mut *tx,
            Row,
            "SELECT i.revoked_ms, i.holds_costs, u.role, u.retired FROM installations i
             LEFT JOIN installation_actors a ON a.shop_id = i.shop_id AND a.installation_id = i.id AND a.user_id = $3
             LEFT JOIN users u ON u.shop_id = a.shop_id AND u.id = a.user_id
             WHERE i.shop_id = $1 AND i.id = $2",
            session.shop.0,
            origin.0.0,
            origin.1.0
        )?;
        standings.insert(origin, standing(session, &row.ok_or(CallError::NotAllowed)?));
    }
    Ok(Standings(standings))
}

fn standing(session: &Session, row: &Row) -> Standing {
    let quarantine = if faults::is(Fault::RevokedHeard) {
        None
    } else if session.revoked || row.revoked_ms.is_some() {
        Some(Quarantine::RevokedInstallation)
    } else if row.role.is_none() {
        Some(Quarantine::UnknownActor)
    } else if row.retired == Some(true) {
        Some(Quarantine::RetiredPerson)
    } else {
        None
    };
    let role = if row.role.as_deref() == Some("owner") { Role::Owner } else { Role::Employee };
    Standing { role, holds_costs: row.holds_costs, quarantine }
}
