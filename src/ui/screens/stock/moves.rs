//! What moved a product's stock, as one reads it.

use crate::{
    device::{
        Till,
        handle::{Moves, Older, Reach},
    },
    domain::{Cause, ProductId},
    sync::view::Moved,
    ui::{
        components::notice,
        erase::{Row, erase, live, rows},
        format::{self, number, signed},
        screens::{follow, name_of, older::Past},
        text,
    },
};
use leptos::prelude::*;

/// Movements listed at first, and how many more each time.
const STEP: usize = 30;

pub(super) fn moves(till: Till, product: ProductId) -> AnyView {
    let (found, shown) = (RwSignal::new(None::<Moves>), RwSignal::new(STEP));
    let error = RwSignal::new(None::<String>);
    let past = Past::new(till, Older::Moves(product), error);
    follow(
        till,
        move || past.track(),
        move |commands, ()| commands.movements(product),
        move |read| {
            // A problem of the storage is told by the banner.
            if let Ok(read) = read {
                let _ = found.try_set(Some(read));
            }
        },
    );
    let list = move || {
        let shown = shown.get();
        let moved =
            found.with(|found| found.iter().flat_map(|found| &found.moved).take(shown).cloned().collect::<Vec<_>>());
        let row = |moved: Moved| Row::new(format!("{moved:?}"), move || line(till, &moved));
        moved.into_iter().map(row).collect()
    };
    let nothing = Memo::new(move |_| found.with(|found| found.as_ref().is_some_and(|found| found.moved.is_empty())));
    let reach = Memo::new(move |_| {
        found.with(|found| {
            found.as_ref().map(|found| if found.moved.len() > shown.get() { Reach::Held } else { found.reach })
        })
    });
    let more = move || shown.update(|shown| *shown += STEP);
    erase(view! {
        <section class="card" aria-labelledby="mouvements">
            <h2 id="mouvements">{t!("Mouvements")}</h2>
            <p class="small muted" hidden=live(move || !nothing.get())>{t!("Rien n’a bougé ces 90 derniers jours.")}</p>
            <ul aria-label=t!("Mouvements")>{rows(list)}</ul>
            {live(move || error.get().map(|title| notice("bad", title, Vec::new())))}
            {past.end(reach, more)}
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
    let note = moved.note.to_string();
    let note = (!note.is_empty()).then(|| erase(view! { <span class="small counts__note">{note}</span> }));
    erase(view! {
        <li class="counts__one">
            {what} <strong class="num">{signed(delta)}</strong> <span class="small muted num">{about}</span>
            <span class="small num">{t!("reste {stock_after}", stock_after = number(stock_after))}</span>
            {note}
        </li>
    })
}
