use super::{Failure, user::read_pin};
use crate::{
    domain::Label,
    server::{clock::now_ms, db::Db, people},
};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Shop {
    /// Begin a shop with its first owner, whose PIN is read from standard input.
    Add {
        name: String,
        /// The owner's name, as receipts and decisions show it.
        #[arg(long)]
        owner: String,
    },
    /// The shops of this server, with their ids.
    List,
}

impl Shop {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        match self {
            Shop::Add { name, owner } => {
                let (shop, owner) = (Label::clean(&name)?, Label::clean(&owner)?);
                if people::shops(db).await?.iter().any(|known| known.name == shop.as_str()) {
                    return Err(format!("there is a shop called {shop}: commands find a shop by its name").into());
                }
                people::create_shop(db, &shop, &owner, &read_pin()?, now_ms()).await?;
                println!("{shop} is there, and {owner} owns it");
                println!("its first phone: comptoir device code --owner-phone --shop \"{shop}\"");
            }
            Shop::List => {
                for shop in people::shops(db).await? {
                    println!("{}  {}", shop.id, shop.name);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
