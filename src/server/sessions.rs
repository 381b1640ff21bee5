//! Signing in on an enrolled phone, and what the session cookie stands for.

use super::{
    ServerError,
    db::{Db, Tx, execute, fetch_optional},
    enrol, people, pin, secret,
    session::Session,
};
use crate::{
    domain::{InstallationId, ShopId, UserId, user::PIN_TRIES_MAX, user::PinTries},
    sync::{
        CallError,
        wire::{SignInAnswer, SignInRequest},
    },
};
use uuid::Uuid;

/// Sessions one person keeps on one phone: older ones are answers that were lost on the way.
const SESSIONS_PER_PHONE_MAX: i64 = 5;
/// Times the count of tries is read again because another try was counted in between.
const COUNT_RETRIES_MAX: usize = 20;

/// A session's token in hexadecimal, for the cookie and nothing else.
pub struct Token(pub String);

/// Checks the phone's secret, then the person's PIN, and opens a session. The try is counted before the PIN is looked
/// at, so that tries side by side cannot exceed the bound.
pub async fn sign_in(
    db: &Db,
    request: &SignInRequest,
    session_ms: i64,
    now_ms: i64,
) -> Result<(SignInAnswer, Token), ServerError> {
    let (phone, person) = read(db, request).await?;
    let tries = count_try(db, phone.shop, request.person, now_ms).await?;
    if !pin::verify(&request.pin, person.pin_hash.clone()).await? {
        return Err(match tries.locked_for_ms(now_ms) {
            Some(for_ms) => CallError::Locked { for_ms },
            None => CallError::WrongPin { tries_left: PIN_TRIES_MAX - tries.wrong % PIN_TRIES_MAX },
        }
        .into());
    }
    let mut tx = db.write().await?;
    let still = execute!(
        &mut tx,
        "UPDATE users SET wrong_tries = 0, locked_until_ms = 0 \
         WHERE shop_id = $1 AND id = $2 AND pin_hash = $3 AND NOT retired",
        phone.shop.0,
        request.person.0,
        person.pin_hash.as_str()
    )?;
    if still == 0 {
        return Err(CallError::TryLater.into()); // a new PIN was given since this one was looked at
    }
    // G14: from now on this person's mutations are accepted from this phone; not so from one that was revoked.
    if !phone.revoked {
        execute!(
            &mut tx,
            "INSERT INTO installation_actors (shop_id, installation_id, user_id, since_ms) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            phone.shop.0,
            request.installation.0,
            request.person.0,
            now_ms
        )?;
    }
    let token = open(&mut tx, phone.shop, request.person, request.installation, session_ms, now_ms).await?;
    // A revoked phone reads nothing of the shop.
    let mut people = people::list(&mut tx, phone.shop).await?;
    people.retain(|row| !phone.revoked || row.id == request.person);
    let person = people.iter().find(|row| row.id == request.person).cloned().ok_or(CallError::NotAllowed)?;
    tx.commit().await?;
    Ok((SignInAnswer { server_now_ms: now_ms, person, people, revoked: phone.revoked }, token))
}

struct Person {
    pin_hash: String,
}

async fn read(db: &Db, request: &SignInRequest) -> Result<(enrol::Stored, Person), ServerError> {
    let secret_hash = secret::hash_of_hex(&request.secret).ok_or(CallError::NotAllowed)?;
    let mut tx = db.read().await?;
    let phone = enrol::find(&mut tx, request.installation).await?.ok_or(CallError::NotAllowed)?;
    if !secret::same(&phone.secret_hash, &secret_hash) {
        return Err(CallError::NotAllowed.into());
    }
    let person: Option<(String,)> = fetch_optional!(
        &mut tx,
        (String,),
        "SELECT pin_hash FROM users WHERE shop_id = $1 AND id = $2 AND NOT retired",
        phone.shop.0,
        request.person.0
    )?;
    let (pin_hash,) = person.ok_or(CallError::NotAllowed)?;
    Ok((phone, Person { pin_hash }))
}

