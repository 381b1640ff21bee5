//! Damaged disks that have a name: what happened to the person, and what must be there afterwards.

use crate::stored::Disk;
use comptoir::{
    domain::*,
    sync::{
        Verdict,
        engine::{Entry, Held, Store, keys, sound},
        wire::{Cursor, Kind},
    },
};
use uuid::Uuid;

const DONE: Verdict = Verdict::Applied { change: 100 };

fn healed(change: impl FnOnce(&mut Disk)) -> Disk {
    let mut disk = Disk::of_a_good_phone();
    change(&mut disk);
    disk.heal();
    disk
}

fn only_key(disk: &Disk, store: Store) -> String {
    disk.0.scan(store, "").pop().unwrap().0
}

/// One sale of the queue is garbage: it is kept aside, with its receipt's number, and the next one is sent.
#[test]
fn an_unreadable_sale_does_not_stop_the_queue() {
    let mut disk = healed(|disk| {
        let (key, text) = disk.0.scan(Store::Outbox, "").pop().unwrap();
        disk.put(Store::Outbox, &key, &text[..text.len() - 9]);
    });
    let device = disk.device();
    let (_, aside) = device.aside.first().unwrap();
    assert_eq!((device.aside.len(), aside.store, aside.seen), (1, Store::Outbox, false));
    assert!(sound::receipt_in(&aside.text).is_some());
    disk.sell();
    disk.synchronise(DONE);
    let device = disk.device();
    assert_eq!((device.unsent_aside(), device.unsent().count()), (1, 0), "it is still there, and still counted");
}

/// A number or key no push may carry would fail the whole of every push, for ever.
#[test]
fn an_entry_the_server_cannot_take_fails_no_other() {
    for (field, wrong) in
        [("/mutation/origin/sequence", "0"), ("/mutation/key", "\"00000000-0000-0000-0000-000000000000\"")]
    {
        let mut disk = healed(|disk| {
            let (key, text) = disk.0.scan(Store::Outbox, "").pop().unwrap();
            let mut entry: serde_json::Value = serde_json::from_str(&text).unwrap();
            *entry.pointer_mut(field).unwrap() = serde_json::from_str(wrong).unwrap();
            disk.put(Store::Outbox, &key, &entry.to_string());
        });
        assert_eq!(disk.device().unsent_aside(), 1, "{field}");
        disk.sell();
        disk.synchronise(DONE);
    }
}

/// The count of mutations: the next one has a number of its own, and the phone is not taken for a clone.
#[test]
fn counts_are_found_again_in_what_was_counted() {
    let good = Disk::of_a_good_phone().device().meta;
    assert!(good.sequence >= 3 && good.receipt >= 3);
    for wrong in ["garbage", "", "-1", "18446744073709551615", "{}", "1e400"] {
        let disk = healed(|disk| {
            disk.put(Store::Meta, keys::SEQUENCE, wrong);
            disk.put(Store::Meta, keys::RECEIPT, wrong);
        });
        let meta = disk.device().meta;
        assert_eq!((meta.sequence, meta.receipt), (good.sequence, good.receipt), "{wrong}");
    }
}

/// Where the phone stands in the shop's history: it sells what it shows, and has the shop read anew.
#[test]
fn the_cursor_is_lost_and_the_shop_stays() {
    for wrong in ["garbage", "{\"generation\":0}", "{\"generation\":4294967295,\"cursor\":{}}"] {
        let mut disk = healed(|disk| disk.put(Store::Meta, keys::HELD, wrong));
        let unknown = Held { generation: 0, cursor: Cursor { history: Uuid::nil(), change: 0 } };
        assert_eq!(disk.device().meta.held, Some(unknown));
        assert!(disk.shown().is_some(), "offline it sells");
        disk.sell();
        disk.synchronise(DONE);
        assert_ne!(disk.device().meta.held.unwrap().cursor, unknown.cursor);
        assert!(disk.shown().is_some());
    }
}

