//! The program around the judging core, over real sockets: HTTP, sessions, enrolment, assets, the binary itself.

mod assets;
mod events;
mod guards;
mod power;
mod process;
mod replay;
mod server;
mod sessions;
mod wire;
