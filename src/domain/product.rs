use super::{Barcode, Category, Invalid, Money, Name, ProductId, Units, limits::BARCODES_MAX};
use serde::{Deserialize, Serialize};

/// What a shop knows of a product but its stock, which moves on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub id: ProductId,
    pub name: Name,
    /// Not unique: two products with one code are a decision for a person, not an error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<Barcode>,
    pub category: Category,
    pub sale_price: Money,
    /// Absent on phones that are not marked as the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_price: Option<Money>,
    /// At or below this many units the product wants attention.
    pub threshold: Units,
    /// Products are retired, never deleted: past sales name them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl Product {
    pub fn validate(&self) -> Result<(), Invalid> {
        barcodes_fit(&self.barcodes)
    }
}

pub fn barcodes_fit(barcodes: &[Barcode]) -> Result<(), Invalid> {
    if barcodes.len() > BARCODES_MAX {
        return Err(Invalid::Count { what: "barcodes", count: barcodes.len(), min: 0, max: BARCODES_MAX });
    }
    Ok(())
}

/// How a product's stock looks to a seller: one glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockState {
    Good,
    Low,
    Empty,
}

impl StockState {
    /// `units` may be below zero on a device that sold more than it knew of; that is empty.
    pub fn of(units: i64, threshold: Units) -> Self {
        if units <= 0 {
            Self::Empty
        } else if units <= threshold.get() {
            Self::Low
        } else {
            Self::Good
        }
    }
}
