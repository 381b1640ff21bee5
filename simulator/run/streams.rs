//! The shop's changes told as they commit: the server's streams, as `src/server/http/events.rs` tells them, and the
//! phone's end, as `src/device/sender/follow.rs` hears them. Pages come in their order, until a stream is cut; nobody
//! need notice.

use super::{
    guarantees::Held,
    phone::{Phone, TabEvent},
    shop,
    stage::{Event, Stage},
    tasks::Deed,
    world::World,
};
use comptoir::{
    domain::InstallationId,
    server::{
        db::Db,
        events::{Events, Listener},
        pull,
        session::Session,
        sessions,
    },
    sync::{
        STREAM_ALIVE_S,
        engine::{Device, Installation, SessionState, Trigger},
        wire::{Cursor, PUSH_PAGE_MAX_ROWS, PullAnswer, Pulled, PushAnswer, PushRequest},
    },
};
use futures::FutureExt;
use std::sync::Arc;

/// The browser's pauses before a new stream (`src/device/sender/stream.rs`).
const PAUSE_FIRST_MS: i64 = 2_000;
const PAUSE_LAST_MS: i64 = 60_000;

/// `src/device/sender/follow.rs`.
const SILENT_MS: i64 = 5 * 1_000 * STREAM_ALIVE_S as i64 / 2;

/// The server's side.
#[derive(Default)]
pub struct Streams {
    events: Arc<Events>,
    open: Vec<Open>,
}

/// Whose stream it is.
#[derive(Debug, Clone)]
pub struct Opens {
    pub phone: usize,
    pub tab: u64,
    pub stream: u64,
    pub installation: InstallationId,
    pub cursor: Cursor,
    pub cookie: String,
}

struct Open {
    whose: Opens,
    listener: Listener,
    behind: bool,
    /// When what was told last reaches the phone: nothing overtakes it.
    arrives_ms: i64,
}

enum Next {
    Tells(Box<PullAnswer>),
    Waits,
    Ends,
}

impl Streams {
    pub fn pushed(&self, request: &PushRequest, answer: &PushAnswer) {
        let session =
            shop::session(&Installation { id: request.installation, ..shop::installation(0) }, &shop::person(0));
        self.events.pushed(&session, answer);
    }

    pub fn changed_somewhere(&self) {
        self.events.changed_somewhere();
    }
}

impl Open {
    async fn next(&mut self, db: &Db, now_ms: i64) -> Next {
        loop {
            if !self.behind {
                match self.listener.hears().now_or_never() {
                    None => return Next::Waits,
                    Some(false) => return Next::Ends,
                    Some(true) => {}
                }
            }
            let found = sessions::find(db, &self.whose.cookie, now_ms).await.expect("sessions are read");
            let Some(session) = found.filter(|session| !session.revoked) else { return Next::Ends };
            self.whose.cursor = self.listener.skip_told(self.whose.cursor);
            let pulled = pull::changes_since(db, &session, self.whose.cursor, PUSH_PAGE_MAX_ROWS).await;
            let pulled = pulled.expect("changes are read");
            let answer = |pulled| Next::Tells(Box::new(PullAnswer { server_now_ms: now_ms, pulled }));
            let Pulled::Page(page) = &pulled else { return answer(pulled) };
            self.behind = page.more;
            if page.to > page.from {
                self.whose.cursor.change = page.to;
                return answer(pulled);
            }
        }
    }
}

impl World<'_> {
    pub async fn stream_opens(&mut self, whose: Opens) -> Held {
        let found = sessions::find(self.server.db(), &whose.cookie, self.stage.now_ms).await;
        let own = |session: &Session| !session.revoked && session.installation == whose.installation;
        match found.expect("sessions are read").filter(own) {
            None => self.stage.stream_ends(&whose),
            Some(session) => {
                let listener = self.streams.events.listen(&session);
                let (delay_ms, opened) = (self.stage.delay_ms(), TabEvent::StreamOpened { stream: whose.stream });
                self.stage.tab(delay_ms, whose.phone, whose.tab, opened);
                self.streams.open.push(Open { whose, listener, behind: true, arrives_ms: 0 });
            }
        }
        self.tell_streams().await
    }

    /// Tells every stream what is new.
    pub async fn tell_streams(&mut self) -> Held {
        let (db, now_ms) = (self.server.db().clone(), self.stage.now_ms);
        let mut told = Vec::new();
        let mut open = std::mem::take(&mut self.streams.open);
        let mut n = 0;
        while let Some(stream) = open.get_mut(n) {
            match stream.next(&db, now_ms).await {
                Next::Waits => n += 1,
                Next::Ends => self.stage.stream_ends(&open.remove(n).whose),
                Next::Tells(answer) => {
                    let leads_on = matches!(answer.pulled, Pulled::Page(_));
                    if let Pulled::Page(page) = &answer.pulled {
                        told.push(page.clone());
                    }
                    let reached = self.phones[stream.whose.phone].reached(&self.stage);
                    let goes_on = self.stage.tells(stream, answer, reached);
                    if goes_on && !leads_on {
                        self.stage.stream_ends(&stream.whose);
                    }
                    if !goes_on || !leads_on {
                        open.remove(n);
                    }
                }
            }
        }
        self.streams.open = open;
        for page in told {
            self.read(&page).await?;
        }
        Ok(())
    }

    /// The server is gone, and its streams with it.
    pub fn streams_break(&mut self) {
        for stream in std::mem::take(&mut self.streams).open {
            match self.phones[stream.whose.phone].reached(&self.stage) {
                true => self.stage.stream_ends(&stream.whose),
                false => self.stage.stream_falls_silent(&stream.whose),
            }
        }
    }
}

