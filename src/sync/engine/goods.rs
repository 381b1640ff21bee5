//! Products and their stock, as a device keeps them.
//!
//! What was read from the start lies many to a row, by the last of them: a row for each would take a phone longer than all
//! else of a first sync, for every row is a request of the browser's and an answer to it. What changes afterwards has a
//! row of its own, and that one counts. Each product has a line: one that does not read takes no other with it.

use super::{
    memory::Memory,
    sound,
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::{
    domain::{Product, ProductId, limits::STOCK_MAX_UNITS},
    sync::wire::{Kind, Rows},
};
use std::collections::BTreeMap;

/// Products of one row.
const GOODS_A_ROW: usize = 50;

/// What a row says of a product.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    Product(Product),
    /// In units.
    Stock(ProductId, i64),
}

/// Where a generation's rows of products and stock lie: what a later one says counts.
pub fn places(generation: u32) -> [String; 3] {
    [keys::all_goods(generation), keys::rows(generation, Kind::Product), keys::all_stock(generation)]
}

/// Whether a confirmed row says anything of products and stock.
pub fn is_place(key: &str) -> bool {
    matches!(key.split('/').nth(1), Some("goods" | "product" | "stock"))
}

/// Writes the products and stock of a part of the shop as it stood.
pub(super) fn write(tx: &mut LocalTx, generation: u32, rows: &Rows) {
    let mut stock: BTreeMap<ProductId, i64> = rows.stock.iter().map(|stock| (stock.product, stock.units)).collect();
    let mut goods: Vec<(&Product, i64)> = Vec::new();
    for product in &rows.products {
        match stock.remove(&product.id) {
            Some(units) => goods.push((product, units)),
            None => tx.put(Store::Confirmed, keys::row(generation, Kind::Product, product.id), product),
        }
    }
    goods.sort_by_key(|(product, _)| product.id);
    for goods in goods.chunks(GOODS_A_ROW) {
        if let Some((last, _)) = goods.last() {
            let lines: Vec<String> = goods.iter().map(json).collect();
            let key = keys::goods(generation, last.id);
            tx.writes.push(Write::Put { store: Store::Confirmed, key, value: lines.join("\n") });
        }
    }
    for (product, units) in stock {
        tx.put(Store::Confirmed, keys::stock(generation, product), &units);
    }
}

/// What a confirmed row says of products and stock, as far as it reads; then why the rest does not. One of another kind
/// says nothing.
pub fn read(key: &str, text: &str) -> (Vec<Said>, Result<(), String>) {
    let said = match key.split('/').nth(1) {
        Some("goods") => return lines(key, text),
        Some("product") => {
            sound::confirmed(key, text, |product: &Product| product.id.0).map(|product| vec![Said::Product(product)])
        }
        Some("stock") => stock(key, text).map(|(id, units)| vec![Said::Stock(id, units)]),
        _ => Ok(Vec::new()),
    };
    match said {
        Ok(said) => (said, Ok(())),
        Err(problem) => (Vec::new(), Err(problem)),
    }
}

fn lines(key: &str, text: &str) -> (Vec<Said>, Result<(), String>) {
    let (goods, sound) = sound::lines(text, |text| line(key, text));
    let said = goods.into_iter().flat_map(|(product, units)| [Said::Stock(product.id, units), Said::Product(product)]);
    (said.collect(), sound)
}

fn line(key: &str, text: &str) -> Result<(Product, i64), String> {
    let last: ProductId = last_of(key)?;
    let (product, units): (Product, i64) = sound::read(text)?;
    possible(units)?;
    match product.id <= last {
        true => Ok((product, units)),
        false => Err(format!("{} lies behind its row's last", product.id)),
    }
}

/// A row of many without the lines that do not read.
pub(super) fn mended(key: &str, text: &str) -> Option<String> {
    let is_of_many = key.split('/').nth(1) == Some("goods");
    is_of_many.then(|| sound::sound_lines(text, |text| line(key, text))).flatten()
}

fn stock(key: &str, text: &str) -> Result<(ProductId, i64), String> {
    let id = last_of(key)?;
    let units: i64 = sound::read(text)?;
    possible(units).map(|()| (id, units))
}

fn last_of(key: &str) -> Result<ProductId, String> {
    key.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or("its key names no product".to_owned())
}

