//! Ringing: each refused sale that came to be decided, once, on every other phone of its shop that asked for it; each
//! clash of edits on those of them where it is shown: to an owner, and not about what is kept from the phone.

use super::{
    WebPush,
    subscriptions::{self, Place},
};
use crate::domain::{InstallationId, Sale, ShopId};
use crate::server::{
    ServerError,
    db::{Db, fetch_all, fetch_optional},
};
use crate::sync::verdict::FieldConflict;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Refused sales in one round, and clashes.
const ROUND_MAX: i64 = 50;
/// Requests at once.
const AT_ONCE: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(10);
/// A push service keeps it so long for a phone that cannot be reached: a day later the shop has seen it.
const KEPT_S: u64 = 86_400;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    pub sent: usize,
    pub failed: usize,
    /// Subscriptions their push service no longer knew.
    pub ended: usize,
}

/// Rings for what nobody was rung for yet. Marked first: whoever is not reached sees it when the app is opened, and
/// nobody is rung twice, by this server or another.
pub async fn ring(db: &Db, web_push: &Arc<WebPush>, now_ms: i64) -> Result<Delivered, ServerError> {
    const UNRUNG: &str = "SELECT 1 FROM refused_sales
        WHERE rung_ms IS NULL AND change IS NOT NULL AND (became IS NULL OR became = 'parked')
        UNION ALL SELECT 1 FROM clashes WHERE rung_ms IS NULL AND settled_ms IS NULL LIMIT 1";
    // Nearly always there is nothing, and no sale waits for that to be seen.
    if fetch_optional!(&mut db.read().await?, (i32,), UNRUNG)?.is_none() {
        return Ok(Delivered::default());
    }
    let mut tx = db.write().await?;
    let open = fetch_all!(
        &mut tx,
        (Uuid, Uuid, String),
        "UPDATE refused_sales SET rung_ms = $1 WHERE (shop_id, key) IN (
           SELECT shop_id, key FROM refused_sales
           WHERE rung_ms IS NULL AND change IS NOT NULL AND (became IS NULL OR became = 'parked') LIMIT $2)
         RETURNING shop_id, installation_id, sale",
        now_ms,
        ROUND_MAX
    )?;
    let clashes = fetch_all!(
        &mut tx,
        (Uuid, Uuid, String, String),
        "UPDATE clashes SET rung_ms = $1 WHERE (shop_id, key) IN (
           SELECT shop_id, key FROM clashes WHERE rung_ms IS NULL AND settled_ms IS NULL LIMIT $2)
         RETURNING shop_id, installation_id, kind, fields",
        now_ms,
        ROUND_MAX
    )?;
    if open.is_empty() && clashes.is_empty() {
        return Ok(Delivered::default()); // the transaction is dropped
    }
    tx.commit().await?;
    let mut sends = Vec::new();
    for (shop, installation, sale) in open {
        let (shop, sale) = (ShopId(shop), serde_json::from_str::<Sale>(&sale)?);
        // What it says to people is the phone's to write.
        let message = json!({ "refused": sale.receipt }).to_string();
        for to in subscriptions::of_others(db, shop, InstallationId(installation), now_ms).await? {
            sends.push((shop, to.phone, to.subscription.place(), message.clone()));
        }
    }
    for (shop, installation, kind, fields) in clashes {
        let (shop, message) = (ShopId(shop), json!({ "clash": kind }).to_string());
        let fields: Vec<FieldConflict> = serde_json::from_str(&fields)?;
        for to in subscriptions::of_others(db, shop, InstallationId(installation), now_ms).await? {
            if to.owner && fields.iter().any(|field| to.holds_costs || !field.is_cost()) {
                sends.push((shop, to.phone, to.subscription.place(), message.clone()));
            }
        }
    }
    deliver(db, web_push, sends, now_ms).await
}

type Send = (ShopId, InstallationId, Option<Place>, String);

async fn deliver(db: &Db, web_push: &Arc<WebPush>, sends: Vec<Send>, now_ms: i64) -> Result<Delivered, ServerError> {
    let (mut delivered, mut waiting, mut under_way) = (Delivered::default(), sends.into_iter(), JoinSet::new());
    loop {
        while under_way.len() < AT_ONCE
            && let Some((shop, phone, place, message)) = waiting.next()
        {
            let web_push = web_push.clone();
            under_way.spawn_blocking(move || {
                let ended = place.map_or(Ok(true), |place| send(&web_push, &place, &message, now_ms));
                (shop, phone, ended)
            });
        }
        let Some(done) = under_way.join_next().await else { return Ok(delivered) };
        match done {
            Ok((_, _, Ok(false))) => delivered.sent += 1,
            Ok((shop, phone, Ok(true))) => {
                subscriptions::forget(db, shop, phone).await?;
                delivered.ended += 1;
            }
            Ok((shop, phone, Err(error))) => {
                tracing::warn!(%error, %shop, %phone, "a push service did not take a message");
                delivered.failed += 1;
            }
            Err(error) => {
                tracing::error!(%error, "a message could not be sent");
                delivered.failed += 1;
            }
        }
    }
}

/// Whether the subscription has ended. The error names no address: whoever has it can ring.
fn send(web_push: &WebPush, place: &Place, message: &str, now_ms: i64) -> Result<bool, String> {
    let Place { endpoint, public, auth } = place;
    let body =
        web_push_native::encrypt(message.as_bytes().to_vec(), public, auth).map_err(|error| error.to_string())?;
    let authority = endpoint.authority().map_or("", |authority| authority.as_str());
    let origin = format!("{}://{authority}", endpoint.scheme_str().unwrap_or("https"));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let answer = agent
        .post(endpoint)
        .header("authorization", web_push.key.authorization(&origin, &web_push.contact, now_ms))
        .header("content-encoding", "aes128gcm")
        .header("content-type", "application/octet-stream")
        .header("ttl", KEPT_S.to_string())
        .header("urgency", "high")
        .send(&body[..])
        .map_err(|error| error.to_string())?;
    match answer.status().as_u16() {
        200..=299 => Ok(false),
        404 | 410 => Ok(true),
        other => Err(format!("HTTP {other}")),
    }
}
