//! Following the shop's changes as they commit, while this tab sends.

use super::{
    Failed, Sender,
    stream::{self, Heard, Stream},
};
use crate::{
    device::platform::{self, now_ms, steady_ms},
    sync::engine::{Applied, Contact, Device, SessionState, Trigger},
};
use wasm_bindgen_futures::spawn_local;

/// A stream that says nothing for so long was cut: some of the server's [`crate::sync::STREAM_ALIVE_S`] were missed.
const SILENT_MS: i64 = 5 * 1_000 * crate::sync::STREAM_ALIVE_S as i64 / 2;

/// The stream of changes, or when the next one may begin.
#[derive(Default)]
pub(super) struct Following {
    pub stream: Option<Stream>,
    /// The sign-in whose session it is: the server ends it with that one.
    of: Option<Contact>,
    /// When it last said anything.
    heard_ms: i64,
    failures: u32,
    not_before_ms: i64,
}

impl Sender {
    /// Opens the stream where there can be one, and closes it where not. Says when to look again, if a pause is on.
    pub(super) fn follow(&self, device: &Device) -> Option<i64> {
        let mut following = self.0.following.borrow_mut();
        let held = device.meta.held.filter(|_| device.meta.loading.is_none());
        let installation = device.meta.installation.as_ref().map(|installation| installation.id);
        if following.of != device.meta.signed_in {
            following.stream = None;
        }
        let silent_at_ms = following.heard_ms + SILENT_MS;
        let wanted = held.filter(|_| platform::online() && device.meta.session == SessionState::Open);
        match wanted.zip(installation) {
            None => following.stream = None,
            Some(_) if following.stream.is_some() && steady_ms() < silent_at_ms => return Some(silent_at_ms),
            // Cut, and nobody said so.
            Some(_) if following.stream.is_some() => {
                drop(following);
                self.hear(Heard::Ended);
            }
            Some(_) if following.not_before_ms > steady_ms() => return Some(following.not_before_ms),
            Some((held, installation)) => {
                let sender = self.clone();
                following.heard_ms = steady_ms();
                following.of = device.meta.signed_in;
                following.stream = Stream::open(installation, held.cursor, move |heard| sender.hear(heard));
                if following.stream.is_none() {
                    following.not_before_ms = i64::MAX; // this browser has none
                }
            }
        }
        None
    }

    fn hear(&self, heard: Heard) {
        if self.stopped() {
            return;
        }
        let sender = self.clone();
        self.0.following.borrow_mut().heard_ms = steady_ms();
        if !matches!(heard, Heard::Ended) {
            self.0.heard_ms.set(now_ms());
        }
        match heard {
            Heard::Alive => {}
            Heard::Opened => self.trigger(Trigger::Reached),
            Heard::Page(answer) => spawn_local(async move {
                sender.0.following.borrow_mut().failures = 0;
                let taken = sender.take(None, &answer).await;
                sender.measure(answer.server_now_ms, |measured| measured.heard(answer.server_now_ms));
                match taken {
                    Ok(Applied::UpToDate) => {}
                    // More, or another page came first.
                    Ok(Applied::Again | Applied::Resync | Applied::Waits) => sender.trigger(Trigger::Missed),
                    Err(Failed::Fenced) => sender.stop(),
                    Err(Failed::Call(_)) => {}
                    Err(Failed::Storage(problem)) => {
                        leptos::logging::error!("a page of the stream could not be stored: {problem:?}");
                        sender.trigger(Trigger::Missed);
                    }
                }
                sender.0.wake.set();
            }),
            // Not from within its own callback.
            Heard::Ended => spawn_local(async move {
                {
                    let mut following = sender.0.following.borrow_mut();
                    following.stream = None;
                    following.not_before_ms = steady_ms() + stream::pause_ms(following.failures);
                    following.failures = following.failures.saturating_add(1);
                }
                sender.trigger(Trigger::Missed); // from here on it asks by itself
            }),
        }
    }
}
