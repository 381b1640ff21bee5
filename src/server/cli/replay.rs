use super::{Failure, choose};
use crate::{
    domain::Pin,
    server::{
        client::Client,
        clock::now_ms,
        db::Db,
        enrol, people,
        replay::{
            Cover, Report, Run,
            phone::Phone,
            till::{self, Extent, Ticket},
        },
    },
};
use clap::Args;
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Replay into a shop of its own, never into one that sells: `comptoir demo --shop Rejeu` makes one and prints the PIN.
#[derive(Debug, Args)]
pub struct Replay {
    /// A till's CSV file with the columns Date, Time, Transaction and Item; lines of one date and transaction are one
    /// sale.
    file: PathBuf,
    /// The running server, on the database this command opens too: it makes its enrolment codes there itself.
    #[arg(long, value_name = "URL")]
    server: String,
    /// The shop's name or id; not needed where there is one.
    #[arg(long)]
    shop: Option<String>,
    /// The person's PIN.
    #[arg(long, env = "COMPTOIR_REPLAY_PIN", hide_env_values = true)]
    pin: String,
    /// Who sells; by default the shop's first owner.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// Phones that sell at the same time. Every other one loses the network now and then.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    phones: u8,
    /// What chance decides: who sells which ticket, when a network goes, which answer is lost.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only the first so many sales.
    #[arg(long, value_name = "SALES")]
    limit: Option<usize>,
    /// Only the first so many days.
    #[arg(long)]
    days: Option<usize>,
    /// Of every so-manyth item the shop has too little…
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    every: u8,
    /// … only this much of what the file sells, so that some sales are refused.
    #[arg(long, value_name = "PERCENT", default_value_t = 90, value_parser = clap::value_parser!(u8).range(0..=100))]
    cover: u8,
    /// Write down every verdict as soon as its phone has it, for `comptoir check --ledger`.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

impl Replay {
    /// Exit 1 where the phones, the server and the file do not agree.
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let shop = people::find_shop(db, self.shop.as_deref()).await?;
        let mut codes = Vec::new();
        for _ in 0..self.phones {
            codes.push(enrol::create_code(db, shop.id, true, now_ms()).await?);
        }
        let report = tokio::task::spawn_blocking(move || self.sell(&codes)).await??;
        println!("{report}");
        for fault in &report.faults {
            eprintln!("DIFFERENT: {fault}");
        }
        Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn sell(&self, codes: &[String]) -> Result<Report, Failure> {
        let tickets = self.read().map_err(|error| format!("{}: {error}", self.file.display()))?;
        let ledger = self.ledger.as_deref().map(create).transpose()?;
        let mut phones = Vec::new();
        for (number, code) in codes.iter().enumerate() {
            let (mut phone, shop) = Phone::enrol(Client::new(&self.server), code, &format!("Rejeu {}", number + 1))?;
            phone.sign_in(choose(&shop.people, self.person.as_deref())?, &Pin::new(&self.pin)?)?;
            phones.push(phone);
        }
        let cover = Cover { every: self.every.into(), percent: self.cover };
        Ok(Run { seed: self.seed, cover, ledger }.sell(&tickets, phones)?)
    }

    fn read(&self) -> Result<Vec<Ticket>, Failure> {
        let file = BufReader::new(File::open(&self.file)?);
        Ok(till::read(file, Extent { sales: self.limit, days: self.days })?)
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
