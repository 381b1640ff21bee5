//! Enrolling this browser, and people signing in on it, with and without network.

use super::{
    handle::{SignInError, StorageProblem},
    measure::not_reached,
    pin::LocalPin,
    platform::{self, now_ms},
    read::people,
    shelf::Shelf,
};
use crate::{
    api,
    domain::{InstallationId, Label, Pin, UserId, user::PIN_TRIES_MAX},
    sync::{
        CallError,
        engine::{self, Contact, Installation, LocalTx, SessionState, Store, Write, keys},
        json,
        wire::{EnrolRequest, SignInAnswer, SignInRequest},
    },
};
use serde::{Serialize, de::DeserializeOwned};

const TIMEOUT_MS: i64 = 15_000;
/// A customer waits while one seller takes over from another.
const TAKE_OVER_MS: i64 = 4_000;
/// The people of the shop, for sign-in before the first sync.
pub const PEOPLE: &str = "people";

pub fn new_installation() -> (InstallationId, String) {
    let secret = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(|part| part.simple().to_string()).concat();
    (InstallationId(platform::new_id()), secret)
}

pub async fn enrol(shelf: &Shelf, code: String, name: Label) -> Result<(), SignInError> {
    let (installation, secret) = match read(shelf, keys::ENROLLING).await? {
        Some(begun) => begun,
        None => {
            let begun = new_installation();
            shelf.commit(engine::begin_enrolment(begun.0, &begun.1)).await?;
            begun
        }
    };
    let request = EnrolRequest { code, installation, secret: secret.clone(), name: name.clone() };
    let answer = platform::within(TIMEOUT_MS, api::enrol(request)).await.unwrap_or_else(not_reached)?;
    let enrolled = Installation {
        id: installation,
        secret,
        prefix: answer.prefix,
        name: name.to_string(),
        shop_name: answer.shop_name,
        holds_costs: answer.holds_costs,
    };
    put(shelf, PEOPLE, &answer.people).await?;
    shelf.carry_out(|device| Ok::<_, StorageProblem>(engine::enrolled(device, &enrolled).map(|tx| (tx, ())))).await?;
    Ok(())
}

/// Signs in with the server where it is reached; else the phone recognises who signed in on it before.
pub async fn sign_in(shelf: &Shelf, person: UserId, pin: Pin) -> Result<(), SignInError> {
    sign_in_within(TIMEOUT_MS, shelf, person, pin).await
}

/// Recognises who is at a locked phone. Its own person needs no server, so long as that does not ask for a PIN itself;
/// somebody else signs in, and the server is not waited for long where the phone knows them.
pub async fn unlock(shelf: &Shelf, person: UserId, pin: Pin) -> Result<(), SignInError> {
    let meta = shelf.device().await?.meta;
    let known = read::<LocalPin>(shelf, &keys::pin(person)).await?.is_some();
    if known && meta.session == SessionState::Open && meta.actor.is_some_and(|actor| actor.id == person) {
        match sign_in_offline(shelf, person, &pin, meta.session).await {
            // Perhaps a new one was given elsewhere: the server knows, and counts on its own.
            Err(SignInError::WrongPin { .. }) if platform::online() => {}
            done => return done,
        }
    }
    sign_in_within(if known { TAKE_OVER_MS } else { TIMEOUT_MS }, shelf, person, pin).await
}

/// A person who has signed in here has another PIN from now on, without network too.
pub async fn new_pin(shelf: &Shelf, person: UserId, pin: &Pin) -> Result<(), StorageProblem> {
    let key = keys::pin(person);
    if read::<LocalPin>(shelf, &key).await?.is_none() {
        return Ok(()); // whoever has not is not recognised here, and would sell in vain (G14)
    }
    match LocalPin::new(pin).await {
        Some(local) => put(shelf, &key, &local).await,
        None => Ok(()),
    }
}

async fn sign_in_within(wait_ms: i64, shelf: &Shelf, person: UserId, pin: Pin) -> Result<(), SignInError> {
    let device = shelf.device().await?;
    let Some(installation) = device.meta.installation else {
        return Err(SignInError::Refused(CallError::NotAllowed));
    };
    let request =
        SignInRequest { installation: installation.id, secret: installation.secret, person, pin: pin.clone() };
    let answered = match platform::online() {
        true => platform::within(wait_ms, api::sign_in(request)).await.unwrap_or_else(not_reached),
        false => not_reached(),
    };
    match answered {
        Ok(answer) => remember(shelf, &pin, answer).await,
        Err(CallError::NotReached { .. } | CallError::TryLater) => {
            sign_in_offline(shelf, person, &pin, device.meta.session).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn remember(shelf: &Shelf, pin: &Pin, answer: SignInAnswer) -> Result<(), SignInError> {
    // Without the browser's cryptography this person signs in online only.
    if let Some(local) = LocalPin::new(pin).await {
        put(shelf, &keys::pin(answer.person.id), &local).await?;
    }
    put(shelf, PEOPLE, &answer.people).await?;
    let now_ms = now_ms();
    let contact = Contact { server_ms: answer.server_now_ms, skew_ms: answer.server_now_ms - now_ms };
    let session = if answer.revoked { SessionState::Revoked } else { SessionState::Open };
    shelf.commit(engine::signed_in(&answer.person, session, Some(contact))).await?;
    Ok(())
}

async fn sign_in_offline(shelf: &Shelf, person: UserId, pin: &Pin, session: SessionState) -> Result<(), SignInError> {
    let mut people = people(shelf, &shelf.device().await?).await?;
    let key = keys::pin(person);
    let (Some(person), Some(local)) =
        (people.remove(&person).filter(|row| !row.retired), read::<LocalPin>(shelf, &key).await?)
    else {
        return Err(SignInError::NeedsNetwork);
    };
    if let Some(for_ms) = local.tries.locked_for_ms(now_ms()) {
        return Err(SignInError::Locked { for_ms });
    }
    // The try is on the disk before it is judged: a reload forgives nothing.
    let tries = local.tries.after_wrong(now_ms());
    put(shelf, &key, &local.with(tries)).await?;
    if !local.matches(pin).await {
        return Err(match tries.locked_for_ms(now_ms()) {
            Some(for_ms) => SignInError::Locked { for_ms },
            None => SignInError::WrongPin { tries_left: PIN_TRIES_MAX - tries.wrong % PIN_TRIES_MAX },
        });
    }
    put(shelf, &key, &local.with(Default::default())).await?;
    // Whoever is at the phone, the session that sends is the one it had.
    shelf.commit(engine::signed_in(&person, session, None)).await?;
    Ok(())
}

pub async fn read<T: DeserializeOwned>(shelf: &Shelf, key: &str) -> Result<Option<T>, StorageProblem> {
    let Some(stored) = shelf.storage().get(Store::Meta, key).await? else { return Ok(None) };
    let read = |_: &str, text: &str| json::read(text).map_err(|error| error.to_string());
    Ok(shelf.sound(Store::Meta, &[(key.to_owned(), stored)], read).await.0.pop())
}

async fn put<T: Serialize>(shelf: &Shelf, key: &str, value: &T) -> Result<(), StorageProblem> {
    let value = serde_json::to_string(value).map_err(|_| StorageProblem::Unavailable)?;
    let mut tx = LocalTx::strict();
    tx.writes.push(Write::Put { store: Store::Meta, key: key.to_owned(), value });
    shelf.commit(tx).await.map(drop)
}
