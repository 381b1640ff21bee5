//! The camera as a scanner: the browser's own detector of codes where it has one, else a decoder that is fetched for it.
//! A part of the page that is fetched when the camera is opened first.

mod decoder;
mod reader;
mod signal;

use super::{
    handle::{Answer, CameraProblem, Told},
    js::{call, element, get, global, set, wait},
    platform,
};
use crate::{
    domain::{Barcode, Sightings},
    part::part,
};
use js_sys::Array;
use leptos::task::spawn_local;
use reader::Reader;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsValue;

/// Between two looks. A cheap phone takes some tens of milliseconds for one.
const PAUSE_MS: i64 = 80;
/// The back camera, near enough for the bars of a small code.
const WANTED: &str =
    r#"{"audio":false,"video":{"facingMode":{"ideal":"environment"},"width":{"ideal":1280},"height":{"ideal":720}}}"#;

/// The camera that is open in this page, and how often it was opened or closed: what was begun before is over then.
#[derive(Default)]
pub struct Camera {
    turn: Cell<u64>,
    stream: RefCell<Option<JsValue>>,
}

type Opened = Result<Option<bool>, CameraProblem>;

impl Camera {
    pub fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        if let Some(stream) = self.stream.take() {
            stop(&stream);
        }
    }

    /// Whether there is a lamp; `None` where it was closed meanwhile.
    pub async fn open(self: Rc<Self>, video: &'static str, told: Told) -> Opened {
        self.close();
        let turn = self.turn.get();
        begin(self, turn, video, told).await.map_err(|_| CameraProblem::Incomplete)?.await
    }

    /// Says whether the lamp is on now.
    pub async fn light(&self, on: bool) -> bool {
        let Some(stream) = self.stream.borrow().clone() else { return false };
        let set = async {
            let constraints = js_sys::JSON::parse(&format!(r#"{{"advanced":[{{"torch":{on}}}]}}"#))?;
            wait(call(&track(&stream)?, "applyConstraints", &[constraints])?).await
        };
        set.await.is_ok() == on
    }
}

part! {
    camera: fn begin(camera: Rc<Camera>, turn: u64, video: &'static str, told: Told) -> Answer<Opened> {
        Box::pin(show(camera, turn, video, told))
    }
}

async fn show(camera: Rc<Camera>, turn: u64, video: &'static str, told: Told) -> Opened {
    if !platform::secure() {
        return Err(CameraProblem::Insecure);
    }
    let stream = ask().await.map_err(|error| problem(&error))?;
    let Some(video) = element(video).ok().filter(|_| camera.turn.get() == turn) else {
        stop(&stream);
        return Ok(None);
    };
    let has_lamp = lamp(&stream).unwrap_or(false);
    let shown = set(&video, "srcObject", &stream);
    *camera.stream.borrow_mut() = Some(stream);
    // A browser that does not play a picture without sound by itself shows its first frame all the same.
    if let Ok(plays) = shown.and_then(|()| call(&video, "play", &[])) {
        drop(wait(plays).await);
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
    spawn_local(watch(camera, turn, video, reader, told));
    Ok(Some(has_lamp))
}

async fn watch(camera: Rc<Camera>, turn: u64, video: JsValue, reader: Reader, told: Told) {
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

/// Where there are no devices this is a `TypeError`.
async fn ask() -> Result<JsValue, JsValue> {
    let devices = get(&global("navigator")?, "mediaDevices")?;
    wait(call(&devices, "getUserMedia", &[js_sys::JSON::parse(WANTED)?])?).await
}

fn problem(error: &JsValue) -> CameraProblem {
    let name = get(error, "name").ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => CameraProblem::NotAllowed,
        "NotFoundError" | "OverconstrainedError" | "TypeError" => CameraProblem::Absent,
        _ => CameraProblem::Busy,
    }
}

fn track(stream: &JsValue) -> Result<JsValue, JsValue> {
    get(&call(stream, "getVideoTracks", &[])?, "0")
}

fn lamp(stream: &JsValue) -> Result<bool, JsValue> {
    Ok(get(&call(&track(stream)?, "getCapabilities", &[])?, "torch")?.is_truthy())
}

fn stop(stream: &JsValue) {
    for track in call(stream, "getTracks", &[]).map(|tracks| Array::from(&tracks)).unwrap_or_default() {
        drop(call(&track, "stop", &[])); // one that has ended stays so
    }
}
