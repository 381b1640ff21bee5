//! The server as a value: push and pull of sales, voids, deliveries and what became of refused sales, by an owner. Its
//! answers are the real server's to the last field ([`super::held`]).

use crate::run::shop;
use comptoir::{
    domain::*,
    sync::{
        Answer, Body, Mutation, Refusal, Verdict,
        mutation::{Became, VoidSale},
        verdict::What,
        wire::{Cursor, MovementRow, Page, Pulled, PushAnswer, PushRequest, RefusedRow, Rows, SaleRow, Voided},
    },
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Server {
    pub counter: u64,
    pub stock: BTreeMap<ProductId, i64>,
    /// By idempotency key.
    pub ledger: BTreeMap<Key, Judged>,
    sales: BTreeMap<SaleId, Sold>,
    refused: BTreeMap<Key, Refused>,
    /// Of which no goods left the shop, and which have not come.
    rolled_back: BTreeSet<Key>,
    pub movements: Vec<Moved>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Judged {
    change: u64,
    at_ms: i64,
    /// JSON.
    mutation: String,
    verdict: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Sold {
    key: Key,
    change: u64,
    /// By whom, why, and when it was booked.
    voided: Option<(UserId, String, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Refused {
    sale: SaleId,
    /// Absent while it concerns its phone alone.
    change: Option<u64>,
    became: Option<Became>,
    settled: Option<(UserId, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Moved {
    pub change: u64,
    pub product: ProductId,
    pub delta: i64,
    pub stock_after: i64,
    /// Of what it is.
    pub key: Key,
    sale: Option<(SaleId, bool)>,
}

/// A mutation with its change number and time.
struct Case<'a> {
    mutation: &'a Mutation,
    change: u64,
    at_ms: i64,
}

impl Judged {
    pub fn verdict(&self) -> Verdict {
        serde_json::from_str(&self.verdict).expect("written here")
    }

    fn mutation(&self) -> Mutation {
        serde_json::from_str(&self.mutation).expect("written here")
    }
}

impl Moved {
    pub fn sells(&self, sale: SaleId) -> bool {
        self.sale == Some((sale, false))
    }
}

impl Server {
    pub fn new(counter: u64, stock: BTreeMap<ProductId, i64>) -> Self {
        let (ledger, sales, refused, rolled_back, movements) = Default::default();
        Self { counter, stock, ledger, sales, refused, rolled_back, movements }
    }

    fn sold(&self, sale: SaleId) -> bool {
        self.sales.contains_key(&sale)
    }

    /// Whether a refused sale is kept whole, decided or not.
    pub fn keeps_refused(&self, key: Key) -> bool {
        self.refused.contains_key(&key)
    }

    /// A product's stock at a change number, given what it was at first.
    pub fn stock_at(&self, product: ProductId, opening: i64, change: u64) -> i64 {
        let last = self.movements.iter().rev().find(|row| row.product == product && row.change <= change);
        last.map_or(opening, |row| row.stock_after)
    }

    pub fn push(&mut self, request: &PushRequest, now_ms: i64) -> PushAnswer {
        let bodies: Vec<Body> = request.mutations.iter().map(|one| one.read().expect("well-formed")).collect();
        let numbers: i64 = bodies.iter().map(Body::changes).sum();
        let (mut change, first) = (self.counter, self.counter);
        let mut answers = Vec::new();
        for (mutation, body) in request.mutations.iter().zip(&bodies) {
            let (verdict, replayed) = self.judge(mutation, body, change + 1, now_ms);
            change = verdict.change().filter(|_| !replayed).unwrap_or(change);
            answers.push(Answer { key: mutation.key, replayed, verdict });
        }
        if change > first {
            self.counter += numbers.unsigned_abs();
        }
        let page = request.cursor.map(|cursor| self.page(request.installation, cursor));
        PushAnswer { server_now_ms: now_ms, history: shop::HISTORY, answers, page }
    }

    fn judge(&mut self, mutation: &Mutation, body: &Body, change: u64, now_ms: i64) -> (Verdict, bool) {
        if let Some(judged) = self.ledger.get(&mutation.key) {
            let before = judged.mutation();
            let same = before.kind == mutation.kind && before.body.text() == mutation.body.text();
            return if same { (judged.verdict(), true) } else { (Verdict::KeyReused, false) };
        }
        let number = |one: &Mutation| (one.origin.installation, one.origin.sequence);
        if self.ledger.values().any(|judged| number(&judged.mutation()) == number(mutation)) {
            return (Verdict::Renumber, false);
        }
        let at_ms = mutation.made.booked(now_ms).at_ms;
        let verdict = match self.attempt(&Case { mutation, change, at_ms }, body) {
            Ok(()) => Verdict::Applied { change },
            Err(Ok(refusal)) => {
                if let Body::RecordSale(record) = body {
                    let refused = Refused { sale: record.sale.id, change: None, became: None, settled: None };
                    self.refused.insert(mutation.key, refused);
                }
                Verdict::Refused { change, refusal }
            }
            Err(Err(by)) => return (Verdict::Blocked { by }, false),
        };
        let text = |value: serde_json::Result<String>| value.expect("plain JSON");
        let (mutation_text, verdict_text) = (serde_json::to_string(mutation), serde_json::to_string(&verdict));
        let judged = Judged { change, at_ms, mutation: text(mutation_text), verdict: text(verdict_text) };
        self.ledger.insert(mutation.key, judged);
        (verdict, false)
    }

    /// Why not: a refusal, or the cause that has not come.
    fn attempt(&mut self, case: &Case, body: &Body) -> Result<(), Result<Refusal, Key>> {
        let mut refused_cause = None;
        for cause in &case.mutation.needs {
            let applied = self.ledger.get(cause).ok_or(Err(*cause))?.verdict().is_applied();
            if !applied {
                refused_cause = Some(*cause);
                break;
            }
        }
        let refused = match body {
            Body::VoidSale(void) => self.void(case, void, refused_cause),
            _ if refused_cause.is_some() => refused_cause.map(|by| Refusal::CauseRefused { by }),
            Body::RecordSale(record) => self.sell(case, &record.sale),
            Body::ReceiveStock(_) => self.add(case, body.stock_deltas().into_iter().collect(), None),
            Body::SettleRefusal(settle) => match self.refused.get(&settle.refused) {
                None if settle.became == Became::RolledBack => self.never_left(case, settle.refused),
                None => Some(Refusal::Unknown { what: What::Refusal }),
                Some(refused) if refused.is(settle.became) => None,
                Some(refused) if !refused.may_become(settle.became) => Some(Refusal::AlreadySettled),
                Some(_) => self.settle(case, settle.refused, settle.became),
            },
            _ => unreachable!("not of the small case"),
        };
        refused.map_or(Ok(()), |refusal| Err(Ok(refusal)))
    }

    /// No goods left with a sale that is not known to be refused: it is voided, or not sold when it comes.
    fn never_left(&mut self, case: &Case, key: Key) -> Option<Refusal> {
        let sold = self.sales.iter().find(|(_, sold)| sold.key == key);
        match sold.map(|(sale, sold)| (*sale, sold.voided.is_some())) {
            Some((_, true)) => None,
            Some((sale, false)) => {
                let reason = Note::default();
                self.void(case, &VoidSale { sale, reason }, None)
            }
            None if self.ledger.contains_key(&key) => Some(Refusal::Unknown { what: What::Refusal }),
            None => {
                self.rolled_back.insert(key);
                None
            }
        }
    }

    fn sell(&mut self, case: &Case, sale: &Sale) -> Option<Refusal> {
        if self.rolled_back.contains(&case.mutation.key) {
            return Some(Refusal::AlreadySettled);
        }
        if self.sold(sale.id) {
            return Some(Refusal::Exists { what: What::Sale });
        }
        let taken = sale.units_by_product().into_iter().map(|(product, units)| (product, -units)).collect();
        let refused = self.add(case, taken, Some((sale.id, false)));
        if refused.is_none() {
            let sold = Sold { key: case.mutation.key, change: case.change, voided: None };
            self.sales.insert(sale.id, sold);
        }
        refused
    }

    fn add(&mut self, case: &Case, deltas: BTreeMap<ProductId, i64>, sale: Option<(SaleId, bool)>) -> Option<Refusal> {
        let short = |(product, delta): (&ProductId, &i64)| {
            let (available, asked) = (self.stock[product], -delta);
            let named = (0..shop::PRODUCTS).find(|n| shop::product(*n) == *product).expect("a product of the shop");
            let name = format!("Product {named}");
            let shortage = Shortage { product: *product, name, available, asked, taken: Vec::new() };
            (available < asked).then(|| shortage.took(self.sales_of(*product)))
        };
        let lines: Vec<Shortage> = deltas.iter().filter_map(short).collect();
        if !lines.is_empty() {
            return Some(Refusal::InsufficientStock { lines });
        }
        for (product, delta) in deltas {
            let stock = self.stock.entry(product).or_default();
            *stock += delta;
            let (change, key, stock_after) = (case.change, case.mutation.key, *stock);
            self.movements.push(Moved { change, product, delta, stock_after, key, sale });
        }
        None
    }

    /// The newest first.
    fn sales_of(&self, product: ProductId) -> impl Iterator<Item = Taken> {
        let sold = move |row: &&Moved| row.product == product && matches!(row.sale, Some((_, false)));
        self.movements.iter().rev().filter(sold).map(|row| {
            let judged = &self.ledger[&row.key];
            Taken { units: -row.delta, actor: judged.mutation().origin.actor, at_ms: judged.at_ms }
        })
    }

    fn void(&mut self, case: &Case, void: &VoidSale, refused_cause: Option<Key>) -> Option<Refusal> {
        let Some(sold) = self.sales.get_mut(&void.sale) else {
            return self.cancel(case, void.sale, refused_cause);
        };
        if sold.voided.is_some() {
            return Some(Refusal::AlreadyVoided);
        }
        let by = case.mutation.origin.actor;
        sold.voided = Some((by, void.reason.as_str().to_owned(), case.at_ms));
        sold.change = case.change;
        let key = sold.key;
        let back = self.sale(key).units_by_product();
        self.add(case, back, Some((void.sale, true)))
    }

    fn cancel(&mut self, case: &Case, sale: SaleId, refused_cause: Option<Key>) -> Option<Refusal> {
        let of_it = self.refused.iter().filter(|(_, refused)| refused.sale == sale);
        let latest = of_it.max_by_key(|(key, refused)| (refused.is_open(), self.ledger[key].change));
        match latest.map(|(key, refused)| (*key, refused)) {
            None => Some(match refused_cause {
                Some(by) => Refusal::CauseRefused { by },
                None => Refusal::Unknown { what: What::Sale },
            }),
            Some((_, refused)) if refused.became == Some(Became::Cancelled) => None,
            Some((_, refused)) if !refused.is_open() => Some(Refusal::AlreadySettled),
            Some((key, _)) => self.settle(case, key, Became::Cancelled),
        }
    }

    fn settle(&mut self, case: &Case, key: Key, became: Became) -> Option<Refusal> {
        let refused = self.refused.get_mut(&key).expect("it was found");
        refused.became = Some(became);
        refused.settled = (became != Became::Parked).then_some((case.mutation.origin.actor, case.at_ms));
        if refused.change.is_some() || became != Became::RolledBack {
            refused.change = Some(case.change);
        }
        None
    }

    fn sale(&self, key: Key) -> Sale {
        match self.ledger[&key].mutation().read() {
            Ok(Body::RecordSale(record)) => record.sale,
            _ => unreachable!("a sale was stored under this key"),
        }
    }

    /// The changes since a cursor, in one page.
    pub fn page(&self, installation: InstallationId, cursor: Cursor) -> Pulled {
        if cursor.history != shop::HISTORY || cursor.change > self.counter {
            return Pulled::Resync;
        }
        let new = |change: u64| change > cursor.change;
        let own = |(key, judged): (&Key, &Judged)| {
            let own = judged.mutation().origin.installation == installation && new(judged.change);
            own.then(|| (judged.change, Answer { key: *key, replayed: true, verdict: judged.verdict() }))
        };
        let sales = self.sales.iter().filter(|(_, sold)| new(sold.change));
        let refused = self.refused.iter().filter(|(_, refused)| refused.change.is_some_and(new));
        let rows = Rows {
            sales: sorted(sales.map(|(_, sold)| (sold.change, self.sale_row(sold)))),
            refused: sorted(
                refused.map(|(key, refused)| (refused.change.unwrap_or(0), self.refused_row(*key, refused))),
            ),
            movements: self.movements.iter().filter(|row| new(row.change)).map(|row| self.movement_row(row)).collect(),
            ..Rows::default()
        };
        Pulled::Page(Page {
            history: shop::HISTORY,
            from: cursor.change,
            to: self.counter,
            more: false,
            answers: sorted(self.ledger.iter().filter_map(own)),
            rows,
        })
    }

    fn sale_row(&self, sold: &Sold) -> SaleRow {
        let judged = &self.ledger[&sold.key];
        let (origin, at_ms) = (judged.mutation().origin, judged.at_ms);
        let voided =
            |(by, reason, at_ms): &(UserId, String, i64)| Voided { by: *by, at_ms: *at_ms, reason: reason.clone() };
        SaleRow {
            sale: self.sale(sold.key),
            installation: origin.installation,
            actor: origin.actor,
            at_ms,
            day: Day::of_ms(at_ms),
            clamped: false,
            voided: sold.voided.as_ref().map(voided),
        }
    }

    fn refused_row(&self, key: Key, refused: &Refused) -> RefusedRow {
        let judged = &self.ledger[&key];
        let origin = judged.mutation().origin;
        let Verdict::Refused { refusal, .. } = judged.verdict() else { unreachable!("it was refused") };
        RefusedRow {
            key,
            sale: self.sale(key),
            refusal,
            installation: origin.installation,
            actor: origin.actor,
            at_ms: judged.at_ms,
            became: refused.became,
            settled_by: refused.settled.map(|(by, _)| by),
            settled_ms: refused.settled.map(|(_, at_ms)| at_ms),
        }
    }

    fn movement_row(&self, row: &Moved) -> MovementRow {
        let judged = &self.ledger[&row.key];
        let cause = match row.sale {
            None => Cause::Received,
            Some((sale, false)) => Cause::Sale { sale },
            Some((sale, true)) => Cause::Void { sale },
        };
        let Moved { change, product, delta, stock_after, .. } = *row;
        let (note, actor) = (Note::default(), judged.mutation().origin.actor);
        MovementRow { change, product, delta, stock_after, cause, note, actor, at_ms: judged.at_ms }
    }
}

impl Refused {
    fn is_open(&self) -> bool {
        self.became.is_none_or(|became| became == Became::Parked)
    }

    /// One that was cancelled did not leave the shop either.
    fn is(&self, became: Became) -> bool {
        let back = (self.became, became) == (Some(Became::Cancelled), Became::RolledBack);
        self.became == Some(became) || back
    }

    /// Goods of a parked sale have left the shop.
    fn may_become(&self, became: Became) -> bool {
        self.is_open() && !(self.became == Some(Became::Parked) && became == Became::RolledBack)
    }
}

fn sorted<T>(rows: impl Iterator<Item = (u64, T)>) -> Vec<T> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(change, _)| *change);
    rows.into_iter().map(|(_, row)| row).collect()
}
