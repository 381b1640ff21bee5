//! Products from a file: chosen, shown line by line, and then imported while one goes on selling.

mod columns;
mod preview;
mod under_way;
mod words;

use crate::{
    device::{
        Till,
        handle::{Commands, Status},
    },
    domain::{
        ProductId,
        import::{Column, Known, LINES_MAX, Plan, Planning, Reader, Sheet},
    },
    ui::{
        components::{notice, segments, top},
        erase::{erase, live, on},
        format, icons,
        screens::{banners, chip, holds_costs, owns, require_person, till},
        text,
    },
};
use columns::Asked;
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use preview::Sort;
use std::sync::Arc;
use words::Said;

const FILE: &str = "import-file";
/// Lines that are read between two frames.
const LINES_A_FRAME: usize = 500;

/// What a new product costs to send, about: its mutation as JSON.
const BYTES_A_PRODUCT: usize = 700;

#[derive(Clone, PartialEq)]
enum Step {
    Choose,
    /// What the columns are is for the person to say, or to change.
    Columns,
    Reading,
    Planned(Arc<Plan>),
    /// So many lines are being written to the disk.
    Keeping(usize),
}

/// What the screen shows: only another one is drawn anew, so that a finger or the focus finds a button where it was.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    NotYours,
    /// Beside a part of the catalogue every product would be new.
    TooEarly,
    Running,
    Done,
    At(Step),
}

#[derive(Clone, Copy)]
struct Importing {
    till: Till,
    step: RwSignal<Step>,
    file: RwSignal<String>,
    text: RwSignal<Arc<String>>,
    asked: RwSignal<Vec<Asked>>,
    /// What each of its columns is.
    columns: RwSignal<Vec<Option<Column>>>,
    /// What was said of the last file's headings: the same file, mended and chosen again, is read alike.
    said: RwSignal<Vec<(String, Option<Column>)>>,
    /// Lines read, or made ready.
    lines: RwSignal<usize>,
    known: RwSignal<Known>,
    /// Whether the good lines are imported although there are bad ones.
    skips: RwSignal<bool>,
    sort: RwSignal<Sort>,
    error: RwSignal<Option<Said>>,
    /// The person was asked whether to stop.
    stopping: RwSignal<bool>,
}

#[component]
pub fn Import() -> impl IntoView {
    let till = till();
    require_person(till);
    let importing = Importing {
        till,
        step: RwSignal::new(Step::Choose),
        file: RwSignal::default(),
        text: RwSignal::default(),
        asked: RwSignal::default(),
        columns: RwSignal::default(),
        said: RwSignal::default(),
        lines: RwSignal::new(0),
        known: RwSignal::new(Known::Leave),
        skips: RwSignal::new(true),
        sort: RwSignal::new(Sort::New),
        error: RwSignal::new(None),
        stopping: RwSignal::new(false),
    };
    let owner = owns(till);
    let shown = Memo::new(move |_| importing.shown(owner.get()));
    let body = live(move || match shown.get() {
        Shown::Nothing => ().into_any(),
        Shown::NotYours => erase(view! { <p class="muted">{t!("Seul le propriétaire importe des produits.")}</p> }),
        Shown::TooEarly => notice(
            "info",
            t!("Ce téléphone lit encore les produits de la boutique.").into(),
            vec![t!("Importez quand il les aura tous : rien ne sera fait deux fois.").into()],
        ),
        Shown::Running => importing.running(),
        Shown::Done => importing.done(),
        Shown::At(Step::Choose) => importing.choose(),
        Shown::At(Step::Columns) => importing.ask_columns(),
        Shown::At(Step::Reading) => importing.progress(t!("Lecture du fichier"), None),
        Shown::At(Step::Planned(plan)) => importing.planned(plan),
        Shown::At(Step::Keeping(all)) => importing.progress(t!("Préparation"), Some(all)),
    });
    let act = live(move || match importing.step.get() {
        Step::Planned(plan) if owner.get() => Some(importing.dock(plan)),
        Step::Columns if owner.get() => Some(importing.columns_dock()),
        _ => None,
    });
    erase(view! {
        <div class="app app--task">
            {top(Some(("/stock", t!("Retour au stock"))), t!("Importer des produits").into_any(), chip(till), ().into_any())}
            <main class="page">
                {banners(till)}
                {live(move || importing.error.get().map(|(title, lines)| notice("bad", title, lines)))} {body}
            </main>
            {act}
        </div>
    })
}

impl Importing {
    fn shown(self, owner: bool) -> Shown {
        if !self.till.ready.get() {
            return Shown::Nothing;
        }
        if !owner {
            return Shown::NotYours;
        }
        let (done, whole) = self.till.status.with(|status: &Status| {
            let done = status.import.as_ref().map(|import| import.done);
            (done, status.has_catalogue && status.loading.is_none())
        });
        match (done, self.step.get()) {
            (Some(true), Step::Choose) => Shown::Done,
            (Some(false), Step::Choose | Step::Keeping(_)) => Shown::Running,
            (None, Step::Choose) if !whole => Shown::TooEarly,
            (_, step) => Shown::At(step),
        }
    }

