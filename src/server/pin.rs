//! PIN hashes. Argon2 costs memory and time on purpose, so it runs beside the runtime's workers and only a few at a
//! time: a crowd that signs in waits its turn instead of exhausting the machine.

use super::ServerError;
use crate::domain::Pin;
use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::sync::Semaphore;

/// Hashes computed at once, of 19 MiB each (argon2's default).
const AT_ONCE: usize = 2;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

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
        Ok(Argon2::default().verify_password(pin.expose().as_bytes(), &stored).is_ok())
    })
    .await
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
