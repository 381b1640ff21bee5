//! A device's state as it is stored, and as one reads it before deciding anything.

use super::{
    export::Export,
    freshness::Freshness,
    import::Import,
    sound::{self, Aside},
    storage::{Store, Write, keys},
};
use crate::{
    domain::{InstallationId, Key, Sale, SaleId, Shop, day::DeviceTime},
    faults::{self, Fault},
    sync::{
        json,
        mutation::{Body, Mutation},
        order::Queued,
        verdict::Verdict,
        wire::{Cursor, PersonRow, Position},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// This browser's copy of the app in one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    pub id: InstallationId,
    pub secret: String,
    pub prefix: String,
    pub name: String,
    pub shop_name: String,
    pub holds_costs: bool,
}

/// A complete confirmed state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which rows of the confirmed store it is made of.
    pub generation: u32,
    pub cursor: Cursor,
}

/// A first sync, or a full resync, under way: it fills a generation of its own, so that the old one serves until the
/// new one is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loading {
    pub generation: u32,
    /// Where to go on; `None` before the first page.
    pub position: Option<Position>,
    /// The state every page is read at; `None` before the first page.
    pub at: Option<Cursor>,
    /// All pages are there.
    pub complete: bool,
    pub rows: u64,
    pub total_rows: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Nobody has signed in online, or the session ended: sending waits for a PIN, selling does not.
    #[default]
    Ended,
    Open,
    /// The phone was revoked: it hands in what it holds, and reads nothing.
    Revoked,
}

/// The last time the server was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    pub server_ms: i64,
    /// Server's clock minus device's.
    pub skew_ms: i64,
}

impl Contact {
    pub fn device_time(self, device_ms: i64) -> DeviceTime {
        DeviceTime { device_ms, skew_ms: self.skew_ms, contact_ms: self.server_ms }
    }
}

/// A queued mutation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub mutation: Mutation,
    pub standing: Standing,
    /// A final verdict that the view does not hold yet, or that the selling tab has not acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The history that verdict is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Uuid>,
    /// It was acknowledged in this history, whose state still counts it; it is sent again to a server set back (G19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_from: Option<Uuid>,
    /// The text it was read from: what a transaction expects to find again, whichever version wrote it.
    #[serde(skip)]
    pub stored: Option<String>,
}

/// Who deals with a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The sender: the mutation's effect was shown.
    Queued,
    /// The tab that sold, which shows no receipt yet. By the device's clock.
    Deciding { since_ms: i64 },
}

/// When the shop is read anew, as a person wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anew {
    /// As soon as nothing waits to be sent.
    Now,
    /// After the next page of changes: what was read was older than what is shown.
    AfterChanges,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    pub mutation: Mutation,
    pub verdict: Verdict,
    pub at_ms: i64,
    /// Nobody was shown a receipt: its tab died while it waited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_receipt: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub mutation: Mutation,
    /// The history the server applied it in, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Uuid>,
    pub change: u64,
    /// By the server's clock.
    pub at_ms: i64,
}

impl Acknowledged {
    pub(super) fn new(device: &Device, mutation: &Mutation, history: Option<Uuid>, change: u64) -> Self {
        Self { mutation: mutation.clone(), history, change, at_ms: device.meta.contact.server_ms }
    }

