use super::Failure;
use crate::server::{
    clock::now_ms,
    db::Db,
    enrol,
    people::{self, Shop},
    phones,
};
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
    /// The shop's phones: letters on their receipts, name, what they have made, what of it arrived, what they still hold, id.
    List {
        #[arg(long)]
        shop: Option<String>,
    },
    /// Take a phone's right to the shop: it reads nothing more, and what it still holds is kept for the owner.
    Revoke {
        #[arg(long)]
        shop: Option<String>,
        /// The letters on its receipts, or its id.
        phone: String,
    },
}

impl Device {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        match self {
            Device::Code { shop, owner_phone, quiet } => {
                let shop = people::find_shop(db, shop.as_deref()).await?;
                let code = enrol::create_code(db, shop.id, owner_phone, now_ms()).await?;
                if quiet {
                    println!("{code}");
                } else {
                    println!("{}: enrol one phone with the code {code} within 15 minutes", shop.name);
                }
            }
            Device::List { shop } => list(db, &people::find_shop(db, shop.as_deref()).await?).await?,
            Device::Revoke { shop, phone } => {
                revoke(db, &people::find_shop(db, shop.as_deref()).await?, phone.trim()).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(db: &Db, shop: &Shop) -> Result<(), Failure> {
    for phone in phones::of_shop(&mut db.read().await?, shop.id, i64::MAX).await? {
        let revoked = if phone.revoked { ", revoked" } else { "" };
        let (made, received, waiting) = (phone.made, phone.received, phone.waiting);
        let counts = format!("{made} made, {received} received, {waiting} waiting{revoked}");
        println!("{}\t{}\t{counts}\t{}", phone.prefix, phone.name, phone.id);
    }
    Ok(())
}

async fn revoke(db: &Db, shop: &Shop, wanted: &str) -> Result<(), Failure> {
    let phones = phones::of_shop(&mut db.read().await?, shop.id, i64::MAX).await?;
    let found = phones.iter().find(|phone| phone.prefix == wanted || phone.id.to_string() == wanted);
    let phone = found.ok_or_else(|| format!("{} has no phone {wanted}: see `comptoir device list`", shop.name))?;
    enrol::revoke(db, shop.id, phone.id, now_ms()).await?;
    println!("{} ({}) is revoked", phone.name, phone.prefix);
    Ok(())
}
