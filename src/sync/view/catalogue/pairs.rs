//! Which names are worth reading for a word: a word's letters stand beside each other in a name that holds it.

const WORDS: usize = 8;

/// The pairs of letters of a text, superimposed on 512 bits: a name without the bits of a word does not hold it. This is
/// a signature file (Faloutsos and Christodoulakis 1984). A catalogue's long names share most of their pairs, some sixty:
/// a pair that none of them has shares a bit with one of those in one case of nine, and then every name is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pairs([u64; WORDS]);

impl Pairs {
    pub fn of(text: &str) -> Self {
        let mut bits = [0; WORDS];
        let mut last = b' ';
        for &letter in text.as_bytes() {
            if last != b' ' && letter != b' ' {
                // Fibonacci hashing: the highest nine bits.
                let at = ((u32::from(last) << 8) | u32::from(letter)).wrapping_mul(0x9E37_79B1) >> 23;
                bits[(at >> 6) as usize] |= 1 << (at & 63);
            }
            last = letter;
        }
        Self(bits)
    }

    /// False where no text of these pairs holds the words of those.
    pub fn may_hold(&self, words: &Self) -> bool {
        self.0.iter().zip(&words.0).all(|(has, wanted)| has & wanted == *wanted)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_may_hold_whatever_it_holds(before in ".{0,60}", word in "[^ ]{0,20}", after in ".{0,60}") {
            let name = format!("{before}{word}{after}");
            prop_assert!(Pairs::of(&name).may_hold(&Pairs::of(&word)), "{}", name);
        }
    }

    #[test]
    fn a_long_name_is_passed_over_for_a_word_it_does_not_hold() {
        let name =
            Pairs::of("anastrozole accord 1 mg comprime pellicule plaquette s pvc pvdc aluminium de 30 comprime s");
        assert!(name.may_hold(&Pairs::of("pell")) && !name.may_hold(&Pairs::of("doliprane")));
        assert!(name.may_hold(&Pairs::of("pvc pell")) && !name.may_hold(&Pairs::of("pvc doliprane")));
    }
}
