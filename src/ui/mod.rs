//! What people see. Screens read and act through one handle, [`crate::device::Till`]; components only draw.

// First: its macros are for the others.
#[macro_use]
pub mod language;

pub mod components;
pub mod erase;
pub mod format;
pub mod icons;
pub mod screens;
pub mod tables;
pub mod text;
