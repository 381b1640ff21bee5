//! The program around the judging core, over real sockets: HTTP, sessions, enrolment, assets, the binary itself.

mod assets;
mod devices;
mod events;
mod files;
mod guards;
mod metrics;
mod people;
#[allow(dead_code, reason = "torture uses more of it")]
#[path = "../support/place.rs"]
mod place;
mod process;
mod replay;
mod server;
mod servers;
mod sessions;
mod web_push;
mod wire;