fn possible(units: i64) -> Result<(), String> {
    match units.unsigned_abs() <= STOCK_MAX_UNITS as u64 {
        true => Ok(()),
        false => Err(format!("no product has {units} units")),
    }
}

/// A product's stock among what was said of several.
pub fn stock_in(said: &[Said], of: ProductId) -> Option<i64> {
    said.iter().find_map(|said| match said {
        Said::Stock(product, units) if *product == of => Some(*units),
        _ => None,
    })
}

/// Products and their stock that a storage in memory holds.
#[derive(Debug, Default)]
pub struct Goods {
    pub products: BTreeMap<ProductId, Product>,
    pub stock: BTreeMap<ProductId, i64>,
}

impl Goods {
    /// Those of a generation.
    pub fn of(memory: &Memory, generation: u32) -> Result<Self, String> {
        let mut goods = Self::default();
        for place in places(generation) {
            for (key, text) in memory.scan(Store::Confirmed, &place) {
                let (said, sound) = read(&key, &text);
                sound.map_err(|problem| format!("{key}: {problem}"))?;
                for said in said {
                    match said {
                        Said::Product(product) => drop(goods.products.insert(product.id, product)),
                        Said::Stock(product, units) => drop(goods.stock.insert(product, units)),
                    }
                }
            }
        }
        Ok(goods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{
        engine::samples::{named, product},
        wire::StockRow,
    };

    #[test]
    fn what_changed_since_the_start_counts() {
        let (one, all) = (product(1), 2 * GOODS_A_ROW as u64 + 1);
        let products = (1..=all).rev().map(|n| named(n, "Riz")).collect();
        let stock = (1..=all).map(|n| StockRow { product: product(n), units: 7 }).collect();
        let mut tx = LocalTx::strict();
        write(&mut tx, 3, &Rows { products, stock, ..Rows::default() });
        assert_eq!(tx.writes.len(), 3);
        tx.put(Store::Confirmed, keys::row(3, Kind::Product, one), &named(1, "Riz étuvé"));
        tx.put(Store::Confirmed, keys::stock(3, one), &6);
        let mut memory = Memory::default();
        memory.commit(&tx).unwrap();
        let goods = Goods::of(&memory, 3).unwrap();
        assert_eq!((goods.products.len(), goods.stock.len()), (all as usize, all as usize));
        assert_eq!((goods.products[&one].name.as_str(), goods.stock[&one]), ("Riz étuvé", 6));
    }

    #[test]
    fn a_line_that_does_not_read_takes_no_other_with_it() {
        let products = (1..=3).map(|n| named(n, "Riz")).collect();
        let stock = (1..=3).map(|n| StockRow { product: product(n), units: 7 }).collect();
        let mut tx = LocalTx::strict();
        write(&mut tx, 0, &Rows { products, stock, ..Rows::default() });
        let [Write::Put { key, value, .. }] = &*tx.writes else { panic!("{tx:?}") };
        assert_eq!((mended(key, value).as_deref(), mended("0/product/1", value)), (Some(&**value), None));
        for (sound, damaged) in [(",7]", ",7"), (",7]", ",8000000000]"), ("\"name\"", "\"nom\"")] {
            let damaged = value.replacen(sound, damaged, 1);
            let (said, problem) = read(key, &damaged);
            assert_eq!(said.len(), 4, "{problem:?}");
            assert!(problem.is_err());
            let mended = mended(key, &damaged).unwrap();
            assert_eq!(read(key, &mended), (said, Ok(())));
        }
        // A product beyond the row's last would not be found by it.
        assert_eq!(read(&keys::goods(0, product(2)), value).0.len(), 4);
    }

    /// As a row of its own: it would be no one's, or a page of the changes brings the other.
    #[test]
    fn a_product_without_stock_and_stock_without_a_product_are_kept() {
        let stock = vec![StockRow { product: product(2), units: 7 }];
        let mut tx = LocalTx::strict();
        write(&mut tx, 0, &Rows { products: vec![named(1, "Riz")], stock, ..Rows::default() });
        let mut memory = Memory::default();
        memory.commit(&tx).unwrap();
        let goods = Goods::of(&memory, 0).unwrap();
        assert!(goods.products.contains_key(&product(1)));
        assert_eq!(goods.stock, BTreeMap::from([(product(2), 7)]));
    }
}
