//! A closed app is told that something came to be decided: Web Push (RFC 8030), encrypted for the phone (RFC 8291), signed
//! by this server (VAPID, RFC 8292). Off unless the operator gives a key; never tried against a real push service, but
//! against an endpoint of ours that decrypts.

mod deliver;
mod key;
mod subscriptions;

pub use deliver::{Delivered, ring};
pub use key::{NoPushKey, PushKey};
pub use subscriptions::{forget, subscribe};

use crate::server::{ServerError, db::Db, session::Session};
use crate::sync::{
    CallError,
    wire::{NotifyAnswer, NotifyRequest, NotifyWish, PROTOCOL},
};
use std::sync::Arc;

/// How a server reaches the push services.
#[derive(Debug)]
pub struct WebPush {
    pub key: PushKey,
    /// Whom a push service writes to when something is wrong with what this server sends: `mailto:` or `https:`.
    pub contact: String,
    /// The hosts a subscription may name, or their ends where they begin with a dot. A phone says where its server is to
    /// send to, and must not be able to name any machine.
    pub hosts: Vec<String>,
}

/// Answers a phone that asks for the key, begins or ends a subscription.
pub async fn answer(
    db: &Db,
    web_push: Option<&Arc<WebPush>>,
    session: &Session,
    request: NotifyRequest,
    now_ms: i64,
) -> Result<NotifyAnswer, ServerError> {
    if request.protocol != PROTOCOL {
        return Err(CallError::Upgrade.into());
    }
    if session.revoked {
        return Err(CallError::Revoked.into());
    }
    if request.installation != session.installation {
        return Err(CallError::NotSignedIn.into());
    }
    let key = web_push.map(|web_push| web_push.key.public());
    match (request.wish, web_push) {
        (NotifyWish::Key, _) => {}
        (NotifyWish::End, _) => forget(db, session.shop, session.installation).await?,
        (NotifyWish::Begin(subscription), Some(web_push)) => {
            let subscription = subscription.check(&web_push.hosts)?;
            subscribe(db, session, &subscription, now_ms).await?;
        }
        (NotifyWish::Begin(_), None) => return Err(CallError::NotAllowed.into()),
    }
    Ok(NotifyAnswer { key })
}
