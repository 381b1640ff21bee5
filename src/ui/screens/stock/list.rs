//! Every product, as rows: those the screen shows are drawn, the others are room above and below.

use crate::{
    device::Till,
    domain::product::StockState,
    sync::view::Shown,
    ui::{
        components::{amount, in_stock, product_name},
        erase::{Row, erase, live, rows},
        icons,
        screens::{create, empty_shop, loading, returning::Left},
    },
};
use leptos::{ev, html::Ul, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};
use std::ops::Range;

/// Rows come and go by so many. Where a list grows at its beginning by more than one of its pieces, Leptos takes the
/// others out and puts them in again, and who stands on one with the keyboard stands nowhere.
const BLOCK: usize = 5;
/// Blocks before the first look at the screen; a phone shows no more.
const SCREENFUL: Range<usize> = 0..4;

/// `left`: as it was when somebody opened a row.
pub(super) fn list(
    till: Till,
    query: RwSignal<String>,
    state: RwSignal<Option<StockState>>,
    left: Option<Left<Option<StockState>>>,
) -> AnyView {
    let found = Memo::new(move |_| till.find(&query.get(), state.get()));
    let all = Memo::new(move |_| found.with(Vec::len));
    let (element, drawn) = (NodeRef::<Ul>::new(), RwSignal::new(SCREENFUL));
    let look = move || {
        let Some(list) = element.get_untracked().filter(|_| all.get_untracked() > 0) else { return };
        // Rows are alike, and the list as high as all of them.
        let row_px = f64::from(list.offset_height()).max(1.0) / all.get_untracked() as f64;
        let (scrolled, height) = (window().scroll_y(), window().inner_height().ok().and_then(|height| height.as_f64()));
        let above = scrolled.unwrap_or_default() - top_of(&list);
        let wanted = on_screen(above, height.unwrap_or_default(), row_px);
        if drawn.get_untracked() != wanted {
            drawn.set(wanted);
        }
    };
    for handle in
        [window_event_listener(ev::scroll, move |_| look()), window_event_listener(ev::resize, move |_| look())]
    {
        on_cleanup(move || handle.remove());
    }
    // What is found anew is read from its beginning.
    Effect::new(move |before: Option<()>| {
        query.track();
        state.track();
        if before.is_some() {
            drawn.set(SCREENFUL);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        } else if let Some(left) = &left {
            left.scroll_back();
        }
        request_animation_frame(look);
    });
    let block = move |block: usize| {
        rows(move || {
            let first = block * BLOCK;
            let here = found.with(|found| found.iter().skip(first).take(BLOCK).copied().collect::<Vec<_>>());
            here.into_iter().enumerate().filter_map(|(n, id)| Some(row(till.product(id)?, first + n, all))).collect()
        })
    };
    let blocks = move || drawn.get().map(|n| Row::new(n.to_string(), move || block(n))).collect();
    let above = live(move || room(drawn.get().start * BLOCK));
    let below = live(move || room(all.get().saturating_sub(drawn.get().end * BLOCK)));
    let nothing = live(move || {
        let read = till.ready.get() && till.status.with(|status| status.loading.is_none() || !status.first_read);
        (read && all.get() == 0).then(|| {
            if state.get().is_none() && query.with(|query| query.trim().is_empty()) {
                return empty_shop(till, false);
            }
            let create = query.with(|query| (!query.trim().is_empty()).then(|| create(query, false)));
            erase(view! {
                <div class="empty" role="status">{icons::search()}<h2>{t!("Aucun produit")}</h2>{create}</div>
            })
        })
    });
    erase(view! {
        {loading(till)}
        <ul
            class="products products--alike"
            aria-label=t!("Produits")
            node_ref=element
            style:padding-block-start=above
            style:padding-block-end=below
        >
            {rows(blocks)}
        </ul>
        {nothing}
    })
}

/// As high as so many rows.
fn room(rows: usize) -> String {
    format!("calc({rows} * var(--row))")
}

/// From the document's beginning.
fn top_of(element: &HtmlElement) -> f64 {
    let mut top = f64::from(element.offset_top());
    let mut parent = element.offset_parent();
    while let Some(element) = parent.and_then(|parent| parent.dyn_into::<HtmlElement>().ok()) {
        top += f64::from(element.offset_top());
        parent = element.offset_parent();
    }
    top
}

/// The blocks a screen shows that is `height` pixels high, and one more on either side, so that a finger is not ahead of
/// them. The list begins `above` pixels above its edge.
fn on_screen(above: f64, height: f64, row_px: f64) -> Range<usize> {
    // A figure below zero is cast to zero.
    let block_of = |px: f64| (px / row_px) as usize / BLOCK;
    block_of(above).saturating_sub(1)..block_of(above + height) + 2
}

fn row(shown: Shown, at: usize, all: Memo<usize>) -> Row {
    let Shown { product, stock } = &shown;
    let (id, threshold, price, name) = (product.id, product.threshold.get(), product.sale_price.get(), &product.name);
    let key = format!("{id}/{stock}/{threshold}/{price}/{at}/{name}");
    Row::new(key, move || {
        let Shown { product, stock } = &shown;
        let to = format!("/stock/produit?id={}", product.id);
        let (name, price) = (product_name(product.name.as_str()), amount(product.sale_price));
        erase(view! {
            <li class="product" aria-posinset=(at + 1).to_string() aria-setsize=live(move || all.get().to_string())>
                <a class="product__add product__add--link" href=to>
                    {name}
                    <span class="product__side">
                        <span class="product__price">{price}</span>
                        {in_stock(*stock, shown.state())}
                    </span>
                </a>
            </li>
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_the_screen_is_drawn_and_a_block_beyond() {
        assert_eq!(on_screen(-200.0, 740.0, 60.0), 0..3);
        assert_eq!(on_screen(0.0, 740.0, 60.0), 0..4);
        assert_eq!(on_screen(6_000.0, 740.0, 60.0), 19..24);
    }
}
