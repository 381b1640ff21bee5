//! What the owner lets the shop do, each with its consequence in a sentence. A tap is an edit of its own: two owners who
//! change different rules on two phones both get theirs.

use crate::{
    device::{Till, handle::Status},
    domain::{
        Rules, Shop,
        shop::{AnswerWait, BeyondStock, StockCheck},
    },
    ui::{
        components::{notice, rule},
        erase::{erase, live, on},
        text,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// A rule that is on or off.
struct Switch {
    name: &'static str,
    told: &'static str,
    get: fn(&Rules) -> bool,
    set: fn(&mut Rules, bool),
}

fn switches() -> [Switch; 5] {
    [
        Switch {
            name: t!("Vendre plus que le stock connu, hors ligne"),
            told: t!(
                "Le vendeur voit le rayon : il confirme, et le serveur peut refuser plus tard. Sinon la vente est bloquée \
               jusqu’au réseau."
            ),
            get: |rules| rules.beyond_stock == BeyondStock::Ask,
            set: |rules, on| rules.beyond_stock = if on { BeyondStock::Ask } else { BeyondStock::Never },
        },
        Switch {
            name: t!("Refuser les ventes au-delà du stock"),
            told: t!(
                "Sinon elles sont gardées, ce qui manquait est noté comme trouvé, et le produit est à recompter. Le stock \
               ne descend jamais sous zéro."
            ),
            get: |rules| rules.stock_check == StockCheck::Enforce,
            set: |rules, on| rules.stock_check = if on { StockCheck::Enforce } else { StockCheck::Warn },
        },
        Switch {
            name: t!("Réessayer seul une vente refusée"),
            told: t!("Dès que le stock est revenu, le téléphone qui l’a faite l’envoie de nouveau."),
            get: |rules| rules.retry_automatically,
            set: |rules, on| rules.retry_automatically = on,
        },
        Switch {
            name: t!("Les employés décident des ventes refusées"),
            told: t!(
                "De celles des autres aussi, et ils peuvent les garder en corrigeant le compte. Sinon chacun ne décide que \
               des siennes."
            ),
            get: |rules| rules.employees_decide,
            set: |rules, on| rules.employees_decide = on,
        },
        Switch {
            name: t!("Les employés comptent le stock"),
            told: t!("Ils comptent et corrigent le stock des produits."),
            get: |rules| rules.employees_count,
            set: |rules, on| rules.employees_count = on,
        },
    ]
}

/// How long a seller may be asked to wait, in seconds.
const WAITS_S: [u16; 4] = [0, 5, 10, 30];

pub fn draw(till: Till) -> AnyView {
    let owner = Memo::new(move |_| till.status.with(|status| status.is_owner() && status.shop.is_some()));
    let error = RwSignal::new(None::<String>);
    erase(live(move || {
        owner.get().then(|| {
            let switches: Vec<AnyView> = switches().into_iter().map(|switch| one(till, switch, error)).collect();
            erase(view! {
                <section class="card" aria-labelledby="p10">
                    <h2 id="p10">{t!("Règles")}</h2>
                    {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
                    {wait(till, error)}
                    {switches}
                </section>
            })
        })
    }))
}

fn edit(till: Till, error: RwSignal<Option<String>>, change: impl FnOnce(&mut Shop)) {
    let shop = till.status.with_untracked(|status| status.shop.clone());
    let (Some(commands), Some(seen)) = (till.commands(), shop) else { return };
    let mut wanted = seen.clone();
    change(&mut wanted);
    spawn_local(async move {
        let done = commands.edit_shop(seen, wanted).await;
        drop(error.try_set(done.err().map(|problem| text::command_error(&problem)))); // the screen may be gone
    });
}

fn one(till: Till, switch: Switch, error: RwSignal<Option<String>>) -> AnyView {
    let is = Memo::new(move |_| (switch.get)(&till.status.with(Status::rules)));
    rule(switch.name, switch.told, is, true.into(), move |wanted| {
        edit(till, error, |shop| (switch.set)(&mut shop.rules, wanted));
    })
}

fn wait(till: Till, error: RwSignal<Option<String>>) -> AnyView {
    let is = Memo::new(move |_| u16::from(till.status.with(Status::rules).answer_wait));
    let option = |seconds: u16| {
        let tap = on(move |_| {
            if let Ok(wait) = AnswerWait::new(seconds) {
                edit(till, error, |shop| shop.rules.answer_wait = wait);
            }
        });
        let said = if seconds == 0 { t!("Jamais").to_owned() } else { format!("{seconds}\u{202f}s") };
        erase(view! {
            <label class="seg__opt">
                <input type="radio" name="attente" prop:checked=live(move || is.get() == seconds) on:change=tap />
                <span>{said}</span>
            </label>
        })
    };
    let options: Vec<AnyView> = WAITS_S.into_iter().map(option).collect();
    erase(view! {
        <div class="rule rule--wide">
            <span id="attente">
                {t!("Attendre la réponse du serveur avant le reçu")}
                <small>
                    {t!("Une vente refusée à temps rend le panier. Sans réponse, ou sans attendre, le reçu est « en attente ».")}
                </small>
            </span>
            <fieldset class="seg" aria-labelledby="attente">{options}</fieldset>
        </div>
    })
}
