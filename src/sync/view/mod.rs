//! What a screen shows: confirmed + pending, each counted once (G2).

mod catalogue;
mod counts;
mod heard;
mod pending;

pub use catalogue::{Catalogue, Shown};
pub use counts::{Doubt, corrected_since, doubt};
pub use heard::Heard;
pub use pending::Pending;
