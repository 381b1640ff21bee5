//! Pushes and pulls.

use super::Metrics;
use crate::sync::{
    Body, CallError, Refusal, Verdict,
    verdict::Quarantine,
    wire::{PullAnswer, PushAnswer, PushRequest},
};
use prometheus_client::encoding::EncodeLabelSet;

/// The outcome of a call that is no error. Otherwise it is the error's name.
pub(super) const ANSWERED: &str = "answered";
/// A kind this server does not know.
const UNKNOWN: &str = "unknown";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Call {
    pub outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct KindName {
    pub kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Judged {
    pub kind: &'static str,
    pub verdict: &'static str,
    /// Why, where the verdict says it: the refusal, or the reason of a quarantine.
    pub code: Option<&'static str>,
}

/// What is remembered of a push until it is answered: the kind of each mutation, and when it was made, as the books say.
#[derive(Debug)]
pub struct Sent {
    made: Vec<(&'static str, i64)>,
    received_ms: i64,
}

impl Sent {
    pub fn of(request: &PushRequest, received_ms: i64) -> Self {
        let kind = |name: &str| Body::KINDS.iter().find(|kind| **kind == name).unwrap_or(&UNKNOWN);
        let made = request.mutations.iter().map(|one| (*kind(&one.kind), one.made.booked(received_ms).at_ms));
        Self { made: made.collect(), received_ms }
    }

    /// How long the longest had waited, in seconds. A phone sends its queue from the oldest on, but for a sale just
    /// made, which overtakes the others in a push of its own: so the highest of them is the age of its queue.
    fn age_s(&self) -> Option<f64> {
        let oldest_ms = self.made.iter().map(|(_, made_ms)| *made_ms).min()?;
        Some(seconds_between(oldest_ms, self.received_ms))
    }
}

impl Metrics {
    /// A push that was answered at `now_ms`. Errors count with their calls; the verdicts of those had no effect.
    pub fn pushed(&self, sent: &Sent, answered: Result<&PushAnswer, &CallError>, now_ms: i64) {
        self.pushes.get_or_create(&call(answered)).inc();
        let Ok(answer) = answered else { return };
        if let Some(age_s) = sent.age_s() {
            self.queue_age.observe(age_s);
        }
        for (&(kind, made_ms), answer) in sent.made.iter().zip(&answer.answers) {
            if answer.replayed {
                self.replays.get_or_create(&KindName { kind }).inc();
                continue;
            }
            let code = match &answer.verdict {
                Verdict::Refused { refusal, .. } => Some(refusal.name()),
                Verdict::Quarantined { why, .. } => Some(why.name()),
                _ => None,
            };
            self.verdicts.get_or_create(&Judged { kind, verdict: answer.verdict.name(), code }).inc();
            if answer.verdict.change().is_some() {
                self.sync_delay.observe(seconds_between(made_ms, now_ms));
            }
        }
    }

    pub(super) fn begin_sync_at_zero(&self) {
        for calls in [&self.pushes, &self.pulls] {
            for outcome in [ANSWERED, CallError::TryLater.name()] {
                drop(calls.get_or_create(&Call { outcome }));
            }
        }
        for &kind in Body::KINDS.iter().chain([&UNKNOWN]) {
            drop(self.replays.get_or_create(&KindName { kind }));
            let begin = |verdict, code| drop(self.verdicts.get_or_create(&Judged { kind, verdict, code }));
            let has_code = |verdict: &&&str| [Verdict::REFUSED, Verdict::QUARANTINED].contains(verdict);
            Verdict::NAMES.iter().filter(|verdict| !has_code(verdict)).for_each(|verdict| begin(verdict, None));
            Refusal::NAMES.iter().for_each(|code| begin(Verdict::REFUSED, Some(*code)));
            Quarantine::NAMES.iter().for_each(|code| begin(Verdict::QUARANTINED, Some(*code)));
        }
    }

    pub fn pulled(&self, answered: Result<&PullAnswer, &CallError>) {
        self.pulls.get_or_create(&call(answered)).inc();
    }
}

fn call<T>(answered: Result<T, &CallError>) -> Call {
    Call { outcome: answered.map_or_else(CallError::name, |_| ANSWERED) }
}

/// The server's clock may have been set back in between.
fn seconds_between(from_ms: i64, to_ms: i64) -> f64 {
    (to_ms - from_ms).max(0) as f64 / 1_000.0
}
