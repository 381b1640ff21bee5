//! The command line. One file a command.

mod backup;
mod check;
mod demo;
mod device;
mod export;
mod import;
mod jobs;
mod push_key;
mod replay;
mod serve;
mod shop;
mod smoke;
mod user;

use super::{
    config::{Config, ConfigError},
    db::{self, Db},
};
use crate::{
    domain::{Role, UserId, export::Words},
    sync::wire::PersonRow,
};
use clap::{Parser, Subcommand};
use std::{error::Error, path::PathBuf, process::ExitCode};

pub use serve::{StopError, serve_until};

/// Comptoir: point of sale and stock book for small shops.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    /// The settings; by default Leptos.toml here, or above the program.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the app until stopped.
    Serve(serve::Serve),
    /// Make a small demo shop, if there is none, and say how to sign in.
    Demo(demo::Demo),
    /// Shops of this server.
    #[command(subcommand)]
    Shop(shop::Shop),
    /// People of a shop.
    #[command(subcommand)]
    User(user::User),
    /// Phones of a shop.
    #[command(subcommand)]
    Device(device::Device),
    /// Add the products of a CSV file to a shop; exit 1 on any bad line.
    Import(import::Import),
    /// Write products, sales, movements or expenses into a CSV file for a spreadsheet.
    Export(export::Export),
    /// Recompute every stock and every sale; exit 1 on any difference.
    Check(check::Check),
    /// Copy the shop's file while its server runs.
    Backup(backup::Backup),
    /// Put a backup in the place of the shop's file; the server must be stopped.
    Restore(backup::Restore),
    /// The server's housekeeping, by hand.
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Print a new key by which this server tells closed apps: the value of COMPTOIR_PUSH_KEY.
    PushKey,
    /// Enrol at a server as a phone would, then make, check and void a sale; exit 1 where something is wrong.
    Smoke(smoke::Smoke),
    /// Sell a till's file again through phones of a running server; exit 1 where the figures differ.
    Replay(replay::Replay),
}

/// What went wrong, in words for an operator.
type Failure = Box<dyn Error + Send + Sync>;

/// `words` are what the columns of a file are called: the interface's, which is no room of the server's.
pub fn run(words: &Words) -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(cli.run(words)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Failure) -> ExitCode {
    eprintln!("comptoir: {error}");
    ExitCode::FAILURE
}

impl Cli {
    async fn run(self, words: &Words) -> Result<ExitCode, Failure> {
        // A server is tried from anywhere: no settings are needed.
        if let Command::Smoke(smoke) = self.command {
            return smoke.run().await;
        }
        if let Command::PushKey = self.command {
            return push_key::run();
        }
        let config = Config::load(self.config.as_deref())?;
        match self.command {
            Command::Serve(serve) => serve.run(config).await,
            Command::Demo(demo) => demo.run(&open(&config).await?).await,
            Command::Shop(shop) => shop.run(&open(&config).await?).await,
            Command::User(user) => user.run(&open(&config).await?).await,
            Command::Device(device) => device.run(&open(&config).await?).await,
            Command::Import(import) => import.run(&open(&config).await?).await,
            Command::Export(export) => export.run(&open(&config).await?, words).await,
            Command::Backup(backup) => backup.run(&config).await,
            Command::Restore(restore) => restore.run(&config).await,
            Command::Check(check) => check.run(&open(&config).await?).await,
            Command::Jobs(jobs) => jobs.run(&open(&config).await?, &config).await,
            Command::Replay(replay) => replay.run(&open(&config).await?).await,
            Command::Smoke(smoke) => smoke.run().await,
            Command::PushKey => push_key::run(),
        }
    }
}

async fn open(config: &Config) -> Result<Db, Failure> {
    config.make_database_folder().map_err(|error: ConfigError| error.to_string())?;
    Ok(db::open(&config.database_url).await?)
}

/// Who signs in on a phone that is a program: the person named, or the shop's first owner.
fn choose(people: &[PersonRow], name: Option<&str>) -> Result<UserId, Failure> {
    let fits = |person: &&PersonRow| match name {
        Some(name) => person.name.as_str() == name && !person.retired,
        None => person.role == Role::Owner && !person.retired,
    };
    let nobody = || format!("the shop has no {}", name.unwrap_or("owner"));
    Ok(people.iter().find(fits).ok_or_else(nobody)?.id)
}
