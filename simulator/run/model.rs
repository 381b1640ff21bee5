//! A shop as a few maps: what every push should have been answered, in the order the server answered (change numbers
//! and the order of events must agree), and each product's stock at every change number. A history is checked in time
//! linear in its length.

use super::{
    accounts::Accounts,
    guarantees::{Held, Violation, broken, named},
    refusals::RefusedSale,
    shop,
};
use comptoir::{
    domain::{Barcode, InstallationId, Key, Product, ProductId, Rules, SaleId, Units, UserId, shop::StockCheck},
    sync::{
        Body, Change, Mutation, Refusal, Verdict,
        mutation::{Became, CountStock, EditProduct, EditShop, RecordSale},
        wire::{Page, PushAnswer, PushRequest},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct Model {
    pub last_change: u64,
    /// Whose change numbers these are.
    pub history: Uuid,
    /// By product: each change of its stock, and what it left.
    pub(super) stock: BTreeMap<ProductId, Vec<(u64, i64)>>,
    pub accounts: Accounts,
    pub ledger: BTreeMap<Key, Verdict>,
    pub(super) numbers: BTreeMap<(InstallationId, u64), Key>,
    pub(super) sales: BTreeMap<SaleId, Sold>,
    pub(super) refused: BTreeMap<Key, RefusedSale>,
    /// Of which no goods left the shop, and which have not come.
    pub(super) rolled_back: BTreeSet<Key>,
    /// Edits that clashed, and whether somebody settled them.
    pub(super) clashes: BTreeMap<Key, bool>,
    pub(super) expenses: BTreeSet<comptoir::domain::ExpenseId>,
    pub revoked: BTreeSet<InstallationId>,
    forks: BTreeSet<InstallationId>,
    products: BTreeMap<ProductId, Product>,
    pub(super) rules: Rules,
    /// What counts have corrected: product, change, units.
    counts: Vec<(ProductId, u64, i64)>,
}

#[derive(Clone)]
pub(super) struct Sold {
    pub(super) key: Key,
    change: u64,
    pub(super) units: BTreeMap<ProductId, i64>,
    pub(super) voided: bool,
}

impl Model {
    /// The shop as a world begins with it: `counter` changes so far.
    pub fn new(history: Uuid, counter: u64, stock: &[(ProductId, i64)], products: Vec<Product>) -> Self {
        let products = products.into_iter().map(|product| (product.id, product)).collect();
        let opening = |(product, units): &(ProductId, i64)| (*product, vec![(counter, *units)]);
        Self { history, last_change: counter, stock: stock.iter().map(opening).collect(), products, ..Self::default() }
    }

    pub fn stock_at(&self, product: ProductId, change: u64) -> i64 {
        let Some(tape) = self.stock.get(&product) else { return 0 };
        let after = tape.partition_point(|(at, _)| *at <= change);
        after.checked_sub(1).map_or(0, |last| tape[last].1)
    }

    pub fn stock(&self) -> BTreeMap<ProductId, i64> {
        self.stock.keys().map(|product| (*product, self.stock_at(*product, u64::MAX))).collect()
    }

    /// Takes a push and its answer, each verdict held against what the model says. `failing`: the database failed.
    pub fn push(&mut self, request: &PushRequest, answer: &PushAnswer, failing: bool) -> Held {
        let asked = request.mutations.len();
        if answer.answers.len() != asked {
            return broken(named::EACH_ITS_VERDICT, format!("{asked} mutations, {} answers", answer.answers.len()));
        }
        causes_come_first(request)?;
        for (mutation, answer) in request.mutations.iter().zip(&answer.answers) {
            if answer.key != mutation.key {
                return broken(named::EACH_ITS_VERDICT, format!("{} answered for {}", answer.key, mutation.key));
            }
            if let Some(before) = self.ledger.get(&mutation.key) {
                if !same(before, &answer.verdict) || !answer.replayed {
                    let said = format!("{}: {before:?}, then {:?}", mutation.key, answer.verdict);
                    return broken(named::EXACTLY_ONCE, said);
                }
                continue;
            }
            let body = mutation.read().expect("what the engine queued reads");
            if let Err(why) = self.judge(request.installation, mutation, &body, &answer.verdict, failing) {
                return broken(named::VERDICTS_FOLLOW, format!("{}: {:?}: {why}", mutation.key, answer.verdict));
            }
            self.take(mutation, &body, &answer.verdict)?;
        }
        Ok(())
    }

    /// The fork of a revoked phone is revoked too; one that was made before, and is asked for again, is what it was.
    pub fn forked(&mut self, from: InstallationId, into: InstallationId) {
        if self.forks.insert(into) && self.revoked.contains(&from) {
            self.revoked.insert(into);
        }
    }

    /// What a mutation would do to the stock.
    fn deltas(&self, body: &Body) -> BTreeMap<ProductId, i64> {
        let mut deltas = BTreeMap::new();
        if let Body::CountStock(count) = body {
            let corrected = self.corrected_since(count, self.last_change);
            return BTreeMap::from([(count.product, count.difference() - corrected)]);
        }
        for (product, units) in body.stock_deltas() {
            *deltas.entry(product).or_insert(0) += units;
        }
        if let Body::VoidSale(void) = body
            && let Some(sold) = self.sales.get(&void.sale)
        {
            deltas.extend(sold.units.iter().map(|(product, units)| (*product, *units)));
        }
        if let Some((_, sold)) = self.never_left(body) {
            deltas.extend(sold.units.clone());
        }
        deltas
    }

    /// What counts have corrected from where one was made up to a change: it does not correct that again. A cursor of
    /// another history says nothing.
    pub fn corrected_since(&self, count: &CountStock, to: u64) -> i64 {
        let since = if count.at.history == self.history { count.at.change } else { to };
        let counts = self.counts.iter().filter(|(of, at, _)| *of == count.product && *at > since && *at <= to);
        counts.map(|(_, _, units)| units).sum()
    }

    /// What a mutation takes beyond the stock; nothing where such sales are kept.
    pub(super) fn shortages(&self, body: &Body) -> BTreeSet<(ProductId, i64, i64)> {
        if self.rules.stock_check == StockCheck::Warn && matches!(body, Body::RecordSale(_)) {
            return BTreeSet::new();
        }
        let found = |of: ProductId| match body {
            Body::RecordSale(record) => {
                let lines = record.corrections.iter().filter(|line| line.product == of);
                lines.map(|line| line.quantity.get()).sum()
            }
            _ => 0,
        };
        let short = |(product, delta): (ProductId, i64)| {
            let (stock, found) = (self.stock_at(product, u64::MAX), found(product));
            let short = self.stock.contains_key(&product) && stock + delta < 0;
            short.then_some((product, stock + found, found - delta))
        };
        self.deltas(body).into_iter().filter_map(short).collect()
    }

    fn take(&mut self, mutation: &Mutation, body: &Body, verdict: &Verdict) -> Held {
        let Some(change) = verdict.change() else { return Ok(()) };
        if change <= self.last_change {
            return broken(named::COMMIT_ORDER, format!("change {change} after {}", self.last_change));
        }
        self.last_change = change;
        self.ledger.insert(mutation.key, verdict.clone());
        self.numbers.insert((mutation.origin.installation, mutation.origin.sequence), mutation.key);
        self.clash(mutation.key, body, verdict);
        if !verdict.is_applied() {
            if let (Body::RecordSale(record), Verdict::Refused { .. }) = (body, verdict) {
                self.refuse(mutation, record);
            }
            return Ok(());
        }
        let mut deltas = self.deltas(body);
        if let Body::RecordSale(record) = body {
            // Found just before it was sold: what a person said, or what is missing.
            for (product, units) in self.found(record) {
                let after = self.stock_at(product, u64::MAX) + units;
                self.stock.entry(product).or_default().push((change - 1, after));
            }
            for (product, units) in record.sale.units_by_product() {
                deltas.insert(product, -units);
            }
        }
        if let Body::CountStock(count) = body {
            self.counts.push((count.product, change, deltas[&count.product]));
        }
        for (product, delta) in deltas {
            let after = self.stock_at(product, u64::MAX) + delta;
            self.stock.entry(product).or_default().push((change, after));
        }
        self.accounts.take(change, body);
        if let Some((sale, _)) = self.never_left(body) {
            self.accounts.forgive(change, sale);
        }
        match body {
            Body::RecordSale(record) => {
                let units = record.sale.units_by_product();
                self.sales.insert(record.sale.id, Sold { key: mutation.key, change, units, voided: false });
                if let Some(retried) = record.retry_of {
                    self.settle(retried, Became::Retried);
                }
            }
            Body::VoidSale(void) => match self.sales.get_mut(&void.sale) {
                Some(sold) => sold.voided = true,
                None => {
                    let open = self.refused.keys().filter(|key| self.is_open(**key, void.sale));
                    if let Some(key) = open.max_by_key(|key| self.ledger[key].change()).copied() {
                        self.settle(key, Became::Cancelled);
                    }
                }
            },
            Body::CreateProduct(create) => drop(self.products.insert(create.product.id, create.product.clone())),
            Body::EditProduct(edit) => self.edit(edit)?,
            Body::RetireProduct(retire) => {
                self.products.entry(retire.product).and_modify(|product| product.retired = true);
            }
            Body::RecordExpense(record) => drop(self.expenses.insert(record.expense.id)),
            Body::EditShop(edit) => self.edit_shop(edit)?,
            Body::SettleRefusal(settle) => self.settled(body, settle),
            _ => {}
        }
        Ok(())
    }

    /// Units that are found with a sale, by product.
    fn found(&self, record: &RecordSale) -> BTreeMap<ProductId, i64> {
        let mut found = BTreeMap::new();
        for line in &record.corrections {
            *found.entry(line.product).or_insert(0) += line.quantity.get();
        }
        if self.rules.stock_check == StockCheck::Warn {
            for (product, units) in record.sale.units_by_product() {
                let missing = units - self.stock_at(product, u64::MAX);
                let said = found.get(&product).copied().unwrap_or(0);
                if missing > said {
                    found.insert(product, missing);
                }
            }
        }
        found
    }

    /// What a sale took, if it was sold by that change.
    pub fn taken_by(&self, sale: SaleId, change: u64) -> Option<BTreeMap<ProductId, i64>> {
        self.sales.get(&sale).filter(|sold| sold.change <= change).map(|sold| sold.units.clone())
    }

    /// What an edit that was applied makes of the product: a field that somebody else changed since is not overwritten,
    /// a threshold moves by the difference, barcodes are a set.
    fn edit(&mut self, edit: &EditProduct) -> Held {
        let Some(product) = self.products.get_mut(&edit.product) else { return Ok(()) };
        put(&mut product.name, &edit.name)?;
        put(&mut product.category, &edit.category)?;
        put(&mut product.sale_price, &edit.sale_price)?;
        put(&mut product.purchase_price, &edit.purchase_price)?;
        if let Some(threshold) = &edit.threshold
            && product.threshold != threshold.wanted
        {
            let units = product.threshold.get() + threshold.wanted.get() - threshold.seen.get();
            let moved = Units::new(units).map_err(|_| unheld(format!("a threshold of {units} was applied")))?;
            product.threshold = moved;
        }
        if let Some(codes) = &edit.barcodes {
            let set = |codes: &[Barcode]| codes.iter().cloned().collect::<BTreeSet<_>>();
            let (now, seen, wanted) = (set(&product.barcodes), set(&codes.seen), set(&codes.wanted));
            let kept = now.difference(&(&seen - &wanted)).cloned().collect::<BTreeSet<_>>();
            product.barcodes = kept.union(&(&wanted - &seen)).cloned().collect();
        }
        Ok(())
    }

    fn edit_shop(&mut self, edit: &EditShop) -> Held {
        put(&mut self.rules.answer_wait, &edit.answer_wait)?;
        put(&mut self.rules.beyond_stock, &edit.beyond_stock)?;
        put(&mut self.rules.stock_check, &edit.stock_check)?;
        put(&mut self.rules.retry_automatically, &edit.retry_automatically)?;
        put(&mut self.rules.employees_decide, &edit.employees_decide)?;
        put(&mut self.rules.employees_count, &edit.employees_count)
    }

    /// No field changed without a mutation that says so: products, and the shop, travel as they stand. A product may lack
    /// its purchase price.
    pub fn texts_told(&self, page: &Page) -> Held {
        if let Some(shop) = page.rows.shop.as_ref().filter(|shop| shop.rules != self.rules) {
            return Err(unheld(format!("{:?}, told as {:?}", self.rules, shop.rules)));
        }
        let text = |product: &Product| {
            let codes: BTreeSet<Barcode> = product.barcodes.iter().cloned().collect();
            let Product { name, category, sale_price, threshold, retired, .. } = product.clone();
            (name, codes, category, sale_price, threshold, retired)
        };
        for told in &page.rows.products {
            let stands = self.products.get(&told.id);
            let cost =
                |product: &Product| told.purchase_price.is_none() || told.purchase_price == product.purchase_price;
            if !stands.is_some_and(|stands| text(stands) == text(told) && cost(stands)) {
                return Err(unheld(format!("{stands:?}, told as {told:?}")));
            }
        }
        Ok(())
    }

    /// A page tells every change of stock of its range, and leaves each product where it was.
    pub fn page(&self, page: &Page, counter: u64, now_ms: i64) -> Held {
        let late = page.rows.sales.iter().find(|row| row.at_ms > now_ms);
        if let Some(row) = late {
            return broken(named::BOOKED, format!("sale {} at {}, now {now_ms}", row.sale.id, row.at_ms));
        }
        if page.to > counter {
            return broken(named::NO_CHANGE_IS_MISSED, format!("a page to {}, the counter is {counter}", page.to));
        }
        let within = |change: u64| change > page.from && change <= page.to;
        let expected =
            self.stock.iter().flat_map(|(product, tape)| tape.iter().map(move |(at, after)| (*at, *product, *after)));
        let expected: BTreeSet<_> = expected.filter(|(at, ..)| within(*at)).collect();
        let told: BTreeSet<_> =
            page.rows.movements.iter().map(|row| (row.change, row.product, row.stock_after)).collect();
        // A product created empty has no movement.
        let missed = expected.difference(&told).find(|(at, product, after)| *after != self.stock_at(*product, at - 1));
        if let Some((change, product, after)) = missed {
            return broken(
                named::NO_CHANGE_IS_MISSED,
                format!("{product} left {after} at {change}, {}..{}", page.from, page.to),
            );
        }
        match told.difference(&expected).next() {
            Some(row) => broken(named::NO_CHANGE_IS_MISSED, format!("{row:?} never was, {}..{}", page.from, page.to)),
            None => Ok(()),
        }
    }
}

fn unheld(detail: String) -> Violation {
    Violation { guarantee: named::MERGED, detail }
}

/// An edit that was applied had seen the value that stood, or wanted it.
fn put<T: Clone + PartialEq + std::fmt::Debug>(stands: &mut T, change: &Option<Change<T>>) -> Held {
    let Some(Change { seen, wanted }) = change else { return Ok(()) };
    if *stands != *seen && *stands != *wanted {
        return Err(unheld(format!("{stands:?} stood, {change:?} was applied")));
    }
    *stands = wanted.clone();
    Ok(())
}

/// In one push, nothing stands before what it waits for.
fn causes_come_first(request: &PushRequest) -> Held {
    let mut later: BTreeSet<Key> = request.mutations.iter().map(|mutation| mutation.key).collect();
    for mutation in &request.mutations {
        later.remove(&mutation.key);
        if let Some(cause) = mutation.needs.iter().chain(&mutation.after).find(|cause| later.contains(cause)) {
            return broken(named::CAUSES_FIRST, format!("{} before {cause}", mutation.key));
        }
    }
    Ok(())
}

/// Answers past their retention keep outcome and change.
fn same(before: &Verdict, again: &Verdict) -> bool {
    let expired = match again {
        Verdict::Refused { refusal: Refusal::Expired, .. } => true,
        Verdict::Conflict { fields, .. } => fields.is_empty(),
        _ => false,
    };
    before == again || (expired && before.outcome() == again.outcome() && before.change() == again.change())
}

pub(super) fn is_owner(actor: UserId) -> bool {
    actor == shop::person(0).id
}
