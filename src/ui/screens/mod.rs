//! The screens, one file each.

pub mod alerts;
mod credits;
mod decide;
mod drafts;
mod expenses;
#[cfg(debug_assertions)]
mod gallery;
mod home;
mod install;
mod lock;
mod office;
mod older;
mod pay;
mod receipt;
mod returning;
mod sales;
mod scan;
mod sell;
mod settings;
mod sign_in;
mod stock;

pub use drafts::Drafts;
#[cfg(debug_assertions)]
pub use gallery::Gallery;
pub use home::Home;
pub use lock::lock;
pub use office::{Place, fetch_in_quiet, office};
pub use pay::Pay;
pub use receipt::ReceiptScreen;
pub use returning::Returning;
pub use sell::Sell;
pub use sign_in::SignIn;

use super::{
    components::{asks, notice, segments},
    erase::{erase, live, on},
    format, icons, text,
};
use crate::{
    device::{
        Till,
        handle::{Answer, Commands, Language, Status},
    },
    domain::{Role, UserId},
    part::SplitLoaderError,
    sync::{
        engine::{Freshness, SessionState},
        wire::PersonRow,
    },
};
use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys::HtmlElement};
use leptos_router::hooks::use_navigate;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex},
};

fn till() -> Till {
    use_context::<Till>().unwrap_or_default()
}

/// Sends people who are not signed in on this phone to where they can.
fn require_person(till: Till) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if till.ready.get() && till.status.with(|status| status.actor.is_none()) {
            navigate("/connexion", Default::default());
        }
    });
}

/// Reads what a screen shows by a command, and again whenever the device or what is asked for changes: one reading at a
/// time, and after it the latest one asked for. The screen may have been left when `show` is called.
fn follow<Q: 'static, T: 'static>(
    till: Till,
    asks: impl Fn() -> Q + 'static,
    read: impl Fn(&dyn Commands, Q) -> Answer<T> + 'static,
    show: impl Fn(T) + 'static,
) {
    let (wanted, reading) = (Rc::new(RefCell::new(None::<Q>)), Rc::new(Cell::new(false)));
    let does = Rc::new((read, show));
    Effect::new(move |_| {
        till.version();
        let asked = asks();
        let Some(commands) = till.commands().filter(|_| till.ready.get()) else { return };
        *wanted.borrow_mut() = Some(asked);
        if reading.replace(true) {
            return;
        }
        let (wanted, reading, does) = (wanted.clone(), reading.clone(), does.clone());
        spawn_local(async move {
            while let Some(asked) = { wanted.borrow_mut().take() } {
                let (read, show) = &*does;
                show(read(&*commands, asked).await);
            }
            reading.set(false);
        });
    });
}

/// Gives the keyboard to an element, once it is drawn.
fn focus(id: &'static str) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if let Some(element) = element {
            drop(element.focus()); // it fails for none
        }
    });
}

/// Whether an owner is signed in: undoing what others did, and changing products, is theirs.
fn owns(till: Till) -> Memo<bool> {
    Memo::new(move |_| till.status.with(Status::is_owner))
}

/// Whether this phone is marked as the owner's: purchase prices reach no other.
fn holds_costs(till: Till) -> Memo<bool> {
    Memo::new(move |_| till.status.with(|status| status.installation.as_ref().is_some_and(|own| own.holds_costs)))
}

/// The way to a new product of the name or the barcode that was looked for.
fn create(query: &str, for_sale: bool) -> AnyView {
    let query = query.trim();
    let is_code = scan::is_code(query);
    let (field, of) = (if is_code { "code" } else { "nom" }, if for_sale { "&pour=vente" } else { "" });
    let to = format!("/stock/nouveau?{field}={}{of}", format::in_address(query));
    let said = if query.is_empty() { t!("Nouveau produit").to_owned() } else { t!("Créer « {query} »", query) };
    erase(view! { <a class="btn" href=to>{icons::plus()} {said}</a> })
}

/// The first sync in numbers: it can be left, and goes on where it was.
fn loading(till: Till) -> AnyView {
    let standing = Memo::new(move |_| till.status.with(|status| status.loading.filter(|(_, total)| *total > 0)));
    erase(live(move || {
        standing.get().map(|(rows, total)| {
            let said = t!("{rows} / {total} lignes reçues", rows = format::number(rows as i64), total = format::number(total as i64));
            erase(view! {
                <div class="loading" role="status">
                    <p class="small muted">{said}</p>
                    <progress class="progress" max=total.to_string() value=rows.to_string() aria-label=t!("Réception")></progress>
                </div>
            })
        })
    }))
}

