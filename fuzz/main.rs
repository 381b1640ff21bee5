//! The targets of `tests/hostile`, guided by coverage. `FUZZ_TARGET` names one; the rest is libFuzzer's command line.
#![no_main]

#[path = "../tests/hostile/absurd.rs"]
mod absurd;
#[path = "../tests/stories/database.rs"]
#[allow(dead_code, unused_imports, unused_macros)]
mod database;
#[path = "../tests/hostile/draw.rs"]
mod draw;
#[path = "../tests/stories/phone.rs"]
#[allow(dead_code)]
mod phone;
#[path = "../tests/hostile/stored.rs"]
#[allow(dead_code)]
mod stored;
#[path = "../tests/hostile/targets.rs"]
mod targets;
#[path = "../tests/hostile/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

/// The one this process tries.
fn target() -> fn(&[u8]) {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    *TARGET.get_or_init(|| {
        let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let known = targets::TARGETS.iter().find(|(name, _)| *name == wanted);
        let names: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
        known.unwrap_or_else(|| panic!("FUZZ_TARGET is one of {}", names.join(", "))).1
    })
}

fuzz_target!(|data: &[u8]| {
    target()(data);
});
