//! Making a browser an installation of a shop, and a cloned one an installation of its own (G20).

use super::{
    ServerError, counter,
    db::{Db, Tx, execute, fetch_all, fetch_one, fetch_optional},
    people, secret,
};
use crate::{
    domain::{InstallationId, Label, ShopId, receipt},
    sync::{
        CallError,
        wire::{CODES_MAX, EnrolAnswer, EnrolRequest, ForkRequest},
    },
};
use uuid::Uuid;

/// How long an enrolment code may be used.
pub const CODE_LIFE_MS: i64 = 15 * 60_000;
/// How long a used or expired code is remembered, so that a phone whose answer was lost gets it again.
pub const CODE_MEMORY_MS: i64 = 24 * 3_600_000;
/// Installations one installation may be forked into. A phone is cloned once or twice in its life; receipt prefixes
/// are finite.
const FORKS_MAX: i64 = 20;
/// Draws before giving up on a code no shop has in use.
const CODE_DRAWS_MAX: usize = 20;

/// A new enrolment code of a shop, as a person types it. Only its hash is stored. Each code that waits for its phone makes
/// guessing one easier, so that a shop has few at once: a further one ends the oldest.
pub async fn create_code(db: &Db, shop: ShopId, holds_costs: bool, now_ms: i64) -> Result<String, ServerError> {
    for _ in 0..CODE_DRAWS_MAX {
        let code = secret::code()?;
        let hash = secret::hash(code.as_bytes());
        let mut tx = db.write().await?;
        let added = execute!(
            &mut tx,
            "INSERT INTO enrol_codes (shop_id, code_hash, holds_costs, expires_ms) SELECT $1, $2, $3, $4 \
             WHERE NOT EXISTS (SELECT 1 FROM enrol_codes WHERE code_hash = $2)",
            shop.0,
            hash.as_slice(),
            holds_costs,
            now_ms + CODE_LIFE_MS
        )?;
        if added == 1 {
            end_oldest(&mut tx, shop, &hash, now_ms).await?;
            tx.commit().await?;
            return Ok(code);
        }
    }
    Err(CallError::TryLater.into())
}

/// Never the `newest`, whatever the clock said when the others were made.
async fn end_oldest(tx: &mut Tx, shop: ShopId, newest: &[u8], now_ms: i64) -> Result<(), ServerError> {
    execute!(
        tx,
        "DELETE FROM enrol_codes WHERE shop_id = $1 AND code_hash IN (SELECT code_hash FROM enrol_codes \
         WHERE shop_id = $1 AND used_by IS NULL AND expires_ms > $2 AND code_hash <> $4 \
         ORDER BY expires_ms DESC, code_hash LIMIT 1000 OFFSET $3)",
        shop.0,
        now_ms,
        CODES_MAX - 1,
        newest
    )?;
    Ok(())
}

