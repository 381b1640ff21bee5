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
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("PIN hash: {0}")]
    PinHash(argon2::password_hash::Error),
    /// The runtime is being shut down under the request.
    #[error("the server is stopping")]
    Stopping,
}

impl From<argon2::password_hash::Error> for ServerError {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::PinHash(error)
    }
}

impl ServerError {
    /// What the caller is told; what is ours to know goes into the log.
    pub fn into_call(self, doing: &'static str) -> CallError {
        match self {
            ServerError::Call(error) => error,
            ours => {
                tracing::error!(doing, error = %ours, "a request failed");
                CallError::TryLater
            }
        }
    }
}
