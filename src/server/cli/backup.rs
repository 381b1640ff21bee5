use super::{Failure, open, serve};
use crate::server::{
    backup::{self, Held},
    clock::now_ms,
    config::{Config, sqlite_file},
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

#[derive(Debug, Args)]
pub struct Backup {
    /// Where the copy goes: a file that is not there yet.
    file: PathBuf,
}

impl Backup {
    pub async fn run(self, config: &Config) -> Result<ExitCode, Failure> {
        let Some(shop) = sqlite_file(&config.database_url) else {
            return Err("a Postgres is backed up by pg_dump (docs/operations)".into());
        };
        let Held { shops, sales } = backup::backup(&shop, &self.file).await?;
        println!("{}: {shops} shops, {sales} sales", self.file.display());
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The backup; left out after pg_restore, when the shops only begin a new history.
    file: Option<PathBuf>,
}

impl Restore {
    pub async fn run(self, config: &Config) -> Result<ExitCode, Failure> {
        match (sqlite_file(&config.database_url), self.file) {
            (Some(shop), Some(file)) => {
                config.make_database_folder()?;
                let _lock = serve::lock(&config.database_url)?;
                let (Held { shops, sales }, kept) = backup::restore(&file, &shop, now_ms()).await?;
                println!("{}: {shops} shops, {sales} sales", shop.display());
                if let Some(kept) = kept {
                    println!("What was there is kept as {}", kept.display());
                }
            }
            (None, None) => {
                let begun = backup::begin_histories(&open(config).await?).await?;
                println!("{begun} shops begin a new history");
            }
            (Some(_), None) => return Err("name the backup to restore".into()),
            (None, Some(_)) => {
                return Err("a Postgres is restored by pg_restore; then run this without a file".into());
            }
        }
        println!("Phones send again what this copy does not know; `comptoir check` says whether it is whole.");
        Ok(ExitCode::SUCCESS)
    }
}
