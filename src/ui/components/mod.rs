//! Pieces of screens: data comes in, events go out.

use super::{
    erase::{erase, live, on},
    format::{self, number},
    icons,
};
use crate::domain::{Money, product::StockState};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
};

/// An amount, large figures and small unit.
pub fn amount(of: Money) -> AnyView {
    erase(view! { <span class="money">{number(of.get())}<small>"\u{202f}GNF"</small></span> })
}

/// A sum in GNF: larger than one amount may be, or below zero.
pub fn sum(gnf: i64) -> AnyView {
    erase(view! { <span class="money">{number(gnf)}<small>"\u{202f}GNF"</small></span> })
}

/// An amount that changes.
pub fn live_amount(of: Signal<Money>) -> AnyView {
    erase(view! { <span class="money">{live(move || number(of.get().get()))}<small>"\u{202f}GNF"</small></span> })
}

/// A name of up to two lines whose end stays visible. What is drawn is all of it, so that nothing is hidden beside it for
/// who hears it: a copy takes as long to lay out.
pub fn product_name(name: &str) -> AnyView {
    match format::split_name(name) {
        None => erase(view! { <span class="name">{name.to_owned()}</span> }),
        Some((head, tail)) => erase(view! {
            <span class="name name--split" title=name.to_owned()>
                <span class="name__head">{head.to_owned()}</span>
                <span class="name__tail"><bdi>{tail.to_owned()}</bdi></span>
            </span>
        }),
    }
}

/// How much there is, by figure, colour, shape and word.
pub fn in_stock(units: i64, state: StockState) -> AnyView {
    let (said, class) = match state {
        StockState::Good => (t!("{units} en stock", units = number(units)), "stock"),
        StockState::Low => (t!("{units} · stock bas", units = number(units)), "stock stock--low"),
        StockState::Empty => (t!("Épuisé").to_owned(), "stock stock--out"),
    };
    erase(view! { <span class=class>{said}</span> })
}

/// The head of a screen: the way back, if it has one, its name, and where things stand.
pub fn top(back: Option<(&'static str, &'static str)>, title: AnyView, chip: AnyView, below: AnyView) -> AnyView {
    let back = back.map(|(to, said)| {
        let icon = if to == "/" { icons::house() } else { icons::arrow_left() };
        erase(view! { <a class="icon-btn" href=to aria-label=said>{icon}</a> })
    });
    erase(view! {
        <header class="top">
            <div class="top__row">{back}<h1 class="top__title">{title}</h1>{chip}</div>
            {below}
        </header>
    })
}

/// Where one stands in the app, on every screen.
pub fn nav(current: &'static str, to_decide: Signal<usize>) -> AnyView {
    let count = live(move || {
        let n = to_decide.get();
        (n > 0).then(|| {
            erase(view! { <span class="nav__count">{n.to_string()}<span class="sr">" "{t!("à décider")}</span></span> })
        })
    });
    let places = [
        ("/", t!("Accueil"), icons::house()),
        ("/vente", t!("Vendre"), icons::shopping_cart()),
        ("/stock", t!("Stock"), icons::package()),
        ("/a-decider", t!("À décider"), icons::circle_question_mark()),
        ("/parametres", t!("Paramètres"), icons::settings()),
    ];
    let mut count = Some(count);
    let places = places.map(|(to, name, icon)| {
        let count = (to == "/a-decider").then(|| count.take()).flatten().map(erase);
        let here = (current == to).then_some("page");
        erase(view! {
            <li><a class="nav__link" href=to aria-current=here>{icon}<span>{name}</span>{count}</a></li>
        })
    });
    erase(view! { <nav class="nav" aria-label=t!("Principal")><ul class="nav__list">{Vec::from(places)}</ul></nav> })
}

/// A word on the screen: what happened, and what to do. `kind` is `ok`, `info`, `warn` or `bad`.
pub fn notice(kind: &'static str, title: String, lines: Vec<String>) -> AnyView {
    let lines: Vec<AnyView> = lines.into_iter().map(|line| erase(view! { <span>{line}</span> })).collect();
    let (icon, role) = match kind {
        "ok" => (icons::circle_check(), "status"),
        "info" => (icons::info(), "status"),
        _ => (icons::triangle_alert(), "alert"),
    };
    erase(view! {
        <div class=format!("notice notice--{kind}") role=role>
            {icon}
            <p class="notice__text"><strong>{title}</strong>{lines}</p>
        </div>
    })
}

/// A word that asks for something, with the button or link that does it.
pub fn asks(kind: &'static str, icon: AnyView, title: impl Into<String>, line: &'static str, act: AnyView) -> AnyView {
    let title: String = title.into();
    erase(view! {
        <div class=format!("notice notice--{kind}") role="status">
            {icon}
            <p class="notice__text"><strong>{title}</strong><span>{line}</span></p>
            {act}
        </div>
    })
}

/// Named facts, one a line.
pub fn facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    let facts: Vec<AnyView> = facts
        .into_iter()
        .map(|(name, value)| erase(view! { <div><dt>{name}</dt><dd class="num">{value}</dd></div> }))
        .collect();
    erase(view! { <dl class="facts">{facts}</dl> })
}

