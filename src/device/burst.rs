//! Whether it was a scanner that typed, or a hand.

use crate::domain::text::CODE_MIN;

/// A pause of this length ends a burst.
const PAUSE_MS: f64 = 150.0;
/// The longest a scanner takes for a key, on average; a quick hand takes a hundred.
const KEY_MS: f64 = 60.0;

/// Characters that come one upon the other.
#[derive(Default)]
pub struct Burst {
    code: String,
    since_ms: f64,
    last_ms: f64,
}

impl Burst {
    /// Says whether a burst begins with this character.
    pub fn typed(&mut self, character: &str, at_ms: f64) -> bool {
        let begins = self.code.is_empty() || at_ms - self.last_ms > PAUSE_MS;
        if begins {
            *self = Self { code: String::new(), since_ms: at_ms, last_ms: at_ms };
        }
        self.code.push_str(character);
        self.last_ms = at_ms;
        begins
    }

    /// The code, where that was a scanner and no hand.
    pub fn entered(&mut self, at_ms: f64) -> Option<String> {
        let Self { code, since_ms, last_ms } = std::mem::take(self);
        let keys = code.chars().count();
        let quick = at_ms - last_ms <= PAUSE_MS && at_ms - since_ms <= KEY_MS * keys as f64;
        (keys >= CODE_MIN && quick).then_some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::Burst;

    /// Types a key every so many milliseconds, and Enter.
    fn entered(burst: &mut Burst, keys: &str, from_ms: f64, each_ms: f64) -> Option<String> {
        let mut at_ms = from_ms;
        for key in keys.chars() {
            burst.typed(&key.to_string(), at_ms);
            at_ms += each_ms;
        }
        burst.entered(at_ms)
    }

    #[test]
    fn a_scanner_is_quicker_than_a_hand() {
        let each = |each_ms| entered(&mut Burst::default(), "6110004010746", 1_000.0, each_ms);
        assert_eq!(each(1.0).as_deref(), Some("6110004010746"));
        assert_eq!(each(55.0).as_deref(), Some("6110004010746"));
        assert_eq!(each(80.0), None);
        assert_eq!(each(200.0), None);
        assert_eq!(entered(&mut Burst::default(), "15000", 0.0, 1.0), None, "shorter than any code");
        assert_eq!(Burst::default().entered(0.0), None);
    }

    #[test]
    fn what_a_hand_typed_before_is_not_of_the_code() {
        let mut burst = Burst::default();
        assert!(burst.typed("5", 0.0));
        assert!(burst.typed("6", 800.0), "a code begins");
        assert!(!burst.typed("1", 810.0));
        assert_eq!(entered(&mut burst, "10004010746", 820.0, 10.0).as_deref(), Some("6110004010746"));
        // Enter long after it is a hand's, and so is a second one.
        assert_eq!(burst.entered(1_000.0), None);
        for (n, key) in "6110004010746".chars().enumerate() {
            burst.typed(&key.to_string(), 2_000.0 + n as f64);
        }
        assert_eq!(burst.entered(2_400.0), None);
    }
}
