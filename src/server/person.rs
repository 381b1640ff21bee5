//! What an owner does about the shop's people.

use super::{ServerError, db::Db, people, session::Session};
use crate::sync::{
    CallError,
    wire::{PersonAct, PersonAnswer, PersonRequest},
};

/// Carries it out, for an owner on a phone that was not revoked. Asked again, it answers the same.
pub async fn answer(db: &Db, session: &Session, request: PersonRequest) -> Result<PersonAnswer, ServerError> {
    session.owner_on(request.protocol, request.installation)?;
    let (shop, id) = (session.shop, request.person);
    if id.0.is_nil() {
        return Err(CallError::bad_request("the nil UUID names nobody").into());
    }
    let person = match request.act {
        PersonAct::Add { name, role, pin } => people::add(db, shop, id, &name, role, &pin).await?,
        PersonAct::Role(role) => people::set_role(db, shop, id, role).await?,
        // Whoever gives herself another PIN need not sign in anew where she does it.
        PersonAct::Pin(pin) => {
            let kept = (id == session.user).then_some(session.installation);
            people::reset_pin(db, shop, id, &pin, kept).await?
        }
        PersonAct::Retire => people::retire(db, shop, id).await?,
    };
    Ok(PersonAnswer { person })
}
