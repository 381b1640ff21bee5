//! The screens away from the till. They are a file of their own, which is fetched when one of them is opened, so that a
//! first sale does not wait for them; where the app is installed, it is on the phone already.

use super::{
    banners, chip,
    credits::{AccountCard, Credits},
    decide::Decide,
    expenses::{ExpenseCard, Expenses},
    home::day,
    sales::{SaleCard, Sales},
    settings::{People, Phones, Settings},
    stock::{Count, Import, NewProduct, ProductCard, Stock},
    till, to_decide,
};
use crate::{
    device::Till,
    part::part,
    ui::{
        components::{nav, notice, top},
        erase::{erase, live},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// After what was to be done first: the products are here, and painted.
const QUIET: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A part of Accueil, which has a frame of its own.
    Day,
    Sales,
    Sale,
    Stock,
    Product,
    NewProduct,
    Import,
    Count,
    Expenses,
    Expense,
    Credits,
    Account,
    Decide,
    Settings,
    People,
    Phones,
}

impl Place {
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Place::Day => ("/", t!("Accueil")),
            Place::Sales => ("/ventes", t!("Ventes")),
            Place::Sale => ("/ventes", t!("Vente")),
            Place::Stock => ("/stock", t!("Stock")),
            Place::Product => ("/stock", t!("Produit")),
            Place::NewProduct => ("/stock", t!("Nouveau produit")),
            Place::Import => ("/stock", t!("Importer des produits")),
            Place::Count => ("/stock", t!("Compter")),
            Place::Expenses => ("/depenses", t!("Dépenses")),
            Place::Expense => ("/depenses", t!("Dépense")),
            Place::Credits => ("/credits", t!("Crédits")),
            Place::Account => ("/credits", t!("Client")),
            Place::Decide => ("/a-decider", t!("À décider")),
            Place::Settings => ("/parametres", t!("Paramètres")),
            Place::People => ("/parametres", t!("Personnes")),
            Place::Phones => ("/parametres", t!("Téléphones")),
        }
    }
}

/// What is drawn once it is there, to be taken once.
type Drawn = Arc<Mutex<Option<AnyView>>>;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not asked for, or it did not come.
    Away {
        tried: bool,
    },
    Asked,
    Here,
}

pub fn office(place: Place) -> AnyView {
    let (till, drawn, stage) = (till(), Drawn::default(), RwSignal::new(Stage::Away { tried: false }));
    let (puts, owner) = (drawn.clone(), Owner::current().unwrap_or_default());
    Effect::new(move |_| {
        // Where the network went in the middle of a first visit, it is asked for again when that returns.
        till.status.track();
        if matches!(stage.get_untracked(), Stage::Away { .. }) {
            stage.set(Stage::Asked);
            fetch(place, owner.clone(), puts.clone(), stage);
        }
    });
    let here = Memo::new(move |_| stage.get() == Stage::Here);
    erase(live(move || {
        let view = here.get().then(|| drawn.lock().ok()?.take()).flatten();
        view.unwrap_or_else(|| frame(place, stage))
    }))
}

fn fetch(place: Place, owner: Owner, drawn: Drawn, stage: RwSignal<Stage>) {
    spawn_local(async move {
        // The screen may have been left meanwhile: then nobody looks.
        match (draw(place, owner).await, drawn.lock()) {
            (Ok(view), Ok(mut drawn)) => {
                *drawn = Some(view);
                let _ = stage.try_set(Stage::Here);
            }
            _ => drop(stage.try_set(Stage::Away { tried: true })),
        }
    });
}

part! {
    office: fn draw(place: Place, owner: Owner) -> AnyView {
        owner.with(|| of(place))
    }
}

/// Fetches them when nothing else is to be done, so that the first tap on one of them does not wait for it.
pub fn fetch_in_quiet(till: Till) {
    let asked = StoredValue::new(false);
    Effect::new(move |_| {
        let read = till.status.with(|status| status.actor.is_some() && status.loading.is_none());
        if till.ready.get() && read && !asked.get_value() {
            asked.set_value(true);
            // Where they do not come, whoever opens one asks again.
            set_timeout(|| spawn_local(async { drop(fetched().await) }), QUIET);
        }
    });
}

part! {
    office: fn fetched() -> () {}
}

/// The screen without what is on it.
fn frame(place: Place, stage: RwSignal<Stage>) -> AnyView {
    let (till, (here, name)) = (till(), place.name());
    let missing = live(move || {
        let title = t!("Cette page n’est pas encore sur ce téléphone.");
        (stage.get() == Stage::Away { tried: true })
            .then(|| notice("warn", title.to_owned(), vec![t!("Elle s’ouvrira avec le réseau.").to_owned()]))
    });
    if place == Place::Day {
        return erase(missing);
    }
    erase(view! {
        <div class="app">
            {top(None, name.into_any(), chip(till), ().into_any())} <main class="page">{banners(till)} {missing}</main>
            {nav(here, to_decide(till))}
        </div>
    })
}

fn of(place: Place) -> AnyView {
    match place {
        Place::Day => day(till()),
        Place::Sales => erase(view! { <Sales /> }),
        Place::Sale => erase(view! { <SaleCard /> }),
        Place::Stock => erase(view! { <Stock /> }),
        Place::Product => erase(view! { <ProductCard /> }),
        Place::NewProduct => erase(view! { <NewProduct /> }),
        Place::Import => erase(view! { <Import /> }),
        Place::Count => erase(view! { <Count /> }),
        Place::Expenses => erase(view! { <Expenses /> }),
        Place::Expense => erase(view! { <ExpenseCard /> }),
        Place::Credits => erase(view! { <Credits /> }),
        Place::Account => erase(view! { <AccountCard /> }),
        Place::Decide => erase(view! { <Decide /> }),
        Place::Settings => erase(view! { <Settings /> }),
        Place::People => erase(view! { <People /> }),
        Place::Phones => erase(view! { <Phones /> }),
    }
}
