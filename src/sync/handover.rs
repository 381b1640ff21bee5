//! What a dying phone still holds, in a file that another phone of the shop hands in for it (G4).
//!
//! Its mutations go as they are, with the origin they were queued with: the server judges them by who made them where
//! (G14), and each once by its key (G6), whoever sends it how often. What hands in keeps nothing of it, so that no stock
//! it shows is counted twice (G2); a phone that comes back to life sends the same again, as replays.

use super::{
    json,
    mutation::Mutation,
    order::{self, Queued},
    verdict::{Answer, Verdict},
    wire::{BATCH_MAX, BATCH_TARGET_BYTES, PROTOCOL, PushRequest},
};
use crate::{
    domain::InstallationId,
    sync::engine::{Device, Entry},
};
use serde::{Deserialize, Serialize};

/// How the file is written. A newer one asks for a newer app.
pub const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    pub format: u32,
    pub installation: InstallationId,
    /// For who hands it in.
    pub prefix: String,
    pub phone: String,
    /// In the order of G7.
    pub mutations: Vec<Mutation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("not what a phone held")]
    NotOurs,
    #[error("written by a newer version of the app")]
    TooNew,
}

impl Handover {
    /// Everything a device has not sent; `None` where that is nothing.
    pub fn of(device: &Device) -> Option<Self> {
        let own = device.meta.installation.as_ref()?;
        let unsent: Vec<&Entry> = device.unsent().collect();
        let queued: Vec<Queued> = unsent.iter().map(|entry| entry.queued()).collect();
        let mutations: Vec<Mutation> =
            order::send_order(&queued).into_iter().filter_map(|at| Some(unsent.get(at)?.mutation.clone())).collect();
        let (prefix, phone) = (own.prefix.clone(), own.name.clone());
        (!mutations.is_empty()).then_some(Self { format: FORMAT, installation: own.id, prefix, phone, mutations })
    }

    pub fn read(text: &str) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Of {
            format: u32,
        }
        match json::read::<Of>(text) {
            Ok(Of { format }) if format > FORMAT => Err(Unreadable::TooNew),
            _ => json::read(text).map_err(|_| Unreadable::NotOurs),
        }
    }

    /// The pushes that hand it in, in their order; `device` is of the phone that does. They ask for no page: this phone
    /// hears of what they change as of anybody's work.
    pub fn pushes(&self, device: &Device, app: &str) -> Vec<PushRequest> {
        let Some(installation) = device.meta.installation.as_ref().map(|own| own.id) else { return Vec::new() };
        let waiting = (device.unsent().count() + device.unsent_aside()) as u64;
        let push = |mutations: Vec<Mutation>| {
            let (protocol, app, cursor, made) = (PROTOCOL, app.to_owned(), None, device.meta.sequence);
            PushRequest { protocol, installation, app, cursor, made, waiting, mutations }
        };
        let (mut pushes, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
        for mutation in &self.mutations {
            let more = mutation.body.text().len();
            if batch.len() == BATCH_MAX || (bytes + more > BATCH_TARGET_BYTES && !batch.is_empty()) {
                pushes.push(push(std::mem::take(&mut batch)));
                bytes = 0;
            }
            bytes += more;
            batch.push(mutation.clone());
        }
        if !batch.is_empty() {
            pushes.push(push(batch));
        }
        pushes
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandedIn {
    pub prefix: String,
    pub phone: String,
    /// The server has them for good, now or from before.
    pub received: usize,
    /// Of those: refused, to be decided on by the shop; set aside for the owner.
    pub refused: usize,
    pub quarantined: usize,
    /// Of those: edits that clashed, to be settled by an owner.
    pub conflicts: usize,
    /// Not judged: to be handed in again later.
    pub left: usize,
}

impl HandedIn {
    pub fn count(&mut self, answers: &[Answer]) {
        for answer in answers {
            match &answer.verdict {
                Verdict::Applied { .. } => self.received += 1,
                Verdict::Refused { .. } => (self.received, self.refused) = (self.received + 1, self.refused + 1),
                Verdict::Conflict { .. } => (self.received, self.conflicts) = (self.received + 1, self.conflicts + 1),
                Verdict::Quarantined { .. } => {
                    (self.received, self.quarantined) = (self.received + 1, self.quarantined + 1);
                }
                Verdict::Blocked { .. }
                | Verdict::TryLater
                | Verdict::Upgrade
                | Verdict::Renumber
                | Verdict::KeyReused => self.left += 1,
            }
        }
    }
}
