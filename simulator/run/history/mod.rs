//! Histories of the real server under requests side by side: who asked what, what was answered, and when each began and
//! ended. Checked in time linear in their length ([`check`]), the short ones also by an existing tester ([`linear`]).

mod check;
mod linear;
mod record;
mod tests;
