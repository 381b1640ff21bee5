//! The server's word of changes as they commit. Where a browser, a proxy or the network cuts the stream, the sender
//! asks every minute as before.

use crate::{
    device::platform,
    domain::InstallationId,
    sync::{
        EVENTS, json,
        wire::{Cursor, PullAnswer},
    },
};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

pub enum Heard {
    /// The server is there.
    Opened,
    Page(Box<PullAnswer>),
    /// Nothing is new, and the line is good.
    Alive,
    /// The stream is over; another begins where the phone stands by then.
    Ended,
}

/// An open stream; closed when dropped.
pub struct Stream {
    source: EventSource,
    _handlers: [Closure<dyn FnMut(Event)>; 4],
}

impl Stream {
    /// `None` where the browser knows no streams.
    pub fn open(installation: InstallationId, at: Cursor, heard: impl Fn(Heard) + 'static) -> Option<Self> {
        let Cursor { history, change } = at;
        let source =
            EventSource::new(&format!("{EVENTS}?installation={installation}&history={history}&change={change}"))
                .ok()?;
        let heard = Rc::new(heard);
        let (on_end, is_alive, is_open) = (heard.clone(), heard.clone(), heard.clone());
        let on_page = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let text = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            // What does not read is of a newer server: a pull says so.
            match text.and_then(|text| json::read(&text).ok()) {
                Some(page) => heard(Heard::Page(Box::new(page))),
                None => heard(Heard::Ended),
            }
        });
        // The browser would connect again from what it heard last; the phone may be further by then.
        let on_error = Closure::<dyn FnMut(Event)>::new(move |_| on_end(Heard::Ended));
        let on_alive = Closure::<dyn FnMut(Event)>::new(move |_| is_alive(Heard::Alive));
        let on_open = Closure::<dyn FnMut(Event)>::new(move |_| is_open(Heard::Opened));
        // Each fails only for a callback that is none.
        drop(source.add_event_listener_with_callback("alive", on_alive.as_ref().unchecked_ref()));
        drop(source.add_event_listener_with_callback("page", on_page.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, _handlers: [on_page, on_alive, on_open, on_error] })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// A pause before the next stream, so that the phones of a server that was restarted do not come all at once.
pub fn pause_ms(failures: u32) -> i64 {
    const FIRST_MS: i64 = 2_000;
    const LAST_MS: i64 = 60_000;
    let bound = (FIRST_MS << failures.min(5)).min(LAST_MS);
    (bound as f64 * platform::chance()) as i64
}
