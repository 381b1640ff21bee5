//! [ssr] The server: configuration, sessions, verdicts, pages, assets, jobs.

pub mod check;
pub mod db;
pub mod error;
pub mod jobs;
pub mod pull;
pub mod push;
mod rows;
pub mod rpc;
pub mod session;

pub use error::ServerError;