/// Counts one try as wrong until it proves right. Answers the count with this try in it.
async fn count_try(db: &Db, shop: ShopId, user: UserId, now_ms: i64) -> Result<PinTries, ServerError> {
    for _ in 0..COUNT_RETRIES_MAX {
        let mut tx = db.write().await?;
        let row: Option<(i64, i64)> = fetch_optional!(
            &mut tx,
            (i64, i64),
            "SELECT wrong_tries, locked_until_ms FROM users WHERE shop_id = $1 AND id = $2 AND NOT retired",
            shop.0,
            user.0
        )?;
        let (wrong, locked_until_ms) = row.ok_or(CallError::NotAllowed)?;
        let before = PinTries { wrong: u32::try_from(wrong).unwrap_or(u32::MAX), locked_until_ms };
        if let Some(for_ms) = before.locked_for_ms(now_ms) {
            return Err(CallError::Locked { for_ms }.into());
        }
        let after = before.after_wrong(now_ms);
        // On Postgres another try may have been counted since the row was read: then this one is read again.
        let counted = execute!(
            &mut tx,
            "UPDATE users SET wrong_tries = $3, locked_until_ms = $4 \
             WHERE shop_id = $1 AND id = $2 AND wrong_tries = $5 AND locked_until_ms = $6",
            shop.0,
            user.0,
            i64::from(after.wrong),
            after.locked_until_ms,
            wrong,
            locked_until_ms
        )?;
        if counted == 1 {
            tx.commit().await?;
            return Ok(after);
        }
    }
    Err(CallError::TryLater.into())
}

async fn open(
    tx: &mut Tx,
    shop: ShopId,
    user: UserId,
    installation: InstallationId,
    session_ms: i64,
    now_ms: i64,
) -> Result<Token, ServerError> {
    let token = secret::random::<{ secret::SECRET_BYTES }>()?;
    execute!(
        tx,
        "INSERT INTO sessions (shop_id, token_hash, user_id, installation_id, created_ms, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        shop.0,
        secret::hash(&token),
        user.0,
        installation.0,
        now_ms,
        now_ms + session_ms
    )?;
    execute!(
        tx,
        "DELETE FROM sessions WHERE shop_id = $1 AND token_hash IN (SELECT token_hash FROM sessions \
         WHERE shop_id = $1 AND user_id = $2 AND installation_id = $3 \
         ORDER BY created_ms DESC LIMIT 1000 OFFSET $4)",
        shop.0,
        user.0,
        installation.0,
        SESSIONS_PER_PHONE_MAX
    )?;
    Ok(Token(secret::to_hex(&token)))
}

/// A session for the new installation of a forked phone whose person is signed in, so that selling and sending go on
/// without a PIN.
pub async fn carry_over(
    db: &Db,
    session: &Session,
    forked: InstallationId,
    session_ms: i64,
    now_ms: i64,
) -> Result<Token, ServerError> {
    let mut tx = db.write().await?;
    let token = open(&mut tx, session.shop, session.user, forked, session_ms, now_ms).await?;
    tx.commit().await?;
    Ok(token)
}

/// Who a token stands for now; `None` once it expired, its person retired, or it never was one.
pub async fn find(db: &Db, token: &str, now_ms: i64) -> Result<Option<Session>, ServerError> {
    type Row = (Uuid, Uuid, String, Uuid, bool, Option<i64>);
    let Some(token_hash) = secret::hash_of_hex(token) else { return Ok(None) };
    let mut tx = db.read().await?;
    let row: Option<Row> = fetch_optional!(
        &mut tx,
        Row,
        "SELECT s.shop_id, s.user_id, u.role, s.installation_id, i.holds_costs, i.revoked_ms FROM sessions s \
         JOIN users u ON u.shop_id = s.shop_id AND u.id = s.user_id \
         JOIN installations i ON i.shop_id = s.shop_id AND i.id = s.installation_id \
         WHERE s.token_hash = $1 AND s.expires_ms > $2 AND NOT u.retired",
        token_hash,
        now_ms
    )?;
    let Some((shop, user, role, installation, holds_costs, revoked_ms)) = row else { return Ok(None) };
    Ok(Some(Session {
        shop: ShopId(shop),
        user: UserId(user),
        role: people::role_of(&role)?,
        installation: InstallationId(installation),
        holds_costs,
        revoked: revoked_ms.is_some(),
    }))
}

pub async fn sign_out(db: &Db, token: &str) -> Result<(), ServerError> {
    let Some(token_hash) = secret::hash_of_hex(token) else { return Ok(()) };
    let mut tx = db.write().await?;
    execute!(&mut tx, "DELETE FROM sessions WHERE token_hash = $1", token_hash)?;
    Ok(tx.commit().await?)
}

/// Forgets expired sessions and enrolment codes; answers how many of both.
pub async fn clean_up(db: &Db, now_ms: i64) -> Result<u64, ServerError> {
    let mut tx = db.write().await?;
    let sessions = execute!(&mut tx, "DELETE FROM sessions WHERE expires_ms <= $1", now_ms)?;
    let codes = execute!(&mut tx, "DELETE FROM enrol_codes WHERE expires_ms <= $1", now_ms - enrol::CODE_MEMORY_MS)?;
    tx.commit().await?;
    Ok(sessions + codes)
}
