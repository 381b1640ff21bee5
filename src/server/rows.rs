//! Stored rows read back into the types of the domain and the wire. What was stored was checked; a row that does not
//! read back is a fault of ours, and an error.

use super::ServerError;
use crate::domain::{
    Category, Day, Expense, ExpenseId, InstallationId, Key, Label, Money, Name, Note, Product, ProductId, Quantity,
    Reference, Repayment, RepaymentId, Sale, SaleId, SaleLine, Shop, ShopId, Tender, Units, UserId, shop::Banknotes,
};
use crate::sync::mutation::{Became, Edited};
use crate::sync::wire::{
    ClashRow, CustomerRow, ExpenseRow, MovementRow, PersonRow, RefusedRow, RepaymentRow, SaleRow, Voided,
};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as PlainError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(super) struct ProductColumns {
    pub change: i64,
    pub id: Uuid,
    pub name: String,
    pub barcodes: String,
    pub category: String,
    pub sale_price: i64,
    pub purchase_price: Option<i64>,
    pub threshold: i64,
    pub retired: bool,
}

pub(super) fn product(row: ProductColumns) -> Result<Product, ServerError> {
    Ok(Product {
        id: ProductId(row.id),
        name: Name::new(&row.name)?,
        barcodes: serde_json::from_str(&row.barcodes)?,
        category: Category::new(&row.category)?,
        sale_price: Money::new(row.sale_price)?,
        purchase_price: row.purchase_price.map(Money::new).transpose()?,
        threshold: Units::new(row.threshold)?,
        retired: row.retired,
    })
}

#[derive(Clone, sqlx::FromRow)]
pub(super) struct ShopColumns {
    pub name: String,
    pub details: String,
    pub rules: String,
}

/// What `shops.details` holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Details {
    address: Note,
    phone: Note,
    foot: Note,
    banknotes: Banknotes,
}

pub(super) fn shop(row: ShopColumns) -> Result<Shop, ServerError> {
    let Details { address, phone, foot, banknotes } = serde_json::from_str(&row.details)?;
    let (name, rules) = (Label::new(&row.name)?, serde_json::from_str(&row.rules)?);
    Ok(Shop { name, address, phone, foot, banknotes, rules })
}

pub(super) fn shop_details(shop: &Shop) -> Result<String, ServerError> {
    let Shop { address, phone, foot, banknotes, .. } = shop.clone();
    Ok(serde_json::to_string(&Details { address, phone, foot, banknotes })?)
}

#[derive(sqlx::FromRow)]
pub(super) struct PersonColumns {
    pub change: i64,
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub retired: bool,
}

pub(super) fn person(row: PersonColumns) -> Result<PersonRow, ServerError> {
    Ok(PersonRow { id: UserId(row.id), name: Label::new(&row.name)?, role: word(&row.role)?, retired: row.retired })
}

