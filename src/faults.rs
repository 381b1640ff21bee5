//! Deliberate faults, planted one at a time to see whether the simulator bites (`make simulate-faults`). Only a build
//! with the feature `faults` can plant one; in any other `is` is a constant `false`, and its call sites are nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Which one is planted: its place in [`Fault::ALL`], from 1.
static PLANTED: AtomicUsize = AtomicUsize::new(0);

macro_rules! faults {
    ($($(#[doc = $about:literal])+ $name:ident,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[doc = $about])+ $name,)*
        }

        impl Fault {
            pub const ALL: &[Fault] = &[$(Fault::$name),*];

            /// What is wrong, in words.
            pub fn about(self) -> &'static str {
                match self {
                    $(Fault::$name => concat!($($about),+).trim_ascii(),)*
                }
            }
        }
    };
}

faults! {
    // The server.
    /// stock is taken without asking whether there is enough
    StockUnconditional,
    /// stock changes without its movement
    MovementForgotten,
    /// the key is stored after the effect, and sometimes not at all
    KeyAfterEffect,
    /// a replay is not recognised
    ReplayForgotten,
    /// an answer past its retention says applied
    ExpiredSaysApplied,
    /// a page's cursor is read before the last commit, and passes it
    CursorAhead,
    /// a page leaves out the first change of its range
    PageFirstMissing,
    /// a page does not tell the phone's own verdicts
    PageWithoutAnswers,
    /// a page leaves out deletions
    TombstonesForgotten,
    /// the first refused mutation stops the batch
    BatchStops,
    /// what a refused mutation wrote stays
    EffectsOfRefused,
    /// causes are not looked at
    CausesIgnored,
    /// the client's clock is taken at its word
    ClientClock,
    /// a sale is voided twice
    VoidTwice,
    /// a clash stays to be decided when it was
    ClashStaysOpen,
    /// what is sold on credit, or paid later, changes nobody's account
    CreditForgotten,
    /// a settled refusal is settled again
    SettleTwice,
    /// a refused sale is not kept
    RefusedSaleDropped,
    /// a number is given twice, and nobody told to renumber
    NumbersUnchecked,
    /// a revoked phone is heard as before
    RevokedHeard,
    /// an edit overwrites what changed meanwhile
    LastWriterWins,
    /// a count corrects once more what another has corrected
    CountedTwice,
    /// an employee may do what an owner may
    EmployeeMayAll,
    /// the owner's rules are not looked at
    RulesIgnored,
    // The phone.
    /// a sale is queued with relaxed durability
    RelaxedQueue,
    /// what the server cannot answer now is thrown away
    ClearedOnTryLater,
    /// the outbox is sent by kind alone
    ByKindAlone,
    /// a sender whose lock was taken goes on writing
    TwoSenders,
    /// two tabs give the same number
    NumberUnfenced,
    /// a refused sale still counts
    RefusedCounts,
    /// an applied sale no longer counts before its change is here
    VerdictBeforeChange,
    /// an applied sale leaves the outbox before its change is here
    AcknowledgedEarly,
    /// a page is applied wherever it starts
    PageAnywhere,
    /// a refused sale is not parked
    NotParked,
    /// the end of a wait does not look at the verdict
    WaitEndsBlindly,
    /// a sale whose tab died is never parked
    OrphansForgotten,
    /// nothing is sent again to a server that was set back
    NotResent,
    /// a phone that reads the shop for the first time sends nothing again
    FirstReadingNotResent,
    /// a verdict is taken for one of whatever history the phone is in
    VerdictOfAnyHistory,
    /// a cloned phone keeps its numbers
    ForkKeepsNumbers,
    /// a forked phone counts from zero where nothing is expected
    ForkCountsZero,
    /// after a failure nothing is sent until somebody asks
    NoRetry,
    /// a phone that has nothing to send never asks
    NoTick,
    /// any answer is taken for the newest, though a page of the stream was missed since it was asked for
    AnyAnswerIsNewest,
    /// what nobody queued is sent at the next occasion
    SendsOnlyWhenTold,
    /// a phone that waits for a verdict asks for the shop without a pause
    WaitsWithoutPause,
}

/// Whether this fault is planted.
pub fn is(fault: Fault) -> bool {
    cfg!(feature = "faults") && PLANTED.load(Ordering::Relaxed) == fault as usize + 1
}

/// Plants one fault instead of the last, or none.
pub fn plant(fault: Option<Fault>) {
    PLANTED.store(fault.map_or(0, |fault| fault as usize + 1), Ordering::Relaxed);
}
