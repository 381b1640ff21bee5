//! The outbox's part of the view.
//!
//! Nothing here is stored. A refusal is undone by taking one entry out of the outbox; there is no "restore stock".

use crate::domain::{Label, Note, Product, ProductId, Sale, SaleId};
use crate::sync::{
    engine::{Device, Entry, Standing},
    merge,
    mutation::{Body, EditProduct, RecordSale, RetireProduct, VoidSale},
    wire::Cursor,
};
use std::collections::BTreeMap;

/// The outbox's part of the view, read once for each change of the outbox.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pending {
    /// Entries the confirmed state does not hold, by sequence, with their bodies.
    entries: Vec<(Entry, Body)>,
    /// Which of them make or change a product's text, in their order.
    texts: BTreeMap<ProductId, Vec<usize>>,
    /// What each of them does to stock: its place, the product, units.
    deltas: Vec<(usize, ProductId, i64)>,
    /// What moves goods, and what the last count of each product corrects beside it.
    moves: BTreeMap<ProductId, i64>,
    counts: BTreeMap<ProductId, i64>,
    sales: BTreeMap<SaleId, usize>,
    /// What sales and their voids do to who owes: the entry's place, the customer, GNF.
    owed: Vec<(usize, Label, i64)>,
}

impl Pending {
    /// `confirmed_sale` finds a sale of the confirmed state: what a pending void gives back. `counted_since` sums what
    /// counts have corrected in it since a cursor: what a pending count does not correct again.
    pub fn of(
        device: &Device,
        confirmed_sale: impl Fn(SaleId) -> Option<Sale>,
        counted_since: impl Fn(ProductId, Cursor) -> i64,
    ) -> Self {
        let confirmed = device.shown().map(|shown| shown.cursor);
        let mut pending = Pending::default();
        for entry in device.outbox.iter().filter(|entry| counts(entry, confirmed)) {
            let Ok(body) = entry.mutation.read() else { continue };
            let at = pending.entries.len();
            if let Body::CountStock(count) = &body {
                let corrected = count.difference() - counted_since(count.product, count.at);
                // Of several counts the last one counts, and corrects what the others left.
                let before = pending.counts.insert(count.product, corrected).unwrap_or(0);
                pending.deltas.push((at, count.product, corrected - before));
            } else {
                for (product, units) in body.stock_deltas() {
                    pending.moves(at, product, units);
                }
            }
            match &body {
                Body::RecordSale(RecordSale { sale, .. }) => {
                    pending.sales.insert(sale.id, at);
                    pending.owes(at, sale, 1);
                }
                Body::VoidSale(VoidSale { sale, .. }) => {
                    let sale = pending.sale(*sale).cloned().or_else(|| confirmed_sale(*sale));
                    for (product, units) in sale.iter().flat_map(Sale::units_by_product) {
                        pending.moves(at, product, units);
                    }
                    if let Some(sale) = &sale {
                        pending.owes(at, sale, -1);
                    }
                }
                _ => {}
            }
            if let Some(product) = changes_text(&body) {
                pending.texts.entry(product).or_default().push(at);
            }
            pending.entries.push((entry.clone(), body));
        }
        pending
    }

    fn moves(&mut self, at: usize, product: ProductId, units: i64) {
        *self.moves.entry(product).or_insert(0) += units;
        self.deltas.push((at, product, units));
    }

    fn owes(&mut self, at: usize, sale: &Sale, sign: i64) {
        if let Some((customer, amount)) = sale.credit() {
            self.owed.push((at, customer.clone(), sign * amount.get()));
        }
    }

    /// What the sales whose receipt has been shown, and voids, do to who owes: the customer, GNF.
    pub fn owed(&self) -> impl Iterator<Item = (&Entry, &Label, i64)> {
        self.owed.iter().filter_map(move |(at, customer, gnf)| {
            let (entry, _) = self.entries.get(*at).filter(|(entry, _)| entry.standing == Standing::Queued)?;
            Some((entry, customer, *gnf))
        })
    }

    /// What the outbox does to a product's stock, entry by entry.
    pub fn moves_of(&self, product: ProductId) -> impl Iterator<Item = (&Entry, &Body, i64)> {
        let of = self.deltas.iter().filter(move |(_, of, _)| *of == product);
        of.filter_map(|(at, _, units)| self.entries.get(*at).map(|(entry, body)| (entry, body, *units)))
    }

