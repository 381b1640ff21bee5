//! What a driver must do with a [`LocalTx`], told as values: each step is a transaction, whether it is carried out, and
//! what is stored then. Memory runs it natively, the real IndexedDB driver in Chromium (`device::storage_tests`).
//!
//! Keys are ASCII: UTF-8 and the UTF-16 of IndexedDB sort those alike.

use super::storage::{Expect, LocalTx, Store, Write};

/// Keys and values.
type Rows = Vec<(String, String)>;

pub struct Step {
    pub about: &'static str,
    pub tx: LocalTx,
    /// Carried out; else it is stale, and nothing of it is written.
    pub commits: bool,
    /// Scans afterwards: rows whose key begins with the text, in the order of their keys.
    pub scans: Vec<(Store, &'static str, Rows)>,
}

impl Step {
    fn new(about: &'static str, commits: bool, tx: LocalTx) -> Self {
        Self { about, tx, commits, scans: Vec::new() }
    }

    fn leaves(mut self, store: Store, prefix: &'static str, rows: &[(&str, &str)]) -> Self {
        let rows = rows.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.scans.push((store, prefix, rows));
        self
    }
}

fn put(mut tx: LocalTx, store: Store, key: &str, value: &str) -> LocalTx {
    tx.writes.push(Write::Put { store, key: key.to_owned(), value: value.to_owned() });
    tx
}

fn delete(mut tx: LocalTx, store: Store, key: &str) -> LocalTx {
    tx.writes.push(Write::Delete { store, key: key.to_owned() });
    tx
}

fn delete_all(mut tx: LocalTx, store: Store, prefix: &str) -> LocalTx {
    tx.writes.push(Write::DeletePrefix { store, prefix: prefix.to_owned() });
    tx
}

fn expect(mut tx: LocalTx, store: Store, key: &str, value: Option<&str>) -> LocalTx {
    tx.expects.push(Expect { store, key: key.to_owned(), value: value.map(str::to_owned) });
    tx
}

/// The whole suite, to be run in order on an empty storage.
pub fn steps() -> Vec<Step> {
    [expectations(), fence(), order_of_writes(), prefixes(), values()].into_iter().flatten().collect()
}

fn expectations() -> Vec<Step> {
    use Store::{Confirmed, Meta, Outbox, Parked};
    let one = |tx| put(put(tx, Meta, "a", "1"), Outbox, "x", "2");
    vec![
        Step::new("what is absent is as expected", true, one(expect(LocalTx::strict(), Meta, "a", None)))
            .leaves(Meta, "", &[("a", "1")])
            .leaves(Outbox, "", &[("x", "2")]),
        Step::new(
            "what is there is not absent",
            false,
            put(expect(LocalTx::strict(), Meta, "a", None), Parked, "p", "3"),
        )
        .leaves(Parked, "", &[]),
        Step::new(
            "the last of three expectations fails: nothing is written, to no store",
            false,
            put(
                one(expect(
                    expect(expect(LocalTx::strict(), Meta, "a", Some("1")), Outbox, "x", Some("2")),
                    Confirmed,
                    "c",
                    Some("4"),
                )),
                Confirmed,
                "c",
                "5",
            ),
        )
        .leaves(Confirmed, "", &[])
        .leaves(Meta, "", &[("a", "1")]),
        Step::new(
            "texts are compared whole",
            false,
            delete(expect(LocalTx::strict(), Meta, "a", Some("10")), Meta, "a"),
        )
        .leaves(Meta, "", &[("a", "1")]),
        Step::new("an expectation alone can be stale", false, expect(LocalTx::strict(), Meta, "a", Some("0"))),
        Step::new("and can hold", true, expect(LocalTx::strict(), Meta, "a", Some("1"))),
        Step::new("nothing asked, nothing done", true, LocalTx::strict()).leaves(Outbox, "", &[("x", "2")]),
        Step::new(
            "expectations are of the state before the writes",
            true,
            put(expect(LocalTx::strict(), Meta, "a", Some("1")), Meta, "a", "6"),
        )
        .leaves(Meta, "", &[("a", "6")]),
        Step::new(
            "all stores at once",
            true,
            Store::ALL.into_iter().fold(LocalTx::strict(), |tx, store| put(delete_all(tx, store, ""), store, "k", "v")),
        )
        .leaves(Meta, "", &[("k", "v")])
        .leaves(Outbox, "", &[("k", "v")])
        .leaves(Parked, "", &[("k", "v")])
        .leaves(Store::Acknowledged, "", &[("k", "v")])
        .leaves(Confirmed, "", &[("k", "v")])
        .leaves(Store::Import, "", &[("k", "v")])
        .leaves(Store::Export, "", &[("k", "v")]),
    ]
}

/// G5: a sender whose lock was taken cannot write.
fn fence() -> Vec<Step> {
    use Store::{Meta, Outbox};
    let write = |epoch| put(LocalTx::sender(epoch), Outbox, "k", &epoch.to_string());
    vec![
        Step::new("no epoch, no sender", false, write(1)).leaves(Outbox, "", &[("k", "v")]),
        Step::new("a sender takes over", true, put(LocalTx::strict(), Meta, "epoch", "7")),
        Step::new("the sender writes", true, write(7)).leaves(Outbox, "", &[("k", "7")]),
        Step::new("another takes over", true, put(LocalTx::strict(), Meta, "epoch", "8")),
        Step::new("the first cannot write any more", false, write(7)).leaves(Outbox, "", &[("k", "7")]),
        Step::new("nor one from the future", false, write(80)).leaves(Outbox, "", &[("k", "7")]),
        Step::new("the second can", true, write(8)).leaves(Outbox, "", &[("k", "8")]),
    ]
}

fn order_of_writes() -> Vec<Step> {
    use Store::Parked;
    let clear = || delete_all(LocalTx::sender(8), Parked, "");
    vec![
        Step::new("the last write of a key counts", true, put(put(clear(), Parked, "a", "1"), Parked, "a", "2"))
            .leaves(Parked, "", &[("a", "2")]),
        Step::new("put, then deleted", true, delete(put(clear(), Parked, "a", "1"), Parked, "a")).leaves(
            Parked,
            "",
            &[],
        ),
        Step::new("deleted, then put", true, put(delete(clear(), Parked, "a"), Parked, "a", "3")).leaves(
            Parked,
            "",
            &[("a", "3")],
        ),
        Step::new("what is absent can be deleted", true, delete(LocalTx::strict(), Parked, "nothing")).leaves(
            Parked,
            "",
            &[("a", "3")],
        ),
    ]
}

fn prefixes() -> Vec<Step> {
    use Store::{Acknowledged, Confirmed};
    let keys = ["10/b", "1/b", "2/a", "1/", "1", "1/a/b", "1/~", "11"];
    let filled =
        keys.iter().fold(delete_all(LocalTx::sender(8), Confirmed, ""), |tx, key| put(tx, Confirmed, key, key));
    vec![
        Step::new("rows come in the order of their keys", true, put(filled, Acknowledged, "1/b", "x"))
            .leaves(Confirmed, "1/", &[("1/", "1/"), ("1/a/b", "1/a/b"), ("1/b", "1/b"), ("1/~", "1/~")])
            .leaves(Confirmed, "1/b", &[("1/b", "1/b")])
            .leaves(Confirmed, "3", &[])
            .leaves(
                Confirmed,
                "",
                &[
                    ("1", "1"),
                    ("1/", "1/"),
                    ("1/a/b", "1/a/b"),
                    ("1/b", "1/b"),
                    ("1/~", "1/~"),
                    ("10/b", "10/b"),
                    ("11", "11"),
                    ("2/a", "2/a"),
                ],
            ),
        Step::new("a prefix goes, of one store", true, delete_all(LocalTx::sender(8), Confirmed, "1/"))
            .leaves(Confirmed, "", &[("1", "1"), ("10/b", "10/b"), ("11", "11"), ("2/a", "2/a")])
            .leaves(Acknowledged, "1/", &[("1/b", "x")]),
    ]
}

fn values() -> Vec<Step> {
    let strange = "\0 \"é\" \u{1f680} \u{202e} \u{ffff}\n";
    let long = "x".repeat(1_000_000);
    let mut step = Step::new(
        "texts come back as they were",
        true,
        put(put(LocalTx::strict(), Store::Outbox, "long", &long), Store::Outbox, "strange", strange),
    )
    .leaves(Store::Outbox, "s", &[("strange", strange)]);
    step.scans.push((Store::Outbox, "long", vec![("long".to_owned(), long)]));
    vec![step]
}

#[test]
fn memory_keeps_the_contract() {
    let mut memory = super::memory::Memory::default();
    for Step { about, tx, commits, scans } in steps() {
        assert_eq!(memory.commit(&tx).is_ok(), commits, "{about}");
        for (store, prefix, rows) in scans {
            assert_eq!(memory.scan(store, prefix), rows, "{about}: {store:?} {prefix:?}");
            for (key, value) in rows {
                assert_eq!(memory.get(store, &key), Some(value.as_str()), "{about}");
            }
        }
    }
}
