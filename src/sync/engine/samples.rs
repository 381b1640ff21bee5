//! Small mutations for the tests of this room.

use crate::{
    domain::{Category, Key, Money, Name, Note, Product, ProductId, Quantity, Sale, SaleId, SaleLine, Tender, Units},
    sync::{
        merge::Change,
        mutation::{Body, CreateProduct, EditProduct, ReceiveStock, ReceivedLine, RecordSale, VoidSale},
    },
};
use uuid::Uuid;

pub const PRICE: i64 = 1_000;

pub fn key(n: u64) -> Key {
    Key(Uuid::from_u128(0x4000_0000 + u128::from(n)))
}

pub fn product(n: u64) -> ProductId {
    ProductId(Uuid::from_u128(0x9000_0000 + u128::from(n)))
}

pub fn sale_id(n: u64) -> SaleId {
    SaleId(Uuid::from_u128(0x5000_0000 + u128::from(n)))
}

/// The n-th sale, of `units` of one product, with the n-th receipt number.
pub fn sale(n: u64, of: u64, units: i64) -> Body {
    let amount = Money::new(PRICE * units).unwrap();
    Body::RecordSale(RecordSale::first(Sale {
        id: sale_id(n),
        receipt: format!("A-{n:06}").parse().unwrap(),
        lines: vec![SaleLine {
            product: product(of),
            name: Name::new("Riz").unwrap(),
            quantity: Quantity::new(units).unwrap(),
            unit_price: Money::new(PRICE).unwrap(),
        }],
        tenders: vec![Tender::Cash { amount, given: amount }],
        beyond_stock: false,
    }))
}

pub fn void(n: u64) -> Body {
    Body::VoidSale(VoidSale { sale: sale_id(n), reason: Note::new("erreur").unwrap() })
}

pub fn receive(of: u64, units: i64) -> Body {
    Body::ReceiveStock(ReceiveStock {
        lines: vec![ReceivedLine { product: product(of), quantity: Quantity::new(units).unwrap() }],
        note: Note::new("").unwrap(),
    })
}

pub fn create_product(n: u64, opening: i64) -> Body {
    Body::CreateProduct(CreateProduct { product: named(n, "Riz"), opening_units: Units::new(opening).unwrap() })
}

pub fn named(n: u64, name: &str) -> Product {
    Product {
        id: product(n),
        name: Name::new(name).unwrap(),
        barcodes: Vec::new(),
        category: Category::new("").unwrap(),
        sale_price: Money::new(PRICE).unwrap(),
        purchase_price: None,
        threshold: Units::ZERO,
        retired: false,
    }
}

pub fn edit_price(of: u64, seen: i64, wanted: i64) -> Body {
    Body::EditProduct(EditProduct {
        product: product(of),
        name: None,
        barcodes: None,
        category: None,
        sale_price: Some(Change { seen: Money::new(seen).unwrap(), wanted: Money::new(wanted).unwrap() }),
        purchase_price: None,
        threshold: None,
        settles: None,
    })
}
