//! The screens, one file each.

mod decide;
mod home;
mod pay;
mod receipt;
mod sell;
mod settings;
mod sign_in;

pub use decide::Decide;
pub use home::Home;
pub use pay::Pay;
pub use receipt::ReceiptScreen;
pub use sell::Sell;
pub use settings::Settings;
pub use sign_in::SignIn;

use super::{icons, text};
use crate::device::{Till, handle::Status};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

pub fn till() -> Till {
    use_context::<Till>().unwrap_or_default()
}

/// Sends people who are not signed in on this phone to where they can.
pub fn require_person(till: Till) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if till.ready.get() && till.status.with(|status| status.actor.is_none()) {
            navigate("/connexion", Default::default());
        }
    });
}

/// What the header says: one glance tells where things stand.
#[component]
pub fn Chip(till: Till) -> impl IntoView {
    let shown = Memo::new(move |_| till.status.with(chip));
    view! {
        <a class=move || format!("chip chip--{}", shown.get().0) href=move || shown.get().2 aria-live="polite">
            {move || match shown.get().0 {
                "todo" => icons::triangle_alert().into_any(),
                "off" => icons::wifi_off().into_any(),
                "wait" => icons::clock().into_any(),
                _ => icons::check().into_any(),
            }}
            <span>{move || shown.get().1}</span>
        </a>
    }
}

fn chip(status: &Status) -> (&'static str, String, &'static str) {
    match status {
        Status { to_decide: n @ 1.., .. } => ("todo", format!("{n} à décider"), "/a-decider"),
        Status { online: false, waiting: 0, .. } => ("off", "Hors ligne".into(), "/parametres"),
        Status { online: false, waiting, .. } => ("off", format!("Hors ligne · {waiting}"), "/parametres"),
        Status { waiting: n @ 1.., .. } => ("wait", format!("{n} en attente"), "/parametres"),
        _ => ("ok", "À jour".into(), "/parametres"),
    }
}

/// What concerns every screen: storage, the end of a session, a newer version.
#[component]
pub fn Banners(till: Till) -> impl IntoView {
    use super::components::NoticeBar;
    use crate::sync::engine::SessionState;
    let storage = move || {
        till.status.with(|status| status.storage_problem).map(|problem| {
            view! { <NoticeBar kind="bad" title=text::storage_problem(problem).to_owned() /> }
        })
    };
    let session = move || {
        let asked = till.status.with(|status| {
            till.ready.get() && status.actor.is_some() && status.online && status.session == SessionState::Ended
        });
        asked.then(|| {
            view! {
                <div class="notice notice--warn" role="status">
                    {icons::lock()}
                    <p class="notice__text">
                        <strong>"PIN demandé pour envoyer"</strong>
                        <span>"Vendez : tout est gardé sur ce téléphone."</span>
                    </p>
                    <a class="btn" href="/connexion">"Mon code"</a>
                </div>
            }
        })
    };
    let update = move || {
        till.update_ready.get().then(|| {
            let take = move |_| {
                if let Some(commands) = till.commands() {
                    commands.update();
                }
            };
            view! {
                <div class="notice notice--info" role="status">
                    {icons::download()}
                    <p class="notice__text"><strong>"Nouvelle version"</strong></p>
                    <button class="btn" type="button" on:click=take>"Mettre à jour"</button>
                </div>
            }
        })
    };
    view! { {storage} {session} {update} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_glance_tells_where_things_stand() {
        let at = |online, waiting, to_decide| chip(&Status { online, waiting, to_decide, ..Status::default() }).1;
        assert_eq!(at(true, 0, 0), "À jour");
        assert_eq!(at(true, 3, 0), "3 en attente");
        assert_eq!(at(false, 0, 0), "Hors ligne");
        assert_eq!(at(false, 2, 1), "1 à décider");
    }
}
