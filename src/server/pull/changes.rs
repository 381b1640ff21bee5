//! The changes after a cursor: first how many rows each change number has, then those rows, kind by kind.

use super::{Shop, items, items::Item};
use crate::domain::Key;
use crate::faults::{self, Fault};
use crate::server::{
    ServerError,
    db::{Tx, fetch_all},
    push,
    rows::{self, *},
    session::Session,
};
use crate::sync::Answer;
use crate::sync::wire::{Gone, PAGE_TARGET_BYTES, Page};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The kinds of rows as the counting statement numbers them.
const SHOP: i32 = 0;
const PERSON: i32 = 1;
const PRODUCT: i32 = 2;
const SALE: i32 = 3;
const REFUSED: i32 = 4;
const EXPENSE: i32 = 5;
const MOVEMENT: i32 = 6;
const GONE: i32 = 7;
const CLASH: i32 = 8;
const PHONE: i32 = 9;
const CUSTOMER: i32 = 10;
const REPAYMENT: i32 = 11;

// A cross join: left to choose, SQLite reads every line the shop has ever sold, in order, to save the sorting.
const LINES: &str = "SELECT l.sale_id, l.product_id, l.name, l.quantity, l.unit_price
    FROM sales s CROSS JOIN sale_lines l
    WHERE s.shop_id = $1 AND s.change > $2 AND s.change <= $3 AND l.shop_id = s.shop_id AND l.sale_id = s.id
    ORDER BY l.sale_id, l.position";
const TENDERS: &str = "SELECT t.sale_id, t.amount, t.given, t.reference, t.customer
    FROM sales s CROSS JOIN tenders t
    WHERE s.shop_id = $1 AND s.change > $2 AND s.change <= $3 AND t.shop_id = s.shop_id AND t.sale_id = s.id
    ORDER BY t.sale_id, t.position";

pub(super) async fn page(
    tx: &mut Tx,
    session: &Session,
    shop: &Shop,
    from: i64,
    rows_max: usize,
) -> Result<Page, ServerError> {
    // Nearly every change has a row, so that as many changes as rows are looked at: a device that was away for a
    // year costs no more a page than one that was away for a day.
    let window = shop.counter.min(from.saturating_add(rows_max as i64)) + i64::from(faults::is(Fault::CursorAhead));
    let (by_change, kinds) = counts(tx, session, from, window).await?;
    let to = last_change_within(&by_change, rows_max as i64, window);

    let range = Range { from: from + i64::from(faults::is(Fault::PageFirstMissing)), to };
    let mut changed = Vec::new();
    if kinds.contains(&SHOP) {
        changed.push((from, Item::Shop(rows::shop(shop.says.clone())?)));
    }
    for kind in kinds.into_iter().filter(|kind| *kind != SHOP) {
        changed.append(&mut range.read(tx, session, kind).await?);
    }
    changed.append(&mut range.answers(tx, session).await?);
    changed.sort_by_key(|(change, _)| *change);

    let to = cut_by_bytes(&mut changed, to)?;
    let (rows, answers) = items::sort(changed.into_iter().map(|(_, item)| item));
    Ok(Page {
        history: shop.history_id,
        from: from.unsigned_abs(),
        to: to.unsigned_abs(),
        more: to < shop.counter,
        answers,
        rows,
    })
}

/// Rows by change number, and the kinds among them.
async fn counts(
    tx: &mut Tx,
    session: &Session,
    from: i64,
    to: i64,
) -> Result<(BTreeMap<i64, i64>, BTreeSet<i32>), ServerError> {
    let counted = fetch_all!(
        tx,
        (i64, i32, i64),
        "SELECT change, kind, COUNT(*) FROM (
           SELECT change, 0 AS kind FROM shops WHERE id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 1 FROM users WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 2 FROM products WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 3 FROM sales WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 4 FROM refused_sales WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 5 FROM expenses WHERE shop_id = $1 AND change > $2 AND change <= $3
             AND voided_ms IS NULL
           UNION ALL SELECT change, 6 FROM movements WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 7 FROM tombstones WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 8 FROM clashes WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 9 FROM installations WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 10 FROM account_entries WHERE shop_id = $1 AND change > $2 AND change <= $3
           UNION ALL SELECT change, 11 FROM repayments WHERE shop_id = $1 AND change > $2 AND change <= $3
             AND voided_ms IS NULL
         ) AS changed GROUP BY change, kind",
        session.shop.0,
        from,
        to
    )?;
    let (mut by_change, mut kinds) = (BTreeMap::new(), BTreeSet::new());
    for (change, kind, rows) in counted {
        *by_change.entry(change).or_insert(0) += rows;
        kinds.insert(kind);
    }
    Ok((by_change, kinds))
}

