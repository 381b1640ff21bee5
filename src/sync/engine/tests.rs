//! What the engine decides, without a server: G5, G7, G16, G20; the folder has more.

mod exporting;
mod forgetting;
mod measuring;
mod reading_anew;
mod rules;
mod set_back;

use super::{
    memory::Memory,
    samples::{key, product, receive, sale, void},
    *,
};
use crate::{
    domain::{InstallationId, Role, UserId},
    sync::{
        Answer, Body, Mutation, Refusal, Verdict,
        wire::{
            Cursor, From, Kind, Page, PersonRow, Position, PullAnswer, Pulled, PushAnswer, Rows, StartPage, StockRow,
        },
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) const NOW_MS: i64 = 1_795_000_000_000;
pub(super) const HISTORY: Uuid = Uuid::from_u128(1);
const NO_STOCK: Refusal = Refusal::InsufficientStock { lines: Vec::new() };

/// An enrolled phone with a person at it, that has read an empty shop.
pub(super) struct Till(Memory);

impl Till {
    pub(super) fn new() -> Self {
        let mut till = Self::new_before_reading();
        till.pull(start(HISTORY, 10, &[]));
        till
    }

    fn new_before_reading() -> Self {
        let mut till = Self(Memory::default());
        till.commit(&enrolled(&Device::default(), &installation(1, "A")).unwrap());
        let name = crate::domain::Label::new("Mariama").unwrap();
        let person = PersonRow { id: UserId(Uuid::from_u128(9)), name, role: Role::Owner, retired: false };
        till.commit(&signed_in(&person, SessionState::Open, None));
        till.commit(&new_epoch(&till.device()).0);
        till
    }

    pub(super) fn device(&self) -> Device {
        let (device, unreadable) = Device::from_rows(&self.0.scan(Store::Meta, ""), &self.0.scan(Store::Outbox, ""));
        assert_eq!(unreadable, []);
        device
    }

    fn stock(&self, generation: u32, of: u64) -> Option<i64> {
        goods::Goods::of(&self.0, generation).unwrap().stock.get(&product(of)).copied()
    }

    pub(super) fn commit(&mut self, tx: &LocalTx) {
        self.0.commit(tx).unwrap();
    }

    fn queue(&mut self, n: u64, body: Body, wait: bool) -> Mutation {
        let queueing = Queueing { key: key(n), body, now_ms: NOW_MS, wait };
        let (tx, mutation) = queue(&self.device(), queueing).unwrap();
        self.commit(&tx);
        mutation
    }

    /// Of the history the phone knows of.
    pub(super) fn answer(&mut self, verdicts: &[(u64, Verdict)], now_ms: i64) {
        self.answer_in(self.device().history().unwrap_or(HISTORY), verdicts, now_ms);
    }

    fn answer_in(&mut self, history: Uuid, verdicts: &[(u64, Verdict)], now_ms: i64) {
        let answers =
            verdicts.iter().map(|(n, verdict)| Answer { key: key(*n), replayed: false, verdict: verdict.clone() });
        let answer = PushAnswer { server_now_ms: now_ms, history, answers: answers.collect(), page: None };
        let device = self.device();
        let (tx, _) = on_push_answer(&device, device.meta.epoch, &answer, now_ms, &mut || key(900));
        self.commit(&tx);
    }

    pub(super) fn pull(&mut self, pulled: Pulled) -> Applied {
        let rows = self.0.scan(Store::Acknowledged, "");
        let acknowledged: Vec<Acknowledged> = rows.iter().map(|(_, row)| serde_json::from_str(row).unwrap()).collect();
        let (device, answer) = (self.device(), PullAnswer { server_now_ms: NOW_MS, pulled });
        let epoch = device.meta.epoch;
        let (tx, applied) =
            on_pulled(&device, epoch, asked(&device).as_ref(), &answer, &acknowledged, NOW_MS, &mut || key(901));
        self.commit(&tx);
        applied
    }

    fn parked(&self, n: u64) -> Option<Parked> {
        self.0.get(Store::Parked, &key(n).to_string()).map(|row| serde_json::from_str(row).unwrap())
    }

    fn ended(&self, n: u64) -> Settled {
        let parked = self.parked(n);
        let acknowledged = self.0.get(Store::Acknowledged, &key(n).to_string()).is_some();
        ended(&self.device(), key(n), parked.as_ref(), acknowledged)
    }
}

/// What a pull asks for now.
fn asked(device: &Device) -> Option<From> {
    plan_pull(device, "test").map(|request| request.from)
}

fn installation(n: u128, prefix: &str) -> Installation {
    let (prefix, name, shop_name) = (prefix.to_owned(), "Téléphone".to_owned(), "Boutique".to_owned());
    Installation {
        id: InstallationId(Uuid::from_u128(n)),
        secret: "ab".repeat(32),
        prefix,
        name,
        shop_name,
        holds_costs: false,
    }
}

fn start(history: Uuid, change: u64, stock: &[(u64, i64)]) -> Pulled {
    let stock = stock.iter().map(|(n, units)| StockRow { product: product(*n), units: *units }).collect();
    let rows = Rows { stock, ..Rows::default() };
    let kind = crate::sync::wire::Kind::Movement;
    Pulled::Start(StartPage { at: Cursor { history, change }, kind, next: None, total_rows: 0, rows })
}

fn refused(change: u64) -> Verdict {
    Verdict::Refused { change, refusal: NO_STOCK }
}

/// G5, `frozen_tab_keeps_the_lock`: the woken tab decided on an old epoch, and its transaction is not carried out.
#[test]
fn a_woken_sender_cannot_write() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let frozen = till.device();
    till.commit(&new_epoch(&frozen).0);
    let answers = vec![Answer { key: key(1), replayed: false, verdict: Verdict::Applied { change: 11 } }];
    let answer = PushAnswer { server_now_ms: NOW_MS, history: HISTORY, answers, page: None };
    let (tx, _) = on_push_answer(&frozen, frozen.meta.epoch, &answer, NOW_MS, &mut || key(900));
    let before = till.0.scan(Store::Outbox, "");
    assert!(till.0.commit(&tx).is_err());
    assert_eq!(till.0.scan(Store::Outbox, ""), before);
    // Two that take over from the same state: one does.
    let (one, two) = (new_epoch(&till.device()).0, new_epoch(&till.device()).0);
    assert!(till.0.commit(&one).is_ok() && till.0.commit(&two).is_err());
}

