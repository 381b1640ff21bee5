//! [ssr] The server: configuration, sessions, verdicts, pages, assets, jobs.

pub mod db;
pub mod error;
pub mod rpc;
pub mod session;

pub use error::ServerError;
