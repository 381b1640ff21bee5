//! Everything drawn: one ChaCha8 stream a seed (Bernstein, "ChaCha, a variant of Salsa20", 2008), read in the order of
//! events. The draws are our own few lines over its words, so that a seed means the same whatever crate is updated.

use comptoir::domain::Key;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use uuid::{Builder, Uuid};

pub struct Chance(ChaCha8Rng);

/// How often something happens, in ten thousand.
pub type Odds = u32;

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// One of `0..count`; zero where that is empty. The multiplication leaves a bias far below what a run could show.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.0.next_u64()) * count as u128) >> 64) as usize
    }

    /// One of `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    pub fn happens(&mut self, odds: Odds) -> bool {
        odds > 0 && self.below(10_000) < odds as usize
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len())]) }
    }

    /// In 0.0..1.0.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A time whose mean is `mean_ms`, often short and now and then long: exponential.
    pub fn about(&mut self, mean_ms: i64) -> i64 {
        (-(1.0 - self.unit()).ln() * mean_ms as f64) as i64
    }

    /// A random (version 4) id.
    pub fn random_id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    pub fn key(&mut self) -> Key {
        Key(self.random_id())
    }

    /// An id that sorts by time (version 7).
    pub fn id(&mut self, now_ms: i64) -> Uuid {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        Builder::from_unix_timestamp_millis(now_ms.max(0) as u64, &bytes).into_uuid()
    }
}
