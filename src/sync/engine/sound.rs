//! Stored rows that do not read back, or say what no device can live with: which they are, and how they are set aside.
//!
//! A flipped bit, a browser's bug or a newer app that was rolled back leaves such rows. None of them stops the rest,
//! none is thrown away, and the person is told. What the server can say again is read again; what other rows still tell
//! is mended from them.

use super::{
    goods,
    import::IMPORT_COLUMNS_MAX,
    moves,
    pull::restart,
    state::{Acknowledged, Device, Entry, Held, Loading, Meta, Parked, Unreadable},
    storage::{LocalTx, Store, Write, json, keys},
    suspended::Suspended,
};
use crate::{
    domain::{
        Key, ReceiptNumber, credit,
        import::LINES_MAX as IMPORT_LINES_MAX,
        limits::{RECEIPT_MAX, TIME_MAX_MS},
    },
    sync::{
        json as from_json,
        mutation::{Body, Mutation},
        wire::{Cursor, CustomerRow, Kind, MovementRow, REQUEST_MAX_BYTES, SaleRow, sendable},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Bytes of one entry: beyond, no request could carry it, and whatever waits behind it would wait for ever.
const ENTRY_MAX_BYTES: usize = REQUEST_MAX_BYTES / 2;
/// No count of a device gets there; adding to it stays a number of JavaScript's.
const COUNT_MAX: u64 = 1 << 53;
/// No device reads its shop anew so often.
const GENERATION_MAX: u32 = 1 << 30;
/// Rows of the confirmed state that are kept aside at once. The server says them again, whole.
const CONFIRMED_ASIDE_MAX: usize = 20;

/// A row that was taken out of its store, as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    pub store: Store,
    pub key: String,
    pub text: String,
    /// For a log.
    pub detail: String,
    /// By the device's clock.
    pub at_ms: i64,
    /// A person was told.
    #[serde(default)]
    pub seen: bool,
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    from_json::read(text).map_err(|error| error.to_string())
}

/// What the lines of a row of many say, as far as they read; then why the rest do not.
pub(super) fn lines<T>(text: &str, line: impl Fn(&str) -> Result<T, String>) -> (Vec<T>, Result<(), String>) {
    let (mut said, mut sound) = (Vec::new(), Ok(()));
    for text in text.split('\n') {
        match line(text) {
            Ok(one) => said.push(one),
            Err(problem) => sound = Err(problem),
        }
    }
    (said, sound)
}

/// A row of many without the lines that do not read; `None` where none does.
pub(super) fn sound_lines<T>(text: &str, line: impl Fn(&str) -> Result<T, String>) -> Option<String> {
    let sound: Vec<&str> = text.split('\n').filter(|text| line(text).is_ok()).collect();
    (!sound.is_empty()).then(|| sound.join("\n"))
}

/// A row under another row's key could never be written or taken away again: transactions expect it under its own.
pub(super) fn under(key: &str, own: &str) -> Result<(), String> {
    if key == own { Ok(()) } else { Err(format!("its own key is {own}")) }
}

/// An entry of the outbox that can be sent, whatever the server says of it.
pub fn entry(key: &str, text: &str) -> Result<Entry, String> {
    if text.len() > ENTRY_MAX_BYTES {
        return Err(format!("{} bytes; no request carries more than {ENTRY_MAX_BYTES}", text.len()));
    }
    let entry: Entry = read(text)?;
    sendable(&entry.mutation)?;
    under(key, &entry.storage_key())?;
    Ok(Entry { stored: Some(text.to_owned()), ..entry })
}

pub fn parked(key: &str, text: &str) -> Result<Parked, String> {
    let parked: Parked = read(text)?;
    under(key, &parked.mutation.key.to_string()).map(|()| parked)
}

pub fn acknowledged(key: &str, text: &str) -> Result<Acknowledged, String> {
    let row: Acknowledged = read(text)?;
    under(key, &row.mutation.key.to_string())?;
    sendable(&row.mutation).map(|()| row) // a server that was set back gets it again
}

/// A confirmed row of a kind; `id` is what its key ends with.
pub fn confirmed<T: DeserializeOwned>(key: &str, text: &str, id: impl Fn(&T) -> Uuid) -> Result<T, String> {
    let row: T = read(text)?;
    let own = id(&row).to_string();
    under(key.rsplit('/').next().unwrap_or_default(), &own).map(|()| row)
}

pub fn moved(key: &str, text: &str) -> Result<MovementRow, String> {
    let row: MovementRow = read(text)?;
    let own = keys::movement(0, row.product, row.change);
    let of_generation = |key: &str| key.split_once('/').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    under(&of_generation(key), &of_generation(&own)).map(|()| row)
}

/// A customer's account.
pub fn customer(key: &str, text: &str) -> Result<CustomerRow, String> {
    let row = confirmed(key, text, |row: &CustomerRow| row.id)?;
    match credit::account(&row.name) {
        Ok(_) if row.owed_gnf.unsigned_abs() <= COUNT_MAX => Ok(row),
        Ok(_) => Err(format!("nobody owes {} GNF", row.owed_gnf)),
        Err(problem) => Err(problem.to_string()),
    }
}

/// A cart that waits.
pub fn suspended(key: &str, text: &str) -> Result<Suspended, String> {
    let row: Suspended = read(text)?;
    under(key, &keys::suspended(row.id))?;
    row.cart.total().map_err(|problem| problem.to_string())?;
    Ok(Suspended { stored: Some(text.to_owned()), ..row })
}

/// Whether what was just read under a key of `meta` is something a device can live with, and written as this version
/// writes it: transactions expect to find their own text again.
pub(super) fn meta(meta: &Meta, key: &str, text: &str) -> Result<(), String> {
    if !is_possible(meta, key) {
        return Err("out of all bounds".to_owned());
    }
    match written(meta, key) {
        Some(own) if own != text => Err("not as this version writes it".to_owned()),
        _ => Ok(()),
    }
}

fn is_possible(meta: &Meta, key: &str) -> bool {
    let time = |ms: i64| ms.unsigned_abs() <= TIME_MAX_MS as u64;
    let contact = |contact: super::Contact| time(contact.server_ms) && time(contact.skew_ms);
    match key {
        // A count of nothing is no row.
        keys::SEQUENCE => (1..=COUNT_MAX).contains(&meta.sequence),
        keys::RECEIPT => (1..RECEIPT_MAX).contains(&meta.receipt),
        keys::EPOCH => (1..=COUNT_MAX).contains(&meta.epoch),
        keys::HELD => meta.held.is_some_and(|held| held.generation <= GENERATION_MAX),
        keys::LOADING => meta.loading.as_ref().is_some_and(|loading| {
            loading.generation <= GENERATION_MAX && loading.rows <= COUNT_MAX && loading.total_rows <= COUNT_MAX
        }),
        keys::CONTACT => contact(meta.contact),
        keys::SIGNED_IN => meta.signed_in.is_some_and(contact),
        keys::FORKING => meta.forking.is_some(),
        keys::IMPORT => meta.import.as_ref().is_some_and(|import| {
            let pieces = u64::from(import.pieces);
            import.next <= import.pieces
                && pieces <= import.lines
                && import.queued <= import.lines
                && import.lines <= IMPORT_LINES_MAX as u64
                && import.columns.len() <= IMPORT_COLUMNS_MAX
        }),
        keys::EXPORT => meta.export.as_ref().is_some_and(|export| export.lines <= COUNT_MAX),
        keys::ACTOR => meta.actor.is_some(),
        keys::FORGOT => time(meta.forgot_ms),
        keys::INSTALLATION => meta.installation.as_ref().is_some_and(|own| {
            let secret = own.secret.len() == 64 && own.secret.bytes().all(|byte| byte.is_ascii_hexdigit());
            secret && ReceiptNumber::new(&own.prefix, 1).is_ok()
        }),
        _ => true,
    }
}

/// The text of a key that transactions expect, as they expect it.
fn written(meta: &Meta, key: &str) -> Option<String> {
    match key {
        // A count of nothing is no row.
        keys::SEQUENCE => Some(json(&meta.sequence)),
        keys::RECEIPT => Some(json(&meta.receipt)),
        keys::EPOCH => Some(json(&meta.epoch)),
        keys::HELD => meta.held.as_ref().map(json),
        keys::LOADING => meta.loading.as_ref().map(json),
        keys::SIGNED_IN => meta.signed_in.as_ref().map(json),
        keys::IMPORT => meta.import.as_ref().map(json),
        keys::EXPORT => meta.export.as_ref().map(json),
        keys::INSTALLATION => meta.installation.as_ref().map(json),
        _ => None,
    }
}

/// What other rows tell of a count, or of the state shown, whose own row is damaged.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    mutations: Vec<Mutation>,
    receipts: Vec<ReceiptNumber>,
    generations: Vec<u32>,
}

