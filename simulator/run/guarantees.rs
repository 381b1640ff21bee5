//! What must hold, by the numbers of the contract. Each check names the promise it is of; a run ends at the first that
//! is broken.

use super::{
    disk::Disk,
    model::Model,
    phone::Phone,
    server::Server,
    shop,
    stage::Stage,
    strikes::PHONES_MAX,
    view::View,
    witness::{Painted, Witness, key_of, keys_on},
};
use comptoir::{
    domain::{Key, ProductId, SaleId},
    server::check,
    sync::{
        Body, Verdict,
        engine::{self, Acknowledged, Device, Entry, LocalTx, Store, Write, keys},
        wire::{Cursor, CustomerRow, Kind, PhoneRow},
    },
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use uuid::Uuid;

/// A broken promise, and what showed it.
#[derive(Debug, Clone)]
pub struct Violation {
    pub guarantee: &'static str,
    pub detail: String,
}

pub type Held<T = ()> = Result<T, Violation>;

pub mod named {
    pub const WRITTEN_BEFORE_SHOWN: &str = "G1 what was shown survives a power cut";
    pub const EACH_COUNTED_ONCE: &str = "G2 shown = confirmed + pending, each counted once";
    pub const CONFIRMED_IS_THE_SERVERS: &str = "G2 the confirmed state is the server's";
    pub const OUTBOX_KEPT: &str = "G4 nothing leaves the outbox unsaid";
    pub const EXACTLY_ONCE: &str = "G6 a replay gets the same answer";
    pub const EACH_ITS_VERDICT: &str = "G8 each mutation gets its own verdict";
    pub const VERDICTS_FOLLOW: &str = "G7 G12 every verdict follows from what came before";
    pub const NO_CHANGE_IS_MISSED: &str = "G10 a page tells every change of its range";
    pub const COMMIT_ORDER: &str = "G10 change numbers are in commit order";
    pub const REAL_TIME: &str = "G10 what had ended is before what began later";
    pub const CURSORS: &str = "G10 a cursor never goes back";
    pub const STOCK: &str = "G12 stock is what the movements leave, never below zero";
    pub const BOOKS: &str = "G9 G15 the books add up";
    pub const NUMBERS: &str = "G15 everything made was received";
    pub const WAIT_ENDS: &str = "G16 a wait ends within seconds";
    pub const VERDICT_DECIDES: &str = "G16 a refusal that came in time shows no receipt";
    pub const CONFIRMED_RECEIPT: &str = "G16 a receipt shown as confirmed is on the server, once";
    pub const WAITING_RECEIPT: &str = "G17 a receipt shown as waiting is on the server, or to be decided";
    pub const ROLLED_BACK: &str = "G16 a sale whose cart came back is not on the server, or voided";
    pub const BOOKED: &str = "G10 a clock books nothing beyond receipt";
    pub const MERGED: &str = "G18 nothing is overwritten silently";
    pub const ONE_SENDER: &str = "G5 a sender whose lock was taken cannot write";
    pub const CAUSES_FIRST: &str = "G7 causes are sent before their effects";
    pub const SINGLE: &str = "G20 who was not cloned keeps their number";
    pub const FORKS_END: &str = "G20 a copied phone becomes another once, not again and again";
    pub const NO_PANIC: &str = "nothing panics";
    pub const ANSWERS: &str = "the server fails only where its database does";
    pub const MISSED_IS_ASKED_FOR: &str = "G2 a change a phone was told of is asked for within a minute";
    pub const PAUSES: &str = "G5 who waits asks with pauses";
    pub const PROGRESS: &str = "G5 an outbox empties while the network is good";
}

pub fn broken<T>(guarantee: &'static str, detail: impl Into<String>) -> Held<T> {
    Err(Violation { guarantee, detail: detail.into() })
}

fn holds(holds: bool, guarantee: &'static str, detail: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { broken(guarantee, detail()) }
}

// During the run.

/// A mutation leaves the outbox as acknowledged, parked, rolled back after a refusal, or renumbered; one that only told
/// of a refusal may also be dropped with a refusal of its own.
pub fn nothing_leaves_the_outbox_unsaid(before: &Device, tx: &LocalTx) -> Held {
    let put = |of: Store, key: Key| {
        tx.writes.iter().any(|write| match write {
            Write::Put { store: Store::Outbox, key: at, .. } => of == Store::Outbox && key_of(at) == key,
            Write::Put { store, key: at, .. } => *store == of && *at == key.to_string(),
            _ => false,
        })
    };
    for write in &tx.writes {
        let Write::Delete { store: Store::Outbox, key } = write else { continue };
        let key = key_of(key);
        let kept = [Store::Outbox, Store::Parked, Store::Acknowledged].into_iter().any(|store| put(store, key));
        let entry = before.find(key);
        let refused = entry.and_then(|entry| entry.verdict.as_ref()).is_some_and(|verdict| !verdict.is_applied());
        let tells = entry.is_some_and(|entry| entry.mutation.kind == "settle_refusal");
        holds(kept || refused || tells, named::OUTBOX_KEPT, || format!("{key} is gone: {entry:?}"))?;
    }
    Ok(())
}

/// `sends`: the epoch of the sender that decided what was written.
pub fn only_the_sender_writes(before: &Device, sends: Option<u64>) -> Held {
    let fenced = sends.is_some_and(|epoch| epoch != before.meta.epoch);
    holds(!fenced, named::ONE_SENDER, || format!("epoch {sends:?} wrote in epoch {}", before.meta.epoch))
}

pub fn a_cursor_never_goes_back(before: &Device, after: &Device) -> Held {
    let (Some(before), Some(after)) = (before.meta.held, after.meta.held) else { return Ok(()) };
    let back = before.cursor.history == after.cursor.history && after.cursor.change < before.cursor.change;
    holds(!back, named::CURSORS, || format!("{before:?}, then {after:?}"))
}

/// A sale that left the outbox is in the confirmed state: else it counts nowhere.
pub fn what_is_acknowledged_is_held(after: &Device, tx: &LocalTx) -> Held {
    for write in &tx.writes {
        let Write::Put { store: Store::Acknowledged, value, .. } = write else { continue };
        let row: Acknowledged = serde_json::from_str(value).expect("written here");
        let shown = after.shown().map(|shown| shown.cursor);
        let held = shown.is_some_and(|cursor| cursor.holds(row.history, row.change));
        holds(held, named::EACH_COUNTED_ONCE, || format!("{} of {:?} at {shown:?}", row.mutation.key, row.change))?;
    }
    Ok(())
}

/// What was on the disk before the power went is there after.
pub fn power_cuts_lose_nothing(before: &BTreeSet<Key>, after: &Disk) -> Held {
    let lost: Vec<_> = before.difference(&keys_on(after)).copied().collect();
    holds(lost.is_empty(), named::WRITTEN_BEFORE_SHOWN, || format!("{lost:?}"))
}

/// The seller's five seconds, or what the owner's rules say, and what a slow disk and a tab that stood still may add.
pub fn a_wait_ends(began_ms: i64, wait_ms: i64, stage: &Stage) -> Held {
    const GRACE_MS: i64 = 5_000;
    let waited_ms = stage.now_ms - began_ms;
    let frozen = stage.nature.strikes.iter().any(|(strike, _)| *strike == super::stage::Strike::Freeze);
    holds(frozen || waited_ms <= wait_ms + GRACE_MS, named::WAIT_ENDS, || format!("{waited_ms} ms"))
}

/// Of the requests a phone sends by itself, sales aside, there are so many in ten seconds at most: those that a person's
/// taps ask for are fewer, and those that wait for a server back off. `asked_ms` are their times, oldest first.
pub fn asks_with_pauses(phone: usize, asked_ms: &mut VecDeque<i64>, now_ms: i64) -> Held {
    const WINDOW_MS: i64 = 10_000;
    const MOST: usize = 100;
    asked_ms.push_back(now_ms);
    while asked_ms.front().is_some_and(|asked_ms| now_ms - asked_ms > WINDOW_MS) {
        asked_ms.pop_front();
    }
    holds(asked_ms.len() <= MOST, named::PAUSES, || format!("phone {phone}: {} in ten seconds", asked_ms.len()))
}

/// `told`: the newest change of a stream's page, which did not fit where the confirmed state is older. `asks_ms`: how
/// long a sender that has no pull under way sleeps before it asks.
pub fn asks_for_what_it_missed(device: &Device, told: Option<Cursor>, asks_ms: Option<i64>) -> Held {
    let held = device.meta.held.filter(|_| device.meta.loading.is_none()).map(|held| held.cursor);
    let behind = held.zip(told).is_some_and(|(held, told)| held.history == told.history && held.change < told.change);
    let soon = asks_ms.is_some_and(|asks_ms| asks_ms <= engine::BACKOFF_LAST_MS);
    holds(!behind || soon, named::MISSED_IS_ASKED_FOR, || format!("{held:?} of {told:?}, asks in {asks_ms:?} ms"))
}

/// A phone becomes another for each phone that has its numbers, of which there are no more than phones.
pub fn forks_end(phone: usize, forks: usize) -> Held {
    holds(forks <= PHONES_MAX, named::FORKS_END, || format!("phone {phone}: {forks} times"))
}

/// Whose refusal was there when the wait ended is not told that the sale waits.
pub fn a_verdict_decides(device: &Device, key: Key, painted: Painted) -> Held {
    let verdict = device.find(key).and_then(|entry| entry.verdict.as_ref());
    let refused = verdict.is_some_and(|verdict| !verdict.is_applied());
    holds(!(refused && painted == Painted::Waiting), named::VERDICT_DECIDES, || format!("{key}: {verdict:?}"))
}

/// The stock, and what customers owe, that a phone calls confirmed is what the server had at the phone's cursor.
pub fn confirmed_stands(phone: &Phone, histories: &BTreeMap<Uuid, Model>) -> Held {
    let view = View::of(&phone.disk);
    let Some(held) = view.device.meta.held else { return Ok(()) };
    let Some(model) = histories.get(&held.cursor.history) else { return Ok(()) };
    for (product, units) in view.confirmed_stock() {
        let stands = model.stock_at(product, held.cursor.change);
        holds(units == stands, named::CONFIRMED_IS_THE_SERVERS, || {
            format!("phone {}: {product} {units} at {:?}, {stands} on the server", phone.index, held.cursor)
        })?;
    }
    for CustomerRow { name, owed_gnf, .. } in view.customers() {
        let stands = model.accounts.owed_at(&name, held.cursor.change);
        holds(owed_gnf == stands, named::CONFIRMED_IS_THE_SERVERS, || {
            format!("phone {}: {name} owes {owed_gnf} at {:?}, {stands} on the server", phone.index, held.cursor)
        })?;
    }
    Ok(())
}

/// What a phone shows beyond its confirmed state is what it holds and the server has not judged within it.
pub fn each_counts_once(phone: &Phone, stage: &Stage, model: &Model) -> Held {
    let view = View::of(&phone.disk);
    let Some(held) = view.device.meta.held else { return Ok(()) };
    // While a server set back is read again, what it still counts is not known to anybody.
    if view.device.outbox.iter().any(|entry| entry.resent_from.is_some()) || view.device.meta.loading.is_some() {
        return Ok(());
    }
    let (mut expected, mut counted) = (BTreeMap::<ProductId, i64>::new(), BTreeMap::<ProductId, i64>::new());
    for entry in &view.device.outbox {
        let made = &stage.witness.made[&entry.mutation.key];
        let pending = match (&entry.verdict, model.ledger.get(&entry.mutation.key)) {
            (Some(verdict), _) if !verdict.is_applied() => false,
            (_, Some(Verdict::Applied { change })) => *change > held.cursor.change,
            _ => true,
        };
        if let (true, Body::CountStock(count)) = (pending, &made.body) {
            // The last of them stands.
            counted.insert(count.product, count.difference() - model.corrected_since(count, held.cursor.change));
        } else if pending && !matches!(made.body, Body::VoidSale(_)) {
            made.body
                .stock_deltas()
                .into_iter()
                .for_each(|(product, units)| *expected.entry(product).or_insert(0) += units);
        }
        if let (true, Body::VoidSale(void)) = (pending, &made.body) {
            let back =
                model.taken_by(void.sale, held.cursor.change).or_else(|| sold_before(&view.device, entry, void.sale));
            let back = back.unwrap_or_default();
            back.into_iter().for_each(|(product, units)| *expected.entry(product).or_insert(0) += units);
        }
    }
    for product in model.stock().into_keys() {
        let shown = view.stock_of(product);
        let confirmed = model.stock_at(product, held.cursor.change);
        let pending = [&expected, &counted].iter().filter_map(|units| units.get(&product)).sum::<i64>();
        holds(shown == confirmed + pending, named::EACH_COUNTED_ONCE, || {
            let held: Vec<_> =
                view.device.outbox.iter().map(|entry| (entry.mutation.body.text(), &entry.verdict)).collect();
            let index = phone.index;
            format!("phone {index}: {product} shows {shown}: confirmed {confirmed}, pending {pending} of {held:?}")
        })?;
    }
    Ok(())
}

/// What a sale takes that was queued before its void, and is not refused.
fn sold_before(device: &Device, void: &Entry, sale: SaleId) -> Option<BTreeMap<ProductId, i64>> {
    let not_refused = |entry: &&Entry| entry.verdict.as_ref().is_none_or(|verdict| verdict.is_applied());
    let before = device.outbox.iter().take_while(|entry| entry.mutation.key != void.mutation.key);
    before.filter(not_refused).find_map(|entry| match entry.mutation.read() {
        Ok(Body::RecordSale(record)) if record.sale.id == sale => Some(record.sale.units_by_product()),
        _ => None,
    })
}

/// After every push: the server's stock is the model's, and not below zero.
pub async fn stock_stands(server: &Server<'_>, model: &Model) -> Held {
    let stock: BTreeMap<_, _> = server.stock().await.into_iter().collect();
    let below = stock.iter().find(|(_, units)| **units < 0);
    holds(below.is_none(), named::STOCK, || format!("{below:?}"))?;
    holds(stock == model.stock(), named::STOCK, || format!("{stock:?}, not {:?}", model.stock()))
}

// After the world healed and everybody synchronised.

pub async fn books_add_up(server: &Server<'_>, set_back: bool) -> Held {
    let mut differences = check::check(server.db()).await.expect("the books are read");
    // What a server that was set back had refused is not sent again: its numbers stay open.
    differences.retain(|difference| !(set_back && difference.rule.starts_with("everything made")));
    holds(differences.is_empty(), named::BOOKS, || format!("{differences:?}"))
}

/// Everything anybody made has its one verdict on the server.
pub async fn everything_made_was_received(server: &Server<'_>, witness: &Witness, set_back: bool) -> Held {
    let rows = shop::read!(server.db(), (Uuid, String), "SELECT key, outcome FROM ledger").expect("the ledger is read");
    let ledger: BTreeMap<Key, String> = rows.into_iter().map(|(key, outcome)| (Key(key), outcome)).collect();
    for (key, made) in &witness.made {
        holds(set_back || ledger.contains_key(key), named::NUMBERS, || {
            format!("phone {}: {key} ({}, number {})", made.phone, made.mutation.kind, made.mutation.origin.sequence)
        })?;
    }
    Ok(())
}

/// What customers were told of their sales is so.
///
/// A server that was set back is told again as ordinary replays (G19): what had been confirmed may be refused by then,
/// and is a decision; and a decision of before that is known to the phones alone. A phone that was revoked reads
/// nothing, and does not learn that there is something to tell again.
pub async fn receipts_are_true(
    server: &Server<'_>,
    witness: &Witness,
    phones: &[Phone],
    model: &Model,
    set_back: bool,
) -> Held {
    let rows = shop::read!(server.db(), (Uuid, Uuid, Option<i64>), "SELECT id, key, voided_ms FROM sales");
    let rows = rows.expect("sales are read").into_iter().map(|(id, key, voided)| (SaleId(id), (Key(key), voided)));
    let sold: BTreeMap<SaleId, (Key, Option<i64>)> = rows.collect();
    let parked: BTreeSet<Key> =
        phones.iter().flat_map(|phone| phone.disk.parked()).map(|parked| parked.mutation.key).collect();
    for (key, painted) in &witness.painted {
        let made = &witness.made[key];
        let Body::RecordSale(record) = &made.body else { continue };
        if set_back && phones[made.phone].revoked {
            continue;
        }
        let here = sold.get(&record.sale.id).filter(|(of, _)| of == key);
        let (voided, here) = (here.is_some_and(|(_, voided)| voided.is_some()), here.is_some());
        let told = || format!("{key}, sale {}", record.sale.id);
        // What the server refused it keeps whole, and shows to all when it is parked, or after a minute without word.
        let to_decide = parked.contains(key) || model.keeps_refused(*key) || set_back && witness.decided(*key);
        match painted {
            Painted::Confirmed => holds(here || set_back && to_decide, named::CONFIRMED_RECEIPT, told)?,
            Painted::RolledBack => holds(!here || voided, named::ROLLED_BACK, told)?,
            Painted::Waiting | Painted::ToDecide => {
                let quarantined = matches!(model.ledger.get(key), Some(Verdict::Quarantined { .. }));
                holds(here || to_decide || quarantined, named::WAITING_RECEIPT, told)?;
            }
        }
    }
    Ok(())
}

/// A phone holds what a phone that reads everything anew holds.
pub fn confirmed_is_the_servers(phone: &Phone, fresh: &Disk) -> Held {
    let (own, other) = (confirmed(&phone.disk), confirmed(fresh));
    let only = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        one.iter().find(|(key, value)| other.get(*key) != Some(value)).map(|(key, value)| format!("{key}: {value}"))
    };
    holds(own == other, named::CONFIRMED_IS_THE_SERVERS, || {
        format!("phone {} has {:?}, the server {:?}", phone.index, only(&own, &other), only(&other, &own))
    })?;
    let Some(itself) = phone.disk.device().meta.installation else { return Ok(()) };
    let row = other.get(&format!("{}/{}", Kind::Phone.name(), itself.id));
    let told = row.map(|row| serde_json::from_str::<PhoneRow>(row).expect("the engine wrote it"));
    let knows = told.as_ref().is_some_and(|row| (&row.name, row.holds_costs) == (&itself.name, itself.holds_costs));
    holds(knows, named::CONFIRMED_IS_THE_SERVERS, || {
        format!(
            "phone {} takes itself for {:?}, the server for {told:?}",
            phone.index,
            (itself.name, itself.holds_costs)
        )
    })
}

