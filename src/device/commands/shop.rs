//! What the screens away from the till ask of the device.

use super::Page;
use crate::{
    device::{
        files,
        handle::{Act, Answer, CommandError, Expenses, Older, Sales, ShopCommands, StorageProblem, Today},
        history, past, platform, read,
    },
    domain::{Day, ProductId},
    sync::{
        Body, merge,
        mutation::{
            AdjustStock, CreateProduct, ReceiveStock, ReceivedLine, RecordExpense, RetireProduct, VoidExpense, VoidSale,
        },
        view::Moved,
        wire::{MovementRow, PhoneRow},
    },
};
use uuid::Uuid;

impl ShopCommands for Page {
    fn act(&self, act: Act) -> Answer<Result<(), CommandError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            inner.past.borrow_mut().forget(&act);
            inner.queue(bodies(act)).await
        })
    }

    fn sales(&self, typed: String, at_least: usize) -> Answer<Result<Sales, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let older = || {
                let asked = inner.past.borrow();
                (asked.sales.rows.clone(), asked.sales.since)
            };
            history::sales(&inner.shelf, older, &typed, at_least).await
        })
    }

    fn ask_older(&self, of: Older) -> Answer<bool> {
        let inner = self.0.clone();
        Box::pin(async move {
            let Ok(device) = inner.shelf.device().await else { return false };
            let since = match of {
                Older::Sales => inner.past.borrow().sales.since,
                Older::Expenses => inner.past.borrow().expenses.since,
            };
            // The first day held is held in part: how old a thing may be is counted in hours.
            let last = since.map_or_else(|| history::held_since(&device), |since| Day(since.0 - 1));
            let Some((first, pages)) = past::days(&inner.shelf, of, last).await else { return false };
            let mut asked = inner.past.borrow_mut();
            match of {
                Older::Sales => {
                    asked.sales.rows.extend(pages.into_iter().flat_map(|page| page.rows.sales));
                    asked.sales.since = Some(first);
                }
                Older::Expenses => {
                    asked.expenses.rows.extend(pages.into_iter().flat_map(|page| page.rows.expenses));
                    asked.expenses.since = Some(first);
                }
            }
            true
        })
    }

    fn expenses(&self) -> Answer<Result<Expenses, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let older = || {
                let asked = inner.past.borrow();
                (asked.expenses.rows.clone(), asked.expenses.since)
            };
            history::expenses(&inner.shelf, older).await
        })
    }

    fn movements(&self, product: ProductId) -> Answer<Result<Vec<Moved>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { history::movements(&inner.shelf, product).await })
    }

    fn all_movements(&self) -> Answer<Result<Vec<MovementRow>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { history::all_movements(&inner.shelf).await })
    }

    fn phones(&self) -> Answer<Result<Vec<PhoneRow>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { read::phones(&inner.shelf).await })
    }

    fn give_csv(&self, name: String, text: String) -> bool {
        files::download(&name, text.as_bytes(), "text/csv").is_ok()
    }

    fn new_id(&self) -> Uuid {
        platform::new_id()
    }

    fn today(&self) -> Answer<Result<Today, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { history::today(&inner.shelf, inner.till).await })
    }
}

/// The mutations that an act is.
fn bodies(act: Act) -> Vec<Body> {
    let body = match act {
        Act::VoidSale { sale, reason } => Body::VoidSale(VoidSale { sale, reason }),
        Act::CreateProduct { product, opening } => {
            Body::CreateProduct(CreateProduct { product, opening_units: opening })
        }
        Act::RetireProduct { product } => Body::RetireProduct(RetireProduct { product }),
        Act::AdjustStock { product, delta, reason, note } => {
            Body::AdjustStock(AdjustStock { product, delta, reason, note })
        }
        Act::ReceiveStock { product, quantity, note } => {
            Body::ReceiveStock(ReceiveStock { lines: vec![ReceivedLine { product, quantity }], note })
        }
        Act::RecordExpense { expense, day } => Body::RecordExpense(RecordExpense { expense, day }),
        Act::EditExpense { seen, wanted } => {
            return merge::between_expenses(&seen, &wanted).into_iter().map(Body::EditExpense).collect();
        }
        Act::VoidExpense { expense, reason } => Body::VoidExpense(VoidExpense { expense, reason }),
    };
    vec![body]
}