/// Enrols a phone. Asked again by the same installation with the same secret and code, it answers the same.
pub async fn enrol(db: &Db, request: &EnrolRequest, now_ms: i64) -> Result<EnrolAnswer, ServerError> {
    let code_hash = secret::hash_of_code(&request.code).ok_or(CallError::WrongCode)?;
    let secret_hash = hash_of_secret(&request.secret)?;
    may_be_a_phone(request.installation)?;
    let mut tx = db.write().await?;
    let code = find_code(&mut tx, &code_hash, request.installation, now_ms).await?;
    // Taking the prefix locks the shop's row, so that two phones with one code come one after the other.
    if let Some(stored) = find(&mut tx, request.installation).await? {
        if stored.revoked {
            return Err(CallError::Revoked.into());
        }
        return answer_again(&mut tx, code.shop, &secret_hash, stored).await;
    }
    let new = New {
        shop: code.shop,
        id: request.installation,
        secret_hash: &secret_hash,
        name: &request.name,
        holds_costs: code.holds_costs,
        forked_from: None,
        revoked: false,
    };
    let prefix = insert(&mut tx, &new, now_ms).await?;
    let taken = execute!(
        &mut tx,
        "UPDATE enrol_codes SET used_by = $3 WHERE shop_id = $1 AND code_hash = $2 AND used_by IS NULL",
        code.shop.0,
        code_hash.as_slice(),
        request.installation.0
    )?;
    if taken == 0 {
        return Err(CallError::WrongCode.into());
    }
    let answer = answer(&mut tx, code.shop, prefix, code.holds_costs, false).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Makes a cloned or restored phone an installation of its own, with the people who have signed in on it. Asked again
/// with the same ids and secrets, it answers the same. The fork of a revoked phone is revoked too: it hands in what it
/// holds, and reads nothing.
pub async fn fork(db: &Db, request: &ForkRequest, now_ms: i64) -> Result<EnrolAnswer, ServerError> {
    let (old_hash, new_hash) = (hash_of_secret(&request.secret)?, hash_of_secret(&request.new_secret)?);
    may_be_a_phone(request.new_installation)?;
    let mut tx = db.write().await?;
    let old = find(&mut tx, request.installation).await?.ok_or(CallError::NotAllowed)?;
    if !secret::same(&old.secret_hash, &old_hash) {
        return Err(CallError::NotAllowed.into());
    }
    if let Some(stored) = find(&mut tx, request.new_installation).await? {
        return answer_again(&mut tx, old.shop, &new_hash, stored).await;
    }
    let (forks,): (i64,) = fetch_one!(
        &mut tx,
        (i64,),
        "SELECT COUNT(*) FROM installations WHERE shop_id = $1 AND forked_from = $2",
        old.shop.0,
        request.installation.0
    )?;
    if forks >= FORKS_MAX {
        return Err(CallError::NotAllowed.into());
    }
    let name = Label::new(&old.name)?;
    let new = New {
        shop: old.shop,
        id: request.new_installation,
        secret_hash: &new_hash,
        name: &name,
        holds_costs: old.holds_costs,
        forked_from: Some(request.installation),
        revoked: old.revoked,
    };
    let prefix = insert(&mut tx, &new, now_ms).await?;
    // What these people queued on the old installation is sent by the new one (G14).
    execute!(
        &mut tx,
        "INSERT INTO installation_actors (shop_id, installation_id, user_id, since_ms) \
         SELECT shop_id, $3, user_id, since_ms FROM installation_actors WHERE shop_id = $1 AND installation_id = $2",
        old.shop.0,
        request.installation.0,
        request.new_installation.0
    )?;
    let answer = answer(&mut tx, old.shop, prefix, old.holds_costs, old.revoked).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a phone's right to the shop. What it still holds is accepted into quarantine (G14).
pub async fn revoke(db: &Db, shop: ShopId, installation: InstallationId, now_ms: i64) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    let found = execute!(
        &mut tx,
        "UPDATE installations SET revoked_ms = COALESCE(revoked_ms, $3) WHERE shop_id = $1 AND id = $2",
        shop.0,
        installation.0,
        now_ms
    )?;
    if found == 0 {
        return Err(CallError::NotAllowed.into());
    }
    Ok(tx.commit().await?)
}

struct Code {
    shop: ShopId,
    holds_costs: bool,
}

/// The code, if this installation may use it now or has used it.
async fn find_code(
    tx: &mut Tx,
    code_hash: &[u8],
    installation: InstallationId,
    now_ms: i64,
) -> Result<Code, ServerError> {
    let rows: Vec<(Uuid, bool, i64, Option<Uuid>)> = fetch_all!(
        tx,
        (Uuid, bool, i64, Option<Uuid>),
        "SELECT shop_id, holds_costs, expires_ms, used_by FROM enrol_codes WHERE code_hash = $1 LIMIT 2",
        code_hash
    )?;
    // Two shops drew one code at the same moment on two servers: nobody can tell which is meant.
    let [(shop, holds_costs, expires_ms, used_by)] = rows.as_slice() else {
        return Err(CallError::WrongCode.into());
    };
    match used_by {
        Some(user) if *user == installation.0 => {}
        None if now_ms < *expires_ms => {}
        _ => return Err(CallError::WrongCode.into()),
    }
    Ok(Code { shop: ShopId(*shop), holds_costs: *holds_costs })
}

/// What the server keeps of a phone.
pub struct Stored {
    pub shop: ShopId,
    pub name: String,
    pub prefix: String,
    pub secret_hash: Vec<u8>,
    pub holds_costs: bool,
    pub revoked: bool,
}

pub async fn find(tx: &mut Tx, installation: InstallationId) -> Result<Option<Stored>, ServerError> {
    type Row = (Uuid, String, String, Vec<u8>, bool, Option<i64>);
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "SELECT shop_id, name, prefix, secret_hash, holds_costs, revoked_ms FROM installations WHERE id = $1",
        installation.0
    )?;
    Ok(row.map(|(shop, name, prefix, secret_hash, holds_costs, revoked_ms)| Stored {
        shop: ShopId(shop),
        name,
        prefix,
        secret_hash,
        holds_costs,
        revoked: revoked_ms.is_some(),
    }))
}

