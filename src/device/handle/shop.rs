//! What the screens away from the till read of the shop, and what a person does there.

use super::{Answer, CommandError, StorageProblem};
use crate::{
    domain::{
        AdjustReason, Day, Expense, ExpenseId, Label, Note, Product, ProductId, Quantity, Repayment, RepaymentId,
        SaleId, Units, expense::Dated, quantity::Delta,
    },
    sync::{
        view::{Account, Booked, Doubt, ExpensesMonth, ListedExpense, Margin, Moved, SalesDay, Takings},
        wire::PhoneRow,
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One thing a person does away from the till.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Its goods come back by a movement.
    VoidSale {
        sale: SaleId,
        reason: Note,
    },
    CreateProduct {
        product: Product,
        opening: Units,
    },
    RetireProduct {
        product: ProductId,
    },
    AdjustStock {
        product: ProductId,
        delta: Delta,
        reason: AdjustReason,
        note: Note,
    },
    ReceiveStock {
        product: ProductId,
        quantity: Quantity,
        note: Note,
    },
    /// `day`: the one it is of; `None` is today.
    RecordExpense {
        expense: Expense,
        day: Option<Day>,
    },
    /// Makes one of the other, each field by an edit of its own.
    EditExpense {
        seen: Dated,
        wanted: Dated,
    },
    VoidExpense {
        expense: ExpenseId,
        reason: Note,
    },
    RecordRepayment {
        repayment: Repayment,
    },
    VoidRepayment {
        repayment: RepaymentId,
        reason: Note,
    },
}

pub trait ShopCommands {
    /// Queues it; it is shown at once.
    fn act(&self, act: Act) -> Answer<Result<(), CommandError>>;
    /// Sales found for what is typed, the latest day first: whole days, until there are as many as that.
    fn sales(&self, typed: String, at_least: usize) -> Answer<Result<Sales, StorageProblem>>;
    /// Asks the server for what comes before what is known here, which is then told with the rest. Says whether the
    /// server answered.
    fn ask_older(&self, of: Older) -> Answer<bool>;
    /// All expenses that are known here.
    fn expenses(&self) -> Answer<Result<Expenses, StorageProblem>>;
    /// All customers who have an account, who owes most first.
    fn credits(&self) -> Answer<Result<Vec<Account>, StorageProblem>>;
    /// One account; `None` where nobody of that name has one.
    fn account(&self, customer: Label) -> Answer<Result<Option<AccountBook>, StorageProblem>>;
    /// What moved a product's stock, the latest first.
    fn movements(&self, product: ProductId) -> Answer<Result<Moves, StorageProblem>>;
    /// The shop's phones, as far as this device has heard.
    fn phones(&self) -> Answer<Result<Vec<PhoneRow>, StorageProblem>>;
    /// An id for something new.
    fn new_id(&self) -> Uuid;
    fn today(&self) -> Answer<Result<Today, StorageProblem>>;
}

/// What a device holds 90 days of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    Sales,
    Expenses,
    /// Of one product's stock.
    Moves(ProductId),
}

/// How far back a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This device holds more.
    Held,
    /// All from that day on; what is older is on the server.
    Since(Day),
    /// There is more on the server.
    Part,
    /// There is nothing older.
    Whole,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sales {
    pub days: Vec<SalesDay>,
    /// What customers brought for what they owed, on those of the days that this device holds.
    pub repaid: BTreeMap<Day, Takings>,
    /// By the server's clock.
    pub today: Day,
    pub reach: Reach,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Expenses {
    pub months: Vec<ExpensesMonth>,
    /// By the server's clock.
    pub today: Day,
    pub reach: Reach,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Moves {
    pub moved: Vec<Moved>,
    pub reach: Reach,
}

impl Expenses {
    pub fn find(&self, id: ExpenseId) -> Option<ListedExpense> {
        self.months.iter().flat_map(|month| &month.expenses).find(|listed| listed.expense.id == id).cloned()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct AccountBook {
    pub account: Account,
    /// The latest first.
    pub booked: Vec<Booked>,
    /// All lines from that day on are among them.
    pub since: Day,
}

/// The day so far, by the server's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    pub day: Day,
    pub takings: Takings,
    /// What customers brought for what they owed: of no sale of the day.
    pub repaid: Takings,
    /// Only on phones that hold purchase prices.
    pub margin: Option<Margin>,
}

/// Who voided a sale, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidedBy {
    pub who: String,
    pub at_ms: i64,
    pub reason: String,
    /// The server has not answered.
    pub waiting: bool,
}

/// The last count of a product, or that it should be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub product: ProductId,
    /// Units; `None` where nobody has counted it lately.
    pub counted: Option<i64>,
    /// Units it found more or, below zero, less than was expected.
    pub difference: i64,
    pub who: String,
    pub at_ms: i64,
    /// The server has not answered.
    pub waiting: bool,
    pub doubt: Option<Doubt>,
}
