//! The device: IndexedDB, the outbox and its one sender, and the handle screens use.

pub mod handle;

pub use handle::Till;
