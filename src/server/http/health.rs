//! `/health`: whether the server can reach its database now.

use super::super::{
    db::{Db, fetch_one},
    state::State,
};
use axum::{
    Json, extract,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// A database that takes longer is of no use to a seller.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn health(extract::State(state): extract::State<Arc<State>>) -> Response {
    let database = matches!(tokio::time::timeout(DATABASE_TIMEOUT, ask(&state.db)).await, Ok(Ok(())));
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if database { "ok" } else { "unreachable" };
    let body = json!({ "database": word, "version": env!("CARGO_PKG_VERSION"), "site": state.site.version });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn ask(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.read().await?;
    let _: (i64,) = fetch_one!(&mut tx, (i64,), "SELECT COUNT(*) FROM shops WHERE counter < 0")?;
    Ok(())
}
