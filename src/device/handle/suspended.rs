//! What a seller does with a cart whose customer lets another one go first.

use super::{Answer, StorageProblem};
pub use crate::sync::engine::{SUSPENDED_MAX, Suspended};
use uuid::Uuid;

pub trait SuspendCommands {
    /// Puts the cart by; the next customer's is empty. Where that fails the cart is as it was.
    fn suspend(&self) -> Answer<Result<(), NotMoved>>;
    /// Goes on with a cart that was put by, and puts by what is in the cart. Where that fails both are as they were.
    fn take_up(&self, id: Uuid) -> Answer<Result<(), NotMoved>>;
}

/// Why the cart is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoved {
    /// As many carts wait as can.
    Full,
    /// Another tab has it.
    TakenUp,
    Storage(StorageProblem),
}
