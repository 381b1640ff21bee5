//! Push: a batch of mutations in, a verdict for each and a page of changes out.
//!
//! One transaction for the whole batch. It locks the shop's counter row first, so a shop's writers are serialised and
//! its changes are numbered in commit order (G10). Each mutation is judged inside a savepoint: what fails takes back
//! its own work and nothing else (G8, G9). Ledger row, payload hash and verdict are written beside the effects (G6).

mod adjust_stock;
mod case;
mod clashes;
mod contact;
mod count_stock;
mod create_product;
mod credit;
mod edit_product;
mod edit_shop;
mod expenses;
mod judge;
mod ledger;
mod permissions;
mod receive_stock;
mod record_sale;
mod refused;
mod retire_product;
mod settle_refusal;
mod standing;
mod stock;
mod void_sale;

pub(super) use edit_product::merge_in;
pub(super) use ledger::verdict as stored_verdict;

use super::{
    ServerError, counter,
    db::{Db, Tx},
    pull,
    session::Session,
};
use crate::domain::{Rules, shop::StockCheck};
use crate::faults::{self, Fault};
use crate::server::db::fetch_optional;
use crate::sync::wire::{BATCH_MAX, PROTOCOL, PUSH_PAGE_MAX_ROWS, Pulled, PushAnswer, PushRequest, sendable};
use crate::sync::{Answer, Body, CallError, Mutation, mutation::Unreadable};
use uuid::Uuid;

/// Judges a batch. `now_ms` is the server's clock; nothing here reads another.
///
/// Errors are of the call as a whole, and then nothing of it had an effect: a broken limit of the envelope
/// (`BadRequest`), another protocol version (`Upgrade`), a session of another installation (`NotSignedIn`), a mutation of
/// one this shop does not know (`NotAllowed`: without an installation there is nobody a quarantined mutation could be kept for), or a database
/// that failed.
pub async fn push(db: &Db, session: &Session, request: PushRequest, now_ms: i64) -> Result<PushAnswer, ServerError> {
    check_envelope(session, &request)?;
    let (history, answers) = judge_batch(db, session, &request, now_ms).await?;
    let page = page_after(db, session, &request).await;
    Ok(PushAnswer { server_now_ms: now_ms, history, answers, page })
}

fn check_envelope(session: &Session, request: &PushRequest) -> Result<(), CallError> {
    if request.protocol != PROTOCOL {
        return Err(CallError::Upgrade);
    }
    if request.installation != session.installation {
        // As where somebody signed in while the phone became another: a PIN gives it a session of its own.
        return Err(CallError::NotSignedIn);
    }
    let bad = |detail: String| Err(CallError::BadRequest { detail });
    if request.mutations.len() > BATCH_MAX {
        return bad(format!("{} mutations; at most {BATCH_MAX} are allowed", request.mutations.len()));
    }
    request.mutations.iter().try_for_each(sendable).or_else(bad)
}

async fn judge_batch(
    db: &Db,
    session: &Session,
    request: &PushRequest,
    now_ms: i64,
) -> Result<(Uuid, Vec<Answer>), ServerError> {
    if request.mutations.is_empty() {
        contact::alone(db, session, request, now_ms).await;
        return Ok((pull::history(db, session).await?, Vec::new()));
    }
    // Read before the shop is locked.
    let bodies: Vec<_> = request.mutations.iter().map(Mutation::read).collect();
    let numbers =
        |check| bodies.iter().map(|body| body.as_ref().map_or(1, |body| judge::changes(body, check))).sum::<i64>();
    let least = numbers(StockCheck::Enforce);
    let mut tx = db.write().await?;
    let (counter, history, rules) = take_numbers(&mut tx, session, least).await?;
    let check = if bodies.iter().any(edits_shop) { StockCheck::Warn } else { rules.stock_check };
    if numbers(check) > least {
        counter::take(&mut tx, session.shop, numbers(check) - least).await?;
    }
    let standings = standing::of_origins(&mut tx, session, &request.mutations).await?;

    let mut batch = judge::Batch::new(tx, session, now_ms, counter - least, (standings, rules));
    let mut answers = Vec::with_capacity(request.mutations.len());
    for (mutation, body) in request.mutations.iter().zip(bodies) {
        answers.push(batch.answer(mutation, body).await?);
        if faults::is(Fault::BatchStops) && answers.last().is_some_and(|answer| !answer.verdict.is_applied()) {
            break;
        }
    }
    match batch.finish() {
        Some(mut tx) => {
            contact::with(&mut tx, session, request, now_ms).await?;
            tx.commit().await?;
        }
        // Nothing new was judged: the transaction was dropped, so that a replay does not even move the counter.
        None => contact::alone(db, session, request, now_ms).await,
    }
    Ok((history, answers))
}

/// Rules may change on the way through the batch.
fn edits_shop(body: &Result<Body, Unreadable>) -> bool {
    matches!(body, Ok(Body::EditShop(_)))
}

/// Locks the shop's counter row and takes change numbers for a batch, as many as it needs at least. Answers the last of them, the history and the rules that stand.
async fn take_numbers(tx: &mut Tx, session: &Session, numbers: i64) -> Result<(i64, Uuid, Rules), ServerError> {
    let (counter, history, rules) = fetch_optional!(
        tx,
        (i64, Uuid, String),
        "UPDATE shops SET counter = counter + $2 WHERE id = $1 RETURNING counter, history_id, rules",
        session.shop.0,
        numbers
    )?
    .ok_or(CallError::NotAllowed)?;
    let rules = if faults::is(Fault::RulesIgnored) { Rules::default() } else { serde_json::from_str(&rules)? };
    Ok((counter, history, rules))
}

/// The changes since the request's cursor, in a snapshot taken after the commit, so that nobody waits for it at the
/// shop's lock. The verdicts are durable by now: a page that cannot be read is left out, and the device pulls.
async fn page_after(db: &Db, session: &Session, request: &PushRequest) -> Option<Pulled> {
    let cursor = request.cursor.filter(|_| !session.revoked)?;
    pull::changes_since(db, session, cursor, PUSH_PAGE_MAX_ROWS)
        .await
        .inspect_err(|error| tracing::error!(%error, shop = %session.shop, "the page after a push could not be read"))
        .ok()
}
