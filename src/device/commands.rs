//! What screens ask of the device.

mod shop;

use super::{
    account, counting,
    handle::{
        Absent, Answer, CommandError, Commands, Counted, HandInError, Measures, Notice, Prepared, Receipt,
        ReceiptState, Selling, SignInError, Sold, StorageProblem, Till, Undecided,
    },
    handover, history, measure,
    mirror::Mirror,
    notify, past,
    platform::{self, Signal, now_ms, steady_ms},
    read, resume,
    shelf::Shelf,
};
use crate::{
    api,
    domain::{Cart, Key, Label, Pin, Product, ProductId, SaleId, Tender, Units, UserId},
    sync::{
        Body, CallError, Verdict,
        decide::{self, Choice},
        engine::{self, Queueing, SALE_ANSWER_WAIT_MS, Settled, Store, Trigger, queue, roll_back, stop_waiting},
        handover::HandedIn,
        merge,
        mutation::{Became, RecordSale, SettleRefusal},
        wire::DevicesAnswer,
    },
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{cell::RefCell, rc::Rc};

/// The commands of this page. Wrapped, because signals ask for threads the page does not have.
pub struct Page(SendWrapper<Rc<Inner>>);

pub struct Inner {
    pub shelf: Shelf,
    pub mirror: Rc<Mirror>,
    pub till: Till,
    /// Passes a trigger to the tab that sends.
    pub trigger: Box<dyn Fn(Trigger)>,
    pub stop_waiting: Signal,
    /// History that the server was asked for.
    pub past: RefCell<past::Asked>,
    pub days: history::Days,
    /// What was prepared to be handed in by another phone.
    pub file: handover::Kept,
}

impl Page {
    pub fn new(inner: Rc<Inner>) -> Self {
        Self(SendWrapper::new(inner))
    }
}

impl Commands for Page {
    fn enrol(&self, code: String, name: Label) -> Answer<Result<(), SignInError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            account::enrol(&inner.shelf, code, name).await?;
            super::start::ask_to_persist(inner.till).await;
            Ok(())
        })
    }

    fn sign_in(&self, person: UserId, pin: Pin) -> Answer<Result<(), SignInError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            account::sign_in(&inner.shelf, person, pin).await?;
            inner.mirror.refresh().await?;
            (inner.trigger)(Trigger::Wake);
            Ok(())
        })
    }

    fn sign_out(&self) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            inner.shelf.commit(engine::signed_out()).await?;
            // Without network the cookie ends by its own time; nobody is signed in here all the same.
            if let Err(error) = api::sign_out().await {
                leptos::logging::warn!("the server was not told of the sign-out: {error}");
            }
            Ok(())
        })
    }

    fn sell(&self, cart: Cart, tenders: Vec<Tender>) -> Answer<Result<Sold, CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let sold = inner.sell(cart, tenders).await;
            inner.till.selling.set(None);
            match &sold {
                Ok(Sold::Receipt(_)) => {
                    inner.till.cart.set(Cart::default());
                    inner.till.notice.set(None);
                }
                Ok(Sold::RolledBack) => {}
                Err(error) => inner.till.notice.set(Some(Notice::NotSaved(error.clone()))),
            }
            sold
        })
    }

    fn stop_waiting(&self) {
        self.0.stop_waiting.set();
    }

    fn receipt(&self, sale: SaleId) -> Answer<Option<Receipt>> {
        let inner = self.0.clone();
        Box::pin(async move {
            read::receipt(&inner.shelf, sale).await.unwrap_or_else(|problem| {
                leptos::logging::error!("the receipt could not be read: {problem:?}");
                None
            })
        })
    }

    fn past_receipt(&self, sale: SaleId) -> Answer<Result<Receipt, Absent>> {
        let inner = self.0.clone();
        Box::pin(async move {
            if let Some(found) = inner.past.borrow().receipts.get(&sale) {
                return Ok(found.clone()); // asked for again at every change of the device
            }
            let found = past::receipt(&inner.shelf, sale).await?;
            inner.past.borrow_mut().receipts.insert(sale, found.clone());
            Ok(found)
        })
    }

    fn decide(&self, key: Key, choice: Choice) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let body = inner.settles(key, choice).ok_or(CommandError::AlreadyDecided)?;
            let sells = matches!(body, Body::RecordSale(_));
            let queued = inner.decide(key, Some(body)).await?;
            (inner.trigger)(queued.filter(|_| sells).map_or(Trigger::Change, Trigger::Sale));
            Ok(())
        })
    }

    fn settle(&self, key: Key, chosen: Vec<serde_json::Value>) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let (parked, _) = inner.shelf.parked(key).await?.ok_or(CommandError::AlreadyDecided)?;
            let (Ok(body), Verdict::Conflict { fields, .. }) = (parked.mutation.read(), parked.verdict) else {
                return Err(CommandError::AlreadyDecided);
            };
            let edit = merge::settled(&body, &fields, &chosen);
            let edit = edit.map_err(|invalid| CommandError::Invalid(invalid.to_string()))?;
            inner.decide(key, edit).await?;
            inner.mirror.dirty.set();
            (inner.trigger)(Trigger::Change);
            Ok(())
        })
    }

    fn edit_product(&self, seen: Product, wanted: Product) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let edits = merge::between(&seen, &wanted).into_iter().map(Body::EditProduct).collect();
            inner.queue(edits).await
        })
    }

    fn count(&self, product: ProductId, counted: Units) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            counting::count(&inner.shelf, product, counted).await?;
            (inner.trigger)(Trigger::Change);
            Ok(())
        })
    }

    fn counts(&self) -> Answer<Result<Vec<Counted>, CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move { Ok(counting::counts(&inner.shelf, inner.till).await?) })
    }

    fn dismiss(&self, key: Key) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let seen = inner
                .shelf
                .carry_out(|device| Ok::<_, CommandError>(engine::sound::seen(device, key).map(|tx| (tx, ()))));
            if seen.await?.is_some() {
                inner.mirror.dirty.set(); // no row of the catalogue changed
                return Ok(());
            }
            inner.decide(key, None).await.map(drop)
        })
    }

    fn synchronise(&self) {
        (self.0.trigger)(Trigger::Wake);
    }

    fn measures(&self) -> Answer<Result<Measures, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { measure::measures(&inner.shelf).await })
    }

    fn read_anew(&self) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let begun = inner.shelf.carry_out(|device| {
                Ok::<_, CommandError>(engine::read_anew(device).map(|tx| (tx, ()))) // under way already: nothing to do
            });
            begun.await?;
            (inner.trigger)(Trigger::Wake);
            Ok(())
        })
    }

    fn devices(&self) -> Answer<Result<DevicesAnswer, CallError>> {
        let inner = self.0.clone();
        Box::pin(async move { measure::devices(&inner.shelf).await })
    }

    fn prepare_file(&self) -> Answer<Option<Prepared>> {
        let inner = self.0.clone();
        Box::pin(async move { handover::prepare(&inner.shelf, &inner.file).await })
    }

    fn give_file(&self) -> Answer<bool> {
        let inner = self.0.clone();
        Box::pin(async move { handover::give(&inner.file).await })
    }

    fn hand_in(&self, field: String, code: String) -> Answer<Result<HandedIn, HandInError>> {
        let inner = self.0.clone();
        Box::pin(async move { handover::hand_in(&inner.shelf, &field, &code).await })
    }

    fn copy(&self, text: String) -> Answer<bool> {
        Box::pin(async move { platform::copy(&text).await })
    }

    fn ring(&self, title: String, line: String) {
        notify::ring(title, line);
    }

    fn ask_to_notify(&self) {
        notify::ask(self.0.till);
    }

    fn update(&self) {
        super::start::take_update();
    }
}

