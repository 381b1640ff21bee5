use super::{Day, ExpenseId, Invalid, Label, Money, Note, limits::EXPENSE_BACK_MAX_DAYS};
use serde::{Deserialize, Serialize};

/// Money that left the shop for something other than goods taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expense {
    pub id: ExpenseId,
    /// "Transport", "Loyer", "Électricité": free, since each shop has its own.
    pub kind: Label,
    pub amount: Money,
    pub note: Note,
}

/// An expense and the day it is of: that of the bill, which may be recorded days later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    pub expense: Expense,
    pub day: Day,
}

/// Whether an expense that is recorded on a day may be of another: never of a later one, nor of one so long before that
/// a phone which holds its day might not hold it.
pub fn may_be_of(day: Day, recorded_on: Day) -> Result<(), Invalid> {
    let back = recorded_on.0.saturating_sub(day.0);
    if (0..=EXPENSE_BACK_MAX_DAYS).contains(&back) { Ok(()) } else { Err(Invalid::Day(day.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_is_of_the_past_and_not_of_long_ago() {
        let today = Day(20_000);
        for (day, fits) in [(20_000, true), (19_910, true), (20_001, false), (19_909, false), (i64::MIN, false)] {
            assert_eq!(may_be_of(Day(day), today).is_ok(), fits, "{day}");
        }
    }
}
