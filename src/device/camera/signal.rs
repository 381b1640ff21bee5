//! A code was read: a beep and a vibration, as a scanner gives.

use js_sys::{Function, Reflect};
use std::cell::OnceCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AudioContext;

const VIBRATES_MS: i32 = 60;
const BEEPS_S: f64 = 0.08;
const HERTZ: f32 = 1_760.0;
const VOLUME: f32 = 0.15;

thread_local! {
    /// One for the page: a browser allows few.
    static SOUND: OnceCell<Option<AudioContext>> = const { OnceCell::new() };
}

pub fn seen() {
    // A phone without a motor, or a page that may not make a sound, is silent.
    let _ = vibrate();
    let _ = SOUND.with(|sound| beep(sound.get_or_init(|| AudioContext::new().ok()).as_ref()?).ok());
}

fn vibrate() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let vibrate: Function = Reflect::get(&navigator, &"vibrate".into()).ok()?.dyn_into().ok()?;
    vibrate.call1(&navigator, &VIBRATES_MS.into()).ok()
}

fn beep(sound: &AudioContext) -> Result<(), JsValue> {
    let (tone, volume) = (sound.create_oscillator()?, sound.create_gain()?);
    tone.frequency().set_value(HERTZ);
    volume.gain().set_value(VOLUME);
    tone.connect_with_audio_node(&volume)?.connect_with_audio_node(&sound.destination())?;
    tone.start()?;
    tone.stop_with_when(sound.current_time() + BEEPS_S)
}