impl Inner {
    async fn sell(&self, cart: Cart, tenders: Vec<Tender>) -> Result<Sold, CommandError> {
        let (id, key) = (SaleId(platform::new_id()), platform::new_key());
        let since_ms = now_ms();
        let queued = self
            .shelf
            .carry_out(|device| {
                let receipt = engine::next_receipt(&device.meta)?;
                let sale = cart.to_sale(id, receipt, tenders.clone());
                let sale = sale.map_err(|invalid| CommandError::Invalid(invalid.to_string()))?;
                let wait = engine::worth_waiting(&device.meta, platform::online());
                let body = Body::RecordSale(RecordSale::first(sale.clone()));
                let (tx, mutation) = queue(device, Queueing { key, body, now_ms: since_ms, wait })?;
                Ok::<_, CommandError>(Some((tx, (wait, sale, mutation))))
            })
            .await?;
        let (waits, sale, mutation) = queued.ok_or(CommandError::NotReady)?;
        // From here on the sale is on the disk.
        (self.trigger)(Trigger::Sale(key));
        let ended = if waits {
            self.till.selling.set(Some(Selling { since_ms }));
            self.await_answer(key).await?
        } else {
            Settled::Waiting
        };
        let state = match ended {
            Settled::Refused(_) => return Ok(Sold::RolledBack),
            Settled::Confirmed => ReceiptState::Confirmed,
            Settled::Waiting | Settled::Late => ReceiptState::Waiting,
            Settled::Parked(_) | Settled::Decided => ReceiptState::ToDecide,
        };
        let (shop_name, seller) = self.till.status.with_untracked(|status| {
            let shop_name = status.installation.as_ref().map(|own| own.shop_name.clone()).unwrap_or_default();
            (shop_name, status.actor.as_ref().map(|actor| actor.name.to_string()).unwrap_or_default())
        });
        let (actor, at_ms) = (mutation.origin.actor, mutation.made.device_ms + mutation.made.skew_ms);
        self.till.latest.set(Some(Receipt { sale, shop_name, seller, actor, at_ms, state, voided: None }));
        Ok(Sold::Receipt(id))
    }

