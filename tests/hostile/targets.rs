//! What is tried with any bytes at all: by the tests with chance and a small corpus, by `make fuzz` guided by coverage.

use crate::{absurd, database, draw::Draw, stored, world::World};
use comptoir::{
    domain::{day::DeviceTime, import::Becomes},
    server::import,
    sync::{Body, Mutation, wire::*},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{cell::RefCell, fmt::Debug, fs, sync::OnceLock};
use tokio::runtime::Runtime;

pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: &[Target] = &[
    ("wire", wire),
    ("catalogue", catalogue),
    ("stored", stored::run),
    ("push", |data| in_world(data, Asked::Push)),
    ("pull", |data| in_world(data, Asked::Pull)),
    ("enrol", |data| in_world(data, Asked::Enrol)),
];

/// After so many requests the shops are made anew: a run stays as fast as it began.
const ROUNDS_MAX: u64 = 200;

/// What travels, from bytes as they are and from recorded requests and answers that were spoiled.
fn wire(data: &[u8]) {
    decode(data);
    let mut draw = Draw::new(data);
    let mut value = draw.pick(samples()).clone();
    (0..1 + draw.below(3)).for_each(|_| absurd::spoil(&mut value, &mut draw, &[]));
    decode(absurd::text_of(&value).as_bytes());
}

/// The requests and answers of `tests/fixtures/wire`.
fn samples() -> &'static [Value] {
    static SAMPLES: OnceLock<Vec<Value>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire");
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let read = |path| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
        let both = paths
            .into_iter()
            .map(read)
            .flat_map(|mut exchange| [exchange["body"]["request"].take(), exchange["answer"].take()]);
        both.filter(|value| !value.is_null()).collect()
    })
}

fn decode(data: &[u8]) {
    if let Some(push) = read::<PushRequest>(data) {
        push.mutations.iter().for_each(mutation);
    }
    drop(read::<PullRequest>(data));
    drop(read::<PushAnswer>(data));
    drop(read::<PullAnswer>(data));
    drop(read::<EnrolAnswer>(data));
    drop(read::<SignInAnswer>(data));
    drop(read::<EnrolRequest>(data));
    drop(read::<ForkRequest>(data));
    drop(read::<SignInRequest>(data));
}

/// What reads is written as what reads the same.
fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(data).ok()?;
    let text = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), read);
    Some(read)
}

fn mutation(mutation: &Mutation) {
    drop(sendable(mutation));
    let Ok(body) = mutation.read() else { return };
    // Whoever has a body relies on its limits: figures add up, and it reads back.
    let sum: i64 = body.stock_deltas().into_iter().map(|(_, units)| units).sum();
    assert!(sum.abs() <= 2_000_000_000, "{body:?}");
    if let Body::RecordSale(record) = &body {
        assert_eq!(record.sale.validate(), Ok(()));
    }
    let (received_ms, DeviceTime { .. }) = (1_795_000_000_000, mutation.made);
    assert!((0..=received_ms).contains(&mutation.made.booked(received_ms).at_ms));
    let Mutation { key, origin, made, needs, after, .. } = mutation.clone();
    assert_eq!(Mutation::new(key, origin, made, needs, after, &body).read().as_ref(), Ok(&body));
}

/// A file somebody calls a catalogue: products a shop can have, and words about the rest that a terminal can print.
fn catalogue(data: &[u8]) {
    let printable = |said: String| {
        assert!(!said.chars().any(char::is_control), "{said:?}");
        assert!(said.len() < 2_000, "{} bytes of words", said.len());
    };
    match import::plan(data, &[], []) {
        Ok(plan) => {
            for planned in &plan.lines {
                // Beside no products a line is new, or says what an earlier one said.
                let Becomes::New { product, .. } = &planned.becomes else { continue };
                product.validate().unwrap();
                let text = serde_json::to_string(product).unwrap();
                assert_eq!(serde_json::from_str::<comptoir::domain::Product>(&text).unwrap(), *product);
            }
            plan.bad.iter().for_each(|bad| printable(bad.to_string()));
            plan.ignored.into_iter().for_each(printable);
        }
        Err(error) => printable(error.to_string()),
    }
}

enum Asked {
    Push,
    Pull,
    Enrol,
}

/// Asked of a shop on SQLite, which is kept from one call to the next.
fn in_world(data: &[u8], asked: Asked) {
    thread_local!(static PLACE: RefCell<Option<(Runtime, World)>> = const { RefCell::new(None) });
    // One that failed is not asked again.
    let place = PLACE.take().filter(|(_, world)| world.rounds() < ROUNDS_MAX);
    let (runtime, mut world) = place.unwrap_or_else(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let world = runtime.block_on(async { World::new(database::sqlite().await).await });
        (runtime, world)
    });
    let mut draw = Draw::new(data);
    runtime.block_on(async {
        match asked {
            // As bytes too: what the decoders let through is judged.
            Asked::Push if draw.below(16) == 0 => {
                world.push_text(0, &String::from_utf8_lossy(draw.rest())).await;
            }
            Asked::Push => world.push(&mut draw).await,
            Asked::Pull => world.pull(&mut draw).await,
            Asked::Enrol => world.enrol(&mut draw).await,
        }
    });
    PLACE.set(Some((runtime, world)));
}
