use super::{Failure, choose};
use crate::{
    domain::{
        Category, InstallationId, Key, Label, Money, Name, Note, Pin, Product, ProductId, Quantity, Sale, SaleId,
        SaleLine, Tender, Units, UserId, day::DeviceTime,
    },
    server::{client::Client, clock::now_ms, secret},
    sync::{
        Body, Mutation, Origin, Verdict,
        mutation::{CreateProduct, RecordSale, RetireProduct, VoidSale},
        wire::{
            Cursor, EnrolAnswer, EnrolRequest, From, MovementRow, PROTOCOL, Page, PullAnswer, PullRequest, Pulled,
            PushAnswer, PushRequest, SaleRow, SignInAnswer, SignInRequest,
        },
    },
};
use clap::Args;
use std::{process::ExitCode, time::Instant};
use uuid::Uuid;

const OPENING_UNITS: i64 = 5;
const SOLD_UNITS: i64 = 2;
const PRICE_GNF: i64 = 1_000;

/// Try it in a shop of its own, never in one that sells: on the server, `comptoir demo --shop Essai` makes one and
/// prints the code and the PIN.
#[derive(Debug, Args)]
pub struct Smoke {
    /// The server's address, such as https://shop.example.
    url: String,
    /// An enrolment code of the shop (`comptoir device code`).
    #[arg(long)]
    code: String,
    /// The person's PIN.
    #[arg(long, env = "COMPTOIR_SMOKE_PIN", hide_env_values = true)]
    pin: String,
    /// Who signs in; by default the shop's first owner.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
}

impl Smoke {
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match tokio::task::spawn_blocking(move || self.steps()).await? {
            Ok(()) => {
                println!("All is well.");
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                eprintln!("FAILED: {error}");
                Ok(ExitCode::FAILURE)
            }
        }
    }

    fn steps(&self) -> Result<(), Failure> {
        let mut phone = step("enrol a phone", || self.enrol())?;
        step("sign in", || phone.sign_in(&self.pin))?;
        step("read the shop's state", || phone.start())?;
        let product = step("create a product and sell two of its five units", || phone.sell())?;
        step("read both back and compare the numbers", || phone.check_sold(&product))?;
        step("void the sale", || phone.void(&product))?;
        step("read the void back and compare the stock", || phone.check_voided(&product))?;
        step("retire the product", || phone.retire(&product))?;
        step("sign out", || Ok(phone.client.call_with::<()>("sign-out", &serde_json::json!({}))?))
    }

    fn enrol(&self) -> Result<Phone, Failure> {
        let client = Client::new(&self.url);
        let secret = secret::to_hex(&secret::random::<{ secret::SECRET_BYTES }>()?);
        let installation = InstallationId(Uuid::now_v7());
        let name = Label::new("comptoir smoke")?;
        let request = EnrolRequest { code: self.code.clone(), installation, secret: secret.clone(), name };
        let enrolled: EnrolAnswer = client.call("enrol", &request)?;
        let person = choose(&enrolled.people, self.person.as_deref())?;
        let cursor = Cursor { history: Uuid::nil(), change: 0 };
        Ok(Phone { client, installation, secret, person, prefix: enrolled.prefix, cursor, sequence: 0 })
    }
}

fn step<T>(what: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let began = Instant::now();
    let done = work().map_err(|error| format!("{what}: {error}"))?;
    println!("{:>6} ms  {what}", began.elapsed().as_millis());
    Ok(done)
}

fn expect(fits: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if fits { Ok(()) } else { Err(what().into()) }
}

/// What was sold, and under which keys.
struct Sold {
    product: Product,
    create: Key,
    sale: Sale,
    record: Key,
}

struct Phone {
    client: Client,
    installation: InstallationId,
    secret: String,
    person: UserId,
    prefix: String,
    cursor: Cursor,
    sequence: u64,
}

impl Phone {
    fn sign_in(&mut self, pin: &str) -> Result<(), Failure> {
        let (secret, person) = (self.secret.clone(), self.person);
        let request = SignInRequest { installation: self.installation, secret, person, pin: Pin::new(pin)? };
        let answer: SignInAnswer = self.client.call("sign-in", &request)?;
        expect(!answer.revoked && answer.person.id == person, || "the answer is about someone else".into())
    }

    fn start(&mut self) -> Result<(), Failure> {
        let Pulled::Start(page) = self.pull(From::Start { position: None })? else {
            return Err("a first read was not answered with a first page".into());
        };
        self.cursor = page.at;
        Ok(())
    }

