//! Runs seeds, one after another. A panic is a broken promise like any other.

use super::{
    database::{Kind, Place},
    guarantees::{Violation, named},
    world::{self, Outcome},
};
use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};
use tokio::runtime::{Builder, Runtime};

pub struct Runner {
    runtime: Runtime,
    place: Place,
}

thread_local! {
    /// What the last panic of a run on this thread said; `None` where no run is under way.
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}
static HOOK: Once = Once::new();

impl Runner {
    pub fn new(kind: Kind) -> Self {
        HOOK.call_once(|| {
            let others = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                let ours =
                    PANICKED.with_borrow_mut(|said| said.as_mut().map(|said| *said = info.to_string()).is_some());
                if !ours {
                    others(info);
                }
            }));
        });
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let place = runtime.block_on(Place::new(kind));
        Self { runtime, place }
    }

    pub fn run(&self, seed: u64, print: bool) -> Outcome {
        PANICKED.set(Some(String::new()));
        let run = AssertUnwindSafe(|| self.runtime.block_on(world::run(&self.place, seed, print)));
        let outcome = panic::catch_unwind(run);
        let detail = PANICKED.take().unwrap_or_default();
        outcome.unwrap_or_else(|_| {
            let violation = Some(Violation { guarantee: named::NO_PANIC, detail });
            Outcome { events: 0, digest: String::new(), violation }
        })
    }
}
