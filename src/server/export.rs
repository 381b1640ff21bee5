//! A shop's books as tables, of any age: the files that the page gives an owner, for an operator.
//!
//! Read a few hundred rows at a time in one snapshot and written at once, so that ten years take no more memory than a
//! day. The latest comes first, as in the page's.

use super::{
    ServerError,
    db::{Db, Tx, fetch_all},
    people,
    rows::{self, *},
};
use crate::{
    domain::{
        Day, ShopId, UserId,
        day::DAY_MS,
        export::{Brought, File, Moved, Sold, Spent, State, Words},
    },
    sync::wire::SaleRow,
};
use std::{collections::HashMap, io::Write};
use uuid::Uuid;

/// Rows that are in memory at once.
const ROWS: i64 = 500;

/// The days that are wanted, both included; without one, all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    pub first: Option<Day>,
    pub last: Option<Day>,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes the file, and answers its lines without the headings.
pub async fn write(
    db: &Db,
    shop: ShopId,
    words: &Words,
    file: File,
    days: Days,
    out: &mut (impl Write + Send),
) -> Result<u64, ExportError> {
    let people = people::of_shop(db, shop).await?;
    let people = people.into_iter().map(|person| (person.id, person.name.to_string())).collect();
    let first = |day: Day| day.0.saturating_mul(DAY_MS);
    let since_ms = days.first.map_or(i64::MIN, first);
    let until_ms = days.last.map_or(i64::MAX, |last| first(Day(last.0.saturating_add(1))));
    out.write_all(words.headings(file, true).as_bytes())?;
    let mut export = Export { tx: db.read().await?, shop, words, people, days, since_ms, until_ms, out, lines: 0 };
    match file {
        File::Products => export.products().await?,
        File::Sales => export.sales().await?,
        File::Movements => export.movements().await?,
        File::Expenses => export.expenses().await?,
        File::Repayments => export.repayments().await?,
    }
    Ok(export.lines)
}

struct Export<'a, W> {
    tx: Tx,
    shop: ShopId,
    words: &'a Words,
    people: HashMap<UserId, String>,
    days: Days,
    since_ms: i64,
    until_ms: i64,
    out: &'a mut W,
    lines: u64,
}

