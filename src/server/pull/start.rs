//! The shop as it stood at one change number, kind by kind in the order of [`Kind`]: what one can sell comes first.
//!
//! Every request reads at the `at` of the first: rows changed after it are left out, for they come with the changes
//! that follow, and a product's stock is that of its last movement up to it, whatever became of its text.

use super::{
    Shop,
    filling::{Entry, Filling},
    items,
    items::Item,
};
use crate::domain::ProductId;
use crate::server::{
    ServerError,
    db::{Tx, fetch_all, fetch_one, fetch_optional},
    rows::{self, *},
    session::Session,
};
use crate::sync::wire::{
    Cursor, DEVICES_MAX, Kind, PUSH_PAGE_MAX_ROWS, Position, Pulled, START_PAGE_MAX_ROWS, START_PAGE_TARGET_BYTES,
    StartPage, StockRow, place_of_change,
};
use uuid::Uuid;

pub(super) async fn page(
    tx: &mut Tx,
    session: &Session,
    shop: &Shop,
    position: Option<Position>,
    since_ms: i64,
) -> Result<Pulled, ServerError> {
    let first = position.is_none();
    let position = position.unwrap_or(Position {
        at: Cursor { history: shop.history_id, change: shop.counter.unsigned_abs() },
        kind: Kind::Person,
        after: None,
    });
    let Some(at) = shop.place(position.at) else { return Ok(Pulled::Resync) };
    let reader = Reader { session, at, since_ms, until_ms: i64::MAX };
    let rows_max = if first { PUSH_PAGE_MAX_ROWS } else { START_PAGE_MAX_ROWS };
    let mut filling = Filling::new(rows_max, START_PAGE_TARGET_BYTES);
    if first {
        filling.items.push(Item::Shop(rows::shop(shop.says.clone())?));
        let phones = super::phones(tx, session, i64::MIN, at, DEVICES_MAX as i64).await?;
        filling.items.extend(phones.into_iter().map(|(_, phone)| Item::Phone(phone)));
    }
    let (kind, next) = reader.fill(tx, &mut filling, &position).await?;
    let total_rows = reader.total_rows(tx).await?;
    let (rows, _) = items::sort(filling.items);
    Ok(Pulled::Start(StartPage { at: position.at, kind, next, total_rows, rows }))
}

pub(super) struct Reader<'a> {
    pub session: &'a Session,
    /// The change number the shop is read at.
    pub at: i64,
    /// The history that is read, from the first of these times until before the second.
    pub since_ms: i64,
    pub until_ms: i64,
}

