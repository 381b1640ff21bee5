//! What a shop takes along, as tables: the columns of the files that the page gives an owner, and the command line an
//! operator. The words come in as arguments: they are the interface's.

use super::{
    Cause, Day, Expense, Product, Repayment, Sale, SaleLine, Tender,
    day::date_time,
    table::{self, Cell},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    Products,
    Sales,
    Movements,
    Expenses,
    Repayments,
}

/// What the server has said of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Confirmed,
    Waiting,
    Voided,
}

/// What columns are called, and what stands in them.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub name: &'static str,
    pub category: &'static str,
    pub barcodes: &'static str,
    pub sale_price: &'static str,
    pub stock: &'static str,
    pub threshold: &'static str,
    pub purchase_price: &'static str,
    pub receipt: &'static str,
    pub date: &'static str,
    pub seller: &'static str,
    pub state: &'static str,
    pub product: &'static str,
    pub quantity: &'static str,
    pub unit_price: &'static str,
    pub total: &'static str,
    pub cash: &'static str,
    pub orange_money: &'static str,
    pub credit: &'static str,
    pub customer: &'static str,
    pub reference: &'static str,
    pub movement: &'static str,
    pub delta: &'static str,
    pub stock_after: &'static str,
    pub who: &'static str,
    pub note: &'static str,
    pub recorded: &'static str,
    pub kind: &'static str,
    pub amount: &'static str,
    pub states: fn(File, State) -> &'static str,
    pub causes: fn(&Cause) -> &'static str,
}

/// A sale, and who made it.
pub struct Sold<'a> {
    pub sale: &'a Sale,
    pub at_ms: i64,
    pub seller: &'a str,
    pub state: State,
}

/// A change of a product's stock.
pub struct Moved<'a> {
    pub product: &'a str,
    pub at_ms: i64,
    pub cause: &'a Cause,
    pub delta: i64,
    pub stock_after: i64,
    pub who: &'a str,
    pub note: &'a str,
    pub state: State,
}

/// An expense, and who paid it.
pub struct Spent<'a> {
    pub expense: &'a Expense,
    /// The one it is of.
    pub day: Day,
    /// When it was recorded.
    pub at_ms: i64,
    pub who: &'a str,
    pub state: State,
}

/// What a customer brought, and who took it.
pub struct Brought<'a> {
    pub repayment: &'a Repayment,
    pub at_ms: i64,
    pub who: &'a str,
    pub state: State,
}

impl Words {
    /// How a file begins. Purchase prices are a column of their own, where there is one.
    pub fn headings(&self, file: File, costs: bool) -> String {
        let mut headings = match file {
            // Those that an import reads.
            File::Products => {
                vec![self.name, self.category, self.barcodes, self.sale_price, self.stock, self.threshold]
            }
            File::Sales => vec![
                self.receipt,
                self.date,
                self.seller,
                self.state,
                self.product,
                self.quantity,
                self.unit_price,
                self.total,
                self.cash,
                self.orange_money,
                self.reference,
                self.credit,
                self.customer,
            ],
            File::Movements => vec![
                self.date,
                self.product,
                self.movement,
                self.delta,
                self.stock_after,
                self.who,
                self.note,
                self.state,
            ],
            File::Expenses => {
                vec![self.date, self.kind, self.amount, self.note, self.who, self.recorded, self.state]
            }
            File::Repayments => {
                vec![self.date, self.customer, self.cash, self.orange_money, self.reference, self.who, self.state]
            }
        };
        if file == File::Products && costs {
            headings.push(self.purchase_price);
        }
        table::headings(&headings)
    }

