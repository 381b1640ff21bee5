//! What a client recorded as acknowledged, held against what stands (G13).

use super::Difference;
use crate::domain::{Key, Money, SaleId};
use crate::server::{
    ServerError,
    db::{Db, Tx, fetch_all, fetch_optional},
};
use crate::sync::{Body, Mutation, Verdict};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};
use uuid::Uuid;

/// One line of the file a client writes: a verdict it was given, and the sale it was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub key: Key,
    /// `applied`, `refused`, `conflict` or `quarantined`.
    pub outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<SaleId>,
    /// In GNF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl LedgerEntry {
    /// What a client writes down of a verdict; `None` if it is not final.
    pub fn of(mutation: &Mutation, verdict: &Verdict) -> Option<Self> {
        let outcome = verdict.outcome()?.to_owned();
        let sale = match mutation.read() {
            Ok(Body::RecordSale(record)) => Some(record.sale),
            _ => None,
        };
        let total = sale.as_ref().and_then(|sale| sale.total().ok()).map(Money::get);
        Some(Self { key: mutation.key, outcome, sale: sale.map(|sale| sale.id), total })
    }
}

/// Writes entries to such a file.
pub fn write_ledger(mut file: impl Write, entries: &[LedgerEntry]) -> io::Result<()> {
    entries.iter().try_for_each(|entry| writeln!(file, "{}", serde_json::to_string(entry)?))
}

/// Reads such a file: one JSON object a line.
pub fn read_ledger(file: impl BufRead) -> impl Iterator<Item = io::Result<LedgerEntry>> {
    file.lines()
        .filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()))
        .map(|line| serde_json::from_str(&line?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// Compares entries with all shops of the database, in one snapshot.
pub async fn check_ledger(
    db: &Db,
    entries: impl IntoIterator<Item = LedgerEntry>,
) -> Result<Vec<Difference>, ServerError> {
    let mut tx = db.read().await?;
    let shops = fetch_all!(&mut tx, (Uuid,), "SELECT id FROM shops ORDER BY id")?;
    let mut differences = Vec::new();
    for entry in entries {
        match judged_in(&mut tx, &shops, entry.key).await? {
            Some((shop, outcome)) => differences.extend(compare(&mut tx, shop, &outcome, &entry).await?),
            None => differences.push(different(Uuid::nil(), "an acknowledged mutation is in the ledger, key", &entry)),
        }
    }
    Ok(differences)
}

async fn judged_in(tx: &mut Tx, shops: &[(Uuid,)], key: Key) -> Result<Option<(Uuid, String)>, ServerError> {
    for (shop,) in shops {
        let outcome = fetch_optional!(
            &mut *tx,
            (String,),
            "SELECT outcome FROM ledger WHERE shop_id = $1 AND key = $2",
            *shop,
            key.0
        )?;
        if let Some((outcome,)) = outcome {
            return Ok(Some((*shop, outcome)));
        }
    }
    Ok(None)
}

async fn compare(
    tx: &mut Tx,
    shop: Uuid,
    outcome: &str,
    entry: &LedgerEntry,
) -> Result<Option<Difference>, ServerError> {
    if outcome != entry.outcome {
        return Ok(Some(different(shop, "a verdict stands as it was told, key", entry)));
    }
    let Some(sale) = entry.sale else { return Ok(None) };
    let found =
        fetch_optional!(tx, (Uuid, i64), "SELECT key, total FROM sales WHERE shop_id = $1 AND id = $2", shop, sale.0)?;
    Ok(match (outcome, found) {
        ("applied", None) => Some(different(shop, "an acknowledged sale is stored, key", entry)),
        ("applied", Some((_, total))) if entry.total.is_some_and(|told| told != total) => Some(Difference {
            stands: total,
            expected: entry.total.unwrap_or_default(),
            ..different(shop, "an acknowledged sale has its total, key", entry)
        }),
        ("applied", _) => None,
        // Tried again, it may be stored under another key.
        (_, Some((key, _))) if key == entry.key.0 => Some(different(shop, "a refused sale is not stored, key", entry)),
        _ => None,
    })
}

fn different(shop: Uuid, rule: &'static str, entry: &LedgerEntry) -> Difference {
    Difference { shop, rule, id: entry.key.0, stands: 0, expected: 1 }
}
