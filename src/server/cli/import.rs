use super::Failure;
use crate::{
    domain::import::{Becomes, Column, FILE_MAX_BYTES, Known, Plan, Planned},
    server::{catalogue, clock::now_ms, db::Db, import, people},
    sync::merge,
};
use clap::{Args, ValueEnum};
use std::{fs::File, io::Read, path::PathBuf, process::ExitCode};

/// Bad lines that are printed; the rest is counted.
const BAD_LINES_SHOWN: usize = 20;

/// The meaning of a heading that has none.
const NOT_READ: &str = "none";

#[derive(Debug, Args)]
pub struct Import {
    /// A CSV file with headings such as nom, code_barres, categorie, prix_vente, prix_achat, stock, stock_min; UTF-8, or
    /// as Excel saves it.
    file: PathBuf,
    /// The shop's name or id; not needed where there is one.
    #[arg(long)]
    shop: Option<String>,
    /// What a heading means that is not recognised: name, barcode, sale-price, purchase-price, stock, threshold, category;
    /// or none, and it is not read. Once for each.
    #[arg(long = "column", value_name = "HEADING=MEANING", value_parser = column)]
    columns: Vec<(String, Option<Column>)>,
    /// What becomes of lines whose product is there already, by barcode or name.
    #[arg(long, value_enum, default_value_t = OfKnown::Leave)]
    known: OfKnown,
    /// Import the good lines although there are bad ones. Without it, one bad line stops the whole import.
    #[arg(long)]
    skip_bad_lines: bool,
    /// Say what each line becomes, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OfKnown {
    /// The product becomes as the line says; its stock stays, and an empty cell changes nothing.
    Update,
    /// The product stays as it is, and is counted.
    Leave,
}

impl From<OfKnown> for Known {
    fn from(of: OfKnown) -> Self {
        match of {
            OfKnown::Update => Known::Update,
            OfKnown::Leave => Known::Leave,
        }
    }
}

impl Import {
    /// Exit 1 where a line was bad, or a product was changed by somebody else meanwhile.
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let shop = people::find_shop(db, self.shop.as_deref()).await?;
        let owner = people::first_owner(db, shop.id).await?.ok_or("the shop has no owner to import for")?;
        let plan = import::plan(&self.bytes()?, &self.columns, catalogue::products(db, shop.id).await?)?;
        say(&plan);
        let (known, counts) = (Known::from(self.known), plan.counts);
        if self.dry_run {
            plan.lines.iter().for_each(|planned| println!("{}", becomes(planned, known)));
        }
        if counts.bad > 0 && !self.skip_bad_lines {
            eprintln!("{} bad lines: nothing is imported. Mend them, or use --skip-bad-lines.", counts.bad);
            return Ok(ExitCode::FAILURE);
        }
        let there = counts.changed + counts.same + counts.retired + counts.again;
        if self.dry_run {
            let (new, updated) = (counts.new, plan.count_to_do(known) - counts.new);
            println!(
                "{}: {new} products would be added, {there} are there already ({updated} would be updated), {} bad lines",
                shop.name, counts.bad
            );
            return Ok(exit(counts.bad == 0));
        }
        let done = catalogue::carry_out(db, shop.id, owner, plan.to_do(known), now_ms()).await?;
        let updated = match known {
            Known::Update => format!(" ({} updated)", done.updated),
            Known::Leave => String::new(),
        };
        println!(
            "{}: {} products added, {there} were there already{updated}, {} bad lines left out",
            shop.name, done.added, counts.bad
        );
        if done.clashed > 0 {
            eprintln!("{} products were changed by somebody else meanwhile: import the file again.", done.clashed);
        }
        Ok(exit(counts.bad == 0 && done.clashed == 0))
    }

    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let named = |error: std::io::Error| format!("{}: {error}", self.file.display());
        let mut bytes = Vec::new();
        let file = File::open(&self.file).map_err(named)?;
        file.take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(named)?;
        if bytes.len() as u64 > FILE_MAX_BYTES {
            return Err(format!("{} has more than {FILE_MAX_BYTES} bytes", self.file.display()).into());
        }
        Ok(bytes)
    }
}

/// The heading itself may have a `=`.
fn column(said: &str) -> Result<(String, Option<Column>), String> {
    let (heading, meaning) = said.rsplit_once('=').ok_or("HEADING=MEANING is wanted")?;
    match Column::of_word(meaning.trim()) {
        None if meaning.trim() != NOT_READ => {
            let words: Vec<&str> = Column::ALL.into_iter().map(Column::word).collect();
            Err(format!("{meaning:?} is none of {}, {NOT_READ}", words.join(", ")))
        }
        column => Ok((heading.to_owned(), column)),
    }
}

fn exit(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(plan: &Plan) {
    for heading in &plan.ignored {
        eprintln!("The column {heading} is not read. --column says what one means.");
    }
    if plan.stock_left {
        eprintln!("The stock of products that are there already stays: it is counted or received, not imported.");
    }
    for bad in plan.bad.iter().take(BAD_LINES_SHOWN) {
        eprintln!("{bad}");
    }
    if plan.bad.len() > BAD_LINES_SHOWN {
        eprintln!("… and {} more", plan.bad.len() - BAD_LINES_SHOWN);
    }
}

/// A line of the preview.
fn becomes(planned: &Planned, known: Known) -> String {
    let line = planned.line;
    match &planned.becomes {
        Becomes::New { product, opening } => format!("line {line}: new: {}, {} in stock", product.name, opening.get()),
        Becomes::Changed { seen, wanted } => {
            let fields: Vec<&str> = merge::between(seen, wanted).iter().map(field).collect();
            let does = if known == Known::Update { "update" } else { "left as it is, differs in" };
            format!("line {line}: {does}: {}: {}", seen.name, fields.join(", "))
        }
        Becomes::Same { product } => format!("line {line}: the same: {}", product.name),
        Becomes::Retired { product } => format!("line {line}: retired, and stays so: {}", product.name),
        Becomes::Again { name, line: first } => format!("line {line}: the same as line {first}: {name}"),
    }
}

fn field(edit: &crate::sync::mutation::EditProduct) -> &'static str {
    match edit {
        edit if edit.name.is_some() => "name",
        edit if edit.barcodes.is_some() => "barcodes",
        edit if edit.category.is_some() => "category",
        edit if edit.sale_price.is_some() => "sale price",
        edit if edit.purchase_price.is_some() => "purchase price",
        _ => "threshold",
    }
}