/// G7, G16: a sale that is waited for goes with its causes, before a backlog of others.
#[test]
fn an_urgent_sale_takes_its_causes_along_and_nothing_else() {
    let mut till = Till::new();
    till.queue(1, receive(1, 5), false);
    till.queue(2, sale(1, 2, 1), false);
    till.queue(3, sale(2, 1, 1), true);
    let plan = |lane| plan_push(&till.device(), lane, &BTreeSet::new(), "test").unwrap().mutations;
    let keys = |mutations: Vec<Mutation>| mutations.iter().map(|mutation| mutation.key).collect::<Vec<_>>();
    assert_eq!(keys(plan(Lane::Urgent(key(3)))), [key(1), key(3)]);
    assert_eq!(keys(plan(Lane::Backlog)), [key(2), key(1), key(3)]);
}

/// G16: one compare-and-set decides how a wait ends, whichever of verdict and time-out comes first.
#[test]
fn verdict_and_time_out_cannot_both_win() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), true);
    assert_eq!(till.ended(1), Settled::Waiting);
    let time_out = stop_waiting(&till.device(), key(1), true).unwrap();
    till.answer(&[(1, refused(11))], NOW_MS + 1_000);
    assert!(till.0.commit(&time_out).is_err(), "the verdict came first");
    assert_eq!(stop_waiting(&till.device(), key(1), true), None);
    assert!(matches!(till.ended(1), Settled::Refused(_)));
    let back = roll_back(&till.device(), key(1), key(2), NOW_MS).unwrap();
    till.commit(&back);
    let told: Vec<_> = till.device().outbox.iter().map(|entry| entry.mutation.kind.clone()).collect();
    assert_eq!(told, ["settle_refusal"]);

    till.queue(3, sale(2, 1, 2), true);
    let late = stop_waiting(&till.device(), key(3), true).unwrap();
    till.commit(&late);
    assert_eq!((till.ended(3), till.device().meta.answering), (Settled::Late, false));
    till.answer(&[(3, refused(12))], NOW_MS + 6_000);
    assert!(matches!(till.ended(3), Settled::Parked(_)) && till.device().meta.answering);
    assert_eq!(roll_back(&till.device(), key(3), key(4), NOW_MS), None);
}

/// G16: the tab that sold died. Its refusal waits ten seconds for it, then is parked, and the server is told.
#[test]
fn an_orphaned_refusal_is_parked() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), true);
    till.answer(&[(1, refused(11))], NOW_MS + 1_000);
    let settle = |till: &Till, now_ms| {
        let device = till.device();
        settle_orphans(&device, device.meta.epoch, now_ms, &mut || key(900))
    };
    assert_eq!(settle(&till, NOW_MS + SALE_ORPHAN_MS), None);
    let left = |till: &Till, now_ms| orphaned_in_ms(&till.device(), now_ms);
    assert_eq!(left(&till, NOW_MS + 1_000), Some(SALE_ORPHAN_MS - 1_000 + 1));
    assert_eq!(left(&till, NOW_MS + SALE_ORPHAN_MS + 1), Some(0));
    let tx = settle(&till, NOW_MS + SALE_ORPHAN_MS + 1).unwrap();
    till.commit(&tx);
    assert!(matches!(till.ended(1), Settled::Parked(_)));
    assert!(till.parked(1).unwrap().without_receipt);
    assert_eq!(till.device().outbox[0].mutation.key, key(900));
    assert_eq!(left(&till, NOW_MS + SALE_ORPHAN_MS + 1), None);
}

