use super::Failure;
use crate::server::{
    catalogue,
    clock::now_ms,
    db::Db,
    import::{self, FILE_MAX_BYTES},
    people,
};
use clap::Args;
use std::{fs::File, io::Read, path::PathBuf, process::ExitCode};

/// Bad lines that are printed; the rest is counted.
const BAD_LINES_SHOWN: usize = 20;

#[derive(Debug, Args)]
pub struct Import {
    /// A CSV file with headings such as nom, code_barres, categorie, prix_vente, prix_achat, stock, stock_min; UTF-8, or
    /// as Excel saves it.
    file: PathBuf,
    /// The shop's name or id; not needed where there is one.
    #[arg(long)]
    shop: Option<String>,
    /// Import the good lines although there are bad ones. Without it, one bad line stops the whole import.
    #[arg(long)]
    skip_bad_lines: bool,
}

impl Import {
    /// Exit 1 where a line was bad.
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let shop = people::find_shop(db, self.shop.as_deref()).await?;
        let owner = people::first_owner(db, shop.id).await?.ok_or("the shop has no owner to import for")?;
        let read = import::read(&self.bytes()?)?;
        for heading in &read.ignored {
            eprintln!("The column {heading} means nothing here and is left out.");
        }
        for bad in read.bad.iter().take(BAD_LINES_SHOWN) {
            eprintln!("{bad}");
        }
        if read.bad.len() > BAD_LINES_SHOWN {
            eprintln!("… and {} more", read.bad.len() - BAD_LINES_SHOWN);
        }
        if !read.bad.is_empty() && !self.skip_bad_lines {
            eprintln!("{} bad lines: nothing was imported. Mend them, or use --skip-bad-lines.", read.bad.len());
            return Ok(ExitCode::FAILURE);
        }
        let added = catalogue::add(db, shop.id, owner, &read.openings, now_ms()).await?;
        println!(
            "{}: {} products added, {} were there already, {} bad lines left out",
            shop.name,
            added.added,
            added.known,
            read.bad.len()
        );
        Ok(if read.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
