//! What a device measures of its own synchronisation, by day: bytes, answers, delays and errors, for its dashboard.
//!
//! The sender keeps it in memory and writes it behind a request, in a transaction of its own that may fail: no sale and
//! no sending ever depends on it. It decides nothing.

use super::{
    state::Device,
    storage::{Durability, LocalTx, Store, keys},
};
use crate::{
    domain::{Day, day::DAY_MS},
    sync::{json, verdict::Answer},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that are kept: any month is whole.
pub const MEASURED_DAYS: i64 = 35;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// The oldest first; a day on which nothing happened is left out.
    pub days: Vec<MeasuredDay>,
    /// The server's clock when it last answered a push; 0 for never.
    pub pushed_ms: i64,
    /// The same of a pull, or of a page of the stream.
    pub pulled_ms: i64,
    /// From the last request that was answered to its answer.
    pub round_trip_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredDay {
    pub day: Day,
    pub sent_bytes: u64,
    pub received_bytes: u64,
    /// Requests that were answered, and how long they took together.
    pub answers: u64,
    pub round_trips_ms: i64,
    /// Requests that were not answered, or with an error.
    pub errors: u64,
    /// Changes that were given their verdict, how long they had been queued by then together, and the longest of them.
    pub verdicts: u64,
    pub delays_ms: i64,
    pub longest_ms: i64,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Push,
    Pull,
}

impl Measured {
    /// What was kept. What does not read is begun anew: it is of no use to anybody but the eye.
    pub fn of(stored: Option<String>) -> Self {
        stored.and_then(|text| json::read(&text).ok()).unwrap_or_default()
    }

    /// A request was answered; `server_ms` is the clock of its answer.
    pub fn answered(&mut self, asked: Asked, server_ms: i64, round_trip_ms: i64) {
        match asked {
            Asked::Push => self.pushed_ms = server_ms,
            Asked::Pull => self.pulled_ms = server_ms,
        }
        let round_trip_ms = round_trip_ms.max(0);
        self.round_trip_ms = round_trip_ms;
        let day = self.on(server_ms);
        day.answers += 1;
        day.round_trips_ms = day.round_trips_ms.saturating_add(round_trip_ms);
        // Only the server's clock takes days away: a phone whose date jumps would lose them all.
        let today = Day::of_ms(server_ms).0;
        self.days.retain(|kept| (today - MEASURED_DAYS + 1..=today).contains(&kept.day.0));
    }

    /// A page came by the stream.
    pub fn heard(&mut self, server_ms: i64) {
        self.pulled_ms = server_ms;
    }

    /// A request failed. The server said no time: `at_ms` is the device's, corrected.
    pub fn failed(&mut self, at_ms: i64) {
        self.on(at_ms).errors += 1;
    }

    pub fn transferred(&mut self, at_ms: i64, sent_bytes: u64, received_bytes: u64) {
        if sent_bytes > 0 || received_bytes > 0 {
            let day = self.on(at_ms);
            day.sent_bytes += sent_bytes;
            day.received_bytes += received_bytes;
        }
    }

    /// Verdicts for the outbox of `device`, as it stood when they were asked for. What is sent again to a server set
    /// back was queued long ago and had its verdict then.
    pub fn judged(&mut self, device: &Device, answers: &[Answer], now_ms: i64, server_ms: i64) {
        for answer in answers.iter().filter(|answer| answer.verdict.change().is_some()) {
            let waited = device.find(answer.key).filter(|entry| entry.verdict.is_none() && entry.resent_from.is_none());
            let Some(entry) = waited else { continue };
            // A clock that was set meanwhile tells nonsense; bounded, it harms no more than one bar.
            let delay_ms = now_ms.saturating_sub(entry.mutation.made.device_ms).clamp(0, MEASURED_DAYS * DAY_MS);
            let day = self.on(server_ms);
            day.verdicts += 1;
            day.delays_ms = day.delays_ms.saturating_add(delay_ms);
            day.longest_ms = day.longest_ms.max(delay_ms);
        }
    }

    /// Writes it down: by the sender alone, and never waited for.
    pub fn record(&self, epoch: u64) -> LocalTx {
        let mut tx = LocalTx { durability: Durability::Relaxed, ..LocalTx::sender(epoch) };
        tx.put(Store::Meta, keys::MEASURED, self);
        tx
    }

    /// The sums of the days from `first` to `last`, both included.
    pub fn between(&self, first: Day, last: Day) -> MeasuredDay {
        let days = self.days.iter().filter(|kept| (first..=last).contains(&kept.day));
        days.fold(MeasuredDay::new(last), |sum, day| MeasuredDay {
            day: last,
            sent_bytes: sum.sent_bytes + day.sent_bytes,
            received_bytes: sum.received_bytes + day.received_bytes,
            answers: sum.answers + day.answers,
            round_trips_ms: sum.round_trips_ms.saturating_add(day.round_trips_ms),
            errors: sum.errors + day.errors,
            verdicts: sum.verdicts + day.verdicts,
            delays_ms: sum.delays_ms.saturating_add(day.delays_ms),
            longest_ms: sum.longest_ms.max(day.longest_ms),
        })
    }

    /// The last days up to `today`, each of them, the oldest first.
    pub fn last_days(&self, today: Day, days: i64) -> Vec<MeasuredDay> {
        (today.0 - days + 1..=today.0).map(|day| self.between(Day(day), Day(day))).collect()
    }

    fn on(&mut self, at_ms: i64) -> &mut MeasuredDay {
        let day = Day::of_ms(at_ms);
        let at = self.days.binary_search_by_key(&day, |kept| kept.day).unwrap_or_else(|at| {
            self.days.insert(at, MeasuredDay::new(day));
            at
        });
        if self.days.len() as i64 <= MEASURED_DAYS {
            return &mut self.days[at];
        }
        // Beyond the bound only by clocks that jump: the day that is written to stays.
        let (other, at) = if at == 0 { (self.days.len() - 1, 0) } else { (0, at - 1) };
        self.days.remove(other);
        &mut self.days[at]
    }
}

impl MeasuredDay {
    fn new(day: Day) -> Self {
        let (sent_bytes, received_bytes, answers, errors, verdicts) = (0, 0, 0, 0, 0);
        let (round_trips_ms, delays_ms, longest_ms) = (0, 0, 0);
        Self { day, sent_bytes, received_bytes, answers, round_trips_ms, errors, verdicts, delays_ms, longest_ms }
    }

    pub fn mean_delay_ms(&self) -> Option<i64> {
        (self.verdicts > 0).then(|| self.delays_ms / self.verdicts as i64)
    }

    pub fn mean_round_trip_ms(&self) -> Option<i64> {
        (self.answers > 0).then(|| self.round_trips_ms / self.answers as i64)
    }
}

/// Changes of one kind that wait to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    pub kind: String,
    pub count: usize,
    /// Since the oldest of them was queued, by the device's clock.
    pub oldest_ms: i64,
}

