//! The shop every run begins with: the same ids in every world, so that a seed's trace is the same to the last byte.
//! Enrolling and signing in are not what is simulated; what they leave behind is written here.

use super::stage::BEGIN_MS;
use comptoir::{
    domain::*,
    server::{catalogue, db::Db, secret, session::Session},
    sync::{engine::Installation, wire::PersonRow},
};
use uuid::Uuid;

pub const SHOP: ShopId = ShopId(Uuid::from_u128(0x01));
pub const HISTORY: Uuid = Uuid::from_u128(0x02);
/// The owner, and three who sell.
pub const PEOPLE: usize = 4;
pub const PHONES: usize = 8;
pub const PRODUCTS: usize = 8;
pub const PRICE_GNF: i64 = 1_000;
/// A session's life.
pub const SESSION_MS: i64 = 90 * 86_400_000;

pub fn person(n: usize) -> PersonRow {
    let role = if n == 0 { Role::Owner } else { Role::Employee };
    PersonRow {
        id: UserId(Uuid::from_u128(0x10 + n as u128)),
        name: label(&format!("Person {n}")),
        role,
        retired: false,
    }
}

pub fn product(n: usize) -> ProductId {
    ProductId(Uuid::from_u128(0x1000 + n as u128))
}

/// Every other phone is marked as the owner's.
pub fn installation(n: usize) -> Installation {
    Installation {
        id: InstallationId(Uuid::from_u128(0x100 + n as u128)),
        secret: "ab".repeat(secret::SECRET_BYTES),
        prefix: receipt::prefix(n as u32).expect("eight phones have prefixes"),
        name: format!("Phone {n}"),
        shop_name: "Shop".into(),
        holds_costs: n.is_multiple_of(2),
    }
}

pub fn session(installation: &Installation, person: &PersonRow) -> Session {
    Session {
        shop: SHOP,
        user: person.id,
        role: person.role,
        installation: installation.id,
        holds_costs: installation.holds_costs,
        revoked: false,
    }
}

pub fn label(text: &str) -> Label {
    Label::new(text).expect("a label of ours")
}

/// A statement on either database. The values are bound in order.
macro_rules! write {
    ($db:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $db {
            comptoir::server::db::Db::Sqlite { writer, .. } => {
                sqlx::query(sqlx::AssertSqlSafe($sql))$(.bind($value))*.execute(writer).await.map(drop)
            }
            comptoir::server::db::Db::Postgres(pool) => {
                sqlx::query(sqlx::AssertSqlSafe($sql))$(.bind($value))*.execute(pool).await.map(drop)
            }
        }
    };
}
/// All rows of a query on either database.
macro_rules! read {
    ($db:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $db {
            comptoir::server::db::Db::Sqlite { readers, .. } => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_all(readers).await
            }
            comptoir::server::db::Db::Postgres(pool) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_all(pool).await
            }
        }
    };
}
pub(crate) use {read, write};

/// People, phones, and who has signed in on which: everybody everywhere.
pub async fn found(db: &Db) -> Result<(), sqlx::Error> {
    write!(
        db,
        "INSERT INTO shops (id, name, history_id, counter, change, installations, created_ms)
         VALUES ($1, 'Shop', $2, $3, 1, $4, $5)",
        SHOP.0,
        HISTORY,
        PEOPLE as i64 + 1,
        PHONES as i64,
        BEGIN_MS
    )?;
    for n in 0..PEOPLE {
        let person = person(n);
        let role = if person.role == Role::Owner { "owner" } else { "employee" };
        write!(
            db,
            "INSERT INTO users (shop_id, id, name, role, pin_hash, change) VALUES ($1, $2, $3, $4, '', $5)",
            SHOP.0,
            person.id.0,
            person.name.as_str(),
            role,
            n as i64 + 2
        )?;
    }
    for n in 0..PHONES {
        let own = installation(n);
        write!(
            db,
            "INSERT INTO installations (shop_id, id, name, prefix, secret_hash, holds_costs, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            SHOP.0,
            own.id.0,
            own.name,
            own.prefix,
            secret::hash_of_hex(&own.secret).expect("a secret"),
            own.holds_costs,
            BEGIN_MS
        )?;
        for person in (0..PEOPLE).map(person) {
            write!(
                db,
                "INSERT INTO installation_actors (shop_id, installation_id, user_id, since_ms) VALUES ($1, $2, $3, $4)",
                SHOP.0, own.id.0, person.id.0, BEGIN_MS
            )?;
        }
    }
    Ok(())
}

/// The products a world begins with.
pub fn openings(count: usize, units: i64) -> Vec<catalogue::Opening> {
    let opening = |n: usize| catalogue::Opening {
        product: Product {
            id: product(n),
            name: Name::new(&format!("Product {n}")).expect("a name"),
            barcodes: Vec::new(),
            category: Category::new("").expect("no category"),
            sale_price: Money::new(PRICE_GNF).expect("a price"),
            purchase_price: Money::new(PRICE_GNF / 2).ok(),
            threshold: Units::ZERO,
            retired: false,
        },
        units: Units::new(units).expect("a stock"),
    };
    (0..count.min(PRODUCTS)).map(opening).collect()
}