    fn sell(&mut self) -> Result<Sold, Failure> {
        let product = Product {
            id: ProductId(Uuid::now_v7()),
            name: Name::new("Essai de comptoir smoke")?,
            barcodes: Vec::new(),
            category: Category::new("")?,
            sale_price: Money::new(PRICE_GNF)?,
            purchase_price: None,
            threshold: Units::ZERO,
            retired: false,
        };
        let (quantity, amount) = (Quantity::new(SOLD_UNITS)?, Money::new(SOLD_UNITS * PRICE_GNF)?);
        let line =
            SaleLine { product: product.id, name: product.name.clone(), quantity, unit_price: product.sale_price };
        let sale = Sale {
            id: SaleId(Uuid::now_v7()),
            receipt: crate::domain::ReceiptNumber::new(&self.prefix, 1)?,
            lines: vec![line],
            tenders: vec![Tender::Cash { amount, given: amount }],
            beyond_stock: false,
        };
        let created = CreateProduct { product: product.clone(), opening_units: Units::new(OPENING_UNITS)? };
        let create = self.mutation(Vec::new(), Body::CreateProduct(created));
        let recorded = RecordSale::first(sale.clone());
        let record = self.mutation(vec![create.key], Body::RecordSale(recorded));
        let sold = Sold { product, create: create.key, sale, record: record.key };
        self.push(vec![create, record])?;
        Ok(sold)
    }

    fn check_sold(&mut self, sold: &Sold) -> Result<(), Failure> {
        let page = self.changes()?;
        expect(page.rows.products.iter().any(|product| product.id == sold.product.id), || "no product".into())?;
        let sale = find(&page, sold)?;
        expect(sale.sale == sold.sale && sale.voided.is_none(), || format!("the sale came back as {sale:?}"))?;
        expect_stock(&page.rows.movements, sold, OPENING_UNITS - SOLD_UNITS)
    }

    fn void(&mut self, sold: &Sold) -> Result<(), Failure> {
        let body = Body::VoidSale(VoidSale { sale: sold.sale.id, reason: Note::new("comptoir smoke")? });
        let void = self.mutation(vec![sold.record], body);
        self.push(vec![void])
    }

    fn check_voided(&mut self, sold: &Sold) -> Result<(), Failure> {
        let page = self.changes()?;
        let sale = find(&page, sold)?;
        expect(sale.voided.is_some(), || "the sale is not voided".into())?;
        expect_stock(&page.rows.movements, sold, OPENING_UNITS)
    }

    fn retire(&mut self, sold: &Sold) -> Result<(), Failure> {
        let retire = self.mutation(vec![sold.create], Body::RetireProduct(RetireProduct { product: sold.product.id }));
        self.push(vec![retire])
    }

    fn mutation(&mut self, needs: Vec<Key>, body: Body) -> Mutation {
        self.sequence += 1;
        let origin = Origin { installation: self.installation, sequence: self.sequence, actor: self.person };
        let now_ms = now_ms();
        let made = DeviceTime { device_ms: now_ms, skew_ms: 0, contact_ms: now_ms };
        Mutation::new(Key(Uuid::new_v4()), origin, made, needs, Vec::new(), &body)
    }

    /// Sends, twice: the second answer must repeat the first (G6).
    fn push(&self, mutations: Vec<Mutation>) -> Result<(), Failure> {
        let request = PushRequest {
            protocol: PROTOCOL,
            installation: self.installation,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            cursor: None,
            made: self.sequence,
            waiting: mutations.len() as u64,
            mutations,
        };
        let first: PushAnswer = self.client.call("push", &request)?;
        for answer in &first.answers {
            expect(matches!(answer.verdict, Verdict::Applied { .. }), || format!("{:?}", answer.verdict))?;
        }
        expect(first.answers.len() == request.mutations.len(), || "a verdict is missing".into())?;
        let again: PushAnswer = self.client.call("push", &request)?;
        let same =
            first.answers.iter().zip(&again.answers).all(|(one, two)| one.verdict == two.verdict && two.replayed);
        expect(same && again.answers.len() == first.answers.len(), || "sent again, it was not a replay".into())
    }

    fn changes(&mut self) -> Result<Page, Failure> {
        let Pulled::Page(page) = self.pull(From::Changes { cursor: self.cursor })? else {
            return Err("the server asks for a read from the start".into());
        };
        expect(!page.more, || "more happens in this shop than this test does: give it one of its own".into())?;
        self.cursor.change = page.to;
        Ok(page)
    }

    fn pull(&self, from: From) -> Result<Pulled, Failure> {
        let app = env!("CARGO_PKG_VERSION").to_owned();
        let request = PullRequest { protocol: PROTOCOL, installation: self.installation, app, from };
        let answer: PullAnswer = self.client.call("pull", &request)?;
        Ok(answer.pulled)
    }
}

fn find<'a>(page: &'a Page, sold: &Sold) -> Result<&'a SaleRow, Failure> {
    Ok(page.rows.sales.iter().find(|row| row.sale.id == sold.sale.id).ok_or("the sale did not come back")?)
}

fn expect_stock(movements: &[MovementRow], sold: &Sold, units: i64) -> Result<(), Failure> {
    let last = movements.iter().rfind(|movement| movement.product == sold.product.id);
    let after = last.map(|movement| movement.stock_after);
    expect(after == Some(units), || format!("the stock is {after:?}, not {units}"))
}
