use super::Failure;
use crate::server::{check, db::Db};
use clap::Args;
use std::{fs::File, io::BufReader, path::PathBuf, process::ExitCode};

#[derive(Debug, Args)]
pub struct Check {
    /// What a client recorded as acknowledged, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

impl Check {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let mut differences = check::check(db).await?;
        if let Some(path) = self.ledger {
            let entries = check::read_ledger(BufReader::new(File::open(&path)?));
            let entries = entries.collect::<Result<Vec<_>, _>>()?;
            differences.extend(check::check_ledger(db, entries).await?);
        }
        for difference in &differences {
            println!("{difference}");
        }
        println!("{} differences", differences.len());
        Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
