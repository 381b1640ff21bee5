//! What a seller does with a cart whose customer lets another one go first.

use super::{Answer, CommandError};
pub use crate::sync::engine::Suspended;
use uuid::Uuid;

pub trait SuspendCommands {
    /// Puts the cart by; the next customer's is empty. Where that fails the cart is as it was.
    fn suspend(&self) -> Answer<Result<(), CommandError>>;
    /// Goes on with a cart that was put by, and puts by what is in the cart. Nothing happens where another tab took it.
    fn take_up(&self, id: Uuid) -> Answer<Result<(), CommandError>>;
}
