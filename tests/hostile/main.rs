//! Hostile input: bytes, absurd values, damaged disks. No panic, no failure of the server's, no effect, and everybody
//! else goes on.

mod absurd;
mod bytes;
#[path = "../stories/database.rs"]
#[allow(dead_code, unused_imports, unused_macros)]
mod database;
mod draw;
mod http;
mod named;
#[path = "../stories/phone.rs"]
#[allow(dead_code)]
mod phone;
#[path = "../support/place.rs"]
#[allow(dead_code)]
mod place;
#[path = "../http/server.rs"]
#[allow(dead_code)]
mod server;
mod stored;
mod targets;
mod world;