impl Traces {
    /// Whether one of these rows can be mended from others.
    pub fn help(damaged: &[Unreadable]) -> bool {
        let counts = [keys::SEQUENCE, keys::RECEIPT, keys::HELD];
        damaged.iter().any(|row| row.store == Store::Meta && counts.contains(&row.key.as_str()))
    }

    /// Adds what the rows of a store tell; what does not read tells nothing.
    pub fn add(&mut self, store: Store, rows: &[(String, String)]) {
        for (key, text) in rows {
            match store {
                Store::Outbox => self.mutations.extend(entry(key, text).map(|entry| entry.mutation)),
                Store::Parked => self.mutations.extend(parked(key, text).map(|row| row.mutation)),
                Store::Acknowledged => self.mutations.extend(acknowledged(key, text).map(|row| row.mutation)),
                Store::Confirmed => self.add_confirmed(key, text),
                Store::Meta | Store::Import | Store::Export => {}
            }
        }
    }

    fn add_confirmed(&mut self, key: &str, text: &str) {
        let mut parts = key.split('/');
        let (generation, kind) = (parts.next().and_then(|part| part.parse().ok()), parts.next());
        if let Some(generation) = generation.filter(|of| *of <= GENERATION_MAX && !self.generations.contains(of)) {
            self.generations.push(generation);
        }
        if kind == Some(Kind::Sale.name()) {
            self.receipts.extend(read::<SaleRow>(text).map(|row| row.sale.receipt));
        }
    }

