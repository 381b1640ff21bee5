//! Word of a shop's changes, as they commit, to the phones that listen.
//!
//! Nothing travels here but the word that there is something new: each stream reads its own pages from the database.
//! So a word that is lost, or comes twice, costs a moment and no change. Between the server's programs on one Postgres
//! the word goes by LISTEN/NOTIFY, after the commit and not in it: a notifying commit holds a lock of the whole cluster.

use super::{db::Db, session::Session};
use crate::{
    domain::{InstallationId, ShopId},
    sync::wire::{Cursor, Pulled, PushAnswer},
};
use sqlx::postgres::PgListener;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

const CHANNEL: &str = "comptoir_changes";
/// Shops whose word waits to go to the other programs. Beyond it the word is dropped; streams hear the next.
const WAITING_MAX: usize = 1_000;
/// The nil UUID names no shop.
const ANY: ShopId = ShopId(Uuid::nil());
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Events {
    shops: Mutex<HashMap<ShopId, Shop>>,
    /// Streams that began so far.
    serials: AtomicU64,
    ended: watch::Sender<bool>,
    to_others: mpsc::Sender<ShopId>,
    from_here: Mutex<Option<mpsc::Receiver<ShopId>>>,
}

/// A shop that somebody listens to.
#[derive(Debug, Default)]
struct Shop {
    changed: watch::Sender<u64>,
    streams: HashMap<InstallationId, Stream>,
}

#[derive(Debug)]
struct Stream {
    /// The newest stream of a phone is its only one.
    serial: u64,
    /// What an answer to a push told the phone already: from there to there.
    told: Option<(Cursor, u64)>,
}

impl Default for Events {
    fn default() -> Self {
        let (to_others, from_here) = mpsc::channel(WAITING_MAX);
        let (shops, serials, ended) = (Mutex::default(), AtomicU64::default(), watch::Sender::new(false));
        Self { shops, serials, ended, to_others, from_here: Mutex::new(Some(from_here)) }
    }
}

impl Events {
    /// A push changed the shop. Its page told the phone that pushed.
    pub fn pushed(&self, session: &Session, answer: &PushAnswer) {
        if !answer.answers.iter().any(|answer| answer.verdict.change().is_some() && !answer.replayed) {
            return;
        }
        if let (Some(Pulled::Page(page)), Some(shop)) = (&answer.page, self.lock().get_mut(&session.shop))
            && let Some(stream) = shop.streams.get_mut(&session.installation)
        {
            stream.told = Some((Cursor { history: page.history, change: page.from }, page.to));
        }
        self.changed(session.shop);
    }

    /// Something changed in the shop, or who may hear of it.
    pub fn changed(&self, shop: ShopId) {
        self.wake(shop);
        // Full: the other programs hear of the next change.
        let _ = self.to_others.try_send(shop);
    }

    /// Something changed in shops that nobody names.
    pub fn changed_somewhere(&self) {
        self.changed(ANY);
    }

    /// Ends every stream, and each one that is still to come.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// From here on every change of the shop is heard. A phone's earlier stream ends.
    pub fn listen(self: &Arc<Self>, session: &Session) -> Listener {
        let mut shops = self.lock();
        let shop = shops.entry(session.shop).or_default();
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        shop.streams.insert(session.installation, Stream { serial, told: None });
        shop.wake(); // the earlier one sees that it is not the newest
        Listener {
            events: self.clone(),
            shop: session.shop,
            installation: session.installation,
            serial,
            changed: shop.changed.subscribe(),
            ended: self.ended.subscribe(),
        }
    }

    /// Streams that are open.
    pub fn listeners(&self) -> usize {
        self.lock().values().map(|shop| shop.streams.len()).sum()
    }

    fn wake(&self, shop: ShopId) {
        let shops = self.lock();
        match shop {
            ANY => shops.values().for_each(Shop::wake),
            shop => shops.get(&shop).into_iter().for_each(Shop::wake),
        }
    }

    /// What is held is a few numbers, whole after each line: a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, HashMap<ShopId, Shop>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes word between the programs on one Postgres, for as long as the server runs.
    pub async fn relay(self: Arc<Self>, db: Db) {
        let from_here = self.from_here.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Db::Postgres(pool), Some(mut from_here)) = (&db, from_here) else { return };
        let own = Uuid::new_v4();
        let tell = async {
            let mut waiting = Vec::new();
            while from_here.recv_many(&mut waiting, WAITING_MAX).await > 0 {
                for shop in waiting.drain(..).collect::<BTreeSet<ShopId>>() {
                    let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(format!("{own} {shop}"));
                    if let Err(error) = told.execute(pool).await {
                        tracing::warn!(%error, %shop, "the other servers were not told of a change");
                    }
                }
            }
        };
        let hear = async {
            loop {
                if let Err(error) = self.hear(pool, own).await {
                    tracing::warn!(%error, "the other servers are not heard");
                }
                tokio::time::sleep(RECONNECT_PAUSE).await;
            }
        };
        tokio::join!(tell, hear);
    }

    async fn hear(&self, pool: &sqlx::PgPool, own: Uuid) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            self.wake(ANY); // what was said while nobody listened
            while let Some(word) = listener.try_recv().await? {
                let said = word.payload().split_once(' ').map(|(by, shop)| (by.parse::<Uuid>(), shop.parse()));
                if let Some((Ok(by), Ok(shop))) = said
                    && by != own
                {
                    self.wake(shop);
                }
            }
        }
    }
}

