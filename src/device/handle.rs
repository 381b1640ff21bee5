//! The one handle through which screens see and use the device. It exists on both sides: on the server it is empty
//! and its commands are never called; in the browser [`super::start`] fills it.

mod alike;
mod camera;
mod decisions;
mod export;
mod from;
mod import;
mod measures;
mod owner;
mod phone;
mod receipt;
mod shop;
mod status;
mod suspended;

use crate::{
    domain::{
        Cart, Invalid, Key, Label, Pin, Product, ProductId, SaleId, Shop, Tender, Units, UserId, product::StockState,
    },
    sync::{
        CallError, Refusal,
        decide::Choice,
        handover::HandedIn,
        view::{Catalogue, Pending, Shown},
        wire::{DevicesAnswer, PersonRow},
    },
};
pub use camera::{CameraCommands, CameraProblem, Told};
pub use decisions::{Damaged, Decided, Decision, Undecided};
pub use export::{CutOff, ExportCommands, ExportProblem, ExportState, Exporting, Piece, Wanted, Write};
pub use import::{Chosen, FileProblem, ImportCommands, ImportStatus};
use leptos::prelude::*;
pub use measures::{HandInError, Measures, Prepared, Room};
pub use owner::OwnerCommands;
pub use phone::{BAR_DARK, BAR_LIGHT, Install, Language, PhoneCommands, Theme};
pub use receipt::{Absent, Receipt, ReceiptState};
pub use shop::{AccountBook, Act, Counted, Expenses, Moves, Older, Reach, Sales, ShopCommands, Today, VoidedBy};
pub use status::{InstallationStatus, Status};
use std::{future::Future, pin::Pin as Pinned, sync::Arc};
pub use suspended::{NotMoved, SUSPENDED_MAX, SuspendCommands, Suspended};

/// A command's answer. Commands run in the page, which has one thread.
pub type Answer<T> = Pinned<Box<dyn Future<Output = T>>>;

