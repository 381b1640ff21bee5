//! An edit that clashed: before, theirs and mine side by side, one tap each, or another value.

use crate::{
    sync::verdict::FieldConflict,
    ui::{
        components::notice,
        erase::{erase, live, on},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*};
use serde_json::Value;

/// Three values of so many characters fit beside each other on a phone.
const BESIDE_CHARS: usize = 14;

/// `settle` takes the chosen values, in the fields' order, once there is one for each. `mine`: wanted on this phone.
pub fn clash(
    fields: Vec<FieldConflict>,
    mine: bool,
    busy: RwSignal<bool>,
    settle: impl Fn(Vec<Value>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let chosen: RwSignal<Vec<Option<Value>>> = RwSignal::new(vec![None; fields.len()]);
    let choose = move |index: usize, value: Value| {
        chosen.update(|chosen| chosen[index] = Some(value));
        if let Some(all) = chosen.get_untracked().into_iter().collect() {
            settle(all);
        }
    };
    let field = |(index, field): (usize, FieldConflict)| {
        one(field, mine, busy, Signal::derive(move || chosen.with(|chosen| chosen[index].clone())), move |value| {
            choose(index, value);
        })
    };
    let fields: Vec<AnyView> = fields.into_iter().enumerate().map(field).collect();
    let stands = match mine {
        true => t!("La valeur de l’autre téléphone est là pour l’instant. Touchez celle qui doit rester."),
        false => t!("Un autre téléphone voulait une autre valeur. Touchez celle qui doit rester."),
    }
    .to_owned();
    erase(view! { {notice("warn", t!("Deux valeurs différentes").into(), vec![stands])} {fields} })
}

fn one(
    clash: FieldConflict,
    own: bool,
    busy: RwSignal<bool>,
    chosen: Signal<Option<Value>>,
    choose: impl Fn(Value) + Copy + Send + Sync + 'static,
) -> AnyView {
    let FieldConflict { field, before, theirs, mine } = clash;
    let name = text::field_name(&field);
    let long =
        [&before, &theirs, &mine].iter().any(|value| text::field_value(&field, value).chars().count() > BESIDE_CHARS);
    let option = |said: &'static str, value: Value| {
        let (shown, is) = (text::field_value(&field, &value), value.clone());
        let tap = on(move |_: MouseEvent| choose(value.clone()));
        erase(view! {
            <button
                class="btn clash__value"
                type="button"
                aria-pressed=live(move || if chosen.get().as_ref() == Some(&is) { "true" } else { "false" })
                disabled=live(move || busy.get())
                on:click=tap
            >
                <small>{said}</small>
                <span class="num">{shown}</span>
            </button>
        })
    };
    let (stands, wanted) = if own { (t!("L’autre"), t!("Ici")) } else { (t!("En place"), t!("Voulu")) };
    let values = vec![option(t!("Avant"), before), option(stands, theirs), option(wanted, mine)];
    erase(view! {
        <section class="clash" aria-label=name>
            <h3>{name}</h3>
            <div class="clash__values" class:clash__values--long=long>{values}</div>
            {(!text::is_choice(&field)).then(|| another(field, busy, choose))}
        </section>
    })
}

/// A value of neither.
fn another(field: String, busy: RwSignal<bool>, choose: impl Fn(Value) + Copy + Send + Sync + 'static) -> AnyView {
    let typed = RwSignal::new(String::new());
    let value = Memo::new({
        let field = field.clone();
        move |_| text::typed_value(&field, &typed.get())
    });
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(value) = value.get_untracked() {
            choose(value);
        }
    };
    let mode = if text::is_figure(&field) { "numeric" } else { "text" };
    erase(view! {
        <form class="clash__other" on:submit=on(keep)>
            <input
                class="input"
                aria-label=t!("Autre valeur")
                placeholder=t!("Autre valeur")
                inputmode=mode
                autocomplete="off"
                maxlength="1400"
                prop:value=live(move || typed.get())
                on:input=on(move |event| typed.set(event_target_value(&event)))
            />
            <button class="btn" type="submit" disabled=live(move || busy.get() || value.get().is_none())>
                {t!("Garder")}
            </button>
        </form>
    })
}