impl Reader<'_> {
    /// Reads on from a position until the page is full or the shop is read; answers the kind it stopped in and where
    /// to go on.
    async fn fill(
        &self,
        tx: &mut Tx,
        filling: &mut Filling,
        position: &Position,
    ) -> Result<(Kind, Option<Position>), ServerError> {
        let (mut kind, mut after) = (position.kind, position.after);
        let go_on = |kind, after| (kind, Some(Position { at: position.at, kind, after }));
        loop {
            let room = filling.room();
            if room == 0 {
                return Ok(go_on(kind, after));
            }
            let entries = self.read(tx, kind, after.unwrap_or(Uuid::nil()), room as i64).await?;
            let complete = entries.len() < room && kind != Kind::Movement || entries.is_empty();
            for entry in entries {
                let place = entry.place;
                if !filling.take(entry)? {
                    return Ok(go_on(kind, after));
                }
                after = Some(place);
            }
            if complete {
                match kind.next() {
                    Some(next) => (kind, after) = (next, None),
                    None => return Ok((kind, None)),
                }
            }
        }
    }

    async fn read(&self, tx: &mut Tx, kind: Kind, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        match kind {
            Kind::Person => self.people(tx, after, limit).await,
            Kind::Product => self.products(tx, after, limit).await,
            Kind::Refused => self.refused(tx, after, limit).await,
            Kind::Clash => self.clashes(tx, after, limit).await,
            Kind::Sale => self.sales(tx, after, limit).await,
            Kind::Expense => self.expenses(tx, after, limit).await,
            Kind::Customer => self.customers(tx, after, limit).await,
            Kind::Repayment => self.repayments(tx, after, limit).await,
            Kind::Movement => self.movements(tx, after, limit).await,
            Kind::Phone => Ok(Vec::new()), // came with the first page
        }
    }

    async fn people(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            PersonColumns,
            "SELECT change, id, name, role, retired FROM users
             WHERE shop_id = $1 AND id > $2 AND change <= $3 ORDER BY id LIMIT $4",
            self.session.shop.0,
            after,
            self.at,
            limit
        )?;
        found.into_iter().map(|row| Ok(entry(row.id, Item::Person(rows::person(row)?)))).collect()
    }

    async fn products(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            StockedColumns,
            "SELECT p.change, p.id, p.name, p.barcodes, p.category, p.sale_price, p.purchase_price, p.threshold,
               p.retired, (SELECT m.stock_after FROM movements m
                           WHERE m.shop_id = p.shop_id AND m.product_id = p.id AND m.change <= $3
                           ORDER BY m.change DESC LIMIT 1) AS stock_at
             FROM products p WHERE p.shop_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $4",
            self.session.shop.0,
            after,
            self.at,
            limit
        )?;
        found.into_iter().map(|row| self.product(row)).collect()
    }

    /// A product whose text changed after `at` comes without it, but with its stock: no later movement need tell it.
    fn product(&self, row: StockedColumns) -> Result<Entry, ServerError> {
        let (place, stands) = (row.product.id, row.product.change <= self.at);
        let mut items = Vec::new();
        if stands {
            items.push(Item::Product(super::visible(self.session, row.product)?));
        }
        if stands || row.stock_at.is_some() {
            items.push(Item::Stock(StockRow { product: ProductId(place), units: row.stock_at.unwrap_or(0) }));
        }
        Ok(Entry { place, items })
    }

    async fn refused(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            RefusedColumns,
            "SELECT change, key, sale, refusal, installation_id, actor_id, at_ms, became, settled_by, settled_ms
             FROM refused_sales
             WHERE shop_id = $1 AND key > $2 AND change <= $3
               AND (at_ms >= $4 OR became IS NULL OR became = 'parked')
             ORDER BY key LIMIT $5",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            limit
        )?;
        found.into_iter().map(|row| Ok(entry(row.key, Item::Refused(rows::refused(row)?)))).collect()
    }

    async fn clashes(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            ClashColumns,
            "SELECT change, key, kind, thing_id, fields, installation_id, actor_id, at_ms, settled_by, settled_ms
             FROM clashes
             WHERE shop_id = $1 AND key > $2 AND change <= $3 AND (at_ms >= $4 OR settled_ms IS NULL)
             ORDER BY key LIMIT $5",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            limit
        )?;
        let seen = |row: ClashColumns| {
            let place = row.key;
            let items = super::visible_clash(self.session, row)?.map(Item::Clash).into_iter().collect();
            Ok(Entry { place, items })
        };
        found.into_iter().map(seen).collect()
    }

    pub async fn sales(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let sales = fetch_all!(
            &mut *tx,
            SaleColumns,
            "SELECT change, id, receipt, installation_id, actor_id, at_ms, day, clamped, beyond_stock, voided_ms, voided_by, void_reason
             FROM sales WHERE shop_id = $1 AND id > $2 AND change <= $3 AND at_ms >= $4 AND at_ms < $5
             ORDER BY id LIMIT $6",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            self.until_ms,
            limit
        )?;
        let (Some(first), Some(last)) = (sales.first().map(|sale| sale.id), sales.last().map(|sale| sale.id)) else {
            return Ok(Vec::new());
        };
        let lines = fetch_all!(
            &mut *tx,
            LineColumns,
            "SELECT l.sale_id, l.product_id, l.name, l.quantity, l.unit_price FROM sales s
             JOIN sale_lines l ON l.shop_id = s.shop_id AND l.sale_id = s.id
             WHERE s.shop_id = $1 AND s.id >= $2 AND s.id <= $3 AND s.change <= $4 AND s.at_ms >= $5 AND s.at_ms < $6
             ORDER BY l.sale_id, l.position",
            self.session.shop.0,
            first,
            last,
            self.at,
            self.since_ms,
            self.until_ms
        )?;
        let tenders = fetch_all!(
            tx,
            TenderColumns,
            "SELECT t.sale_id, t.amount, t.given, t.reference, t.customer FROM sales s
             JOIN tenders t ON t.shop_id = s.shop_id AND t.sale_id = s.id
             WHERE s.shop_id = $1 AND s.id >= $2 AND s.id <= $3 AND s.change <= $4 AND s.at_ms >= $5 AND s.at_ms < $6
             ORDER BY t.sale_id, t.position",
            self.session.shop.0,
            first,
            last,
            self.at,
            self.since_ms,
            self.until_ms
        )?;
        let whole = rows::sales(sales, lines, tenders)?;
        Ok(whole.into_iter().map(|(_, sale)| entry(sale.sale.id.0, Item::Sale(sale))).collect())
    }

    pub async fn expenses(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            ExpenseColumns,
            "SELECT change, id, kind, amount, note, actor_id, at_ms, day FROM expenses
             WHERE shop_id = $1 AND id > $2 AND change <= $3 AND at_ms >= $4 AND at_ms < $5 AND voided_ms IS NULL
             ORDER BY id LIMIT $6",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            self.until_ms,
            limit
        )?;
        found.into_iter().map(|row| Ok(entry(row.id, Item::Expense(rows::expense(row)?)))).collect()
    }

    async fn customers(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            CustomerColumns,
            "SELECT e.change, c.id, c.name, e.owed, e.at_ms FROM customers c
             JOIN account_entries e ON e.shop_id = c.shop_id AND e.customer_id = c.id AND e.change = (
               SELECT MAX(l.change) FROM account_entries l
               WHERE l.shop_id = c.shop_id AND l.customer_id = c.id AND l.change <= $3)
             WHERE c.shop_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $4",
            self.session.shop.0,
            after,
            self.at,
            limit
        )?;
        found.into_iter().map(|row| Ok(entry(row.id, Item::Customer(rows::customer(row)?)))).collect()
    }

    pub async fn repayments(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let found = fetch_all!(
            tx,
            RepaymentColumns,
            "SELECT change, id, customer, amount, given, reference, actor_id, at_ms, day FROM repayments
             WHERE shop_id = $1 AND id > $2 AND change <= $3 AND at_ms >= $4 AND at_ms < $5 AND voided_ms IS NULL
             ORDER BY id LIMIT $6",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            self.until_ms,
            limit
        )?;
        found.into_iter().map(|row| Ok(entry(row.id, Item::Repayment(rows::repayment(row)?)))).collect()
    }

    /// In the order of their changes.
    async fn movements(&self, tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Entry>, ServerError> {
        let after = i64::try_from(after.as_u128()).unwrap_or(self.at);
        let last = fetch_optional!(
            &mut *tx,
            (i64,),
            "SELECT change FROM movements WHERE shop_id = $1 AND change > $2 AND change <= $3 AND at_ms >= $4
             ORDER BY change LIMIT 1 OFFSET $5",
            self.session.shop.0,
            after,
            self.at,
            self.since_ms,
            limit - 1
        )?;
        let found = fetch_all!(
            tx,
            MovementColumns,
            "SELECT change, product_id, delta, stock_after, cause, note, actor_id, at_ms FROM movements
             WHERE shop_id = $1 AND change > $2 AND change <= $3 AND at_ms >= $4 ORDER BY change, product_id",
            self.session.shop.0,
            after,
            last.map_or(self.at, |(last,)| last),
            self.since_ms
        )?;
        by_change(found)
    }

    async fn total_rows(&self, tx: &mut Tx) -> Result<u64, ServerError> {
        let (rows,) = fetch_one!(
            tx,
            (i64,),
            "SELECT 1
               + (SELECT COUNT(*) FROM users WHERE shop_id = $1 AND change <= $2)
               + (SELECT COUNT(*) FROM installations WHERE shop_id = $1 AND change <= $2)
               + (SELECT COUNT(*) FROM products WHERE shop_id = $1 AND change <= $2)
               + (SELECT COUNT(*) FROM refused_sales WHERE shop_id = $1 AND change <= $2
                    AND (at_ms >= $3 OR became IS NULL OR became = 'parked'))
               + (SELECT COUNT(*) FROM clashes WHERE shop_id = $1 AND change <= $2
                    AND (at_ms >= $3 OR settled_ms IS NULL))
               + (SELECT COUNT(*) FROM sales WHERE shop_id = $1 AND change <= $2 AND at_ms >= $3)
               + (SELECT COUNT(*) FROM expenses WHERE shop_id = $1 AND change <= $2 AND at_ms >= $3
                    AND voided_ms IS NULL)
               + (SELECT COUNT(DISTINCT customer_id) FROM account_entries WHERE shop_id = $1 AND change <= $2)
               + (SELECT COUNT(*) FROM repayments WHERE shop_id = $1 AND change <= $2 AND at_ms >= $3
                    AND voided_ms IS NULL)
               + (SELECT COUNT(*) FROM movements WHERE shop_id = $1 AND change <= $2 AND at_ms >= $3)",
            self.session.shop.0,
            self.at,
            self.since_ms
        )?;
        Ok(rows.unsigned_abs())
    }
}

/// All movements of a change are one entry.
pub(super) fn by_change(found: Vec<MovementColumns>) -> Result<Vec<Entry>, ServerError> {
    let mut entries: Vec<Entry> = Vec::new();
    for row in found {
        let place = place_of_change(row.change.unsigned_abs());
        let item = Item::Movement(rows::movement(row)?);
        match entries.last_mut() {
            Some(entry) if entry.place == place => entry.items.push(item),
            _ => entries.push(entry(place, item)),
        }
    }
    Ok(entries)
}

fn entry(place: Uuid, item: Item) -> Entry {
    Entry { place, items: vec![item] }
}

#[derive(sqlx::FromRow)]
struct StockedColumns {
    #[sqlx(flatten)]
    product: ProductColumns,
    stock_at: Option<i64>,
}