impl<W: Write> Export<'_, W> {
    fn line(&mut self, line: &str) -> Result<(), ExportError> {
        self.lines += 1;
        Ok(self.out.write_all(line.as_bytes())?)
    }

    fn who(&self, id: UserId) -> &str {
        self.people.get(&id).map_or("", String::as_str)
    }

    async fn products(&mut self) -> Result<(), ExportError> {
        let (mut name, mut id) = (String::new(), Uuid::nil());
        loop {
            let found = fetch_all!(
                &mut self.tx,
                StockedProduct,
                "SELECT change, id, name, barcodes, category, sale_price, purchase_price, threshold, retired, search, stock
                 FROM products WHERE shop_id = $1 AND NOT retired AND (search, id) > ($2, $3)
                 ORDER BY search, id LIMIT $4",
                self.shop.0,
                &name,
                id,
                ROWS
            )?;
            let Some(last) = found.last() else { return Ok(()) };
            (name, id) = (last.search.clone(), last.product.id);
            for row in found {
                let line = self.words.product(&rows::product(row.product)?, row.stock, true);
                self.line(&line)?;
            }
        }
    }

    async fn sales(&mut self) -> Result<(), ExportError> {
        let mut before = (self.until_ms, Uuid::nil());
        loop {
            let sales = self.sales_before(before).await?;
            let Some(last) = sales.last() else { return Ok(()) };
            before = (last.at_ms, last.sale.id.0);
            for row in &sales {
                let state = if row.voided.is_some() { State::Voided } else { State::Confirmed };
                let sold = Sold { sale: &row.sale, at_ms: row.at_ms, seller: self.who(row.actor), state };
                for line in self.words.sale(&sold) {
                    self.line(&line)?;
                }
            }
        }
    }

    /// Some sales before that one, the latest first.
    async fn sales_before(&mut self, (at_ms, id): (i64, Uuid)) -> Result<Vec<SaleRow>, ExportError> {
        let sales = fetch_all!(
            &mut self.tx,
            SaleColumns,
            "SELECT change, id, receipt, installation_id, actor_id, at_ms, day, clamped, beyond_stock, voided_ms, voided_by, void_reason
             FROM sales WHERE shop_id = $1 AND at_ms >= $2 AND (at_ms, id) < ($3, $4)
             ORDER BY at_ms DESC, id DESC LIMIT $5",
            self.shop.0,
            self.since_ms,
            at_ms,
            id,
            ROWS
        )?;
        let Some((first, last)) = sales.first().zip(sales.last()) else { return Ok(Vec::new()) };
        let (first, last) = ((first.at_ms, first.id), (last.at_ms, last.id));
        let lines = fetch_all!(
            &mut self.tx,
            LineColumns,
            "SELECT l.sale_id, l.product_id, l.name, l.quantity, l.unit_price FROM sales s
             JOIN sale_lines l ON l.shop_id = s.shop_id AND l.sale_id = s.id
             WHERE s.shop_id = $1 AND (s.at_ms, s.id) >= ($2, $3) AND (s.at_ms, s.id) <= ($4, $5)
             ORDER BY l.sale_id, l.position",
            self.shop.0,
            last.0,
            last.1,
            first.0,
            first.1
        )?;
        let tenders = fetch_all!(
            &mut self.tx,
            TenderColumns,
            "SELECT t.sale_id, t.amount, t.given, t.reference, t.customer FROM sales s
             JOIN tenders t ON t.shop_id = s.shop_id AND t.sale_id = s.id
             WHERE s.shop_id = $1 AND (s.at_ms, s.id) >= ($2, $3) AND (s.at_ms, s.id) <= ($4, $5)
             ORDER BY t.sale_id, t.position",
            self.shop.0,
            last.0,
            last.1,
            first.0,
            first.1
        )?;
        Ok(rows::sales(sales, lines, tenders)?.into_iter().map(|(_, sale)| sale).collect())
    }

    async fn movements(&mut self) -> Result<(), ExportError> {
        let mut before = (i64::MAX, Uuid::max());
        loop {
            let found = fetch_all!(
                &mut self.tx,
                NamedMovement,
                "SELECT m.change, m.product_id, m.delta, m.stock_after, m.cause, m.note, m.actor_id, m.at_ms, p.name
                 FROM movements m JOIN products p ON p.shop_id = m.shop_id AND p.id = m.product_id
                 WHERE m.shop_id = $1 AND m.at_ms >= $2 AND m.at_ms < $3 AND (m.change, m.product_id) < ($4, $5)
                 ORDER BY m.change DESC, m.product_id DESC LIMIT $6",
                self.shop.0,
                self.since_ms,
                self.until_ms,
                before.0,
                before.1,
                ROWS
            )?;
            let Some(last) = found.last() else { return Ok(()) };
            before = (last.movement.change, last.movement.product_id);
            for row in found {
                let moved = rows::movement(row.movement)?;
                let line = self.words.movement(&Moved {
                    product: &row.name,
                    at_ms: moved.at_ms,
                    cause: &moved.cause,
                    delta: moved.delta,
                    stock_after: moved.stock_after,
                    who: self.who(moved.actor),
                    note: moved.note.as_str(),
                    state: State::Confirmed,
                });
                self.line(&line)?;
            }
        }
    }

    async fn repayments(&mut self) -> Result<(), ExportError> {
        let mut before = (self.until_ms, Uuid::nil());
        loop {
            let found = fetch_all!(
                &mut self.tx,
                RepaymentColumns,
                "SELECT change, id, customer, amount, given, reference, actor_id, at_ms, day FROM repayments
                 WHERE shop_id = $1 AND at_ms >= $2 AND (at_ms, id) < ($3, $4) AND voided_ms IS NULL
                 ORDER BY at_ms DESC, id DESC LIMIT $5",
                self.shop.0,
                self.since_ms,
                before.0,
                before.1,
                ROWS
            )?;
            let Some(last) = found.last() else { return Ok(()) };
            before = (last.at_ms, last.id);
            for row in found {
                let row = rows::repayment(row)?;
                let (repayment, at_ms, state) = (&row.repayment, row.at_ms, State::Confirmed);
                let line = self.words.repayment(&Brought { repayment, at_ms, who: self.who(row.actor), state });
                self.line(&line)?;
            }
        }
    }

    /// Of the days that their bills are of, whenever they were recorded.
    async fn expenses(&mut self) -> Result<(), ExportError> {
        let mut before = (i64::MAX, i64::MAX, Uuid::max());
        loop {
            let found = fetch_all!(
                &mut self.tx,
                ExpenseColumns,
                "SELECT change, id, kind, amount, note, actor_id, at_ms, day FROM expenses
                 WHERE shop_id = $1 AND day >= $2 AND day <= $3 AND (day, at_ms, id) < ($4, $5, $6) AND voided_ms IS NULL
                 ORDER BY day DESC, at_ms DESC, id DESC LIMIT $7",
                self.shop.0,
                self.days.first.map_or(i64::MIN, |day| day.0),
                self.days.last.map_or(i64::MAX, |day| day.0),
                before.0,
                before.1,
                before.2,
                ROWS
            )?;
            let Some(last) = found.last() else { return Ok(()) };
            before = (last.day, last.at_ms, last.id);
            for row in found {
                let row = rows::expense(row)?;
                let (expense, day, at_ms, state) = (&row.expense, row.day, row.at_ms, State::Confirmed);
                let line = self.words.expense(&Spent { expense, day, at_ms, who: self.who(row.actor), state });
                self.line(&line)?;
            }
        }
    }
}

#[derive(sqlx::FromRow)]
struct StockedProduct {
    #[sqlx(flatten)]
    product: ProductColumns,
    search: String,
    stock: i64,
}

#[derive(sqlx::FromRow)]
struct NamedMovement {
    #[sqlx(flatten)]
    movement: MovementColumns,
    name: String,
}
