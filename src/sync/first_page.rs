//! What is shown before the device has been read: it travels inside a page that the server renders, or is kept by the
//! browser from the last time. No part of the protocol: page and program are of one version, and what does not read is
//! left out.

use super::wire::SaleRow;
use crate::domain::{Product, Shop};
use serde::{Deserialize, Serialize};

/// What a page shows before the device's own data takes over. With it the browser adopts what the server drew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FirstPage {
    /// Vendre: the first products by name, with their stock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<(Product, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<FirstReceipt>,
}

/// A stored receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReceipt {
    pub shop: Option<Shop>,
    pub seller: String,
    pub sale: SaleRow,
}
