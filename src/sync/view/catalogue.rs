//! The products a device knows, ready for search as one types.

mod pairs;

use super::Pending;
use crate::domain::{
    Product, ProductId,
    product::StockState,
    text::{fold, whole_code},
};
use pairs::Pairs;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A product as a screen shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub product: Arc<Product>,
    /// Confirmed + pending, in units. Below zero where more was sold offline than was known of.
    pub stock: i64,
}

impl Shown {
    pub fn state(&self) -> StockState {
        StockState::of(self.stock, self.product.threshold)
    }
}

#[derive(Debug, Clone)]
struct Item {
    confirmed: Option<Arc<Product>>,
    /// With what the outbox does to it; the same as `confirmed` for nearly all.
    shown: Arc<Product>,
    folded: Box<str>,
}

/// Confirmed products and stock, and what the outbox adds. Filled once from the device's storage, then kept up to
/// date row by row.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    items: BTreeMap<ProductId, Item>,
    stock: BTreeMap<ProductId, i64>,
    /// Not retired, by folded name.
    by_name: BTreeMap<(Box<str>, ProductId), Pairs>,
    by_barcode: BTreeMap<String, Vec<ProductId>>,
    pending: Arc<Pending>,
}

impl Catalogue {
    pub fn put_product(&mut self, product: Product) {
        let id = product.id;
        let product = Arc::new(product);
        self.show(id, Some(product));
    }

    pub fn put_stock(&mut self, product: ProductId, units: i64) {
        self.stock.insert(product, units);
    }

    /// Takes over a changed outbox.
    pub fn set_pending(&mut self, pending: Arc<Pending>) {
        let touched: BTreeSet<ProductId> = self.pending.products().chain(pending.products()).collect();
        self.pending = pending;
        for id in touched {
            let confirmed = self.items.get(&id).and_then(|item| item.confirmed.clone());
            self.show(id, confirmed);
        }
    }

    pub fn pending(&self) -> &Arc<Pending> {
        &self.pending
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Every product, retired ones among them.
    pub fn all(&self) -> impl Iterator<Item = Arc<Product>> {
        self.items.values().map(|item| item.shown.clone())
    }

    pub fn get(&self, id: ProductId) -> Option<Shown> {
        self.items.get(&id).map(|item| Shown { product: item.shown.clone(), stock: self.stock_of(id) })
    }

    pub fn stock_of(&self, id: ProductId) -> i64 {
        self.stock.get(&id).copied().unwrap_or(0) + self.pending.stock_delta(id)
    }

    /// Products whose name holds every word of the query, or that carry it as a barcode; names that begin with the
    /// query come first. An empty query lists all by name.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Shown> {
        self.search_in(query, None, limit)
    }

    /// As [`Catalogue::search`], of the products whose stock is in a state; `None` is any.
    pub fn search_in(&self, query: &str, state: Option<StockState>, limit: usize) -> Vec<Shown> {
        self.find(query, state, limit).into_iter().filter_map(|id| self.get(id)).collect()
    }

    /// As [`Catalogue::search_in`], which products they are.
    pub fn find(&self, query: &str, state: Option<StockState>, limit: usize) -> Vec<ProductId> {
        let is_in = |id: &ProductId| {
            let state_of = |item: &Item| StockState::of(self.stock_of(*id), item.shown.threshold);
            state.is_none_or(|state| self.items.get(id).is_some_and(|item| state_of(item) == state))
        };
        let barcode = self.with_barcode(query);
        if !barcode.is_empty() {
            return barcode.into_iter().map(|shown| shown.product.id).filter(is_in).collect();
        }
        let query = fold(query);
        let words: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
        let begins = self.by_name.range((query.clone().into_boxed_str(), ProductId(uuid::Uuid::nil()))..);
        let begins = begins.map(|(named, _)| named).take_while(|(name, _)| name.starts_with(query.as_str()));
        let wanted = Pairs::of(&query);
        let others = self.by_name.iter().filter(|(_, pairs)| pairs.may_hold(&wanted)).map(|(named, _)| named);
        let others = others.filter(|(name, _)| {
            !words.is_empty() && !name.starts_with(query.as_str()) && words.iter().all(|word| name.contains(word))
        });
        begins.chain(others).map(|(_, id)| *id).filter(is_in).take(limit).collect()
    }

    /// How many products are low, and how many are empty.
    pub fn wanting(&self) -> (usize, usize) {
        let (mut low, mut empty) = (0, 0);
        // Both are in the order of their products: gone through side by side, where looking each up takes four times as long.
        let mut stock = self.stock.iter().peekable();
        for (id, item) in self.items.iter().filter(|(_, item)| !item.shown.retired) {
            while stock.next_if(|(of, _)| *of < id).is_some() {}
            let confirmed = stock.peek().filter(|(of, _)| *of == id).map_or(0, |(_, units)| **units);
            match StockState::of(confirmed + self.pending.stock_delta(*id), item.shown.threshold) {
                StockState::Good => {}
                StockState::Low => low += 1,
                StockState::Empty => empty += 1,
            }
        }
        (low, empty)
    }

    /// Every product that carries exactly this code: more than one is for a person to choose from.
    pub fn with_barcode(&self, code: &str) -> Vec<Shown> {
        let ids = self.by_barcode.get(&*whole_code(code.trim())).into_iter().flatten();
        ids.filter_map(|id| self.get(*id)).filter(|shown| !shown.product.retired).collect()
    }

