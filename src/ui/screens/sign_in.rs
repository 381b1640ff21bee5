//! Connexion: the phone is enrolled once, then a person and a PIN.

use super::till;
use crate::{
    device::Till,
    domain::{Label, Pin, Role},
    sync::wire::PersonRow,
    ui::{components::NoticeBar, icons, text},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

#[component]
pub fn SignIn() -> impl IntoView {
    let till = till();
    let chosen = RwSignal::new(None::<PersonRow>);
    let error = RwSignal::new(None::<String>);
    let enrolled = Memo::new(move |_| till.status.with(|status| status.installation.is_some()));
    view! {
        <div class="app app--bare">
            <main class="gate">
                <p class="brand">{icons::shopping_cart()} "Comptoir"</p>
                {move || error.get().map(|title| view! { <NoticeBar kind="bad" title /> })}
                {move || match (till.ready.get(), enrolled.get(), chosen.get()) {
                    (false, ..) => view! { <p class="muted">"Ouverture…"</p> }.into_any(),
                    (true, false, _) => view! { <Enrol till error /> }.into_any(),
                    (true, true, None) => view! { <People till chosen error /> }.into_any(),
                    (true, true, Some(person)) => view! { <PinPad till person chosen error /> }.into_any(),
                }}
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Enrol(till: Till, error: RwSignal<Option<String>>) -> impl IntoView {
    let (code, name, busy) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
        let Ok(name) = Label::clean(&name.get_untracked()) else {
            return error.set(Some("Donnez un nom à ce téléphone.".into()));
        };
        busy.set(true);
        let code = code.get_untracked();
        spawn_local(async move {
            let enrolled = commands.enrol(code, name).await;
            busy.set(false);
            error.set(enrolled.err().map(|problem| text::sign_in_error(&problem)));
        });
    };
    view! {
        <form class="gate__form" on:submit=submit>
            <h1>"Inscrire ce téléphone"</h1>
            <div class="field">
                <label class="field__label" for="code">"Code à six chiffres"</label>
                <input
                    class="input input--code"
                    id="code"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength="7"
                    prop:value=move || code.get()
                    on:input=move |event| code.set(event_target_value(&event))
                />
                <span class="field__hint">"Le propriétaire le donne ; il vaut 15 minutes."</span>
            </div>
            <div class="field">
                <label class="field__label" for="nom">"Nom de ce téléphone"</label>
                <input
                    class="input"
                    id="nom"
                    autocomplete="off"
                    maxlength="100"
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
            </div>
            <button class="btn btn--main btn--wide" type="submit" disabled=move || busy.get()>
                "Inscrire ce téléphone"
            </button>
            <p class="field__hint">"Il faut Internet une fois, maintenant. Ensuite, tout marche sans."</p>
        </form>
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
}

#[component]
fn People(till: Till, chosen: RwSignal<Option<PersonRow>>, error: RwSignal<Option<String>>) -> impl IntoView {
    let people = move || till.people.get().into_iter().filter(|person| !person.retired).collect::<Vec<_>>();
    view! {
        <h1>"Qui êtes-vous ?"</h1>
        <ul class="people">
            <For
                each=people
                key=|person| person.clone().id
                children=move |person| {
                    let (name, role) = (person.name.to_string(), person.role);
                    view! {
                        <li>
                            <button
                                class="person"
                                type="button"
                                on:click=move |_| {
                                    error.set(None);
                                    chosen.set(Some(person.clone()));
                                }
                            >
                                <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                                <span>
                                    {name.clone()}
                                    <small>
                                        {match role {
                                            Role::Owner => "Propriétaire",
                                            Role::Employee => "Employé",
                                        }}
                                    </small>
                                </span>
                                {icons::chevron_right()}
                            </button>
                        </li>
                    }
                }
            />
        </ul>
    }
}

#[component]
fn PinPad(
    till: Till,
    person: PersonRow,
    chosen: RwSignal<Option<PersonRow>>,
    error: RwSignal<Option<String>>,
) -> impl IntoView {
    let (digits, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let navigate = use_navigate();
    let (id, name) = (person.id, person.name.to_string());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
        let Ok(pin) = Pin::new(&digits.get_untracked()) else {
            return error.set(Some("Le code a 4 à 6 chiffres.".into()));
        };
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let signed_in = commands.sign_in(id, pin).await;
            busy.set(false);
            digits.set(String::new());
            match signed_in {
                Ok(()) => navigate("/vente", Default::default()),
                Err(problem) => error.set(Some(text::sign_in_error(&problem))),
            }
        });
    };
    let press = move |digit: char| {
        error.set(None);
        digits.update(|digits| {
            if digits.len() < 6 {
                digits.push(digit);
            }
        });
    };
    let key = move |digit: char| {
        view! { <button class="pad__key" type="button" on:click=move |_| press(digit)>{digit.to_string()}</button> }
    };
    let typed = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Backspace" => digits.update(|digits| digits.truncate(digits.len().saturating_sub(1))),
        other => {
            if let Some(digit) = other.chars().next().filter(|c| other.len() == 1 && c.is_ascii_digit()) {
                press(digit);
            }
        }
    };
    view! {
        <h1 class="sr">"Votre code"</h1>
        <button
            class="person"
            type="button"
            aria-label=format!("{name}, changer de personne")
            on:click=move |_| chosen.set(None)
        >
            <span class="avatar" aria-hidden="true">{initials(&name)}</span>
            <span>{name.clone()}<small>"Changer de personne"</small></span>
        </button>
        <form class="gate__form" on:submit=submit on:keydown=typed>
            <p class="gate__ask">"Votre code (4 à 6 chiffres)"</p>
            <output class="dots" aria-label=move || format!("{} chiffres tapés", digits.with(String::len))>
                {(0..6).map(|n| view! { <i class:on=move || { digits.with(String::len) > n }></i> }).collect_view()}
            </output>
            <div class="pad" role="group" aria-label="Pavé numérique">
                {"123456789".chars().map(key).collect_view()}
                <button
                    class="pad__key"
                    type="button"
                    aria-label="Effacer"
                    on:click=move |_| digits.update(|digits| digits.truncate(digits.len().saturating_sub(1)))
                >
                    {icons::delete()}
                </button>
                {key('0')}
                <button
                    class="pad__key pad__key--ok"
                    type="submit"
                    aria-label="Valider le code"
                    disabled=move || busy.get()
                >
                    {icons::check()}
                </button>
            </div>
        </form>
    }
}
