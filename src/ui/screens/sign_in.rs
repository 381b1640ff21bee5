//! Connexion: the phone is enrolled once, then a person and a PIN.

use super::{focus, from_part, languages, storage_banner, till};
use crate::{
    device::Till,
    domain::{Label, Pin},
    part::part,
    sync::wire::PersonRow,
    ui::{
        components::{input, notice},
        erase::{erase, live, on},
        icons, text,
    },
};
use leptos::{
    ev::{KeyboardEvent, MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
    web_sys::HtmlElement,
};
use leptos_router::hooks::{use_location, use_navigate};

/// Digits of the longest PIN.
const PIN_MAX: usize = 6;
/// What has the keyboard while a PIN is typed.
const PAD: &str = "pave";

/// What the steps share.
#[derive(Clone, Copy)]
pub struct Gate {
    till: Till,
    chosen: RwSignal<Option<PersonRow>>,
    pub error: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// It unlocks a phone that is enrolled already.
    locked: bool,
}

impl Gate {
    pub fn new(till: Till, locked: bool) -> Self {
        let (chosen, error, busy) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(false));
        Self { till, chosen, error, busy, locked }
    }

    /// Where one has got to. Until the device is there nothing can be done, so the steps come with its part of the page.
    pub fn step(self) -> AnyView {
        erase(live(move || match self.till.ready.get() {
            false => erase(view! { <p class="muted">{t!("Ouverture…")}</p> }),
            true => from_part(|owner| steps(self, owner), || ().into_any()),
        }))
    }

    fn steps(self) -> AnyView {
        let enrolled = Memo::new(move |_| self.till.status.with(|status| status.installation.is_some()));
        erase(live(move || match (enrolled.get() || self.locked, self.chosen.get()) {
            // The storage did not open: there is nothing to enrol, and the banner says why.
            (false, _) if self.till.commands().is_none() => ().into_any(),
            (false, _) => enrol(self),
            (true, None) => people(self),
            (true, Some(person)) => pin_pad(self, person),
        }))
    }
}

part! {
    device: fn steps(gate: Gate, owner: Owner) -> AnyView {
        owner.with(|| gate.steps())
    }
}

#[component]
pub fn SignIn() -> impl IntoView {
    let till = till();
    let gate = Gate::new(till, false);
    erase(view! {
        <div class="app app--bare">
            <main class="gate">
                <p class="brand">{icons::shopping_cart()} "Comptoir"</p>
                {storage_banner(till)}
                {live(move || gate.error.get().map(|title| notice("bad", title, Vec::new())))}
                {gate.step()}
                {live(move || till.ready.get().then(|| languages(till)))}
            </main>
        </div>
    })
}

fn enrol(gate: Gate) -> AnyView {
    // The owner's QR code leads here with the code behind the address.
    let given = use_location().hash.get_untracked();
    let given = given.trim_start_matches('#').strip_prefix("code=").unwrap_or_default().to_owned();
    let (code, name) = (RwSignal::new(given), RwSignal::new(String::new()));
    let submit = on(move |event: SubmitEvent| {
        event.prevent_default();
        let Some(commands) = gate.till.commands().filter(|_| !gate.busy.get_untracked()) else { return };
        let Ok(name) = Label::clean(&name.get_untracked()) else {
            return gate.error.set(Some(t!("Donnez un nom à ce téléphone.").into()));
        };
        gate.busy.set(true);
        let code = code.get_untracked();
        spawn_local(async move {
            let enrolled = commands.enrol(code, name).await;
            gate.busy.set(false);
            gate.error.set(enrolled.err().map(|problem| text::sign_in_error(&problem)));
        });
    });
    erase(view! {
        <form class="gate__form" on:submit=submit>
            <h1>{t!("Inscrire ce téléphone")}</h1>
            <div class="field">
                <label class="field__label" for="code">{t!("Code à six chiffres")}</label>
                {input("code", "input input--code", "numeric", "7", code)}
                <span class="field__hint">{t!("Le propriétaire le donne ; il vaut 15 minutes.")}</span>
            </div>
            <div class="field">
                <label class="field__label" for="nom">{t!("Nom de ce téléphone")}</label>
                {input("nom", "input", "text", "100", name)}
            </div>
            <button class="btn btn--main btn--wide" type="submit" disabled=live(move || gate.busy.get())>
                {t!("Inscrire ce téléphone")}
            </button>
            <p class="field__hint">{t!("Il faut Internet une fois, maintenant. Ensuite, tout marche sans.")}</p>
        </form>
    })
}

/// Who somebody is, as a button: two letters, a name, and a word below it.
pub fn person_button(
    name: String,
    below: &'static str,
    end: AnyView,
    expanded: Option<Memo<bool>>,
    choose: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    let expanded = live(move || expanded.map(|expanded| expanded.get().to_string()));
    let letters: String = name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    erase(view! {
        <button class="person" type="button" aria-expanded=expanded on:click=on(choose)>
            <span class="avatar" aria-hidden="true">{letters}</span>
            <span>{name}<small>{below}</small></span>
            {end}
        </button>
    })
}

