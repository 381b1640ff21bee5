//! The outbox in an encrypted file, for a phone that dies before it finds a network, and such a file handed in by
//! another (`sync::handover`).
//!
//! The key is made of a code of 20 digits, 66 bits, shown once and told apart from the file: PBKDF2 with SHA-256,
//! 600 000 rounds (OWASP, Password Storage Cheat Sheet, 2023), then AES-256-GCM, which also notices a wrong code or a
//! damaged file. All of it is the browser's own.

use super::{
    files::{self, download},
    handle::{FileProblem, HandInError, Prepared},
    js::{call, construct, get, global, object, wait},
    platform,
    sender::APP,
    shelf::Shelf,
};
use crate::{
    api,
    sync::{
        CallError,
        handover::{HandedIn, Handover, Unreadable},
    },
};
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;

const CODE_DIGITS: usize = 20;
const ROUNDS: u32 = 600_000;
/// What the file begins with; its last digit is how it is sealed.
const MAGIC: &[u8] = b"comptoir-1";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
/// A full outbox is a third of it.
const FILE_MAX_BYTES: u64 = 64 * 1024 * 1024;
const TIMEOUT_MS: i64 = 45_000;
/// A cause may come behind what needs it, and a server may be busy.
const PASSES_MAX: usize = 3;

/// The file that was prepared, until this page ends.
pub type Kept = Rc<RefCell<Option<(String, Vec<u8>)>>>;

/// Seals what waits to be sent. `None` where nothing waits, or this browser cannot seal it.
pub async fn prepare(shelf: &Shelf, kept: &Kept) -> Option<Prepared> {
    let file = Handover::of(&shelf.device().await.ok()?)?;
    let (count, name) = (file.mutations.len(), format!("comptoir-{}.bin", file.prefix));
    let text = serde_json::to_string(&file).ok()?;
    let code = draw_code().ok()?;
    let sealed = seal(text.as_bytes(), &code).await.ok()?;
    *kept.borrow_mut() = Some((name, sealed));
    let groups: Vec<String> = code.as_bytes().chunks(5).map(|five| String::from_utf8_lossy(five).into()).collect();
    Some(Prepared { count, code: groups.join(" ") })
}

/// Opens the file chosen in the field of that id, and hands it in.
pub async fn hand_in(shelf: &Shelf, field: &str, code: &str) -> Result<HandedIn, HandInError> {
    let (_, bytes) = files::chosen(field, FILE_MAX_BYTES).await.map_err(|problem| match problem {
        FileProblem::None | FileProblem::Unreadable | FileProblem::Workbook => HandInError::NoFile,
        FileProblem::TooLarge => HandInError::NotOurs,
    })?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let text = open(&bytes, &code).await?;
    let file = Handover::read(&text).map_err(|unreadable| match unreadable {
        Unreadable::NotOurs => HandInError::NotOurs,
        Unreadable::TooNew => HandInError::TooNew,
    })?;
    let device = shelf.device().await.map_err(HandInError::Storage)?;
    let mut handed = HandedIn::default();
    for _ in 0..PASSES_MAX {
        handed = HandedIn { prefix: file.prefix.clone(), phone: file.phone.clone(), ..HandedIn::default() };
        for request in file.pushes(&device, APP) {
            let answered = platform::within(TIMEOUT_MS, api::push(request)).await;
            match answered.ok_or(HandInError::NeedsNetwork)? {
                Ok(answer) => handed.count(&answer.answers),
                Err(CallError::NotReached { .. } | CallError::TryLater) => return Err(HandInError::NeedsNetwork),
                Err(CallError::NotAllowed) => return Err(HandInError::OtherShop),
                Err(error) => return Err(HandInError::Refused(error)),
            }
        }
        if handed.left == 0 {
            break;
        }
    }
    Ok(handed)
}

/// Gives the prepared file to the person: to another app where the browser can, else as a download. Begun by a tap.
pub async fn give(kept: &Kept) -> bool {
    let Some((name, bytes)) = kept.borrow().clone() else { return false };
    match share(&name, &bytes).await {
        Ok(()) => true,
        Err(_) => download(&name, &bytes, "application/octet-stream").is_ok(),
    }
}

async fn share(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let navigator = global("navigator")?;
    let parts = Array::of1(&Uint8Array::from(bytes));
    let file =
        construct("File", &[parts.into(), name.into(), object(&[("type", "application/octet-stream".into())])?])?;
    let data = object(&[("files", Array::of1(&file).into())])?;
    if call(&navigator, "canShare", std::slice::from_ref(&data))?.as_bool() != Some(true) {
        return Err(JsValue::UNDEFINED);
    }
    match wait(call(&navigator, "share", &[data])?).await {
        Ok(_) => Ok(()),
        // The person thought better of it: nothing is forced on them.
        Err(error) if get(&error, "name")?.as_string().as_deref() == Some("AbortError") => Ok(()),
        Err(error) => Err(error),
    }
}

fn random<const N: usize>() -> Result<[u8; N], JsValue> {
    let bytes = Uint8Array::new_with_length(N as u32);
    call(&global("crypto")?, "getRandomValues", &[bytes.clone().into()])?;
    let mut drawn = [0; N];
    bytes.copy_to(&mut drawn);
    Ok(drawn)
}

/// Every digit as likely as any other.
fn draw_code() -> Result<String, JsValue> {
    let mut code = String::new();
    while code.len() < CODE_DIGITS {
        let fair = random::<32>()?.into_iter().filter(|byte| *byte < 250);
        code.extend(fair.take(CODE_DIGITS - code.len()).map(|byte| char::from(b'0' + byte % 10)));
    }
    Ok(code)
}

async fn seal(text: &[u8], code: &str) -> Result<Vec<u8>, JsValue> {
    let (salt, nonce) = (random::<SALT_BYTES>()?, random::<NONCE_BYTES>()?);
    let sealed = cipher("encrypt", text, code, &salt, &nonce).await?;
    Ok([MAGIC, &salt, &nonce, &sealed].concat())
}

async fn open(bytes: &[u8], code: &str) -> Result<String, HandInError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(HandInError::NotOurs)?;
    let (salt, rest) = rest.split_at_checked(SALT_BYTES).ok_or(HandInError::NotOurs)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(HandInError::NotOurs)?;
    let text = cipher("decrypt", sealed, code, salt, nonce).await.map_err(|_| HandInError::WrongCode)?;
    String::from_utf8(text).map_err(|_| HandInError::NotOurs)
}

async fn cipher(what: &str, bytes: &[u8], code: &str, salt: &[u8], nonce: &[u8]) -> Result<Vec<u8>, JsValue> {
    let subtle = get(&global("crypto")?, "subtle")?;
    let (bytes_of, usage) =
        (|bytes: &[u8]| JsValue::from(Uint8Array::from(bytes)), |name: &str| Array::of1(&name.into()));
    let raw = ["raw".into(), bytes_of(code.as_bytes()), "PBKDF2".into(), false.into(), usage("deriveKey").into()];
    let stretched = wait(call(&subtle, "importKey", &raw)?).await?;
    let how = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", bytes_of(salt)),
        ("iterations", ROUNDS.into()),
    ])?;
    let of = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
    let key = wait(call(&subtle, "deriveKey", &[how, stretched, of, false.into(), usage(what).into()])?).await?;
    let with = object(&[("name", "AES-GCM".into()), ("iv", bytes_of(nonce))])?;
    let done = wait(call(&subtle, what, &[with, key, bytes_of(bytes)])?).await?;
    Ok(Uint8Array::new(&done).to_vec())
}
