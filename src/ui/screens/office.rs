//! The screens away from the till. They are a file of their own, which is fetched when one of them is opened, so that a
//! first sale does not wait for them; where the app is installed, it is on the phone already.

use super::{
    banners, chip,
    decide::Decide,
    settings::Settings,
    stock::{Count, ProductCard, Stock},
    till, to_decide,
};
use crate::ui::{
    components::{nav, notice, top},
    erase::{erase, live},
};
use leptos::prelude::*;
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Stock,
    Product,
    Count,
    Decide,
    Settings,
}

impl Place {
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Place::Stock => ("/stock", "Stock"),
            Place::Product => ("/stock", "Produit"),
            Place::Count => ("/stock", "Compter"),
            Place::Decide => ("/a-decider", "À décider"),
            Place::Settings => ("/parametres", "Paramètres"),
        }
    }
}

/// What is drawn once it is there, to be taken once.
type Drawn = Arc<Mutex<Option<AnyView>>>;

pub fn office(place: Place) -> AnyView {
    let (drawn, there, late) = (Drawn::default(), RwSignal::new(false), RwSignal::new(false));
    let (puts, owner) = (drawn.clone(), Owner::current().unwrap_or_default());
    Effect::new(move |_| fetch(place, owner.clone(), puts.clone(), there, late));
    erase(live(move || {
        let view = there.get().then(|| drawn.lock().ok()?.take()).flatten();
        view.unwrap_or_else(|| frame(place, late))
    }))
}

/// The screen without what is on it.
fn frame(place: Place, late: RwSignal<bool>) -> AnyView {
    let (till, (here, name)) = (till(), place.name());
    let missing = live(move || {
        let title = "Cette page n’est pas encore sur ce téléphone.";
        late.get().then(|| notice("warn", title.to_owned(), vec!["Elle s’ouvrira avec le réseau.".to_owned()]))
    });
    erase(view! {
        <div class="app">
            {top(None, name.into_any(), chip(till), ().into_any())} <main class="page">{banners(till)} {missing}</main>
            {nav(here, to_decide(till))}
        </div>
    })
}

#[cfg(feature = "hydrate")]
fn fetch(place: Place, owner: Owner, drawn: Drawn, there: RwSignal<bool>, late: RwSignal<bool>) {
    use crate::device::retry_the_app;
    use leptos::task::spawn_local;
    spawn_local(async move {
        loop {
            // Nobody waits for it any more.
            if there.try_get_untracked().is_none() {
                return;
            }
            match draw(place, owner.clone()).await {
                Ok(view) => {
                    if let Ok(mut drawn) = drawn.lock() {
                        *drawn = Some(view);
                    }
                    let _ = there.try_set(true);
                    return;
                }
                Err(_) => {
                    let _ = late.try_set(true);
                    retry_the_app().await;
                }
            }
        }
    });
}

#[cfg(feature = "hydrate")]
#[leptos::wasm_split::wasm_split(office, wasm_split_path = leptos::wasm_split, fallible)]
fn draw(place: Place, owner: Owner) -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
    Ok(owner.with(|| of(place)))
}

#[cfg(not(feature = "hydrate"))]
fn fetch(place: Place, _: Owner, drawn: Drawn, there: RwSignal<bool>, _: RwSignal<bool>) {
    if let Ok(mut drawn) = drawn.lock() {
        *drawn = Some(of(place));
    }
    there.set(true);
}

fn of(place: Place) -> AnyView {
    match place {
        Place::Stock => erase(view! { <Stock /> }),
        Place::Product => erase(view! { <ProductCard /> }),
        Place::Count => erase(view! { <Count /> }),
        Place::Decide => erase(view! { <Decide /> }),
        Place::Settings => erase(view! { <Settings /> }),
    }
}
