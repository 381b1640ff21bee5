//! The server's clock, read in one place. The rooms below take the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970; zero on a machine whose clock stands before that.
pub fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
