//! Who owes what, as a few maps: the part of the model that is of credit.

use comptoir::{
    domain::{Label, RepaymentId, SaleId, credit},
    sync::Body,
};
use std::collections::BTreeMap;

#[derive(Clone, Default)]
pub struct Accounts {
    /// By account: each change of what is owed, and what it left.
    owed: BTreeMap<String, Vec<(u64, i64)>>,
    sold: BTreeMap<SaleId, (Label, i64)>,
    brought: BTreeMap<RepaymentId, (Label, i64)>,
}

impl Accounts {
    /// Takes what was applied.
    pub fn take(&mut self, change: u64, body: &Body) {
        let (of, sign) = match body {
            Body::RecordSale(record) => {
                let owed = record.sale.credit().map(|(customer, amount)| (customer.clone(), amount.get()));
                self.sold.extend(owed.clone().map(|owed| (record.sale.id, owed)));
                (owed, 1)
            }
            Body::VoidSale(void) => return self.forgive(change, void.sale),
            Body::RecordRepayment(record) => {
                let repayment = &record.repayment;
                let brought = (repayment.customer.clone(), repayment.tender.amount().get());
                self.brought.insert(repayment.id, brought.clone());
                (Some(brought), -1)
            }
            Body::VoidRepayment(void) => (self.brought.get(&void.repayment).cloned(), 1),
            _ => return,
        };
        if let Some((customer, gnf)) = of {
            self.owe(change, &customer, sign * gnf);
        }
    }

    /// A sale was voided. Of one that was refused, nothing is there.
    pub fn forgive(&mut self, change: u64, sale: SaleId) {
        if let Some((customer, gnf)) = self.sold.get(&sale).cloned() {
            self.owe(change, &customer, -gnf);
        }
    }

    fn owe(&mut self, change: u64, customer: &Label, gnf: i64) {
        let left = self.owed_at(customer, u64::MAX) + gnf;
        self.owed.entry(credit::account(customer).expect("a name")).or_default().push((change, left));
    }

    /// What a customer owed at a change, in GNF.
    pub fn owed_at(&self, customer: &Label, change: u64) -> i64 {
        let Some(tape) = credit::account(customer).ok().and_then(|account| self.owed.get(&account)) else { return 0 };
        let after = tape.partition_point(|(at, _)| *at <= change);
        after.checked_sub(1).map_or(0, |last| tape[last].1)
    }
}
