//! Personnes: who works in the shop, with which role; an owner adds people, gives new PINs and retires people.

use super::owner::{away, not_yours, outcome, reached, wrong};
use crate::{
    device::Till,
    domain::{Label, Pin, Role, UserId},
    sync::{
        CallError,
        wire::{PersonAct, PersonRow},
    },
    ui::{
        components::{nav, notice, pin_field, segments, text_field, top},
        erase::{erase, live, on},
        icons,
        screens::{banners, chip, owns, require_person, sign_in::person_button, till, to_decide},
        text,
    },
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};

/// What the parts of the screen share.
#[derive(Clone, Copy)]
struct Desk {
    till: Till,
    reached: Memo<bool>,
    busy: RwSignal<bool>,
    /// What became of the last act.
    said: RwSignal<Option<Result<String, String>>>,
    /// Whose card is open, and what is typed there.
    open: RwSignal<Option<UserId>>,
    pin: TwoPins,
    sure: RwSignal<bool>,
}

/// A PIN is typed twice: nobody sees it.
#[derive(Clone, Copy)]
struct TwoPins {
    first: RwSignal<String>,
    again: RwSignal<String>,
}

impl TwoPins {
    fn new() -> Self {
        Self { first: RwSignal::new(String::new()), again: RwSignal::new(String::new()) }
    }

    fn clear(self) {
        let _ = self.first.try_set(String::new());
        let _ = self.again.try_set(String::new());
    }

    fn read(self) -> Result<Pin, String> {
        let (first, again) = (self.first.get_untracked(), self.again.get_untracked());
        let pin = Pin::new(&first).map_err(|_| t!("Le PIN a 4 à 6 chiffres."))?;
        if first == again { Ok(pin) } else { Err(t!("Les deux PIN ne sont pas les mêmes.").into()) }
    }
}

#[component]
pub fn People() -> impl IntoView {
    let till = till();
    require_person(till);
    let owner = owns(till);
    let desk = Desk {
        till,
        reached: reached(till),
        busy: RwSignal::new(false),
        said: RwSignal::new(None),
        open: RwSignal::new(None),
        pin: TwoPins::new(),
        sure: RwSignal::new(false),
    };
    let inside = live(move || match (till.ready.get(), owner.get()) {
        (false, _) => ().into_any(),
        (true, false) => not_yours(),
        (true, true) => erase(view! { {away(desk.reached)} {outcome(desk.said)} {desk.list()} {desk.add()} }),
    });
    erase(view! {
        <div class="app">
            {top(Some(("/parametres", t!("Paramètres"))), t!("Personnes").into_any(), chip(till), ().into_any())}
            <main class="page">{banners(till)} {inside}</main>
            {nav("/parametres", to_decide(till))}
        </div>
    })
}

impl Desk {
    /// Asks the server, and says what became of it.
    fn ask(self, person: UserId, act: PersonAct, done: String, then: impl FnOnce(Result<(), CallError>) + 'static) {
        let Some(commands) = self.till.commands().filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        self.said.set(None);
        spawn_local(async move {
            let became = commands.person(person, act).await.map(drop);
            // The screen may be gone by now.
            let _ = self.busy.try_set(false);
            let said = became.as_ref().map(|()| done).map_err(|error| wrong(error).to_owned());
            let _ = self.said.try_set(Some(said));
            then(became);
        });
    }

    fn idle(self) -> Memo<bool> {
        Memo::new(move |_| self.reached.get() && !self.busy.get())
    }

    fn list(self) -> AnyView {
        let one = move |person: PersonRow| {
            let id = person.id;
            let here = Memo::new(move |_| self.open.get() == Some(id));
            let toggle = move |_: MouseEvent| {
                self.pin.clear();
                self.sure.set(false);
                self.open.update(|open| *open = if *open == Some(id) { None } else { Some(id) });
            };
            let (name, role) = (person.name.to_string(), text::role(person.role));
            let row = person_button(name, role, icons::chevron_down(), Some(here), toggle);
            let card = live(move || here.get().then(|| self.card(&person)));
            erase(view! { <li>{row} {card}</li> })
        };
        let people = move |retired: bool| {
            let people = self.till.people.get().into_iter().filter(move |person| person.retired == retired);
            people.collect::<Vec<PersonRow>>()
        };
        let left = live(move || {
            let left = people(true);
            (!left.is_empty()).then(|| {
                let names: Vec<AnyView> =
                    left.into_iter().map(|one| erase(view! { <li>{one.name.to_string()}</li> })).collect();
                erase(view! {
                    <details class="more">
                        <summary>{icons::chevron_down()} {t!("Ne travaillent plus ici")}</summary>
                        <ul class="history">{names}</ul>
                    </details>
                })
            })
        });
        erase(view! {
            <section aria-label=t!("Personnes de la boutique")>
                <ul class="people">{live(move || people(false).into_iter().map(one).collect::<Vec<AnyView>>())}</ul>
                {left}
            </section>
        })
    }

