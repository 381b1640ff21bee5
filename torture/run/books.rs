//! What stands in the database, held against the clients' own accounts. Two ways to the same figures: `comptoir check`
//! recomputes the books from their parts and reads the ledger file; here plain SQL is compared with plain sums.

use super::{
    Failure,
    place::{Place, text},
    seller::Account,
};
use comptoir::{
    domain::{Key, ProductId, SaleId},
    server::db::{self, Db},
    sync::Verdict,
};
use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};
use std::{collections::BTreeMap, path::Path};
use uuid::Uuid;

/// What must all be zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Acknowledged, and not there as it was acknowledged; or made, and never answered.
    pub lost: usize,
    /// There, and acknowledged to nobody, or a stock that is not what the acknowledged changes leave.
    pub doubled: usize,
    /// Stocks below zero, now or after any movement.
    pub negative: usize,
    /// Lines of `comptoir check --ledger`.
    pub differences: usize,
    /// Panics and answers of HTTP 500.
    pub bugs: usize,
}

impl Faults {
    pub fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.negative += other.negative;
        self.differences += other.differences;
        self.bugs += other.bugs;
    }
}

/// What stands.
#[derive(Debug, Default)]
pub struct Books {
    pub stock: BTreeMap<ProductId, i64>,
    pub sales: BTreeMap<SaleId, i64>,
    pub outcomes: BTreeMap<Key, String>,
    pub negative: usize,
}

impl Books {
    pub async fn read(url: &str) -> Result<Self, Failure> {
        let db = db::open(url).await?;
        let stock: Vec<(Uuid, i64)> = all(&db, "SELECT id, stock FROM products").await?;
        let sales: Vec<(Uuid, i64)> = all(&db, "SELECT id, total FROM sales").await?;
        let outcomes: Vec<(Uuid, String)> = all(&db, "SELECT key, outcome FROM ledger").await?;
        let negative = "SELECT COUNT(*) FROM products WHERE stock < 0
             UNION ALL SELECT COUNT(*) FROM movements WHERE stock_after < 0";
        let negative: Vec<(i64,)> = all(&db, negative).await?;
        db.close().await;
        Ok(Self {
            stock: stock.into_iter().map(|(id, units)| (ProductId(id), units)).collect(),
            sales: sales.into_iter().map(|(id, total)| (SaleId(id), total)).collect(),
            outcomes: outcomes.into_iter().map(|(key, outcome)| (Key(key), outcome)).collect(),
            negative: negative.into_iter().map(|(count,)| count as usize).sum(),
        })
    }

    /// Where these books and an account of all that was done since `before` differ; each difference is said.
    pub fn compare(&self, before: &Self, account: &Account) -> Faults {
        let mut faults = Faults { negative: self.negative, ..Faults::default() };
        let say = |count: &mut usize, what: String| {
            *count += 1;
            println!("DIFFERENT: {what}");
        };
        for key in &account.untold {
            say(&mut faults.lost, format!("{key} was never answered"));
        }
        for (key, outcome) in &account.told {
            let stands = self.outcomes.get(key).map_or("nothing", String::as_str);
            if stands != outcome {
                say(&mut faults.lost, format!("{key} was told {outcome}, {stands} stands"));
            }
        }
        for (sale, total) in &account.sales {
            if self.sales.get(sale) != Some(total) {
                say(&mut faults.lost, format!("sale {sale} over {total} was told {}", Verdict::APPLIED));
            }
        }
        for sale in
            self.sales.keys().filter(|sale| !before.sales.contains_key(sale) && !account.sales.contains_key(sale))
        {
            say(&mut faults.doubled, format!("sale {sale} stands and was acknowledged to nobody"));
        }
        for key in
            self.outcomes.keys().filter(|key| !before.outcomes.contains_key(key) && !account.told.contains_key(key))
        {
            say(&mut faults.doubled, format!("{key} was judged and told to nobody"));
        }
        for (product, units) in &self.stock {
            let (opening, moved) = (before.stock.get(product), account.moved.get(product).copied().unwrap_or(0));
            let expected = opening.copied().unwrap_or(0) + moved;
            if expected != *units {
                say(
                    &mut faults.doubled,
                    format!("{units} of product {product} stand, what was told leaves {expected}"),
                );
            }
        }
        faults
    }
}

/// `comptoir check` with the clients' ledger: the number of differences, each of them said.
pub fn check(place: &Place, ledger: &Path) -> usize {
    let output = place.run(&["check", "--ledger", &ledger.to_string_lossy()]);
    let said = text(&output.stdout);
    let last = said.lines().last().unwrap_or_default();
    let counted = last.strip_suffix(" differences").and_then(|count| count.parse::<usize>().ok());
    let passed = output.status.success() == (counted == Some(0));
    match counted {
        Some(0) if passed => 0,
        _ => {
            println!("DIFFERENT: comptoir check: {said}{}", text(&output.stderr));
            counted.unwrap_or(0).max(1)
        }
    }
}

async fn all<T>(db: &Db, sql: &'static str) -> Result<Vec<T>, sqlx::Error>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
}
