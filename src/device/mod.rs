//! The device: IndexedDB, the outbox and its one sender, and the handle screens use.

pub mod handle;
#[cfg(feature = "hydrate")]
mod platform;
#[cfg(feature = "hydrate")]
mod storage;
#[cfg(feature = "hydrate")]
mod tabs;

pub use handle::Till;
