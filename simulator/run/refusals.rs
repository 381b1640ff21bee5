//! What became of refused sales, and of those whose cart came back: the part of the model that is of decisions.

use super::model::{Model, Sold, is_owner};
use comptoir::{
    domain::{InstallationId, Key, SaleId, UserId},
    sync::{
        Body, Mutation,
        mutation::{Became, RecordSale, SettleRefusal},
    },
};

#[derive(Clone)]
pub(super) struct RefusedSale {
    pub(super) sale: SaleId,
    installation: InstallationId,
    actor: UserId,
    became: Option<Became>,
}

impl Model {
    /// Takes a sale that was refused. A retry takes the place of what it retried, which this person may decide.
    pub(super) fn refuse(&mut self, mutation: &Mutation, record: &RecordSale) {
        let (installation, actor) = (mutation.origin.installation, mutation.origin.actor);
        let refused = RefusedSale { sale: record.sale.id, installation, actor, became: None };
        self.refused.insert(mutation.key, refused);
        let may = |key: &Key| {
            let other = &self.refused[key];
            is_owner(actor) || other.actor == actor || other.installation == installation
        };
        let retried = record.retry_of.filter(|key| self.is_open(*key, record.sale.id)).filter(may);
        if let Some(retried) = retried {
            self.settle(retried, Became::Retried);
            self.settle(mutation.key, Became::Parked);
        }
    }

    pub(super) fn is_open(&self, key: Key, of: SaleId) -> bool {
        self.refused
            .get(&key)
            .is_some_and(|refused| refused.sale == of && matches!(refused.became, None | Some(Became::Parked)))
    }

    /// The sale that is sold, and of which this says that no goods left the shop: a server that was set back does not know
    /// that it was refused before.
    pub(super) fn never_left(&self, body: &Body) -> Option<(SaleId, &Sold)> {
        let Body::SettleRefusal(SettleRefusal { refused, became: Became::RolledBack }) = body else { return None };
        let (sale, sold) = self.sales.iter().find(|(_, sold)| sold.key == *refused && !sold.voided)?;
        Some((*sale, sold))
    }

    pub(super) fn settled(&mut self, body: &Body, settle: &SettleRefusal) {
        if let Some(sale) = self.never_left(body).map(|(sale, _)| sale) {
            self.sales.entry(sale).and_modify(|sold| sold.voided = true);
        } else if self.has_come(settle.refused) {
            if self.became(settle.refused) != Some(Became::Cancelled) {
                self.settle(settle.refused, settle.became);
            }
        } else {
            self.rolled_back.insert(settle.refused);
        }
    }

    /// Whether a sale has its verdict.
    fn has_come(&self, key: Key) -> bool {
        self.ledger.contains_key(&key)
    }

    pub(super) fn settle(&mut self, key: Key, became: Became) {
        if let Some(refused) = self.refused.get_mut(&key) {
            refused.became = Some(became);
        }
    }

    /// Whether what became of a sale can be told: it was refused, or was sold, or has not come, and its cart came back.
    pub(super) fn may_settle(&self, settle: &SettleRefusal) -> Result<(), String> {
        let fails = |broken: bool, why: &str| if broken { Err(why.to_owned()) } else { Ok(()) };
        match self.became(settle.refused) {
            None | Some(Became::Parked) if self.refused.contains_key(&settle.refused) => Ok(()),
            Some(Became::Cancelled) if settle.became == Became::RolledBack => Ok(()),
            Some(became) => fails(became != settle.became, "it was settled otherwise"),
            None => fails(!self.knows_of(settle), "nothing was refused"),
        }
    }

    pub(super) fn knows_of(&self, settle: &SettleRefusal) -> bool {
        let sold = || self.sales.values().any(|sold| sold.key == settle.refused);
        let comes_later = || !self.has_come(settle.refused);
        self.keeps_refused(settle.refused) || settle.became == Became::RolledBack && (sold() || comes_later())
    }

    /// Whether the server holds this refused sale.
    pub fn keeps_refused(&self, key: Key) -> bool {
        self.refused.contains_key(&key)
    }

    pub fn became(&self, key: Key) -> Option<Became> {
        self.refused.get(&key)?.became
    }
}