impl Shop {
    fn wake(&self) {
        self.changed.send_modify(|times| *times += 1);
    }
}

/// One stream's ear.
pub struct Listener {
    events: Arc<Events>,
    shop: ShopId,
    installation: InstallationId,
    serial: u64,
    changed: watch::Receiver<u64>,
    ended: watch::Receiver<bool>,
}

impl Listener {
    /// Waits for a change; `false` when the stream is to end.
    pub async fn hears(&mut self) -> bool {
        let changed = tokio::select! {
            changed = self.changed.changed() => changed.is_ok(),
            _ = self.ended.wait_for(|ended| *ended) => false,
        };
        changed && self.is_newest()
    }

    /// Where a stream at this cursor goes on: behind what an answer told.
    pub fn skip_told(&self, cursor: Cursor) -> Cursor {
        let mut shops = self.events.lock();
        let stream = shops.get_mut(&self.shop).and_then(|shop| shop.streams.get_mut(&self.installation));
        match stream.and_then(|stream| stream.told.take()) {
            Some((from, to)) if from == cursor => Cursor { change: to, ..cursor },
            _ => cursor,
        }
    }

    fn is_newest(&self) -> bool {
        let shops = self.events.lock();
        let stream = shops.get(&self.shop).and_then(|shop| shop.streams.get(&self.installation));
        stream.is_some_and(|stream| stream.serial == self.serial)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.is_newest() {
            return;
        }
        let mut shops = self.events.lock();
        if let Some(shop) = shops.get_mut(&self.shop) {
            shop.streams.remove(&self.installation);
            if shop.streams.is_empty() {
                shops.remove(&self.shop);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Key, Role, UserId},
        sync::{Answer, Verdict, wire::Page},
    };

    fn session(shop: u128, installation: u128) -> Session {
        Session {
            shop: ShopId(Uuid::from_u128(shop)),
            user: UserId(Uuid::from_u128(9)),
            role: Role::Owner,
            installation: InstallationId(Uuid::from_u128(installation)),
            holds_costs: false,
            revoked: false,
        }
    }

    fn applied(from: u64, to: u64, replayed: bool) -> PushAnswer {
        let (history, rows) = (Uuid::nil(), Default::default());
        let answers = vec![Answer { key: Key(Uuid::nil()), replayed, verdict: Verdict::Applied { change: to } }];
        let page = Some(Pulled::Page(Page { history, from, to, more: false, answers: Vec::new(), rows }));
        PushAnswer { server_now_ms: 0, history, answers, page }
    }

    fn at(change: u64) -> Cursor {
        Cursor { history: Uuid::nil(), change }
    }

    async fn hears_now(listener: &mut Listener) -> Option<bool> {
        tokio::time::timeout(Duration::from_millis(20), listener.hears()).await.ok()
    }

    #[tokio::test]
    async fn the_phones_of_a_shop_hear_its_changes_and_no_others() {
        let events = Arc::new(Events::default());
        let (mut one, mut other) = (events.listen(&session(1, 1)), events.listen(&session(2, 2)));
        events.pushed(&session(1, 7), &applied(4, 5, true));
        assert_eq!(hears_now(&mut one).await, None, "a replay changed nothing");
        events.pushed(&session(1, 7), &applied(4, 5, false));
        assert_eq!((hears_now(&mut one).await, hears_now(&mut other).await), (Some(true), None));
        events.end();
        assert_eq!((hears_now(&mut one).await, hears_now(&mut other).await), (Some(false), Some(false)));
        drop((one, other));
        assert!(events.lock().is_empty());
        assert_eq!(hears_now(&mut events.listen(&session(1, 1))).await, Some(false), "nothing begins any more");
    }

    #[tokio::test]
    async fn what_an_answer_told_is_not_told_again() {
        let events = Arc::new(Events::default());
        let listener = events.listen(&session(1, 1));
        events.pushed(&session(1, 1), &applied(4, 6, false));
        assert_eq!(listener.skip_told(at(4)), at(6));
        assert_eq!(listener.skip_told(at(6)), at(6));
        events.pushed(&session(1, 1), &applied(4, 7, false));
        assert_eq!(listener.skip_told(at(6)), at(6), "it told from elsewhere");
    }

    #[tokio::test]
    async fn a_phone_has_one_stream() {
        let events = Arc::new(Events::default());
        let mut first = events.listen(&session(1, 1));
        let mut second = events.listen(&session(1, 1));
        assert_eq!(hears_now(&mut first).await, Some(false));
        drop(first);
        assert_eq!((hears_now(&mut second).await, events.listeners()), (None, 1));
        // One that has not heard yet that it is an older one stays so, whatever became of the newer.
        let mut third = events.listen(&session(1, 1));
        drop(third);
        third = events.listen(&session(1, 1));
        assert_eq!(hears_now(&mut second).await, Some(false));
        drop(second);
        assert_eq!((hears_now(&mut third).await, events.listeners()), (None, 1));
    }
}
