use super::Failure;
use crate::{
    domain::{Label, Pin, Role},
    server::{
        ServerError,
        db::Db,
        people::{self, Shop},
    },
    sync::{CallError, wire::PersonRow},
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
    /// A person left: signed out everywhere. What they still had queued is kept for the owner.
    Retire {
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
                let person = find(db, &shop, &name).await?;
                people::reset_pin(db, shop.id, person.id, &read_pin()?, None).await?;
                println!("{name} has a new PIN");
            }
            User::Retire { shop, name } => {
                let shop = people::find_shop(db, shop.as_deref()).await?;
                let person = find(db, &shop, &name).await?;
                match people::retire(db, shop.id, person.id).await {
                    Err(ServerError::Call(CallError::LastOwner)) => {
                        return Err(format!("{name} is the only owner of {}: add another first", shop.name).into());
                    }
                    retired => drop(retired?),
                }
                println!("{name} can no longer sign in at {}", shop.name);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The one person of the shop who is called that and has not left.
async fn find(db: &Db, shop: &Shop, name: &str) -> Result<PersonRow, Failure> {
    let all = people::of_shop(db, shop.id).await?;
    let mut found = all.into_iter().filter(|person| person.name.as_str() == name.trim() && !person.retired);
    match (found.next(), found.next()) {
        (Some(person), None) => Ok(person),
        _ => Err(format!("no one person of {} is called {name}", shop.name).into()),
    }
}

pub(super) fn read_pin() -> Result<Pin, Failure> {
    eprintln!("PIN (4 to 6 digits), then Enter:");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Pin::new(line.trim())?)
}