/// G20: numbers start anew; keys and printed receipts stay, and a void still needs its sale.
#[test]
fn a_fork_renumbers_and_keeps_what_was_printed() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
    let printed = till.queue(2, sale(2, 1, 2), false);
    till.queue(3, void(2), false);
    till.answer(&[(2, Verdict::Renumber)], NOW_MS);
    assert!(till.device().meta.renumber);
    let tx = fork(&till.device(), &installation(2, "B"));
    till.commit(&tx);
    let device = till.device();
    // What has its verdict is never sent again under the new name: a number of the new one would stay a hole for ever.
    let (judged, unsent): (Vec<_>, Vec<_>) = device.outbox.iter().partition(|entry| entry.verdict.is_some());
    assert_eq!(
        judged.iter().map(|entry| entry.mutation.origin.installation).collect::<Vec<_>>(),
        [installation(1, "A").id]
    );
    let numbered: Vec<_> = unsent.iter().map(|entry| (entry.mutation.origin.sequence, entry.mutation.key)).collect();
    assert_eq!((numbered, device.meta.sequence), (vec![(1, key(2)), (2, key(3))], 2));
    assert_eq!(unsent[0].mutation.body, printed.body);
    assert_eq!(unsent[1].mutation.needs, [key(2)]);
    assert!(unsent.iter().all(|entry| entry.mutation.origin.installation == installation(2, "B").id));
    assert_eq!((next_receipt(&device.meta).unwrap().to_string(), device.meta.renumber), ("B-000001".to_owned(), false));
}

/// G20: the forked phone sells on, whether or not something was unsent.
#[test]
fn a_forked_phone_sells_on() {
    for unsent in [false, true] {
        let mut till = Till::new();
        till.queue(1, sale(1, 1, 2), false);
        if !unsent {
            till.answer(&[(1, Verdict::Applied { change: 11 })], NOW_MS);
        }
        let tx = fork(&till.device(), &installation(2, "B"));
        till.commit(&tx);
        let Body::RecordSale(mut record) = sale(2, 1, 2) else { unreachable!() };
        record.sale.receipt = next_receipt(&till.device().meta).unwrap();
        let sold = till.queue(2, Body::RecordSale(record), false);
        assert_eq!(sold.origin.sequence, 1 + u64::from(unsent));
        assert_eq!(next_receipt(&till.device().meta).unwrap().to_string(), "B-000002");
    }
}

/// G2, G20: an answer to what the old installation asked tells nothing of the new one's mutations, and is not written.
#[test]
fn a_fork_fences_off_what_the_old_installation_asked() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let (asked, pulled) = (till.device(), PullAnswer { server_now_ms: NOW_MS, pulled: Pulled::Resync });
    let (late, _) = on_pulled(&asked, asked.meta.epoch, None, &pulled, &[], NOW_MS, &mut || key(900));
    let forks = fork(&till.device(), &installation(2, "B"));
    till.commit(&forks);
    assert!(till.0.commit(&late).is_err() && till.device().meta.loading.is_none());
    // Another tab that takes over at that moment is not taken for the forked one.
    let takes_over = new_epoch(&till.device()).0;
    let forks_again = fork(&till.device(), &installation(3, "C"));
    till.commit(&takes_over);
    assert!(till.0.commit(&forks_again).is_err());
}

/// An answer that was long on its way is of the session it was sent with: whoever signed in since goes on sending.
#[test]
fn a_late_word_of_an_ended_session_ends_no_new_one() {
    let mut till = Till::new();
    let sent_with = till.device().meta.signed_in;
    let contact = Contact { server_ms: NOW_MS, skew_ms: 0 };
    let person = till.device().meta.actor.unwrap();
    till.commit(&signed_in(&person, SessionState::Open, Some(contact)));
    assert!(till.0.commit(&session_ended(sent_with, SessionState::Ended)).is_err());
    assert_eq!(till.device().meta.session, SessionState::Open);
    till.commit(&session_ended(Some(contact), SessionState::Ended));
    assert_eq!(till.device().meta.session, SessionState::Ended);
}

