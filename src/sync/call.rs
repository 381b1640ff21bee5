//! Why a call to the server as a whole failed; what became of single mutations is a verdict.

use serde::{Deserialize, Serialize};

/// Why a call was not carried out. Nothing it asked for had an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CallError {
    /// 401: no session, or one that ended. Sign in again; selling goes on.
    #[error("not signed in")]
    NotSignedIn,
    /// 403: the phone was revoked. Its outbox is still accepted, into quarantine.
    #[error("this phone was revoked")]
    Revoked,
    /// 403: not what this session, phone or person may ask for.
    #[error("not allowed")]
    NotAllowed,
    /// 403: wrong PIN; `tries_left` before the person is locked out for a time.
    #[error("wrong PIN")]
    WrongPin { tries_left: u32 },
    /// 429: too many wrong tries.
    #[error("locked for {for_ms} ms")]
    Locked { for_ms: i64 },
    /// 404: the code is unknown, used or too old.
    #[error("this code is not valid")]
    WrongCode,
    /// 409: a shop keeps an owner who has not left.
    #[error("the only owner of the shop")]
    LastOwner,
    /// 409: the id names somebody else already.
    #[error("the id is taken")]
    Exists,
    /// 409: the shop has as many of them as it may have.
    #[error("too many")]
    TooMany,
    /// 400: the request broke a limit or a rule; the detail says which.
    #[error("bad request: {detail}")]
    BadRequest { detail: String },
    /// 426: this program is too old for the server (or the server for it). The outbox is kept.
    #[error("an update is needed")]
    Upgrade,
    /// 503: the server could not answer now. Try again.
    #[error("try later")]
    TryLater,
    /// The server was not reached, or what came back was not its answer. Made on the device.
    #[error("not reached: {detail}")]
    NotReached { detail: String },
}

/// Characters of a detail: a parser's message repeats what it could not read, and that may be a megabyte.
pub const DETAIL_MAX_CHARS: usize = 300;

impl CallError {
    pub fn bad_request(detail: &str) -> Self {
        Self::BadRequest { detail: detail.chars().take(DETAIL_MAX_CHARS).collect() }
    }

    /// The word it travels under.
    pub fn name(&self) -> &'static str {
        match self {
            CallError::NotSignedIn => "not_signed_in",
            CallError::Revoked => "revoked",
            CallError::NotAllowed => "not_allowed",
            CallError::WrongPin { .. } => "wrong_pin",
            CallError::Locked { .. } => "locked",
            CallError::WrongCode => "wrong_code",
            CallError::LastOwner => "last_owner",
            CallError::Exists => "exists",
            CallError::TooMany => "too_many",
            CallError::BadRequest { .. } => "bad_request",
            CallError::Upgrade => "upgrade",
            CallError::TryLater => "try_later",
            CallError::NotReached { .. } => "not_reached",
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            CallError::NotSignedIn => 401,
            CallError::Revoked | CallError::NotAllowed | CallError::WrongPin { .. } => 403,
            CallError::WrongCode => 404,
            CallError::LastOwner | CallError::Exists | CallError::TooMany => 409,
            CallError::Locked { .. } => 429,
            CallError::BadRequest { .. } => 400,
            CallError::Upgrade => 426,
            CallError::TryLater => 503,
            CallError::NotReached { .. } => 502,
        }
    }
}