struct New<'a> {
    shop: ShopId,
    id: InstallationId,
    secret_hash: &'a [u8],
    name: &'a Label,
    holds_costs: bool,
    forked_from: Option<InstallationId>,
    revoked: bool,
}

async fn insert(tx: &mut Tx, new: &New<'_>, now_ms: i64) -> Result<String, ServerError> {
    let (enrolled,): (i64,) = fetch_one!(
        tx,
        (i64,),
        "UPDATE shops SET installations = installations + 1 WHERE id = $1 RETURNING installations",
        new.shop.0
    )?;
    let prefix = u32::try_from(enrolled - 1).ok().and_then(receipt::prefix);
    let prefix = prefix.ok_or_else(|| CallError::BadRequest { detail: "no receipt prefix is left".into() })?;
    let change = counter::take(tx, new.shop, 1).await?;
    execute!(
        tx,
        "INSERT INTO installations \
         (shop_id, id, name, prefix, secret_hash, holds_costs, forked_from, created_ms, revoked_ms, change) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.shop.0,
        new.id.0,
        new.name.as_str(),
        prefix.as_str(),
        new.secret_hash,
        new.holds_costs,
        new.forked_from.map(|from| from.0),
        now_ms,
        new.revoked.then_some(now_ms),
        change
    )?;
    Ok(prefix)
}

async fn answer_again(
    tx: &mut Tx,
    shop: ShopId,
    secret_hash: &[u8],
    stored: Stored,
) -> Result<EnrolAnswer, ServerError> {
    if stored.shop != shop || !secret::same(&stored.secret_hash, secret_hash) {
        return Err(CallError::NotAllowed.into());
    }
    answer(tx, shop, stored.prefix, stored.holds_costs, stored.revoked).await
}

async fn answer(
    tx: &mut Tx,
    shop: ShopId,
    prefix: String,
    holds_costs: bool,
    revoked: bool,
) -> Result<EnrolAnswer, ServerError> {
    let (shop_name,): (String,) = fetch_one!(&mut *tx, (String,), "SELECT name FROM shops WHERE id = $1", shop.0)?;
    let people = if revoked { Vec::new() } else { people::list(tx, shop).await? };
    Ok(EnrolAnswer { shop_name, prefix, holds_costs, people })
}

/// The nil UUID names nothing; the first phone to take it would keep it from every other shop's.
fn may_be_a_phone(installation: InstallationId) -> Result<(), CallError> {
    if installation.0.is_nil() { Err(CallError::bad_request("the nil UUID names nothing")) } else { Ok(()) }
}

fn hash_of_secret(hex: &str) -> Result<Vec<u8>, CallError> {
    let wrong = || CallError::BadRequest { detail: "a secret is 64 hexadecimal digits".into() };
    secret::hash_of_hex(hex).ok_or_else(wrong)
}