/// Where products are looked for by name or code. `action` is where a page without its script sends the search, and
/// `submit` what Enter does, which a scanner sends after a code; `beside` stands at its end.
pub fn search(action: &'static str, query: RwSignal<String>, submit: impl Fn() + 'static, beside: AnyView) -> AnyView {
    search_for(
        action,
        t!("Chercher ou scanner"),
        t!("Chercher un produit par nom ou code-barres"),
        query,
        submit,
        beside,
    )
}

/// As [`search`], for something else: what the empty field says, and what it is called.
pub fn search_for(
    action: &'static str,
    says: &'static str,
    name: &'static str,
    query: RwSignal<String>,
    submit: impl Fn() + 'static,
    beside: AnyView,
) -> AnyView {
    let submit = on(move |event: SubmitEvent| {
        event.prevent_default();
        submit();
    });
    let clear = live(move || {
        query.with(|query| !query.is_empty()).then(|| {
            let clear = on(move |_: MouseEvent| query.set(String::new()));
            erase(view! {
                <button class="icon-btn" type="button" aria-label=t!("Effacer la recherche") on:click=clear>
                    {icons::circle_x()}
                </button>
            })
        })
    });
    erase(view! {
        <form class="search" role="search" action=action method="get" on:submit=submit>
            {icons::search()}
            <input
                class="search__input"
                type="search"
                name="q"
                placeholder=says
                aria-label=name
                autocomplete="off"
                enterkeyhint="search"
                prop:value=live(move || query.get())
                on:input=on(move |event| query.set(event_target_value(&event)))
            />
            {clear}
            {beside}
        </form>
    })
}

/// A switch, with what it does in a few words.
pub fn rule(
    name: &'static str,
    told: &'static str,
    is: Memo<bool>,
    idle: Signal<bool>,
    mut wish: impl FnMut(bool) + 'static,
) -> AnyView {
    erase(view! {
        <label class="rule">
            <input
                type="checkbox"
                role="switch"
                prop:checked=live(move || is.get())
                disabled=live(move || !idle.get())
                on:change=on(move |event| wish(event_target_checked(&event)))
            />
            <span>{name}<small>{told}</small></span>
        </label>
    })
}

/// One of a few, in a row: radios drawn as segments.
pub fn segments<T>(
    name: &'static str,
    legend: &'static str,
    options: &[(&'static str, T)],
    value: RwSignal<T>,
) -> AnyView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = |(label, is): &(&'static str, T)| {
        let (label, is) = (*label, *is);
        erase(view! {
            <label class="seg__opt">
                <input
                    type="radio"
                    name=name
                    prop:checked=live(move || value.get() == is)
                    on:change=on(move |_| value.set(is))
                />
                <span>{label}</span>
            </label>
        })
    };
    let options: Vec<AnyView> = options.iter().map(option).collect();
    erase(view! { <fieldset class="seg"><legend class="sr">{legend}</legend>{options}</fieldset> })
}

/// A text field whose value is a signal.
pub fn input(
    id: &'static str,
    class: &'static str,
    mode: &'static str,
    max: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    erase(view! {
        <input
            class=class
            id=id
            inputmode=mode
            autocomplete="off"
            maxlength=max
            prop:value=live(move || value.get())
            on:input=on(move |event| value.set(event_target_value(&event)))
        />
    })
}

/// A text field under its label.
pub fn text_field(id: &'static str, label: &'static str, max: &'static str, value: RwSignal<String>) -> AnyView {
    erase(view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            {input(id, "input", "text", max, value)}
        </div>
    })
}

/// Why what stands in a field is none of what belongs there.
pub fn field_error(said: impl Into<String>) -> AnyView {
    let said: String = said.into();
    erase(view! { <span class="field__error" role="alert">{said}</span> })
}

/// A PIN that is being chosen, under its label: not shown, and not the browser's to keep.
pub fn pin_field(id: &'static str, label: &'static str, value: RwSignal<String>) -> AnyView {
    erase(view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <input
                class="input"
                id=id
                type="password"
                inputmode="numeric"
                autocomplete="new-password"
                maxlength="6"
                prop:value=live(move || value.get())
                on:input=on(move |event| value.set(event_target_value(&event)))
            />
        </div>
    })
}

/// An amount under its label.
pub fn money_field(id: &'static str, label: &'static str, value: RwSignal<String>) -> AnyView {
    erase(view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <span class="suffix">{input(id, "input input--money", "numeric", "20", value)}<span aria-hidden="true">"GNF"</span></span>
        </div>
    })
}

/// What names a payment by Orange Money.
pub fn orange_money_reference(value: RwSignal<String>) -> AnyView {
    erase(view! {
        <div class="field">
            <label class="field__label" for="reference">{t!("Référence Orange Money")}</label>
            {input("reference", "input", "text", "60", value)}
            <span class="field__hint">{t!("Le numéro de transaction du message reçu.")}</span>
        </div>
    })
}

/// A text field with words to tap that fill it.
pub fn suggested(
    id: &'static str,
    label: &'static str,
    max: &'static str,
    words: Vec<&'static str>,
    value: RwSignal<String>,
) -> AnyView {
    let word = |word: &'static str| {
        let is_it = live(move || value.with(|value| value == word).to_string());
        let tap = on(move |_: MouseEvent| value.set(word.to_owned()));
        erase(view! { <button class="btn word" type="button" aria-pressed=is_it on:click=tap>{word}</button> })
    };
    let words: Vec<AnyView> = words.into_iter().map(word).collect();
    erase(view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <div class="words">{words}</div>
            {input(id, "input", "text", max, value)}
        </div>
    })
}
