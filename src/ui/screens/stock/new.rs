//! A new product, from Stock or with a customer waiting.

use super::form::{Form, field};
use crate::{
    device::{Till, handle::Act},
    domain::{Product, ProductId, Units},
    sync::view::Shown,
    ui::{
        components::{asks, notice, top},
        erase::{erase, live, on},
        format, icons,
        screens::{banners, chip, drafts::Drafts, holds_costs, owns, require_person, till},
        text,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};
use uuid::Uuid;

/// Products named that a new one may be a second of.
const ALIKE_MAX: usize = 3;

/// What was typed of a product that is not created yet.
#[derive(Clone, Copy, Default)]
pub(in crate::ui::screens) struct Draft {
    form: Form,
    opening: RwSignal<String>,
    /// The name and the code that were looked for.
    asked: StoredValue<[String; 2]>,
}

impl Draft {
    /// Goes on with it; begins anew where another product was looked for.
    fn open(self, asked: [String; 2]) {
        if asked.iter().any(|asked| !asked.is_empty()) && self.asked.get_value() != asked {
            self.begin(asked);
        }
    }

    fn begin(self, asked: [String; 2]) {
        self.form.begin(&asked[0], &asked[1]);
        self.opening.set(String::new());
        self.asked.set_value(asked);
    }
}

#[component]
pub fn NewProduct() -> impl IntoView {
    const FORM: &str = "nouveau";
    let till = till();
    require_person(till);
    let asked = |name: &str| use_query_map().with_untracked(|query| query.get(name).unwrap_or_default());
    // A customer waits at the till for it.
    let for_sale = asked("pour") == "vente";
    let draft = expect_context::<Drafts>().product;
    draft.open([asked("nom"), asked("code")]);
    let Draft { form, opening, .. } = draft;
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
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(commands), Ok((product, opening))) = (till.commands(), read.get_untracked()) else { return };
        if busy.get_untracked() {
            return; // one product a tap
        }
        busy.set(true);
        let product = Product { id: ProductId(commands.new_id()), ..product };
        let navigate = navigate.clone();
        spawn_local(async move {
            let done = commands.act(Act::CreateProduct { product: product.clone(), opening }).await;
            if done.is_ok() {
                draft.begin(Default::default());
            }
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
                {alike(till, form, busy)}
                <form class="card" id=FORM aria-label=t!("Fiche") on:submit=on(save)>
                    {live(move || form.fields(till, costs.get(), wrong))}
                    {field("opening", "12", opening, wrong)} <p class="small muted">{hint}</p>
                </form>
                {many}
            </main>
            <section class="dock" aria-label=t!("Actions")>
                <button
                    class="btn btn--main btn--wide"
                    type="submit"
                    form=FORM
                    disabled=live(move || busy.get() || read.with(Result::is_err))
                >
                    {says}
                </button>
            </section>
        </div>
    })
}

/// Products of the same name or barcode: a second one may be meant, and mostly is not.
fn alike(till: Till, form: Form, busy: RwSignal<bool>) -> AnyView {
    let found = Memo::new(move |before: Option<&Vec<Shown>>| {
        if busy.get() {
            return before.cloned().unwrap_or_default(); // what is being saved is not a second of itself
        }
        form.codes.with(|codes| form.name.with(|name| till.alike(name, text::codes(codes), ALIKE_MAX)))
    });
    erase(live(move || {
        let one = |shown: Shown| {
            let to = format!("/stock/produit?id={}", shown.product.id);
            let see = erase(view! { <a class="btn" href=to>{t!("Voir ce produit")}</a> });
            let title = t!("{name} existe déjà", name = shown.product.name);
            asks("warn", icons::triangle_alert(), title, t!("Même nom ou même code-barres."), see)
        };
        found.get().into_iter().map(one).collect::<Vec<_>>()
    }))
}
