//! An import under way: how far it is, that one may leave it, and what became of it.

use super::Importing;
use crate::{
    device::handle::ImportStatus,
    ui::{
        components::notice,
        erase::{erase, live, on},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

impl Importing {
    /// Of the import under way; runs again as it goes on.
    fn status<T>(self, of: impl Fn(&ImportStatus) -> T) -> Option<T> {
        self.till.status.with(|status| status.import.as_ref().map(of))
    }

    pub(super) fn running(self) -> AnyView {
        let file = live(move || self.status(|import| import.file.clone()));
        let queued = live(move || self.status(|import| import.queued.to_string()));
        let lines = live(move || self.status(|import| import.lines.to_string()));
        let said = live(move || {
            let number = |n: u64| format::number(n as i64);
            self.status(|import| {
                t!("{queued} sur {lines} produits", queued = number(import.queued), lines = number(import.lines))
            })
        });
        let waits = live(move || match self.till.status.with(|status| status.online) {
            true => t!("La suite vient à mesure que le serveur reçoit ; les ventes passent devant."),
            false => t!("Sans réseau, la suite attend. Ce qui est importé se vend déjà."),
        });
        let stop = live(move || match self.stopping.get() {
            false => {
                let ask = on(move |_: MouseEvent| self.stopping.set(true));
                erase(
                    view! { <button class="btn btn--wide" type="button" on:click=ask>{t!("Arrêter l’importation")}</button> },
                )
            }
            true => erase(view! {
                <p>{t!("Ce qui est déjà importé reste. Pour le reste, choisissez le même fichier encore une fois.")}</p>
                <div class="btns">
                    <button class="btn btn--bad" type="button" on:click=on(move |_: MouseEvent| self.end())>{t!("Oui, arrêter")}</button>
                    <button class="btn" type="button" on:click=on(move |_: MouseEvent| self.stopping.set(false))>{t!("Continuer")}</button>
                </div>
            }),
        });
        erase(view! {
            <section class="card" aria-labelledby="en-cours">
                <h2 id="en-cours">{t!("Importation en cours")}</h2>
                <p class="small muted">{file}</p>
                <p class="far num" role="status">{said}</p>
                <progress class="progress" aria-labelledby="en-cours" max=lines value=queued></progress>
                <p>{t!("Vous pouvez quitter cet écran, vendre ou éteindre le téléphone : elle continue d’elle-même, et rien n’est fait deux fois.")}</p>
                <p class="small muted">{waits}</p>
                {stop}
            </section>
        })
    }

    pub(super) fn done(self) -> AnyView {
        let lost = live(move || {
            self.status(|import| import.lost).filter(|lost| *lost).map(|_| {
                notice(
                    "warn",
                    t!("Une partie du fichier n’a pas pu être relue.").into(),
                    vec![t!("Choisissez le même fichier encore une fois : ce qui manque sera importé.").into()],
                )
            })
        });
        let file = live(move || self.status(|import| import.file.clone()));
        let waiting = live(move || match self.till.status.with(|status| status.waiting) {
            0 => t!("Le serveur a tout reçu.").to_owned(),
            n => t!("{n} en attente d’envoi. Tout est gardé sur ce téléphone.", n = format::number(n as i64)),
        });
        let said =
            live(move || self.status(|import| count!(import.queued as i64, "produit importé", "produits importés")));
        erase(view! {
            {lost}
            <section class="card" aria-labelledby="fini">
                <h2 id="fini">{icons::circle_check()} " " {said}</h2>
                <p class="small muted">{file}</p>
                <p role="status">{waiting}</p>
                <div class="btns">
                    <a class="btn" href="/stock">{icons::package()} {t!("Voir le stock")}</a>
                    <button class="btn" type="button" on:click=on(move |_: MouseEvent| self.end())>{t!("Autre fichier")}</button>
                </div>
            </section>
        })
    }

    fn end(self) {
        let Some(commands) = self.till.commands() else { return };
        self.stopping.set(false);
        let said = self.till.status.with_untracked(|status| status.import.as_ref().map(|import| import.said.clone()));
        if let Some(said) = said {
            self.said.set(said); // for the same file, chosen again
        }
        spawn_local(async move {
            if let Err(problem) = commands.end_import().await {
                drop(self.error.try_set(Some((text::command_error(&problem), Vec::new()))));
            }
        });
    }
}
