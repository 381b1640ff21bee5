//! What reads a code from a picture.

use super::decoder;
use crate::device::js::{call, construct, get, global, object, set, wait};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;

/// Codes on goods, as the Barcode Detection API names them.
const FORMATS: [&str; 5] = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128"];
/// The decoder's picture is at most so wide, in pixels: enough for 95 modules across half of it.
const WIDTH_MAX: u32 = 800;

pub enum Reader {
    /// The browser's own.
    Detector(JsValue),
    Decoder,
}

impl Reader {
    /// The browser's own where it knows codes on goods: some have it without any format.
    pub async fn find() -> Self {
        detector().await.ok().flatten().map_or(Reader::Decoder, Reader::Detector)
    }

    /// A code in the picture of this moment.
    pub async fn read(&self, video: &JsValue) -> Option<String> {
        match self {
            Reader::Detector(detector) => {
                let found = wait(call(detector, "detect", std::slice::from_ref(video)).ok()?).await.ok()?;
                get(&get(&found, "0").ok()?, "rawValue").ok()?.as_string()
            }
            Reader::Decoder => {
                let (luma, width, height) = picture(video).ok()?;
                decoder::decode(luma, width, height).await.ok()?
            }
        }
    }
}

async fn detector() -> Result<Option<JsValue>, JsValue> {
    let known = Array::from(&wait(call(&global("BarcodeDetector")?, "getSupportedFormats", &[])?).await?);
    let wanted = FORMATS.iter().map(|name| JsValue::from(*name)).filter(|name| known.includes(name, 0));
    let wanted: Array = wanted.collect();
    if !wanted.includes(&"ean_13".into(), 0) {
        return Ok(None);
    }
    construct("BarcodeDetector", &[object(&[("formats", wanted.into())])?]).map(Some)
}

/// The picture in shades of grey, a byte a pixel, row by row; its width and height. Empty before the first one came.
fn picture(video: &JsValue) -> Result<(Vec<u8>, u32, u32), JsValue> {
    let pixels = |name| get(video, name).map(|pixels| pixels.as_f64().unwrap_or_default() as u32);
    let (wide, high) = (pixels("videoWidth")?.max(1), pixels("videoHeight")?);
    let width = wide.min(WIDTH_MAX);
    let height = (high * width / wide).max(1);
    let canvas = call(&global("document")?, "createElement", &["canvas".into()])?;
    set(&canvas, "width", &width.into())?;
    set(&canvas, "height", &height.into())?;
    let context = call(&canvas, "getContext", &["2d".into()])?;
    let whole: [JsValue; 4] = [0.into(), 0.into(), width.into(), height.into()];
    call(&context, "drawImage", &[std::slice::from_ref(video), &whole].concat())?;
    let colours = get(&call(&context, "getImageData", &whole)?, "data")?;
    // Green is most of what the eye, and a sensor, takes for brightness.
    let grey = |pixel: &[u8]| ((u16::from(pixel[0]) + 2 * u16::from(pixel[1]) + u16::from(pixel[2])) / 4) as u8;
    Ok((Uint8Array::new(&colours).to_vec().chunks_exact(4).map(grey).collect(), width, height))
}