    /// A line for each line of a sale. What it brought in stands once, and nowhere for one that was voided, so that the
    /// columns add up.
    pub fn sale(&self, sold: &Sold) -> Vec<String> {
        let (mut cash, mut orange, mut references, credit) = (0, 0, Vec::new(), sold.sale.credit());
        for tender in &sold.sale.tenders {
            match tender {
                Tender::Cash { amount, .. } => cash += amount.get(),
                Tender::OrangeMoney { amount, reference } => {
                    orange += amount.get();
                    references.push(reference.as_str());
                }
                Tender::Credit { .. } => {}
            }
        }
        let counts = |gnf: i64, here: bool| match here && sold.state != State::Voided {
            true => Cell::Figure(gnf),
            false => Cell::Empty,
        };
        let line = |(at, line): (usize, &SaleLine)| {
            table::line(vec![
                Cell::Text(sold.sale.receipt.to_string()),
                Cell::Text(date_time(sold.at_ms)),
                Cell::Text(sold.seller.to_owned()),
                Cell::Text((self.states)(File::Sales, sold.state).to_owned()),
                Cell::Text(line.name.to_string()),
                Cell::Figure(line.quantity.get()),
                Cell::Figure(line.unit_price.get()),
                counts(line.total().unwrap_or_default().get(), true),
                counts(cash, at == 0),
                counts(orange, at == 0),
                if at == 0 { Cell::Code(references.join(" ")) } else { Cell::Empty },
                credit.map_or(Cell::Empty, |(_, amount)| counts(amount.get(), at == 0)),
                credit.filter(|_| at == 0).map_or(Cell::Empty, |(customer, _)| Cell::Text(customer.to_string())),
            ])
        };
        sold.sale.lines.iter().enumerate().map(line).collect()
    }

    pub fn movement(&self, moved: &Moved) -> String {
        table::line(vec![
            Cell::Text(date_time(moved.at_ms)),
            Cell::Text(moved.product.to_owned()),
            Cell::Text((self.causes)(moved.cause).to_owned()),
            Cell::Figure(moved.delta),
            Cell::Figure(moved.stock_after),
            Cell::Text(moved.who.to_owned()),
            Cell::Text(moved.note.to_owned()),
            Cell::Text((self.states)(File::Movements, moved.state).to_owned()),
        ])
    }

    pub fn expense(&self, spent: &Spent) -> String {
        table::line(vec![
            Cell::Text(spent.day.to_string()),
            Cell::Text(spent.expense.kind.to_string()),
            Cell::Figure(spent.expense.amount.get()),
            Cell::Text(spent.expense.note.to_string()),
            Cell::Text(spent.who.to_owned()),
            Cell::Text(date_time(spent.at_ms)),
            Cell::Text((self.states)(File::Expenses, spent.state).to_owned()),
        ])
    }

    pub fn repayment(&self, brought: &Brought) -> String {
        let (cash, orange, reference) = match &brought.repayment.tender {
            Tender::Cash { amount, .. } | Tender::Credit { amount, .. } => (amount.get(), 0, ""),
            Tender::OrangeMoney { amount, reference } => (0, amount.get(), reference.as_str()),
        };
        table::line(vec![
            Cell::Text(date_time(brought.at_ms)),
            Cell::Text(brought.repayment.customer.to_string()),
            Cell::Figure(cash),
            Cell::Figure(orange),
            Cell::Code(reference.to_owned()),
            Cell::Text(brought.who.to_owned()),
            Cell::Text((self.states)(File::Repayments, brought.state).to_owned()),
        ])
    }

    pub fn product(&self, product: &Product, stock: i64, costs: bool) -> String {
        let codes: Vec<&str> = product.barcodes.iter().map(|code| code.as_str()).collect();
        let mut cells = vec![
            Cell::Text(product.name.to_string()),
            Cell::Text(product.category.to_string()),
            Cell::Code(codes.join(" ")),
            Cell::Figure(product.sale_price.get()),
            Cell::Figure(stock),
            Cell::Figure(product.threshold.get()),
        ];
        if costs {
            cells.push(product.purchase_price.map_or(Cell::Empty, |price| Cell::Figure(price.get())));
        }
        table::line(cells)
    }
}