/// G1, G15: what is queued has its number for ever, so a power cut must not give that number to something else.
#[test]
fn whatever_queues_a_mutation_is_strict() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let device = till.device();
    let refused = Answer { key: key(1), replayed: false, verdict: refused(11) };
    let answer = PushAnswer { server_now_ms: NOW_MS, history: HISTORY, answers: vec![refused], page: None };
    let (tx, _) = on_push_answer(&device, device.meta.epoch, &answer, NOW_MS, &mut || key(900));
    assert_eq!(tx.durability, Durability::Strict, "it queues the word that the sale was parked");
}

/// G2: what was handed in, its answer lost, may be counted in the state that is read: first the answer, then the state.
#[test]
fn a_first_reading_waits_for_what_was_handed_in() {
    let mut till = Till::new_before_reading();
    till.queue(1, receive(1, 3), false);
    // The server may put it off for long: whoever asks for the state meanwhile asks with pauses.
    assert_eq!(till.pull(start(HISTORY, 10, &[(1, 3)])), Applied::Waits);
    till.answer(&[(1, Verdict::TryLater)], NOW_MS);
    assert_eq!(till.pull(start(HISTORY, 10, &[(1, 3)])), Applied::Waits);
    assert_eq!(till.device().shown(), None);
    till.answer(&[(1, Verdict::Applied { change: 10 })], NOW_MS);
    till.pull(start(HISTORY, 10, &[(1, 3)]));
    let device = till.device();
    assert_eq!((device.shown().map(|shown| shown.cursor.change), device.outbox.len()), (Some(10), 0));
}

/// G2: seed 13170. The void comes to the server before the page that counts the sale is made: that page leaves the sale
/// out, and the void is all that still leads to it.
#[test]
fn a_void_names_a_sale_that_was_applied_and_is_not_told_of() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    till.queue(2, sale(2, 1, 1), false);
    till.answer(&[(1, Verdict::Applied { change: 12 }), (2, Verdict::TryLater)], NOW_MS);
    assert_eq!(till.queue(3, void(1), false).needs, [key(1)]);
    assert_eq!(till.queue(4, sale(3, 1, 1), false).needs, [], "nothing else does");
}

/// G18: a count is against a state that is whole, and against no other than the one it was read from.
#[test]
fn a_count_is_of_the_state_it_was_read_from() {
    let mut till = Till::new_before_reading();
    let of = (product(1), crate::domain::Units::new(8).unwrap(), 10);
    let Pulled::Start(page) = start(HISTORY, 10, &[(1, 10)]) else { unreachable!() };
    let next = Some(Position { at: page.at, kind: Kind::Sale, after: None });
    till.pull(Pulled::Start(StartPage { next, ..page }));
    assert!(till.device().shown().is_some(), "a first reading is shown while it grows");
    assert_eq!(queue_count(&till.device(), key(1), NOW_MS, of).err(), Some(QueueError::NotRead));
    till.pull(start(HISTORY, 10, &[(1, 10)]));
    let late = queue_count(&till.device(), key(1), NOW_MS, of).unwrap();
    let page = Page { history: HISTORY, from: 10, to: 11, more: false, answers: Vec::new(), rows: Rows::default() };
    till.pull(Pulled::Page(page));
    assert!(till.0.commit(&late).is_err(), "a page came between");
    till.commit(&queue_count(&till.device(), key(1), NOW_MS, of).unwrap());
    assert_eq!(till.device().unsent().count(), 1);
}

/// G20: asked for twice, it is one installation.
#[test]
fn a_phone_forks_into_one_installation() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), false);
    let (id, other) = (installation(2, "B").id, installation(3, "C").id);
    assert!(begin_fork(&till.device(), id, "s").is_none(), "nobody asked it to");
    till.answer(&[(1, Verdict::Renumber)], NOW_MS);
    let tx = begin_fork(&till.device(), id, "s").unwrap();
    assert_eq!(tx.durability, Durability::Strict);
    till.commit(&tx);
    assert!(begin_fork(&till.device(), other, "s").is_none() && till.0.commit(&tx).is_err());
    assert_eq!(till.device().meta.forking, Some((id, "s".to_owned())));
    till.commit(&fork(&till.device(), &installation(2, "B")));
    assert_eq!(till.device().meta.forking, None);
}

/// G16: the tab that sold stood still, its refusal was parked, and somebody cancelled it elsewhere.
#[test]
fn a_refusal_decided_elsewhere_is_no_confirmation() {
    let mut till = Till::new();
    till.queue(1, sale(1, 1, 2), true);
    till.answer(&[(1, refused(11))], NOW_MS + SALE_ORPHAN_MS + 1);
    let stored = till.0.get(Store::Parked, &key(1).to_string()).unwrap().to_owned();
    let (tx, _) = dismiss(&till.device(), key(1), &stored, None).unwrap();
    till.commit(&tx);
    assert_eq!(till.ended(1), Settled::Decided);
}