    /// Units the outbox adds to a product's confirmed stock.
    pub fn stock_delta(&self, product: ProductId) -> i64 {
        self.counted_delta(product) + self.moves.get(&product).copied().unwrap_or(0)
    }

    /// Of these, those that a count corrects.
    pub fn counted_delta(&self, product: ProductId) -> i64 {
        self.counts.get(&product).copied().unwrap_or(0)
    }

    /// Products whose stock or text the outbox changes.
    pub fn products(&self) -> impl Iterator<Item = ProductId> + '_ {
        self.moves.keys().chain(self.counts.keys()).chain(self.texts.keys()).copied()
    }

    /// A product's text with what the outbox does to it, `confirmed` being `None` for one the server does not know.
    pub fn product(&self, id: ProductId, confirmed: Option<Product>) -> Option<Product> {
        let mut product = confirmed;
        for (_, body) in self.texts.get(&id).into_iter().flatten().filter_map(|at| self.entries.get(*at)) {
            match (body, &mut product) {
                (Body::CreateProduct(create), _) => product = Some(create.product.clone()),
                (Body::EditProduct(edit), Some(product)) => show_edit(product, edit),
                (Body::RetireProduct(_), Some(product)) => product.retired = true,
                _ => {}
            }
        }
        product
    }

    /// A sale the outbox still holds.
    pub fn sale(&self, id: SaleId) -> Option<&Sale> {
        self.entry_of_sale(id).map(|(_, sale)| sale)
    }

    pub fn entry_of_sale(&self, id: SaleId) -> Option<(&Entry, &Sale)> {
        let (entry, body) = self.entries.get(*self.sales.get(&id)?)?;
        match body {
            Body::RecordSale(RecordSale { sale, .. }) => Some((entry, sale)),
            _ => None,
        }
    }

    pub fn is_voided(&self, id: SaleId) -> bool {
        self.void_of(id).is_some()
    }

    /// The void of a sale that the outbox holds, and why.
    pub fn void_of(&self, id: SaleId) -> Option<(&Entry, &Note)> {
        self.entries.iter().find_map(|(entry, body)| match body {
            Body::VoidSale(VoidSale { sale, reason }) if *sale == id => Some((entry, reason)),
            _ => None,
        })
    }

    pub fn entries(&self) -> impl Iterator<Item = &(Entry, Body)> {
        self.entries.iter()
    }

    /// How many changes wait for the server: the figure of the header.
    pub fn waiting(&self) -> usize {
        self.entries.iter().filter(|(entry, _)| entry.verdict.is_none()).count()
    }

    /// Sales whose receipt has been shown.
    pub fn shown_sales(&self) -> impl Iterator<Item = (&Entry, &Sale)> {
        self.entries.iter().filter_map(|(entry, body)| match body {
            Body::RecordSale(RecordSale { sale, .. }) if entry.standing == Standing::Queued => Some((entry, sale)),
            _ => None,
        })
    }
}

fn changes_text(body: &Body) -> Option<ProductId> {
    match body {
        Body::CreateProduct(create) => Some(create.product.id),
        Body::EditProduct(EditProduct { product, .. }) | Body::RetireProduct(RetireProduct { product }) => {
            Some(*product)
        }
        _ => None,
    }
}

fn counts(entry: &Entry, confirmed: Option<Cursor>) -> bool {
    match confirmed {
        Some(confirmed) => entry.counts_on(confirmed),
        None => entry.verdict.as_ref().is_none_or(|verdict| verdict.is_applied()),
    }
}

/// Shows a pending edit on the text as it stands; a clash shows what this person wanted, as they left it.
fn show_edit(product: &mut Product, edit: &EditProduct) {
    fn wanted<T: Clone>(current: &mut T, change: Option<&merge::Change<T>>) {
        if let Some(change) = change {
            *current = change.wanted.clone();
        }
    }
    wanted(&mut product.name, edit.name.as_ref());
    wanted(&mut product.category, edit.category.as_ref());
    wanted(&mut product.sale_price, edit.sale_price.as_ref());
    wanted(&mut product.purchase_price, edit.purchase_price.as_ref());
    merge::set("barcodes", &mut product.barcodes, edit.barcodes.as_ref(), &mut Vec::new());
    merge::amount("threshold", &mut product.threshold, edit.threshold.as_ref(), &mut Vec::new());
}
