//! PIN hashes. Argon2 costs memory and time on purpose, so it runs beside the runtime's workers and only a few at a
//! time: a crowd that signs in waits its turn instead of exhausting the machine.

use super::ServerError;
use crate::domain::Pin;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, Output, PasswordHash, PasswordHasher, Salt, SaltString},
};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Hashes computed at once, of 19 MiB each (argon2's default).
const AT_ONCE: usize = 2;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// What the last hashes were computed in, for the next ones. Allocated anew each time, every thread that ever checked a
/// PIN would keep its 19 MiB: an allocator does not give such blocks back.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// A PHC string with a salt of its own.
pub async fn hash(pin: &Pin) -> Result<String, ServerError> {
    let salt = SaltString::encode_b64(&super::secret::random::<16>()?)?;
    let pin = pin.clone();
    beside(move || Ok(Argon2::default().hash_password(pin.expose().as_bytes(), &salt)?.to_string())).await
}

pub async fn verify(pin: &Pin, phc: String) -> Result<bool, ServerError> {
    let pin = pin.clone();
    beside(move || {
        let stored = PasswordHash::new(&phc)?;
        // Compared in constant time.
        Ok(stored.hash.is_some_and(|output| same_parameters(&stored, pin.expose(), output).as_ref() == Ok(&output)))
    })
    .await
}

/// The PIN's hash with the algorithm, parameters and salt of a stored one.
fn same_parameters(stored: &PasswordHash, pin: &str, output: Output) -> password_hash::Result<Output> {
    let algorithm = Algorithm::try_from(stored.algorithm)?;
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from)?;
    let params = Params::try_from(stored)?;
    let mut salt = [0; Salt::MAX_LENGTH];
    let salt = stored.salt.ok_or(password_hash::Error::PhcStringField)?.decode_b64(&mut salt)?;
    let blocks = params.block_count();
    let argon2 = Argon2::new(algorithm, version, params);
    let mut memory = kept_memory().pop().unwrap_or_default();
    memory.resize(memory.len().max(blocks), Block::default());
    let hashed = Output::init_with(output.len(), |out| {
        Ok(argon2.hash_password_into_with_memory(pin.as_bytes(), salt, out, &mut memory)?)
    });
    kept_memory().push(memory);
    hashed
}

fn kept_memory() -> std::sync::MutexGuard<'static, Vec<Vec<Block>>> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner) // a list of scratch memory is never half-changed
}

async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServerError> + Send + 'static,
) -> Result<T, ServerError> {
    let _turn = TURNS.acquire().await.map_err(|_| ServerError::Stopping)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| ServerError::Stopping)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pin_matches_its_own_hash_only() {
        let (right, wrong) = (Pin::new("1234").unwrap(), Pin::new("1235").unwrap());
        let phc = hash(&right).await.unwrap();
        assert!(phc.starts_with("$argon2id$") && !phc.contains("1234"));
        assert_ne!(phc, hash(&right).await.unwrap());
        assert!(verify(&right, phc.clone()).await.unwrap());
        assert!(!verify(&wrong, phc).await.unwrap());
    }
}
