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
        self.0.export.end(self.0.till);
    }
}
