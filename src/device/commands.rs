//! What screens ask of the device.

mod camera;
mod export;
mod import;
mod owner;
mod phone;
mod shop;
mod suspended;

use super::{
    account,
    camera::Camera,
    counting, deciding, exporting,
    handle::{
        Absent, Answer, CommandError, Commands, Counted, HandInError, Measures, Notice, Prepared, Receipt, SignInError,
        Sold, StorageProblem, Till,
    },
    handover, measure,
    mirror::Mirror,
    notify, past,
    platform::{self, Signal, now_ms},
    read,
    shelf::Shelf,
};
use crate::{
    api,
    domain::{Cart, Key, Label, Pin, Product, ProductId, SaleId, Shop, Tender, Units, UserId},
    sync::{
        Body, CallError,
        decide::Choice,
        engine::{self, Queueing, Trigger},
        handover::HandedIn,
        merge,
        wire::DevicesAnswer,
    },
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{cell::RefCell, rc::Rc};
pub use suspended::suspended;

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
    /// What was prepared to be handed in by another phone.
    pub file: handover::Kept,
    pub camera: Rc<Camera>,
    pub export: Rc<exporting::Kept>,
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
        inner.till.cart_moves.set(true);
        Box::pin(async move {
            let sold = inner.sell(cart.clone(), tenders).await;
            inner.till.selling.set(None);
            inner.till.cart_moves.set(false);
            match &sold {
                Ok(Sold::Receipt(_)) => {
                    inner.till.cart.update(|now| *now = now.since(&cart));
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
            let queued = deciding::decide(&inner.shelf, key, Some(body)).await?;
            (inner.trigger)(queued.filter(|_| sells).map_or(Trigger::Change, Trigger::Sale));
            Ok(())
        })
    }

    fn settle(&self, key: Key, chosen: Vec<serde_json::Value>) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let (of, fields) = inner.clash(key).ok_or(CommandError::AlreadyDecided)?;
            let edit = merge::settled(of, key, &fields, &chosen);
            let edit = edit.map_err(|unreadable| CommandError::Unreadable(unreadable.to_string()))?;
            deciding::decide(&inner.shelf, key, Some(edit)).await?;
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

    fn edit_shop(&self, seen: Shop, wanted: Shop) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            inner.queue(merge::between_shops(&seen, &wanted).into_iter().map(Body::EditShop).collect()).await
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
            deciding::decide(&inner.shelf, key, None).await.map(drop)
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
        notify::ask(self.0.shelf.clone(), self.0.till);
    }

    fn stop_notifying(&self) {
        notify::stop(self.0.shelf.clone(), self.0.till);
    }

    fn update(&self) {
        super::update::take();
    }
}

impl Inner {
    /// Queues what a person did other than selling: all of it, or nothing.
    pub(super) async fn queue(&self, bodies: Vec<Body>) -> Result<(), CommandError> {
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
}