    fn sequence(&self, device: &Device) -> Option<String> {
        let own = device.meta.installation.as_ref()?.id;
        let numbers = self.mutations.iter().map(|mutation| mutation.origin).filter(|origin| origin.installation == own);
        numbers.map(|origin| origin.sequence).filter(|sequence| *sequence <= COUNT_MAX).max().map(|last| json(&last))
    }

    fn receipt(&self, device: &Device) -> Option<String> {
        let prefix = &device.meta.installation.as_ref()?.prefix;
        let queued = self.mutations.iter().filter_map(|mutation| match mutation.read() {
            Ok(Body::RecordSale(record)) => Some(record.sale.receipt),
            _ => None,
        });
        let numbers = queued.chain(self.receipts.iter().cloned()).filter_map(|receipt| receipt.number_of(prefix));
        numbers.filter(|number| *number < RECEIPT_MAX).max().map(|last| json(&last))
    }

    /// The state shown, of no history any server is in: it serves until the server, asked, has it read anew.
    fn held(&self, device: &Device) -> Option<String> {
        let loading = device.meta.loading.as_ref().map(|loading| loading.generation);
        let generation = self.generations.iter().copied().filter(|of| Some(*of) != loading).max()?;
        Some(json(&Held { generation, cursor: Cursor { history: Uuid::nil(), change: 0 } }))
    }
}

/// Takes damaged rows out of their stores, keeps them as they are, and puts in their place what can be known. `ids` are
/// fresh, one for each.
pub fn set_aside(
    device: &Device,
    damaged: &[Unreadable],
    traces: &Traces,
    now_ms: i64,
    ids: &mut impl FnMut() -> Key,
) -> LocalTx {
    let mut tx = LocalTx::strict();
    let mut confirmed = 0;
    for row in damaged {
        let Unreadable { store, key, text, detail } = row.clone();
        tx.expect(store, key.clone(), Some(text.clone()));
        let mended = mended(device, row, traces);
        match &mended {
            Some(value) => tx.writes.push(Write::Put { store, key: key.clone(), value: value.clone() }),
            None => tx.delete(store, key.clone()),
        }
        confirmed += usize::from(store == Store::Confirmed);
        if store != Store::Confirmed || confirmed <= CONFIRMED_ASIDE_MAX {
            // Where its value stands as before, nobody need be told.
            let seen = mended.is_some_and(|mended| same_value(&mended, &text));
            tx.put(Store::Meta, keys::aside(ids()), &Aside { store, key, text, detail, at_ms: now_ms, seen });
        }
    }
    if reads_anew(device, damaged) {
        restart(&mut tx, device);
    }
    tx
}

