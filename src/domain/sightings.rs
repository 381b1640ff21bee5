//! When a code that a camera sees again and again counts.

use super::Barcode;

/// Milliseconds a code must be out of sight before it counts again: a hand that trembles loses it for less, and one
/// that puts the next piece of the same before the camera takes longer.
const AWAY_MS: i64 = 700;

/// The code in sight.
#[derive(Debug, Default)]
pub struct Sightings {
    last: Option<(Barcode, i64)>,
}

impl Sightings {
    /// Whether a code seen at `now_ms`, on a clock that only goes on, has come into sight now.
    pub fn is_new(&mut self, code: &Barcode, now_ms: i64) -> bool {
        let stays = self.last.as_ref().is_some_and(|(last, at_ms)| last == code && now_ms - at_ms < AWAY_MS);
        self.last = Some((code.clone(), now_ms));
        !stays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_once_while_it_is_held_before_the_camera_and_again_when_it_comes_back() {
        let (one, other) = (Barcode::new("6110004010746").unwrap(), Barcode::new("3400949497294").unwrap());
        let mut sightings = Sightings::default();
        let seen = [(&one, 0), (&one, 100), (&one, 700), (&one, 1_500), (&other, 1_600), (&one, 1_700), (&one, 1_800)];
        let counts = seen.map(|(code, at_ms)| sightings.is_new(code, at_ms));
        assert_eq!(counts, [true, false, false, true, true, true, false]);
    }
}
