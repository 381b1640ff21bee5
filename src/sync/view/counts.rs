//! What counts tell: what they have corrected, and which of them somebody should look at again.

use crate::{
    domain::Cause,
    sync::wire::{Cursor, MovementRow},
};

/// Units that counts have corrected since `at`, in a product's movements up to what is shown: what a queued count does
/// not correct again. In a shop that was set back since then (G19) a cursor of before says nothing.
pub fn corrected_since<'m>(moves: impl IntoIterator<Item = &'m MovementRow>, at: Cursor, shown: Cursor) -> i64 {
    if at.history != shown.history {
        return 0;
    }
    let counts = moves.into_iter().filter(|row| matches!(row.cause, Cause::Count { .. }));
    counts.filter(|row| row.change > at.change && row.change <= shown.change).map(|row| row.delta).sum()
}

/// Why a product should be counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Units that moved before the last count, and that its phone did not know of: below zero where they left. Whoever
    /// counted did not see them on the shelf, so the stock has them twice.
    Unknown { units: i64 },
    /// The last count corrects another by so many units that its phone did not know of either.
    Differs { units: i64 },
    /// Units sold beyond the stock since the last count, while every sale was kept: believed to have been there.
    Unchecked { units: i64 },
}

/// Whether a product should be counted again, given its movements by change number: what moved before its last count,
/// by the clock, must be what its phone knew of, and nothing may have been sold unchecked since.
pub fn doubt(moves: &[MovementRow]) -> Option<Doubt> {
    let is_count = |row: &&MovementRow| matches!(row.cause, Cause::Count { .. });
    let last = moves.iter().rposition(|row| is_count(&row));
    let since = &moves[last.map_or(0, |last| last + 1)..];
    let units = since.iter().filter(|row| matches!(row.cause, Cause::Unchecked { .. })).map(|row| row.delta).sum();
    if units != 0 {
        return Some(Doubt::Unchecked { units });
    }
    let last = last?;
    let count = &moves[last];
    let Cause::Count { expected, since, .. } = count.cause else { return None };
    let known = moves.partition_point(|row| row.change <= since).min(last);
    if count.delta != 0 && moves[known..last].iter().any(|row| is_count(&row)) {
        return Some(Doubt::Differs { units: count.delta });
    }
    let before = moves[known].stock_after - moves[known].delta;
    let by_then = moves[known..].iter().filter(|row| !is_count(row) && row.at_ms <= count.at_ms);
    let units = by_then.map(|row| row.delta).sum::<i64>() - (expected - before);
    (units != 0).then_some(Doubt::Unknown { units })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Note, ProductId, SaleId, Units, UserId};
    use uuid::Uuid;

    /// Change number, minute, units, and of a count what was counted, expected and known.
    type Moved = (u64, i64, i64, Option<(i64, i64, u64)>);

    fn tape(rows: &[Moved]) -> Vec<MovementRow> {
        let mut stock_after = 0;
        let row = |(change, minute, delta, count): &Moved| {
            stock_after += delta;
            let cause = match *count {
                Some((counted, expected, since)) => {
                    Cause::Count { counted: Units::new(counted).unwrap(), expected, since }
                }
                None => Cause::Sale { sale: SaleId(Uuid::nil()) },
            };
            let (product, actor) = (ProductId(Uuid::nil()), UserId(Uuid::nil()));
            let (note, at_ms) = (Note::default(), minute * 60_000);
            MovementRow { change: *change, product, delta: *delta, stock_after, cause, note, actor, at_ms }
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn a_count_is_good_where_all_that_moved_before_it_was_known() {
        let (opening, counted) = ((1, 0, 10, None), (3, 20, -2, Some((8, 10, 1))));
        assert_eq!(doubt(&tape(&[opening, counted])), None);
        // Sold after it, though it came before; and one's own sale, which was queued when one counted.
        assert_eq!(doubt(&tape(&[opening, (2, 30, -1, None), counted])), None);
        assert_eq!(doubt(&tape(&[opening, (2, 10, -1, None), (3, 20, -1, Some((8, 9, 1)))])), None);
        assert_eq!(doubt(&tape(&[opening, counted, (4, 30, -1, None)])), None);
        assert_eq!(doubt(&tape(&[opening])), None);
    }

    #[test]
    fn what_was_sold_before_a_count_that_did_not_know_of_it_is_in_the_stock_twice() {
        let (opening, counted) = ((1, 0, 10, None), (3, 20, -2, Some((8, 10, 1))));
        let unknown = Some(Doubt::Unknown { units: -2 });
        assert_eq!(doubt(&tape(&[opening, (2, 10, -2, None), counted])), unknown);
        assert_eq!(doubt(&tape(&[opening, counted, (4, 10, -2, None)])), unknown, "it came later");
        let again = (5, 40, 2, Some((8, 6, 4)));
        assert_eq!(doubt(&tape(&[opening, counted, (4, 10, -2, None), again])), None);
    }

    #[test]
    fn what_was_sold_unchecked_is_counted_once() {
        let unchecked = |rows: &[Moved], at: usize| {
            let mut moves = tape(rows);
            moves[at].cause = Cause::Unchecked { sale: SaleId(Uuid::nil()) };
            doubt(&moves)
        };
        let (opening, found, sold) = ((1, 0, 2, None), (2, 10, 3, None), (3, 10, -5, None));
        assert_eq!(unchecked(&[opening, found, sold], 1), Some(Doubt::Unchecked { units: 3 }));
        assert_eq!(unchecked(&[opening, found, sold, (4, 20, 1, Some((1, 0, 3)))], 1), None);
    }

    #[test]
    fn two_counts_at_once_that_differ_are_looked_at() {
        let (opening, one) = ((1, 0, 10, None), (2, 20, -2, Some((8, 10, 1))));
        assert_eq!(doubt(&tape(&[opening, one, (3, 21, 0, Some((8, 10, 1)))])), None);
        let differs = Some(Doubt::Differs { units: -1 });
        assert_eq!(doubt(&tape(&[opening, one, (3, 21, -1, Some((7, 10, 1)))])), differs);
        assert_eq!(doubt(&tape(&[opening, one, (3, 21, -1, Some((7, 8, 2)))])), None, "it knew of the first");
    }
}
