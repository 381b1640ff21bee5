//! From the disk to what screens show beside the catalogue.

use super::{
    account, exporting,
    handle::{
        CutOff, Damaged, Decided, Decision, ImportStatus, InstallationStatus, Receipt, ReceiptState, Status,
        StorageProblem, Till, Undecided, VoidedBy,
    },
    moves, platform,
    shelf::Shelf,
};
use crate::{
    domain::{Label, Role, Sale, SaleId, Shop, UserId, import::Column},
    sync::{
        Body, Verdict,
        engine::{
            self, Acknowledged, Device, Entry, Freshness, Parked, Store, keys,
            sound::{self, Aside},
        },
        json,
        mutation::{Became, RecordSale, SettleRefusal, VoidSale},
        view::{Pending, corrected_since},
        wire::{ClashRow, Kind, MovementRow, PersonRow, PhoneRow, RefusedRow, SaleRow},
    },
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Decisions that are listed.
const DECIDED_MAX: usize = 50;

/// What is small and changes often, beside the catalogue: people, decisions, and where the device stands.
pub struct Overview {
    people: Vec<PersonRow>,
    decisions: Vec<Decision>,
    decided: Vec<Decided>,
    status: Status,
}

pub async fn overview(
    shelf: &Shelf,
    device: &Device,
    pending: &Pending,
    till: Till,
) -> Result<Overview, StorageProblem> {
    let people = people(shelf, device).await?;
    let (decisions, decided) = decisions(shelf, device, &people, pending).await?;
    let status = status(device, pending, decisions.len(), &people, till);
    Ok(Overview { people: people.into_values().collect(), decisions, decided, status })
}

impl Overview {
    pub fn show(self, till: Till) {
        set_if_new(till.people, self.people);
        set_if_new(till.decisions, self.decisions);
        set_if_new(till.decided, self.decided);
        set_if_new(till.status, self.status);
    }
}

pub fn set_if_new<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|current| *current != value) {
        signal.set(value);
    }
}

/// The outbox's part of what is shown.
pub async fn pending(shelf: &Shelf, device: &Device) -> Result<Pending, StorageProblem> {
    let mut sales: BTreeMap<SaleId, Sale> = BTreeMap::new();
    for entry in &device.outbox {
        if let Ok(Body::VoidSale(VoidSale { sale, .. })) = entry.mutation.read()
            && let Some(found) = voided(shelf, device, entry, sale).await?
        {
            sales.insert(sale, found);
        }
    }
    let counted = counted(shelf, device).await?;
    Ok(Pending::of(
        device,
        |id| sales.get(&id).cloned(),
        |product, at| {
            let shown = device.shown().map_or(at, |shown| shown.cursor);
            corrected_since(counted.iter().filter(|row| row.product == product), at, shown)
        },
    ))
}

/// Confirmed movements of the products that a queued count is of.
async fn counted(shelf: &Shelf, device: &Device) -> Result<Vec<MovementRow>, StorageProblem> {
    let (mut rows, Some(shown)) = (Vec::new(), device.shown()) else { return Ok(Vec::new()) };
    let mut products = BTreeSet::new();
    for entry in device.outbox.iter().filter(|entry| entry.mutation.kind == "count_stock") {
        if let Ok(Body::CountStock(count)) = entry.mutation.read()
            && products.insert(count.product)
        {
            rows.extend(moves::of(shelf, shown, count.product).await?);
        }
    }
    Ok(rows)
}

/// The sale a pending void is of: confirmed, or acknowledged and missing from the page that counted it, because its row
/// changed again behind that page.
async fn voided(shelf: &Shelf, device: &Device, void: &Entry, sale: SaleId) -> Result<Option<Sale>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(None) };
    if let Some(row) = confirmed_sale(shelf, shown.generation, sale).await? {
        return Ok(Some(row.sale));
    }
    for cause in &void.mutation.needs {
        let stored = shelf.storage().get(Store::Acknowledged, &cause.to_string()).await?;
        let found = stored.and_then(|text| json::read::<Acknowledged>(&text).ok()).and_then(|row| row.sale(sale));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// As the pages have brought them; before the first, as the last sign-in did.
pub async fn people(shelf: &Shelf, device: &Device) -> Result<BTreeMap<UserId, PersonRow>, StorageProblem> {
    let known: Vec<PersonRow> = account::read(shelf, account::PEOPLE).await?.unwrap_or_default();
    let mut people: BTreeMap<UserId, PersonRow> = known.into_iter().map(|person| (person.id, person)).collect();
    if let Some(shown) = device.shown() {
        let rows = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Person)).await?;
        let read = |key: &str, text: &str| sound::confirmed(key, text, |person: &PersonRow| person.id.0);
        let (rows, _) = shelf.sound(Store::Confirmed, &rows, read).await;
        people.extend(rows.into_iter().map(|person| (person.id, person)));
    }
    Ok(people)
}