/// The confirmed rows without their generation, and what is known of the shop. No stock is a stock of zero: a product created with nothing has no
/// movement that would tell it.
fn confirmed(disk: &Disk) -> BTreeMap<String, String> {
    let Some(shown) = disk.device().shown() else { return BTreeMap::new() };
    let rows = disk.confirmed(shown.generation).into_iter();
    let shop = disk.get(Store::Meta, keys::SHOP).map(|shop| (keys::SHOP.to_owned(), shop.to_owned()));
    rows.filter(|(key, value)| !(key.starts_with("stock/") && value == "0")).chain(shop).collect()
}

/// Somebody is asked for a PIN.
pub fn waits_for_a_person(phone: &Phone) -> bool {
    use comptoir::sync::engine::SessionState;
    phone.disk.device().meta.session == SessionState::Ended
}

/// Whether a phone has nothing left to say, and has read all there is.
pub fn is_at_rest(phone: &Phone, newest: Cursor) -> bool {
    let device = phone.disk.device();
    if phone.revoked {
        return device.unsent().next().is_none(); // it hands in, and reads nothing
    }
    let read_all = device.meta.held.is_some_and(|held| held.cursor == newest) && device.meta.loading.is_none();
    device.outbox.is_empty() && read_all && device.meta.read_anew.is_none()
}

pub fn why_restless(phone: &Phone) -> String {
    let device = phone.disk.device();
    let waiting = device.outbox.iter().map(|entry| {
        let verdict = entry.verdict.as_ref().map(|verdict| format!("{verdict:?}"));
        format!("{} {:?} {}", entry.mutation.kind, entry.standing, verdict.unwrap_or_default())
    });
    let waiting: Vec<_> = waiting.take(3).collect();
    format!("phone {}: {} in the outbox {waiting:?}, {:?}", phone.index, device.outbox.len(), device.meta)
}
