//! The shop's books as files for a spreadsheet: an owner's to take along.

use super::owner;
use crate::{
    device::{
        Till,
        handle::{CutOff, ExportProblem, ExportState, Exporting, Piece, Wanted, Write},
    },
    domain::{
        Day, UserId,
        export::{Brought, File, Moved, Sold, Spent, State, Words},
    },
    ui::{
        components::{notice, segments},
        erase::{erase, live, on},
        format, icons,
        screens::holds_costs,
        tables, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

const FILES: [File; 5] = [File::Products, File::Sales, File::Movements, File::Expenses, File::Repayments];

/// Its button, and the first part of its name.
fn named(file: File) -> (&'static str, &'static str) {
    match file {
        File::Products => (t!("Produits"), "produits"),
        File::Sales => (t!("Ventes"), "ventes"),
        File::Movements => (t!("Mouvements de stock"), "mouvements"),
        File::Expenses => (t!("Dépenses"), "depenses"),
        File::Repayments => (t!("Crédits remboursés"), "credits-rembourses"),
    }
}

pub fn draw(till: Till) -> AnyView {
    let owner = Memo::new(move |_| till.status.with(|status| status.is_owner()) && till.ready.get());
    let older = RwSignal::new(false);
    erase(live(move || owner.get().then(|| card(till, older))))
}

fn card(till: Till, older: RwSignal<bool>) -> AnyView {
    let holds_costs = holds_costs(till);
    let busy = Memo::new(move |_| {
        let is_busy = |export: &Exporting| matches!(export.state, ExportState::Reading | ExportState::Waiting);
        till.export.with(|export| export.as_ref().is_some_and(is_busy))
    });
    let begin = move |file: File, older: bool| {
        let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
        let (_, name) = named(file);
        let name = if older { format!("{name}-tout") } else { name.to_owned() };
        let (words, costs) = (tables::words(), holds_costs.get_untracked());
        let wanted = Wanted { file, older, name, headings: words.headings(file, costs) };
        commands.begin_export(wanted, write(till, words, costs));
    };
    let file = |file: File| {
        let give = on(move |_: MouseEvent| begin(file, older.get_untracked() && file != File::Products));
        erase(view! {
            <button class="btn" type="button" disabled=live(move || busy.get()) on:click=give>{named(file).0}</button>
        })
    };
    let files: Vec<AnyView> = FILES.into_iter().map(file).collect();
    let reach = live(move || match older.get() {
        false => t!("Ce que ce téléphone garde : les produits, et les 90 derniers jours. Sans réseau aussi."),
        true => t!("Depuis le début : ce qui a plus de 90 jours est demandé au serveur, mois par mois."),
    });
    erase(view! {
        <section class="card" aria-labelledby="fichiers">
            <h2 id="fichiers">{t!("Fichiers pour tableur")}</h2>
            {segments("periode", t!("Période"), &[(t!("90 derniers jours"), false), (t!("Tout"), true)], older)}
            <p class="small muted">{reach}</p>
            <div class="btns">{files}</div>
            {told(till)}
            {cut_off(till, begin)}
            <p class="small muted">{t!("Un tableur en français (Excel, LibreOffice) les ouvre tels quels.")}</p>
            <a class="btn btn--wide" href="/stock/import">{icons::upload()} {t!("Importer des produits")}</a>
        </section>
    })
}

/// How far it is, and what can be done about it. Drawn anew only where that changes, so that a button stays the one that a
/// finger is on.
fn told(till: Till) -> AnyView {
    let stage = Memo::new(move |_| {
        let state = till.export.with(|export| export.as_ref().map(|export| export.state.clone()))?;
        Some(if state == ExportState::Waiting { ExportState::Reading } else { state })
    });
    erase(live(move || {
        stage.get().map(|stage| match stage {
            ExportState::Reading | ExportState::Waiting => under_way(till),
            ExportState::Done => done(till),
            ExportState::Failed(problem) => {
                let said = match &problem {
                    ExportProblem::Storage(problem) => text::storage_problem(*problem),
                    ExportProblem::Refused(error) => owner::wrong(error),
                    ExportProblem::NoFile => t!("Ce navigateur n’a pas pris le fichier. Essayez dans Chrome."),
                };
                notice("bad", said.to_owned(), Vec::new())
            }
        })
    }))
}

fn under_way(till: Till) -> AnyView {
    let far = live(move || till.export.with(|export| export.as_ref().map(|export| far(export.at, export.lines))));
    let is_waiting = |export: &Exporting| export.state == ExportState::Waiting;
    let waits = Memo::new(move |_| till.export.with(|export| export.as_ref().is_some_and(is_waiting)));
    let waits = live(move || {
        let said = t!("Le serveur ne répond pas : la suite vient avec le réseau.");
        waits.get().then(|| notice("info", said.to_owned(), Vec::new()))
    });
    erase(view! {
        <p class="num" role="status">{far}</p>
        {waits}
        <p class="small muted">{t!("Vous pouvez quitter cet écran. Si Comptoir se ferme, reprenez ici dans la journée.")}</p>
        <div class="btns">{end(till, t!("Arrêter"))}</div>
    })
}

/// The page was closed before the file was done.
fn cut_off(till: Till, begin: impl Fn(File, bool) + Copy + Send + 'static) -> AnyView {
    let kept = move || till.status.with(|status| status.export).filter(|_| till.export.with(Option::is_none));
    let kept = Memo::new(move |_| kept());
    erase(live(move || {
        kept.get().map(|CutOff { file, at, lines }| {
            let said = t!("Fichier interrompu : {file}", file = named(file).0);
            let go_on = on(move |_: MouseEvent| begin(file, true));
            erase(view! {
                {notice("info", said, vec![far(at, lines)])}
                <div class="btns">
                    <button class="btn" type="button" on:click=go_on>{t!("Reprendre")}</button>
                    {end(till, t!("Abandonner"))}
                </div>
            })
        })
    }))
}

/// `Août 2026 · 1 240 lignes`.
fn far(at: Option<Day>, lines: u64) -> String {
    let lines = count!(lines as i64, "ligne", "lignes");
    at.map_or_else(|| lines.clone(), |at| format!("{} · {lines}", format::month(at)))
}

fn done(till: Till) -> AnyView {
    let Some(Exporting { name, lines, .. }) = till.export.get_untracked() else { return ().into_any() };
    let again = on(move |_: MouseEvent| till.commands().iter().for_each(|commands| commands.give_export()));
    let said = t!("{name} est dans les téléchargements.", name);
    erase(view! {
        {notice("ok", said, vec![count!(lines as i64, "ligne", "lignes")])}
        <div class="btns">
            <button class="btn" type="button" on:click=again>{t!("Télécharger encore")}</button>
            {end(till, t!("Fermer"))}
        </div>
    })
}

/// Stops what is under way, or puts away what is done.
fn end(till: Till, label: &'static str) -> AnyView {
    let end = on(move |_: MouseEvent| till.commands().iter().for_each(|commands| commands.end_export()));
    erase(view! { <button class="btn" type="button" on:click=end>{label}</button> })
}

/// Writes the pieces, wherever the person is by then.
fn write(till: Till, words: Words, costs: bool) -> Write {
    let people = till.people.get_untracked();
    let who = move |id: UserId| {
        people.iter().find(|person| person.id == id).map_or("", |person| person.name.as_str()).to_owned()
    };
    let state = |waiting: bool| if waiting { State::Waiting } else { State::Confirmed };
    Box::new(move |piece| match piece {
        Piece::Products(products) => {
            products.iter().map(|shown| words.product(&shown.product, shown.stock, costs)).collect()
        }
        Piece::Sales(sales) => {
            let lines = sales.iter().map(|listed| {
                let state = if listed.voided { State::Voided } else { state(listed.waiting) };
                words.sale(&Sold { sale: &listed.sale, at_ms: listed.at_ms, seller: &who(listed.actor), state })
            });
            lines.flatten().collect()
        }
        Piece::Movements(moves) => {
            let line = |(product, moved): &(_, crate::sync::view::Moved)| {
                let known = untrack(|| till.product(*product));
                words.movement(&Moved {
                    product: known.as_ref().map_or("", |shown| shown.product.name.as_str()),
                    at_ms: moved.at_ms,
                    cause: &moved.cause,
                    delta: moved.delta,
                    stock_after: moved.stock_after,
                    who: &who(moved.actor),
                    note: moved.note.as_str(),
                    state: state(moved.waiting),
                })
            };
            moves.iter().map(line).collect()
        }
        Piece::Repayments(repayments) => {
            let line = |listed: &crate::sync::view::ListedRepayment| {
                let (repayment, at_ms, state) = (&listed.repayment, listed.at_ms, state(listed.waiting));
                words.repayment(&Brought { repayment, at_ms, who: &who(listed.actor), state })
            };
            repayments.iter().map(line).collect()
        }
        Piece::Expenses(expenses) => {
            let line = |listed: &crate::sync::view::ListedExpense| {
                let (expense, day, at_ms, state) = (&listed.expense, listed.day, listed.at_ms, state(listed.waiting));
                words.expense(&Spent { expense, day, at_ms, who: &who(listed.actor), state })
            };
            expenses.iter().map(line).collect()
        }
    })
}
