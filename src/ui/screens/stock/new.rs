//! A new product, from Stock or with a customer waiting.

use super::form::{Form, field};
use crate::{
    device::handle::Act,
    domain::{Product, ProductId, Units},
    ui::{
        components::{notice, top},
        erase::{erase, live, on},
        format, icons,
        screens::{banners, chip, holds_costs, owns, require_person, till},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};
use uuid::Uuid;

#[component]
pub fn NewProduct() -> impl IntoView {
    let till = till();
    require_person(till);
    let asked = |name: &str| use_query_map().with_untracked(|query| query.get(name).unwrap_or_default());
    // A customer waits at the till for it.
    let for_sale = asked("pour") == "vente";
    let (form, opening) = (Form::new(&asked("nom"), &asked("code")), RwSignal::new(String::new()));
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let costs = holds_costs(till);
    let read = Memo::new(move |_| -> Result<(Product, Units), &'static str> {
        let units =
            opening.with(|typed| if typed.trim().is_empty() { Some(Units::ZERO) } else { format::parse_units(typed) });
        Ok((form.read(ProductId(Uuid::nil()))?, units.ok_or("opening")?))
    });
    // A field that nobody filled yet is not wrong.
    let wrong = Memo::new(move |_| read.with(|read| read.as_ref().err().copied()).filter(|field| !form.lacks(field)));
    let navigate = use_navigate();
    let save = move |_: MouseEvent| {
        let (Some(commands), Ok((product, opening))) = (till.commands(), read.get_untracked()) else { return };
        busy.set(true);
        let product = Product { id: ProductId(commands.new_id()), ..product };
        let navigate = navigate.clone();
        spawn_local(async move {
            let done = commands.act(Act::CreateProduct { product: product.clone(), opening }).await;
            let _ = busy.try_set(false); // the screen may have been left meanwhile
            match done {
                Ok(()) if for_sale => {
                    // One that nobody says is there is not sold: the server would refuse it.
                    if opening > Units::ZERO {
                        till.cart.update(|cart| drop(cart.add(&product)));
                    }
                    navigate("/vente", Default::default());
                }
                Ok(()) => navigate(&format!("/stock/produit?id={}", product.id), Default::default()),
                Err(problem) => drop(error.try_set(Some(text::command_error(&problem)))),
            }
        });
    };
    let says =
        live(move || match for_sale && read.with(|read| read.as_ref().is_ok_and(|(_, units)| *units > Units::ZERO)) {
            true => t!("Créer et mettre au panier"),
            false => t!("Créer le produit"),
        });
    let back = if for_sale { ("/vente", t!("Retour à la vente")) } else { ("/stock", t!("Retour au stock")) };
    let hint = if for_sale {
        t!("Celui que le client tient compris.")
    } else {
        t!("Laissez vide s’il n’y en a pas encore.")
    };
    let owner = owns(till);
    let many = live(move || {
        (owner.get() && !for_sale).then(|| {
            erase(view! { <a class="btn btn--wide" href="/stock/import">{icons::upload()} {t!("En importer beaucoup d’un fichier")}</a> })
        })
    });
    erase(view! {
        <div class="app app--task">
            {top(Some(back), t!("Nouveau produit").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)} {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
                <section class="card" aria-label=t!("Fiche")>
                    {live(move || form.fields(costs.get(), wrong))}
                    {field("opening", "12", opening, wrong)} <p class="small muted">{hint}</p>
                </section>
                {many}
            </main>
            <section class="dock" aria-label=t!("Actions")>
                <button
                    class="btn btn--main btn--wide"
                    type="button"
                    disabled=live(move || busy.get() || read.with(Result::is_err))
                    on:click=on(save)
                >
                    {says}
                </button>
            </section>
        </div>
    })
}
