//! What an owner changes of the shop through the server, and with it alone: nothing of it is queued.

use super::Answer;
use crate::{
    domain::UserId,
    sync::{
        CallError,
        wire::{DeviceAct, NewCode, PersonAct, PersonRow},
    },
};

pub trait OwnerCommands {
    /// Asked again with the same, it is done once. The page that brings the change comes a moment later.
    fn person(&self, person: UserId, act: PersonAct) -> Answer<Result<PersonRow, CallError>>;
    /// Answers the code, where one was asked for.
    fn device(&self, act: DeviceAct) -> Answer<Result<Option<NewCode>, CallError>>;
    /// The address of the page that enrols a phone.
    fn enrolment_page(&self) -> Option<String>;
}
