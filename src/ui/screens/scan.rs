//! What a scanner read: typed by one on a cable or by Bluetooth, or seen by the phone's camera.

use super::from_part;
use crate::{
    device::{
        Till,
        handle::{CameraProblem, Told},
    },
    domain::text::CODE_MIN,
    part::part,
    sync::view::Shown,
    ui::{
        components::notice,
        erase::{erase, live, on},
        icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use std::{rc::Rc, sync::Arc};

const VIDEO: &str = "camera";

/// Does what Enter does with what stands in the search, and says what it was; `None` where that is not of one product.
pub type Take = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// Whether it is what a scanner types.
pub fn is_code(typed: &str) -> bool {
    typed.len() >= CODE_MIN && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// The one product that is meant: of all that was typed, or of a code that a scanner typed behind what stood there.
pub fn the_one(till: Till, typed: &str) -> Option<Shown> {
    let one = |query: &str| match untrack(|| till.search(query, 2)).as_mut_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    one(typed).or_else(|| {
        let words = typed.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        (words > 0 && typed.len() - words >= CODE_MIN).then(|| one(&typed[words..])).flatten()
    })
}

/// `take`, as soon as the catalogue is read: what a scanner or the camera gives before waits for it, for the one product
/// found until then might not be the only one. A code that is not of one product is left in the search, to be seen.
pub fn once_read(
    till: Till,
    query: RwSignal<String>,
    take: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> Take {
    let (early, take) = (RwSignal::new(Vec::<String>::new()), Arc::new(take));
    let late = take.clone();
    Effect::new(move |_| {
        let codes = if till.ready.get() { early.try_update(std::mem::take) } else { None };
        for code in codes.unwrap_or_default() {
            let typed = query.get_untracked();
            query.set(code);
            if late().is_some() {
                query.set(typed);
            }
        }
    });
    Arc::new(move || {
        if till.ready.get_untracked() {
            return take();
        }
        let code = query.with_untracked(|typed| is_code(typed).then(|| typed.clone()))?;
        early.update(|codes| codes.push(code));
        query.set(String::new());
        Some(t!("Lecture des produits…").to_owned())
    })
}

/// The camera of a screen with a search field: what it reads goes there, as if it had been typed.
#[derive(Clone, Copy)]
pub struct Camera {
    till: Till,
    query: RwSignal<String>,
    open: RwSignal<bool>,
}

impl Camera {
    pub fn new(till: Till, query: RwSignal<String>) -> Self {
        Self { till, query, open: RwSignal::new(false) }
    }

    /// Opens and closes it.
    pub fn button(self) -> AnyView {
        let tap = on(move |_: MouseEvent| self.open.update(|open| *open = !*open));
        let away = live(move || !self.till.connected());
        let expanded = live(move || self.open.get().to_string());
        erase(view! {
            <button class="icon-btn" type="button" aria-label=t!("Scanner avec la caméra") aria-expanded=expanded disabled=away on:click=tap>
                {icons::scan_barcode()}
            </button>
        })
    }

    /// What it sees, while it is open.
    pub fn panel(self, take: Take) -> AnyView {
        Effect::new(move |_| {
            if self.till.locked.get() {
                self.open.set(false);
            }
        });
        // Where its part does not come, that is said, and the next tap asks again.
        let fetched = move || from_part(|owner| draw(self, take.clone(), owner), || missing(CameraProblem::Incomplete));
        erase(live(move || self.open.get().then(&fetched)))
    }

    /// A code that is of no product, or of several, stays in the search: the list shows what can be done.
    fn scanned(self, code: String, take: &Take) -> String {
        self.query.set(code.clone());
        take().unwrap_or_else(|| match untrack(|| self.till.search(&code, 1)).is_empty() {
            true => t!("{code} : inconnu ici.", code),
            false => t!("{code} : à choisir dans la liste.", code),
        })
    }

    fn view(self, take: Take) -> AnyView {
        let (said, problem) = (RwSignal::new(t!("Visez un code-barres.").to_owned()), RwSignal::new(None));
        // Whether the lamp is on; a phone may have none.
        let lamp = RwSignal::new(None::<bool>);
        let till = self.till;
        Effect::new(move |_| {
            let (Some(commands), take) = (till.commands(), take.clone()) else { return };
            spawn_local(async move {
                // The screen may be left at any moment.
                let told: Told = Rc::new(move |code| drop(said.try_set(self.scanned(code, &take))));
                match commands.open_camera(VIDEO, told).await {
                    Ok(has) => drop(lamp.try_set(has.filter(|has| *has).map(|_| false))),
                    Err(found) => drop(problem.try_set(Some(found))),
                }
            });
        });
        on_cleanup(move || {
            if let Some(commands) = till.commands() {
                commands.close_camera();
            }
        });
        let light = on(move |_: MouseEvent| {
            let (Some(commands), Some(is_on)) = (till.commands(), lamp.get_untracked()) else { return };
            spawn_local(async move {
                let now = commands.light(!is_on).await;
                let _ = lamp.try_set(Some(now));
            });
        });
        let close = on(move |_: MouseEvent| self.open.set(false));
        erase(view! {
            <section class="scan" aria-label=t!("Caméra")>
                {live(move || problem.get().map(missing))}
                <video id=VIDEO class="scan__view" hidden=live(move || problem.with(Option::is_some)) autoplay muted playsinline></video>
                <p class="scan__said" role="status" hidden=live(move || problem.with(Option::is_some))>{live(move || said.get())}</p>
                <div class="btns">
                    <button class="btn" type="button" hidden=live(move || lamp.with(Option::is_none)) aria-pressed=live(move || lamp.get().unwrap_or_default().to_string()) on:click=light>
                        {t!("Lampe")}
                    </button>
                    <button class="btn" type="button" on:click=close>{t!("Fermer la caméra")}</button>
                </div>
            </section>
        })
    }
}

fn missing(problem: CameraProblem) -> AnyView {
    let (title, what) = text::camera_problem(problem);
    notice("warn", title.to_owned(), vec![what.to_owned()])
}

part! {
    camera: fn draw(camera: Camera, take: Take, owner: Owner) -> AnyView {
        owner.with(|| camera.view(take))
    }
}
