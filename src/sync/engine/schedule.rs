//! When to send and when to ask: triggers in, the next action out. Time and chance are arguments; the time is of a
//! clock that nobody sets, or a phone whose date is corrected would sleep for as long.

use super::state::SessionState;
use crate::{
    domain::Key,
    faults::{self, Fault},
};

/// Changes other than sales are sent after a pause that restarts with each of them.
pub const CHANGE_PAUSE_MS: i64 = 3_000;
/// How often a visible page asks while nothing else makes it.
pub const TICK_MS: i64 = 60_000;
/// The same while a stream brings every change: to notice one that is cut without a word.
pub const STREAMING_TICK_MS: i64 = 600_000;
/// Backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): a random time up to a bound that
/// doubles from the first to the last of these.
pub const BACKOFF_FIRST_MS: i64 = 1_000;
pub const BACKOFF_LAST_MS: i64 = 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A sale was queued: send it at once.
    Sale(Key),
    /// Something else was queued.
    Change,
    /// A part of an import was queued: nobody adds to it meanwhile.
    More,
    /// A stream told of a page that did not fit, or nobody knows any more whether there is another.
    Missed,
    /// A stream opened: the server is there.
    Reached,
    /// The network went or returned, the tab was looked at again, somebody signed in, the app started, a person asked.
    Wake,
}

/// What holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    pub online: bool,
    pub session: SessionState,
    /// The outbox has mutations without a verdict.
    pub unsent: bool,
    /// Somebody looks at a page of this browser.
    pub visible: bool,
    /// A stream brings the changes as they commit.
    pub streaming: bool,
    /// A push of the backlog is under way.
    pub pushing: bool,
    pub pulling: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    PushUrgent(Key),
    Push,
    Pull,
    /// Nothing until then, or until the next trigger.
    Sleep {
        until_ms: Option<i64>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    urgent: Vec<Key>,
    push_at: Option<i64>,
    pull_at: Option<i64>,
    /// There is more to ask for than there was when the last pull began: no answer that is under way need tell it.
    missed: bool,
    failures: u32,
    not_before: i64,
}

impl Schedule {
    pub fn trigger(&mut self, trigger: Trigger, now_ms: i64) {
        match trigger {
            Trigger::Sale(key) => {
                if !self.urgent.contains(&key) {
                    self.urgent.push(key);
                }
                self.push_at.get_or_insert(now_ms + CHANGE_PAUSE_MS);
            }
            Trigger::Change => self.push_at = Some(now_ms + CHANGE_PAUSE_MS),
            Trigger::More => drop(self.push_at.get_or_insert(now_ms)),
            Trigger::Missed => (self.missed, self.pull_at) = (true, Some(now_ms)),
            Trigger::Reached => {
                self.failures = 0;
                self.not_before = self.not_before.min(now_ms);
            }
            Trigger::Wake => {
                self.failures = 0;
                self.not_before = now_ms;
                self.push_at = Some(now_ms);
                self.pull_at = Some(now_ms);
            }
        }
    }

    /// What to do now. The action counts as begun: it is not given out again before [`Schedule::succeeded`],
    /// [`Schedule::failed`] or a trigger, and not while the situation says that it is under way.
    pub fn next(&mut self, situation: Situation, now_ms: i64) -> Action {
        if !situation.online || situation.session == SessionState::Ended {
            // What was urgent waits in the outbox like the rest; `Wake` comes with the network or the PIN.
            self.urgent.clear();
            return Action::Sleep { until_ms: None };
        }
        if !self.urgent.is_empty() {
            // A seller waits: no backoff holds a sale.
            return Action::PushUrgent(self.urgent.remove(0));
        }
        let pushes = situation.unsent && !situation.pushing;
        if pushes && !faults::is(Fault::SendsOnlyWhenTold) {
            // What a page of the stream made the phone say was queued by nobody.
            self.push_at.get_or_insert(now_ms + CHANGE_PAUSE_MS);
        }
        let pulls = situation.session == SessionState::Open && !situation.pulling;
        let push_at = self.push_at.filter(|_| pushes).map(|at| at.max(self.not_before));
        let pull_at = self.pull_at.filter(|_| pulls).map(|at| at.max(self.not_before));
        if push_at.is_some_and(|at| at <= now_ms) {
            self.push_at = None;
            return Action::Push;
        }
        if pull_at.is_some_and(|at| at <= now_ms) {
            (self.missed, self.pull_at) = (false, None);
            return Action::Pull;
        }
        Action::Sleep { until_ms: push_at.into_iter().chain(pull_at).min() }
    }

