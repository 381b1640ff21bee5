//! The device: IndexedDB, the outbox and its one sender, and the handle screens use.

#[cfg(feature = "hydrate")]
mod account;
#[cfg(feature = "hydrate")]
mod commands;
pub mod handle;
#[cfg(feature = "hydrate")]
mod pin;
#[cfg(feature = "hydrate")]
mod platform;
#[cfg(feature = "hydrate")]
mod refresh;
#[cfg(feature = "hydrate")]
mod sender;
#[cfg(feature = "hydrate")]
mod shelf;
#[cfg(feature = "hydrate")]
mod start;
#[cfg(feature = "hydrate")]
mod storage;
#[cfg(feature = "hydrate")]
mod tabs;

pub use handle::Till;
#[cfg(feature = "hydrate")]
pub use start::start;

/// On the server there is no device.
#[cfg(not(feature = "hydrate"))]
pub fn start(_till: Till) {}