/// Where there is no product: because none came yet, or because the shop has none.
fn empty_shop(till: Till, for_sale: bool) -> AnyView {
    let known = Memo::new(move |_| till.status.with(|status| (status.first_read, status.is_owner())));
    erase(live(move || {
        let (more, acts) = match known.get() {
            (true, _) => (t!("Ils arrivent avec la première synchronisation."), None),
            (false, false) => (t!("Le propriétaire les ajoute ; ils s’afficheront ici."), None),
            (false, true) => {
                let import = erase(
                    view! { <a class="btn" href="/stock/import">{icons::upload()} {t!("Importer un fichier")}</a> },
                );
                let acts = erase(view! { <div class="btns">{create("", for_sale)} {import}</div> });
                (t!("Ajoutez-les un par un, ou tous à la fois par un fichier de tableur."), Some(acts))
            }
        };
        erase(view! {
            <div class="empty" role="status">{icons::package()}<h2>{t!("Pas encore de produit")}</h2><p>{more}</p>{acts}</div>
        })
    }))
}

/// Each language calls itself by its own name: whoever lands in a wrong one finds the way back.
fn languages(till: Till) -> AnyView {
    segments("langue", t!("Langue"), &[("Français", Language::French), ("English", Language::English)], till.language)
}

/// What a part of the page draws: nothing until it is here, `missing` where it does not come.
fn from_part<F>(draw: impl FnOnce(Owner) -> F, missing: impl FnOnce() -> AnyView + 'static) -> AnyView
where
    F: Future<Output = Result<AnyView, SplitLoaderError>> + 'static,
{
    let (here, drawn) = (RwSignal::new(false), Arc::new(Mutex::new(None::<AnyView>)));
    let (puts, drawing) = (drawn.clone(), draw(Owner::current().unwrap_or_default()));
    spawn_local(async move {
        let view = drawing.await.unwrap_or_else(|_| missing());
        // The screen may have been left meanwhile: then nobody looks.
        if let Ok(mut drawn) = puts.lock() {
            *drawn = Some(view);
            let _ = here.try_set(true);
        }
    });
    erase(live(move || here.get().then(|| drawn.lock().ok()?.take()).flatten()))
}

/// A person's name; empty for one this device does not know.
fn name_of(till: Till, person: UserId) -> String {
    till.people.with(|people| {
        people.iter().find(|one| one.id == person).map_or_else(String::new, |person| person.name.to_string())
    })
}

/// Who may do what is asked, besides this person: the server's rule, in words.
fn only_theirs(till: Till, person: UserId, does: &str) -> String {
    let role = |people: &Vec<PersonRow>| people.iter().find(|one| one.id == person).map(|one| one.role);
    match till.people.with(role) {
        Some(Role::Employee) => {
            t!("Seuls {person} et le propriétaire peuvent {does}.", person = name_of(till, person), does)
        }
        _ => t!("Seul le propriétaire peut {does}.", does),
    }
}

fn to_decide(till: Till) -> Signal<usize> {
    Signal::derive(move || till.status.with(|status| status.to_decide))
}

/// What the header says: one glance tells where things stand.
fn chip(till: Till) -> AnyView {
    let shown = Memo::new(move |_| match till.ready.get() {
        true => till.status.with(stands),
        false => ("wait", t!("Ouverture…").to_owned(), "/parametres"),
    });
    erase(view! {
        <a
            class=live(move || format!("chip chip--{}", shown.get().0))
            href=live(move || shown.get().2)
            aria-live="polite"
        >
            {live(move || match shown.get().0 {
                "todo" => icons::triangle_alert(),
                "off" => icons::wifi_off(),
                "wait" => icons::clock(),
                _ => icons::check(),
            })}
            <span>{live(move || shown.get().1)}</span>
        </a>
    })
}

fn stands(status: &Status) -> (&'static str, String, &'static str) {
    match status {
        Status { to_decide: n @ 1.., .. } => ("todo", t!("{n} à décider", n), "/a-decider"),
        Status { online: false, waiting: 0, .. } => ("off", t!("Hors ligne").into(), "/parametres"),
        Status { online: false, waiting, .. } => ("off", t!("Hors ligne · {waiting}", waiting), "/parametres"),
        Status { waiting: n @ 1.., .. } => ("wait", t!("{n} en attente", n), "/parametres"),
        // Nothing is asked for any more, nor sent.
        Status { session: SessionState::Ended, .. } => ("wait", t!("PIN demandé").into(), "/connexion"),
        Status { session: SessionState::Revoked, .. } => ("off", t!("Téléphone retiré").into(), "/parametres"),
        Status { storage_problem: Some(_), .. } => ("todo", t!("À vérifier").into(), "/parametres"),
        Status { freshness: Freshness::Silent, .. } => ("off", t!("Pas de réponse").into(), "/parametres"),
        // A part of a shop is not up to date.
        Status { first_read: true, .. } | Status { loading: Some(_), .. } => {
            ("wait", t!("Réception…").into(), "/parametres")
        }
        Status { freshness: Freshness::Unknown, .. } => ("wait", t!("Connexion…").into(), "/parametres"),
        Status { freshness: Freshness::Behind, .. } => ("wait", t!("Mise à jour").into(), "/parametres"),
        _ => ("ok", t!("À jour").into(), "/parametres"),
    }
}

/// What is wrong with the phone's storage.
fn storage_banner(till: Till) -> AnyView {
    let problem = Memo::new(move |_| till.status.with(|status| status.storage_problem));
    erase(live(move || {
        problem.get().map(|problem| notice("bad", text::storage_problem(problem).to_owned(), Vec::new()))
    }))
}

/// What concerns every screen: storage, the end of a session, a newer version.
fn banners(till: Till) -> AnyView {
    let session = live(move || {
        let asked = till.status.with(|status| {
            till.ready.get() && status.actor.is_some() && status.online && status.session == SessionState::Ended
        });
        asked.then(|| {
            let act = erase(view! { <a class="btn" href="/connexion">{t!("Mon PIN")}</a> });
            let kept = t!("Vendez : tout est gardé sur ce téléphone.");
            asks("warn", icons::lock(), t!("PIN demandé pour envoyer"), kept, act)
        })
    });
    let outdated = live(move || {
        till.status.with(|status| status.upgrade_needed).then(|| {
            let kept = t!("Vendez : tout est gardé, et partira après la mise à jour.");
            asks("warn", icons::download(), t!("Mise à jour nécessaire pour envoyer"), kept, ().into_any())
        })
    });
    let update = live(move || {
        till.update_ready.get().then(|| {
            let take = move |_: leptos::ev::MouseEvent| {
                if let Some(commands) = till.commands() {
                    commands.update();
                }
            };
            let act =
                erase(view! { <button class="btn" type="button" on:click=on(take)>{t!("Mettre à jour")}</button> });
            asks("info", icons::download(), t!("Nouvelle version"), t!("Elle attend que vous ayez fini."), act)
        })
    });
    erase(view! { {storage_banner(till)} {alerts::bar(till)} {session} {outdated} {update} })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::handle::StorageProblem;

    #[test]
    fn one_glance_tells_where_things_stand() {
        let (session, freshness) = (SessionState::Open, Freshness::Current);
        let of =
            |online, waiting, to_decide| Status { online, freshness, session, waiting, to_decide, ..Status::default() };
        let at = |online, waiting, to_decide| stands(&of(online, waiting, to_decide)).1;
        assert_eq!(at(true, 0, 0), "À jour");
        assert_eq!(at(true, 3, 0), "3 en attente");
        assert_eq!(at(false, 0, 0), "Hors ligne");
        assert_eq!(at(false, 2, 1), "1 à décider");
        assert_eq!(stands(&Status { first_read: true, ..of(true, 0, 0) }).1, "Réception…");
        // A network may lead nowhere: what is not known is not said.
        assert_eq!(stands(&Status { freshness: Freshness::Unknown, ..of(true, 0, 0) }).1, "Connexion…");
        assert_eq!(stands(&Status { freshness: Freshness::Silent, ..of(true, 0, 0) }).1, "Pas de réponse");
        assert_eq!(stands(&Status { freshness: Freshness::Silent, ..of(true, 2, 0) }).1, "2 en attente");
        assert_eq!(stands(&Status { freshness: Freshness::Behind, ..of(true, 0, 0) }).1, "Mise à jour");
        assert_eq!(stands(&Status { session: SessionState::Ended, ..of(true, 0, 0) }).1, "PIN demandé");
        assert_eq!(stands(&Status { session: SessionState::Revoked, ..of(true, 0, 0) }).1, "Téléphone retiré");
        assert_eq!(stands(&Status { loading: Some((1, 2)), ..of(true, 0, 0) }).1, "Réception…");
        let full = Some(StorageProblem::Full);
        assert_eq!(stands(&Status { storage_problem: full, ..of(true, 0, 0) }).1, "À vérifier");
    }
}
