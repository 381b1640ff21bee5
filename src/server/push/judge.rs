//! One batch under judgement: each mutation in its savepoint, each final verdict with its change number.

use super::{
    adjust_stock,
    case::{Case, Stop},
    clashes, count_stock, create_product, credit, edit_product, edit_shop, expenses,
    ledger::{self, Found},
    receive_stock, record_sale, refused, retire_product, settle_refusal,
    standing::Standings,
    void_sale,
};
use crate::domain::{ExpenseId, Key, ProductId, RepaymentId, Rules, SaleId, day::BookedTime, shop::StockCheck};
use crate::faults::{self, Fault};
use crate::server::{ServerError, db::Tx, session::Session};
use crate::sync::mutation::{Thing, Unreadable};
use crate::sync::{Answer, Body, Mutation, Refusal, Verdict, call::DETAIL_MAX_CHARS};
use std::collections::HashMap;

pub(super) struct Batch<'a> {
    tx: Tx,
    session: &'a Session,
    now_ms: i64,
    /// The last change number given.
    change: i64,
    standings: Standings,
    /// As they stand.
    rules: Rules,
    /// Whether causes that are final, in this batch or before it, were applied.
    applied: HashMap<Key, bool>,
    stored: bool,
}

impl<'a> Batch<'a> {
    pub fn new(tx: Tx, session: &'a Session, now_ms: i64, change: i64, (standings, rules): (Standings, Rules)) -> Self {
        Self { tx, session, now_ms, change, standings, rules, applied: HashMap::new(), stored: false }
    }

    /// The transaction to commit, if a verdict was stored.
    pub fn finish(self) -> Option<Tx> {
        self.stored.then_some(self.tx)
    }

    /// The verdict on one mutation. An error is of the whole batch: the transaction is beyond use.
    pub async fn answer(&mut self, mutation: &Mutation, body: Result<Body, Unreadable>) -> Result<Answer, ServerError> {
        let key = mutation.key;
        let hash = ledger::payload_hash(mutation);
        let repeated = |verdict, replayed| Answer { key, replayed, verdict };
        match ledger::find(&mut self.tx, self.session.shop, mutation, &hash).await? {
            Found::Replay(_) if faults::is(Fault::ReplayForgotten) => {}
            Found::Replay(verdict) => {
                self.applied.insert(key, verdict.is_applied());
                return Ok(repeated(verdict, true));
            }
            Found::KeyReused => return Ok(repeated(Verdict::KeyReused, false)),
            Found::Renumber if faults::is(Fault::NumbersUnchecked) => {}
            Found::Renumber => return Ok(repeated(Verdict::Renumber, false)),
            Found::Nothing => {}
        }
        self.tx.savepoint().await?;
        let verdict = match self.judge(mutation, body, &hash).await {
            Ok(verdict) => {
                self.tx.release_savepoint().await?;
                verdict
            }
            Err(error) => {
                tracing::error!(%error, %key, shop = %self.session.shop, "a mutation could not be judged");
                self.tx.roll_back_to_savepoint().await?;
                Verdict::TryLater
            }
        };
        if let Some(change) = verdict.change() {
            self.change = i64::try_from(change).unwrap_or(i64::MAX);
            self.stored = true;
            self.applied.insert(key, verdict.is_applied());
        }
        Ok(repeated(verdict, false))
    }