#[derive(sqlx::FromRow)]
pub(super) struct SaleColumns {
    pub change: i64,
    pub id: Uuid,
    pub receipt: String,
    pub installation_id: Uuid,
    pub actor_id: Uuid,
    pub at_ms: i64,
    pub day: i64,
    pub clamped: bool,
    pub beyond_stock: bool,
    pub voided_ms: Option<i64>,
    pub voided_by: Option<Uuid>,
    pub void_reason: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct LineColumns {
    pub sale_id: Uuid,
    pub product_id: Uuid,
    pub name: String,
    pub quantity: i64,
    pub unit_price: i64,
}

#[derive(sqlx::FromRow)]
pub(super) struct TenderColumns {
    pub sale_id: Uuid,
    pub amount: i64,
    pub given: Option<i64>,
    pub reference: Option<String>,
    pub customer: Option<String>,
}

/// Sales with their lines and tenders, each with its change number, in the order of `sales`.
pub(super) fn sales(
    sales: Vec<SaleColumns>,
    lines: Vec<LineColumns>,
    tenders: Vec<TenderColumns>,
) -> Result<Vec<(i64, SaleRow)>, ServerError> {
    let mut lines_of: BTreeMap<Uuid, Vec<SaleLine>> = BTreeMap::new();
    for line in lines {
        lines_of.entry(line.sale_id).or_default().push(SaleLine {
            product: ProductId(line.product_id),
            name: Name::new(&line.name)?,
            quantity: Quantity::new(line.quantity)?,
            unit_price: Money::new(line.unit_price)?,
        });
    }
    let mut tenders_of: BTreeMap<Uuid, Vec<Tender>> = BTreeMap::new();
    for row in tenders {
        tenders_of.entry(row.sale_id).or_default().push(tender(row)?);
    }
    let whole = |row: SaleColumns| {
        let lines = lines_of.remove(&row.id).unwrap_or_default();
        let tenders = tenders_of.remove(&row.id).unwrap_or_default();
        Ok((row.change, sale(row, lines, tenders)?))
    };
    sales.into_iter().map(whole).collect()
}

fn sale(row: SaleColumns, lines: Vec<SaleLine>, tenders: Vec<Tender>) -> Result<SaleRow, ServerError> {
    let voided = match (row.voided_ms, row.voided_by, row.void_reason) {
        (Some(at_ms), Some(by), Some(reason)) => Some(Voided { by: UserId(by), at_ms, reason }),
        _ => None, // a CHECK of the schema: all three or none
    };
    Ok(SaleRow {
        sale: Sale {
            id: SaleId(row.id),
            receipt: row.receipt.parse()?,
            lines,
            tenders,
            beyond_stock: row.beyond_stock,
        },
        installation: InstallationId(row.installation_id),
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
        day: Day(row.day),
        clamped: row.clamped,
        voided,
    })
}

pub(super) fn tender(row: TenderColumns) -> Result<Tender, ServerError> {
    let amount = Money::new(row.amount)?;
    // CHECKs of the schema: each kind has its own column, and no other.
    Ok(match (row.customer, row.reference) {
        (Some(customer), _) => Tender::Credit { amount, customer: Label::new(&customer)? },
        (None, Some(reference)) => Tender::OrangeMoney { amount, reference: Reference::new(&reference)? },
        (None, None) => Tender::Cash { amount, given: Money::new(row.given.unwrap_or(row.amount))? },
    })
}

/// What the columns `kind`, `given`, `reference` and `customer` hold of it, for [`tender`] to read back.
pub(super) fn tender_columns(tender: &Tender) -> (&'static str, Option<i64>, Option<&str>, Option<&str>) {
    match tender {
        Tender::Cash { given, .. } => ("cash", Some(given.get()), None, None),
        Tender::OrangeMoney { reference, .. } => ("orange_money", None, Some(reference.as_str()), None),
        Tender::Credit { customer, .. } => ("credit", None, None, Some(customer.as_str())),
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct RefusedColumns {
    pub change: i64,
    pub key: Uuid,
    pub sale: String,
    pub refusal: String,
    pub installation_id: Uuid,
    pub actor_id: Uuid,
    pub at_ms: i64,
    pub became: Option<String>,
    pub settled_by: Option<Uuid>,
    pub settled_ms: Option<i64>,
}

pub(super) fn refused(row: RefusedColumns) -> Result<RefusedRow, ServerError> {
    Ok(RefusedRow {
        key: Key(row.key),
        sale: serde_json::from_str(&row.sale)?,
        refusal: serde_json::from_str(&row.refusal)?,
        installation: InstallationId(row.installation_id),
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
        became: row.became.as_deref().map(became).transpose()?,
        settled_by: row.settled_by.map(UserId),
        settled_ms: row.settled_ms,
    })
}

#[derive(sqlx::FromRow)]
pub(super) struct ClashColumns {
    pub change: i64,
    pub key: Uuid,
    pub kind: String,
    pub thing_id: Uuid,
    pub fields: String,
    pub installation_id: Uuid,
    pub actor_id: Uuid,
    pub at_ms: i64,
    pub settled_by: Option<Uuid>,
    pub settled_ms: Option<i64>,
}

pub(super) fn clash(row: ClashColumns) -> Result<ClashRow, ServerError> {
    Ok(ClashRow {
        key: Key(row.key),
        of: match row.kind.as_str() {
            "product" => Edited::Product(ProductId(row.thing_id)),
            "expense" => Edited::Expense(ExpenseId(row.thing_id)),
            _ => Edited::Shop,
        },
        fields: serde_json::from_str(&row.fields)?,
        installation: InstallationId(row.installation_id),
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
        settled_by: row.settled_by.map(UserId),
        settled_ms: row.settled_ms,
    })
}

/// The name of its kind in the table, and its id.
pub(super) fn edited(shop: ShopId, of: Edited) -> (&'static str, Uuid) {
    match of {
        Edited::Product(id) => ("product", id.0),
        Edited::Expense(id) => ("expense", id.0),
        Edited::Shop => ("shop", shop.0),
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ExpenseColumns {
    pub change: i64,
    pub id: Uuid,
    pub kind: String,
    pub amount: i64,
    pub note: String,
    pub actor_id: Uuid,
    pub at_ms: i64,
    pub day: i64,
}

pub(super) fn expense(row: ExpenseColumns) -> Result<ExpenseRow, ServerError> {
    Ok(ExpenseRow {
        expense: Expense {
            id: ExpenseId(row.id),
            kind: Label::new(&row.kind)?,
            amount: Money::new(row.amount)?,
            note: Note::new(&row.note)?,
        },
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
        day: Day(row.day),
    })
}

#[derive(sqlx::FromRow)]
pub(super) struct CustomerColumns {
    pub change: i64,
    pub id: Uuid,
    pub name: String,
    pub owed: i64,
    pub at_ms: i64,
}

pub(super) fn customer(row: CustomerColumns) -> Result<CustomerRow, ServerError> {
    Ok(CustomerRow { id: row.id, name: Label::new(&row.name)?, owed_gnf: row.owed, at_ms: row.at_ms })
}

#[derive(sqlx::FromRow)]
pub(super) struct RepaymentColumns {
    pub change: i64,
    pub id: Uuid,
    pub customer: String,
    pub amount: i64,
    pub given: Option<i64>,
    pub reference: Option<String>,
    pub actor_id: Uuid,
    pub at_ms: i64,
    pub day: i64,
}

pub(super) fn repayment(row: RepaymentColumns) -> Result<RepaymentRow, ServerError> {
    let RepaymentColumns { id, customer, amount, given, reference, .. } = row;
    let tender = tender(TenderColumns { sale_id: id, amount, given, reference, customer: None })?;
    Ok(RepaymentRow {
        repayment: Repayment { id: RepaymentId(id), customer: Label::new(&customer)?, tender },
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
        day: Day(row.day),
    })
}

#[derive(sqlx::FromRow)]
pub(super) struct MovementColumns {
    pub change: i64,
    pub product_id: Uuid,
    pub delta: i64,
    pub stock_after: i64,
    pub cause: String,
    pub note: String,
    pub actor_id: Uuid,
    pub at_ms: i64,
}

pub(super) fn movement(row: MovementColumns) -> Result<MovementRow, ServerError> {
    Ok(MovementRow {
        change: row.change.unsigned_abs(),
        product: ProductId(row.product_id),
        delta: row.delta,
        stock_after: row.stock_after,
        cause: serde_json::from_str(&row.cause)?,
        note: Note::new(&row.note)?,
        actor: UserId(row.actor_id),
        at_ms: row.at_ms,
    })
}

pub(super) fn became(name: &str) -> Result<Became, ServerError> {
    word(name)
}

pub(super) fn became_name(became: Became) -> &'static str {
    match became {
        Became::RolledBack => "rolled_back",
        Became::Parked => "parked",
        Became::Cancelled => "cancelled",
        Became::Retried => "retried",
    }
}

/// A value whose JSON is one word, stored as that word.
pub(super) fn word<T: DeserializeOwned>(name: &str) -> Result<T, ServerError> {
    let deserializer: serde::de::value::StrDeserializer<'_, PlainError> = name.into_deserializer();
    T::deserialize(deserializer).map_err(serde::de::Error::custom).map_err(ServerError::Stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        for value in [Became::RolledBack, Became::Parked, Became::Cancelled, Became::Retried] {
            assert_eq!(became(became_name(value)).unwrap(), value);
            assert_eq!(serde_json::to_value(value).unwrap(), became_name(value));
        }
        assert!(became("lost").is_err());
    }
}