/// The shop's phones, as the pages have brought them.
pub async fn phones(shelf: &Shelf) -> Result<Vec<PhoneRow>, StorageProblem> {
    let Some(shown) = shelf.device().await?.shown() else { return Ok(Vec::new()) };
    let rows = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Phone)).await?;
    let read = |key: &str, text: &str| sound::confirmed(key, text, |phone: &PhoneRow| phone.id.0);
    Ok(shelf.sound(Store::Confirmed, &rows, read).await.0)
}

async fn confirmed_sale(shelf: &Shelf, generation: u32, sale: SaleId) -> Result<Option<SaleRow>, StorageProblem> {
    let key = keys::row(generation, Kind::Sale, sale);
    let Some(text) = shelf.storage().get(Store::Confirmed, &key).await? else { return Ok(None) };
    let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &SaleRow| row.sale.id.0);
    Ok(shelf.sound(Store::Confirmed, &[(key, text)], read).await.0.pop())
}

/// The clashes nobody settled yet, of what is shown.
async fn clashes(shelf: &Shelf, device: &Device) -> Result<Vec<ClashRow>, StorageProblem> {
    let Some(shown) = device.shown() else { return Ok(Vec::new()) };
    let rows = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Clash)).await?;
    let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &ClashRow| row.key.0);
    let rows = shelf.sound(Store::Confirmed, &rows, read).await.0;
    Ok(rows.into_iter().filter(|row| row.settled_ms.is_none()).collect())
}

async fn decisions(
    shelf: &Shelf,
    device: &Device,
    people: &BTreeMap<UserId, PersonRow>,
    pending: &Pending,
) -> Result<(Vec<Decision>, Vec<Decided>), StorageProblem> {
    let who = |id: UserId| name_in(people, id);
    let (mut found, mut decided) = (BTreeMap::new(), Vec::new());
    if let Some(shown) = device.shown() {
        let rows = shelf.storage().scan(Store::Confirmed, &keys::rows(shown.generation, Kind::Refused)).await?;
        let read = |key: &str, text: &str| sound::confirmed(key, text, |row: &RefusedRow| row.key.0);
        for row in shelf.sound(Store::Confirmed, &rows, read).await.0 {
            if let (Some(became @ (Became::Cancelled | Became::Retried)), Some(by), Some(at_ms)) =
                (row.became, row.settled_by, row.settled_ms)
            {
                decided.push(Decided { sale: row.sale, became, who: who(by), at_ms });
            } else if matches!(row.became, None | Some(Became::Parked)) {
                let RefusedRow { key, sale, refusal, actor, at_ms, .. } = row;
                let mine = device.meta.installation.as_ref().is_some_and(|own| own.id == row.installation);
                let what = Undecided::Sale { sale, refusal };
                found.insert(key, Decision { key, what, who: who(actor), at_ms, mine });
            }
        }
    }
    let own = device.meta.installation.as_ref().map(|own| own.id);
    let owner = device.meta.actor.as_ref().is_some_and(|actor| actor.role == Role::Owner);
    for row in clashes(shelf, device).await? {
        let ClashRow { key, of, fields, installation, actor, at_ms, .. } = row;
        let mine = own == Some(installation);
        if mine || owner {
            let what = Undecided::Conflict { of, fields };
            found.insert(key, Decision { key, what, who: who(actor), at_ms, mine });
        }
    }
    for parked in shelf.all_parked().await? {
        let key = parked.mutation.key;
        let (actor, at_ms) = (parked.mutation.origin.actor, parked.mutation.made.device_ms);
        match undecided(parked) {
            // Its answer was cleaned up before this phone heard it; the clash itself was told.
            Undecided::Conflict { fields, .. } if fields.is_empty() && found.contains_key(&key) => {}
            what => drop(found.insert(key, Decision { key, what, who: who(actor), at_ms, mine: true })),
        }
    }
    for (_, body) in pending.entries() {
        match body {
            // Decided here already; the server will say so.
            Body::SettleRefusal(SettleRefusal { refused, became: Became::Cancelled | Became::Retried }) => {
                found.remove(refused);
            }
            Body::RecordSale(RecordSale { retry_of: Some(refused), .. }) => drop(found.remove(refused)),
            Body::VoidSale(VoidSale { sale, .. }) => {
                found.retain(
                    |_, decision| !matches!(&decision.what, Undecided::Sale { sale: of, .. } if of.id == *sale),
                );
            }
            body => {
                if let Some((_, Some(clash))) = body.edit() {
                    found.remove(&clash);
                }
            }
        }
    }
    // Read again: more may have been set aside meanwhile.
    for (id, aside) in shelf.device().await?.aside.iter().filter(|(_, aside)| !aside.seen) {
        let what = Undecided::Damaged(damaged(aside));
        found.insert(*id, Decision { key: *id, what, who: String::new(), at_ms: aside.at_ms, mine: true });
    }
    decided.sort_by_key(|decided| std::cmp::Reverse(decided.at_ms));
    decided.truncate(DECIDED_MAX);
    Ok((found.into_values().collect(), decided))
}

