//! A phone without a browser: the real engine over storage in memory, talking to a server over HTTP. What the page's
//! driver does with IndexedDB and `fetch`, one call after another.

use crate::{
    domain::{Cart, InstallationId, Key, Label, Pin, Product, SaleId, UserId, cart::exact_cash},
    server::{ServerError, check::LedgerEntry, client::Client, clock::now_ms, secret},
    sync::{
        Answer, Body, CallError, Mutation,
        engine::{
            self, Acknowledged, Applied, Contact, Device, Installation, Lane, LocalTx, Parked, QueueError, Queueing,
            SessionState, Settled, Store, Unreadable, goods::Goods, keys, memory::Memory,
        },
        mutation::RecordSale,
        wire::{
            EnrolAnswer, EnrolRequest, Kind, PullAnswer, Pulled, PushAnswer, PushRequest, SaleRow, SignInAnswer,
            SignInRequest,
        },
    },
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::{Duration, Instant},
};
use uuid::Uuid;

const APP: &str = concat!("replay ", env!("CARGO_PKG_VERSION"));
/// A server that was killed and started again is waited for; one that stays away is an error.
const RETRY_WITHIN: Duration = Duration::from_secs(60);
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// Requests of one kind until a phone is at rest: a first read takes one for each thousand rows.
const ROUNDS_MAX: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Invalid(#[from] crate::domain::Invalid),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("a stored row does not read back: {0}")]
    Unreadable(#[from] Unreadable),
    #[error("{0} does not read back: {1}")]
    Row(String, serde_json::Error),
    #[error("a stored row does not read back: {0}")]
    Goods(String),
    /// Nothing else writes to this phone: the engine contradicts itself.
    #[error("a local transaction found another state than it was made for")]
    Stale,
    #[error("it does not come to rest: {0} of its changes stay unsent")]
    Restless(usize),
    #[error("the server refused what must be applied: {0}")]
    Refused(String),
}

pub struct Phone {
    client: Client,
    memory: Memory,
    epoch: u64,
    /// Every final verdict that reached this phone's storage.
    heard: BTreeMap<Key, LedgerEntry>,
    /// Those of them that [`Phone::take_heard`] has not given out.
    untold: Vec<LedgerEntry>,
}

impl Phone {
    /// Enrols with a code from the owner. Nobody is signed in yet.
    pub fn enrol(client: Client, code: &str, name: &str) -> Result<(Self, EnrolAnswer), PhoneError> {
        let secret = secret::to_hex(&secret::random::<{ secret::SECRET_BYTES }>()?);
        let id = InstallationId(Uuid::now_v7());
        let (code, name) = (code.to_owned(), Label::new(name)?);
        let request = EnrolRequest { code, installation: id, secret: secret.clone(), name: name.clone() };
        let enrolled: EnrolAnswer = call(&client, "enrol", &request)?;
        let own = Installation {
            id,
            secret,
            prefix: enrolled.prefix.clone(),
            name: name.to_string(),
            shop_name: enrolled.shop_name.clone(),
            holds_costs: enrolled.holds_costs,
        };
        let memory = Memory::default();
        let mut phone = Self { client, memory, epoch: 0, heard: BTreeMap::new(), untold: Vec::new() };
        phone.carry_out(engine::enrolled(&Device::default(), &own))?;
        let (tx, epoch) = engine::new_epoch(&phone.device()?);
        phone.commit(&tx)?;
        phone.epoch = epoch;
        Ok((phone, enrolled))
    }

    pub fn sign_in(&mut self, person: UserId, pin: &Pin) -> Result<(), PhoneError> {
        let own = self.device()?.meta.installation.ok_or(QueueError::NotEnrolled)?;
        let request = SignInRequest { installation: own.id, secret: own.secret, person, pin: pin.clone() };
        let answer: SignInAnswer = call(&self.client, "sign-in", &request)?;
        let contact = Contact { server_ms: answer.server_now_ms, skew_ms: answer.server_now_ms - now_ms() };
        self.commit(&engine::signed_in(&answer.person, SessionState::Open, Some(contact)))
    }

    pub fn device(&self) -> Result<Device, PhoneError> {
        let (device, unreadable) =
            Device::from_rows(&self.memory.scan(Store::Meta, ""), &self.memory.scan(Store::Outbox, ""));
        match unreadable.into_iter().next() {
            Some(row) => Err(row.into()),
            None => Ok(device),
        }
    }

    /// `wait`: the seller waits for the server's word before a receipt is shown (G16).
    pub fn queue(&mut self, body: Body, wait: bool) -> Result<Mutation, PhoneError> {
        let queueing = Queueing { key: new_key(), body, now_ms: now_ms(), wait };
        let (tx, mutation) = engine::queue(&self.device()?, queueing)?;
        self.commit(&tx)?;
        Ok(mutation)
    }

    /// Tap by tap into the cart, then the exact amount in cash.
    pub fn sell<'a>(
        &mut self,
        taps: impl IntoIterator<Item = &'a Product>,
        wait: bool,
    ) -> Result<Mutation, PhoneError> {
        let mut cart = Cart::default();
        for product in taps {
            cart.add(product)?;
        }
        let receipt = engine::next_receipt(&self.device()?.meta)?;
        let sale = cart.to_sale(SaleId(Uuid::now_v7()), receipt, exact_cash(cart.total()?))?;
        self.queue(Body::RecordSale(RecordSale::first(sale)), wait)
    }

    /// "Encaisser" with the network there (G16): one push, then the receipt is confirmed, or there is none and the cart
    /// goes back, or it says "en attente".
    pub fn wait_for(&mut self, key: Key) -> Result<(Settled, Option<Applied>), PhoneError> {
        let applied = self.push(Lane::Urgent(key))?;
        let settled = self.settled(key)?;
        match settled {
            Settled::Refused(_) => self.roll_back(key)?,
            Settled::Waiting => self.stop_waiting(key)?,
            Settled::Confirmed | Settled::Late | Settled::Parked(_) | Settled::Decided => {}
        }
        Ok((settled, applied))
    }

    /// Where a sale stands that its seller waits for.
    pub fn settled(&self, key: Key) -> Result<Settled, PhoneError> {
        let parked = self.parked()?.into_iter().find(|parked| parked.mutation.key == key);
        let acknowledged = self.memory.get(Store::Acknowledged, &key.to_string()).is_some();
        Ok(engine::ended(&self.device()?, key, parked.as_ref(), acknowledged))
    }

    /// The cart goes back: no goods left the shop.
    pub fn roll_back(&mut self, key: Key) -> Result<(), PhoneError> {
        let tx = engine::roll_back(&self.device()?, key, new_key(), now_ms());
        self.carry_out(tx)
    }

    /// The receipt says "en attente".
    pub fn stop_waiting(&mut self, key: Key) -> Result<(), PhoneError> {
        let tx = engine::stop_waiting(&self.device()?, key, true);
        self.carry_out(tx)
    }

    /// One push and what its answer does; `None` where this lane has nothing to send.
    pub fn push(&mut self, lane: Lane) -> Result<Option<Applied>, PhoneError> {
        let Some(request) = self.plan_push(lane)? else { return Ok(None) };
        let answer: PushAnswer = call(&self.client, "push", &request)?;
        let device = self.device()?;
        let (tx, applied) = engine::on_push_answer(&device, self.epoch, &answer, now_ms(), &mut new_key);
        self.commit(&tx)?;
        self.hear(&device, &answer.answers);
        self.hear_page(&device, answer.page.as_ref());
        Ok(Some(applied))
    }

    /// A push whose answer is lost on the way back: the server has judged, the phone knows nothing of it.
    pub fn push_unheard(&mut self, lane: Lane) -> Result<(), PhoneError> {
        let Some(request) = self.plan_push(lane)? else { return Ok(()) };
        call::<PushAnswer>(&self.client, "push", &request).map(drop)
    }

    fn plan_push(&self, lane: Lane) -> Result<Option<PushRequest>, PhoneError> {
        Ok(engine::plan_push(&self.device()?, lane, &BTreeSet::new(), APP))
    }

    pub fn pull(&mut self) -> Result<Applied, PhoneError> {
        let device = self.device()?;
        let Some(request) = engine::plan_pull(&device, APP) else { return Ok(Applied::UpToDate) };
        let answer: PullAnswer = call(&self.client, "pull", &request)?;
        let acknowledged: Vec<Acknowledged> = match &answer.pulled {
            Pulled::Start(_) => self.rows(Store::Acknowledged, "")?,
            Pulled::Page(_) | Pulled::Resync | Pulled::Past(_) => Vec::new(),
        };
        let (tx, applied) =
            engine::on_pulled(&device, self.epoch, Some(&request.from), &answer, &acknowledged, now_ms(), &mut new_key);
        self.commit(&tx)?;
        self.hear_page(&device, Some(&answer.pulled));
        Ok(applied)
    }

    /// Pushes and pulls until nothing is left to say.
    pub fn synchronise(&mut self) -> Result<(), PhoneError> {
        for _ in 0..ROUNDS_MAX {
            let pushed = self.push(Lane::Backlog)?;
            let pulled = self.pull()?;
            if pushed.is_none() && pulled == Applied::UpToDate && self.device()?.outbox.is_empty() {
                return Ok(());
            }
        }
        Err(PhoneError::Restless(self.device()?.outbox.len()))
    }

    pub fn parked(&self) -> Result<Vec<Parked>, PhoneError> {
        self.rows(Store::Parked, "")
    }

    /// Confirmed sales, as they stand on this phone.
    pub fn sales(&self) -> Result<Vec<SaleRow>, PhoneError> {
        let Some(shown) = self.device()?.shown() else { return Ok(Vec::new()) };
        self.rows(Store::Confirmed, &keys::rows(shown.generation, Kind::Sale))
    }

    /// Products and their stock, as they stand on this phone.
    pub fn goods(&self) -> Result<Goods, PhoneError> {
        let Some(shown) = self.device()?.shown() else { return Ok(Goods::default()) };
        Goods::of(&self.memory, shown.generation).map_err(PhoneError::Goods)
    }

    /// The verdict this phone knows of a mutation.
    pub fn heard(&self, key: Key) -> Option<&LedgerEntry> {
        self.heard.get(&key)
    }

    /// The verdicts heard since the last call.
    pub fn take_heard(&mut self) -> Vec<LedgerEntry> {
        std::mem::take(&mut self.untold)
    }

    fn rows<T: DeserializeOwned>(&self, store: Store, prefix: &str) -> Result<Vec<T>, PhoneError> {
        let rows = self.memory.scan(store, prefix).into_iter();
        rows.map(|(key, value)| serde_json::from_str(&value).map_err(|error| PhoneError::Row(key, error))).collect()
    }

    fn hear_page(&mut self, device: &Device, pulled: Option<&Pulled>) {
        if let Some(Pulled::Page(page)) = pulled {
            self.hear(device, &page.answers);
        }
    }

    /// Keeps what a client could swear to: `device` is the state the answers were applied to.
    fn hear(&mut self, device: &Device, answers: &[Answer]) {
        for answer in answers {
            let entry = device.find(answer.key).and_then(|entry| LedgerEntry::of(&entry.mutation, &answer.verdict));
            if let Some(entry) = entry
                && !self.heard.contains_key(&answer.key)
            {
                self.heard.insert(answer.key, entry.clone());
                self.untold.push(entry);
            }
        }
    }

    fn carry_out(&mut self, tx: Option<LocalTx>) -> Result<(), PhoneError> {
        tx.map_or(Ok(()), |tx| self.commit(&tx))
    }

    fn commit(&mut self, tx: &LocalTx) -> Result<(), PhoneError> {
        self.memory.commit(tx).map_err(|_| PhoneError::Stale)
    }
}

/// Calls again where the server was not reached or could not answer: what is asked twice is done once (G6).
fn call<T: DeserializeOwned>(client: &Client, name: &str, request: &impl Serialize) -> Result<T, PhoneError> {
    let began = Instant::now();
    loop {
        match client.call(name, request) {
            Err(CallError::NotReached { .. } | CallError::TryLater) if began.elapsed() < RETRY_WITHIN => {
                thread::sleep(RETRY_PAUSE);
            }
            answered => return Ok(answered?),
        }
    }
}

fn new_key() -> Key {
    Key(Uuid::new_v4())
}