    fn choose(self) -> AnyView {
        erase(view! {
            <section class="card" aria-labelledby="fichier">
                <h2 id="fichier">{t!("Choisir le fichier")}</h2>
                <div class="field">
                    <label class="field__label" for=FILE>{t!("Un fichier CSV, comme un tableur l’enregistre")}</label>
                    <input class="input" id=FILE type="file" on:change=on(move |_: leptos::ev::Event| self.read()) />
                    <span class="field__hint">{t!("Rien n’est changé avant que vous ayez vu l’aperçu.")}</span>
                </div>
                <details class="more">
                    <summary>{icons::chevron_down()} {t!("Ce que le fichier peut contenir")}</summary>
                    <div>
                        <p>
                            {t!("La première ligne nomme les colonnes : Nom et Prix de vente, il les faut ; Code-barres, Catégorie, Prix d’achat, Stock et Seuil, si vous les avez. Si elles ont d’autres noms, vous direz laquelle est laquelle.")}
                        </p>
                        <p>
                            {t!("Les cases sont séparées par des points-virgules, des virgules ou des tabulations. 15 000, 15.000 et 15 000,00 se lisent.")}
                        </p>
                        <p>
                            {t!("Un produit est reconnu à son code-barres, sinon à son nom. Un fichier importé en partie, choisi encore une fois, continue où il s’était arrêté : rien n’est fait deux fois.")}
                        </p>
                        <p>{t!("Au plus {max} lignes.", max = format::number(LINES_MAX as i64))}</p>
                    </div>
                </details>
            </section>
        })
    }

    fn progress(self, title: &'static str, of: Option<usize>) -> AnyView {
        let said = live(move || {
            let lines = format::number(self.lines.get() as i64);
            match of {
                Some(all) => t!("{lines} sur {all} lignes", lines, all = format::number(all as i64)),
                None => t!("{lines} lignes", lines),
            }
        });
        let bar = of.map(|all| {
            let value = live(move || self.lines.get().to_string());
            erase(view! { <progress class="progress" aria-label=title max=all.to_string() value=value></progress> })
        });
        erase(view! {
            <section class="card" aria-label=title><h2>{title}</h2><p class="far num">{said}</p>{bar}</section>
        })
    }

    fn planned(self, plan: Arc<Plan>) -> AnyView {
        let counts = plan.counts;
        let known = (counts.changed > 0).then(|| {
            erase(view! {
                <div class="field">
                    <span class="field__label">{t!("Les produits déjà là qui diffèrent")}</span>
                    {segments("connus", t!("Les produits déjà là qui diffèrent"), &[(t!("Laisser"), Known::Leave), (t!("Mettre à jour"), Known::Update)], self.known)}
                </div>
            })
        });
        let faulty = (counts.bad > 0).then(|| {
            erase(view! {
                <div class="field">
                    <span class="field__label">{t!("Les lignes en erreur")}</span>
                    {segments("fautes", t!("Les lignes en erreur"), &[(t!("Importer les bonnes lignes"), true), (t!("Rien tant qu’il y en a"), false)], self.skips)}
                </div>
            })
        });
        let choices = (known.is_some() || faulty.is_some())
            .then(|| erase(view! { <section class="card" aria-label=t!("Choix")>{known}{faulty}</section> }));
        let mut told = Vec::new();
        if plan.stock_left {
            told.push(t!("Le stock des produits déjà là ne change pas : comptez ou recevez.").to_owned());
        }
        if plan.costs_left {
            told.push(t!("Ce téléphone ne garde pas les prix d’achat : ils sont laissés.").to_owned());
        }
        if !plan.ignored.is_empty() {
            told.push(t!("Colonnes laissées : {columns}.", columns = plan.ignored.join(", ")));
        }
        let told: Vec<AnyView> =
            told.into_iter().map(|said| erase(view! { <p class="small muted">{said}</p> })).collect();
        // Where the network is paid by the megabyte, one knows before.
        let to_send = plan.clone();
        let costs = live(move || {
            let bytes = to_send.count_to_do(self.known.get()) * BYTES_A_PRODUCT;
            (bytes > 0).then(|| {
                let said = t!("Environ {size} à envoyer, quand il y a du réseau.", size = format::bytes(bytes as u64));
                erase(view! { <p class="small muted">{said}</p> })
            })
        });
        let other = on(move |_: MouseEvent| self.step.set(Step::Choose));
        let change = on(move |_: MouseEvent| self.step.set(Step::Columns));
        erase(view! {
            <section class="card" aria-labelledby="chiffres">
                <header class="card__head">
                    <h2 id="chiffres">{self.file.get_untracked()}</h2>
                    <div class="btns">
                        <button class="btn" type="button" on:click=change>{t!("Changer les colonnes")}</button>
                        <button class="btn" type="button" on:click=other>{t!("Autre fichier")}</button>
                    </div>
                </header>
                {preview::figures(plan.clone(), self.known, self.sort)} {costs} {told}
            </section>
            {choices}
            {preview::lines(plan, self.sort)}
        })
    }

