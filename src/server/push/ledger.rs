//! The ledger of G6: one row for each mutation with a final verdict, kept for ever, so that the same mutation sent
//! again changes nothing and gets the same answer.

use crate::domain::{Key, ShopId};
use crate::faults::{self, Fault};
use crate::server::{
    ServerError,
    db::{Tx, execute, fetch_all, fetch_optional},
    session::Session,
};
use crate::sync::verdict::Quarantine;
use crate::sync::{Mutation, Refusal, Verdict};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Characters kept of a kind's name; the known ones are shorter.
const KIND_MAX_CHARS: usize = 40;

/// What the ledger says of a mutation that arrives.
pub(super) enum Found {
    Nothing,
    /// Judged before: the same answer.
    Replay(Verdict),
    /// The key is known with another payload.
    KeyReused,
    /// Its installation's number is taken by another mutation (G20).
    Renumber,
}

#[derive(sqlx::FromRow)]
struct Entry {
    key: Uuid,
    payload_hash: Vec<u8>,
    outcome: String,
    change: i64,
    answer: Option<String>,
}

pub(super) async fn find(tx: &mut Tx, shop: ShopId, mutation: &Mutation, hash: &[u8]) -> Result<Found, ServerError> {
    let sequence = mutation.origin.sequence as i64; // checked with the envelope
    let entries = fetch_all!(
        tx,
        Entry,
        "SELECT key, payload_hash, outcome, change, answer FROM ledger WHERE shop_id = $1 AND key = $2
         UNION ALL
         SELECT key, payload_hash, outcome, change, answer FROM ledger
         WHERE shop_id = $1 AND installation_id = $3 AND sequence = $4 AND key <> $2",
        shop.0,
        mutation.key.0,
        mutation.origin.installation.0,
        sequence
    )?;
    match entries.into_iter().min_by_key(|entry| entry.key != mutation.key.0) {
        None => Ok(Found::Nothing),
        Some(entry) if entry.key != mutation.key.0 => Ok(Found::Renumber),
        Some(entry) if entry.payload_hash != hash => Ok(Found::KeyReused),
        Some(entry) => Ok(Found::Replay(verdict(&entry.outcome, entry.change, entry.answer.as_deref())?)),
    }
}

/// Whether a mutation was applied; `None` if it has no final verdict yet.
pub(super) async fn was_applied(tx: &mut Tx, shop: ShopId, key: Key) -> Result<Option<bool>, ServerError> {
    let outcome =
        fetch_optional!(tx, (String,), "SELECT outcome FROM ledger WHERE shop_id = $1 AND key = $2", shop.0, key.0)?;
    Ok(outcome.map(|(outcome,)| outcome == "applied"))
}

/// The verdict a ledger row stands for. Where its answer was cleaned up, the outcome and its place in history remain.
pub(in crate::server) fn verdict(outcome: &str, change: i64, answer: Option<&str>) -> Result<Verdict, ServerError> {
    let kept_change = change.unsigned_abs();
    match (outcome, answer) {
        (_, None) if faults::is(Fault::ExpiredSaysApplied) => Ok(Verdict::Applied { change: kept_change }),
        ("applied", _) => Ok(Verdict::Applied { change: kept_change }),
        (_, Some(answer)) => Ok(serde_json::from_str(answer)?),
        ("conflict", None) => Ok(Verdict::Conflict { change: kept_change, fields: Vec::new() }),
        (_, None) => Ok(Verdict::Refused { change: kept_change, refusal: Refusal::Expired }),
    }
}

pub(super) async fn store(
    tx: &mut Tx,
    session: &Session,
    mutation: &Mutation,
    hash: &[u8],
    verdict: &Verdict,
    now_ms: i64,
) -> Result<(), ServerError> {
    // The others are not final: without a change number there is no row to write.
    let (Some(outcome), Some(change)) = (verdict.outcome(), verdict.change()) else { return Ok(()) };
    let answer = if verdict.is_applied() { None } else { Some(serde_json::to_string(verdict)?) };
    let kind: String =
        mutation.kind.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(KIND_MAX_CHARS).collect();
    execute!(
        tx,
        "INSERT INTO ledger (shop_id, key, installation_id, sequence, actor_id, sender_id, kind, payload_hash,
           outcome, change, received_ms, answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        session.shop.0,
        mutation.key.0,
        mutation.origin.installation.0,
        mutation.origin.sequence as i64,
        mutation.origin.actor.0,
        session.user.0,
        kind,
        hash,
        outcome,
        change as i64,
        now_ms,
        answer
    )?;
    Ok(())
}

/// Keeps a quarantined mutation whole, for the owner (G14).
pub(super) async fn quarantine(
    tx: &mut Tx,
    shop: ShopId,
    mutation: &Mutation,
    why: Quarantine,
    now_ms: i64,
) -> Result<(), ServerError> {
    execute!(
        tx,
        "INSERT INTO quarantine (shop_id, key, why, mutation, received_ms) VALUES ($1, $2, $3, $4, $5)",
        shop.0,
        mutation.key.0,
        why.name(),
        serde_json::to_string(mutation)?,
        now_ms
    )?;
    Ok(())
}

/// SHA-256 of the canonical JSON of `{"body", "kind", "version"}`: keys sorted, no white space. What a mutation says,
/// whoever sends it and however its fields were ordered; not its origin, which a fork changes (G20).
pub(super) fn payload_hash(mutation: &Mutation) -> Vec<u8> {
    let mut text = String::from("{\"body\":");
    match serde_json::from_str(mutation.body.text()) {
        Ok(body) => write_canonical(&body, &mut text),
        // Too deep, or a number beyond any type: refused as it stands, and known again as it stands.
        Err(_) => text.push_str(mutation.body.text()),
    }
    text.push_str(",\"kind\":");
    text.push_str(&Value::from(mutation.kind.as_str()).to_string());
    text.push_str(&format!(",\"version\":{}}}", mutation.version));
    Sha256::digest(text.as_bytes()).to_vec()
}

/// Written out by hand because a map's order is a feature flag of serde_json that any dependency may turn on.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (n, (name, field)) in fields.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(field, out);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_sorts_keys_at_every_depth() {
        let value: Value = serde_json::from_str(r#"{"b": [1, {"d": "é\"", "c": null}], "a": true}"#).unwrap();
        let mut text = String::new();
        write_canonical(&value, &mut text);
        assert_eq!(text, r#"{"a":true,"b":[1,{"c":null,"d":"é\""}]}"#);
    }

    #[test]
    fn retried_after_key_expired_keeps_outcome_and_change() {
        let expired = |outcome| verdict(outcome, 7, None).unwrap();
        assert_eq!(expired("refused"), Verdict::Refused { change: 7, refusal: Refusal::Expired });
        assert_eq!(expired("conflict"), Verdict::Conflict { change: 7, fields: vec![] });
        assert_eq!(expired("applied"), Verdict::Applied { change: 7 });
    }
}
