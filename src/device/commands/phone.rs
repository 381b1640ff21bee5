//! Locking this phone, and unlocking it.

use super::Page;
use crate::{
    device::{
        account,
        handle::{Answer, PhoneCommands, SignInError},
        install, lock,
    },
    domain::{Pin, UserId},
    sync::engine::Trigger,
};

impl PhoneCommands for Page {
    fn install(&self) {
        install::take(self.0.till);
    }

    fn put_off_install(&self) {
        install::put_off(self.0.till);
    }

    fn lock(&self) {
        lock::lock(self.0.till);
    }

    fn unlock(&self, person: UserId, pin: Pin) -> Answer<Result<(), SignInError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            account::unlock(&inner.shelf, person, pin).await?;
            // Who is at the phone now is known before anything is shown to them.
            inner.mirror.refresh().await?;
            lock::unlock(inner.till);
            (inner.trigger)(Trigger::Wake);
            Ok(())
        })
    }
}
