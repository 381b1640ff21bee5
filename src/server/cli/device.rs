use super::Failure;
use crate::server::{clock::now_ms, db::Db, enrol, people};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Print a six-digit code that enrols one phone within 15 minutes.
    Code {
        /// The shop's name or id; not needed where there is one.
        #[arg(long)]
        shop: Option<String>,
        /// Mark the phone as the owner's: purchase prices reach it.
        #[arg(long)]
        owner_phone: bool,
        /// Print the code alone.
        #[arg(long)]
        quiet: bool,
    },
}

impl Device {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let Device::Code { shop, owner_phone, quiet } = self;
        let shop = people::find_shop(db, shop.as_deref()).await?;
        let code = enrol::create_code(db, shop.id, owner_phone, now_ms()).await?;
        if quiet {
            println!("{code}");
        } else {
            println!("{}: enrol one phone with the code {code} within 15 minutes", shop.name);
        }
        Ok(ExitCode::SUCCESS)
    }
}
