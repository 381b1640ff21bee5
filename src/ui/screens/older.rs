//! The end of a list: what is older than the device holds, which the server is asked for, month by month.

use crate::{
    device::{Till, handle::Older},
    domain::Day,
    ui::{
        erase::{erase, live, on},
        text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
pub(super) struct Past {
    till: Till,
    of: Older,
    /// Counts what the server was asked for: then the list is read anew.
    asked: RwSignal<usize>,
    asking: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

impl Past {
    pub fn new(till: Till, of: Older, error: RwSignal<Option<String>>) -> Self {
        Self { till, of, asked: RwSignal::default(), asking: RwSignal::default(), error }
    }

    /// Whoever reads the list reads it again after each answer.
    pub fn track(self) {
        self.asked.track();
    }

    /// How far the list reaches, and more of it. `since` is the first day these are all of; within it `None` where this
    /// device holds more, which `more` then shows.
    pub fn end(self, since: Memo<Option<Option<Day>>>, more: impl Fn() + 'static) -> AnyView {
        let reach = live(move || {
            since.get().flatten().map(|day| t!("Tout depuis le {day} est ici. Le reste est sur le serveur.", day))
        });
        let older = on(move |_: MouseEvent| match since.get_untracked() {
            Some(None) => more(),
            Some(Some(_)) => self.ask(),
            None => {}
        });
        erase(view! {
            <div class="end" hidden=live(move || since.get().is_none())>
                <p class="small muted">{reach}</p>
                <button class="btn btn--wide" type="button" disabled=live(move || self.asking.get()) on:click=older>
                    {t!("Voir plus ancien")}
                </button>
            </div>
        })
    }

    fn ask(self) {
        let Some(commands) = self.till.commands() else { return };
        self.asking.set(true);
        self.error.set(None);
        spawn_local(async move {
            // The screen may have been left meanwhile.
            match commands.ask_older(self.of).await {
                true => drop(self.asked.try_update(|asked| *asked += 1)),
                false => drop(self.error.try_set(Some(text::not_reached().to_owned()))),
            }
            let _ = self.asking.try_set(false);
        });
    }
}
