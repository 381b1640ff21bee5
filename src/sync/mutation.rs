//! One thing a person did, as it is queued, sent and kept.
//!
//! The body stays the JSON it was queued as: the server hashes what it received, and a later version of this program
//! reads it through [`upcast`]. So an outbox written by any released version is understood for ever (G11).

mod count;
mod edit;

use super::json;
use crate::domain::{
    AdjustReason, Day, Expense, ExpenseId, InstallationId, Invalid, Key, Note, Product, ProductId, Quantity, Repayment,
    RepaymentId, Sale, SaleId, Units, UserId,
    day::DeviceTime,
    limits::{LINES_MAX, TIME_MAX_MS},
    product::barcodes_fit,
    quantity::Delta,
};
pub use count::CountStock;
pub use edit::{EditExpense, EditProduct, EditShop, Edited};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// The version of mutation bodies this program writes.
pub const BODY_VERSION: u32 = 1;

/// Where a mutation comes from, fixed when it is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub installation: InstallationId,
    /// Counts this installation's mutations from 1, without gaps (G15).
    pub sequence: u64,
    /// Who did it.
    pub actor: UserId,
}

/// The envelope. `kind`, `version` and `body` are what the payload hash covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mutation {
    pub key: Key,
    pub origin: Origin,
    pub made: DeviceTime,
    /// Causes that must be applied first, or this one is not (G7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Key>,
    /// Causes that must be judged first, whatever their verdict (G7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Key>,
    pub kind: String,
    pub version: u32,
    pub body: Payload,
}

/// A body as the JSON text it was queued as. Read straight from the text, because reading through a tree of values
/// costs the page a second copy of every type's code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payload(Box<RawValue>);

impl Payload {
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// # Panics
    /// Where a type has a map with keys other than strings; those of [`Body`] have none.
    pub fn of<T: Serialize>(body: &T) -> Self {
        Self(to_raw_value(body).expect("a mutation body is plain JSON"))
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        json::read(self.text()).map_err(|error| Unreadable::Malformed(error.to_string()))
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// Each kind's name for ever, and its type.
macro_rules! bodies {
    ($($kind:literal => $name:ident,)*) => {
        /// What a person did.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($name($name),)*
        }

        impl Body {
            pub const KINDS: &[&str] = &[$($kind),*];

            pub fn kind(&self) -> &'static str {
                match self {
                    $(Body::$name(_) => $kind,)*
                }
            }

            fn payload(&self) -> Payload {
                match self {
                    $(Body::$name(body) => Payload::of(body),)*
                }
            }

            fn read(kind: &str, payload: &Payload) -> Result<Self, Unreadable> {
                match kind {
                    $($kind => payload.read().map(Body::$name),)*
                    _ => Err(Unreadable::TooNew { kind: kind.to_owned(), version: BODY_VERSION }),
                }
            }
        }
    };
}

