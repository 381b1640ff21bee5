//! What the shop says of itself on its receipts, and the banknotes it is paid with: an owner's to change.

use crate::{
    device::Till,
    domain::{Label, Note, Shop},
    ui::{
        components::{field_error, input, notice, text_field},
        erase::{erase, live, on},
        text,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// What is typed, and what it was when the form was opened: an edit says what it has seen.
#[derive(Clone, Copy)]
struct Form {
    seen: RwSignal<Option<Shop>>,
    name: RwSignal<String>,
    address: RwSignal<String>,
    phone: RwSignal<String>,
    foot: RwSignal<String>,
    banknotes: RwSignal<String>,
}

impl Form {
    fn show(self, shop: &Shop) {
        self.name.set(shop.name.to_string());
        self.address.set(shop.address.to_string());
        self.phone.set(shop.phone.to_string());
        self.foot.set(shop.foot.to_string());
        self.banknotes.set(text::banknotes_said(&shop.banknotes));
        self.seen.set(Some(shop.clone()));
    }

    /// What is wanted; `None` where something typed is too long, or the name is missing.
    fn wanted(self) -> Option<Shop> {
        let seen = self.seen.get()?;
        let note = |typed: RwSignal<String>| typed.with(|typed| Note::clean(typed)).ok();
        Some(Shop {
            name: self.name.with(|typed| Label::clean(typed)).ok()?,
            address: note(self.address)?,
            phone: note(self.phone)?,
            foot: note(self.foot)?,
            banknotes: self.banknotes.with(|typed| text::banknotes(typed))?,
            ..seen
        })
    }
}

pub fn draw(till: Till) -> AnyView {
    let owner = Memo::new(move |_| till.status.with(|status| status.is_owner() && status.shop.is_some()));
    let typed = RwSignal::<String>::default;
    let [name, address, phone, foot, banknotes] = [(); 5].map(|()| typed());
    let form = Form { seen: RwSignal::default(), name, address, phone, foot, banknotes };
    let said = RwSignal::new(None::<Result<(), String>>);
    // What another phone changes meanwhile is shown where nobody has typed.
    Effect::new(move |_| {
        let Some(shop) = till.status.with(|status| status.shop.clone()) else { return };
        let untouched = untrack(|| form.wanted()) == form.seen.get_untracked();
        if untouched && form.seen.get_untracked().as_ref() != Some(&shop) {
            form.show(&shop);
        }
    });
    erase(live(move || owner.get().then(|| fields(till, form, said))))
}

fn fields(till: Till, form: Form, said: RwSignal<Option<Result<(), String>>>) -> AnyView {
    let changed =
        Memo::new(move |_| form.wanted().filter(|wanted| form.seen.with(|seen| seen.as_ref() != Some(wanted))));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(commands), Some(wanted), Some(seen)) =
            (till.commands(), changed.get_untracked(), form.seen.get_untracked())
        else {
            return;
        };
        spawn_local(async move {
            let done = commands.edit_shop(seen, wanted.clone()).await;
            if done.is_ok() {
                drop(form.seen.try_set(Some(wanted))); // the screen may be gone
            }
            drop(said.try_set(Some(done.map_err(|problem| text::command_error(&problem)))));
        });
    };
    let wrong = move || {
        let read = form.banknotes.with(|typed| typed.is_empty() || text::banknotes(typed).is_some());
        let said = t!("Des montants entiers, par exemple 5.000, 10.000");
        (!read).then(|| field_error(said))
    };
    let outcome = live(move || match said.get() {
        Some(Err(title)) => Some(notice("bad", title, Vec::new())),
        Some(Ok(())) if changed.get().is_none() => {
            Some(erase(view! { <p class="ok" role="status">{t!("Enregistré")}</p> }))
        }
        _ => None,
    });
    let nameless = live(move || {
        let none = form.seen.with(Option::is_some) && form.name.with(|name| name.trim().is_empty());
        none.then(|| field_error(t!("La boutique a besoin d’un nom")))
    });
    erase(view! {
        <section aria-labelledby="p11">
            <form class="card" on:submit=on(save)>
                <h2 id="p11">{t!("Boutique")}</h2>
                {text_field("boutique-nom", t!("Nom de la boutique"), "100", form.name)}
                {nameless}
                {text_field("boutique-adresse", t!("Adresse"), "500", form.address)}
                {text_field("boutique-telephone", t!("Téléphone"), "500", form.phone)}
                {text_field("boutique-bas", t!("Bas du reçu"), "500", form.foot)}
                <div class="field">
                    <label class="field__label" for="boutique-billets">{t!("Billets proposés à l’encaissement")}</label>
                    {input("boutique-billets", "input", "text", "120", form.banknotes)}
                    <span class="field__hint">{t!("De un à six montants, séparés par une virgule.")}</span>
                    {live(wrong)}
                </div>
                {outcome}
                <button class="btn btn--wide" type="submit" disabled=live(move || changed.get().is_none())>{t!("Enregistrer")}</button>
            </form>
        </section>
    })
}
