//! Carts that wait while another customer is served: putting the cart by, and going on with one.

use crate::{
    device::{
        Till,
        handle::{Answer, Commands, NotMoved, Notice, SUSPENDED_MAX, Suspended},
    },
    domain::{Day, Money},
    ui::{
        components::{amount, notice},
        erase::{Row, erase, live, on, rows},
        format,
        screens::focus,
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

/// The cart, for the keyboard that stood on what is gone.
pub const CART: &str = "le-panier";

/// What became of the last tap, for who does not see it.
#[derive(Clone, Copy, Default)]
pub struct Said(RwSignal<&'static str>);

pub fn suspend_button(till: Till, said: Said, is_empty: Memo<bool>, open: RwSignal<bool>) -> AnyView {
    let tap = on(move |_: MouseEvent| {
        ask(till, said, t!("Panier mis de côté"), |commands| commands.suspend());
        open.set(false);
    });
    erase(view! {
        <button
            class="btn btn--plain"
            type="button"
            hidden=live(move || is_empty.get())
            disabled=live(move || !may(till))
            on:click=tap
        >
            {t!("Mettre de côté")}
        </button>
    })
}

/// Those that wait; where none does, nothing.
pub fn suspended(till: Till, said: Said) -> AnyView {
    let any = Memo::new(move |_| till.suspended.with(|all| !all.is_empty()));
    let waiting = move || {
        let all = till.suspended.get();
        all.into_iter().map(|one| Row::new(one.id.to_string(), move || waits(till, said, one))).collect()
    };
    let list = live(move || {
        any.get().then(|| {
            erase(view! {
                <div class="suspended" role="group" aria-labelledby="suspended">
                    <p class="small muted" id="suspended">{t!("Paniers mis de côté")}</p>
                    <ul>{rows(waiting)}</ul>
                </div>
            })
        })
    });
    let stays = live(move || match till.notice.get() {
        Some(Notice::CartStays(why)) => {
            Some(notice("bad", t!("Le panier reste comme il était").into(), vec![not_moved(why)]))
        }
        _ => None,
    });
    erase(view! { {stays} <p class="sr" role="status">{live(move || said.0.get())}</p> {list} })
}

fn waits(till: Till, said: Said, Suspended { id, since_ms, cart, .. }: Suspended) -> AnyView {
    let name = cart.lines().first().map_or_else(String::new, |line| line.name.to_string());
    let others = cart.lines().len().saturating_sub(1) as i64;
    let more = (others > 0).then(|| format!(" +\u{202f}{}", format::number(others)));
    // As far as the phone knows what day it is: by the server's last word.
    let today = Day::of_ms(till.status.with_untracked(|status| status.last_contact_ms));
    let since = if Day::of_ms(since_ms) < today { format::date_time(since_ms) } else { format::time(since_ms) };
    let total = cart.total().unwrap_or(Money::ZERO);
    let tap = on(move |_: MouseEvent| ask(till, said, t!("Panier repris"), move |commands| commands.take_up(id)));
    erase(view! {
        <li>
            <button class="btn btn--stack" type="button" disabled=live(move || !may(till)) on:click=tap>
                <span class="sr">{t!("Reprendre le panier")}" "</span>
                <span class="suspended__what"><span>{name}</span>{more}</span>
                <small>{since} " · " {amount(total)}</small>
            </button>
        </li>
    })
}

/// Not before the device is there, and not while a sale is under way.
fn may(till: Till) -> bool {
    till.connected() && !till.cart_moves.get()
}

fn ask(till: Till, said: Said, done: &'static str, does: impl FnOnce(&dyn Commands) -> Answer<Result<(), NotMoved>>) {
    let Some(commands) = till.commands() else { return };
    said.0.set("");
    let answer = does(&*commands);
    focus(CART);
    spawn_local(async move {
        match answer.await {
            Ok(()) => drop(said.0.try_set(done)),
            Err(why) => till.notice.set(Some(Notice::CartStays(why))),
        }
    });
}

fn not_moved(why: NotMoved) -> String {
    match why {
        NotMoved::Full => t!("{n} paniers attendent déjà : reprenez-en un d’abord.", n = SUSPENDED_MAX),
        NotMoved::TakenUp => t!("Ce panier a été repris dans une autre fenêtre.").into(),
        NotMoved::Storage(problem) => text::storage_problem(problem).into(),
    }
}
