//! Carts that wait while another customer is served: putting the cart by, and going on with one.

use crate::{
    device::{
        Till,
        handle::{Answer, CommandError, Commands, Notice, Suspended},
    },
    domain::Money,
    ui::{
        components::amount,
        erase::{Row, erase, live, on, rows},
        format,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

pub fn suspend_button(till: Till, is_empty: Memo<bool>, open: RwSignal<bool>) -> AnyView {
    let tap = on(move |_: MouseEvent| {
        open.set(false);
        ask(till, |commands| commands.suspend());
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

/// Where none waits it is no part of the page.
pub fn suspended(till: Till) -> AnyView {
    let any = Memo::new(move |_| till.suspended.with(|all| !all.is_empty()));
    let waiting = move || {
        let all = till.suspended.get();
        all.into_iter().map(|one| Row::new(one.id.to_string(), move || waits(till, one))).collect()
    };
    erase(live(move || {
        any.get().then(|| {
            erase(view! {
                <div class="suspended" role="group" aria-labelledby="suspended">
                    <p class="small muted" id="suspended">{t!("Paniers de côté")}</p>
                    <ul>{rows(waiting)}</ul>
                </div>
            })
        })
    }))
}

fn waits(till: Till, Suspended { id, since_ms, cart }: Suspended) -> AnyView {
    let name = cart.lines().first().map_or_else(String::new, |line| line.name.to_string());
    let others = cart.lines().len().saturating_sub(1) as i64;
    let more = (others > 0).then(|| format!(" +\u{202f}{}", format::number(others)));
    let (since, total) = (format::time(since_ms), cart.total().unwrap_or(Money::ZERO));
    let tap = on(move |_: MouseEvent| ask(till, move |commands| commands.take_up(id)));
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
    till.connected() && till.selling.with(Option::is_none)
}

fn ask(till: Till, does: impl FnOnce(&dyn Commands) -> Answer<Result<(), CommandError>>) {
    let Some(commands) = till.commands() else { return };
    let answer = does(&*commands);
    spawn_local(async move {
        if let Err(error) = answer.await {
            till.notice.set(Some(Notice::CartStays(error)));
        }
    });
}
