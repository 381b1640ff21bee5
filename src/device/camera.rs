//! The camera as a scanner: the browser's own detector of codes where it has one, else a decoder that is fetched for it.
//! A part of the page that is fetched when the camera is opened first.

mod decoder;
mod detector;
mod signal;

use super::{
    handle::{Answer, CameraProblem, Told},
    platform,
};
use crate::domain::{Barcode, Sightings};
use detector::Reader;
use js_sys::Reflect;
use leptos::{
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// Between two looks. A cheap phone takes some tens of milliseconds for one.
const PAUSE_MS: i64 = 80;
/// The back camera, near enough for the bars of a small code.
const WANTED: &str =
    r#"{"audio":false,"video":{"facingMode":{"ideal":"environment"},"width":{"ideal":1280},"height":{"ideal":720}}}"#;

/// The camera that is open in this page, and how often it was opened or closed: what was begun before is over then.
#[derive(Default)]
pub struct Camera {
    turn: Cell<u64>,
    stream: RefCell<Option<MediaStream>>,
}

impl Camera {
    pub fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        if let Some(stream) = self.stream.take() {
            stop(&stream);
        }
    }

    /// `None` where it was closed meanwhile.
    pub async fn open(self: Rc<Self>, video: &'static str, told: Told) -> Result<Option<bool>, CameraProblem> {
        self.close();
        let turn = self.turn.get();
        begin(self, turn, video, told).await.map_err(|_| CameraProblem::Incomplete)?.await
    }

    pub async fn light(&self, on: bool) -> bool {
        let Some(track) = self.stream.borrow().as_ref().and_then(track) else { return false };
        let set = async {
            let constraints = js_sys::JSON::parse(&format!(r#"{{"advanced":[{{"torch":{on}}}]}}"#)).ok()?;
            let constraints = constraints.unchecked_into();
            JsFuture::from(track.apply_constraints_with_constraints(&constraints).ok()?).await.ok()
        };
        set.await.is_some() == on
    }
}

type Opened = Result<Option<bool>, CameraProblem>;

#[wasm_split(camera, wasm_split_path = leptos::wasm_split, fallible)]
fn begin(camera: Rc<Camera>, turn: u64, video: &'static str, told: Told) -> Result<Answer<Opened>, SplitLoaderError> {
    Ok(Box::pin(show(camera, turn, video, told)))
}

async fn show(camera: Rc<Camera>, turn: u64, video: &'static str, told: Told) -> Opened {
    let stream = ask().await?;
    let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(video));
    let element = element.and_then(|element| element.dyn_into::<HtmlVideoElement>().ok());
    let Some(element) = element.filter(|_| camera.turn.get() == turn) else {
        stop(&stream);
        return Ok(None);
    };
    element.set_src_object(Some(&stream));
    let lamp = track(&stream).is_some_and(|track| has_lamp(&track));
    *camera.stream.borrow_mut() = Some(stream);
    // A browser that does not play a picture without sound by itself shows its first frame all the same.
    if let Ok(plays) = element.play() {
        drop(JsFuture::from(plays).await);
    }
    let reader = Reader::find().await;
    if let Reader::Decoder = reader {
        // Fetched before somebody waits for a first code, and said where it does not come.
        let fetched = decoder::decode(Vec::new(), 0, 0).await;
        fetched.inspect_err(|_| camera.close()).map_err(|_| CameraProblem::Incomplete)?;
    }
    if camera.turn.get() != turn {
        return Ok(None);
    }
    spawn_local(watch(camera, turn, element, reader, told));
    Ok(Some(lamp))
}

async fn watch(camera: Rc<Camera>, turn: u64, video: HtmlVideoElement, reader: Reader, told: Told) {
    let mut sightings = Sightings::default();
    while camera.turn.get() == turn {
        let code = reader.read(&video).await.and_then(|code| Barcode::clean(&code).ok());
        if let Some(code) = code.filter(|_| camera.turn.get() == turn)
            && sightings.is_new(&code, platform::steady_ms())
        {
            signal::seen();
            told(code.as_str().to_owned());
        }
        platform::sleep(PAUSE_MS).await;
    }
}

async fn ask() -> Result<MediaStream, CameraProblem> {
    let constraints: MediaStreamConstraints =
        js_sys::JSON::parse(WANTED).map_err(|_| CameraProblem::Absent)?.unchecked_into();
    // Only a secure page has any devices.
    let devices = web_sys::window().and_then(|window| window.navigator().media_devices().ok());
    let devices = devices.filter(|devices| !devices.is_undefined()).ok_or(CameraProblem::Absent)?;
    let asked = devices.get_user_media_with_constraints(&constraints).map_err(|error| problem(&error))?;
    let stream = JsFuture::from(asked).await.map_err(|error| problem(&error))?;
    stream.dyn_into().map_err(|_| CameraProblem::Absent)
}

fn problem(error: &JsValue) -> CameraProblem {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => CameraProblem::NotAllowed,
        "NotFoundError" | "OverconstrainedError" | "TypeError" => CameraProblem::Absent,
        _ => CameraProblem::Busy,
    }
}

fn track(stream: &MediaStream) -> Option<MediaStreamTrack> {
    stream.get_video_tracks().get(0).dyn_into().ok()
}

fn has_lamp(track: &MediaStreamTrack) -> bool {
    let can = answer_of(track, "getCapabilities");
    can.and_then(|can| Reflect::get(&can, &"torch".into()).ok()).is_some_and(|torch| torch.is_truthy())
}

/// What a method without arguments answers, where the browser has it.
fn answer_of(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: js_sys::Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.call0(object).ok()
}

fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
            track.stop();
        }
    }
}
