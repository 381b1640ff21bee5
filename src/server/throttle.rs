//! A bound on guessing enrolment codes: wrong guesses are counted per address and in all.
//!
//! A code lives 15 minutes and is one of a million, so with [`ALL_MAX`] guesses in that time a live code is found with
//! a chance of one in ten thousand. Kept in memory: a restart is the operator's, never the guesser's.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

const WINDOW_MS: i64 = 15 * 60_000;
/// Wrong guesses from one address in a window. A shop behind one address types a code wrong now and then.
const ADDRESS_MAX: u32 = 20;
/// Wrong guesses from everywhere in a window.
const ALL_MAX: u32 = 100;

#[derive(Debug, Default)]
pub struct Throttle(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began_ms: i64,
    all: u32,
    /// At most [`ALL_MAX`] entries: each stands for at least one guess that was counted in all.
    by_address: HashMap<IpAddr, u32>,
}

impl Throttle {
    /// Takes one guess before it is looked at, so that guesses side by side cannot exceed the bound. `Err` is the time
    /// to wait, in milliseconds. A right guess is given back with [`Throttle::give_back`].
    pub fn take(&self, address: Option<IpAddr>, now_ms: i64) -> Result<(), i64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age_ms = now_ms - window.began_ms;
        if !(0..WINDOW_MS).contains(&age_ms) {
            *window = Window { began_ms: now_ms, ..Window::default() };
        }
        let wait_ms = window.began_ms + WINDOW_MS - now_ms;
        let of_address = address.map(network).and_then(|address| window.by_address.get(&address)).copied();
        if window.all >= ALL_MAX || of_address.unwrap_or(0) >= ADDRESS_MAX {
            return Err(wait_ms);
        }
        window.all += 1;
        if let Some(address) = address {
            *window.by_address.entry(network(address)).or_insert(0) += 1;
        }
        Ok(())
    }

    pub fn give_back(&self, address: Option<IpAddr>) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        window.all = window.all.saturating_sub(1);
        if let Some(count) = address.and_then(|address| window.by_address.get_mut(&network(address))) {
            *count = count.saturating_sub(1);
        }
    }
}

/// One IPv6 customer has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_bounded_per_address_and_in_all_until_the_window_ends() {
        let throttle = Throttle::default();
        let address = |n: u8| Some(IpAddr::from([10, 0, 0, n]));
        for _ in 0..ADDRESS_MAX {
            assert_eq!(throttle.take(address(1), 1_000_000), Ok(()));
        }
        assert!(throttle.take(address(1), 1_000_001).is_err());
        for n in 2..=5 {
            for _ in 0..(ALL_MAX - ADDRESS_MAX) / 4 {
                assert_eq!(throttle.take(address(n), 1_000_002), Ok(()));
            }
        }
        assert_eq!(throttle.take(address(9), 1_000_002), Err(WINDOW_MS - 2));
        throttle.give_back(address(5));
        assert_eq!(throttle.take(address(9), 1_000_003), Ok(()));
        assert_eq!(throttle.take(address(1), 1_000_000 + WINDOW_MS), Ok(()));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one() {
        let (one, other): (IpAddr, IpAddr) = ("2001:db8::1".parse().unwrap(), "2001:db8::ffff:2".parse().unwrap());
        assert_eq!(network(one), network(other));
        assert_ne!(network(one), network("2001:db8:0:1::1".parse().unwrap()));
    }
}