    /// A request was answered. `again`: there is more to pull. `progress`: it was not all "later".
    pub fn succeeded(&mut self, again: bool, progress: bool, situation: Situation, now_ms: i64, chance: f64) {
        if !progress {
            return self.failed(now_ms, chance);
        }
        self.failures = 0;
        self.not_before = now_ms;
        if situation.unsent {
            let at = self.push_at.unwrap_or(now_ms);
            self.push_at = Some(at.min(now_ms + CHANGE_PAUSE_MS));
        }
        let every_ms = if situation.streaming && !situation.unsent { STREAMING_TICK_MS } else { TICK_MS };
        let tick = (situation.visible && !faults::is(Fault::NoTick) || situation.unsent).then_some(now_ms + every_ms);
        self.missed = again || self.missed && !faults::is(Fault::AnyAnswerIsNewest);
        self.pull_at = if self.missed { Some(now_ms) } else { tick };
    }

    /// A request failed or timed out. `chance` is in 0.0..1.0. Of two that were under way together, a push and a pull, the
    /// second says nothing new: else each outage would be backed off from twice.
    pub fn failed(&mut self, now_ms: i64, chance: f64) {
        if now_ms >= self.not_before {
            let bound = BACKOFF_FIRST_MS.saturating_mul(1 << self.failures.min(16)).min(BACKOFF_LAST_MS);
            self.failures = self.failures.saturating_add(1);
            self.not_before = now_ms + (bound as f64 * chance.clamp(0.0, 1.0)) as i64;
        }
        if faults::is(Fault::NoRetry) {
            return;
        }
        self.push_at = Some(now_ms);
        self.pull_at = Some(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::samples::key;

    const OPEN: Situation = Situation {
        online: true,
        session: SessionState::Open,
        unsent: true,
        visible: true,
        streaming: false,
        pushing: false,
        pulling: false,
    };

    #[test]
    fn a_sale_goes_at_once_even_during_backoff() {
        let mut schedule = Schedule::default();
        for n in 0..10 {
            schedule.failed(n * 100_000, 1.0);
        }
        assert_eq!(schedule.next(OPEN, 900_000), Action::Sleep { until_ms: Some(960_000) });
        schedule.trigger(Trigger::Sale(key(1)), 900_000);
        assert_eq!(schedule.next(OPEN, 900_000), Action::PushUrgent(key(1)));
    }

    #[test]
    fn other_changes_wait_for_a_pause_that_restarts() {
        let mut schedule = Schedule::default();
        schedule.trigger(Trigger::Change, 0);
        schedule.trigger(Trigger::Change, 2_000);
        assert_eq!(schedule.next(OPEN, 3_000), Action::Sleep { until_ms: Some(5_000) });
        assert_eq!(schedule.next(OPEN, 5_000), Action::Push);
        assert_eq!(schedule.next(Situation { pushing: true, ..OPEN }, 5_000), Action::Sleep { until_ms: None });
    }

    /// Each piece of an import would put sending off, and the next piece waits for it.
    #[test]
    fn what_an_import_queues_is_sent_without_a_pause() {
        let mut schedule = Schedule::default();
        schedule.trigger(Trigger::More, 0);
        assert_eq!(schedule.next(OPEN, 0), Action::Push);
        schedule.trigger(Trigger::Change, 10);
        schedule.trigger(Trigger::More, 20);
        assert_eq!(schedule.next(OPEN, 20), Action::Sleep { until_ms: Some(10 + CHANGE_PAUSE_MS) });
    }

    #[test]
    fn an_expired_session_stops_sending_and_a_pin_starts_it() {
        let mut schedule = Schedule::default();
        schedule.trigger(Trigger::Sale(key(1)), 0);
        let ended = Situation { session: SessionState::Ended, ..OPEN };
        assert_eq!(schedule.next(ended, 0), Action::Sleep { until_ms: None });
        schedule.trigger(Trigger::Wake, 10);
        assert_eq!(schedule.next(OPEN, 10), Action::Push);
        assert_eq!(schedule.next(OPEN, 10), Action::Pull);
    }

    #[test]
    fn a_revoked_phone_hands_in_and_reads_nothing() {
        let mut schedule = Schedule::default();
        schedule.trigger(Trigger::Wake, 0);
        let revoked = Situation { session: SessionState::Revoked, ..OPEN };
        assert_eq!(schedule.next(revoked, 0), Action::Push);
        assert_eq!(schedule.next(Situation { pushing: true, ..revoked }, 0), Action::Sleep { until_ms: None });
    }

    #[test]
    fn backoff_is_random_bounded_and_forgotten_after_success() {
        let mut schedule = Schedule::default();
        schedule.failed(0, 0.5);
        assert_eq!(schedule.next(OPEN, 0), Action::Sleep { until_ms: Some(500) });
        schedule.failed(500, 0.5);
        assert_eq!(schedule.next(OPEN, 500), Action::Sleep { until_ms: Some(1_500) });
        schedule.succeeded(false, true, OPEN, 2_000, 0.5);
        assert_eq!(schedule.next(OPEN, 2_000), Action::Push);
        let answered = Situation { unsent: false, ..OPEN };
        schedule.succeeded(false, true, answered, 2_100, 0.5);
        assert_eq!(schedule.next(answered, 2_100), Action::Sleep { until_ms: Some(62_100) });
    }

    #[test]
    fn requests_that_fail_together_back_off_once() {
        let mut schedule = Schedule::default();
        for _ in 0..2 {
            schedule.failed(0, 0.9);
        }
        assert_eq!(schedule.next(OPEN, 0), Action::Sleep { until_ms: Some(900) });
        for _ in 0..2 {
            schedule.failed(900, 0.9);
        }
        assert_eq!(schedule.next(OPEN, 900), Action::Sleep { until_ms: Some(2_700) });
    }

    #[test]
    fn a_server_that_is_there_again_is_asked_at_once() {
        let mut schedule = Schedule::default();
        for n in 0..8 {
            schedule.failed(n * 100_000, 1.0);
        }
        assert_eq!(schedule.next(OPEN, 700_000), Action::Sleep { until_ms: Some(760_000) });
        schedule.trigger(Trigger::Reached, 701_000);
        assert_eq!(schedule.next(OPEN, 701_000), Action::Push);
    }

    #[test]
    fn answers_that_only_say_later_are_no_reason_to_hurry() {
        let mut schedule = Schedule::default();
        schedule.succeeded(false, false, OPEN, 0, 1.0);
        assert_eq!(schedule.next(OPEN, 0), Action::Sleep { until_ms: Some(1_000) });
    }

    #[test]
    fn what_is_missed_while_a_pull_is_under_way_is_asked_for_after_it() {
        let mut schedule = Schedule::default();
        schedule.trigger(Trigger::Missed, 0);
        let idle = Situation { unsent: false, streaming: true, ..OPEN };
        assert_eq!(schedule.next(idle, 0), Action::Pull);
        // The page that did not fit is of after the answer to that pull.
        schedule.trigger(Trigger::Missed, 10);
        assert_eq!(schedule.next(Situation { pulling: true, ..idle }, 10), Action::Sleep { until_ms: None });
        schedule.succeeded(false, true, Situation { pulling: true, ..idle }, 20, 0.5); // of a push
        schedule.succeeded(false, true, idle, 30, 0.5);
        assert_eq!(schedule.next(idle, 30), Action::Pull);
        schedule.succeeded(false, true, idle, 40, 0.5);
        assert_eq!(schedule.next(idle, 40), Action::Sleep { until_ms: Some(40 + STREAMING_TICK_MS) });
    }

    #[test]
    fn what_one_answer_leaves_to_ask_for_the_next_does_not_put_off() {
        let mut schedule = Schedule::default();
        let idle = Situation { unsent: false, streaming: true, ..OPEN };
        schedule.succeeded(true, true, idle, 0, 0.5); // of a pull that another page had overtaken
        schedule.succeeded(false, true, idle, 0, 0.5); // of the push that brought that page
        assert_eq!(schedule.next(idle, 0), Action::Pull);
        schedule.succeeded(false, true, idle, 10, 0.5);
        assert_eq!(schedule.next(idle, 10), Action::Sleep { until_ms: Some(10 + STREAMING_TICK_MS) });
    }

    #[test]
    fn what_nobody_queued_is_sent_after_the_pause_too() {
        let mut schedule = Schedule::default();
        let streaming = Situation { unsent: false, streaming: true, ..OPEN };
        schedule.succeeded(false, true, streaming, 0, 0.5);
        assert_eq!(schedule.next(streaming, 0), Action::Sleep { until_ms: Some(STREAMING_TICK_MS) });
        // A page of the stream tells of the sale that a refusal is settled by.
        let says = Situation { unsent: true, ..streaming };
        assert_eq!(schedule.next(says, 1_000), Action::Sleep { until_ms: Some(1_000 + CHANGE_PAUSE_MS) });
        assert_eq!(schedule.next(says, 1_000 + CHANGE_PAUSE_MS), Action::Push);
        let pushing = Situation { pushing: true, ..says };
        assert_eq!(schedule.next(pushing, 5_000), Action::Sleep { until_ms: Some(STREAMING_TICK_MS) });
    }

    #[test]
    fn a_stream_spares_the_asking() {
        let mut schedule = Schedule::default();
        let streaming = Situation { unsent: false, streaming: true, ..OPEN };
        schedule.succeeded(false, true, streaming, 0, 0.5);
        assert_eq!(schedule.next(streaming, 0), Action::Sleep { until_ms: Some(STREAMING_TICK_MS) });
        // Cut: from here on it asks by itself.
        schedule.trigger(Trigger::Missed, 1_000);
        let alone = Situation { streaming: false, ..streaming };
        assert_eq!(schedule.next(alone, 1_000), Action::Pull);
        schedule.succeeded(false, true, alone, 1_100, 0.5);
        assert_eq!(schedule.next(alone, 1_100), Action::Sleep { until_ms: Some(61_100) });
    }
}
