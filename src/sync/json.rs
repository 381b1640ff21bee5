//! Reading JSON. Everywhere the same way, from bytes, as answers of the server are read: each other source would
//! compile every stored type's reading once more into the page.

use serde::de::DeserializeOwned;

pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_slice(text.as_bytes())
}
