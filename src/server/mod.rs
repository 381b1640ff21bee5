//! [ssr] The server: configuration, sessions, verdicts, pages, assets, jobs.

pub mod backup;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
mod connections;
mod cookie;
pub mod counter;
pub mod db;
pub mod devices;
pub mod enrol;
pub mod error;
pub mod events;
pub mod http;
pub mod import;
pub mod jobs;
pub mod metrics;
pub mod people;
pub mod person;
pub mod phones;
mod pin;
pub mod pull;
pub mod push;
pub mod replay;
mod rows;
pub mod rpc;
pub mod screens;
pub mod secret;
pub mod session;
pub mod sessions;
pub mod state;
pub mod throttle;
pub mod web_push;

pub use error::ServerError;