    /// Every product of exactly this name, but for accents and case.
    pub fn named(&self, name: &str) -> Vec<Shown> {
        let name = fold(name).into_boxed_str();
        let from = self.by_name.range((name.clone(), ProductId(uuid::Uuid::nil()))..);
        let named = from.take_while(|((known, _), _)| !name.is_empty() && *known == name);
        named.filter_map(|((_, id), _)| self.get(*id)).collect()
    }

    fn show(&mut self, id: ProductId, confirmed: Option<Arc<Product>>) {
        self.forget(id);
        let text = self.pending.product(id, confirmed.as_deref().cloned());
        let shown = match (&confirmed, text) {
            (Some(confirmed), Some(text)) if **confirmed == text => confirmed.clone(),
            (_, Some(text)) => Arc::new(text),
            (_, None) => return,
        };
        let folded: Box<str> = fold(shown.name.as_str()).into();
        if !shown.retired {
            self.by_name.insert((folded.clone(), id), Pairs::of(&folded));
        }
        for code in &shown.barcodes {
            let ids = self.by_barcode.entry(whole_code(code.as_str()).into_owned()).or_default();
            if !ids.contains(&id) {
                ids.push(id); // it may carry both ways of writing one code
            }
        }
        self.items.insert(id, Item { confirmed, shown, folded });
    }

    fn forget(&mut self, id: ProductId) {
        let Some(item) = self.items.remove(&id) else { return };
        self.by_name.remove(&(item.folded, id));
        for code in &item.shown.barcodes {
            if let Some(ids) = self.by_barcode.get_mut(&*whole_code(code.as_str())) {
                ids.retain(|other| *other != id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Barcode, Category, Money, Name, Units};
    use uuid::Uuid;

    fn product(n: u128, name: &str, codes: &[&str]) -> Product {
        Product {
            id: ProductId(Uuid::from_u128(n)),
            name: Name::new(name).unwrap(),
            barcodes: codes.iter().map(|code| Barcode::new(code).unwrap()).collect(),
            category: Category::new("").unwrap(),
            sale_price: Money::new(500).unwrap(),
            purchase_price: None,
            threshold: Units::ZERO,
            retired: false,
        }
    }

    fn names(found: Vec<Shown>) -> Vec<String> {
        found.iter().map(|shown| shown.product.name.to_string()).collect()
    }

    #[test]
    fn what_runs_out_is_counted_but_for_what_is_retired() {
        let mut catalogue = Catalogue::default();
        for (n, units, retired) in [(1, 6, false), (2, 5, false), (3, 0, false), (4, -1, false), (5, 0, true)] {
            catalogue.put_product(Product { threshold: Units::new(5).unwrap(), retired, ..product(n, "Riz", &[]) });
            catalogue.put_stock(ProductId(Uuid::from_u128(n)), units);
        }
        assert_eq!(catalogue.wanting(), (1, 2));
    }

    #[test]
    fn an_american_code_is_found_with_its_nought_and_without() {
        let mut catalogue = Catalogue::default();
        catalogue.put_product(product(1, "Savon", &["036000291452"]));
        catalogue.put_product(product(2, "Lait", &["0012345678905", "012345678905"]));
        let found = ["036000291452", "0036000291452", "012345678905", "0012345678905", "36000291452"];
        assert_eq!(found.map(|code| catalogue.with_barcode(code).len()), [1, 1, 1, 1, 0]);
        catalogue.put_product(product(1, "Savon", &[]));
        assert!(catalogue.with_barcode("0036000291452").is_empty());
    }

    #[test]
    fn a_name_is_the_same_without_its_accents_and_retired_products_have_none() {
        let mut catalogue = Catalogue::default();
        catalogue.put_product(product(1, "Riz étuvé", &[]));
        catalogue.put_product(product(2, "Riz étuvé 25 kg", &[]));
        assert_eq!(names(catalogue.named(" RIZ  etuve ")), ["Riz étuvé"]);
        assert!(catalogue.named("").is_empty() && catalogue.named("Riz").is_empty());
        catalogue.put_product(Product { retired: true, ..product(1, "Riz étuvé", &[]) });
        assert!(catalogue.named("Riz étuvé").is_empty());
    }

    #[test]
    fn search_finds_words_in_any_order_without_accents_and_codes_exactly() {
        let mut catalogue = Catalogue::default();
        catalogue.put_product(product(1, "Riz étuvé 25 kg", &["3400949497294"]));
        catalogue.put_product(product(2, "Huile végétale 5 L", &[]));
        catalogue.put_product(product(3, "Farine de riz", &["111"]));
        assert_eq!(names(catalogue.search("riz", 10)), ["Riz étuvé 25 kg", "Farine de riz"]);
        assert_eq!(names(catalogue.search("25 ETUVE", 10)), ["Riz étuvé 25 kg"]);
        assert_eq!(names(catalogue.search("3400949497294", 10)), ["Riz étuvé 25 kg"]);
        assert_eq!(names(catalogue.search("", 2)), ["Farine de riz", "Huile végétale 5 L"]);
        catalogue.put_product(product(1, "Riz local", &[]));
        assert!(catalogue.with_barcode("3400949497294").is_empty());
        let retired = Product { retired: true, ..product(3, "Farine de riz", &["111"]) };
        catalogue.put_product(retired);
        assert_eq!(names(catalogue.search("riz", 10)), ["Riz local"]);
        assert!(catalogue.with_barcode("111").is_empty());
    }
}
