//! What went wrong, in the words of a screen.

use super::{CommandError, SignInError, StorageProblem};
use crate::sync::{CallError, engine::QueueError};

impl From<StorageProblem> for CommandError {
    fn from(problem: StorageProblem) -> Self {
        Self::Storage(problem)
    }
}

impl From<StorageProblem> for SignInError {
    fn from(problem: StorageProblem) -> Self {
        Self::Storage(problem)
    }
}

impl From<CallError> for SignInError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::WrongPin { tries_left } => Self::WrongPin { tries_left },
            CallError::Locked { for_ms } => Self::Locked { for_ms },
            CallError::NotReached { .. } => Self::NeedsNetwork,
            refused => Self::Refused(refused),
        }
    }
}

impl From<QueueError> for CommandError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::NotEnrolled | QueueError::NotRead => Self::NotReady,
            QueueError::NobodySignedIn => Self::NobodySignedIn,
            QueueError::Full => Self::OutboxFull,
            QueueError::Invalid(invalid) => Self::Invalid(invalid),
            QueueError::Unreadable(detail) => Self::Unreadable(detail),
        }
    }
}
