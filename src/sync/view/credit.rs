//! Who owes what: confirmed + pending, each counted once.

use super::{ListedSale, Pending, Takings};
use crate::{
    domain::{Day, Label, ReceiptNumber, Repayment, RepaymentId, SaleId, Tender, UserId, credit, limits::TIME_MAX_MS},
    sync::{
        mutation::{Body, RecordRepayment, VoidRepayment},
        wire::{CustomerRow, RepaymentRow},
    },
};
use std::{cmp::Reverse, collections::BTreeMap};

/// What a customer owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As it was first written.
    pub customer: Label,
    /// Below zero where they brought more than they owed.
    pub owed_gnf: i64,
    /// When that last changed.
    pub at_ms: i64,
    /// The server has not answered: a part of it is on this device alone.
    pub waiting: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListedRepayment {
    pub repayment: Repayment,
    pub actor: UserId,
    pub at_ms: i64,
    pub day: Day,
    pub waiting: bool,
}

/// One line of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Booked {
    pub of: Owed,
    /// More owed or, below zero, less.
    pub gnf: i64,
    pub actor: UserId,
    pub at_ms: i64,
    pub waiting: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Owed {
    Sale { id: SaleId, receipt: ReceiptNumber },
    Repaid { id: RepaymentId, tender: Tender },
}

/// Repayments of these rows and of the outbox, the latest first, without those that were taken back.
pub fn list_repayments(rows: impl IntoIterator<Item = RepaymentRow>, pending: &Pending) -> Vec<ListedRepayment> {
    let confirmed = rows.into_iter().map(|row| {
        let RepaymentRow { repayment, actor, at_ms, day } = row;
        ListedRepayment { repayment, actor, at_ms, day, waiting: false }
    });
    let mut found: BTreeMap<RepaymentId, ListedRepayment> =
        confirmed.map(|listed| (listed.repayment.id, listed)).collect();
    for (entry, body) in pending.entries() {
        match body {
            Body::RecordRepayment(RecordRepayment { repayment }) => {
                // As the server will book it, if it comes in time.
                let at_ms = entry.mutation.made.booked(TIME_MAX_MS).at_ms;
                let (actor, waiting) = (entry.mutation.origin.actor, entry.verdict.is_none());
                let (repayment, day) = (repayment.clone(), Day::of_ms(at_ms));
                found.insert(repayment.id, ListedRepayment { repayment, actor, at_ms, day, waiting });
            }
            Body::VoidRepayment(VoidRepayment { repayment, .. }) => drop(found.remove(repayment)),
            _ => {}
        }
    }
    let mut found: Vec<ListedRepayment> = found.into_values().collect();
    found.sort_by_key(|listed| Reverse((listed.at_ms, listed.repayment.id)));
    found
}

/// What they brought.
pub fn repaid<'r>(repayments: impl IntoIterator<Item = &'r ListedRepayment>) -> Takings {
    let mut sum = Takings::default();
    for listed in repayments {
        sum.count += 1;
        sum.add(&listed.repayment.tender);
    }
    sum
}

/// All accounts, who owes most first. `repayments` are those that an outbox may take back.
pub fn accounts(
    rows: impl IntoIterator<Item = CustomerRow>,
    repayments: &[RepaymentRow],
    pending: &Pending,
) -> Vec<Account> {
    let confirmed = rows.into_iter().filter_map(|row| {
        let CustomerRow { name, owed_gnf, at_ms, .. } = row;
        Some((credit::account(&name).ok()?, Account { customer: name, owed_gnf, at_ms, waiting: false }))
    });
    let mut found: BTreeMap<String, Account> = confirmed.collect();
    let mut owe = |customer: &Label, gnf: i64, at_ms: i64, waiting: bool| {
        let Ok(folded) = credit::account(customer) else { return };
        let none = || Account { customer: customer.clone(), owed_gnf: 0, at_ms, waiting };
        let account = found.entry(folded).or_insert_with(none);
        account.owed_gnf = account.owed_gnf.saturating_add(gnf);
        account.at_ms = account.at_ms.max(at_ms);
        account.waiting |= waiting;
    };
    let known: BTreeMap<RepaymentId, &Repayment> =
        repayments.iter().map(|row| (row.repayment.id, &row.repayment)).collect();
    let mut queued: BTreeMap<RepaymentId, &Repayment> = BTreeMap::new();
    for (entry, customer, gnf) in pending.owed() {
        owe(customer, gnf, entry.mutation.made.booked(TIME_MAX_MS).at_ms, entry.verdict.is_none());
    }
    for (entry, body) in pending.entries() {
        let (at_ms, waiting) = (entry.mutation.made.booked(TIME_MAX_MS).at_ms, entry.verdict.is_none());
        match body {
            Body::RecordRepayment(RecordRepayment { repayment }) => {
                queued.insert(repayment.id, repayment);
                owe(&repayment.customer, -repayment.tender.amount().get(), at_ms, waiting);
            }
            Body::VoidRepayment(VoidRepayment { repayment, .. }) => {
                if let Some(of) = queued.get(repayment).or_else(|| known.get(repayment)) {
                    owe(&of.customer, of.tender.amount().get(), at_ms, waiting);
                }
            }
            _ => {}
        }
    }
    let mut found: Vec<(String, Account)> = found.into_iter().collect();
    found.sort_by(|(one, a), (other, b)| (b.owed_gnf, one).cmp(&(a.owed_gnf, other)));
    found.into_iter().map(|(_, account)| account).collect()
}

/// The lines of one account, the latest first.
pub fn booked(sales: &[ListedSale], repayments: &[ListedRepayment], customer: &Label) -> Vec<Booked> {
    let sold = sales.iter().filter(|listed| !listed.voided).filter_map(|listed| {
        let (_, amount) = listed.sale.credit().filter(|(of, _)| credit::is_same(of, customer))?;
        let ListedSale { sale, actor, at_ms, waiting, .. } = listed;
        let of = Owed::Sale { id: sale.id, receipt: sale.receipt.clone() };
        Some(Booked { of, gnf: amount.get(), actor: *actor, at_ms: *at_ms, waiting: *waiting })
    });
    let repaid =
        repayments.iter().filter(|listed| credit::is_same(&listed.repayment.customer, customer)).map(|listed| {
            let ListedRepayment { repayment, actor, at_ms, waiting, .. } = listed;
            let of = Owed::Repaid { id: repayment.id, tender: repayment.tender.clone() };
            Booked { of, gnf: -repayment.tender.amount().get(), actor: *actor, at_ms: *at_ms, waiting: *waiting }
        });
    let mut booked: Vec<Booked> = sold.chain(repaid).collect();
    booked.sort_by_key(|line| Reverse(line.at_ms));
    booked
}
