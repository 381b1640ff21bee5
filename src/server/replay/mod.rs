//! `comptoir replay`: the days of a real till sold again, through phones that run the real engine against a running
//! server. What comes out is held against a count of the file that goes another way.

pub mod chance;
pub mod phone;
mod report;
mod seller;
mod shelf;
pub mod till;

pub use report::Report;
pub use shelf::Cover;

use super::check::{LedgerEntry, write_ledger};
use chance::Chance;
use phone::{Phone, PhoneError};
use seller::{Habit, Seller};
use shelf::Shelf;
use std::{
    fs::File,
    io::LineWriter,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};
use till::Ticket;

/// Tickets that phones sell side by side before any goes on to later ones: without it a phone that need not wait for
/// the network would be through the file while the shelves are still full.
const SLICE: usize = 120;
/// Sales between two words on how far it is.
const SAID_EVERY: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("phone {number}: {error}")]
    Phone { number: usize, error: PhoneError },
    #[error("what a phone holds at the end: {0}")]
    Report(#[from] PhoneError),
    #[error("the ledger file: {0}")]
    Ledger(#[from] std::io::Error),
    #[error("phone {number} stopped in a bug")]
    Bug { number: usize },
    #[error("there is no phone to sell on")]
    NoPhone,
}

/// What all phones of a replay share.
pub struct Run {
    pub seed: u64,
    pub cover: Cover,
    /// Where every verdict is written as soon as its phone holds it.
    pub ledger: Option<File>,
}

impl Run {
    /// Sells every ticket once, on phones that are signed in. The first one's person must be allowed to create products
    /// and to receive stock.
    pub fn sell(self, tickets: &[Ticket], phones: Vec<Phone>) -> Result<Report, ReplayError> {
        let began = Instant::now();
        let word = Word { ledger: self.ledger.map(LineWriter::new).map(Mutex::new), sold: AtomicUsize::new(0) };
        let habits = (0..phones.len()).map(Habit::of);
        let mut sellers: Vec<Seller> = phones
            .into_iter()
            .zip(habits)
            .zip(0..)
            .map(|((phone, habit), n)| Seller::new(phone, habit, self.seed, n))
            .collect();
        let first = sellers.first_mut().ok_or(ReplayError::NoPhone)?;
        let named = |number| move |error| ReplayError::Phone { number, error };
        let shelf = Shelf::fill(&mut first.phone, &till::demand(tickets), self.cover).map_err(named(0))?;
        word.tell(first.phone.take_heard())?;
        together(&mut sellers, |seller, _| Ok(seller.phone.synchronise()?))?;
        let mut chance = Chance::new(self.seed);
        for slice in tickets.chunks(SLICE) {
            let dealt = deal(slice, sellers.len(), &mut chance);
            together(&mut sellers, |seller, n| seller.work(&dealt[n], &shelf, &word))?;
        }
        together(&mut sellers, |seller, _| seller.close(&word))?;
        // Only now has every phone sent all it made; each reads what the others sent last.
        together(&mut sellers, |seller, _| Ok(seller.phone.synchronise()?))?;
        Ok(Report::of(tickets, &shelf, &sellers, began.elapsed())?)
    }
}

/// Which phone sells which ticket: each phone's own stay in the order of the file.
fn deal<'a>(tickets: &'a [Ticket], phones: usize, chance: &mut Chance) -> Vec<Vec<&'a Ticket>> {
    let mut dealt = vec![Vec::new(); phones];
    for ticket in tickets {
        dealt[chance.below(phones)].push(ticket);
    }
    dealt
}

/// Every seller at work at the same time; the first error of any, once all have stopped.
fn together(
    sellers: &mut [Seller],
    work: impl Fn(&mut Seller, usize) -> Result<(), SellerError> + Sync,
) -> Result<(), ReplayError> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            sellers.iter_mut().enumerate().map(|(n, seller)| scope.spawn(move || work(seller, n))).collect();
        let ends = threads.into_iter().enumerate().map(|(number, thread)| match thread.join() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(SellerError::Phone(error))) => Err(ReplayError::Phone { number, error }),
            Ok(Err(SellerError::Ledger(error))) => Err(ReplayError::Ledger(error)),
            Err(_) => Err(ReplayError::Bug { number }),
        });
        // Collected first: a thread that is not joined here would panic at the scope's end.
        ends.collect::<Vec<_>>().into_iter().collect()
    })
}

#[derive(Debug, thiserror::Error)]
enum SellerError {
    #[error(transparent)]
    Phone(#[from] PhoneError),
    #[error(transparent)]
    Ledger(#[from] std::io::Error),
}

/// Where the sellers tell what they heard and how far they are.
struct Word {
    ledger: Option<Mutex<LineWriter<File>>>,
    sold: AtomicUsize,
}

impl Word {
    /// Line by line, so that what a phone knows is in the file whatever happens next to this program.
    fn tell(&self, heard: Vec<LedgerEntry>) -> std::io::Result<()> {
        let Some(ledger) = &self.ledger else { return Ok(()) };
        // Another phone's panic leaves whole lines behind it.
        let mut file = ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        write_ledger(&mut *file, &heard)
    }

    fn sold_one(&self) {
        let sold = self.sold.fetch_add(1, Ordering::Relaxed) + 1;
        if sold.is_multiple_of(SAID_EVERY) {
            eprintln!("{sold} sales made");
        }
    }
}