    fn dock(self, plan: Arc<Plan>) -> AnyView {
        let (bad, counts) = (plan.counts.bad, plan.clone());
        let to_do = Memo::new(move |_| plan.count_to_do(self.known.get()));
        let held = Memo::new(move |_| bad > 0 && !self.skips.get());
        let hint = live(move || {
            held.get().then(|| {
                let lines = count!(bad as i64, "ligne en erreur", "lignes en erreur");
                let said = t!("Corrigez d’abord {lines} dans le fichier, puis choisissez-le encore une fois.", lines);
                erase(view! { <p class="small muted">{said}</p> })
            })
        });
        let says = live(move || match to_do.get() {
            0 => t!("Rien à importer").to_owned(),
            n => t!("Importer {products}", products = count!(n as i64, "produit", "produits")),
        });
        let act = on(move |_: MouseEvent| self.begin(counts.clone()));
        erase(view! {
            <section class="dock" aria-label=t!("Actions")>
                {hint}
                <button
                    class="btn btn--main btn--wide"
                    type="button"
                    disabled=live(move || to_do.get() == 0 || held.get())
                    on:click=act
                >
                    {says}
                </button>
            </section>
        })
    }

    /// Reads the chosen file; where its columns are not all known, the person says what they are.
    fn read(self) {
        let Some(commands) = self.till.commands() else { return };
        self.error.set(None);
        spawn_local(async move {
            match self.open(&*commands).await {
                Ok(true) => self.plan(&*commands).await,
                Ok(false) => drop(self.step.try_set(Step::Columns)),
                Err(said) => drop(self.error.try_set(Some(said))),
            }
        });
    }

    /// Whether it is known what the columns are.
    async fn open(self, commands: &dyn Commands) -> Result<bool, Said> {
        let chosen = commands.chosen_text(FILE.to_owned()).await.map_err(words::file_problem)?;
        let sheet = Sheet::open(&chosen.text).map_err(|error| words::file_error(&error))?;
        let said = self.said.try_get_untracked().unwrap_or_default();
        let alike = said.iter().all(|(heading, _)| sheet.has(heading));
        let columns = sheet.columns(if alike { &said } else { &[] });
        let known = sheet.fault(&columns).is_none();
        let _ =
            (self.file.try_set(chosen.name), self.columns.try_set(columns), self.asked.try_set(columns::asked(&sheet)));
        let _ = self.text.try_set(Arc::new(chosen.text)); // the screen may be gone
        Ok(known)
    }

    /// Plans the file by its columns, in pieces between which the phone draws.
    async fn plan(self, commands: &dyn Commands) {
        // The screen may have been left meanwhile: then nobody looks.
        match self.planned_lines(commands).await {
            Ok(plan) => {
                let _ = self.sort.try_set(Sort::first(&plan.counts));
                drop(self.step.try_set(Step::Planned(Arc::new(plan))));
            }
            Err(said) => {
                let _ = self.step.try_set(Step::Choose);
                drop(self.error.try_set(Some(said)));
            }
        }
    }

    async fn planned_lines(self, commands: &dyn Commands) -> Result<Plan, Said> {
        let _ = (self.lines.try_set(0), self.step.try_set(Step::Reading));
        commands.painted().await;
        let text = self.text.try_get_untracked().unwrap_or_default();
        let columns = self.columns.try_get_untracked().unwrap_or_default();
        let costs = holds_costs(self.till).get_untracked();
        let said = |error| words::file_error(&error);
        let sheet = Sheet::open(&text).map_err(said)?;
        let _ = self.said.try_set(sheet.to_say(&columns));
        let reader = Reader::new(sheet, columns).map_err(said)?;
        let mut planning = Planning::new(reader, self.till.all_products(), costs);
        let new_id = || ProductId(commands.new_id());
        while planning.step(new_id).map_err(said)? {
            if planning.lines().is_multiple_of(LINES_A_FRAME) {
                let _ = self.lines.try_set(planning.lines());
                commands.painted().await;
            }
        }
        Ok(planning.finish())
    }

    fn begin(self, plan: Arc<Plan>) {
        let Some(commands) = self.till.commands() else { return };
        let known = self.known.get_untracked();
        self.lines.set(0);
        self.error.set(None);
        self.step.set(Step::Keeping(plan.count_to_do(known)));
        spawn_local(async move {
            let planned = plan.as_ref().clone().to_do(known).collect();
            let begun =
                commands.begin_import(self.file.get_untracked(), self.said.get_untracked(), planned, self.lines).await;
            let (step, error) = match begun {
                Ok(true) => (Step::Choose, None),
                Ok(false) => (Step::Choose, Some((t!("Une autre importation est en cours.").to_owned(), Vec::new()))),
                Err(problem) => (Step::Planned(plan), Some((text::command_error(&problem), Vec::new()))),
            };
            let _ = (self.error.try_set(error), self.step.try_set(step)); // the screen may be gone
        });
    }
}
