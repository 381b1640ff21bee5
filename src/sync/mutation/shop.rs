use crate::{
    domain::{
        Label, Note,
        shop::{AnswerWait, BeyondStock, StockCheck},
    },
    sync::merge::Change,
};
use serde::{Deserialize, Serialize};

/// Per field of the shop and of its rules, the value seen and the value wanted; a field left alone is absent.
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
}
