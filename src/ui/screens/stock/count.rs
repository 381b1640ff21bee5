//! Counting: what is there against what is expected, and what somebody should count again.

use super::counts;
use crate::{
    device::{Till, handle::Counted},
    domain::{ProductId, Units},
    sync::view::{Doubt, Shown},
    ui::{
        components::{in_stock, input, notice, product_name, search, top},
        erase::{Row, erase, live, on, rows},
        format::{self, number, signed},
        screens::{
            banners, chip, focus, require_person,
            scan::{Camera, once_read, the_one},
            till,
        },
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// Products offered for what is typed.
const FOUND_MAX: usize = 12;
/// Where what was counted is typed.
const TYPED: &str = "compte";

/// What the screen is at.
#[derive(Clone, Copy)]
struct Counting {
    till: Till,
    query: RwSignal<String>,
    /// The product that is being counted.
    chosen: RwSignal<Option<ProductId>>,
    typed: RwSignal<String>,
    error: RwSignal<Option<String>>,
    counts: RwSignal<Vec<Counted>>,
}

#[component]
pub fn Count() -> impl IntoView {
    let till = till();
    require_person(till);
    let asked = use_query_map().with_untracked(|query| query.get("id")?.parse::<ProductId>().ok());
    let counting = Counting {
        till,
        query: RwSignal::default(),
        chosen: RwSignal::new(asked),
        typed: RwSignal::default(),
        error: RwSignal::default(),
        counts: RwSignal::default(),
    };
    Effect::new(move |_| {
        till.version();
        if till.ready.get() {
            counting.read();
        }
    });
    let (counts, camera) = (counts(till), Camera::new(till, counting.query));
    let choose = move || counting.choose_the_one().map(|name| t!("{name} : combien ?", name));
    let take = once_read(till, counting.query, choose);
    let submit = take.clone();
    erase(view! {
        <div class="app app--task">
            {top(
                Some(("/stock", t!("Retour au stock"))),
                t!("Compter").into_any(),
                chip(till),
                search("/stock/comptage", counting.query, move || drop(submit()), camera.button()),
            )}
            <main class="page">
                {banners(till)} {camera.panel(take)} {live(move || counting.error.get().map(|title| notice("bad", title, Vec::new())))}
                {live(move || match counts.get() {
                    true => erase(view! { {counting.form()} {counting.found()} {counting.again()} {counting.listed()} }),
                    false => notice("info", t!("Le propriétaire compte le stock").into(), vec![]),
                })}
            </main>
        </div>
    })
}

impl Counting {
    fn read(self) {
        let Some(commands) = self.till.commands() else { return };
        spawn_local(async move {
            // The screen may have been left meanwhile.
            match commands.counts().await {
                Ok(counts) => drop(self.counts.try_set(counts)),
                Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
            }
        });
    }

    fn choose(self, product: ProductId) {
        self.error.set(None);
        self.query.set(String::new());
        self.typed.set(String::new());
        self.chosen.set(Some(product));
        focus(TYPED);
    }

    /// A scanner types a code and sends Enter. Answers the product's name. What was counted and not saved is not lost by
    /// it: the list shows what was scanned.
    fn choose_the_one(self) -> Option<String> {
        let one = self.query.with_untracked(|typed| the_one(self.till, typed))?;
        if self.chosen.get_untracked().is_some() && self.typed.with_untracked(|typed| !typed.trim().is_empty()) {
            self.error.set(Some(t!("Enregistrez ou annulez d’abord ce comptage.").into()));
            return None;
        }
        self.choose(one.product.id);
        Some(one.product.name.to_string())
    }

    fn save(self, product: ProductId, counted: Units) {
        let Some(commands) = self.till.commands() else { return };
        self.error.set(None);
        spawn_local(async move {
            match commands.count(product, counted).await {
                Ok(()) => {
                    let _ = self.chosen.try_set(None);
                    let _ = self.typed.try_set(String::new());
                }
                Err(problem) => drop(self.error.try_set(Some(text::command_error(&problem)))),
            }
        });
    }

    /// What is found for what is typed; nothing is listed before, for it is the shelf that says what to count.
    fn found(self) -> AnyView {
        let list = move || {
            let query = self.query.get();
            let found = if query.trim().is_empty() { Vec::new() } else { self.till.search(&query, FOUND_MAX) };
            let row = |shown: Shown| {
                let key = format!("{}/{}/{}", shown.product.id, shown.stock, shown.product.name);
                Row::new(key, move || self.offer(shown))
            };
            found.into_iter().map(row).collect()
        };
        let hint = live(move || {
            let idle = self.query.with(|query| query.trim().is_empty()) && self.chosen.get().is_none();
            let said =
                t!("Cherchez ou scannez un produit, puis tapez combien il y en a. Ce qui se vend pendant ce temps \
                        reste vendu.");
            idle.then(|| erase(view! { <p class="small muted">{said}</p> }))
        });
        erase(view! { {hint} <ul class="products" aria-label=t!("Produits trouvés")>{rows(list)}</ul> })
    }

    fn offer(self, shown: Shown) -> AnyView {
        let id = shown.product.id;
        let (name, stock) = (product_name(shown.product.name.as_str()), in_stock(shown.stock, shown.state()));
        erase(view! {
            <li class="product">
                <button class="product__add" type="button" on:click=on(move |_: MouseEvent| self.choose(id))>
                    <span class="sr">{t!("Compter")}" "</span>
                    {name}
                    <span class="product__side">{stock}</span>
                </button>
            </li>
        })
    }

    fn form(self) -> AnyView {
        let shown = Memo::new(move |_| self.chosen.get().and_then(|id| self.till.product(id)));
        let counted = Memo::new(move |_| self.typed.with(|typed| format::parse_units(typed)));
        let product = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.product.clone())));
        erase(live(move || {
            let product = product.get()?;
            let (id, name) = (product.id, product.name.to_string());
            let expected = live(move || shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.stock)).to_string());
            let said = live(move || {
                let stock = shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.stock));
                match counted.get() {
                    Some(counted) if counted.get() == stock => t!("C’est juste").to_owned(),
                    Some(counted) => t!("Différence : {difference}", difference = signed(counted.get() - stock)),
                    None if self.typed.with(|typed| typed.trim().is_empty()) => String::new(),
                    None => t!("Un nombre en chiffres").to_owned(),
                }
            });
            let save = move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                if let Some(counted) = counted.get_untracked() {
                    self.save(id, counted);
                }
            };
            let cancel = move |_: MouseEvent| {
                self.error.set(None);
                self.chosen.set(None);
            };
            Some(erase(view! {
                <form class="card" aria-label=t!("Comptage") on:submit=on(save)>
                    <h2>{name}</h2>
                    <p>{t!("Attendu :")}" "<strong class="num">{expected}</strong></p>
                    <div class="field">
                        <label class="field__label" for=TYPED>{t!("Compté")}</label>
                        {input(TYPED, "input", "numeric", "12", self.typed)}
                        <span class="small muted" role="status">{said}</span>
                    </div>
                    <div class="btns">
                        <button class="btn" type="button" on:click=on(cancel)>{t!("Annuler")}</button>
                        <button class="btn btn--main" type="submit" disabled=live(move || counted.get().is_none())>
                            {t!("Enregistrer")}
                        </button>
                    </div>
                </form>
            }))
        }))
    }

    /// Products whose last count somebody should look at again.
    fn again(self) -> AnyView {
        let list = move || {
            let doubted = self.counts.get().into_iter().filter_map(|count| Some((count.doubt?, count)));
            let row = |(doubt, count): (Doubt, Counted)| {
                let stock = self.till.product(count.product).map_or(0, |shown| shown.stock);
                Row::new(format!("{}/{doubt:?}/{stock}", count.product), move || self.doubted(doubt, &count, stock))
            };
            doubted.map(row).collect()
        };
        let any = Memo::new(move |_| self.counts.with(|counts| counts.iter().any(|count| count.doubt.is_some())));
        erase(view! {
            <section hidden=live(move || !any.get()) aria-labelledby="c1"><h2 id="c1">{t!("À recompter")}</h2>{rows(list)}</section>
        })
    }

    fn doubted(self, doubt: Doubt, count: &Counted, stock: i64) -> AnyView {
        let id = count.product;
        let name = self.till.product(id).map_or_else(String::new, |shown| shown.product.name.to_string());
        let (said, other) = match doubt {
            Doubt::Unknown { units } => {
                let (there, stock_says) = (number(stock - units), number(stock));
                let said = if units < 0 {
                    t!(
                        "{moved} avant le comptage, et le téléphone ne le savait pas. Le stock dit {stock}. Si c’était déjà \
                         parti du rayon, il en reste {there}.",
                        moved = count!(-units, "unité est sortie", "unités sont sorties"),
                        stock = stock_says,
                        there
                    )
                } else {
                    t!(
                        "{moved} avant le comptage, et le téléphone ne le savait pas. Le stock dit {stock}. Si c’était déjà \
                         au rayon, il y en a {there}.",
                        moved = count!(units, "unité est entrée", "unités sont entrées"),
                        stock = stock_says,
                        there
                    )
                };
                (said, Some(stock - units))
            }
            Doubt::Differs { units } => {
                let said = t!(
                    "Deux personnes ont compté sans se voir : la dernière trouve {difference} de différence. Le stock dit {stock}.",
                    difference = signed(units),
                    stock = number(stock)
                );
                (said, None)
            }
            Doubt::Unchecked { units } => {
                let sold = count!(units, "unité vendue", "unités vendues");
                let said = t!(
                    "{sold} au-delà du stock, sans contrôle : elles étaient sans doute au rayon. Le stock dit {stock}.",
                    sold,
                    stock = number(stock)
                );
                (said, None)
            }
        };
        let keeps = |units: i64| {
            let tap = move |_: MouseEvent| drop(Units::new(units).map(|units| self.save(id, units)));
            let said = t!("Il y en a {units}", units = number(units));
            erase(view! { <button class="btn btn--wide" type="button" on:click=on(tap)>{said}</button> })
        };
        let values: Vec<AnyView> = other.into_iter().chain([stock]).filter(|units| *units >= 0).map(keeps).collect();
        let recount = on(move |_: MouseEvent| self.choose(id));
        erase(view! {
            <section class="card" aria-label=name.clone()>
                <h3>{product_name(&name)}</h3>
                <p>{said}</p>
                {values}
                <button class="btn btn--wide" type="button" on:click=recount>{t!("Recompter")}</button>
            </section>
        })
    }

    fn listed(self) -> AnyView {
        let list = move || {
            let row = |count: Counted| {
                let counted = count.counted?;
                Some(Row::new(format!("{count:?}"), move || self.line(&count, counted)))
            };
            self.counts.get().into_iter().filter_map(row).collect()
        };
        let none = Memo::new(move |_| self.counts.with(|counts| counts.iter().all(|count| count.counted.is_none())));
        erase(view! {
            <section class="card" hidden=live(move || none.get()) aria-labelledby="c2">
                <h2 id="c2">{t!("Derniers comptages")}</h2>
                <ul class="counts" aria-label=t!("Comptés")>{rows(list)}</ul>
            </section>
        })
    }

    fn line(self, count: &Counted, counted: i64) -> AnyView {
        let name = self.till.product(count.product).map_or_else(String::new, |shown| shown.product.name.to_string());
        let found = match count.difference {
            0 => t!("juste").to_owned(),
            other => {
                t!("{difference}, attendu {expected}", difference = signed(other), expected = number(counted - other))
            }
        };
        let waits = if count.waiting { format!(" · {}", t!("en attente")) } else { String::new() };
        let about = format!("{} · {}{waits}", count.who, format::date_time(count.at_ms));
        erase(view! {
            <li class="counts__one">
                {product_name(&name)} <strong class="num">{number(counted)}</strong>
                <span class="small muted">{about}</span> <span class="small">{found}</span>
            </li>
        })
    }
}
