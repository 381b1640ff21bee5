//! One world a seed: phones that run the real engine, a server that runs the real push and pull, people who work, and
//! everything that goes wrong. Both programs of this folder share it.

mod accounts;
mod chance;
mod clashes;
mod database;
mod disk;
mod guarantees;
mod healing;
#[cfg(test)]
mod history;
mod model;
mod nature;
mod network;
mod observer;
mod people;
mod phone;
mod refusals;
mod runner;
mod seller;
mod sender;
mod server;
mod shop;
mod small;
mod stage;
mod streams;
mod strikes;
mod tasks;
mod verdicts;
mod view;
mod witness;
mod world;

pub use database::Kind;
pub use runner::Runner;
pub use small::{explore, worlds};
