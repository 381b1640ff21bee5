//! What the screens of a phone show, by the code they show it with (`src/device/mirror.rs` reads the same).

use super::disk::{Disk, read};
use comptoir::{
    domain::{Expense, Key, ProductId, RepaymentId, Sale, SaleId},
    sync::{
        Body, Verdict,
        engine::{Acknowledged, Device, Store, goods::Goods, keys},
        mutation::{Became, RecordSale, SettleRefusal},
        view::{Catalogue, Pending, Shown, corrected_since},
        wire::{ClashRow, Cursor, CustomerRow, ExpenseRow, Kind, RefusedRow, RepaymentRow, SaleRow},
    },
};
use std::{collections::BTreeMap, sync::Arc};

pub struct View<'a> {
    disk: &'a Disk,
    pub device: Device,
    generation: Option<u32>,
    pending: Pending,
}

/// The sale a pending void is of, where the page that counted it left it out.
fn acknowledged(disk: &Disk, device: &Device, id: SaleId) -> Option<Sale> {
    let voids = device.outbox.iter().filter(|entry| entry.mutation.kind == "void_sale");
    let mut causes = voids.flat_map(|entry| &entry.mutation.needs);
    causes.find_map(|cause| read::<Acknowledged>(disk.get(Store::Acknowledged, &cause.to_string())?).sale(id))
}

impl<'a> View<'a> {
    pub fn of(disk: &'a Disk) -> Self {
        let device = disk.device();
        let generation = device.shown().map(|shown| shown.generation);
        let confirmed = |id: SaleId| {
            let row = disk.get(Store::Confirmed, &keys::row(generation?, Kind::Sale, id));
            row.map(|row| read::<SaleRow>(row).sale).or_else(|| acknowledged(disk, &device, id))
        };
        let counted = |of: ProductId, at: Cursor| {
            let Some(shown) = device.shown() else { return 0 };
            corrected_since(&disk.moves(shown.generation, of), at, shown.cursor)
        };
        let pending = Pending::of(&device, confirmed, counted);
        Self { disk, device, generation, pending }
    }

    fn rows<T: serde::de::DeserializeOwned>(&self, kind: Kind) -> Vec<T> {
        let Some(generation) = self.generation else { return Vec::new() };
        self.disk.rows(Store::Confirmed, &keys::rows(generation, kind))
    }

    fn catalogue(&self) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let Goods { products, stock } = self.goods();
        products.into_values().for_each(|product| catalogue.put_product(product));
        stock.into_iter().for_each(|(product, units)| catalogue.put_stock(product, units));
        catalogue.set_pending(Arc::new(self.pending.clone()));
        catalogue
    }

    /// Products that are not retired, with the stock beside their names.
    pub fn products(&self) -> Vec<Shown> {
        self.catalogue().search("", usize::MAX)
    }

    pub fn stock_of(&self, product: ProductId) -> i64 {
        self.confirmed_stock().get(&product).copied().unwrap_or(0) + self.pending.stock_delta(product)
    }

    pub fn counted_delta(&self, product: ProductId) -> i64 {
        self.pending.counted_delta(product)
    }

    pub fn confirmed_stock(&self) -> BTreeMap<ProductId, i64> {
        self.goods().stock
    }

    fn goods(&self) -> Goods {
        self.generation.map(|generation| self.disk.goods(generation)).unwrap_or_default()
    }

    /// Sales one could void.
    pub fn sales(&self) -> Vec<SaleId> {
        let confirmed = self.rows::<SaleRow>(Kind::Sale).into_iter().map(|row| row.sale.id);
        let pending = self.pending.shown_sales().map(|(_, sale)| sale.id);
        confirmed.chain(pending).collect()
    }

    pub fn expenses(&self) -> Vec<Expense> {
        let confirmed = self.rows::<ExpenseRow>(Kind::Expense).into_iter().map(|row| row.expense);
        let pending = self.pending.entries().filter_map(|(_, body)| match body {
            Body::RecordExpense(record) => Some(record.expense.clone()),
            _ => None,
        });
        confirmed.chain(pending).collect()
    }

    pub fn customers(&self) -> Vec<CustomerRow> {
        self.rows(Kind::Customer)
    }

    pub fn repayments(&self) -> Vec<RepaymentId> {
        let confirmed = self.rows::<RepaymentRow>(Kind::Repayment).into_iter().map(|row| row.repayment.id);
        let pending = self.pending.entries().filter_map(|(_, body)| match body {
            Body::RecordRepayment(record) => Some(record.repayment.id),
            _ => None,
        });
        confirmed.chain(pending).collect()
    }

    /// What waits for a person's decision: a sale that can be tried again, or something else to let go.
    pub fn decisions(&self) -> Vec<(Key, Option<Sale>)> {
        let mut found = BTreeMap::new();
        for row in self.rows::<RefusedRow>(Kind::Refused) {
            if matches!(row.became, None | Some(Became::Parked)) {
                found.insert(row.key, Some(row.sale));
            }
        }
        for row in self.clashes() {
            found.insert(row.key, None);
        }
        for parked in self.disk.parked() {
            let sale = match (parked.mutation.read(), &parked.verdict) {
                (Ok(Body::RecordSale(record)), Verdict::Refused { .. }) => Some(record.sale),
                _ => None,
            };
            found.insert(parked.mutation.key, sale);
        }
        for (_, body) in self.pending.entries() {
            match body {
                Body::SettleRefusal(SettleRefusal { refused, became: Became::Cancelled | Became::Retried })
                | Body::RecordSale(RecordSale { retry_of: Some(refused), .. }) => {
                    found.remove(refused);
                }
                Body::VoidSale(void) => {
                    found.retain(|_, sale| sale.as_ref().is_none_or(|sale| sale.id != void.sale));
                }
                body => {
                    if let Some((_, Some(clash))) = body.edit() {
                        found.remove(&clash);
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    /// The clashes nobody settled yet.
    pub fn clashes(&self) -> Vec<ClashRow> {
        self.rows::<ClashRow>(Kind::Clash).into_iter().filter(|row| row.settled_ms.is_none()).collect()
    }
}
