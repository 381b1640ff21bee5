//! What an installation says of itself with each push (G15), for the owner's list of phones.

use crate::server::{
    ServerError,
    db::{Db, Tx, execute},
    session::Session,
};
use crate::sync::wire::PushRequest;

/// A contact that changes no figure is written at most this often.
const CONTACT_PAUSE_MS: i64 = 60_000;
/// Characters kept of a program's version.
const APP_MAX_CHARS: usize = 40;

/// Beside verdicts: costs no commit of its own.
pub(super) async fn with(
    tx: &mut Tx,
    session: &Session,
    request: &PushRequest,
    now_ms: i64,
) -> Result<(), ServerError> {
    execute!(
        tx,
        "UPDATE installations SET last_contact_ms = $3, app = $4, made = $5, waiting = $6
         WHERE shop_id = $1 AND id = $2
           AND (app <> $4 OR made <> $5 OR waiting <> $6 OR COALESCE(last_contact_ms, 0) <= $3 - $7)",
        session.shop.0,
        session.installation.0,
        now_ms,
        app(request),
        bounded(request.made),
        bounded(request.waiting),
        CONTACT_PAUSE_MS
    )?;
    Ok(())
}

/// After a push that stored nothing. The verdicts do not depend on it: if it fails, the next push says it again.
pub(super) async fn alone(db: &Db, session: &Session, request: &PushRequest, now_ms: i64) {
    let written = async {
        let mut tx = db.write().await?;
        with(&mut tx, session, request, now_ms).await?;
        Ok::<_, ServerError>(tx.commit().await?)
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, installation = %session.installation, "a contact could not be noted");
    }
}

fn app(request: &PushRequest) -> String {
    request.app.chars().filter(|c| !c.is_control()).take(APP_MAX_CHARS).collect()
}

fn bounded(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
