//! Files that a person chooses on the phone, or is given.

use super::{handle::FileProblem, platform};
use crate::domain::import::{Encoding, is_workbook};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long a file that was given to the browser can be read by it.
const HELD_MS: i64 = 60_000;

/// Name and bytes of the file chosen in the field of that id.
pub async fn chosen(field: &str, max_bytes: u64) -> Result<(String, Vec<u8>), FileProblem> {
    let file = || {
        let document = get(&js_sys::global(), "document").ok()?;
        let input = call(&document, "getElementById", &[field.into()]).ok()?;
        get(&get(&input, "files").ok()?, "0").ok().filter(JsValue::is_object)
    };
    let file = file().ok_or(FileProblem::None)?;
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
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = construct("Blob", &[parts.into(), object(&[("type", kind.into())])?])?;
    let urls = get(&js_sys::global(), "URL")?;
    let url = call(&urls, "createObjectURL", &[blob])?;
    let document = get(&js_sys::global(), "document")?;
    let link = call(&document, "createElement", &["a".into()])?;
    Reflect::set(&link, &"href".into(), &url)?;
    Reflect::set(&link, &"download".into(), &name.into())?;
    call(&link, "click", &[])?;
    // By then the browser has it, or never will; until then the page holds all of it.
    spawn_local(async move {
        platform::sleep(HELD_MS).await;
        drop(call(&urls, "revokeObjectURL", &[url]));
    });
    Ok(())
}

// By name, and not by bindings of their own: those would lie in the script of the first visit.

pub fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

pub fn call(on: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    Reflect::apply(&get(on, method)?.dyn_into::<Function>()?, on, &arguments.iter().collect())
}

pub fn construct(class: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    Reflect::construct(&get(&js_sys::global(), class)?.dyn_into::<Function>()?, &arguments.iter().collect())
}

pub fn object(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object.into())
}

pub async fn wait(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}
