//! What moved a product's stock, as one reads it.

use crate::{
    device::Till,
    domain::{Cause, ProductId},
    sync::view::Moved,
    ui::{
        erase::{Row, erase, live, on, rows},
        format::{self, number, signed},
        screens::{follow, name_of},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// Movements listed at first, and how many more each time.
const STEP: usize = 30;

pub(super) fn moves(till: Till, product: ProductId) -> AnyView {
    let (found, shown) = (RwSignal::new(None::<Vec<Moved>>), RwSignal::new(STEP));
    follow(
        till,
        || (),
        move |commands, ()| commands.movements(product),
        move |read| {
            // A problem of the storage is told by the banner.
            if let Ok(read) = read {
                let _ = found.try_set(Some(read));
            }
        },
    );
    let list = move || {
        let moved = found.with(|found| found.iter().flatten().take(shown.get()).cloned().collect::<Vec<_>>());
        let row = |moved: Moved| Row::new(format!("{moved:?}"), move || line(till, &moved));
        moved.into_iter().map(row).collect()
    };
    let count = Memo::new(move |_| found.with(|found| found.as_ref().map(Vec::len)));
    let more = on(move |_: MouseEvent| shown.update(|shown| *shown += STEP));
    erase(view! {
        <section class="card" aria-labelledby="mouvements">
            <h2 id="mouvements">{t!("Mouvements")}</h2>
            <p class="small muted" hidden=live(move || count.get() != Some(0))>{t!("Rien n’a bougé ces 90 derniers jours.")}</p>
            <ul aria-label=t!("Mouvements")>{rows(list)}</ul>
            <button
                class="btn btn--wide"
                type="button"
                hidden=live(move || count.get().unwrap_or(0) <= shown.get())
                on:click=more
            >
                {t!("Voir plus ancien")}
            </button>
        </section>
    })
}

fn line(till: Till, moved: &Moved) -> AnyView {
    let Moved { at_ms, actor, delta, stock_after, waiting, .. } = *moved;
    let what = match &moved.cause {
        Cause::Sale { sale } | Cause::Void { sale } | Cause::Unchecked { sale } => {
            let to = format!("/ventes/vente?id={sale}");
            erase(view! { <a href=to>{text::cause(&moved.cause)}</a> })
        }
        Cause::Count { counted, .. } => {
            let said =
                t!("{cause} : {counted} trouvés", cause = text::cause(&moved.cause), counted = number(counted.get()));
            erase(view! { <span>{said}</span> })
        }
        other => erase(view! { <span>{text::cause(other)}</span> }),
    };
    let waits = if waiting { format!(" · {}", t!("en attente")) } else { String::new() };
    let about = live(move || {
        let (when, who) = (format::date_time(at_ms), name_of(till, actor));
        format!("{when} · {who}{waits}")
    });
    erase(view! {
        <li class="counts__one">
            {what} <strong class="num">{signed(delta)}</strong> <span class="small muted num">{about}</span>
            <span class="small num">{t!("reste {stock_after}", stock_after = number(stock_after))}</span>
        </li>
    })
}