/// What a screen reads and does. Copy it freely; every field is a signal or a handle to one.
#[derive(Clone, Copy)]
pub struct Till {
    /// The device's data has been read: from here on signals are true. False on the server and in the first moments,
    /// when the catalogue holds the few products of a [`super::FirstPage`].
    pub ready: RwSignal<bool>,
    pub status: RwSignal<Status>,
    /// The receipt of the sale just made, so that it is shown before anything is read.
    pub latest: RwSignal<Option<Receipt>>,
    /// People of the shop, for sign-in.
    pub people: RwSignal<Vec<PersonRow>>,
    /// What waits for a person's decision.
    pub decisions: RwSignal<Vec<Decision>>,
    /// Refused sales that were decided on, the latest first.
    pub decided: RwSignal<Vec<Decided>>,
    pub cart: RwSignal<Cart>,
    /// The cart is being sold, put by or exchanged, and written: nothing else is done with it.
    pub cart_moves: RwSignal<bool>,
    /// Carts that wait while another customer is served, the oldest first.
    pub suspended: RwSignal<Vec<Suspended>>,
    /// A sale whose answer is awaited.
    pub selling: RwSignal<Option<Selling>>,
    /// What the last sale or command has to say.
    pub notice: RwSignal<Option<Notice>>,
    /// A newer version of the app is ready; it is taken when the person says so.
    pub update_ready: RwSignal<bool>,
    /// What last came to be decided, until somebody looks.
    pub rung: RwSignal<Option<String>>,
    /// Whether the phone shows notifications of this app; `None` where the browser has none.
    pub notifies: RwSignal<Option<Notifies>>,
    /// What there is to say about installing the app.
    pub install: RwSignal<Install>,
    pub theme: RwSignal<Theme>,
    /// A change of it loads the page anew.
    pub language: RwSignal<Language>,
    /// Nothing is shown but who may unlock it.
    pub locked: RwSignal<bool>,
    /// Minutes without use after which the phone locks itself; 0 for never.
    pub lock_after: RwSignal<u32>,
    /// A file that is made for the owner, or is done and not put away yet.
    pub export: RwSignal<Option<Exporting>>,
    catalogue: StoredValue<Catalogue>,
    catalogue_version: RwSignal<u64>,
    commands: RwSignal<Option<Arc<dyn Commands + Send + Sync>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageProblem {
    /// This browser keeps no data for the app (private mode, or switched off).
    Unavailable,
    /// The disk or the browser's share of it is full: nothing was half-written.
    Full,
    /// Another tab holds an older version of the database open.
    BlockedByTab,
    /// The database was closed for a newer version of the app in another tab: reload.
    Closed,
    /// Other tabs kept changing the same things; nothing was written. Try again.
    Busy,
    /// The network went away in the middle of a first visit: a part of the app itself is missing.
    AppIncomplete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selling {
    /// The sale is on the disk; the cart shows these goods until the answer is there.
    pub sold: Cart,
    pub wait_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notifies {
    /// While the app is open.
    Yes,
    /// The same, and no more than that: the server sends nothing, or the browser cannot.
    OpenOnly,
    /// Also while it is closed: the server sends.
    Closed,
    No,
    /// Nobody was asked yet.
    Ask,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Refused within the wait: no receipt, the cart is back (G16).
    RolledBack(Refusal),
    /// Nothing was saved: the cart is as it was.
    NotSaved(CommandError),
    /// It was neither put by nor taken up: the cart is as it was.
    CartStays(NotMoved),
    /// The cart was filled again from an earlier sale, without these: they are not sold any more.
    LeftOut(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    #[error("the device is not ready")]
    NotReady,
    #[error("more is sold than this phone knows of, which the owner does not allow offline")]
    BeyondStock,
    #[error("nobody is signed in")]
    NobodySignedIn,
    #[error("the outbox is full")]
    OutboxFull,
    #[error("the device's storage failed: {0:?}")]
    Storage(StorageProblem),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// What was wanted does not read as a change; the detail says where.
    #[error("{0}")]
    Unreadable(String),
    /// Somebody else decided meanwhile, here or elsewhere.
    #[error("already decided")]
    AlreadyDecided,
}

/// How "Encaisser" ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Sold {
    /// Show this receipt, which is `latest`: confirmed, or waiting.
    Receipt(SaleId),
    /// No receipt; the cart is back as it was, and `notice` says why.
    RolledBack,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SignInError {
    WrongPin {
        tries_left: u32,
    },
    Locked {
        for_ms: i64,
    },
    /// The server was not reached, and this person has never signed in online on this phone.
    NeedsNetwork,
    Refused(CallError),
    Storage(StorageProblem),
}

/// What the device can do. Implemented by the browser's driver.
pub trait Commands:
    ShopCommands + OwnerCommands + PhoneCommands + CameraCommands + ImportCommands + ExportCommands + SuspendCommands
{
    fn enrol(&self, code: String, name: Label) -> Answer<Result<(), SignInError>>;
    fn sign_in(&self, person: UserId, pin: Pin) -> Answer<Result<(), SignInError>>;
    fn sign_out(&self) -> Answer<Result<(), CommandError>>;
    fn sell(&self, cart: Cart, tenders: Vec<Tender>) -> Answer<Result<Sold, CommandError>>;
    /// The seller ends the wait: the receipt says "en attente".
    fn stop_waiting(&self);
    fn receipt(&self, sale: SaleId) -> Answer<Option<Receipt>>;
    /// A receipt older than the device holds, from the server.
    fn past_receipt(&self, sale: SaleId) -> Answer<Result<Receipt, Absent>>;
    /// Settles a refused sale.
    fn decide(&self, key: Key, choice: Choice) -> Answer<Result<(), CommandError>>;
    /// Settles an edit that clashed: of each field, in the card's order, the value it is to have.
    fn settle(&self, key: Key, chosen: Vec<serde_json::Value>) -> Answer<Result<(), CommandError>>;
    /// Makes one product of the other. Each field is an edit of its own: what somebody else changed meanwhile stands, or
    /// comes to À décider.
    fn edit_product(&self, seen: Product, wanted: Product) -> Answer<Result<(), CommandError>>;
    /// Queues an edit for each field that differs.
    fn edit_shop(&self, seen: Shop, wanted: Shop) -> Answer<Result<(), CommandError>>;
    /// Somebody counted a product. What is expected is what this device shows now; what is sold meanwhile stays sold.
    fn count(&self, product: ProductId, counted: Units) -> Answer<Result<(), CommandError>>;
    /// What was counted lately on any phone of the shop; first what somebody should count again.
    fn counts(&self) -> Answer<Result<Vec<Counted>, CommandError>>;
    /// Lets go of another refused change.
    fn dismiss(&self, key: Key) -> Answer<Result<(), CommandError>>;
    fn synchronise(&self);
    /// What this phone measures of itself, as it stands now.
    fn measures(&self) -> Answer<Result<Measures, StorageProblem>>;
    /// Reads the shop from its start, beside what is shown; what waits to be sent stays.
    fn read_anew(&self) -> Answer<Result<(), CommandError>>;
    /// The shop's devices, as the server knows them; an owner's to ask.
    fn devices(&self) -> Answer<Result<DevicesAnswer, CallError>>;
    /// Seals what waits to be sent into a file; `None` where nothing waits, or the browser cannot.
    fn prepare_file(&self) -> Answer<Option<Prepared>>;
    /// Gives the prepared file to the person.
    fn give_file(&self) -> Answer<bool>;
    /// Hands in the file that was chosen in the field of that id.
    fn hand_in(&self, field: String, code: String) -> Answer<Result<HandedIn, HandInError>>;
    /// Puts a text where the person can paste it from. Says whether the browser did.
    fn copy(&self, text: String) -> Answer<bool>;
    /// Something is to be decided: the phone shakes, and notifies where nobody sees this page.
    fn ring(&self, title: String, line: String);
    /// Asks the person whether this phone may notify.
    fn ask_to_notify(&self);
    /// No more while the app is closed.
    fn stop_notifying(&self);
    /// Takes the newer version that `update_ready` tells of.
    fn update(&self);
}

impl Till {
    pub fn new() -> Self {
        Self {
            ready: RwSignal::new(false),
            status: RwSignal::new(Status { online: true, ..Status::default() }),
            latest: RwSignal::new(None),
            people: RwSignal::new(Vec::new()),
            decisions: RwSignal::new(Vec::new()),
            decided: RwSignal::new(Vec::new()),
            cart: RwSignal::new(Cart::default()),
            cart_moves: RwSignal::new(false),
            suspended: RwSignal::new(Vec::new()),
            selling: RwSignal::new(None),
            notice: RwSignal::new(None),
            update_ready: RwSignal::new(false),
            rung: RwSignal::new(None),
            notifies: RwSignal::new(None),
            install: RwSignal::new(Install::default()),
            theme: RwSignal::new(Theme::System),
            language: RwSignal::new(Language::French),
            locked: RwSignal::new(false),
            lock_after: RwSignal::new(0),
            export: RwSignal::new(None),
            catalogue: StoredValue::new(Catalogue::default()),
            catalogue_version: RwSignal::new(0),
            commands: RwSignal::new(None),
        }
    }

    /// Products for a query, as they are now; runs again when the catalogue changes.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Shown> {
        self.catalogue_version.track();
        self.catalogue.with_value(|catalogue| catalogue.search(query, limit))
    }

    /// As [`Till::search`], of the products in a state; `None` is all.
    pub fn search_in(&self, query: &str, state: Option<StockState>, limit: usize) -> Vec<Shown> {
        self.catalogue_version.track();
        self.catalogue.with_value(|catalogue| catalogue.search_in(query, state, limit))
    }

    /// As [`Till::search_in`], which products they are, all of them.
    pub fn find(&self, query: &str, state: Option<StockState>) -> Vec<ProductId> {
        self.catalogue_version.track();
        self.catalogue.with_value(|catalogue| catalogue.find(query, state, usize::MAX))
    }

    /// One product as it is now; runs again when the catalogue changes.
    pub fn product(&self, id: ProductId) -> Option<Shown> {
        self.catalogue_version.track();
        self.catalogue.with_value(|catalogue| catalogue.get(id))
    }

    /// How many products are low, and how many are empty.
    pub fn wanting(&self) -> (usize, usize) {
        self.catalogue_version.track();
        self.catalogue.with_value(Catalogue::wanting)
    }

    /// Every product as it is now, retired ones among them.
    pub fn all_products(&self) -> Vec<Arc<Product>> {
        self.catalogue.with_value(|catalogue| catalogue.all().collect())
    }

    pub fn products_count(&self) -> usize {
        self.catalogue_version.track();
        self.catalogue.with_value(Catalogue::len)
    }

    /// Changes with every change of products, stock or outbox: what a screen tracks that reads them by a command.
    pub fn version(&self) -> u64 {
        self.catalogue_version.get()
    }

    pub fn change_catalogue(&self, change: impl FnOnce(&mut Catalogue)) {
        self.catalogue.update_value(change);
        self.catalogue_version.update(|version| *version += 1);
    }

    /// What the outbox adds to what the server said.
    pub fn pending(&self) -> Arc<Pending> {
        self.catalogue.with_value(|catalogue| catalogue.pending().clone())
    }

    pub fn connect(&self, commands: Arc<dyn Commands + Send + Sync>) {
        self.commands.set(Some(commands));
    }

    /// The device's commands, once it has started.
    pub fn commands(&self) -> Option<Arc<dyn Commands + Send + Sync>> {
        self.commands.get_untracked()
    }

    /// Whether there are commands yet; runs again when they come. They come before `ready`: selling from a cart that was
    /// kept does not wait for the catalogue.
    pub fn connected(&self) -> bool {
        self.commands.with(Option::is_some)
    }
}

impl Default for Till {
    fn default() -> Self {
        Self::new()
    }
}
