//! Receiving: what is asked for next, and what a page does to the confirmed state.

use super::{
    account::hear_of_itself,
    freshness, goods,
    loading::{finish_loading, flip, may_finish, wait_for_all},
    moves,
    push::{Said, heard, judge},
    state::{Acknowledged, Anew, Device, Entry, Held, Loading, SessionState, Standing},
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::{
    domain::{Day, Key},
    faults::{self, Fault},
    sync::{
        mutation::{Became, Mutation},
        wire::{Cursor, From, Kind, PROTOCOL, Page, PullAnswer, PullRequest, Pulled, Rows, StartPage},
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The confirmed state is as new as the server's was.
    UpToDate,
    /// Pull again: there is more, or this page did not fit the state.
    Again,
    /// The server asked for a reading from the start.
    Resync,
    /// The page counts what was handed in, nobody knows how much of it: of no use before the outbox has its verdicts,
    /// which the server may put off for as long as it likes.
    Waits,
}

pub fn plan_pull(device: &Device, app: &str) -> Option<PullRequest> {
    let installation = device.meta.installation.as_ref()?.id;
    Some(PullRequest { protocol: PROTOCOL, installation, app: app.to_owned(), from: asks_from(device)? })
}

/// From where a device reads next; `None` while all of a new state is there and waits for verdicts.
fn asks_from(device: &Device) -> Option<From> {
    match (&device.meta.loading, device.meta.held) {
        (Some(loading), _) if loading.complete => None,
        (Some(loading), _) => Some(From::Start { position: loading.position.clone() }),
        // What was handed in, its answer lost, may be counted in a state that is read now: its verdict comes first (G2).
        (None, Some(_)) if device.meta.read_anew == Some(Anew::Now) && device.unsent().next().is_none() => {
            Some(From::Start { position: None })
        }
        (None, Some(held)) => Some(From::Changes { cursor: held.cursor }),
        (None, None) => Some(From::Start { position: None }),
    }
}

/// What an answer to a pull does, or a page of a stream, which is of the changes. `asked` is from where a pull
/// asked: a part of a reading that was begun anew meanwhile says where it ends, and not where it begins. `acknowledged` are the rows of that store: they are sent again where the server
/// turns out to have been set back in time (G19).
pub fn on_pulled(
    device: &Device,
    epoch: u64,
    asked: Option<&From>,
    answer: &PullAnswer,
    acknowledged: &[Acknowledged],
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> (LocalTx, Applied) {
    let mut tx = LocalTx::sender(epoch);
    heard(&mut tx, device, answer.server_now_ms, now_ms);
    let applied = match &answer.pulled {
        Pulled::Start(_) if asked.is_none() || asks_from(device).as_ref() != asked => Applied::Again,
        Pulled::Start(page) => start_page(&mut tx, device, page, acknowledged, now_ms, settle_keys),
        pulled => apply_page(&mut tx, device, Some(pulled), None, now_ms, settle_keys),
    };
    freshness::answered(&mut tx, device, applied);
    (tx, applied)
}

/// Applies the page of a push or a pull together with verdicts.
pub(super) fn apply_page(
    tx: &mut LocalTx,
    device: &Device,
    pulled: Option<&Pulled>,
    said: Option<Said>,
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> Applied {
    let held = device.meta.held.filter(|_| device.meta.loading.is_none());
    let reads = device.meta.session != SessionState::Revoked;
    let mut restarted = false;
    let (applied, page) = match (pulled, held) {
        // Set back, perhaps while it was read, and a verdict is the first to say so.
        (None, _) if reads && said.is_some_and(|said| begins_another_history(device, said.history)) => {
            restart(tx, device);
            restarted = true;
            (Applied::Again, None)
        }
        (Some(Pulled::Page(page)), Some(held)) if follows(page, held.cursor) => {
            (if page.more { Applied::Again } else { Applied::UpToDate }, Some((page, held)))
        }
        // Its stream, an answer to a push and a pull may bring a phone the same.
        (Some(Pulled::Page(page)), Some(held)) if tells_what_is_held(page, held.cursor) => {
            (if page.more { Applied::Again } else { Applied::UpToDate }, None)
        }
        // A page that starts elsewhere was overtaken by another: dropped, and pulled again (G2).
        (Some(Pulled::Page(_)), _) => (Applied::Again, None),
        (Some(Pulled::Resync), Some(_)) => {
            restart(tx, device);
            restarted = true;
            (Applied::Resync, None)
        }
        // Set back again while it was read: what was read so far is of no history any more.
        (Some(Pulled::Resync), None) if device.meta.loading.as_ref().is_some_and(|loading| !loading.complete) => {
            restart(tx, device);
            restarted = true;
            (Applied::Again, None)
        }
        (Some(Pulled::Resync | Pulled::Start(_) | Pulled::Past(_)), _) => (Applied::Again, None),
        (None, Some(_)) => (Applied::UpToDate, None),
        (None, None) => (Applied::Again, None),
    };
    // A verdict of another history than the shop is in says nothing: its mutation is asked about again. A phone that
    // reads nothing any more hands in to whatever history there is.
    let history = device.history().filter(|_| reads && !restarted && !faults::is(Fault::VerdictOfAnyHistory));
    let said = said.filter(|said| history.is_none_or(|history| history == said.history));
    let mut all: Vec<Said> = said.into_iter().collect();
    let mut confirmed = device.shown().map(|shown| shown.cursor);
    if let Some((page, held)) = page {
        let cursor = Cursor { history: page.history, change: page.to };
        tx.expect(Store::Meta, keys::HELD, Some(json(&held)));
        if cursor != held.cursor {
            tx.put(Store::Meta, keys::HELD, &Held { cursor, ..held });
        }
        all.push(Said { history: page.history, answers: &page.answers });
        confirmed = Some(cursor);
    }
    judge(tx, device, &all, confirmed, now_ms, settle_keys);
    let speaks_of = |entry: &Entry| {
        let mut answers = all.iter().flat_map(|said| said.answers);
        answers.any(|answer| answer.key == entry.mutation.key && answer.verdict.change().is_some())
    };
    // Nothing waits to be sent any more: now it can be read anew.
    let wanted = device.meta.read_anew.is_some() && device.meta.loading.is_none() && !restarted;
    let may_read = wanted && applied == Applied::UpToDate && device.unsent().all(speaks_of);
    if wanted && page.is_some() && device.meta.read_anew == Some(Anew::AfterChanges) {
        tx.put(Store::Meta, keys::READ_ANEW, &Anew::Now);
    }
    let mut other_costs = false;
    if let Some((page, held)) = page {
        // After the verdicts: a refusal that somebody settled already is not parked any more.
        write_changed(tx, held.generation, &page.rows);
        write_rows(tx, held.generation, &page.rows);
        other_costs = hear_of_itself(tx, device, &page.rows);
    }
    if !restarted {
        finish_loading(tx, device, said.map_or(&[], |said| said.answers));
    }
    if may_read || other_costs { Applied::Again } else { applied }
}

/// Whether a verdict is of neither the history that is being read nor the one that is held.
fn begins_another_history(device: &Device, history: Uuid) -> bool {
    let held = device.meta.held.map(|held| held.cursor.history);
    device.history().is_some_and(|known| known != history) && held != Some(history)
}

fn follows(page: &Page, cursor: Cursor) -> bool {
    faults::is(Fault::PageAnywhere)
        || page.history == cursor.history && page.from == cursor.change && page.to >= page.from
}

fn tells_what_is_held(page: &Page, cursor: Cursor) -> bool {
    page.history == cursor.history && page.to <= cursor.change
}

/// Begins to read the shop from its start, beside what is shown until the new state is whole.
pub(super) fn restart(tx: &mut LocalTx, device: &Device) {
    let generation = make_room(tx, device);
    let loading = Loading { generation, position: None, at: None, complete: false, rows: 0, total_rows: 0 };
    tx.put(Store::Meta, keys::LOADING, &loading);
}

/// For a new state beside what is shown: nothing of an earlier try. Answers its generation.
fn make_room(tx: &mut LocalTx, device: &Device) -> u32 {
    tx.expect(Store::Meta, keys::HELD, device.meta.held.as_ref().map(json));
    if device.meta.read_anew.is_some() {
        tx.delete(Store::Meta, keys::READ_ANEW);
    }
    let generation = device.meta.held.map_or(0, |held| held.generation + 1);
    tx.writes.push(Write::DeletePrefix { store: Store::Confirmed, prefix: keys::generation(generation) });
    generation
}

/// A person wants the shop read anew: as soon as nothing waits to be sent. What is shown serves until the new state is
/// whole, and the outbox stays (G4). `None` where there is nothing to read anew: nothing was read yet, it is being read or
/// will be, or the phone reads nothing.
pub fn read_anew(device: &Device) -> Option<LocalTx> {
    let reads = device.meta.held.is_some() && device.meta.session != SessionState::Revoked;
    if !reads || device.meta.loading.is_some() || device.meta.read_anew.is_some() {
        return None;
    }
    let mut tx = LocalTx::strict();
    tx.expect(Store::Meta, keys::LOADING, None);
    tx.expect(Store::Meta, keys::READ_ANEW, None);
    tx.put(Store::Meta, keys::READ_ANEW, &Anew::Now);
    Some(tx)
}

fn start_page(
    tx: &mut LocalTx,
    device: &Device,
    page: &StartPage,
    acknowledged: &[Acknowledged],
    now_ms: i64,
    settle_keys: &mut impl FnMut() -> Key,
) -> Applied {
    let first = Loading {
        generation: device.meta.held.map_or(0, |held| held.generation + 1),
        position: None,
        at: None,
        complete: false,
        rows: 0,
        total_rows: 0,
    };
    let loading = device.meta.loading.clone().unwrap_or(first);
    if loading.at.is_some_and(|at| at != page.at) {
        return Applied::Again;
    }
    // A stream was faster, or the server was set back, which it says when it is asked for changes.
    let older = |held: Held| held.cursor.history == page.at.history && page.at.change < held.cursor.change;
    if device.meta.loading.is_none() && device.meta.held.is_some_and(older) {
        tx.expect(Store::Meta, keys::LOADING, None);
        tx.put(Store::Meta, keys::READ_ANEW, &Anew::AfterChanges);
        return Applied::Again;
    }
    let resent = loading.at.is_none() && resend(tx, device, page.at, acknowledged);
    if device.meta.held.is_none() && loading.at.is_none() && (resent || device.unsent().next().is_some()) {
        // Handed in, its answer lost, it may be counted in this state already: its verdict comes first (G2).
        return if resent || faults::is(Fault::WaitsWithoutPause) { Applied::Again } else { Applied::Waits };
    }
    let expected = device.meta.loading.as_ref().map(json);
    tx.expect(Store::Meta, keys::LOADING, expected);
    if device.meta.loading.is_none() && device.meta.read_anew.is_some() {
        make_room(tx, device);
    }
    if device.meta.held.is_none() && loading.at.is_none() {
        tx.put(Store::Meta, keys::SOLD_KNOWN, &true); // no earlier version read anything here
    }
    goods::write(tx, loading.generation, &page.rows);
    moves::write(tx, loading.generation, &page.rows.movements);
    write_rows(tx, loading.generation, &page.rows);
    // Where it changed while this was read, the shop is read once more.
    hear_of_itself(tx, device, &page.rows);
    let loading = Loading {
        generation: loading.generation,
        position: page.next.clone(),
        at: Some(page.at),
        complete: page.next.is_none(),
        rows: loading.rows + page.rows.count() as u64,
        total_rows: page.total_rows,
    };
    if device.meta.held.is_none() {
        // The first state ever is shown while it grows; what it holds already leaves the outbox now.
        judge(tx, device, &[], Some(page.at), now_ms, settle_keys);
    }
    if loading.complete && !resent && may_finish(device, &[], page.at) {
        flip(tx, device, &loading, &[]);
        return Applied::Again;
    }
    if loading.complete {
        wait_for_all(tx, device, &[], page.at);
    }
    tx.put(Store::Meta, keys::LOADING, &loading);
    Applied::Again
}

/// A server set back in time lost what it had acknowledged in another history: queue it again, as it was (G19). Says
/// whether anything was.
fn resend(tx: &mut LocalTx, device: &Device, at: Cursor, acknowledged: &[Acknowledged]) -> bool {
    let held = device.meta.held.map(|held| held.cursor);
    // Set back without a new name: nothing that was said under it holds.
    let behind = held.is_some_and(|held| held.history == at.history && at.change < held.change);
    let lost = |history: Option<Uuid>| behind || history != Some(at.history);
    let acknowledged: Vec<&Acknowledged> = acknowledged.iter().filter(|row| lost(row.history)).collect();
    let elsewhere = !acknowledged.is_empty() || held.is_some_and(|held| lost(Some(held.history)));
    let judged_elsewhere = |entry: &Entry| entry.verdict.is_some() && lost(entry.history);
    let forgotten = faults::is(Fault::NotResent) || held.is_none() && faults::is(Fault::FirstReadingNotResent);
    // Before anything was read nobody can tell: a cause that was set aside may have been so in another history.
    let moved = held.is_none() || elsewhere || device.outbox.iter().any(judged_elsewhere);
    if forgotten || !moved {
        return false;
    }
    // A cause that was refused is not sent again: whatever names it would be blocked for ever.
    let again: BTreeSet<Key> = acknowledged.iter().map(|row| row.mutation.key).collect();
    let comes = |cause: &Key| again.contains(cause) || device.find(*cause).is_some();
    let freed = |mutation: &Mutation| Mutation {
        needs: mutation.needs.iter().copied().filter(comes).collect(),
        ..mutation.clone()
    };
    for Acknowledged { mutation, .. } in &acknowledged {
        let resent_from = held.map(|held| held.history);
        let entry = Entry { resent_from, ..Entry::new(freed(mutation), Standing::Queued) };
        tx.delete(Store::Acknowledged, entry.mutation.key.to_string());
        tx.put(Store::Outbox, entry.storage_key(), &entry);
    }
    let mut unsaid = false;
    for entry in &device.outbox {
        if entry.verdict.is_some() && !judged_elsewhere(entry) {
            continue;
        }
        let anew = Entry { mutation: freed(&entry.mutation), verdict: None, history: None, ..entry.clone() };
        if anew != *entry {
            tx.expect_entry(entry);
            tx.put(Store::Outbox, entry.storage_key(), &anew);
            unsaid |= entry.verdict.is_some();
        }
    }
    !acknowledged.is_empty() || unsaid
}

/// Products as they are since a change, and the stock its movements leave.
fn write_changed(tx: &mut LocalTx, generation: u32, rows: &Rows) {
    for product in &rows.products {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Product, product.id), product);
    }
    // In the order of their changes: the last one of a product leaves its stock as it is at the page's end.
    for movement in &rows.movements {
        tx.put(Store::Confirmed, keys::stock(generation, movement.product), &movement.stock_after);
        tx.put(Store::Confirmed, keys::movement(generation, movement.product, movement.change), movement);
    }
}

fn write_rows(tx: &mut LocalTx, generation: u32, rows: &Rows) {
    if let Some(shop) = &rows.shop {
        tx.put(Store::Meta, keys::SHOP, shop);
    }
    for person in &rows.people {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Person, person.id), person);
    }
    for phone in &rows.phones {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Phone, phone.id), phone);
    }
    for sale in &rows.sales {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Sale, sale.sale.id), sale);
        tx.put(Store::Confirmed, keys::sold(generation, sale.day, sale.sale.id), &true);
    }
    for refused in &rows.refused {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Refused, refused.key), refused);
        if matches!(refused.became, Some(Became::Cancelled | Became::Retried)) {
            // Somebody settled it, here or elsewhere.
            tx.delete(Store::Parked, refused.key.to_string());
        }
    }
    for clash in &rows.clashes {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Clash, clash.key), clash);
        if clash.settled_ms.is_some() {
            tx.delete(Store::Parked, clash.key.to_string());
        }
    }
    for customer in &rows.customers {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Customer, customer.id), customer);
    }
    for repayment in &rows.repayments {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Repayment, repayment.repayment.id), repayment);
    }
    for expense in &rows.expenses {
        tx.put(Store::Confirmed, keys::row(generation, Kind::Expense, expense.expense.id), expense);
    }
    for gone in &rows.gone {
        tx.delete(Store::Confirmed, keys::row(generation, gone.kind, gone.id));
    }
}

/// Gives the sales an earlier version read their keys by day. `sales` are the keys of their rows in the state shown, each
/// with the day it was booked on.
pub fn know_days<'k>(device: &Device, sales: impl Iterator<Item = (&'k str, Day)>) -> LocalTx {
    let mut tx = LocalTx::sender(device.meta.epoch);
    tx.expect(Store::Meta, keys::HELD, device.meta.held.as_ref().map(json));
    for sold in sales.filter_map(|(row, day)| keys::sold_of(row, day)) {
        tx.put(Store::Confirmed, sold, &true);
    }
    tx.put(Store::Meta, keys::SOLD_KNOWN, &true);
    tx
}