    /// How the wait ended: by one compare-and-set, whatever the sender does meanwhile (G16).
    async fn await_answer(&self, key: Key) -> Result<Settled, CommandError> {
        use futures::future::{Either, select};
        let (began, mut stopped) = (steady_ms(), false);
        loop {
            let device = self.shelf.device().await?;
            let parked = self.shelf.parked(key).await?.map(|(parked, _)| parked);
            let acknowledged = self.shelf.storage().get(Store::Acknowledged, &key.to_string()).await?.is_some();
            match engine::ended(&device, key, parked.as_ref(), acknowledged) {
                ended @ (Settled::Confirmed | Settled::Late | Settled::Parked(_) | Settled::Decided) => {
                    return Ok(ended);
                }
                Settled::Refused(verdict) => {
                    let Some(tx) = roll_back(&device, key, platform::new_key(), now_ms()) else { continue };
                    if self.shelf.commit(tx).await? {
                        let refusal = match verdict.clone() {
                            crate::sync::Verdict::Refused { refusal, .. } => refusal,
                            other => crate::sync::Refusal::Invalid { detail: format!("{other:?}") },
                        };
                        self.till.notice.set(Some(Notice::RolledBack(refusal)));
                        // The sale took the kept cart away; the seller's is still there.
                        resume::store_cart(&self.shelf, &self.till.cart.get_untracked()).await?;
                        (self.trigger)(Trigger::Change);
                        return Ok(Settled::Refused(verdict));
                    }
                }
                Settled::Waiting => {
                    let left_ms = SALE_ANSWER_WAIT_MS - (steady_ms() - began);
                    if stopped || left_ms <= 0 {
                        if let Some(tx) = stop_waiting(&device, key, !stopped)
                            && self.shelf.commit(tx).await?
                        {
                            return Ok(Settled::Waiting);
                        }
                        continue;
                    }
                    let changed = Box::pin(platform::within(left_ms, self.shelf.changed.wait()));
                    let stop = Box::pin(self.stop_waiting.wait());
                    if let Either::Right(_) = select(changed, stop).await {
                        stopped = true;
                    }
                }
            }
        }
    }

    /// Queues what a person did other than selling: all of it, or nothing.
    async fn queue(&self, bodies: Vec<Body>) -> Result<(), CommandError> {
        let one = |body| Queueing { key: platform::new_key(), body, now_ms: now_ms(), wait: false };
        let all: Vec<Queueing> = bodies.into_iter().map(one).collect();
        if all.is_empty() {
            return Ok(());
        }
        let queued =
            self.shelf.carry_out(|device| Ok::<_, CommandError>(Some((engine::queue_all(device, all.clone())?, ()))));
        queued.await?.ok_or(CommandError::NotReady)?;
        (self.trigger)(Trigger::Change);
        Ok(())
    }

    /// The mutation that settles a refused sale so.
    fn settles(&self, refused: Key, choice: Choice) -> Option<Body> {
        let (sale, refusal) = self.till.decisions.with_untracked(|decisions| {
            let decision = decisions.iter().find(|decision| decision.key == refused)?;
            match &decision.what {
                Undecided::Sale { sale, refusal } => Some((sale.clone(), refusal.clone())),
                _ => None,
            }
        })?;
        let stock = |product| untrack(|| self.till.product(product)).map_or(0, |shown| shown.stock);
        Some(match choice {
            Choice::Cancel => Body::SettleRefusal(SettleRefusal { refused, became: Became::Cancelled }),
            Choice::Retry => Body::RecordSale(RecordSale::again(sale, refused)),
            Choice::KeepPart => Body::RecordSale(RecordSale::again(decide::part(&sale, stock)?, refused)),
            Choice::Keep => {
                let corrections = decide::corrections(&sale, &refusal, stock);
                Body::RecordSale(RecordSale { corrections, ..RecordSale::again(sale, refused) })
            }
        })
    }

    /// Queues a decision on a refused mutation, and lets go of this device's own copy of it, in one transaction.
    async fn decide(&self, refused: Key, body: Option<Body>) -> Result<Option<Key>, CommandError> {
        let key = platform::new_key();
        let parked = self.shelf.parked(refused).await?;
        let decided = self
            .shelf
            .carry_out(|device| {
                let queueing = body.clone().map(|body| Queueing { key, body, now_ms: now_ms(), wait: false });
                Ok::<_, CommandError>(match (&parked, queueing) {
                    (Some((_, stored)), queueing) => {
                        let (tx, mutation) = engine::dismiss(device, refused, stored, queueing)?;
                        Some((tx, mutation.map(|mutation| mutation.key)))
                    }
                    (None, Some(queueing)) => {
                        let (tx, mutation) = queue(device, queueing)?;
                        Some((tx, Some(mutation.key)))
                    }
                    (None, None) => None,
                })
            })
            .await?;
        decided.ok_or(CommandError::AlreadyDecided)
    }
}