impl Stage {
    /// Whether the stream goes on: a page that is lost cuts it, and the phone notices, or does not.
    fn tells(&mut self, stream: &mut Open, answer: Box<PullAnswer>, reached: bool) -> bool {
        if !reached || self.goes_wrong(self.nature.answer_lost) {
            if reached && self.chance.below(2) == 0 {
                self.stream_ends(&stream.whose);
            } else {
                self.stream_falls_silent(&stream.whose);
            }
            return false;
        }
        let Opens { phone, tab, stream: serial, .. } = stream.whose;
        stream.arrives_ms = stream.arrives_ms.max(self.now_ms + self.delay_ms());
        let what = TabEvent::Hears { stream: serial, answer };
        self.tab(stream.arrives_ms - self.now_ms, phone, tab, what);
        true
    }

    /// Nobody says that it was cut: the phone notices by what it does not hear.
    fn stream_falls_silent(&mut self, whose: &Opens) {
        self.tab(SILENT_MS, whose.phone, whose.tab, TabEvent::StreamEnds { stream: whose.stream });
    }

    fn stream_ends(&mut self, whose: &Opens) {
        let delay_ms = self.delay_ms();
        self.tab(delay_ms, whose.phone, whose.tab, TabEvent::StreamEnds { stream: whose.stream });
    }
}

/// The phone's side: the stream of a sender, or when the next may begin.
#[derive(Default)]
pub struct Following {
    pub stream: Option<u64>,
    /// How far the pages that were heard go.
    pub told: Option<Cursor>,
    failures: u32,
    not_before_ms: i64,
}

impl Phone {
    /// Opens the stream where there can be one, and closes it where not. Says when to look again, if a pause is on.
    pub fn follow(&mut self, tab: u64, device: &Device, stage: &mut Stage) -> Option<i64> {
        let (online, reached, phone, cookie) =
            (self.online(stage), self.reached(stage), self.index, self.cookie.clone());
        let held = device.meta.held.filter(|_| device.meta.loading.is_none() && stage.nature.streams);
        let wanted = held.filter(|_| online && device.meta.session == SessionState::Open);
        let installation = device.meta.installation.as_ref().map(|installation| installation.id);
        self.next_stream += 1;
        let stream = self.next_stream;
        let following = &mut self.sender(tab)?.following;
        match wanted.zip(installation) {
            None => following.stream = None,
            Some(_) if following.stream.is_some() => {}
            Some(_) if following.not_before_ms > stage.now_ms => return Some(following.not_before_ms),
            Some((held, installation)) => {
                following.stream = Some(stream);
                let delay_ms = stage.delay_ms();
                match cookie {
                    Some(cookie) if reached && !stage.goes_wrong(stage.nature.request_lost) => {
                        let opens = Opens { phone, tab, stream, installation, cursor: held.cursor, cookie };
                        stage.after(delay_ms, Event::StreamOpens(Box::new(opens)));
                    }
                    _ => stage.tab(delay_ms, phone, tab, TabEvent::StreamEnds { stream }),
                }
            }
        }
        None
    }

    pub fn hears(&mut self, tab: u64, stream: u64, answer: Box<PullAnswer>, stage: &mut Stage) -> Held {
        let Some(sender) = self.sender(tab).filter(|sender| sender.following.stream == Some(stream)) else {
            return Ok(());
        };
        sender.following.failures = 0;
        if let Pulled::Page(page) = &answer.pulled {
            sender.following.told = Some(Cursor { history: page.history, change: page.to });
        }
        self.begin(tab, Deed::Heard { answer }, stage)
    }

    pub fn stream_opened(&mut self, tab: u64, stream: u64, stage: &mut Stage) -> Held {
        let now_ms = stage.now_ms;
        if let Some(sender) = self.sender(tab).filter(|sender| sender.following.stream == Some(stream)) {
            sender.schedule.trigger(Trigger::Reached, now_ms);
            self.wake(tab, 0, stage);
        }
        Ok(())
    }

    pub fn stream_ends(&mut self, tab: u64, stream: u64, stage: &mut Stage) -> Held {
        let (now_ms, chance) = (stage.now_ms, stage.chance.unit());
        let Some(sender) = self.sender(tab).filter(|sender| sender.following.stream == Some(stream)) else {
            return Ok(());
        };
        let following = &mut sender.following;
        following.stream = None;
        let bound = (PAUSE_FIRST_MS << following.failures.min(5)).min(PAUSE_LAST_MS);
        following.not_before_ms = now_ms + (bound as f64 * chance) as i64;
        following.failures = following.failures.saturating_add(1);
        sender.schedule.trigger(Trigger::Missed, now_ms); // from here on it asks by itself
        self.wake(tab, 0, stage);
        Ok(())
    }

    /// What a page of the stream led to.
    pub fn missed(&mut self, tab: u64, stage: &mut Stage) {
        let now_ms = stage.now_ms;
        if let Some(sender) = self.sender(tab) {
            sender.schedule.trigger(Trigger::Missed, now_ms);
        }
    }
}
