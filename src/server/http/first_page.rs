//! What a page shows before the device's own data: read before it is rendered, so that rendering waits for nothing.

use super::super::{clock::now_ms, cookie, screens, sessions, state::State};
use crate::{domain::SaleId, server::ServerError, sync::first_page::FirstPage};
use axum::{
    extract::{Query, Request, State as Extracted},
    http::Uri,
    middleware::Next,
    response::Response,
};
use leptos::prelude::{provide_context, use_context};
use std::{collections::BTreeMap, sync::Arc};

/// Reads the page's data for who asks. Whoever is not signed in gets the page without.
pub async fn load(Extracted(state): Extracted<Arc<State>>, mut request: Request, next: Next) -> Response {
    let (uri, token) = (request.uri().clone(), cookie::read(request.headers()));
    match read(&state, &uri, token).await {
        Ok(first) => drop(request.extensions_mut().insert(first)),
        Err(error) => tracing::error!(%error, path = uri.path(), "a page is shown without its data"),
    }
    next.run(request).await
}

async fn read(state: &State, uri: &Uri, token: Option<String>) -> Result<FirstPage, ServerError> {
    let mut first = FirstPage::default();
    let path = uri.path();
    if !matches!(path, "/vente" | "/recu") {
        return Ok(first);
    }
    let Some(token) = token else { return Ok(first) };
    // A revoked phone hands in what it still has, and sees nothing.
    let session = sessions::find(&state.db, &token, now_ms()).await?.filter(|session| !session.revoked);
    let Some(session) = session else { return Ok(first) };
    if path == "/vente" {
        let search = parameter(uri, "q").unwrap_or_default();
        first.products = screens::products(&state.db, &session, &search).await?;
    } else if let Some(Ok(sale)) = parameter(uri, "id").map(|id| id.parse::<SaleId>()) {
        first.receipt = screens::receipt(&state.db, &session, sale).await?;
    }
    Ok(first)
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let Query(mut all) = Query::<BTreeMap<String, String>>::try_from_uri(uri).ok()?;
    all.remove(name)
}

/// Called in the context of a page that is rendered.
pub fn provide() {
    let parts = use_context::<axum::http::request::Parts>();
    provide_context(parts.and_then(|mut parts| parts.extensions.remove::<FirstPage>()).unwrap_or_default());
}
