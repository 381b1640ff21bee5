//! Expenses as screens list them: confirmed + pending, each counted once.

use super::Pending;
use crate::{
    domain::{Day, Expense, ExpenseId, Label, UserId, limits::TIME_MAX_MS, text::fold},
    sync::{
        mutation::{Body, EditExpense, RecordExpense, VoidExpense},
        wire::ExpenseRow,
    },
};
use std::{cmp::Reverse, collections::BTreeMap};

#[derive(Debug, Clone, PartialEq)]
pub struct ListedExpense {
    pub expense: Expense,
    pub actor: UserId,
    /// When it was recorded.
    pub at_ms: i64,
    /// The day it is of.
    pub day: Day,
    /// The server has not answered: it, or a change of it, is on this device alone.
    pub waiting: bool,
}

/// One month's expenses, or some days', the latest first. Sums in GNF, which may be larger than one amount.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpensesMonth {
    /// Its first day.
    pub month: Day,
    pub total_gnf: i64,
    /// What each kind came to, the largest first.
    pub kinds: Vec<KindSum>,
    pub expenses: Vec<ListedExpense>,
}

/// Kinds that differ in accents and case alone are one.
#[derive(Debug, Clone, PartialEq)]
pub struct KindSum {
    pub kind: Label,
    pub gnf: i64,
}

/// Whether somebody who typed one of them meant the other.
pub fn same_kind(one: &Label, other: &Label) -> bool {
    fold(one.as_str()) == fold(other.as_str())
}

/// Expenses of these rows, with what the outbox adds, changes and takes away.
pub fn list_expenses(rows: impl IntoIterator<Item = ExpenseRow>, pending: &Pending) -> Vec<ListedExpense> {
    let confirmed = rows.into_iter().map(|row| {
        let ExpenseRow { expense, actor, at_ms, day } = row;
        ListedExpense { expense, actor, at_ms, day, waiting: false }
    });
    let mut found: BTreeMap<ExpenseId, ListedExpense> = confirmed.map(|listed| (listed.expense.id, listed)).collect();
    for (entry, body) in pending.entries() {
        let waiting = entry.verdict.is_none();
        match body {
            Body::RecordExpense(RecordExpense { expense, day }) => {
                // As the server will book it, if it comes in time.
                let at_ms = entry.mutation.made.booked(TIME_MAX_MS).at_ms;
                let (actor, expense, day) =
                    (entry.mutation.origin.actor, expense.clone(), day.unwrap_or(Day::of_ms(at_ms)));
                found.insert(expense.id, ListedExpense { expense, actor, at_ms, day, waiting });
            }
            Body::EditExpense(edit) => {
                if let Some(listed) = found.get_mut(&edit.expense) {
                    show_edit(listed, edit);
                    listed.waiting |= waiting;
                }
            }
            Body::VoidExpense(VoidExpense { expense, .. }) => drop(found.remove(expense)),
            _ => {}
        }
    }
    found.into_values().collect()
}

/// A clash shows what this person wanted, as they left it.
fn show_edit(listed: &mut ListedExpense, edit: &EditExpense) {
    let expense = &mut listed.expense;
    if let Some(change) = &edit.kind {
        expense.kind = change.wanted.clone();
    }
    if let Some(change) = &edit.amount {
        expense.amount = change.wanted;
    }
    if let Some(change) = &edit.note {
        expense.note = change.wanted.clone();
    }
    if let Some(change) = &edit.day {
        listed.day = change.wanted;
    }
}

/// The latest month first.
pub fn by_month(expenses: impl IntoIterator<Item = ListedExpense>) -> Vec<ExpensesMonth> {
    let mut months: BTreeMap<Day, Vec<ListedExpense>> = BTreeMap::new();
    for listed in expenses {
        let (_, _, date) = listed.day.civil();
        months.entry(Day(listed.day.0 - i64::from(date) + 1)).or_default().push(listed);
    }
    months.into_iter().rev().map(|(month, expenses)| told(month, expenses)).collect()
}

/// Those of so many days up to `today`, told as a month is.
pub fn last_days(months: &[ExpensesMonth], today: Day, days: i64) -> ExpensesMonth {
    let first = Day(today.0 - days + 1);
    let all = months.iter().flat_map(|month| &month.expenses);
    told(first, all.filter(|listed| (first..=today).contains(&listed.day)).cloned().collect())
}

/// The latest expense first.
fn told(first: Day, mut expenses: Vec<ListedExpense>) -> ExpensesMonth {
    expenses.sort_by_key(|listed| Reverse((listed.day, listed.at_ms, listed.expense.id)));
    let mut kinds: BTreeMap<String, KindSum> = BTreeMap::new();
    for ListedExpense { expense, .. } in &expenses {
        let none = || KindSum { kind: expense.kind.clone(), gnf: 0 };
        kinds.entry(fold(expense.kind.as_str())).or_insert_with(none).gnf += expense.amount.get();
    }
    let mut kinds: Vec<KindSum> = kinds.into_values().collect();
    kinds.sort_by_key(|kind| Reverse(kind.gnf));
    let total_gnf = kinds.iter().map(|kind| kind.gnf).sum();
    ExpensesMonth { month: first, total_gnf, kinds, expenses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Money, Note, day::DAY_MS};
    use uuid::Uuid;

    fn row(n: u128, (year, month, date): (i64, u8, u8), kind: &str, gnf: i64) -> ExpenseRow {
        let day = Day::from_civil(year, month, date).unwrap();
        let (id, kind, amount) = (ExpenseId(Uuid::from_u128(n)), Label::new(kind).unwrap(), Money::new(gnf).unwrap());
        let expense = Expense { id, kind, amount, note: Note::default() };
        ExpenseRow { expense, actor: UserId(Uuid::nil()), at_ms: day.0 * DAY_MS, day }
    }

    #[test]
    fn months_come_latest_first_and_kinds_add_up_whatever_their_case() {
        let rows = [
            row(1, (2026, 11, 1), "Transport", 10_000),
            row(2, (2026, 11, 30), "Électricité", 30_000),
            row(3, (2026, 11, 30), "electricite", 5_000),
            row(4, (2026, 10, 31), "Loyer", 90_000),
        ];
        let months = by_month(list_expenses(rows, &Pending::default()));
        let told: Vec<_> = months.iter().map(|month| (month.month.to_string(), month.total_gnf)).collect();
        assert_eq!(told, [("01/11/2026".to_owned(), 45_000), ("01/10/2026".to_owned(), 90_000)]);
        let kinds: Vec<_> = months[0].kinds.iter().map(|sum| (sum.kind.as_str(), sum.gnf)).collect();
        assert_eq!((kinds[0].1, kinds[1]), (35_000, ("Transport", 10_000)));
        assert_eq!(months[0].expenses.last().unwrap().expense.id.0.as_u128(), 1);
        // The last 31 days reach into both months.
        let today = Day::from_civil(2026, 11, 30).unwrap();
        let days = last_days(&months, today, 31);
        assert_eq!((days.month.to_string(), days.total_gnf, days.kinds.len()), ("31/10/2026".into(), 135_000, 3));
        assert_eq!(last_days(&months, today, 30).total_gnf, 45_000);
    }
}
