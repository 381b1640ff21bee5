//! A database of the benchmark's own, with a shop, its products and its tills.

use crate::{CLIENTS, till::Till};
use comptoir::{
    domain::{Category, Label, Money, Name, Pin, Product, ProductId, ShopId, Units, UserId},
    server::{
        catalogue::{self, Opening},
        clock::now_ms,
        db::{self, Db},
        people,
    },
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fs, path::PathBuf, sync::Arc};
use tokio::{runtime::Runtime, sync::Mutex};
use uuid::Uuid;

pub const PIN: &str = "2580";
/// As many as a large pharmacy's.
const PRODUCTS: usize = 20_000;
const OPENING_UNITS: i64 = 100_000_000;

pub struct Database {
    pub name: &'static str,
    pub url: String,
    pub db: Db,
    pub shop: ShopId,
    pub owner: UserId,
    pub products: Arc<[Product]>,
    pub tills: Vec<Arc<Mutex<Till>>>,
    /// What to remove at the end: a folder, or a database by this name behind this address.
    folder: Option<PathBuf>,
    server: Option<(String, String)>,
}

impl Database {
    /// SQLite, and Postgres where there is one.
    pub fn all(runtime: &Runtime) -> Vec<Self> {
        let id = Uuid::new_v4().simple();
        // Below the build's folder: a disk, not a temporary file system in memory.
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench_{id}"));
        fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite:{}", folder.join("shop.db").display());
        let sqlite = runtime.block_on(Self::new("SQLite", url, Some(folder), None));
        let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
            println!("TEST_POSTGRES_URL is not set: Postgres is not measured\n");
            return vec![sqlite];
        };
        let name = format!("bench_{id}");
        runtime.block_on(at(&base, format!("CREATE DATABASE {name}")));
        let url = format!("{}/{name}", base.rsplit_once('/').expect("a database in the URL").0);
        vec![sqlite, runtime.block_on(Self::new("Postgres", url, None, Some((base, name))))]
    }

    async fn new(name: &'static str, url: String, folder: Option<PathBuf>, server: Option<(String, String)>) -> Self {
        let db = db::open(&url).await.expect("a database");
        let (label, pin) = (|text| Label::new(text).expect("a label"), Pin::new(PIN).expect("a PIN"));
        let made = people::create_shop(&db, &label("Banc"), &label("Mariama"), &pin, now_ms()).await;
        let (shop, owner) = made.expect("a shop");
        let openings: Vec<Opening> = (0..PRODUCTS).map(opening).collect();
        catalogue::add(&db, shop, owner, &openings, now_ms()).await.expect("products");
        let products: Arc<[Product]> = openings.into_iter().map(|opening| opening.product).collect();
        let mut tills = Vec::new();
        for number in 0..CLIENTS {
            let till = Till::enrol(&db, shop, owner, number, products.clone()).await;
            tills.push(Arc::new(Mutex::new(till)));
        }
        Self { name, url, db, shop, owner, products, tills, folder, server }
    }

    pub async fn remove(all: Vec<Self>) {
        for database in all {
            database.db.close().await;
            if let Some(folder) = database.folder {
                fs::remove_dir_all(folder).expect("the folder is removed");
            }
            if let Some((base, name)) = database.server {
                at(&base, format!("DROP DATABASE {name}")).await;
            }
        }
    }
}

async fn at(base: &str, sql: String) {
    let mut admin = PgConnection::connect(base).await.expect("Postgres");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.expect("the database");
}

fn opening(number: usize) -> Opening {
    let product = Product {
        id: ProductId(Uuid::now_v7()),
        name: Name::new(&format!("Article {number:05} du banc d'essai")).expect("a name"),
        barcodes: Vec::new(),
        category: Category::new("Banc").expect("a category"),
        sale_price: Money::new(1_000 + 500 * (number as i64 % 40)).expect("a price"),
        purchase_price: Some(Money::new(750).expect("a price")),
        threshold: Units::ZERO,
        retired: false,
    };
    Opening { product, units: Units::new(OPENING_UNITS).expect("a stock") }
}
