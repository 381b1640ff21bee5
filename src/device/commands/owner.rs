//! What an owner asks of the server about people and phones.

use super::Page;
use crate::{
    api,
    device::{
        account,
        handle::{Answer, OwnerCommands},
        measure, platform,
    },
    domain::UserId,
    sync::{
        CallError,
        engine::Trigger,
        wire::{DeviceAct, DeviceRequest, NewCode, PROTOCOL, PersonAct, PersonRequest, PersonRow},
    },
};

/// A person waits for it.
const TIMEOUT_MS: i64 = 15_000;

impl OwnerCommands for Page {
    fn person(&self, person: UserId, act: PersonAct) -> Answer<Result<PersonRow, CallError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let installation = measure::own(&inner.shelf).await?;
            let pin = if let PersonAct::Pin(pin) = &act { Some(pin.clone()) } else { None };
            let request = PersonRequest { protocol: PROTOCOL, installation, person, act };
            let answer =
                platform::within(TIMEOUT_MS, api::person(request)).await.unwrap_or_else(measure::not_reached)?;
            if let Some(pin) = pin
                && let Err(problem) = account::new_pin(&inner.shelf, person, &pin).await
            {
                leptos::logging::warn!("this phone still knows the old PIN: {problem:?}");
            }
            (inner.trigger)(Trigger::Wake);
            Ok(answer.person)
        })
    }

    fn device(&self, act: DeviceAct) -> Answer<Result<Option<NewCode>, CallError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let installation = measure::own(&inner.shelf).await?;
            let request = DeviceRequest { protocol: PROTOCOL, installation, act };
            let answer =
                platform::within(TIMEOUT_MS, api::device(request)).await.unwrap_or_else(measure::not_reached)?;
            (inner.trigger)(Trigger::Wake); // it may be this phone
            Ok(answer.code)
        })
    }

    fn enrolment_page(&self) -> Option<String> {
        let origin = web_sys::window()?.location().origin().ok()?;
        Some(format!("{origin}/connexion"))
    }
}