fn damaged(aside: &Aside) -> Damaged {
    let receipt = || sound::receipt_in(&aside.text).map(|receipt| receipt.to_string());
    match aside.store {
        Store::Outbox => Damaged::Unsent { receipt: receipt() },
        Store::Parked => Damaged::Undecided { receipt: receipt() },
        Store::Acknowledged => Damaged::Sent,
        Store::Confirmed => Damaged::OfShop,
        Store::Meta if aside.key == keys::CART || aside.key.starts_with(keys::SUSPENDED) => Damaged::Cart,
        Store::Meta | Store::Export => Damaged::OfPhone,
        Store::Import => Damaged::OfImport,
    }
}

fn undecided(parked: Parked) -> Undecided {
    let about = parked.mutation.kind.clone();
    match (parked.mutation.read(), parked.verdict) {
        (Ok(Body::RecordSale(RecordSale { sale, .. })), Verdict::Refused { refusal, .. }) => {
            Undecided::Sale { sale, refusal }
        }
        (Ok(body), Verdict::Conflict { fields, .. }) if let Some((of, _)) = body.edit() => {
            Undecided::Conflict { of, fields }
        }
        (_, Verdict::Refused { refusal, .. }) => Undecided::Other { about, refusal: Some(refusal) },
        _ => Undecided::Other { about, refusal: None },
    }
}

fn status(
    device: &Device,
    pending: &Pending,
    to_decide: usize,
    people: &BTreeMap<UserId, PersonRow>,
    till: Till,
) -> Status {
    let meta = &device.meta;
    // An owner may have given them another role since they signed in, or sent them away.
    let now = |actor: &PersonRow| people.get(&actor.id).unwrap_or(actor).clone();
    let actor = meta.actor.as_ref().map(now).filter(|actor| !actor.retired);
    let installation = meta.installation.as_ref().map(|own| InstallationStatus {
        name: own.name.clone(),
        prefix: own.prefix.clone(),
        shop_name: shop(device).map_or_else(String::new, |shop| shop.name.to_string()),
        holds_costs: own.holds_costs,
    });
    let before = till.status.get_untracked();
    Status {
        online: platform::online(),
        freshness: meta.freshness,
        session: meta.session,
        actor,
        installation,
        shop: shop(device),
        waits: engine::worth_waiting(device, platform::online()).is_some(),
        waiting: pending.waiting(),
        to_decide,
        loading: meta.loading.as_ref().map(|loading| (loading.rows, loading.total_rows)),
        first_read: meta.held.is_none(),
        read_anew: meta.read_anew.is_some(),
        import: meta.import.as_ref().map(importing),
        export: meta.export.as_ref().filter(|export| exporting::goes_on(device, export)).map(CutOff::from),
        has_catalogue: device.shown().is_some(),
        persistent: before.persistent,
        last_contact_ms: meta.contact.server_ms,
        upgrade_needed: meta.upgrade || meta.freshness == Freshness::Behind,
        storage_problem: before.storage_problem,
    }
}

