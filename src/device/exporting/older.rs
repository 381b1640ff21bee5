//! What a device does not hold: the server is asked, from the latest on, and each answer is kept until the file is done, so
//! that an export whose page was closed goes on where it was.

use super::{Export, Stop};
use crate::{
    device::{
        handle::{ExportProblem, ExportState},
        past, platform,
    },
    domain::{Day, export::File},
    sync::{
        CallError,
        engine::{self, Device, Store},
        wire::{Kind, Past, PastPage},
    },
};

/// Between two questions to a server that does not answer.
const RETRY_MS: i64 = 5_000;

impl Export<'_> {
    /// What came until that day.
    pub(super) async fn older(&mut self, device: &Device, last: Day) -> Result<(), Stop> {
        let first = match self.wanted.file {
            File::Products => return Ok(()),
            File::Sales => month(Kind::Sale, last),
            File::Expenses => month(Kind::Expense, last),
            File::Repayments => month(Kind::Repayment, last),
            File::Movements => Past::Moves { product: None, last, after: None },
        };
        let headings = self.wanted.headings.clone();
        let begun = engine::Export::new(device, self.wanted.file, headings, last, first).ok_or(Stop::Ended)?;
        let mut kept = self.go_on(device, begun).await?;
        while let Some(asked) = kept.next.clone() {
            let (lines, next) = match asked {
                Past::Days { kind, first, last, .. } => self.month(kind, first, last).await?,
                asked => self.some_moves(asked).await?,
            };
            let (pieces, count) = (kept.pieces + 1, kept.lines + lines.len() as u64);
            self.goes_on()?; // or what was stopped meanwhile would be kept
            let after = engine::Export { next, pieces, lines: count, ..kept.clone() };
            if !self.shelf.commit(engine::keep_export(&kept, &after, &lines.concat())).await? {
                return Err(Stop::Ended); // another tab makes a file
            }
            kept = after;
        }
        Ok(())
    }

    /// With what is here of this same export, if anything is.
    async fn go_on(&mut self, device: &Device, begun: engine::Export) -> Result<engine::Export, Stop> {
        let Some(kept) = device.meta.export.as_ref().filter(|kept| kept.is_of(&begun)) else { return Ok(begun) };
        let (storage, before) = (self.shelf.storage(), self.parts.length());
        let pieces = storage.keys(Store::Export, "").await?;
        for piece in &pieces {
            let text = storage.get(Store::Export, piece).await?;
            let text = text.and_then(|text| serde_json::from_str::<String>(&text).ok());
            match text.filter(|_| pieces.len() == kept.pieces as usize) {
                Some(text) => self.push(&text)?,
                // Where one is gone or does not read, all of it is asked for again.
                None => {
                    self.parts.set_length(before);
                    return Ok(begun);
                }
            }
        }
        self.lines += kept.lines;
        Ok(kept.clone())
    }

    /// Sales, expenses or repayments of a month, and the month that is next.
    async fn month(&mut self, kind: Kind, first: Day, last: Day) -> Result<(Vec<String>, Option<Past>), Stop> {
        self.at = Some(first);
        let (mut sales, mut expenses, mut repayments, mut after) = (Vec::new(), Vec::new(), Vec::new(), None);
        let earlier = loop {
            let page = self.ask(Past::Days { kind, first, last, after }).await?;
            sales.extend(page.rows.sales);
            expenses.extend(page.rows.expenses);
            repayments.extend(page.rows.repayments);
            after = page.after;
            if after.is_none() {
                break page.earlier.filter(|day| *day < first);
            }
        };
        let lines = match kind {
            Kind::Sale => self.sales(sales).await?,
            Kind::Repayment => self.repayments(repayments).await?,
            _ => self.expenses(expenses).await?,
        };
        Ok((lines, earlier.map(|last| month(kind, last))))
    }

    async fn some_moves(&mut self, asked: Past) -> Result<(Vec<String>, Option<Past>), Stop> {
        let page = self.ask(asked.clone()).await?;
        let next = match (asked, page.after) {
            (Past::Moves { product, last, .. }, Some(after)) => Some(Past::Moves { product, last, after: Some(after) }),
            _ => None,
        };
        Ok((self.moves(&page.rows.movements).await?, next))
    }

    /// Until the server answers, or refuses.
    async fn ask(&mut self, past: Past) -> Result<PastPage, Stop> {
        self.say(ExportState::Reading);
        loop {
            self.goes_on()?;
            match past::ask(self.shelf, past.clone()).await {
                Ok(page) => return Ok(page),
                Err(CallError::NotReached { .. } | CallError::TryLater) => {
                    self.goes_on()?;
                    self.say(ExportState::Waiting);
                    platform::sleep(RETRY_MS).await;
                }
                Err(refused) => return Err(Stop::Failed(ExportProblem::Refused(refused))),
            }
        }
    }
}

/// That day's month, until that day.
fn month(kind: Kind, last: Day) -> Past {
    let (year, month, _) = last.civil();
    Past::Days { kind, first: Day::from_civil(year, month, 1).unwrap_or(last), last, after: None }
}
