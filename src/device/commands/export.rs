//! What the screen of files asks of the device.

use super::Page;
use crate::device::{
    exporting,
    handle::{ExportCommands, Wanted, Write},
};
use leptos::task::spawn_local;

impl ExportCommands for Page {
    fn begin_export(&self, wanted: Wanted, write: Write) {
        let inner = self.0.clone();
        spawn_local(async move {
            exporting::run(&inner.shelf, inner.till, &inner.export, wanted, write).await;
        });
    }

    fn give_export(&self) {
        self.0.export.give(self.0.till);
    }

    fn end_export(&self) {
        let inner = self.0.clone();
        inner.export.end(inner.till);
        spawn_local(async move {
            if let Err(problem) = exporting::forget(&inner.shelf).await {
                leptos::logging::error!("what is kept of an export stays: {problem:?}");
            }
        });
    }
}
