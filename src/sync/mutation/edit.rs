//! Edits: per field, the value seen and the value wanted; a field left alone is absent (G18).

use crate::{
    domain::{
        Barcode, Category, Day, ExpenseId, Key, Label, Money, Name, Note, ProductId, Units,
        shop::{AnswerWait, Banknotes, BeyondStock, StockCheck},
    },
    sync::merge::Change,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditProduct {
    pub product: ProductId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<Name>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcodes: Option<Change<Vec<Barcode>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Change<Category>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_price: Option<Change<Money>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_price: Option<Change<Option<Money>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Change<Units>>,
    /// The clash a person settled by it: an edit that changes nothing lets stand what stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles: Option<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditExpense {
    pub expense: ExpenseId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Change<Label>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Change<Money>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Change<Note>>,
    /// The day it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Change<Day>>,
    /// As in [`EditProduct`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles: Option<Key>,
}

/// Of the shop and of its rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EditShop {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<Label>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Change<Note>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Change<Note>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foot: Option<Change<Note>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banknotes: Option<Change<Banknotes>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_wait: Option<Change<AnswerWait>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_stock: Option<Change<BeyondStock>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_check: Option<Change<StockCheck>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_automatically: Option<Change<bool>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees_decide: Option<Change<bool>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees_count: Option<Change<bool>>,
    /// As in [`EditProduct`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles: Option<Key>,
}

/// What can be edited, and so clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edited {
    Product(ProductId),
    Expense(ExpenseId),
    Shop,
}
