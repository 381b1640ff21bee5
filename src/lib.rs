//! Comptoir: a point of sale and stock book for small shops where power and network come and go.
//!
//! Start with `docs/ARCHITECTURE.md`. The rooms of the house and what each may import are held by `tests/tidy.rs`.
#![forbid(unsafe_code)]

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod device;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod server;
pub mod sync;
