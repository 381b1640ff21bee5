use super::Failure;
use crate::server::{clock::now_ms, config::Config, db::Db, jobs::Job};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// Run one now, as the server does by itself.
    Run { job: Job },
    /// What the server does by itself, and how often.
    List,
}

impl Jobs {
    pub async fn run(self, db: &Db, config: &Config) -> Result<ExitCode, Failure> {
        match self {
            Jobs::Run { job } => match job.run(db, config.answer_ms, now_ms()).await? {
                Some(rows) => println!("{}: {rows} rows", job.name()),
                None => {
                    println!("{}: a server runs it now", job.name());
                    return Ok(ExitCode::FAILURE);
                }
            },
            Jobs::List => {
                for job in Job::ALL {
                    println!("{:<18} every {} s", job.name(), job.every().as_secs());
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
