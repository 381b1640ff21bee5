//! What each server function does, between HTTP and the rooms behind it.

use crate::domain::SaleId;
use crate::sync::CallError;
use crate::sync::wire::*;

pub async fn push(_request: PushRequest) -> Result<PushAnswer, CallError> {
    Err(CallError::TryLater)
}

pub async fn pull(_request: PullRequest) -> Result<PullAnswer, CallError> {
    Err(CallError::TryLater)
}

pub async fn enrol(_request: EnrolRequest) -> Result<EnrolAnswer, CallError> {
    Err(CallError::TryLater)
}

pub async fn fork(_request: ForkRequest) -> Result<EnrolAnswer, CallError> {
    Err(CallError::TryLater)
}

pub async fn sign_in(_request: SignInRequest) -> Result<SignInAnswer, CallError> {
    Err(CallError::TryLater)
}

pub async fn sign_out() -> Result<(), CallError> {
    Err(CallError::TryLater)
}

pub async fn sale_screen(_search: String) -> Result<FirstScreen, CallError> {
    Err(CallError::TryLater)
}

pub async fn receipt(_sale: SaleId) -> Result<FirstReceipt, CallError> {
    Err(CallError::TryLater)
}
