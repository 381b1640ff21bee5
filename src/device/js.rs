//! What the browser has, by name. Bindings of their own would lie in the script of the first visit, which rarely needs it.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

pub fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

/// Something of the page or worker itself.
pub fn global(name: &str) -> Result<JsValue, JsValue> {
    get(&js_sys::global(), name)
}

pub fn set(of: &JsValue, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(of, &name.into(), value).map(drop)
}

pub fn call(on: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    Reflect::apply(&get(on, method)?.dyn_into::<Function>()?, on, &arguments.iter().collect())
}

pub fn construct(class: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    Reflect::construct(&global(class)?.dyn_into::<Function>()?, &arguments.iter().collect())
}

pub fn object(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value)?;
    }
    Ok(object.into())
}

pub async fn wait(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}

/// The element of that id; of none there is `Err`.
pub fn element(id: &str) -> Result<JsValue, JsValue> {
    let found = call(&global("document")?, "getElementById", &[id.into()])?;
    if found.is_object() { Ok(found) } else { Err(JsValue::NULL) }
}
