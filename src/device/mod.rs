//! The device: IndexedDB, the outbox and its one sender, and the handle screens use.

#[cfg(feature = "hydrate")]
mod account;
#[cfg(any(test, feature = "hydrate"))]
mod burst;
#[cfg(feature = "hydrate")]
mod camera;
#[cfg(feature = "hydrate")]
mod commands;
#[cfg(feature = "hydrate")]
mod counting;
#[cfg(feature = "hydrate")]
mod credit;
#[cfg(feature = "hydrate")]
mod deciding;
#[cfg(feature = "hydrate")]
mod exporting;
#[cfg(feature = "hydrate")]
mod files;
#[cfg(feature = "hydrate")]
mod first_page;
pub mod handle;
#[cfg(feature = "hydrate")]
mod handover;
#[cfg(feature = "hydrate")]
mod history;
#[cfg(feature = "hydrate")]
mod importing;
#[cfg(feature = "hydrate")]
mod install;
#[cfg(feature = "hydrate")]
mod js;
#[cfg(feature = "hydrate")]
mod language;
#[cfg(feature = "hydrate")]
mod lock;
#[cfg(feature = "hydrate")]
mod measure;
#[cfg(feature = "hydrate")]
mod mirror;
#[cfg(feature = "hydrate")]
mod moves;
#[cfg(feature = "hydrate")]
mod notify;
#[cfg(feature = "hydrate")]
mod past;
#[cfg(feature = "hydrate")]
mod pin;
#[cfg(feature = "hydrate")]
mod platform;
#[cfg(feature = "hydrate")]
mod read;
#[cfg(feature = "hydrate")]
mod resume;
#[cfg(feature = "hydrate")]
mod scanner;
#[cfg(feature = "hydrate")]
mod selling;
#[cfg(feature = "hydrate")]
mod sender;
#[cfg(feature = "hydrate")]
mod shelf;
#[cfg(feature = "hydrate")]
mod start;
#[cfg(feature = "hydrate")]
mod storage;
#[cfg(all(test, feature = "hydrate"))]
mod storage_tests;
#[cfg(feature = "hydrate")]
mod tabs;
#[cfg(feature = "hydrate")]
mod update;

pub use crate::sync::first_page::FirstPage;
#[cfg(feature = "hydrate")]
pub use first_page::first_page;
pub use handle::Till;
#[cfg(feature = "hydrate")]
pub use language::chosen as language;
#[cfg(feature = "hydrate")]
pub use start::start;

/// The element that holds a [`FirstPage`] as JSON.
pub const FIRST_PAGE: &str = "first-page";

/// On the server there is no device.
#[cfg(not(feature = "hydrate"))]
pub fn start(_till: Till) {}
