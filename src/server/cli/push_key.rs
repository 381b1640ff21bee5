use super::Failure;
use crate::server::{secret, web_push::PushKey};
use std::process::ExitCode;

/// Random bytes are a key but for one draw in 2^32, which is drawn again.
pub fn run() -> Result<ExitCode, Failure> {
    let key = loop {
        if let Ok(key) = PushKey::from_bytes(&secret::random::<32>()?) {
            break key;
        }
    };
    println!("{}", key.secret());
    Ok(ExitCode::SUCCESS)
}
