//! The clients of a run and the shop they sell in.

use super::{
    Failure, Size,
    books::{self, Books, Faults},
    ledger::Ledger,
    place::Place,
    proxy::{Counts, Proxy},
    seller::{Account, Seller},
    servers::Servers,
};
use comptoir::{
    domain::{Pin, Product, Role},
    server::{
        client::Client,
        replay::{chance::Chance, phone::Phone},
    },
};
use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const PIN: &str = "2580";
/// Few products, so that all sellers reach for the same last units.
const PRODUCTS: usize = 12;

/// What a run came to.
pub struct Outcome {
    pub name: &'static str,
    pub rounds: usize,
    /// What was done to the servers, and how often.
    pub strikes: BTreeMap<&'static str, usize>,
    pub clients: usize,
    pub acknowledged: usize,
    pub refused: usize,
    /// Requests, and those that were cut, slow, doubled, unanswered, and told "later".
    pub network: [usize; 6],
    pub faults: Faults,
    pub took: Duration,
}

impl Outcome {
    pub fn is_clean(&self) -> bool {
        self.faults == Faults::default()
    }
}

/// What a round may do while everybody sells.
pub struct Stage<'a, 'b> {
    pub servers: &'b mut Servers<'a>,
    pub chance: &'b mut Chance,
    pub counts: &'b Counts,
    pub strikes: &'b mut BTreeMap<&'static str, usize>,
}

impl Stage<'_, '_> {
    /// Lets the load go on until a moment that chance chose.
    pub fn wait(&mut self, least_ms: usize, most_ms: usize) {
        thread::sleep(Duration::from_millis((least_ms + self.chance.below(most_ms - least_ms)) as u64));
    }

    pub fn count(&mut self, strike: &'static str, times: usize) {
        *self.strikes.entry(strike).or_default() += times;
    }
}

/// Where a run takes place.
pub struct Setting<'a> {
    pub place: &'a Place,
    /// As `DATABASE_URL`.
    pub url: &'a str,
    pub servers: usize,
    pub under: Vec<String>,
}

/// Lets clients sell for some rounds while `strike` does its worst; after each, with every server killed, the books and
/// the accounts must agree. `wreck` is what happens to the database's files in between.
pub fn run(
    name: &'static str,
    setting: Setting<'_>,
    size: &Size,
    mut strike: impl FnMut(&mut Stage<'_, '_>) -> Result<(), Failure>,
    mut wreck: impl FnMut(&mut Chance) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let Setting { place, url, servers: count, under } = setting;
    let runtime = Runtime::new()?;
    let proxy = Proxy::start(count, size.seed)?;
    place.out(&["demo"]);
    let mut servers = Servers::start(place, &proxy, count, under);
    let mut chance = Chance::new(size.seed ^ 0xdead);
    let mut sellers = enrol(place, &proxy, size)?;
    let ledger = Ledger::create(place.path().join("ledger"))?;
    let before = runtime.block_on(Books::read(url))?;
    let (mut strikes, mut faults, mut account) = (BTreeMap::new(), Faults::default(), Account::default());
    for round in 1..=size.rounds {
        proxy.be_good(false);
        let counts = proxy.counts();
        let struck = sell(&mut sellers, &ledger, || {
            let strikes = &mut strikes;
            strike(&mut Stage { servers: &mut servers, chance: &mut chance, counts, strikes })
        });
        proxy.be_good(true);
        struck?;
        servers.start_missing();
        // Only once every phone has sent all it made can each read what the others sent last.
        each(&mut sellers, |seller| seller.finish(&ledger))?;
        each(&mut sellers, |seller| seller.finish(&ledger))?;
        // What stands is read from what dead servers left.
        *strikes.entry("kill -9").or_default() += servers.kill_all();
        wreck(&mut chance)?;
        account = Account::default();
        sellers.iter().for_each(|seller| seller.account(&mut account));
        let found = Faults { differences: books::check(place, ledger.path()), ..Faults::default() };
        faults.add(found);
        let books = runtime.block_on(Books::read(url))?;
        faults.add(books.compare(&before, &account));
        faults.add(compare_phones(&sellers, &books)?);
        println!("{name}: round {round} of {}: {} acknowledged, {strikes:?}", size.rounds, account.told.len());
        if faults != Faults::default() {
            break;
        }
        servers.start_missing();
    }
    faults.bugs += proxy.counts().bugs.load(Relaxed);
    faults.bugs += fs::read_to_string(place.path().join("log"))?.matches("panicked at").count();
    let outcome = |what: &str| account.told.values().filter(|told| *told == what).count();
    let counts = proxy.counts();
    let network = [&counts.requests, &counts.cut, &counts.slow, &counts.doubled, &counts.unanswered, &counts.later];
    Ok(Outcome {
        name,
        rounds: size.rounds,
        strikes,
        clients: size.clients,
        acknowledged: account.told.len(),
        refused: outcome("refused"),
        network: network.map(|count| count.load(Relaxed)),
        faults,
        took: began.elapsed(),
    })
}

