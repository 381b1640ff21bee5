//! What a screen shows: confirmed + pending, each counted once (G2).

mod catalogue;
mod pending;

pub use catalogue::{Catalogue, Shown};
pub use pending::Pending;