    /// The sale it recorded, if it recorded this one.
    pub fn sale(&self, id: SaleId) -> Option<Sale> {
        match self.mutation.read() {
            Ok(Body::RecordSale(record)) if record.sale.id == id => Some(record.sale),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meta {
    pub installation: Option<Installation>,
    /// The last sequence used.
    pub sequence: u64,
    /// The last receipt number used.
    pub receipt: u64,
    pub epoch: u64,
    pub held: Option<Held>,
    pub loading: Option<Loading>,
    pub actor: Option<PersonRow>,
    pub session: SessionState,
    /// The last time somebody signed in with the server.
    pub signed_in: Option<Contact>,
    /// A request succeeded since the last time a sale waited in vain (G16).
    pub answering: bool,
    /// Whether it holds what the server has.
    pub freshness: Freshness,
    pub contact: Contact,
    /// What the server last said of the shop.
    pub shop: Option<Shop>,
    /// The server asked for a newer app, or is too old for this one.
    pub upgrade: bool,
    /// The server saw this installation's numbers under other keys: it becomes a new one (G20).
    pub renumber: bool,
    /// A person wants the shop read anew, once nothing waits to be sent.
    pub read_anew: Option<Anew>,
    pub import: Option<Import>,
    pub export: Option<Export>,
    /// Id and secret of the installation it is about to become: asked for with the same until the answer is here.
    pub forking: Option<(InstallationId, String)>,
    /// When old history was last let go, by the server's clock; 0 for never.
    pub forgot_ms: i64,
}

/// Everything the engine decides from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Device {
    pub meta: Meta,
    /// By sequence.
    pub outbox: Vec<Entry>,
    /// Rows that did not read back, by the ids they were given.
    pub aside: Vec<(Key, Aside)>,
}

/// A stored row that does not read back: reported, never a reason for a blank screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{store:?} {key}: {detail}")]
pub struct Unreadable {
    pub store: Store,
    pub key: String,
    pub text: String,
    pub detail: String,
}

impl Device {
    /// Reads a device from all rows of `meta` and `outbox`. Rows that do not read, or say what no device can live with,
    /// are left out and told ([`sound`]).
    pub fn from_rows(meta: &[(String, String)], outbox: &[(String, String)]) -> (Self, Vec<Unreadable>) {
        let mut unreadable = Vec::new();
        let mut device = Device { meta: Meta::default(), outbox: Vec::new(), aside: Vec::new() };
        let mut told = |store: Store, key: &String, text: &String, detail: String| {
            unreadable.push(Unreadable { store, key: key.clone(), text: text.clone(), detail });
        };
        for (key, value) in meta {
            let mut with = Meta::default();
            let read = match keys::id_of_aside(key) {
                Some(id) => json::read(value).map(|aside| device.aside.push((id, aside))).map_err(|e| e.to_string()),
                None => with.read(key, value).and_then(|()| sound::meta(&with, key, value)),
            };
            match read.and_then(|()| device.meta.read(key, value)) {
                Ok(()) => {}
                Err(detail) => told(Store::Meta, key, value, detail),
            }
        }
        for (key, value) in outbox {
            match sound::entry(key, value) {
                Ok(entry) => device.outbox.push(entry),
                Err(detail) => told(Store::Outbox, key, value, detail),
            }
        }
        (device, unreadable)
    }

    pub fn shown(&self) -> Option<Held> {
        self.meta.shown()
    }

    /// The history the server is known to be in; `None` while that is being asked.
    pub fn history(&self) -> Option<Uuid> {
        match &self.meta.loading {
            Some(loading) => loading.at.map(|at| at.history),
            None => self.meta.held.map(|held| held.cursor.history),
        }
    }

    pub fn find(&self, key: Key) -> Option<&Entry> {
        self.outbox.iter().find(|entry| entry.mutation.key == key)
    }

    /// Entries that were never sent and cannot be: they do not read back.
    pub fn unsent_aside(&self) -> usize {
        self.aside.iter().filter(|(_, aside)| aside.store == Store::Outbox).count()
    }

    /// Entries that still have to be sent.
    pub fn unsent(&self) -> impl Iterator<Item = &Entry> {
        self.outbox.iter().filter(|entry| entry.verdict.is_none())
    }
}

impl Entry {
    pub fn new(mutation: Mutation, standing: Standing) -> Self {
        Self { mutation, standing, verdict: None, history: None, resent_from: None, stored: None }
    }

    pub fn queued(&self) -> Queued {
        let Mutation { key, origin, needs, after, .. } = &self.mutation;
        Queued {
            key: *key,
            sequence: origin.sequence,
            needs: needs.clone(),
            after: after.clone(),
            body: self.mutation.read().ok(),
        }
    }

    pub fn is_sale(&self) -> bool {
        matches!(self.mutation.read(), Ok(Body::RecordSale(_)))
    }

    /// Whether the view adds this entry to a confirmed state (G2).
    pub fn counts_on(&self, confirmed: Cursor) -> bool {
        let held_already = self.resent_from == Some(confirmed.history);
        match &self.verdict {
            _ if held_already => false,
            None => true,
            Some(Verdict::Applied { .. }) if faults::is(Fault::VerdictBeforeChange) => false,
            Some(Verdict::Refused { .. }) if faults::is(Fault::RefusedCounts) => true,
            Some(Verdict::Applied { change }) => !confirmed.holds(self.history, *change),
            Some(_) => false,
        }
    }

    pub(super) fn storage_key(&self) -> String {
        keys::entry(self.mutation.origin.sequence, self.mutation.key)
    }
}

/// Whether a key of `meta` says what the confirmed state is.
pub fn leads_elsewhere(key: &str) -> bool {
    matches!(key, keys::HELD | keys::LOADING)
}

impl Meta {
    /// The state screens start from, and how far it goes: the held one, or the first one while it is being loaded.
    pub fn shown(&self) -> Option<Held> {
        let loading = || {
            let loading = self.loading.as_ref()?;
            Some(Held { generation: loading.generation, cursor: loading.at? })
        };
        self.held.or_else(loading)
    }

    /// Follows a committed write as far as [`Meta::shown`] needs it.
    pub(in crate::sync) fn apply(&mut self, write: &Write) {
        match write {
            Write::Put { store: Store::Meta, key, value } if leads_elsewhere(key) => drop(self.read(key, value)),
            Write::Delete { store: Store::Meta, key } if key == keys::LOADING => self.loading = None,
            _ => {}
        }
    }

    pub(super) fn read(&mut self, key: &str, value: &str) -> Result<(), String> {
        fn parse<T: DeserializeOwned>(into: &mut T, value: &str) -> Result<(), String> {
            *into = json::read(value).map_err(|error| error.to_string())?;
            Ok(())
        }
        match key {
            keys::INSTALLATION => parse(&mut self.installation, value),
            keys::SEQUENCE => parse(&mut self.sequence, value),
            keys::RECEIPT => parse(&mut self.receipt, value),
            keys::EPOCH => parse(&mut self.epoch, value),
            keys::HELD => parse(&mut self.held, value),
            keys::LOADING => parse(&mut self.loading, value),
            keys::ACTOR => parse(&mut self.actor, value),
            keys::SESSION => parse(&mut self.session, value),
            keys::SIGNED_IN => parse(&mut self.signed_in, value),
            keys::ANSWERING => parse(&mut self.answering, value),
            keys::FRESHNESS => parse(&mut self.freshness, value),
            keys::CONTACT => parse(&mut self.contact, value),
            keys::SHOP => parse(&mut self.shop, value),
            keys::UPGRADE => parse(&mut self.upgrade, value),
            keys::FORKING => parse(&mut self.forking, value),
            keys::FORGOT => parse(&mut self.forgot_ms, value),
            keys::RENUMBER => parse(&mut self.renumber, value),
            keys::READ_ANEW => parse(&mut self.read_anew, value),
            keys::IMPORT => parse(&mut self.import, value),
            keys::EXPORT => parse(&mut self.export, value),
            // Keys of others (PIN checks) and of newer versions of the app.
            _ => Ok(()),
        }
    }
}
