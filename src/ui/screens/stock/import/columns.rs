//! What each column of the file is, as a person says it: prefilled with what was recognised.

use super::{Importing, Step, words};
use crate::{
    domain::import::{Column, FileError, Sheet},
    ui::{
        components::notice,
        erase::{erase, live, on},
        format,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use std::iter::once;

/// Columns that are shown: exports of web shops have some eighty.
const COLUMNS_SHOWN: usize = 150;

/// A column as the file has it.
#[derive(Clone, PartialEq)]
pub struct Asked {
    heading: String,
    /// Its first values.
    values: Vec<String>,
}

/// The columns of a file that was read.
pub fn asked(sheet: &Sheet<'_>) -> Vec<Asked> {
    let asked = sheet.headings().enumerate();
    asked.map(|(at, heading)| Asked { heading: heading.to_owned(), values: sheet.values(at) }).collect()
}

impl Importing {
    /// What is still wrong with the columns.
    fn fault(self) -> Option<FileError> {
        let text = self.text.get_untracked();
        self.columns.with(|columns| Sheet::open(&text).map_or_else(Some, |sheet| sheet.fault(columns)))
    }

    pub(super) fn ask_columns(self) -> AnyView {
        let asked = self.asked.get_untracked();
        let wrong = live(move || {
            self.fault().map(|fault| {
                let (title, lines) = words::file_error(&fault);
                notice("bad", title, lines)
            })
        });
        let columns: Vec<AnyView> =
            asked.iter().take(COLUMNS_SHOWN).enumerate().map(|(at, asked)| self.ask(at, asked)).collect();
        let all = asked.len();
        let rest = (all > COLUMNS_SHOWN).then(|| {
            let (all, max) = (format::number(all as i64), format::number(COLUMNS_SHOWN as i64));
            let said = t!("Le fichier a {all} colonnes ; voici les {max} premières.", all, max);
            erase(view! { <p class="small muted">{said}</p> })
        });
        let other = on(move |_: MouseEvent| self.step.set(Step::Choose));
        erase(view! {
            {wrong}
            <section class="card" aria-labelledby="colonnes">
                <header class="card__head">
                    <h2 id="colonnes">{t!("Que contient chaque colonne ?")}</h2>
                    <button class="btn" type="button" on:click=other>{t!("Autre fichier")}</button>
                </header>
                {columns} {rest}
            </section>
        })
    }

    fn ask(self, at: usize, asked: &Asked) -> AnyView {
        let heading = match asked.heading.trim() {
            "" => t!("Colonne {number}", number = format::number(at as i64 + 1)),
            heading => heading.to_owned(),
        };
        let values = match asked.values.as_slice() {
            [] => t!("(rien)").to_owned(),
            values => values.join(" · "),
        };
        let chosen = self.columns.with_untracked(|columns| columns.get(at).copied().flatten());
        let option = |(column, label): (Option<Column>, &'static str)| {
            let (word, is_it) = (column.map_or("", Column::word), column == chosen);
            erase(view! { <option value=word selected=is_it>{label}</option> })
        };
        let each = Column::ALL.into_iter().map(|column| (Some(column), words::column(column)));
        let options: Vec<AnyView> = each.chain(once((None, t!("Ne pas lire")))).map(option).collect();
        let choose = on(move |event: leptos::ev::Event| {
            let column = Column::of_word(&event_target_value(&event));
            self.columns.update(|columns| {
                if let Some(place) = columns.get_mut(at) {
                    *place = column;
                }
            });
        });
        let (id, told) = (format!("colonne-{at}"), format!("valeurs-{at}"));
        erase(view! {
            <div class="field">
                <label class="field__label" for=id.clone()>{heading}</label>
                <span class="field__hint" id=told.clone()>{values}</span>
                <select class="input" id=id aria-describedby=told on:change=choose>{options}</select>
            </div>
        })
    }

    pub(super) fn columns_dock(self) -> AnyView {
        let held = Memo::new(move |_| self.fault().is_some());
        let go_on = on(move |_: MouseEvent| {
            let Some(commands) = self.till.commands() else { return };
            spawn_local(async move { self.plan(&*commands).await });
        });
        erase(view! {
            <section class="dock" aria-label=t!("Actions")>
                <button class="btn btn--main btn--wide" type="button" disabled=live(move || held.get()) on:click=go_on>
                    {t!("Voir l’aperçu")}
                </button>
            </section>
        })
    }
}
