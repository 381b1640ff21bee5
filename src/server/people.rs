//! Shops and the people who work in them.

use super::{
    ServerError, counter,
    db::{Db, Tx, execute, fetch_all, fetch_optional},
    pin,
};
use crate::{
    domain::{Label, Pin, Role, ShopId, UserId},
    sync::{CallError, wire::PersonRow},
};
use uuid::Uuid;

/// People in one shop, the retired included.
pub const PEOPLE_MAX: i64 = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    pub id: ShopId,
    pub name: String,
}

/// Why the operator's words named no shop.
#[derive(Debug, thiserror::Error)]
pub enum FindShopError {
    #[error("there is no shop yet: `comptoir shop add` begins one, `comptoir demo` makes one to try things with")]
    None,
    #[error("no shop is called {0:?}; there are: {1}")]
    Unknown(String, String),
    #[error("several shops fit; name one by its id: {0}")]
    Several(String),
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Creates a shop with its first owner.
pub async fn create_shop(
    db: &Db,
    name: &Label,
    owner: &Label,
    pin: &Pin,
    now_ms: i64,
) -> Result<(ShopId, UserId), ServerError> {
    let (shop, history, pin_hash) = (ShopId(Uuid::now_v7()), Uuid::new_v4(), pin::hash(pin).await?);
    let mut tx = db.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO shops (id, name, history_id, counter, change, created_ms) VALUES ($1, $2, $3, 1, 1, $4)",
        shop.0,
        name.as_str(),
        history,
        now_ms
    )?;
    let owner = insert(&mut tx, shop, owner, Role::Owner, &pin_hash).await?;
    tx.commit().await?;
    Ok((shop, owner))
}

pub async fn add_user(db: &Db, shop: ShopId, name: &Label, role: Role, pin: &Pin) -> Result<UserId, ServerError> {
    let pin_hash = pin::hash(pin).await?;
    let mut tx = db.write().await?;
    let user = insert(&mut tx, shop, name, role, &pin_hash).await?;
    tx.commit().await?;
    Ok(user)
}

async fn insert(tx: &mut Tx, shop: ShopId, name: &Label, role: Role, pin_hash: &str) -> Result<UserId, ServerError> {
    let (user, change) = (UserId(Uuid::now_v7()), counter::take(tx, shop, 1).await?);
    let added = execute!(
        tx,
        "INSERT INTO users (shop_id, id, name, role, pin_hash, change) \
         SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM users WHERE shop_id = $1) < $7",
        shop.0,
        user.0,
        name.as_str(),
        role_name(role),
        pin_hash,
        change,
        PEOPLE_MAX
    )?;
    if added == 0 {
        return Err(CallError::BadRequest { detail: format!("a shop has at most {PEOPLE_MAX} people") }.into());
    }
    Ok(user)
}

/// Gives a person a new PIN: locks are lifted, and whoever is signed in with the old one must sign in again.
pub async fn reset_pin(db: &Db, shop: ShopId, user: UserId, pin: &Pin) -> Result<(), ServerError> {
    let pin_hash = pin::hash(pin).await?;
    let mut tx = db.write().await?;
    let found = execute!(
        &mut tx,
        "UPDATE users SET pin_hash = $3, wrong_tries = 0, locked_until_ms = 0 WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0,
        pin_hash.as_str()
    )?;
    if found == 0 {
        return Err(CallError::NotAllowed.into());
    }
    execute!(&mut tx, "DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2", shop.0, user.0)?;
    Ok(tx.commit().await?)
}

/// A person who left: signed out everywhere, known to past sales for ever.
pub async fn retire(db: &Db, shop: ShopId, user: UserId) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    let change = counter::take(&mut tx, shop, 1).await?;
    let found = execute!(
        &mut tx,
        "UPDATE users SET retired = TRUE, change = $3 WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0,
        change
    )?;
    if found == 0 {
        return Err(CallError::NotAllowed.into());
    }
    execute!(&mut tx, "DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2", shop.0, user.0)?;
    Ok(tx.commit().await?)
}

/// The shop's people in the order they came.
pub async fn list(tx: &mut Tx, shop: ShopId) -> Result<Vec<PersonRow>, ServerError> {
    let rows: Vec<(Uuid, String, String, bool)> = fetch_all!(
        tx,
        (Uuid, String, String, bool),
        "SELECT id, name, role, retired FROM users WHERE shop_id = $1 ORDER BY id",
        shop.0
    )?;
    rows.into_iter().map(|(id, name, role, retired)| person(id, &name, &role, retired)).collect()
}

pub fn person(id: Uuid, name: &str, role: &str, retired: bool) -> Result<PersonRow, ServerError> {
    Ok(PersonRow { id: UserId(id), name: Label::new(name)?, role: role_of(role)?, retired })
}

/// The shop an operator names by name or id; without a word, the only one there is.
pub async fn find_shop(db: &Db, wanted: Option<&str>) -> Result<Shop, FindShopError> {
    let shops = shops(db).await?;
    let fits = |shop: &&Shop| match wanted {
        Some(wanted) => shop.name == wanted.trim() || shop.id.to_string() == wanted.trim(),
        None => true,
    };
    let found: Vec<&Shop> = shops.iter().filter(fits).collect();
    let names = |shops: &[&Shop]| {
        shops.iter().map(|shop| format!("{} ({})", shop.name, shop.id)).collect::<Vec<_>>().join(", ")
    };
    match (found.as_slice(), wanted) {
        ([one], _) => Ok((*one).clone()),
        ([], Some(wanted)) if !shops.is_empty() => {
            Err(FindShopError::Unknown(wanted.to_owned(), names(&shops.iter().collect::<Vec<_>>())))
        }
        ([], _) => Err(FindShopError::None),
        (several, _) => Err(FindShopError::Several(names(several))),
    }
}

/// Every shop, for the operator's own eyes.
pub async fn shops(db: &Db) -> Result<Vec<Shop>, ServerError> {
    let mut tx = db.read().await?;
    let rows: Vec<(Uuid, String)> =
        fetch_all!(&mut tx, (Uuid, String), "SELECT id, name FROM shops ORDER BY id LIMIT 1000")?;
    Ok(rows.into_iter().map(|(id, name)| Shop { id: ShopId(id), name }).collect())
}

/// The shop's people as the operator sees them.
pub async fn of_shop(db: &Db, shop: ShopId) -> Result<Vec<PersonRow>, ServerError> {
    list(&mut db.read().await?, shop).await
}

/// The shop's first owner: who stands behind what the operator does from the command line.
pub async fn first_owner(db: &Db, shop: ShopId) -> Result<Option<UserId>, ServerError> {
    let mut tx = db.read().await?;
    let row: Option<(Uuid,)> = fetch_optional!(
        &mut tx,
        (Uuid,),
        "SELECT id FROM users WHERE shop_id = $1 AND role = 'owner' AND NOT retired ORDER BY id LIMIT 1",
        shop.0
    )?;
    Ok(row.map(|(id,)| UserId(id)))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Employee => "employee",
    }
}

pub fn role_of(stored: &str) -> Result<Role, ServerError> {
    Ok(serde_json::from_value(serde_json::Value::from(stored))?)
}
