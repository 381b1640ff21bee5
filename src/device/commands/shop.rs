//! What the screens away from the till ask of the device.

use super::Page;
use crate::{
    device::{
        credit,
        handle::{
            AccountBook, Act, Answer, CommandError, Expenses, Moves, Older, Sales, ShopCommands, StorageProblem, Today,
        },
        history, past, platform, read,
    },
    domain::{Label, ProductId},
    sync::{
        Body, merge,
        mutation::{
            AdjustStock, CreateProduct, ReceiveStock, ReceivedLine, RecordExpense, RecordRepayment, RetireProduct,
            VoidExpense, VoidRepayment, VoidSale,
        },
        view::Account,
        wire::PhoneRow,
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
            let older = || inner.past.borrow().sales.clone();
            history::sales(&inner.shelf, older, &typed, at_least).await
        })
    }

    fn ask_older(&self, of: Older) -> Answer<bool> {
        let inner = self.0.clone();
        Box::pin(async move { past::older(&inner.shelf, &inner.past, of).await.is_some() })
    }

    fn expenses(&self) -> Answer<Result<Expenses, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { history::expenses(&inner.shelf, || inner.past.borrow().expenses.clone()).await })
    }

    fn credits(&self) -> Answer<Result<Vec<Account>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { credit::credits(&inner.shelf).await })
    }

    fn account(&self, customer: Label) -> Answer<Result<Option<AccountBook>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { credit::account(&inner.shelf, &customer).await })
    }

    fn movements(&self, product: ProductId) -> Answer<Result<Moves, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let older = || inner.past.borrow().moves.get(&product).cloned();
            history::movements(&inner.shelf, older, product).await
        })
    }

    fn phones(&self) -> Answer<Result<Vec<PhoneRow>, StorageProblem>> {
        let inner = self.0.clone();
        Box::pin(async move { read::phones(&inner.shelf).await })
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
        Act::RecordRepayment { repayment } => Body::RecordRepayment(RecordRepayment { repayment }),
        Act::VoidRepayment { repayment, reason } => Body::VoidRepayment(VoidRepayment { repayment, reason }),
    };
    vec![body]
}
