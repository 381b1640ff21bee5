//! Receiving: a first sync waits for the line or for the disk, not for one after the other.

use super::{APP, Done, Failed, REQUEST_TIMEOUT_MS, Sender, timed_out};
use crate::{
    api,
    device::platform::{self, now_ms, steady_ms},
    sync::{
        CallError,
        engine::{self, Acknowledged, Applied, Asked},
        wire::{self, PullAnswer, PullRequest, Pulled, StartPage},
    },
};
use futures::{
    channel::oneshot,
    future::{Either, select},
};
use wasm_bindgen_futures::spawn_local;

/// A request under way, which ends where nobody waits for its answer any more.
pub(super) struct UnderWay {
    request: PullRequest,
    answer: oneshot::Receiver<Answered>,
}

struct Answered {
    /// `None` after [`REQUEST_TIMEOUT_MS`].
    result: Option<Result<PullAnswer, CallError>>,
    round_trip_ms: i64,
}

impl Sender {
    pub(super) async fn pull(&self) -> Result<Done, Failed> {
        let device = self.0.shelf.device().await?;
        let Some(request) = engine::plan_pull(&device, APP) else { return Ok(Done::Nothing) };
        let Some((answer, round_trip_ms)) = self.call_pull(&request).await? else {
            return Ok(Done::Answered { again: true, progress: true }); // gave way to a sale
        };
        // The next page is on its way while this one is written.
        if let Pulled::Start(StartPage { next: Some(position), .. }) = &answer.pulled {
            let from = wire::From::Start { position: Some(position.clone()) };
            *self.0.ahead.borrow_mut() = Some(self.ask(PullRequest { from, ..request.clone() }));
        }
        let applied = self.take(Some(&request.from), &answer).await?;
        self.measure(answer.server_now_ms, |measured| {
            measured.answered(Asked::Pull, answer.server_now_ms, round_trip_ms);
        });
        let device = self.0.shelf.device().await?;
        // A finished loading that waits for verdicts has nothing to pull.
        let waits = device.meta.loading.is_some_and(|loading| loading.complete);
        Ok(Done::Answered { again: applied != Applied::UpToDate && !waits, progress: applied != Applied::Waits })
    }

    pub(super) async fn take(&self, asked: Option<&wire::From>, answer: &PullAnswer) -> Result<Applied, Failed> {
        let _turn = self.0.answers.lock().await;
        let acknowledged: Vec<Acknowledged> = match &answer.pulled {
            Pulled::Start(_) => self.0.shelf.acknowledged().await?.into_iter().map(|(_, row)| row).collect(),
            _ => Vec::new(),
        };
        let now_ms = now_ms();
        self.write(|device| {
            engine::on_pulled(device, self.0.epoch, asked, answer, &acknowledged, now_ms, &mut platform::new_key)
        })
        .await
    }

    /// The answer and how long it took; `None` if it gave way to a sale: on a slow line the page would take the sale's
    /// seconds.
    async fn call_pull(&self, request: &PullRequest) -> Result<Option<(PullAnswer, i64)>, Failed> {
        let ahead = self.0.ahead.take().filter(|ahead| ahead.request == *request);
        let UnderWay { answer, .. } = ahead.unwrap_or_else(|| self.ask(request.clone()));
        match select(answer, Box::pin(self.0.hurry.wait())).await {
            Either::Left((Ok(Answered { result: Some(result), round_trip_ms }), _)) => {
                self.heard(result).map(|answer| Some((answer, round_trip_ms)))
            }
            Either::Left(_) => Err(timed_out()),
            Either::Right(_) => Ok(None),
        }
    }

    fn ask(&self, request: PullRequest) -> UnderWay {
        self.0.meter.sends(&request);
        let ((mut asking, answer), asked) = (oneshot::channel(), request.clone());
        spawn_local(async move {
            let began_ms = steady_ms();
            let call = Box::pin(platform::within(REQUEST_TIMEOUT_MS, api::pull(asked)));
            let result = match select(call, asking.cancellation()).await {
                Either::Left((result, _)) => result,
                Either::Right(_) => return,
            };
            drop(asking.send(Answered { result, round_trip_ms: steady_ms() - began_ms })); // nobody waits: it is dropped
        });
        UnderWay { request, answer }
    }

    /// A pull under way gives way, and so does the one that was asked for ahead.
    pub(super) fn give_way(&self) {
        self.0.ahead.take();
        self.0.hurry.pulse();
    }
}
