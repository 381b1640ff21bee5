//! What a sender sees to beside sending and asking: sales whose tab died, old history, and becoming another installation.

use super::{Done, Failed, REQUEST_TIMEOUT_MS, Sender, timed_out};
use crate::{
    api,
    device::{
        account, exporting,
        handle::StorageProblem,
        platform::{self, now_ms},
    },
    sync::{
        engine::{self, Device, Store},
        wire::ForkRequest,
    },
};

impl Sender {
    /// Becomes a new installation, after the server saw this one's numbers twice (G20).
    pub(super) async fn fork(&self, device: &Device) -> Result<Done, Failed> {
        let Some(old) = device.meta.installation.clone() else { return Ok(Done::Nothing) };
        let (id, secret) = account::new_installation();
        let begun = self
            .0
            .shelf
            .carry_out(|device| Ok::<_, StorageProblem>(engine::begin_fork(device, id, &secret).map(|tx| (tx, ()))));
        begun.await?;
        let Some((id, secret)) = self.0.shelf.device().await?.meta.forking else { return Ok(Done::Nothing) };
        let request = ForkRequest {
            installation: old.id,
            secret: old.secret.clone(),
            new_installation: id,
            new_secret: secret.clone(),
        };
        let answer = platform::within(REQUEST_TIMEOUT_MS, api::fork(request)).await.ok_or_else(timed_out)?;
        let answer = answer.map_err(Failed::Call)?;
        let new = engine::Installation {
            id,
            secret,
            prefix: answer.prefix,
            shop_name: answer.shop_name,
            holds_costs: answer.holds_costs,
            name: old.name,
        };
        self.0
            .shelf
            .carry_out(|device| Ok::<_, StorageProblem>(device.meta.renumber.then(|| (engine::fork(device, &new), ()))))
            .await?;
        Ok(Done::Answered { again: true, progress: true })
    }

    /// Once a day, while nothing else is to be done.
    pub(super) async fn forget_history(&self, device: &Device) -> Result<(), StorageProblem> {
        let Some(shown) = device.shown() else { return Ok(()) };
        let mut rows = Vec::new();
        for (kind, place) in engine::ageing(shown.generation) {
            rows.push((kind, self.0.shelf.storage().scan(Store::Confirmed, &place).await?));
        }
        self.0.shelf.commit(engine::forget_history(device, self.0.epoch, &rows)).await?; // stale: the next answer asks again
        exporting::forget_stale(&self.0.shelf).await
    }

    /// What a new sender finds to put in order.
    pub(super) async fn tidy(&self) -> Result<(), StorageProblem> {
        self.settle_orphans().await?;
        let epoch = self.0.epoch;
        let (device, acknowledged) = (self.0.shelf.device().await?, self.0.shelf.acknowledged().await?);
        if let Some(tx) = engine::forget_old(&device, epoch, &acknowledged) {
            self.0.shelf.commit(tx).await?; // stale: the next start forgets them
        }
        Ok(())
    }

    /// The refusals whose selling tab died before it could act (G16).
    pub(super) async fn settle_orphans(&self) -> Result<(), StorageProblem> {
        let epoch = self.0.epoch;
        let settled = self.0.shelf.carry_out(|device| {
            let tx = engine::settle_orphans(device, epoch, now_ms(), &mut platform::new_key);
            Ok::<_, StorageProblem>(tx.map(|tx| (tx, ())))
        });
        settled.await.map(drop)
    }
}