fn same_value(one: &str, other: &str) -> bool {
    matches!((read::<serde_json::Value>(one), read::<serde_json::Value>(other)), (Ok(one), Ok(other)) if one == other)
}

/// What can be known of what a row said.
fn mended(device: &Device, row: &Unreadable, traces: &Traces) -> Option<String> {
    if row.store == Store::Confirmed {
        return goods::mended(&row.key, &row.text).or_else(|| moves::mended(&row.key, &row.text));
    }
    if row.store != Store::Meta {
        return None;
    }
    let mut alone = Meta::default();
    let reads = alone.read(&row.key, &row.text).is_ok() && is_possible(&alone, &row.key);
    reads.then(|| written(&alone, &row.key)).flatten().or_else(|| match row.key.as_str() {
        keys::SEQUENCE => traces.sequence(device),
        keys::RECEIPT => traces.receipt(device),
        keys::HELD => traces.held(device),
        _ => None,
    })
}

/// Whether the shop is to be read from its start: a part of what is shown, or the place in a reading, is lost.
fn reads_anew(device: &Device, damaged: &[Unreadable]) -> bool {
    let of = |row: &Unreadable, key: &str| row.store == Store::Meta && row.key == key;
    if damaged.iter().any(|row| of(row, keys::HELD)) {
        return false; // its own mending leads to a reading
    }
    let under_way =
        |Loading { generation, .. }: &Loading, row: &Unreadable| row.key.starts_with(&keys::generation(*generation));
    damaged.iter().any(|row| match &device.meta.loading {
        _ if of(row, keys::LOADING) => mended(device, row, &Traces::default()).is_none(),
        // What is being read replaces what is shown.
        Some(loading) => row.store == Store::Confirmed && under_way(loading, row),
        None => row.store == Store::Confirmed,
    })
}

/// A person saw what was set aside. It stays where it is.
pub fn seen(device: &Device, id: Key) -> Option<LocalTx> {
    let (_, aside) = device.aside.iter().find(|(of, aside)| *of == id && !aside.seen)?;
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::aside(id), Some(json(aside)));
    tx.put(Store::Meta, keys::aside(id), &Aside { seen: true, ..aside.clone() });
    Some(tx)
}

/// What reads now, after an upgrade of the app, goes back to where it was: one transaction each, stale where another
/// row has its place.
pub fn bring_back(device: &Device) -> Vec<LocalTx> {
    let reads = |aside: &Aside| match aside.store {
        Store::Outbox => entry(&aside.key, &aside.text).is_ok(),
        Store::Parked => parked(&aside.key, &aside.text).is_ok(),
        Store::Acknowledged => acknowledged(&aside.key, &aside.text).is_ok(),
        // An import was gone on with meanwhile; the file, chosen again, brings the rest. An export begins again.
        Store::Meta | Store::Confirmed | Store::Import | Store::Export => false,
    };
    let back = |(id, aside): &(Key, Aside)| {
        let mut tx = LocalTx::strict();
        tx.expect(Store::Meta, keys::aside(id), Some(json(aside)));
        tx.expect(aside.store, aside.key.clone(), None);
        tx.delete(Store::Meta, keys::aside(id));
        tx.writes.push(Write::Put { store: aside.store, key: aside.key.clone(), value: aside.text.clone() });
        tx
    };
    device.aside.iter().filter(|(_, aside)| reads(aside)).map(back).collect()
}

/// The receipt number a damaged row still shows, for the person who has the paper.
pub fn receipt_in(text: &str) -> Option<ReceiptNumber> {
    let (_, rest) = text.split_once("\"receipt\":\"")?;
    rest.split_once('"')?.0.parse().ok()
}
