use super::Failure;
use crate::{
    domain::{
        Day,
        export::{File as Table, Words},
    },
    server::{
        db::Db,
        export::{self, Days},
        people,
    },
};
use clap::{Args, ValueEnum};
use std::{
    fs::{self, File},
    io::{BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub struct Export {
    #[arg(value_enum)]
    what: What,
    /// The file to make. What is there already stays: choose another name.
    file: PathBuf,
    /// The shop's name or id; not needed where there is one.
    #[arg(long)]
    shop: Option<String>,
    /// The first day that is wanted, as 2026-08-01 or 01/08/2026; without it, from the shop's first.
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Day>,
    /// The last day that is wanted, itself included; without it, until now.
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<Day>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Names, codes, prices and stock, as they are now; `comptoir import` reads it.
    Products,
    /// A line for each line of a sale.
    Sales,
    /// What moved each stock, and why.
    Movements,
    Expenses,
    /// What customers brought for what they owed.
    Repayments,
}

impl From<What> for Table {
    fn from(what: What) -> Self {
        match what {
            What::Products => Table::Products,
            What::Sales => Table::Sales,
            What::Movements => Table::Movements,
            What::Expenses => Table::Expenses,
            What::Repayments => Table::Repayments,
        }
    }
}

impl Export {
    pub async fn run(self, db: &Db, words: &Words) -> Result<ExitCode, Failure> {
        let days = Days { first: self.from, last: self.to };
        if self.what == What::Products && days != Days::default() {
            return Err("products are exported as they are now: leave --from and --to out".into());
        }
        if let (Some(first), Some(last)) = (days.first, days.last)
            && first > last
        {
            return Err(format!("--from {first} is after --to {last}: exchange them").into());
        }
        let shop = people::find_shop(db, self.shop.as_deref()).await?;
        // It gets its name last: a file that was cut off in the middle never looks whole.
        let part = beside(&self.file);
        let made = self.write(db, words, shop.id, days, &part).await;
        if made.is_err() {
            let _ = fs::remove_file(&part); // what went wrong is told, and may be that it cannot be removed
        }
        let lines = made?;
        println!("{}: {lines} lines in {}", shop.name, self.file.display());
        Ok(ExitCode::SUCCESS)
    }

    async fn write(
        &self,
        db: &Db,
        words: &Words,
        shop: crate::domain::ShopId,
        days: Days,
        part: &Path,
    ) -> Result<u64, Failure> {
        let named = |error: std::io::Error| about(&self.file, &error);
        if self.file.exists() {
            return Err(about(&self.file, &ErrorKind::AlreadyExists.into()));
        }
        let mut out = BufWriter::new(File::create(part).map_err(named)?);
        let lines = match export::write(db, shop, words, self.what.into(), days, &mut out).await {
            Err(export::ExportError::Io(error)) => return Err(named(error)),
            written => written?,
        };
        out.flush().map_err(named)?;
        out.get_ref().sync_all().map_err(named)?;
        fs::rename(part, &self.file).map_err(named)?;
        Ok(lines)
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// What happened to a file, and what to do.
fn about(file: &Path, error: &std::io::Error) -> Failure {
    let file = file.display();
    match error.kind() {
        ErrorKind::AlreadyExists => format!("{file} is there already and stays as it is: choose another name"),
        ErrorKind::NotFound => format!("{file}: there is no such folder: make it first, or choose another"),
        ErrorKind::PermissionDenied => {
            format!("{file}: this user may not write there: choose a folder of theirs, or run it as another user")
        }
        ErrorKind::StorageFull => format!("{file}: the disk is full: make room, or choose another disk"),
        _ => format!("{file}: {error}"),
    }
    .into()
}

fn day(typed: &str) -> Result<Day, String> {
    Day::parse(typed).ok_or_else(|| "no such day: write it as 2026-08-31".to_owned())
}
