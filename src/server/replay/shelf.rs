//! What the shop has to sell before the first ticket: each item of the file as a product, with enough of it, except
//! where too little is meant.

use super::phone::{Phone, PhoneError};
use crate::{
    domain::{Category, Money, Name, Note, Product, ProductId, Quantity, Units, limits::LINES_MAX, text::fold},
    sync::{
        Body, Verdict,
        engine::goods::Goods,
        mutation::{CreateProduct, ReceiveStock, ReceivedLine},
    },
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Prices lie between the price of a loaf and that of a meal, in whole 500 GNF notes.
const PRICE_LEAST_GNF: i64 = 1_500;
const PRICE_STEP_GNF: i64 = 500;
const PRICE_STEPS: u32 = 60;

/// How much of the file's demand the shelves hold.
#[derive(Debug, Clone, Copy)]
pub struct Cover {
    /// Of every so-manyth item…
    pub every: usize,
    /// … only this much: the rest of its sales must be refused.
    pub percent: u8,
}

impl Cover {
    /// Units of the `index`-th item (by name) at the start.
    fn units(self, index: usize, demand: i64) -> i64 {
        if (index + 1).is_multiple_of(self.every.max(1)) { demand * i64::from(self.percent) / 100 } else { demand }
    }
}

/// An item as the shop sells it.
#[derive(Debug)]
pub struct Stocked {
    pub product: Product,
    /// In stock before the first ticket.
    pub units: i64,
}

#[derive(Debug)]
pub struct Shelf(BTreeMap<Name, Stocked>);

impl Shelf {
    /// Items the shop does not know are created with their stock; where there is less of a known one than there should
    /// be, the difference is delivered. Both are ordinary mutations of this phone.
    pub fn fill(phone: &mut Phone, demand: &BTreeMap<Name, i64>, cover: Cover) -> Result<Self, PhoneError> {
        phone.synchronise()?;
        let Goods { products, stock } = phone.goods()?;
        let known: HashMap<String, Product> =
            products.into_values().map(|product| (fold(product.name.as_str()), product)).collect();
        let (mut stocked, mut bodies, mut delivered) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (index, (name, asked)) in demand.iter().enumerate() {
            let units = cover.units(index, *asked);
            let (product, units) = match known.get(&fold(name.as_str())) {
                Some(product) => {
                    let there = stock.get(&product.id).copied().unwrap_or_default();
                    if there < units {
                        delivered.push(ReceivedLine { product: product.id, quantity: Quantity::new(units - there)? });
                    }
                    (product.clone(), units.max(there))
                }
                None => {
                    let product = product(name)?;
                    let opening_units = Units::new(units)?;
                    bodies.push(Body::CreateProduct(CreateProduct { product: product.clone(), opening_units }));
                    (product, units)
                }
            };
            stocked.insert(name.clone(), Stocked { product, units });
        }
        for lines in delivered.chunks(LINES_MAX) {
            let note = Note::new("comptoir replay")?;
            bodies.push(Body::ReceiveStock(ReceiveStock { lines: lines.to_vec(), note }));
        }
        apply(phone, bodies)?;
        Ok(Self(stocked))
    }

    pub fn of(&self, item: &Name) -> Option<&Product> {
        self.0.get(item).map(|stocked| &stocked.product)
    }

    /// In GNF; an item the shelf does not hold costs nothing.
    pub fn price(&self, item: &Name) -> i64 {
        self.of(item).map_or(0, |product| product.sale_price.get())
    }

    pub fn units(&self) -> impl Iterator<Item = (ProductId, i64)> + '_ {
        self.0.values().map(|stocked| (stocked.product.id, stocked.units))
    }
}

/// Sends what must not be refused.
fn apply(phone: &mut Phone, bodies: Vec<Body>) -> Result<(), PhoneError> {
    let mut queued = Vec::new();
    for body in bodies {
        queued.push(phone.queue(body, false)?);
    }
    phone.synchronise()?;
    for mutation in queued {
        let outcome = phone.heard(mutation.key).map(|heard| heard.outcome.as_str());
        if outcome != Some(Verdict::APPLIED) {
            return Err(PhoneError::Refused(format!("{} {}", mutation.kind, outcome.unwrap_or("without a verdict"))));
        }
    }
    Ok(())
}

fn product(name: &Name) -> Result<Product, PhoneError> {
    let sale_price = price(name)?;
    Ok(Product {
        id: ProductId(Uuid::now_v7()),
        name: name.clone(),
        barcodes: Vec::new(),
        category: Category::new("Rejeu")?,
        sale_price,
        purchase_price: Some(Money::new(sale_price.get() * 3 / 4)?),
        threshold: Units::ZERO,
        retired: false,
    })
}

/// The same for the same name, today and on every machine: 32-bit FNV-1a.
fn price(name: &Name) -> Result<Money, PhoneError> {
    let hash = fold(name.as_str())
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    Ok(Money::new(PRICE_LEAST_GNF + PRICE_STEP_GNF * i64::from(hash % PRICE_STEPS))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_item_is_short() {
        let cover = Cover { every: 3, percent: 90 };
        let units: Vec<i64> = (0..6).map(|index| cover.units(index, 25)).collect();
        assert_eq!(units, [25, 25, 22, 25, 25, 22]);
        assert_eq!(Cover { every: 1, percent: 0 }.units(0, 25), 0);
    }

    #[test]
    fn a_price_belongs_to_a_name() {
        let price = |name| price(&Name::new(name).unwrap()).unwrap().get();
        assert_eq!(price("Café"), price("cafe"));
        assert_ne!(price("Bread"), price("Coffee"));
        assert!(price("Bread") % PRICE_STEP_GNF == 0 && price("Bread") >= PRICE_LEAST_GNF);
    }
}
