use super::Failure;
use crate::{
    domain::{Label, Pin, Role},
    server::{db::Db, people},
};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person. The PIN is read from standard input, so that no list of processes shows it.
    Add {
        #[arg(long)]
        shop: Option<String>,
        #[arg(long)]
        owner: bool,
        name: String,
    },
    /// Give a person a new PIN, read from standard input.
    ResetPin {
        #[arg(long)]
        shop: Option<String>,
        name: String,
    },
}

impl User {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        match self {
            User::Add { shop, owner, name } => {
                let shop = people::find_shop(db, shop.as_deref()).await?;
                let role = if owner { Role::Owner } else { Role::Employee };
                people::add_user(db, shop.id, &Label::clean(&name)?, role, &read_pin()?).await?;
                println!("{name} can sign in at {}", shop.name);
            }
            User::ResetPin { shop, name } => {
                let shop = people::find_shop(db, shop.as_deref()).await?;
                let all = people::of_shop(db, shop.id).await?;
                let mut found = all.iter().filter(|person| person.name.as_str() == name.trim());
                let (Some(person), None) = (found.next(), found.next()) else {
                    return Err(format!("no one person of {} is called {name}", shop.name).into());
                };
                people::reset_pin(db, shop.id, person.id, &read_pin()?).await?;
                println!("{name} has a new PIN");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read_pin() -> Result<Pin, Failure> {
    eprintln!("PIN (4 to 6 digits), then Enter:");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Pin::new(line.trim())?)
}