/// What waits, by kind; what has waited longest first.
pub fn unsent_by_kind(device: &Device, now_ms: i64) -> Vec<Unsent> {
    let mut kinds: BTreeMap<&str, Unsent> = BTreeMap::new();
    for entry in device.unsent() {
        let (kind, age_ms) = (&entry.mutation.kind, now_ms.saturating_sub(entry.mutation.made.device_ms).max(0));
        let of_kind = kinds.entry(kind).or_insert_with(|| Unsent { kind: kind.clone(), count: 0, oldest_ms: 0 });
        of_kind.count += 1;
        of_kind.oldest_ms = of_kind.oldest_ms.max(age_ms);
    }
    let mut all: Vec<Unsent> = kinds.into_values().collect();
    all.sort_by_key(|unsent| std::cmp::Reverse(unsent.oldest_ms));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_000_000_000;

    #[test]
    fn answers_and_errors_are_counted_on_their_day() {
        let mut measured = Measured::default();
        measured.failed(NOW_MS - DAY_MS);
        measured.answered(Asked::Push, NOW_MS, 300);
        measured.answered(Asked::Pull, NOW_MS + 5, 100);
        measured.transferred(NOW_MS, 900, 2_000);
        assert_eq!((measured.pushed_ms, measured.pulled_ms, measured.round_trip_ms), (NOW_MS, NOW_MS + 5, 100));
        let [yesterday, today] = measured.last_days(Day::of_ms(NOW_MS), 2)[..] else { panic!() };
        assert_eq!((yesterday.errors, yesterday.answers, today.errors, today.answers), (1, 0, 0, 2));
        assert_eq!((today.mean_round_trip_ms(), yesterday.mean_round_trip_ms()), (Some(200), None));
        assert_eq!((today.sent_bytes, today.received_bytes), (900, 2_000));
        measured.heard(NOW_MS + 9);
        assert_eq!(measured.pulled_ms, NOW_MS + 9);
    }

    #[test]
    fn it_is_bounded_whatever_the_clocks_say() {
        let mut measured = Measured::default();
        for day in 0..100 {
            measured.answered(Asked::Pull, NOW_MS + day * DAY_MS, 10);
        }
        assert_eq!(measured.days.len() as i64, MEASURED_DAYS);
        // A phone's own clock takes no day of this month away by jumping once.
        measured.failed(NOW_MS + 4_000 * DAY_MS);
        assert_eq!(measured.last_days(Day::of_ms(NOW_MS + 99 * DAY_MS), 14).len(), 14);
        assert!(measured.last_days(Day::of_ms(NOW_MS + 99 * DAY_MS), 14).iter().all(|day| day.answers == 1));
        for jump in 0..200 {
            measured.failed(NOW_MS - jump * 300 * DAY_MS);
            assert!(measured.days.len() as i64 <= MEASURED_DAYS);
        }
        measured.answered(Asked::Pull, NOW_MS + 100 * DAY_MS, 10);
        let days: Vec<i64> = measured.days.iter().map(|kept| kept.day.0 - Day::of_ms(NOW_MS).0).collect();
        assert!(days.is_sorted() && days.iter().all(|day| (66..=100).contains(day)), "{days:?}");
        let longest = MeasuredDay {
            sent_bytes: u64::MAX / 100,
            received_bytes: u64::MAX / 100,
            delays_ms: i64::MAX,
            ..MeasuredDay::new(Day(20_000))
        };
        let full = Measured { days: vec![longest; MEASURED_DAYS as usize], ..Measured::default() };
        assert!(json::read::<Measured>(&serde_json::to_string(&full).unwrap()).unwrap() == full);
        assert!(serde_json::to_string(&full).unwrap().len() < 10_000);
    }

    #[test]
    fn what_does_not_read_is_begun_anew() {
        assert_eq!(Measured::of(Some("{\"days\":7}".into())), Measured::default());
        assert_eq!(Measured::of(None), Measured::default());
        // A newer version's field is no reason to begin anew.
        assert_eq!(Measured::of(Some("{\"pushed_ms\":7,\"unheard\":1}".into())).pushed_ms, 7);
    }
}
