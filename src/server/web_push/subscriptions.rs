//! Where each phone listens while the app is closed: one place a phone.

use crate::domain::{InstallationId, ShopId};
use crate::server::{
    ServerError,
    db::{Db, execute, fetch_all},
    session::Session,
};
use crate::sync::{CallError, wire::Subscription};
use axum::http::Uri;
use base64ct::{Base64UrlUnpadded, Encoding};
use p256::PublicKey;
use uuid::Uuid;
use web_push_native::Auth;

const ENDPOINT_MAX_BYTES: usize = 2_000;
/// Of a key as text: 65 bytes in Base64, and its padding.
const KEY_MAX_BYTES: usize = 88;

/// A place to send to, and how to encrypt for it.
#[derive(Debug, Clone)]
pub struct Place {
    pub endpoint: Uri,
    pub public: PublicKey,
    pub auth: Auth,
}

impl Subscription {
    /// Whether its parts are what they should be, and its endpoint is one this server sends to. HTTPS, but on loopback.
    pub(super) fn check(self, hosts: &[String]) -> Result<Self, CallError> {
        let place = self.place().ok_or_else(|| CallError::bad_request("no push subscription"))?;
        let host = place.endpoint.host().unwrap_or_default();
        let fits = |allowed: &String| host == allowed || allowed.starts_with('.') && host.ends_with(allowed.as_str());
        let loopback = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
        let secret = place.endpoint.scheme_str() == Some("https") || loopback;
        if !secret || !hosts.iter().any(fits) {
            return Err(CallError::bad_request("a push service this server does not send to"));
        }
        Ok(self)
    }

    pub(super) fn place(&self) -> Option<Place> {
        let bytes = |text: &str| {
            let text = (text.len() <= KEY_MAX_BYTES).then(|| text.trim_end_matches('='))?;
            Base64UrlUnpadded::decode_vec(text).ok()
        };
        let endpoint: Uri = self.endpoint.parse().ok().filter(|_| self.endpoint.len() <= ENDPOINT_MAX_BYTES)?;
        let public = PublicKey::from_sec1_bytes(&bytes(&self.p256dh)?).ok()?;
        let auth: [u8; 16] = bytes(&self.auth)?.try_into().ok()?;
        Some(Place { endpoint, public, auth: auth.into() })
    }
}

/// Begins, or takes the place of the one before.
pub async fn subscribe(db: &Db, session: &Session, is: &Subscription, now_ms: i64) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO push_subscriptions (shop_id, installation_id, endpoint, p256dh, auth, since_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop_id, installation_id) DO UPDATE SET endpoint = $3, p256dh = $4, auth = $5, since_ms = $6",
        session.shop.0,
        session.installation.0,
        &*is.endpoint,
        &*is.p256dh,
        &*is.auth,
        now_ms
    )?;
    Ok(tx.commit().await?)
}

pub async fn forget(db: &Db, shop: ShopId, installation: InstallationId) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    execute!(
        &mut tx,
        "DELETE FROM push_subscriptions WHERE shop_id = $1 AND installation_id = $2",
        shop.0,
        installation.0
    )?;
    Ok(tx.commit().await?)
}

/// A phone that listens, and who may see what there.
pub(super) struct Listening {
    pub phone: InstallationId,
    pub subscription: Subscription,
    /// An owner is signed in.
    pub owner: bool,
    pub holds_costs: bool,
}

/// Those of a shop's phones that are still heard, but for one.
pub(super) async fn of_others(
    db: &Db,
    shop: ShopId,
    but: InstallationId,
    now_ms: i64,
) -> Result<Vec<Listening>, ServerError> {
    let mut tx = db.read().await?;
    let found = fetch_all!(
        &mut tx,
        (Uuid, String, String, String, bool, bool),
        "SELECT s.installation_id, s.endpoint, s.p256dh, s.auth, i.holds_costs,
           EXISTS (SELECT 1 FROM sessions o JOIN users u ON u.shop_id = o.shop_id AND u.id = o.user_id
                   WHERE o.shop_id = s.shop_id AND o.installation_id = s.installation_id AND o.expires_ms > $3
                     AND u.role = 'owner' AND NOT u.retired)
         FROM push_subscriptions s
         JOIN installations i ON i.shop_id = s.shop_id AND i.id = s.installation_id
         WHERE s.shop_id = $1 AND s.installation_id <> $2 AND i.revoked_ms IS NULL",
        shop.0,
        but.0,
        now_ms
    )?;
    let read = |(id, endpoint, p256dh, auth, holds_costs, owner)| {
        let subscription = Subscription { endpoint, p256dh, auth };
        Listening { phone: InstallationId(id), subscription, owner, holds_costs }
    };
    Ok(found.into_iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(endpoint: &str) -> Subscription {
        // The example of RFC 8291.
        let p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        Subscription { endpoint: endpoint.into(), p256dh: p256dh.into(), auth: "BTBZMqHH6r4Tts7J_aSIgg".into() }
    }

    #[test]
    fn a_phone_names_no_machine_of_ours() {
        let hosts = ["push.example".to_owned(), ".notify.example".to_owned()];
        let goes = |endpoint: &str| at(endpoint).check(&hosts).is_ok();
        assert!(goes("https://push.example/send/1") && goes("https://eu.notify.example/1"));
        for other in [
            "http://push.example/send/1",
            "https://push.example.evil/1",
            "https://evilpush.example/1",
            "https://notify.example@10.0.0.1/",
            "http://127.0.0.1:9464/metrics",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!goes(other), "{other}");
        }
        let local = ["127.0.0.1".to_owned()];
        assert!(at("http://127.0.0.1:5555/1").check(&local).is_ok());
        assert!(Subscription { auth: "short".into(), ..at("https://push.example/1") }.check(&hosts).is_err());
        let padded = |n: usize| at("https://push.example/1").auth + &"=".repeat(n);
        assert!(Subscription { auth: padded(2), ..at("https://push.example/1") }.check(&hosts).is_ok());
        assert!(Subscription { auth: padded(900_000), ..at("https://push.example/1") }.check(&hosts).is_err());
        assert!(Subscription { p256dh: "AAAA".into(), ..at("https://push.example/1") }.check(&hosts).is_err());
    }
}
