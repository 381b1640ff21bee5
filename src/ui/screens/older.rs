//! The end of a list: what is older than the device holds, which the server is asked for, piece by piece.

use crate::{
    device::{
        Till,
        handle::{Older, Reach},
    },
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

    /// How far the list reaches, and more of it: `more` shows it, once it is here.
    pub fn end(self, reach: Memo<Option<Reach>>, more: impl Fn() + 'static) -> AnyView {
        let says = live(move || match reach.get()? {
            Reach::Held => None,
            Reach::Since(day) => Some(t!("Tout depuis le {day} est ici. Le reste est sur le serveur.", day)),
            Reach::Part => Some(t!("Le reste est sur le serveur.").to_owned()),
            Reach::Whole => Some(t!("C’est tout : il n’y a rien de plus ancien.").to_owned()),
        });
        let older = on(move |_: MouseEvent| match reach.get_untracked() {
            Some(Reach::Held) => more(),
            Some(Reach::Since(_) | Reach::Part) => {
                more();
                self.ask();
            }
            Some(Reach::Whole) | None => {}
        });
        erase(view! {
            <div class="end" hidden=live(move || reach.get().is_none())>
                <p class="small muted">{says}</p>
                <button
                    class="btn btn--wide"
                    type="button"
                    hidden=live(move || reach.get() == Some(Reach::Whole))
                    disabled=live(move || self.asking.get())
                    on:click=older
                >
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