fn people(gate: Gate) -> AnyView {
    let one = move |person: PersonRow| {
        let role = text::role(person.role);
        let name = person.name.to_string();
        let choose = move |_| {
            gate.error.set(None);
            gate.chosen.set(Some(person.clone()));
        };
        erase(view! { <li>{person_button(name, role, icons::chevron_right(), None, choose)}</li> })
    };
    let all = live(move || {
        let mut people: Vec<PersonRow> = gate.till.people.get().into_iter().filter(|person| !person.retired).collect();
        // Who locked it is first: most often they are back.
        let here = gate.till.status.with(|status| status.actor.as_ref().map(|actor| actor.id));
        people.sort_by_key(|person| gate.locked && Some(person.id) != here);
        people.into_iter().map(one).collect::<Vec<AnyView>>()
    });
    erase(view! { <h1>{t!("Qui êtes-vous ?")}</h1><ul class="people">{all}</ul> })
}

fn pin_pad(gate: Gate, person: PersonRow) -> AnyView {
    let digits = RwSignal::new(String::new());
    let navigate = use_navigate();
    let (id, name) = (person.id, person.name.to_string());
    let confirm = move || {
        let Some(commands) = gate.till.commands().filter(|_| !gate.busy.get_untracked()) else { return };
        let Ok(pin) = Pin::new(&digits.get_untracked()) else {
            return gate.error.set(Some(t!("Le PIN a 4 à 6 chiffres.").into()));
        };
        gate.busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let before = gate.till.status.with_untracked(|status| status.actor.as_ref().map(|actor| actor.id));
            let signed_in = match gate.locked {
                true => commands.unlock(id, pin).await,
                false => commands.sign_in(id, pin).await,
            };
            // An unlocked phone has let go of this screen.
            let _ = gate.busy.try_set(false);
            let _ = digits.try_set(String::new());
            match signed_in {
                // They go on where they were; somebody else begins where one sells.
                Ok(()) if gate.locked && before == Some(id) => {}
                Ok(()) => navigate("/vente", Default::default()),
                Err(problem) => drop(gate.error.try_set(Some(text::sign_in_error(&problem)))),
            }
        });
    };
    let press = move |digit: char| {
        gate.error.set(None);
        digits.update(|digits| {
            if digits.len() < PIN_MAX {
                digits.push(digit);
            }
        });
    };
    let take_back = move || digits.update(|digits| digits.truncate(digits.len().saturating_sub(1)));
    let key = move |digit: char| {
        let press = on(move |_: MouseEvent| press(digit));
        erase(view! { <button class="pad__key" type="button" on:click=press>{digit.to_string()}</button> })
    };
    let leave = move || {
        gate.error.set(None);
        gate.chosen.set(None);
    };
    let enter = confirm.clone();
    let typed = on(move |event: KeyboardEvent| match event.key().as_str() {
        "Backspace" => take_back(),
        "Escape" => leave(),
        // On a key of the pad it presses that; what is held down since the person was chosen confirms nothing.
        "Enter" if event_target::<HtmlElement>(&event).id() == PAD && !event.repeat() && !event.default_prevented() => {
            enter()
        }
        other => {
            if let Some(digit) = other.chars().next().filter(|c| other.len() == 1 && c.is_ascii_digit()) {
                press(digit);
            }
        }
    });
    let dot = |n: usize| erase(view! { <i class:on=live(move || { digits.with(String::len) > n })></i> });
    let first: Vec<AnyView> = "123456789".chars().map(key).collect();
    let dots: Vec<AnyView> = (0..PIN_MAX).map(dot).collect();
    let delete = on(move |_: MouseEvent| take_back());
    let submit = on(move |event: SubmitEvent| {
        event.prevent_default();
        confirm();
    });
    // A key that is tapped leaves the keyboard to the pad.
    let stay = on(|event: MouseEvent| event.prevent_default());
    focus(PAD);
    erase(view! {
        <h1 class="sr">{t!("Votre PIN")}</h1>
        {person_button(name, t!("Changer de personne"), ().into_any(), None, move |_| leave())}
        <form class="gate__form" on:submit=submit on:keydown=typed>
            <p class="gate__ask">{t!("Votre PIN (4 à 6 chiffres)")}</p>
            <output
                class="dots"
                aria-label=live(move || count!(digits.with(String::len) as i64, "chiffre tapé", "chiffres tapés"))
            >
                {dots}
            </output>
            <div class="pad" id=PAD tabindex="-1" role="group" aria-label=t!("Pavé numérique") on:mousedown=stay>
                {first}
                <button class="pad__key" type="button" aria-label=t!("Effacer") on:click=delete>{icons::delete()}</button>
                {key('0')}
                <button
                    class="pad__key pad__key--ok"
                    type="submit"
                    aria-label=t!("Valider le PIN")
                    disabled=live(move || gate.busy.get())
                >
                    {icons::check()}
                </button>
            </div>
        </form>
    })
}
