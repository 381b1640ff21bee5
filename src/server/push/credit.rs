//! What customers owe: by goods on credit, and less what they brought for them. Nothing of it is ever refused for the
//! amount: money that was handed over was handed over, and who brings more than they owe is owed by the shop.

use super::case::{Case, Stop};
use super::permissions::Act;
use crate::domain::{Day, Invalid, Label, RepaymentId, UserId, credit};
use crate::faults::{self, Fault};
use crate::server::{
    ServerError,
    db::{Tx, execute, fetch_optional},
    rows,
};
use crate::sync::Refusal;
use crate::sync::mutation::{RecordRepayment, VoidRepayment};
use crate::sync::verdict::What;
use crate::sync::wire::Kind;
use uuid::Uuid;

/// A customer owes so much more, in GNF, or below zero less: once at most in a change.
pub(super) async fn owe(tx: &mut Tx, case: &Case, customer: &Label, gnf: i64) -> Result<(), Stop> {
    if faults::is(Fault::CreditForgotten) {
        return Ok(());
    }
    let folded = credit::account(customer)?;
    // An account that is not there yet is named after the mutation that opens it.
    execute!(
        &mut *tx,
        "INSERT INTO customers (shop_id, id, folded, name, owed, at_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop_id, folded) DO UPDATE SET owed = customers.owed + excluded.owed,
           at_ms = CASE WHEN customers.at_ms > excluded.at_ms THEN customers.at_ms ELSE excluded.at_ms END",
        case.shop.0,
        case.key.0,
        folded.as_str(),
        customer.as_str(),
        gnf,
        case.booked.at_ms
    )?;
    execute!(
        tx,
        "INSERT INTO account_entries (shop_id, customer_id, change, owed, at_ms)
         SELECT shop_id, id, $3, owed, at_ms FROM customers WHERE shop_id = $1 AND folded = $2",
        case.shop.0,
        folded.as_str(),
        case.change
    )?;
    Ok(())
}

pub(super) async fn record(tx: &mut Tx, case: &Case, record: &RecordRepayment) -> Result<(), Stop> {
    case.require(Act::RecordRepayment)?;
    let repayment = &record.repayment;
    let (kind, given, reference, owes) = rows::tender_columns(&repayment.tender);
    if owes.is_some() {
        return Err(Invalid::PaidOnCredit.into());
    }
    let amount = repayment.tender.amount().get();
    let inserted = execute!(
        &mut *tx,
        "INSERT INTO repayments (shop_id, id, customer, kind, amount, given, reference, actor_id, at_ms, day, change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT DO NOTHING",
        case.shop.0,
        repayment.id.0,
        repayment.customer.as_str(),
        kind,
        amount,
        given,
        reference,
        case.actor.0,
        case.booked.at_ms,
        Day::of_ms(case.booked.at_ms).0,
        case.change
    )?;
    if inserted == 0 {
        return Err(Refusal::Exists { what: What::Repayment }.into());
    }
    owe(tx, case, &repayment.customer, -amount).await
}

pub(super) async fn void(tx: &mut Tx, case: &Case, void: &VoidRepayment) -> Result<(), Stop> {
    let (customer, amount, actor) = find(tx, case, void.repayment).await?;
    case.require(Act::VoidRepayment { own: actor == case.actor })?;
    execute!(
        &mut *tx,
        "UPDATE repayments SET voided_ms = $3, voided_by = $4, void_reason = $5, change = $6
         WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        void.repayment.0,
        case.booked.at_ms,
        case.actor.0,
        void.reason.as_str(),
        case.change
    )?;
    case.tell_gone(tx, Kind::Repayment, void.repayment.0).await?;
    owe(tx, case, &customer, amount).await
}

/// Whose it is, how much, and who took it.
async fn find(tx: &mut Tx, case: &Case, repayment: RepaymentId) -> Result<(Label, i64, UserId), Stop> {
    let found = fetch_optional!(
        tx,
        (String, i64, Uuid, Option<i64>),
        "SELECT customer, amount, actor_id, voided_ms FROM repayments WHERE shop_id = $1 AND id = $2",
        case.shop.0,
        repayment.0
    )?;
    match found {
        Some((customer, amount, actor, None)) => {
            let customer = Label::new(&customer).map_err(ServerError::from)?;
            Ok((customer, amount, UserId(actor)))
        }
        Some(_) => Err(Refusal::AlreadyVoided.into()),
        None => Err(Refusal::Unknown { what: What::Repayment }.into()),
    }
}