    /// What an owner does about one person.
    fn card(self, person: &PersonRow) -> AnyView {
        let (id, name, role) = (person.id, person.name.to_string(), person.role);
        let idle = self.idle();
        let (other, offers) = match role {
            Role::Owner => (Role::Employee, t!("Donner le rôle d’employé")),
            Role::Employee => (Role::Owner, t!("Donner le rôle de propriétaire")),
        };
        let is_now = t!("{name} : {role} maintenant.", name, role = text::role(other).to_lowercase());
        let change = move |_: MouseEvent| self.ask(id, PersonAct::Role(other), is_now.clone(), |_| {});
        let has_pin = t!("{name} a un nouveau PIN. Le téléphone le demande à la prochaine connexion.", name);
        let give = move |event: SubmitEvent| {
            event.prevent_default();
            match self.pin.read() {
                Ok(pin) => self.ask(id, PersonAct::Pin(pin), has_pin.clone(), move |became| {
                    if became.is_ok() {
                        self.pin.clear();
                    }
                }),
                Err(title) => self.said.set(Some(Err(title))),
            }
        };
        let label = t!("Changer {name}", name);
        erase(view! {
            <div class="card" role="group" aria-label=label>
                <button class="btn btn--wide" type="button" disabled=live(move || !idle.get()) on:click=on(change)>
                    {icons::user()}{offers}
                </button>
                <form class="choices" on:submit=on(give)>
                    {pin_field("nouveau-code", t!("Nouveau PIN (4 à 6 chiffres)"), self.pin.first)}
                    {pin_field("nouveau-code-encore", t!("Le même PIN encore une fois"), self.pin.again)}
                    <button class="btn btn--wide" type="submit" disabled=live(move || !idle.get())>
                        {icons::lock()} {t!("Donner ce PIN")}
                    </button>
                </form>
                {self.retire(id, name)}
            </div>
        })
    }

    fn retire(self, id: UserId, name: String) -> AnyView {
        let idle = self.idle();
        erase(live(move || match self.sure.get() {
            false => {
                let ask = on(move |_: MouseEvent| self.sure.set(true));
                erase(view! {
                    <button class="btn btn--bad btn--wide" type="button" on:click=ask>{t!("Retirer de la boutique")}</button>
                })
            }
            true => {
                let done = t!("{name} ne peut plus se connecter.", name);
                let keep = on(move |_: MouseEvent| self.sure.set(false));
                let retire = on(move |_: MouseEvent| {
                    self.ask(id, PersonAct::Retire, done.clone(), move |_| {
                        let _ = self.sure.try_set(false);
                    });
                });
                let told = vec![
                    t!("Déconnexion partout, tout de suite ; plus de connexion possible, et pas de retour.").to_owned(),
                    t!("Les ventes faites restent à son nom. Ce qui n’est pas encore envoyé sera gardé à part pour vous.")
                        .to_owned(),
                ];
                erase(view! {
                    {notice("warn", t!("Retirer {name} ?", name), told)}
                    <div class="btns">
                        <button class="btn" type="button" on:click=keep>{t!("Garder")}</button>
                        <button
                            class="btn btn--bad"
                            type="button"
                            disabled=live(move || !idle.get())
                            on:click=retire
                        >
                            {t!("Oui, retirer")}
                        </button>
                    </div>
                })
            }
        }))
    }

    fn add(self) -> AnyView {
        let (name, role, pin) = (RwSignal::new(String::new()), RwSignal::new(Role::Employee), TwoPins::new());
        // Kept until the server has answered: asked again after a lost answer, it is the same person.
        let id = StoredValue::new(None::<UserId>);
        let idle = self.idle();
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            let Some(commands) = self.till.commands() else { return };
            let read = || {
                let name = Label::clean(&name.get_untracked()).map_err(|_| t!("Un nom, de 100 lettres au plus."))?;
                Ok::<_, String>((name, pin.read()?))
            };
            let (label, chosen) = match read() {
                Ok(read) => read,
                Err(title) => return self.said.set(Some(Err(title))),
            };
            let new = id.get_value().unwrap_or_else(|| UserId(commands.new_id()));
            id.set_value(Some(new));
            let done = t!("{name} peut se connecter, la première fois avec le réseau.", name = label);
            let act = PersonAct::Add { name: label, role: role.get_untracked(), pin: chosen };
            self.ask(new, act, done, move |became| match became {
                Err(CallError::NotReached { .. } | CallError::TryLater) => {}
                became => {
                    id.try_set_value(None);
                    if became.is_ok() {
                        let _ = name.try_set(String::new());
                        let _ = role.try_set(Role::Employee);
                        pin.clear();
                    }
                }
            });
        };
        erase(view! {
            <section aria-labelledby="personnes-ajouter">
                <form class="card" on:submit=on(submit)>
                    <h2 id="personnes-ajouter">{t!("Ajouter une personne")}</h2>
                    {text_field("personne-nom", t!("Nom"), "100", name)}
                    {segments("role", t!("Rôle"), &[(t!("Employé"), Role::Employee), (t!("Propriétaire"), Role::Owner)], role)}
                    {pin_field("personne-code", t!("PIN (4 à 6 chiffres)"), pin.first)}
                    {pin_field("personne-code-encore", t!("Le même PIN encore une fois"), pin.again)}
                    <button class="btn btn--main btn--wide" type="submit" disabled=live(move || !idle.get())>
                        {icons::plus()} {t!("Ajouter")}
                    </button>
                </form>
            </section>
        })
    }
}
