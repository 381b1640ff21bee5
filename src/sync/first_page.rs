//! What travels inside a page that the server renders: no part of the protocol, since page and program are of one
//! version.

use super::wire::{PersonRow, SaleRow};
use crate::domain::Product;
use serde::{Deserialize, Serialize};

/// What a page that the server renders shows before the device's own data takes over. With it
/// the browser adopts what the server drew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FirstPage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<FirstScreen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<FirstReceipt>,
}

/// Vendre: the session's shop and its first products by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstScreen {
    pub shop_name: String,
    pub person: PersonRow,
    pub products: Vec<(Product, i64)>,
}

/// A stored receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReceipt {
    pub shop_name: String,
    pub seller: String,
    pub sale: SaleRow,
}
