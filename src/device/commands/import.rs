//! What the screen of imports asks of the device.

use super::Page;
use crate::{
    device::{
        files,
        handle::{Answer, Chosen, CommandError, FileProblem, ImportCommands},
        importing, platform,
    },
    domain::import::{Column, FILE_MAX_BYTES, Planned},
};
use leptos::prelude::RwSignal;

impl ImportCommands for Page {
    fn chosen_text(&self, field: String) -> Answer<Result<Chosen, FileProblem>> {
        Box::pin(async move {
            let (name, bytes) = files::chosen(&field, FILE_MAX_BYTES).await?;
            Ok(Chosen { name, text: files::text(bytes)? })
        })
    }

    fn painted(&self) -> Answer<()> {
        Box::pin(platform::painted())
    }

    fn begin_import(
        &self,
        file: String,
        said: Vec<(String, Option<Column>)>,
        planned: Vec<Planned>,
        prepared: RwSignal<usize>,
    ) -> Answer<Result<bool, CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let begun = importing::begin(&inner.shelf, &file, said, planned, prepared).await?;
            inner.mirror.refresh().await?;
            inner.mirror.dirty.set(); // the tab that sends queues the first pieces
            Ok(begun)
        })
    }

    fn end_import(&self) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            importing::end(&inner.shelf).await?;
            inner.mirror.dirty.set();
            Ok(())
        })
    }
}
