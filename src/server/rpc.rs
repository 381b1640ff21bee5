//! What each server function does, between HTTP and the rooms behind it.

use super::{
    ServerError, clock::now_ms, cookie, device as device_acts, devices as shop_devices, enrol as enrolment,
    metrics::Sent, person as people_acts, pull, push, session::Session, sessions, state::State, web_push,
};
use crate::sync::{CallError, Verdict, wire::*};
use axum::{extract::ConnectInfo, http::request::Parts};
use leptos::prelude::use_context;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

pub async fn push(request: PushRequest) -> Result<PushAnswer, CallError> {
    let (state, received_ms) = (state()?, now_ms());
    let sent = Sent::of(&request, received_ms);
    let answered = judge(&state, request, received_ms).await;
    state.metrics.pushed(&sent, answered.as_ref(), now_ms());
    answered
}

async fn judge(state: &State, request: PushRequest, now_ms: i64) -> Result<PushAnswer, CallError> {
    let session = signed_in(state, "push").await?;
    let parks = request.mutations.iter().any(|mutation| mutation.kind == "settle_refusal");
    let answered = push::push(&state.db, &session, request, now_ms).await;
    let clashed = |answer: &PushAnswer| {
        answer.answers.iter().any(|answer| matches!(answer.verdict, Verdict::Conflict { .. }) && !answer.replayed)
    };
    if parks || answered.as_ref().is_ok_and(clashed) {
        state.rings.notify_one();
    }
    // After the page was read: what it told this phone is not told again by its stream.
    let answered = answered.inspect(|answer| state.events.pushed(&session, answer));
    answered.map_err(|error| error.into_call("push"))
}

pub async fn pull(request: PullRequest) -> Result<PullAnswer, CallError> {
    let state = state()?;
    let answered = read(&state, request).await;
    state.metrics.pulled(answered.as_ref());
    answered
}

async fn read(state: &State, request: PullRequest) -> Result<PullAnswer, CallError> {
    let session = signed_in(state, "pull").await?;
    pull::pull(&state.db, &session, request, now_ms()).await.map_err(|error| error.into_call("pull"))
}

pub async fn devices(request: DevicesRequest) -> Result<DevicesAnswer, CallError> {
    let state = state()?;
    let session = signed_in(&state, "devices").await?;
    let answered = shop_devices::answer(&state.db, &session, &request, now_ms()).await;
    answered.map_err(|error| error.into_call("devices"))
}

pub async fn device(request: DeviceRequest) -> Result<DeviceAnswer, CallError> {
    let state = state()?;
    let session = signed_in(&state, "device").await?;
    let answered = device_acts::answer(&state.db, &session, request, now_ms()).await;
    if answered.is_ok() {
        state.events.changed(session.shop); // one that was revoked hears no more
    }
    answered.map_err(|error| error.into_call("device"))
}

pub async fn person(request: PersonRequest) -> Result<PersonAnswer, CallError> {
    let state = state()?;
    let session = signed_in(&state, "person").await?;
    let answered = people_acts::answer(&state.db, &session, request).await;
    if answered.is_ok() {
        state.events.changed(session.shop);
    }
    answered.map_err(|error| error.into_call("person"))
}

pub async fn notify(request: NotifyRequest) -> Result<NotifyAnswer, CallError> {
    let state = state()?;
    let session = signed_in(&state, "notify").await?;
    let answered = web_push::answer(&state.db, state.config.web_push.as_ref(), &session, request, now_ms()).await;
    answered.map_err(|error| error.into_call("notify"))
}

pub async fn enrol(request: EnrolRequest) -> Result<EnrolAnswer, CallError> {
    let (state, now_ms, address) = (state()?, now_ms(), caller_address());
    state.enrol_guesses.take(address, now_ms).map_err(|for_ms| CallError::Locked { for_ms })?;
    let answer = enrolment::enrol(&state.db, &request, now_ms).await.map_err(|error| error.into_call("enrol"));
    if !matches!(answer, Err(CallError::WrongCode)) {
        state.enrol_guesses.give_back(address);
    }
    answer
}

pub async fn fork(request: ForkRequest) -> Result<EnrolAnswer, CallError> {
    let (state, now_ms) = (state()?, now_ms());
    let failed = |error: ServerError| error.into_call("fork");
    let answer = enrolment::fork(&state.db, &request, now_ms).await.map_err(failed)?;
    if let Some(session) = session(&state).await?.filter(|session| session.installation == request.installation) {
        let (db, life_ms) = (&state.db, state.config.session_ms);
        let token = sessions::carry_over(db, &session, request.new_installation, life_ms, now_ms);
        cookie::set(&state.config, &token.await.map_err(failed)?);
    }
    Ok(answer)
}

pub async fn sign_in(request: SignInRequest) -> Result<SignInAnswer, CallError> {
    let state = state()?;
    let (answer, token) = sessions::sign_in(&state.db, &request, state.config.session_ms, now_ms())
        .await
        .map_err(|error| error.into_call("sign-in"))?;
    cookie::set(&state.config, &token);
    Ok(answer)
}

pub async fn sign_out() -> Result<(), CallError> {
    let state = state()?;
    if let Some(token) = token() {
        sessions::sign_out(&state.db, &token).await.map_err(|error| error.into_call("sign-out"))?;
    }
    cookie::clear(&state.config);
    Ok(())
}

fn state() -> Result<Arc<State>, CallError> {
    use_context::<Arc<State>>().ok_or_else(|| {
        tracing::error!("a server function ran outside the server");
        CallError::TryLater
    })
}

fn token() -> Option<String> {
    use_context::<Parts>().and_then(|parts| cookie::read(&parts.headers))
}

/// The address a call comes from. Behind a proxy it is the proxy's, and counts for everyone behind it.
fn caller_address() -> Option<IpAddr> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

async fn session(state: &State) -> Result<Option<Session>, CallError> {
    let Some(token) = token() else { return Ok(None) };
    sessions::find(&state.db, &token, now_ms()).await.map_err(|error| error.into_call("session"))
}

async fn signed_in(state: &State, doing: &'static str) -> Result<Session, CallError> {
    session(state).await?.ok_or_else(|| {
        tracing::debug!(doing, "no session");
        CallError::NotSignedIn
    })
}
