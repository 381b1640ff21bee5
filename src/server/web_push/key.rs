//! The server's own key, by which a push service knows who sends (VAPID).

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;
use std::{fmt, str::FromStr};

/// A token is good for so long; RFC 8292 allows a day at most.
const TOKEN_S: i64 = 12 * 3_600;

/// A P-256 key. Never printed.
#[derive(Clone)]
pub struct PushKey(SigningKey);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a push key is 32 bytes as `comptoir push-key` writes them")]
pub struct NoPushKey;

impl PushKey {
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoPushKey> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| NoPushKey)
    }

    /// As the operator keeps it.
    pub fn secret(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.0.to_bytes())
    }

    /// As a browser subscribes with it.
    pub fn public(&self) -> String {
        Base64UrlUnpadded::encode_string(self.0.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// The value of `Authorization` for a push service of that origin.
    pub fn authorization(&self, origin: &str, contact: &str, now_ms: i64) -> String {
        let part = |value: serde_json::Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let head = part(json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(json!({ "aud": origin, "exp": now_ms / 1_000 + TOKEN_S, "sub": contact }));
        let signature: Signature = self.0.sign(format!("{head}.{claims}").as_bytes());
        let signature = Base64UrlUnpadded::encode_string(&signature.to_bytes());
        format!("vapid t={head}.{claims}.{signature}, k={}", self.public())
    }
}

impl FromStr for PushKey {
    type Err = NoPushKey;
    fn from_str(text: &str) -> Result<Self, NoPushKey> {
        Self::from_bytes(&Base64UrlUnpadded::decode_vec(text.trim()).map_err(|_| NoPushKey)?)
    }
}

impl fmt::Debug for PushKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PushKey({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::{VerifyingKey, signature::Verifier};

    #[test]
    fn a_token_is_signed_by_the_key_it_names() {
        let key = PushKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(key.secret().parse::<PushKey>().unwrap().public(), key.public());
        let said = key.authorization("https://push.example", "mailto:a@b.example", 1_795_000_000_000);
        let (token, public) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&bytes(public)).unwrap();
        let signature = Signature::from_slice(&bytes(signature)).unwrap();
        assert!(verifying.verify(signed.as_bytes(), &signature).is_ok());
        let claims = String::from_utf8(bytes(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(claims, r#"{"aud":"https://push.example","exp":1795043200,"sub":"mailto:a@b.example"}"#);
    }

    #[test]
    fn a_key_is_not_printed_and_not_guessed() {
        let key = PushKey::from_bytes(&[7; 32]).unwrap();
        assert!(!format!("{key:?}").contains(&key.secret()));
        assert_eq!("kurz".parse::<PushKey>().unwrap_err(), NoPushKey);
        assert!(PushKey::from_bytes(&[0; 32]).is_err(), "zero is no key");
    }
}
