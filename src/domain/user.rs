use super::Invalid;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Employee,
}

/// Wrong PINs in a row before a person is locked out for a time.
pub const PIN_TRIES_MAX: u32 = 5;
/// How long the first lock lasts; each further lock without a right PIN in between lasts twice the last.
pub const PIN_LOCK_MS: i64 = 60_000;
/// No lock lasts longer: an owner must get back into the shop the same morning.
pub const PIN_LOCK_MAX_MS: i64 = 30 * 60_000;

/// What wrong tries did so far, on a server or on a device. Kept on disk, so that a restart forgives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PinTries {
    pub wrong: u32,
    pub locked_until_ms: i64,
}

impl PinTries {
    /// Milliseconds to wait before the next try counts, if any.
    pub fn locked_for_ms(self, now_ms: i64) -> Option<i64> {
        // A clock set back must not lock for longer than the longest lock.
        let left_ms = (self.locked_until_ms - now_ms).min(PIN_LOCK_MAX_MS);
        (left_ms > 0).then_some(left_ms)
    }

    pub fn after_wrong(self, now_ms: i64) -> PinTries {
        let wrong = self.wrong.saturating_add(1);
        if !wrong.is_multiple_of(PIN_TRIES_MAX) {
            return PinTries { wrong, ..self };
        }
        let locks = (wrong / PIN_TRIES_MAX - 1).min(16);
        let lock_ms = (PIN_LOCK_MS << locks).min(PIN_LOCK_MAX_MS);
        PinTries { wrong, locked_until_ms: now_ms + lock_ms }
    }
}

/// A PIN of 4 to 6 digits. It identifies a person; the boundary is the enrolled phone. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Pin(String);

impl Pin {
    pub fn new(digits: &str) -> Result<Self, Invalid> {
        let fits = (4..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(digits.to_owned())) } else { Err(Invalid::Pin) }
    }

    /// The digits, for hashing only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pin(…)")
    }
}

/// Written by hand: a message of the parser's repeats what it could not read, and that would be the PIN.
impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(from).map_err(|_| D::Error::custom(Invalid::Pin))?;
        Self::new(&digits).map_err(D::Error::custom)
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> String {
        pin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_try_locks_and_each_lock_doubles() {
        let mut tries = PinTries::default();
        for _ in 0..4 {
            tries = tries.after_wrong(1_000);
            assert_eq!(tries.locked_for_ms(1_000), None);
        }
        tries = tries.after_wrong(1_000);
        assert_eq!(tries.locked_for_ms(1_000), Some(PIN_LOCK_MS));
        for _ in 0..5 {
            tries = tries.after_wrong(100_000);
        }
        assert_eq!(tries.locked_for_ms(100_000), Some(2 * PIN_LOCK_MS));
        for _ in 0..1_000 {
            tries = tries.after_wrong(100_000);
        }
        assert_eq!(tries.locked_for_ms(100_000), Some(PIN_LOCK_MAX_MS));
    }

    #[test]
    fn a_pin_is_four_to_six_digits_and_never_shown() {
        assert!(["123", "1234567", "12a4", "١٢٣٤", ""].iter().all(|text| Pin::new(text).is_err()));
        assert_eq!(format!("{:?}", Pin::new("0000").unwrap()), "Pin(…)");
        for wrong in ["8642", "\"86420864\"", "[8642]"] {
            let said = serde_json::from_str::<Pin>(wrong).unwrap_err().to_string();
            assert!(said.starts_with("a PIN is 4 to 6 digits") && !said.contains("8642"), "{said}");
        }
    }
}