/// A row of products, or what changed of one since: the others are sold, and the server says it again.
#[test]
fn a_damaged_product_is_read_again() {
    let goods = Disk::of_a_good_phone().0.scan(Store::Confirmed, &keys::all_goods(0)).pop().unwrap().0;
    let product = goods.rsplit('/').next().unwrap();
    for key in [goods.clone(), keys::row(0, Kind::Product, product), keys::stock(0, product)] {
        let mut disk = healed(|disk| disk.put(Store::Confirmed, &key, "{\"name\":7}"));
        assert_eq!(disk.device().aside.len(), 1, "{key}");
        disk.synchronise(DONE);
        assert_eq!(disk.shown().map(|(name, _)| name).as_deref(), Some("Riz"), "{key}");
    }
}

/// Text that means the same and is written otherwise would never be found again by a transaction.
#[test]
fn what_another_version_wrote_otherwise_is_written_anew_and_nobody_is_bothered() {
    let mut disk = healed(|disk| {
        let held = disk.0.get(Store::Meta, keys::HELD).unwrap().replace(':', ": ");
        disk.put(Store::Meta, keys::HELD, &held);
        disk.put(Store::Meta, keys::SEQUENCE, " 3 ");
    });
    let device = disk.device();
    assert!(device.aside.len() == 2 && device.aside.iter().all(|(_, aside)| aside.seen), "{:?}", device.aside);
    disk.sell();
    disk.synchronise(DONE);
}

/// What a newer app left is put back once it can be read; what a person saw stays, and is not told again.
#[test]
fn what_reads_after_an_upgrade_goes_back() {
    let mut disk = Disk::of_a_good_phone();
    let (key, text) = disk.0.scan(Store::Outbox, "").pop().unwrap();
    disk.put(Store::Outbox, &key, "pondering");
    disk.heal();
    let (id, aside) = disk.device().aside[0].clone();
    assert_eq!(sound::bring_back(&disk.device()), []);
    disk.0.commit(&sound::seen(&disk.device(), id).unwrap()).unwrap();
    assert_eq!(sound::seen(&disk.device(), id), None);
    // The newer app reads it.
    let readable = sound::Aside { text: text.clone(), ..aside };
    disk.put(Store::Meta, &keys::aside(id), &serde_json::to_string(&readable).unwrap());
    for tx in sound::bring_back(&disk.device()) {
        disk.0.commit(&tx).unwrap();
    }
    assert_eq!((disk.device().aside.len(), disk.0.get(Store::Outbox, &key)), (0, Some(text.as_str())));
    let _: Entry = serde_json::from_str(&text).unwrap();
}

#[test]
fn a_damaged_decision_and_a_damaged_copy_are_kept_aside() {
    for store in [Store::Parked, Store::Acknowledged] {
        let disk = healed(|disk| {
            let key = only_key(disk, store);
            disk.put(store, &key, "{\"mutation\":");
        });
        let device = disk.device();
        assert_eq!((device.aside.len(), device.aside[0].1.store), (1, store));
    }
}

/// The phone's name and secret: whoever enrols it again has the queue, and goes on counting.
#[test]
fn the_enrolment_is_lost_and_the_queue_is_there() {
    for wrong in ["garbage", "null", "{\"id\":\"01990000-0000-7000-8000-000000000001\"}"] {
        let disk = healed(|disk| disk.put(Store::Meta, keys::INSTALLATION, wrong));
        let device = disk.device();
        assert_eq!(device.meta.installation, None);
        assert_eq!((device.unsent().count() > 0, device.meta.sequence >= 3), (true, true));
        let kept = disk.0.get(Store::Meta, keys::ENROLLING).unwrap();
        let (id, secret): (InstallationId, String) = serde_json::from_str(kept).unwrap();
        assert_eq!((id.0, secret.len()), (Uuid::from_u128(1), 64), "it asks again as the one it was");
    }
}