/// The change a page ends with: whole changes only, the first of them whatever its size.
fn last_change_within(by_change: &BTreeMap<i64, i64>, rows_max: i64, window: i64) -> i64 {
    let (mut rows, mut last) = (0, None);
    for (&change, &count) in by_change {
        if let Some(last) = last
            && rows + count > rows_max
        {
            return last;
        }
        rows += count;
        last = Some(change);
    }
    window
}

/// Drops the changes beyond the size a page may have, the first excepted, and answers the last that is left.
fn cut_by_bytes(changed: &mut Vec<(i64, Item)>, to: i64) -> Result<i64, ServerError> {
    let (mut bytes, mut whole) = (0, None);
    for n in 0..changed.len() {
        let Some((change, item)) = changed.get(n) else { break };
        let change = *change;
        bytes += item.bytes()?;
        let previous = n.checked_sub(1).and_then(|before| changed.get(before)).map(|(change, _)| *change);
        if previous.is_some_and(|previous| previous != change) {
            whole = previous; // everything up to there is within the limit
        }
        if let Some(whole) = whole
            && bytes > PAGE_TARGET_BYTES
        {
            changed.retain(|(change, _)| *change <= whole);
            return Ok(whole);
        }
    }
    Ok(to)
}

/// The changes `from < change <= to`.
struct Range {
    from: i64,
    to: i64,
}

impl Range {
    async fn read(&self, tx: &mut Tx, session: &Session, kind: i32) -> Result<Vec<(i64, Item)>, ServerError> {
        match kind {
            PERSON => self.people(tx, session).await,
            PHONE => self.phones(tx, session).await,
            PRODUCT => self.products(tx, session).await,
            SALE => self.sales(tx, session).await,
            REFUSED => self.refused(tx, session).await,
            CLASH => self.clashes(tx, session).await,
            CUSTOMER => self.customers(tx, session).await,
            EXPENSE => self.expenses(tx, session).await,
            REPAYMENT => self.repayments(tx, session).await,
            MOVEMENT => self.movements(tx, session).await,
            GONE if faults::is(Fault::TombstonesForgotten) => Ok(Vec::new()),
            GONE => self.gone(tx, session).await,
            _ => Ok(Vec::new()),
        }
    }

    async fn people(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            PersonColumns,
            "SELECT change, id, name, role, retired FROM users WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Person(rows::person(row)?)))).collect()
    }

    async fn phones(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = super::phones(tx, session, self.from, self.to, i64::MAX).await?;
        Ok(found.into_iter().map(|(change, phone)| (change, Item::Phone(phone))).collect())
    }

