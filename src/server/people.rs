//! Shops and the people who work in them.

use super::{
    ServerError, counter,
    db::{Db, Tx, execute, fetch_all, fetch_optional},
    pin,
};
use crate::{
    domain::{InstallationId, Label, Pin, Role, ShopId, UserId},
    sync::{
        CallError,
        wire::{PEOPLE_MAX, PersonRow},
    },
};
use uuid::Uuid;

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
    let owner = PersonRow { id: UserId(Uuid::now_v7()), name: owner.clone(), role: Role::Owner, retired: false };
    insert(&mut tx, shop, &owner, &pin_hash).await?;
    tx.commit().await?;
    Ok((shop, owner.id))
}

/// Adds somebody under an id of the server's own.
pub async fn add_user(db: &Db, shop: ShopId, name: &Label, role: Role, pin: &Pin) -> Result<UserId, ServerError> {
    Ok(add(db, shop, UserId(Uuid::now_v7()), name, role, pin).await?.id)
}

/// Adds somebody under an id that whoever asks has made. Asked again with the same, they are there; an id that names
/// somebody else stays theirs.
pub async fn add(
    db: &Db,
    shop: ShopId,
    id: UserId,
    name: &Label,
    role: Role,
    pin: &Pin,
) -> Result<PersonRow, ServerError> {
    let wanted = PersonRow { id, name: name.clone(), role, retired: false };
    if let Some(found) = read(&mut db.read().await?, shop, id).await? {
        return same(found, wanted, pin).await;
    }
    let pin_hash = pin::hash(pin).await?;
    let mut tx = db.write().await?;
    if !insert(&mut tx, shop, &wanted, &pin_hash).await? {
        // Asked twice at once: the other one was first.
        let found = read(&mut tx, shop, id).await?.ok_or(CallError::TooMany)?;
        drop(tx);
        return same(found, wanted, pin).await;
    }
    tx.commit().await?;
    Ok(wanted)
}

/// Whether somebody who is there is who was to be added.
async fn same((found, pin_hash): (PersonRow, String), wanted: PersonRow, pin: &Pin) -> Result<PersonRow, ServerError> {
    match found == wanted && pin::verify(pin, pin_hash).await? {
        true => Ok(found),
        false => Err(CallError::Exists.into()),
    }
}

/// `false` where the id is taken or the shop is full: nothing was written but the counter, and the transaction ends.
async fn insert(tx: &mut Tx, shop: ShopId, new: &PersonRow, pin_hash: &str) -> Result<bool, ServerError> {
    let change = counter::take(tx, shop, 1).await?;
    let added = execute!(
        tx,
        "INSERT INTO users (shop_id, id, name, role, pin_hash, change) \
         SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM users WHERE shop_id = $1) < $7 \
         ON CONFLICT DO NOTHING",
        shop.0,
        new.id.0,
        new.name.as_str(),
        role_name(new.role),
        pin_hash,
        change,
        PEOPLE_MAX
    )?;
    Ok(added == 1)
}

/// Makes an owner of somebody, or an employee. The sessions they have go on: what they may do is asked each time.
pub async fn set_role(db: &Db, shop: ShopId, user: UserId, role: Role) -> Result<PersonRow, ServerError> {
    let mut tx = db.write().await?;
    let change = counter::take(&mut tx, shop, 1).await?;
    let person = active(&mut tx, shop, user).await?;
    if person.role == role {
        return Ok(person);
    }
    if role != Role::Owner {
        another_owner(&mut tx, shop, user).await?;
    }
    execute!(
        &mut tx,
        "UPDATE users SET role = $3, change = $4 WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0,
        role_name(role),
        change
    )?;
    tx.commit().await?;
    Ok(PersonRow { role, ..person })
}

/// Gives a person a new PIN: locks are lifted, and whoever is signed in with the old one must sign in again, but for
/// that person on the phone `kept`.
pub async fn reset_pin(
    db: &Db,
    shop: ShopId,
    user: UserId,
    pin: &Pin,
    kept: Option<InstallationId>,
) -> Result<PersonRow, ServerError> {
    let pin_hash = pin::hash(pin).await?;
    let mut tx = db.write().await?;
    // From here on their row is locked: who signs in with the old PIN meanwhile finds it gone.
    execute!(
        &mut tx,
        "UPDATE users SET pin_hash = $3, wrong_tries = 0, locked_until_ms = 0 WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0,
        pin_hash.as_str()
    )?;
    let person = active(&mut tx, shop, user).await?;
    execute!(
        &mut tx,
        "DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2 AND installation_id <> $3",
        shop.0,
        user.0,
        kept.map_or(Uuid::nil(), |kept| kept.0)
    )?;
    tx.commit().await?;
    Ok(person)
}

/// A person who left: signed out everywhere, known to past sales for ever. The only owner stays.
pub async fn retire(db: &Db, shop: ShopId, user: UserId) -> Result<PersonRow, ServerError> {
    let mut tx = db.write().await?;
    let change = counter::take(&mut tx, shop, 1).await?;
    let (person, _) = read(&mut tx, shop, user).await?.ok_or(CallError::NotAllowed)?;
    if person.retired {
        return Ok(person);
    }
    if person.role == Role::Owner {
        another_owner(&mut tx, shop, user).await?;
    }
    execute!(
        &mut tx,
        "UPDATE users SET retired = TRUE, change = $3 WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0,
        change
    )?;
    execute!(&mut tx, "DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2", shop.0, user.0)?;
    tx.commit().await?;
    Ok(PersonRow { retired: true, ..person })
}

/// Somebody of the shop, and the hash of their PIN.
async fn read(tx: &mut Tx, shop: ShopId, user: UserId) -> Result<Option<(PersonRow, String)>, ServerError> {
    let row: Option<(String, String, bool, String)> = fetch_optional!(
        tx,
        (String, String, bool, String),
        "SELECT name, role, retired, pin_hash FROM users WHERE shop_id = $1 AND id = $2",
        shop.0,
        user.0
    )?;
    let Some((name, role, retired, pin_hash)) = row else { return Ok(None) };
    Ok(Some((person(user.0, &name, &role, retired)?, pin_hash)))
}

/// Somebody of the shop who has not left.
async fn active(tx: &mut Tx, shop: ShopId, user: UserId) -> Result<PersonRow, ServerError> {
    let found = read(tx, shop, user).await?.map(|(person, _)| person).filter(|person| !person.retired);
    Ok(found.ok_or(CallError::NotAllowed)?)
}

/// Without an owner nobody could decide anything in the shop any more. Asked under the shop's counter, so that two
/// owners who retire each other at once do not both leave.
async fn another_owner(tx: &mut Tx, shop: ShopId, but: UserId) -> Result<(), ServerError> {
    let other: Option<(Uuid,)> = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT id FROM users WHERE shop_id = $1 AND role = 'owner' AND NOT retired AND id <> $2 LIMIT 1",
        shop.0,
        but.0
    )?;
    other.map(drop).ok_or(CallError::LastOwner.into())
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