fn enrol(place: &Place, proxy: &Proxy, size: &Size) -> Result<Vec<Seller>, Failure> {
    let mut phones = Vec::new();
    for number in 0..size.clients {
        let code = place.out(&["device", "code", "--quiet", "--owner-phone"]);
        let name = format!("Client {}", number + 1);
        let (mut phone, shop) = Phone::enrol(Client::new(proxy.url()), code.trim(), &name)?;
        let owner = shop.people.iter().find(|person| person.role == Role::Owner).ok_or("no owner")?;
        phone.sign_in(owner.id, &Pin::new(PIN)?)?;
        phone.synchronise()?;
        phones.push(phone);
    }
    let known = phones.first().ok_or("no client")?.goods()?.products;
    let shelf: Arc<[Product]> = known.into_values().take(PRODUCTS).collect();
    let sellers = phones.into_iter().zip(1..);
    Ok(sellers.map(|(phone, number)| Seller::new(phone, shelf.clone(), size.seed ^ (number << 32))).collect())
}

/// Everybody sells while `meanwhile` runs; whatever becomes of it, the day then ends.
fn sell(
    sellers: &mut [Seller],
    ledger: &Ledger,
    meanwhile: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    struct End<'a>(&'a AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let over = &over;
        let selling: Vec<_> = sellers.iter_mut().map(|seller| scope.spawn(move || seller.work(over, ledger))).collect();
        let end = End(over);
        let done = meanwhile();
        drop(end);
        let ends: Vec<_> =
            selling.into_iter().map(|thread| thread.join().unwrap_or(Err("a client panicked".into()))).collect();
        done.and(ends.into_iter().collect())
    })
}

fn each(sellers: &mut [Seller], work: impl Fn(&mut Seller) -> Result<(), Failure> + Sync) -> Result<(), Failure> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = sellers.iter_mut().map(|seller| scope.spawn(move || work(seller))).collect();
        let ends: Vec<_> =
            threads.into_iter().map(|thread| thread.join().unwrap_or(Err("a client panicked".into()))).collect();
        ends.into_iter().collect()
    })
}

/// Every phone shows what stands, and holds nothing back.
fn compare_phones(sellers: &[Seller], books: &Books) -> Result<Faults, Failure> {
    let mut faults = Faults::default();
    for (number, seller) in sellers.iter().enumerate() {
        let phone = &seller.phone;
        let mut wrong = usize::from(phone.sales()?.len() != books.sales.len()) + phone.device()?.outbox.len();
        let stock = phone.goods()?.stock;
        for (product, units) in &books.stock {
            wrong += usize::from(stock.get(product).copied().unwrap_or_default() != *units);
        }
        if wrong > 0 {
            println!("DIFFERENT: client {} shows {wrong} figures other than what stands", number + 1);
        }
        faults.differences += wrong;
    }
    Ok(faults)
}