    async fn products(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            ProductColumns,
            "SELECT change, id, name, barcodes, category, sale_price, purchase_price, threshold, retired FROM products
             WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Product(super::visible(session, row)?)))).collect()
    }

    async fn sales(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let sales = fetch_all!(
            &mut *tx,
            SaleColumns,
            "SELECT change, id, receipt, installation_id, actor_id, at_ms, day, clamped, beyond_stock, voided_ms, voided_by, void_reason
             FROM sales WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        let lines = fetch_all!(&mut *tx, LineColumns, LINES, session.shop.0, self.from, self.to)?;
        let tenders = fetch_all!(tx, TenderColumns, TENDERS, session.shop.0, self.from, self.to)?;
        let whole = rows::sales(sales, lines, tenders)?;
        Ok(whole.into_iter().map(|(change, sale)| (change, Item::Sale(sale))).collect())
    }

    async fn refused(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            RefusedColumns,
            "SELECT change, key, sale, refusal, installation_id, actor_id, at_ms, became, settled_by, settled_ms
             FROM refused_sales
             WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Refused(rows::refused(row)?)))).collect()
    }

    async fn clashes(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            ClashColumns,
            "SELECT change, key, kind, thing_id, fields, installation_id, actor_id, at_ms, settled_by, settled_ms
             FROM clashes
             WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        let seen = |row: ClashColumns| {
            let change = row.change;
            Ok(super::visible_clash(session, row)?.map(|clash| (change, Item::Clash(clash))))
        };
        found.into_iter().map(seen).filter_map(Result::transpose).collect()
    }

    async fn expenses(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            ExpenseColumns,
            "SELECT change, id, kind, amount, note, actor_id, at_ms, day FROM expenses
             WHERE shop_id = $1 AND change > $2 AND change <= $3 AND voided_ms IS NULL",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Expense(rows::expense(row)?)))).collect()
    }

    /// Each sum that was left on the way: the last of an account is as it was at the page's end.
    async fn customers(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            CustomerColumns,
            "SELECT e.change, c.id, c.name, e.owed, e.at_ms FROM account_entries e
             JOIN customers c ON c.shop_id = e.shop_id AND c.id = e.customer_id
             WHERE e.shop_id = $1 AND e.change > $2 AND e.change <= $3 ORDER BY e.change",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Customer(rows::customer(row)?)))).collect()
    }

    async fn repayments(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            RepaymentColumns,
            "SELECT change, id, customer, amount, given, reference, actor_id, at_ms, day FROM repayments
             WHERE shop_id = $1 AND change > $2 AND change <= $3 AND voided_ms IS NULL",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Repayment(rows::repayment(row)?)))).collect()
    }

    async fn movements(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            MovementColumns,
            "SELECT change, product_id, delta, stock_after, cause, note, actor_id, at_ms FROM movements
             WHERE shop_id = $1 AND change > $2 AND change <= $3 ORDER BY change, product_id",
            session.shop.0,
            self.from,
            self.to
        )?;
        found.into_iter().map(|row| Ok((row.change, Item::Movement(rows::movement(row)?)))).collect()
    }

    async fn gone(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        let found = fetch_all!(
            tx,
            (i64, String, Uuid),
            "SELECT change, kind, id FROM tombstones WHERE shop_id = $1 AND change > $2 AND change <= $3",
            session.shop.0,
            self.from,
            self.to
        )?;
        let gone =
            |(change, kind, id): (i64, String, Uuid)| Ok((change, Item::Gone(Gone { kind: rows::word(&kind)?, id })));
        found.into_iter().map(gone).collect()
    }

    /// The final verdicts on this installation's own mutations (G2).
    async fn answers(&self, tx: &mut Tx, session: &Session) -> Result<Vec<(i64, Item)>, ServerError> {
        if faults::is(Fault::PageWithoutAnswers) {
            return Ok(Vec::new());
        }
        let found = fetch_all!(
            tx,
            (Uuid, String, i64, Option<String>),
            "SELECT key, outcome, change, answer FROM ledger
             WHERE shop_id = $1 AND installation_id = $2 AND change > $3 AND change <= $4",
            session.shop.0,
            session.installation.0,
            self.from,
            self.to
        )?;
        let answer = |(key, outcome, change, answer): (Uuid, String, i64, Option<String>)| {
            let verdict = push::stored_verdict(&outcome, change, answer.as_deref())?;
            Ok((change, Item::Answer(Answer { key: Key(key), replayed: true, verdict })))
        };
        found.into_iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::db::{self, Db};

    #[tokio::test]
    async fn a_page_reads_the_sales_of_its_changes_alone() {
        let folder = tempfile::tempdir().unwrap();
        let db = db::open(&format!("sqlite:{}", folder.path().join("shop.db").display())).await.unwrap();
        let Db::Sqlite { readers, .. } = &db else { unreachable!() };
        for sql in [LINES, TENDERS] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(readers).await.unwrap();
            assert!(plan[0].3.contains("sales_by_change (shop_id=? AND change>? AND change<?)"), "{plan:?}");
        }
    }

    #[test]
    fn a_page_ends_between_change_numbers_and_is_never_stuck() {
        let by_change = BTreeMap::from([(3, 2), (4, 250), (9, 1)]);
        assert_eq!(last_change_within(&by_change, 200, 12), 3);
        assert_eq!(last_change_within(&by_change, 252, 12), 4);
        assert_eq!(last_change_within(&by_change, 253, 12), 12);
        assert_eq!(last_change_within(&BTreeMap::from([(4, 250)]), 200, 12), 12);
        assert_eq!(last_change_within(&BTreeMap::from([(4, 250), (5, 1)]), 200, 12), 4);
        assert_eq!(last_change_within(&BTreeMap::new(), 200, 12), 12);
    }
}