fn importing(import: &engine::Import) -> ImportStatus {
    let engine::Import { file, lines, queued, lost, columns, .. } = import.clone();
    let said = columns.into_iter().map(|(heading, word)| (heading, Column::of_word(&word))).collect();
    ImportStatus { file, lines, queued, lost: lost > 0, done: import.is_done(), said }
}

/// A receipt this device holds: pending, parked or confirmed.
pub async fn receipt(shelf: &Shelf, id: SaleId) -> Result<Option<Receipt>, StorageProblem> {
    let device = shelf.device().await?;
    let people = people(shelf, &device).await?;
    let who = |id: UserId| name_in(&people, id);
    let shop = shop(&device);
    let pending = pending(shelf, &device).await?;
    if let Some((entry, sale)) = pending.entry_of_sale(id) {
        let voided = void_in(&pending, id, &people);
        let state = match &entry.verdict {
            _ if voided.is_some() => ReceiptState::Voided,
            Some(verdict) if verdict.is_applied() => ReceiptState::Confirmed,
            _ => ReceiptState::Waiting,
        };
        let at_ms = entry.mutation.made.device_ms.saturating_add(entry.mutation.made.skew_ms);
        let (actor, sale) = (entry.mutation.origin.actor, sale.clone());
        return Ok(Some(Receipt { sale, shop, seller: who(actor), actor, at_ms, state, voided }));
    }
    for parked in shelf.all_parked().await? {
        if let Ok(Body::RecordSale(RecordSale { sale, .. })) = parked.mutation.read()
            && sale.id == id
        {
            let made = parked.mutation.made;
            let (actor, state) = (parked.mutation.origin.actor, ReceiptState::ToDecide);
            let at_ms = made.device_ms.saturating_add(made.skew_ms);
            return Ok(Some(Receipt { sale, shop, seller: who(actor), actor, at_ms, state, voided: None }));
        }
    }
    let Some(shown) = device.shown() else { return Ok(None) };
    let row = confirmed_sale(shelf, shown.generation, id).await?;
    Ok(row.map(|row| of_row(row, shop, &people, &pending)))
}

/// The receipt of a sale the server told of.
pub async fn receipt_of(shelf: &Shelf, row: SaleRow) -> Result<Receipt, StorageProblem> {
    let device = shelf.device().await?;
    let (people, pending) = (people(shelf, &device).await?, pending(shelf, &device).await?);
    let shop = shop(&device);
    Ok(of_row(row, shop, &people, &pending))
}

/// As the shop calls itself now, or did when this phone was enrolled.
fn shop(device: &Device) -> Option<Shop> {
    let enrolled = || Label::new(&device.meta.installation.as_ref()?.shop_name).ok().map(Shop::named);
    device.shop().or_else(enrolled)
}

fn of_row(row: SaleRow, shop: Option<Shop>, people: &BTreeMap<UserId, PersonRow>, pending: &Pending) -> Receipt {
    let told = row.voided.map(|voided| {
        let who = name_in(people, voided.by);
        VoidedBy { who, at_ms: voided.at_ms, reason: voided.reason, waiting: false }
    });
    let voided = told.or_else(|| void_in(pending, row.sale.id, people));
    Receipt {
        shop,
        seller: name_in(people, row.actor),
        actor: row.actor,
        at_ms: row.at_ms,
        state: if voided.is_some() { ReceiptState::Voided } else { ReceiptState::Confirmed },
        sale: row.sale,
        voided,
    }
}

/// The void of a sale that is in the outbox.
fn void_in(pending: &Pending, sale: SaleId, people: &BTreeMap<UserId, PersonRow>) -> Option<VoidedBy> {
    let (entry, reason) = pending.void_of(sale)?;
    let made = entry.mutation.made;
    Some(VoidedBy {
        who: name_in(people, entry.mutation.origin.actor),
        at_ms: made.device_ms.saturating_add(made.skew_ms),
        reason: reason.to_string(),
        waiting: entry.verdict.is_none(),
    })
}

fn name_in(people: &BTreeMap<UserId, PersonRow>, id: UserId) -> String {
    people.get(&id).map_or_else(String::new, |person| person.name.to_string())
}
