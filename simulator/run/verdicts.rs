//! Which verdicts can be, given what came before: why one cannot, if so.

use super::model::{Model, is_owner};
use comptoir::{
    domain::InstallationId,
    sync::{Body, Mutation, Refusal, Verdict, mutation::EditProduct, verdict::What},
};
use std::collections::BTreeSet;

impl Model {
    /// Why this verdict cannot be, if so.
    pub(super) fn judge(
        &self,
        sender: InstallationId,
        mutation: &Mutation,
        body: &Body,
        verdict: &Verdict,
        failing: bool,
    ) -> Result<(), String> {
        let fails = |broken: bool, why: &str| if broken { Err(why.to_owned()) } else { Ok(()) };
        let holder = self.numbers.get(&(mutation.origin.installation, mutation.origin.sequence));
        if let Verdict::Renumber = verdict {
            return fails(holder.is_none_or(|key| *key == mutation.key), "its number is free");
        }
        fails(holder.is_some(), "its number is taken")?;
        let revoked = [sender, mutation.origin.installation].iter().any(|one| self.revoked.contains(one));
        if let Verdict::Quarantined { .. } = verdict {
            return fails(!revoked, "nobody was revoked");
        }
        fails(revoked && verdict.change().is_some(), "of a revoked phone")?;
        let missing = mutation.needs.iter().find(|key| !self.ledger.contains_key(key));
        let refused_cause = mutation.needs.iter().find(|key| self.ledger.get(key).is_some_and(|v| !v.is_applied()));
        let void = matches!(body, Body::VoidSale(_));
        let shortages = self.shortages(body);
        // Causes come before anything else: one that has not come blocks, one that was refused takes along what needs
        // it; a void cancels such a sale, and a count is judged on its own.
        let alone = void || matches!(body, Body::CountStock(_));
        if verdict.change().is_some() {
            fails(missing.is_some() && refused_cause.is_none(), "a cause has not come")?;
            let taken_along = matches!(verdict, Verdict::Refused { refusal: Refusal::CauseRefused { .. }, .. });
            fails(refused_cause.is_some() && !alone && !taken_along, "a cause was refused")?;
        }
        match verdict {
            Verdict::Applied { .. } => {
                let may = match body {
                    Body::AdjustStock(_) | Body::CountStock(_) => self.rules.employees_count,
                    Body::RecordSale(record) => record.corrections.is_empty() || self.rules.lets_employees_correct(),
                    Body::EditProduct(_) | Body::RetireProduct(_) | Body::EditShop(_) => false,
                    _ => true,
                };
                fails(!may && !is_owner(mutation.origin.actor), "only an owner may")?;
                fails(!shortages.is_empty(), "there is too little")?;
                fails(self.rolled_back.contains(&mutation.key), "its cart came back")?;
                self.may_apply(body)
            }
            Verdict::Refused { refusal, .. } => match refusal {
                Refusal::InsufficientStock { lines } => {
                    let lines: BTreeSet<_> =
                        lines.iter().map(|line| (line.product, line.available, line.asked)).collect();
                    fails(lines.is_empty() || lines != shortages, "other figures")
                }
                Refusal::CauseRefused { by } => {
                    fails(refused_cause.is_none() || !mutation.needs.contains(by), "none was")
                }
                Refusal::Unknown { what } => fails(self.knows(body, *what), "it is known"),
                Refusal::Exists { .. } => fails(self.may_apply(body).is_ok(), "it is not there"),
                Refusal::AlreadySettled if matches!(body, Body::RecordSale(record) if record.retry_of.is_none()) => {
                    fails(!self.rolled_back.contains(&mutation.key), "nobody decided")
                }
                Refusal::AlreadyVoided | Refusal::AlreadySettled => Ok(()),
                Refusal::NotAllowed => {
                    let costs = matches!(body, Body::EditProduct(EditProduct { purchase_price: Some(_), .. }));
                    fails(is_owner(mutation.origin.actor) && !costs, "an owner may")
                }
                Refusal::StockTooLarge | Refusal::Invalid { .. } | Refusal::Expired => Err("it is none".into()),
            },
            Verdict::Conflict { .. } => {
                let edits = matches!(body, Body::EditProduct(_) | Body::EditExpense(_) | Body::EditShop(_));
                fails(!edits, "no edit")
            }
            Verdict::Blocked { by } => fails(missing.is_none() || self.ledger.contains_key(by), "all causes came"),
            Verdict::TryLater => fails(!failing, "nothing failed"),
            _ => Err("nobody asked for that".into()),
        }
    }

    fn may_apply(&self, body: &Body) -> Result<(), String> {
        let fails = |broken: bool, why: &str| if broken { Err(why.to_owned()) } else { Ok(()) };
        match body {
            Body::RecordSale(record) => fails(self.sales.contains_key(&record.sale.id), "it was sold before"),
            Body::VoidSale(void) => match self.sales.get(&void.sale) {
                Some(sold) => fails(sold.voided, "it was voided before"),
                None => fails(self.refused.values().all(|refused| refused.sale != void.sale), "it was never sold"),
            },
            Body::CreateProduct(create) => fails(self.stock.contains_key(&create.product.id), "it exists"),
            Body::RecordExpense(record) => fails(self.expenses.contains(&record.expense.id), "it exists"),
            Body::SettleRefusal(settle) => self.may_settle(settle),
            _ => Ok(()),
        }
    }

    fn knows(&self, body: &Body, what: What) -> bool {
        let products = body.stock_deltas().into_iter().map(|(product, _)| product);
        match (what, body) {
            (What::Product, Body::EditProduct(edit)) => self.stock.contains_key(&edit.product),
            (What::Product, Body::RetireProduct(retire)) => self.stock.contains_key(&retire.product),
            (What::Product, _) => products.into_iter().all(|product| self.stock.contains_key(&product)),
            (What::Sale, Body::VoidSale(void)) => self.sales.contains_key(&void.sale),
            (What::Refusal, Body::SettleRefusal(settle)) => self.knows_of(settle),
            _ => false,
        }
    }
}
