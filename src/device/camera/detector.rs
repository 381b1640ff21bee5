//! What reads a code from a picture.

use super::decoder;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

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
        detector().await.map_or(Reader::Decoder, Reader::Detector)
    }

    /// A code in the picture of this moment.
    pub async fn read(&self, video: &HtmlVideoElement) -> Option<String> {
        match self {
            Reader::Detector(detector) => {
                let found: Array = call(detector, "detect", video).await?.dyn_into().ok()?;
                Reflect::get(&found.get(0), &"rawValue".into()).ok()?.as_string()
            }
            Reader::Decoder => {
                let (luma, width, height) = picture(video)?;
                decoder::decode(luma, width, height).await.ok()?
            }
        }
    }
}

async fn detector() -> Option<JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &"BarcodeDetector".into()).ok()?.dyn_into().ok()?;
    let known: Array = call(&class, "getSupportedFormats", &JsValue::UNDEFINED).await?.dyn_into().ok()?;
    let wanted: Array =
        FORMATS.iter().map(|name| JsValue::from(*name)).filter(|name| known.includes(name, 0)).collect();
    if !wanted.includes(&"ean_13".into(), 0) {
        return None;
    }
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &wanted).ok()?;
    Reflect::construct(&class, &Array::of1(&options)).ok()
}

/// What a method answers in time.
async fn call(object: &JsValue, method: &str, with: &JsValue) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = method.call1(object, with).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

/// The picture in shades of grey, a byte a pixel, row by row; its width and height.
fn picture(video: &HtmlVideoElement) -> Option<(Vec<u8>, u32, u32)> {
    let (wide, high) = (video.video_width(), video.video_height());
    if wide == 0 || high == 0 {
        return None; // nothing came yet
    }
    let width = wide.min(WIDTH_MAX);
    let height = (high * width / wide).max(1);
    let canvas = web_sys::window()?.document()?.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, f64::from(width), f64::from(height))
        .ok()?;
    let colours = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).ok()?.data();
    // Green is most of what the eye, and a sensor, takes for brightness.
    let luma = colours
        .chunks_exact(4)
        .map(|pixel| ((u16::from(pixel[0]) + 2 * u16::from(pixel[1]) + u16::from(pixel[2])) / 4) as u8);
    Some((luma.collect(), width, height))
}
