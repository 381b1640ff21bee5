//! What can go wrong behind a server function.

use crate::sync::CallError;

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The caller's to know.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Ours to know: logged, and answered as [`CallError::TryLater`].
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// A stored row that does not read back. Ours to know; never the caller's fault.
    #[error("stored row: {0}")]
    Stored(#[from] serde_json::Error),
    #[error("stored row: {0}")]
    Invalid(#[from] crate::domain::Invalid),
}