bodies! {
    "create_product" => CreateProduct,
    "edit_product" => EditProduct,
    "retire_product" => RetireProduct,
    "record_sale" => RecordSale,
    "void_sale" => VoidSale,
    "settle_refusal" => SettleRefusal,
    "adjust_stock" => AdjustStock,
    "count_stock" => CountStock,
    "receive_stock" => ReceiveStock,
    "record_expense" => RecordExpense,
    "edit_expense" => EditExpense,
    "void_expense" => VoidExpense,
    "record_repayment" => RecordRepayment,
    "void_repayment" => VoidRepayment,
    "edit_shop" => EditShop,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateProduct {
    pub product: Product,
    #[serde(default)]
    pub opening_units: Units,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetireProduct {
    pub product: ProductId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSale {
    pub sale: Sale,
    /// The refused mutation this one tries again: same sale id and receipt number, new key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<Key>,
    /// With a retry: what the count was short of, for the goods have left the shop. Booked just before the sale (G17).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<ReceivedLine>,
}

impl RecordSale {
    pub fn first(sale: Sale) -> Self {
        Self { sale, retry_of: None, corrections: Vec::new() }
    }

    pub fn again(sale: Sale, refused: Key) -> Self {
        Self { sale, retry_of: Some(refused), corrections: Vec::new() }
    }

    /// Nobody finds more in the shop than was sold.
    fn validate(&self) -> Result<(), Invalid> {
        self.sale.validate()?;
        let (sold, mut found) = (self.sale.units_by_product(), BTreeMap::new());
        for line in &self.corrections {
            *found.entry(line.product).or_insert(0) += line.quantity.get();
        }
        let fits = |(product, units): (&ProductId, &i64)| sold.get(product).is_some_and(|sold| units <= sold);
        let (count, max) = (self.corrections.len(), if self.retry_of.is_some() { LINES_MAX } else { 0 });
        if count > max || !found.iter().all(fits) {
            return Err(Invalid::Count { what: "corrections", count, min: 0, max });
        }
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidSale {
    pub sale: SaleId,
    pub reason: Note,
}

/// What became of a refused sale (G17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleRefusal {
    pub refused: Key,
    pub became: Became,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Refused before a receipt was shown: the cart came back, no goods left.
    RolledBack,
    /// Refused after the customer left: a person must decide.
    Parked,
    /// A person decided: no sale.
    Cancelled,
    /// Tried again under another key: sold after all, or refused once more, and then that refusal is to be decided.
    Retried,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustStock {
    pub product: ProductId,
    pub delta: Delta,
    pub reason: AdjustReason,
    pub note: Note,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiveStock {
    pub lines: Vec<ReceivedLine>,
    pub note: Note,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedLine {
    pub product: ProductId,
    pub quantity: Quantity,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordExpense {
    pub expense: Expense,
    /// The day it is of; `None` is the one it is booked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidExpense {
    pub expense: ExpenseId,
    pub reason: Note,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRepayment {
    pub repayment: Repayment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidRepayment {
    pub repayment: RepaymentId,
    pub reason: Note,
}

/// Why a mutation's body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A version or a kind written by a program newer than this one: the device keeps it until the server is updated.
    #[error("{kind} version {version} is newer than this server")]
    TooNew { kind: String, version: u32 },
    #[error("{0}")]
    Malformed(String),
}

impl From<Invalid> for Unreadable {
    fn from(invalid: Invalid) -> Self {
        Self::Malformed(invalid.to_string())
    }
}

impl Mutation {
    pub fn new(key: Key, origin: Origin, made: DeviceTime, needs: Vec<Key>, after: Vec<Key>, body: &Body) -> Self {
        let (kind, body) = (body.kind().to_owned(), body.payload());
        Self { key, origin, made, needs, after, kind, version: BODY_VERSION, body }
    }

    /// The body as today's types, checked: whoever has it may rely on its limits.
    pub fn read(&self) -> Result<Body, Unreadable> {
        if !(1..=BODY_VERSION).contains(&self.version) {
            return Err(Unreadable::TooNew { kind: self.kind.clone(), version: self.version });
        }
        let [device_ms, skew_ms, contact_ms] = [self.made.device_ms, self.made.skew_ms, self.made.contact_ms];
        for time_ms in [device_ms, skew_ms, contact_ms] {
            if time_ms.unsigned_abs() > TIME_MAX_MS as u64 {
                return Err(Invalid::Time(time_ms).into());
            }
        }
        let read = Body::read(&self.kind, upcast(&self.kind, self.version, &self.body))?;
        read.validate()?;
        Ok(read)
    }
}

/// A body of an older version as the next would have written it, up to [`BODY_VERSION`]. Version 1 is the first; each
/// later one adds its step here and a recorded fixture in `tests/fixtures/mutations`.
fn upcast<'a>(_kind: &str, _version: u32, body: &'a Payload) -> &'a Payload {
    body
}

impl Body {
    fn validate(&self) -> Result<(), Invalid> {
        match self {
            Body::CreateProduct(create) => create.product.validate(),
            Body::EditProduct(EditProduct { barcodes: Some(change), .. }) => {
                barcodes_fit(&change.seen).and_then(|()| barcodes_fit(&change.wanted))
            }
            Body::RecordSale(record) => record.validate(),
            Body::CountStock(count) => count.validate(),
            Body::RecordRepayment(record) => record.repayment.validate(),
            Body::ReceiveStock(received) if !(1..=LINES_MAX).contains(&received.lines.len()) => {
                Err(Invalid::Count { what: "lines", count: received.lines.len(), min: 1, max: LINES_MAX })
            }
            _ => Ok(()),
        }
    }

    /// How many change numbers it takes: a product's stock moves once in each.
    pub fn changes(&self) -> i64 {
        match self {
            Body::RecordSale(record) if !record.corrections.is_empty() => 2,
            _ => 1,
        }
    }

    /// What this mutation brings into being, if anything.
    pub fn creates(&self) -> Option<Thing> {
        match self {
            Body::CreateProduct(create) => Some(Thing::Product(create.product.id)),
            Body::RecordSale(record) => Some(Thing::Sale(record.sale.id)),
            Body::RecordExpense(record) => Some(Thing::Expense(record.expense.id)),
            Body::RecordRepayment(record) => Some(Thing::Repayment(record.repayment.id)),
            _ => None,
        }
    }

    /// The thing this mutation edits: the next edit of the same thing needs this one.
    pub fn edits(&self) -> Option<Thing> {
        match self {
            Body::EditProduct(EditProduct { product, .. }) | Body::RetireProduct(RetireProduct { product }) => {
                Some(Thing::Product(*product))
            }
            Body::VoidSale(VoidSale { sale, .. }) => Some(Thing::Sale(*sale)),
            Body::EditExpense(EditExpense { expense, .. }) | Body::VoidExpense(VoidExpense { expense, .. }) => {
                Some(Thing::Expense(*expense))
            }
            Body::VoidRepayment(VoidRepayment { repayment, .. }) => Some(Thing::Repayment(*repayment)),
            Body::SettleRefusal(SettleRefusal { refused, .. }) => Some(Thing::Refusal(*refused)),
            Body::EditShop(_) => Some(Thing::Shop),
            _ => None,
        }
    }

    /// Of an edit: what it edits, and the clash it settles, if any.
    pub fn edit(&self) -> Option<(Edited, Option<Key>)> {
        match self {
            Body::EditProduct(edit) => Some((Edited::Product(edit.product), edit.settles)),
            Body::EditExpense(edit) => Some((Edited::Expense(edit.expense), edit.settles)),
            Body::EditShop(edit) => Some((Edited::Shop, edit.settles)),
            _ => None,
        }
    }

    /// The things that must exist before this mutation can be.
    pub fn uses(&self) -> Vec<Thing> {
        match self {
            Body::RecordSale(record) => record.sale.lines.iter().map(|line| Thing::Product(line.product)).collect(),
            Body::AdjustStock(adjust) => vec![Thing::Product(adjust.product)],
            Body::CountStock(count) => vec![Thing::Product(count.product)],
            Body::ReceiveStock(received) => received.lines.iter().map(|line| Thing::Product(line.product)).collect(),
            _ => self.edits().into_iter().collect(),
        }
    }

    /// What this mutation would do to the stock, in units by product, if it were applied; a count, where no other came
    /// between.
    pub fn stock_deltas(&self) -> Vec<(ProductId, i64)> {
        match self {
            Body::CreateProduct(create) => vec![(create.product.id, create.opening_units.get())],
            Body::RecordSale(record) => {
                let taken = record.sale.units_by_product().into_iter().map(|(product, units)| (product, -units));
                taken.chain(record.corrections.iter().map(|line| (line.product, line.quantity.get()))).collect()
            }
            Body::AdjustStock(adjust) => vec![(adjust.product, adjust.delta.get())],
            Body::CountStock(count) => vec![(count.product, count.difference())],
            Body::ReceiveStock(received) => {
                received.lines.iter().map(|line| (line.product, line.quantity.get())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Something a mutation can create, edit or use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    Product(ProductId),
    Sale(SaleId),
    Expense(ExpenseId),
    Repayment(RepaymentId),
    Refusal(Key),
    Shop,
}
