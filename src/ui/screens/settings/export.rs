//! What this phone holds, as files for a spreadsheet: an owner's to take along.

use crate::{
    device::{
        Till,
        handle::{ShopCommands, StorageProblem},
    },
    domain::{SaleLine, Tender, UserId},
    sync::{
        view::{ListedExpense, ListedSale, Shown},
        wire::MovementRow,
    },
    ui::{
        components::notice,
        csv::{Cell, table},
        erase::{erase, live, on},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
enum File {
    Products,
    Sales,
    Movements,
    Expenses,
}

/// Its button, and the first part of its name.
fn files() -> [(File, &'static str, &'static str); 4] {
    [
        (File::Products, t!("Produits"), "produits"),
        (File::Sales, t!("Ventes"), "ventes"),
        (File::Movements, t!("Mouvements de stock"), "mouvements"),
        (File::Expenses, t!("Dépenses"), "depenses"),
    ]
}

pub fn draw(till: Till) -> AnyView {
    let owner = Memo::new(move |_| till.status.with(|status| status.is_owner()) && till.ready.get());
    let (busy, said) = (RwSignal::new(false), RwSignal::new(None::<Result<String, String>>));
    erase(live(move || owner.get().then(|| card(till, busy, said))))
}

fn card(till: Till, busy: RwSignal<bool>, said: RwSignal<Option<Result<String, String>>>) -> AnyView {
    let file = |(file, label, name): (File, &'static str, &'static str)| {
        let give = move |_: MouseEvent| {
            let Some(commands) = till.commands().filter(|_| !busy.get_untracked()) else { return };
            busy.set(true);
            spawn_local(async move {
                let today = commands.today().await.map(|today| today.day);
                let written = match today {
                    Ok(today) => written(till, &*commands, file).await.map(|text| (text, today)),
                    Err(problem) => Err(problem),
                };
                let told =
                    written.map_err(|problem| text::storage_problem(problem).to_owned()).and_then(|(text, day)| {
                        let name = format!("{name}-{}.csv", format::iso(day));
                        match commands.give_csv(name.clone(), text) {
                            true => Ok(name),
                            false => Err(t!("Ce navigateur n’a pas pris le fichier. Essayez dans Chrome.").to_owned()),
                        }
                    });
                let _ = (busy.try_set(false), said.try_set(Some(told))); // the screen may be gone
            });
        };
        erase(view! {
            <button class="btn" type="button" disabled=live(move || busy.get()) on:click=on(give)>{label}</button>
        })
    };
    let files: Vec<AnyView> = files().into_iter().map(file).collect();
    let told = live(move || {
        said.get().map(|said| match said {
            Ok(name) => notice("ok", t!("{name} est dans les téléchargements.", name), Vec::new()),
            Err(problem) => notice("bad", problem, Vec::new()),
        })
    });
    erase(view! {
        <section class="card" aria-labelledby="fichiers">
            <h2 id="fichiers">{t!("Fichiers pour tableur")}</h2>
            <p class="small muted">
                {t!("Ce que ce téléphone garde : les produits, et les 90 derniers jours. Un tableur en français (Excel, LibreOffice) les ouvre tels quels.")}
            </p>
            <div class="btns">{files}</div>
            {told}
            <a class="btn btn--wide" href="/stock/import">{icons::upload()} {t!("Importer des produits")}</a>
        </section>
    })
}

async fn written(till: Till, commands: &dyn ShopCommands, file: File) -> Result<String, StorageProblem> {
    let people = till.people.get_untracked();
    let who = |id: UserId| {
        let known = people.iter().find(|person| person.id == id);
        Cell::Text(known.map_or_else(String::new, |person| person.name.to_string()))
    };
    Ok(match file {
        File::Products => products(till),
        File::Sales => {
            let days = commands.sales(String::new(), usize::MAX).await?.days;
            sales(days.into_iter().flat_map(|day| day.sales), who)
        }
        File::Movements => {
            let name = |row: &MovementRow| {
                untrack(|| till.product(row.product)).map_or_else(String::new, |shown| shown.product.name.to_string())
            };
            let row = |row: MovementRow| {
                vec![
                    Cell::Text(format::date_time(row.at_ms)),
                    Cell::Text(name(&row)),
                    Cell::Text(text::cause(&row.cause).to_owned()),
                    Cell::Figure(row.delta),
                    Cell::Figure(row.stock_after),
                    who(row.actor),
                ]
            };
            let rows = commands.all_movements().await?.into_iter().map(row);
            table(&[t!("Date"), t!("Produit"), t!("Mouvement"), t!("Variation"), t!("Stock après"), t!("Qui")], rows)
        }
        File::Expenses => {
            let months = commands.expenses().await?.months;
            let row = |listed: ListedExpense| {
                vec![
                    Cell::Text(listed.day.to_string()),
                    Cell::Text(listed.expense.kind.to_string()),
                    Cell::Figure(listed.expense.amount.get()),
                    Cell::Text(listed.expense.note.to_string()),
                    who(listed.actor),
                    Cell::Text(format::date_time(listed.at_ms)),
                    Cell::Text(if listed.waiting { t!("En attente") } else { t!("Confirmée") }.to_owned()),
                ]
            };
            let rows = months.into_iter().flat_map(|month| month.expenses).map(row);
            let heads = [t!("Date"), t!("Type"), t!("Montant"), t!("Note"), t!("Qui"), t!("Saisie le"), t!("État")];
            table(&heads, rows)
        }
    })
}

/// The headings are those that an import reads.
fn products(till: Till) -> String {
    let costs = till
        .status
        .with_untracked(|status| status.installation.as_ref().is_some_and(|installation| installation.holds_costs));
    let mut headings =
        vec![t!("Nom"), t!("Catégorie"), t!("Code-barres"), t!("Prix de vente"), t!("Stock"), t!("Seuil")];
    if costs {
        headings.push(t!("Prix d’achat"));
    }
    let row = |shown: Shown| {
        let product = &shown.product;
        let codes: Vec<&str> = product.barcodes.iter().map(|code| code.as_str()).collect();
        let mut row = vec![
            Cell::Text(product.name.to_string()),
            Cell::Text(product.category.to_string()),
            Cell::Code(codes.join(" ")),
            Cell::Figure(product.sale_price.get()),
            Cell::Figure(shown.stock),
            Cell::Figure(product.threshold.get()),
        ];
        if costs {
            row.push(product.purchase_price.map_or(Cell::Empty, |price| Cell::Figure(price.get())));
        }
        row
    };
    table(&headings, untrack(|| till.search_in("", None, usize::MAX)).into_iter().map(row))
}

/// A line of the file for each line of a sale. What it brought in stands once, and nowhere for one that was voided, so that
/// the columns add up.
fn sales(sales: impl Iterator<Item = ListedSale>, who: impl Fn(UserId) -> Cell) -> String {
    let headings = [
        t!("Reçu"),
        t!("Date"),
        t!("Vendeur"),
        t!("État"),
        t!("Produit"),
        t!("Quantité"),
        t!("Prix unitaire"),
        t!("Total"),
        t!("Espèces"),
        "Orange Money",
        t!("Référence"),
    ];
    let lines = |listed: ListedSale| {
        let state = match (listed.voided, listed.waiting) {
            (true, _) => t!("Annulée"),
            (false, true) => t!("En attente"),
            (false, false) => t!("Confirmée"),
        };
        let (mut cash, mut orange, mut references) = (0, 0, Vec::new());
        for tender in &listed.sale.tenders {
            match tender {
                Tender::Cash { amount, .. } => cash += amount.get(),
                Tender::OrangeMoney { amount, reference } => {
                    orange += amount.get();
                    references.push(reference.to_string());
                }
            }
        }
        let counts = |gnf: i64, here: bool| if here && !listed.voided { Cell::Figure(gnf) } else { Cell::Empty };
        let line = |(at, line): (usize, &SaleLine)| {
            vec![
                Cell::Text(listed.sale.receipt.to_string()),
                Cell::Text(format::date_time(listed.at_ms)),
                who(listed.actor),
                Cell::Text(state.to_owned()),
                Cell::Text(line.name.to_string()),
                Cell::Figure(line.quantity.get()),
                Cell::Figure(line.unit_price.get()),
                counts(line.total().unwrap_or_default().get(), true),
                counts(cash, at == 0),
                counts(orange, at == 0),
                if at == 0 { Cell::Code(references.join(" ")) } else { Cell::Empty },
            ]
        };
        listed.sale.lines.iter().enumerate().map(line).collect::<Vec<_>>()
    };
    table(&headings, sales.flat_map(lines).collect::<Vec<_>>())
}
