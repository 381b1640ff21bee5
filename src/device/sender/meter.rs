//! Measuring what is sent and heard, for the dashboard: held in memory, and written behind a request.
//!
//! Bytes are those a shop pays for, as far as a browser tells them: received is Resource Timing's `transferSize`, the
//! body as it travelled, packed, and some 300 bytes for the headers; sent is the JSON of the bodies, which travels as it
//! is. What a request's own headers cost, no browser tells.

use super::Sender;
use crate::{
    device::{
        platform::{self, now_ms},
        shelf::Shelf,
    },
    sync::engine::{Measured, Store, keys},
};
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// Where what is counted lies.
const COUNTED: &str = "/api/v1/";
/// What the body of a call has around its request: `{"request":…}`.
const ENVELOPE_BYTES: u64 = 12;

pub(super) struct Meter {
    measured: RefCell<Measured>,
    sent_bytes: Cell<u64>,
    received_bytes: Rc<Cell<u64>>,
    _watch: Option<platform::Watch>,
}

impl Meter {
    /// Goes on from what was kept; where that cannot be read, from nothing.
    pub async fn open(shelf: &Shelf) -> Self {
        let stored = shelf.storage().get(Store::Meta, keys::MEASURED).await.unwrap_or_default();
        let received_bytes = Rc::new(Cell::new(0));
        let counted = received_bytes.clone();
        let watch = platform::watch_transfers(move |url, bytes| {
            if url.contains(COUNTED) {
                counted.set(counted.get() + bytes);
            }
        });
        Self { measured: RefCell::new(Measured::of(stored)), sent_bytes: Cell::new(0), received_bytes, _watch: watch }
    }

    /// A request's body is about to travel.
    pub fn sends(&self, request: &impl Serialize) {
        let bytes = serde_json::to_string(request).map_or(0, |text| text.len() as u64);
        self.sent_bytes.set(self.sent_bytes.get() + bytes + ENVELOPE_BYTES);
    }
}

impl Sender {
    /// Notes what happened at `at_ms`, and writes it behind whatever the request itself wrote: relaxed, awaited by
    /// nobody, told to nobody. Where it fails, the next one writes it too.
    pub(super) fn measure(&self, at_ms: i64, note: impl FnOnce(&mut Measured)) {
        let meter = &self.0.meter;
        let tx = {
            let mut measured = meter.measured.borrow_mut();
            note(&mut measured);
            measured.transferred(at_ms, meter.sent_bytes.take(), meter.received_bytes.take());
            measured.record(self.0.epoch)
        };
        let storage = self.0.shelf.storage().clone();
        spawn_local(async move {
            if let Err(problem) = storage.commit(&tx).await {
                leptos::logging::warn!("what was measured is not kept: {problem:?}");
            }
        });
    }

    /// The same of a request without an answer, and so without the server's time: the device's, corrected.
    pub(super) async fn measure_failure(&self) {
        let skew_ms = self.0.shelf.device().await.map_or(0, |device| device.meta.contact.skew_ms);
        let at_ms = now_ms().saturating_add(skew_ms);
        self.measure(at_ms, |measured| measured.failed(at_ms));
    }
}
