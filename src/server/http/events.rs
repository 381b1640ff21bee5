//! The stream of a phone: pages of the shop's changes as they commit, as server-sent events.

use super::{
    super::{clock::now_ms, cookie, events::Listener, pull, sessions, state::State},
    refuse,
};
use crate::domain::InstallationId;
use crate::sync::{
    CallError, STREAM_ALIVE_S,
    wire::{Cursor, PUSH_PAGE_MAX_ROWS, PullAnswer, Pulled},
};
use axum::{
    extract::{self, Query},
    http::{HeaderMap, HeaderName, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use serde::Deserialize;
use std::{convert::Infallible, sync::Arc, time::Duration};
use uuid::Uuid;

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Who the phone is, and where it stands.
#[derive(Deserialize)]
pub struct At {
    installation: InstallationId,
    history: Uuid,
    change: u64,
}

/// `GET /api/v1/events?installation=…&history=…&change=…`: every page from there on. A browser that connects
/// again by itself says what it heard last instead.
pub async fn stream(
    extract::State(state): extract::State<Arc<State>>,
    at: Result<Query<At>, extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(At { installation, history, change })) = at else {
        return refuse(CallError::BadRequest {
            detail: "installation, history and change say who asks, and from where on".into(),
        });
    };
    let cursor = headers.get(LAST_EVENT).and_then(last_heard).unwrap_or(Cursor { history, change });
    let Some(token) = cookie::read(&headers) else { return refuse(CallError::NotSignedIn) };
    let session = match sessions::find(&state.db, &token, now_ms()).await {
        Ok(Some(session)) if session.revoked => return refuse(CallError::Revoked),
        // Its pages would tell the verdicts on another's mutations.
        Ok(Some(session)) if session.installation != installation => return refuse(CallError::NotSignedIn),
        Ok(Some(session)) => session,
        Ok(None) => return refuse(CallError::NotSignedIn),
        Err(error) => return refuse(error.into_call("events")),
    };
    let listener = state.events.listen(&session);
    let telling = Telling { state, token, listener, cursor, behind: true, over: false };
    let events = futures::stream::unfold(telling, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok::<_, Infallible>(event), telling))
    });
    // Said as an event, for a browser tells its page of nothing else: so neither side waits for one that is gone.
    let alive = Event::default().event("alive").data("-");
    let alive = KeepAlive::new().interval(Duration::from_secs(STREAM_ALIVE_S)).event(alive);
    // A proxy that collects what it passes on would keep a sale for itself.
    let unbuffered = [(header::CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    (unbuffered, Sse::new(events).keep_alive(alive)).into_response()
}

struct Telling {
    state: Arc<State>,
    token: String,
    listener: Listener,
    cursor: Cursor,
    /// There is more to read before anything is waited for.
    behind: bool,
    /// The phone was told to read the shop from the start: from here nothing leads on.
    over: bool,
}

impl Telling {
    /// The next page; `None` ends the stream, and the phone begins another from where it stands.
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            if !self.behind && !self.listener.hears().await {
                return None;
            }
            // Whoever was signed out or revoked meanwhile hears nothing more.
            let found = sessions::find(&self.state.db, &self.token, now_ms()).await;
            let session = found.inspect_err(|error| tracing::warn!(%error, "a stream ends")).ok()??;
            if session.revoked {
                return None;
            }
            self.cursor = self.listener.skip_told(self.cursor);
            let pulled = pull::changes_since(&self.state.db, &session, self.cursor, PUSH_PAGE_MAX_ROWS).await;
            let pulled = pulled.inspect_err(|error| tracing::warn!(%error, "a stream ends")).ok()?;
            let Pulled::Page(page) = &pulled else {
                self.over = true;
                return self.event(pulled);
            };
            self.behind = page.more;
            if page.to > page.from {
                self.cursor.change = page.to;
                return self.event(pulled);
            }
        }
        None
    }

    fn event(&self, pulled: Pulled) -> Option<Event> {
        let Cursor { history, change } = self.cursor;
        let answer = PullAnswer { server_now_ms: now_ms(), pulled };
        Event::default().event("page").id(format!("{history}/{change}")).json_data(answer).ok()
    }
}

fn last_heard(value: &axum::http::HeaderValue) -> Option<Cursor> {
    let (history, change) = value.to_str().ok()?.split_once('/')?;
    Some(Cursor { history: history.parse().ok()?, change: change.parse().ok()? })
}
