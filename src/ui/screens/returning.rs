//! Where somebody was in a list when one of its rows was opened: whoever comes back finds the list as it was left.

use crate::{domain::product::StockState, ui::erase::on};
use leptos::{ev::MouseEvent, prelude::*};

/// What was looked for in a list, how it was narrowed or widened, and how far down it was read.
#[derive(Debug, Clone, Default)]
pub struct Left<T> {
    pub query: String,
    pub shows: T,
    scrolled_px: f64,
}

/// The lists one comes back to, each as it was left.
#[derive(Clone, Copy, Default)]
pub struct Returning {
    pub stock: StoredValue<Option<Left<Option<StockState>>>>,
    /// How many sales were listed.
    pub sales: StoredValue<Option<Left<usize>>>,
}

impl<T: Copy + Send + Sync + 'static> Left<T> {
    /// As it was left, once: `None` where no row was opened.
    pub fn take(kept: StoredValue<Option<Self>>) -> Option<Self> {
        kept.try_update_value(Option::take).flatten()
    }

    /// What a tap on anything on the screen does, as it may lead away.
    pub fn keep(
        kept: StoredValue<Option<Self>>,
        query: RwSignal<String>,
        shows: RwSignal<T>,
    ) -> Box<dyn FnMut(MouseEvent)> {
        on(move |_: MouseEvent| {
            let scrolled_px = window().scroll_y().unwrap_or_default();
            kept.set_value(Some(Self { query: query.get_untracked(), shows: shows.get_untracked(), scrolled_px }));
        })
    }

    /// Scrolls to where it was, once the rows are drawn.
    pub fn scroll_back(&self) {
        let scrolled_px = self.scrolled_px;
        request_animation_frame(move || window().scroll_to_with_x_and_y(0.0, scrolled_px));
    }
}
