//! Files that a person chooses on the phone, or is given.

use super::{
    handle::FileProblem,
    js::{call, construct, element, get, global, object, set, wait},
    platform,
};
use crate::domain::import::{Encoding, is_workbook};
use js_sys::{Array, Uint8Array};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

/// How long a file that was given to the browser can be read by it.
const HELD_MS: i64 = 60_000;

/// Name and bytes of the file chosen in the field of that id.
pub async fn chosen(field: &str, max_bytes: u64) -> Result<(String, Vec<u8>), FileProblem> {
    let file = element(field).and_then(|input| get(&get(&input, "files")?, "0"));
    let file = file.ok().filter(JsValue::is_object).ok_or(FileProblem::None)?;
    let size = get(&file, "size").ok().and_then(|size| size.as_f64()).ok_or(FileProblem::Unreadable)?;
    if size > max_bytes as f64 {
        return Err(FileProblem::TooLarge);
    }
    let name = get(&file, "name").ok().and_then(|name| name.as_string()).unwrap_or_default();
    let read = async { wait(call(&file, "arrayBuffer", &[])?).await };
    let buffer = read.await.map_err(|_| FileProblem::Unreadable)?;
    Ok((name, Uint8Array::new(&buffer).to_vec()))
}

/// Bytes as text. UTF-8 is Rust's; for other letters the browser has decoders, which the page need not bring.
pub fn text(bytes: Vec<u8>) -> Result<String, FileProblem> {
    if is_workbook(&bytes) {
        return Err(FileProblem::Workbook);
    }
    let label = match Encoding::of(&bytes) {
        Encoding::Utf8 => return String::from_utf8(bytes).map_err(|_| FileProblem::Unreadable),
        Encoding::Utf16Le => "utf-16le",
        Encoding::Windows1252 => "windows-1252",
    };
    let decoded = || {
        let decoder = construct("TextDecoder", &[label.into()])?;
        call(&decoder, "decode", &[Uint8Array::from(&*bytes).into()])
    };
    decoded().ok().and_then(|text| text.as_string()).ok_or(FileProblem::Unreadable)
}

pub fn download(name: &str, bytes: &[u8], kind: &str) -> Result<(), JsValue> {
    give(name, &blob(&Array::of1(&Uint8Array::from(bytes)), kind)?)
}

/// Bytes, texts or others like it, put together by the browser, which keeps them where it likes.
pub fn blob(parts: &Array, kind: &str) -> Result<JsValue, JsValue> {
    construct("Blob", &[parts.into(), object(&[("type", kind.into())])?])
}

/// Puts it among the person's downloads.
pub fn give(name: &str, blob: &JsValue) -> Result<(), JsValue> {
    let urls = global("URL")?;
    let url = call(&urls, "createObjectURL", std::slice::from_ref(blob))?;
    let link = call(&global("document")?, "createElement", &["a".into()])?;
    set(&link, "href", &url)?;
    set(&link, "download", &name.into())?;
    call(&link, "click", &[])?;
    // By then the browser has it, or never will; until then the page holds all of it.
    spawn_local(async move {
        platform::sleep(HELD_MS).await;
        drop(call(&urls, "revokeObjectURL", &[url]));
    });
    Ok(())
}