    async fn judge(
        &mut self,
        mutation: &Mutation,
        body: Result<Body, Unreadable>,
        hash: &[u8],
    ) -> Result<Verdict, ServerError> {
        let case_change = self.change + body.as_ref().map_or(1, |body| changes(body, self.rules.stock_check));
        let change = case_change.unsigned_abs();
        let standing = self.standings.of(mutation)?;
        if let Some(why) = standing.quarantine {
            let verdict = Verdict::Quarantined { change, why };
            ledger::store(&mut self.tx, self.session, mutation, hash, &verdict, self.now_ms).await?;
            ledger::quarantine(&mut self.tx, self.session.shop, mutation, why, self.now_ms).await?;
            return Ok(verdict);
        }
        let case = Case {
            shop: self.session.shop,
            change: case_change,
            key: mutation.key,
            installation: mutation.origin.installation,
            actor: mutation.origin.actor,
            sender: self.session.user,
            role: standing.role,
            holds_costs: standing.holds_costs,
            rules: self.rules,
            booked: match faults::is(Fault::ClientClock) {
                true => BookedTime { at_ms: mutation.made.device_ms, clamped: false },
                false => mutation.made.booked(self.now_ms),
            },
            now_ms: self.now_ms,
        };
        let (body, outcome) = match body {
            Ok(body) => {
                let outcome = self.attempt(mutation, &case, &body).await;
                (Some(body), outcome)
            }
            Err(Unreadable::TooNew { .. }) => return Ok(Verdict::Upgrade),
            Err(Unreadable::Malformed(detail)) => {
                let detail = detail.chars().take(DETAIL_MAX_CHARS).collect();
                (None, Err(Refusal::Invalid { detail }.into()))
            }
        };
        let mut stands = self.rules;
        let verdict = match outcome {
            Ok(rules) => {
                stands = rules;
                if let Some((of, Some(clash))) = body.as_ref().and_then(Body::edit)
                    && !faults::is(Fault::ClashStaysOpen)
                {
                    clashes::settle(&mut self.tx, &case, clash, of).await?;
                }
                Verdict::Applied { change }
            }
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Blocked(by)) => return Ok(Verdict::Blocked { by }),
            Err(Stop::Conflict(fields)) => {
                self.take_back().await?;
                if let Some((of, settles)) = body.as_ref().and_then(Body::edit) {
                    clashes::store(&mut self.tx, &case, of, &fields).await?;
                    // The new clash takes the place of the one it was to settle, so that one decision is left.
                    if let Some(clash) = settles {
                        clashes::settle(&mut self.tx, &case, clash, of).await?;
                    }
                }
                Verdict::Conflict { change, fields }
            }
            Err(Stop::Refused(refusal)) => {
                self.take_back().await?;
                if let Some(Body::RecordSale(record)) = &body
                    && !faults::is(Fault::RefusedSaleDropped)
                {
                    refused::store(&mut self.tx, &case, &record.sale, &refusal).await?;
                    if let Some(retried) = record.retry_of {
                        refused::supersede(&mut self.tx, &case, retried, record.sale.id).await?;
                    }
                }
                Verdict::Refused { change, refusal }
            }
        };
        if faults::is(Fault::KeyAfterEffect) && mutation.key.0.as_bytes()[0] < 32 {
            return Ok(verdict);
        }
        ledger::store(&mut self.tx, self.session, mutation, hash, &verdict, self.now_ms).await?;
        self.rules = stands;
        Ok(verdict)
    }

    /// Undoes what the mutation did so far, to go on inside a fresh savepoint.
    async fn take_back(&mut self) -> Result<(), ServerError> {
        if faults::is(Fault::EffectsOfRefused) {
            return Ok(());
        }
        self.tx.roll_back_to_savepoint().await?;
        Ok(self.tx.savepoint().await?)
    }

    /// The rules that stand after it.
    async fn attempt(&mut self, mutation: &Mutation, case: &Case, body: &Body) -> Result<Rules, Stop> {
        let refused_cause = self.check_causes(mutation).await?;
        if let Some(by) = refused_cause
            && !matches!(body, Body::VoidSale(_) | Body::CountStock(_))
        {
            return Err(Refusal::CauseRefused { by }.into());
        }
        if creates_nil(body) {
            return Err(Refusal::Invalid { detail: "the nil UUID names nothing".into() }.into());
        }
        let tx = &mut self.tx;
        match body {
            Body::CreateProduct(create) => create_product::apply(tx, case, create).await?,
            Body::EditProduct(edit) => edit_product::apply(tx, case, edit).await?,
            Body::RetireProduct(retire) => retire_product::apply(tx, case, retire).await?,
            Body::RecordSale(record) => record_sale::apply(tx, case, record).await?,
            Body::VoidSale(void) => void_sale::apply(tx, case, void, refused_cause).await?,
            Body::SettleRefusal(settle) => settle_refusal::apply(tx, case, settle).await?,
            Body::AdjustStock(adjust) => adjust_stock::apply(tx, case, adjust).await?,
            Body::CountStock(count) => count_stock::apply(tx, case, count).await?,
            Body::ReceiveStock(received) => receive_stock::apply(tx, case, received).await?,
            Body::RecordExpense(record) => expenses::record(tx, case, record).await?,
            Body::EditExpense(edit) => expenses::edit(tx, case, edit).await?,
            Body::VoidExpense(void) => expenses::void(tx, case, void).await?,
            Body::RecordRepayment(record) => credit::record(tx, case, record).await?,
            Body::VoidRepayment(void) => credit::void(tx, case, void).await?,
            Body::EditShop(edit) => return edit_shop::apply(tx, case, edit).await,
        }
        Ok(self.rules)
    }

    /// What it needs must be applied (G7): the first cause that was judged and is not, if any; an unknown one blocks.
    /// `after` only orders the sending and is not looked at here.
    async fn check_causes(&mut self, mutation: &Mutation) -> Result<Option<Key>, Stop> {
        for cause in mutation.needs.iter().filter(|_| !faults::is(Fault::CausesIgnored)) {
            let applied = match self.applied.get(cause) {
                Some(applied) => *applied,
                None => {
                    let found = ledger::was_applied(&mut self.tx, self.session.shop, *cause).await?;
                    let applied = found.ok_or(Stop::Blocked(*cause))?;
                    self.applied.insert(*cause, applied);
                    applied
                }
            };
            if !applied {
                return Ok(Some(*cause));
            }
        }
        Ok(None)
    }
}

/// How many change numbers a mutation takes: a product's stock moves once in each. Where sales beyond the stock are kept,
/// what was missing is found before any of them.
pub(super) fn changes(body: &Body, check: StockCheck) -> i64 {
    match body {
        Body::RecordSale(_) if check == StockCheck::Warn => 2,
        body => body.changes(),
    }
}

/// A first sync begins after the nil UUID, so that nothing may have it as its id.
fn creates_nil(body: &Body) -> bool {
    match body.creates() {
        Some(
            Thing::Product(ProductId(id))
            | Thing::Sale(SaleId(id))
            | Thing::Expense(ExpenseId(id))
            | Thing::Repayment(RepaymentId(id)),
        ) => id.is_nil(),
        Some(Thing::Refusal(_) | Thing::Shop) | None => false,
    }
}
