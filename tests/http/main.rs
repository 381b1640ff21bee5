//! The program around the judging core, over real sockets: HTTP, sessions, enrolment, assets, the binary itself.

mod assets;
mod guards;
mod process;
mod server;
mod sessions;
