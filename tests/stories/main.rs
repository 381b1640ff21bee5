//! One story for each promise and each named failure of the contract, on SQLite and on Postgres.

mod clashing;
mod counting;
mod credit;
mod database;
mod deciding;
mod expenses;
mod exporting;
mod handing_in;
mod housekeeping;
mod importing;
mod past;
mod phone;
mod rules;
mod schema;
mod selling;
mod sending;
mod trust;
mod upgrading;
