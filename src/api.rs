//! The server functions: names, inputs, outputs, and nothing else. Addresses are fixed and versioned: a page cached
//! months ago still calls them.

use crate::sync::CallError;
use crate::sync::wire::{
    DeviceAnswer, DeviceRequest, DevicesAnswer, DevicesRequest, EnrolAnswer, EnrolRequest, ForkRequest, NotifyAnswer,
    NotifyRequest, PersonAnswer, PersonRequest, PullAnswer, PullRequest, PushAnswer, PushRequest, SignInAnswer,
    SignInRequest,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => Self::bad_request(&detail),
            ServerFnErrorErr::Deserialization(detail) => Self::bad_request(&detail),
            other => Self::NotReached { detail: other.to_string() },
        }
    }
}

/// Sends queued mutations in the order of G7; answers a verdict for each and a page of changes.
#[server(endpoint = "v1/push", input = Json, output = Json)]
pub async fn push(request: PushRequest) -> Result<PushAnswer, CallError> {
    crate::server::rpc::push(request).await
}

/// Reads changes since a cursor, or the shop from its start.
#[server(endpoint = "v1/pull", input = Json, output = Json)]
pub async fn pull(request: PullRequest) -> Result<PullAnswer, CallError> {
    crate::server::rpc::pull(request).await
}

/// Makes this browser an installation of the shop whose owner gave the code.
#[server(endpoint = "v1/enrol", input = Json, output = Json)]
pub async fn enrol(request: EnrolRequest) -> Result<EnrolAnswer, CallError> {
    crate::server::rpc::enrol(request).await
}

/// Makes a cloned or restored phone an installation of its own.
#[server(endpoint = "v1/fork", input = Json, output = Json)]
pub async fn fork(request: ForkRequest) -> Result<EnrolAnswer, CallError> {
    crate::server::rpc::fork(request).await
}

/// Opens a session for a person on an enrolled phone; the session travels in a cookie scripts cannot read.
#[server(endpoint = "v1/sign-in", input = Json, output = Json)]
pub async fn sign_in(request: SignInRequest) -> Result<SignInAnswer, CallError> {
    crate::server::rpc::sign_in(request).await
}

#[server(endpoint = "v1/sign-out", input = Json, output = Json)]
pub async fn sign_out() -> Result<(), CallError> {
    crate::server::rpc::sign_out().await
}

/// The shop's devices, and what was refused, for an owner.
#[server(endpoint = "v1/devices", input = Json, output = Json)]
pub async fn devices(request: DevicesRequest) -> Result<DevicesAnswer, CallError> {
    crate::server::rpc::devices(request).await
}

/// What an owner does about one of the shop's phones, or a code for a new one.
#[server(endpoint = "v1/device", input = Json, output = Json)]
pub async fn device(request: DeviceRequest) -> Result<DeviceAnswer, CallError> {
    crate::server::rpc::device(request).await
}

/// What an owner does about one of the shop's people.
#[server(endpoint = "v1/person", input = Json, output = Json)]
pub async fn person(request: PersonRequest) -> Result<PersonAnswer, CallError> {
    crate::server::rpc::person(request).await
}

/// Begins or ends telling this phone while its app is closed.
#[server(endpoint = "v1/notify", input = Json, output = Json)]
pub async fn notify(request: NotifyRequest) -> Result<NotifyAnswer, CallError> {
    crate::server::rpc::notify(request).await
}
