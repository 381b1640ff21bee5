//! What a page is made of, one row at a time, so that every kind is weighed and cut in the same way.

use crate::domain::{Product, Shop};
use crate::sync::Answer;
use crate::sync::wire::{
    ClashRow, CustomerRow, ExpenseRow, Gone, MovementRow, PersonRow, PhoneRow, RefusedRow, RepaymentRow, Rows, SaleRow,
    StockRow,
};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Item {
    Shop(Shop),
    Person(PersonRow),
    Phone(PhoneRow),
    Product(Product),
    Stock(StockRow),
    Sale(SaleRow),
    Refused(RefusedRow),
    Clash(ClashRow),
    Customer(CustomerRow),
    Expense(ExpenseRow),
    Repayment(RepaymentRow),
    Movement(MovementRow),
    Gone(Gone),
    Answer(Answer),
}

impl Item {
    /// Bytes of it in an answer.
    pub fn bytes(&self) -> Result<usize, serde_json::Error> {
        let mut counted = Counted(0);
        serde_json::to_writer(&mut counted, self)?;
        Ok(counted.0 + 1)
    }
}

struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sorts items into the lists of an answer, keeping their order.
pub(super) fn sort(items: impl IntoIterator<Item = Item>) -> (Rows, Vec<Answer>) {
    let (mut rows, mut answers) = (Rows::default(), Vec::new());
    for item in items {
        match item {
            Item::Shop(shop) => rows.shop = Some(shop),
            Item::Person(person) => rows.people.push(person),
            Item::Phone(phone) => rows.phones.push(phone),
            Item::Product(product) => rows.products.push(product),
            Item::Stock(stock) => rows.stock.push(stock),
            Item::Sale(sale) => rows.sales.push(sale),
            Item::Refused(refused) => rows.refused.push(refused),
            Item::Clash(clash) => rows.clashes.push(clash),
            Item::Customer(customer) => rows.customers.push(customer),
            Item::Expense(expense) => rows.expenses.push(expense),
            Item::Repayment(repayment) => rows.repayments.push(repayment),
            Item::Movement(movement) => rows.movements.push(movement),
            Item::Gone(gone) => rows.gone.push(gone),
            Item::Answer(answer) => answers.push(answer),
        }
    }
    (rows, answers)
}
