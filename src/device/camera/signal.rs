//! A code was read: a beep and a vibration, as a scanner gives.

use crate::device::{
    js::{call, construct, get, set},
    platform,
};
use std::cell::OnceCell;
use wasm_bindgen::JsValue;

const VIBRATES_MS: i32 = 60;
const BEEPS_S: f64 = 0.08;
const HERTZ: f64 = 1_760.0;
const VOLUME: f64 = 0.15;

thread_local! {
    /// One for the page: a browser allows few.
    static SOUND: OnceCell<Option<JsValue>> = const { OnceCell::new() };
}

pub fn seen() {
    platform::vibrate(VIBRATES_MS);
    // A page that may not make a sound is silent.
    let _ = SOUND.with(|sound| beep(sound.get_or_init(|| construct("AudioContext", &[]).ok()).as_ref()?).ok());
}

fn beep(sound: &JsValue) -> Result<(), JsValue> {
    let (tone, volume) = (call(sound, "createOscillator", &[])?, call(sound, "createGain", &[])?);
    set(&get(&tone, "frequency")?, "value", &HERTZ.into())?;
    set(&get(&volume, "gain")?, "value", &VOLUME.into())?;
    call(&tone, "connect", std::slice::from_ref(&volume))?;
    call(&volume, "connect", &[get(sound, "destination")?])?;
    let until = get(sound, "currentTime")?.as_f64().unwrap_or_default() + BEEPS_S;
    call(&tone, "start", &[])?;
    call(&tone, "stop", &[until.into()]).map(drop)
}
