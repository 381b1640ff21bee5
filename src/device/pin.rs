//! Recognising a person without network: PBKDF2 of the browser itself, kept after a sign-in the server accepted.
//!
//! Four to six digits protect nobody from whoever holds the unlocked phone's storage; the boundary is the enrolled
//! phone (G14). This keeps a colleague at the counter from selling under another's name.

use crate::domain::{Pin, user::PinTries};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// About a third of a second on a cheap phone.
const ITERATIONS: u32 = 100_000;

/// Stored under `pin/<person>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalPin {
    salt: String,
    hash: String,
    iterations: u32,
    #[serde(default)]
    pub tries: PinTries,
}

impl LocalPin {
    pub async fn new(pin: &Pin) -> Option<Self> {
        let salt = uuid::Uuid::new_v4().to_string();
        let hash = derive(pin, &salt, ITERATIONS).await.ok()?;
        Some(Self { salt, hash, iterations: ITERATIONS, tries: PinTries::default() })
    }

    pub fn with(&self, tries: PinTries) -> Self {
        Self { tries, ..self.clone() }
    }

    pub async fn matches(&self, pin: &Pin) -> bool {
        derive(pin, &self.salt, self.iterations).await.is_ok_and(|hash| hash == self.hash)
    }
}

async fn derive(pin: &Pin, salt: &str, iterations: u32) -> Result<String, JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let subtle: web_sys::SubtleCrypto = Reflect::get(&crypto, &"subtle".into())?.dyn_into()?;
    let digits = Uint8Array::from(pin.expose().as_bytes());
    let usages = Array::of1(&"deriveBits".into());
    let key = subtle.import_key_with_str("raw", &digits, "PBKDF2", false, &usages)?;
    let key: web_sys::CryptoKey = JsFuture::from(key).await?.dyn_into()?;
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"PBKDF2".into())?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into())?;
    Reflect::set(&algorithm, &"salt".into(), &Uint8Array::from(salt.as_bytes()))?;
    Reflect::set(&algorithm, &"iterations".into(), &iterations.into())?;
    let bits: Promise = subtle.derive_bits_with_object(&algorithm, &key, 256)?;
    let bits = Uint8Array::new(&JsFuture::from(bits).await?).to_vec();
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}
