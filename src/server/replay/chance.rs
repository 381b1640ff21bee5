//! Draws that a seed repeats: Steele, Lea and Flood's SplitMix64 ("Fast splittable pseudorandom number generators",
//! 2014). Choices only, never a secret.

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..count`; zero where that is empty.
    pub fn below(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { (self.next() % count as u64) as usize }
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_the_paper_and_stay_in_range() {
        // The reference implementation's first number for the seed 1234567.
        assert_eq!(Chance::new(1_234_567).next(), 6_457_827_717_110_365_317);
        let mut chance = Chance::new(1);
        let mut seen = [0; 5];
        (0..1_000).for_each(|_| seen[chance.below(5)] += 1);
        assert!(seen.iter().all(|count| (100..300).contains(count)), "{seen:?}");
        assert_eq!(chance.below(0), 0);
    }
}
