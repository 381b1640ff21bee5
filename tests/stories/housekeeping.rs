//! What the server does by itself.

use crate::{
    database::{TestDb, stories},
    phone::Shop,
};
use comptoir::{
    domain::{day::DAY_MS, *},
    server::{
        check, db,
        db::Db,
        jobs::{Job, LOCKS, TOMBSTONE_DAYS},
    },
    sync::{engine::Store, mutation::*},
};
use uuid::Uuid;

stories!(
    a_phone_away_longer_than_deletions_are_remembered,
    a_job_runs_in_one_program_at_a_time,
    answers_are_cleaned_up_while_a_shop_sells,
);

const ANSWER_MS: i64 = 30 * DAY_MS;

fn expense() -> Expense {
    Expense {
        id: ExpenseId(Uuid::now_v7()),
        kind: Label::new("Transport").unwrap(),
        amount: Money::new(5_000).unwrap(),
        note: Note::new("").unwrap(),
    }
}

async fn a_phone_away_longer_than_deletions_are_remembered(test: TestDb) {
    let mut shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut away) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    let (gone, stays) = (expense(), expense());
    for expense in [&gone, &stays] {
        one.queue(Body::RecordExpense(RecordExpense { expense: expense.clone(), day: None }));
    }
    one.synchronise().await;
    away.synchronise().await;
    let mut deleted = 0;
    // More than a batch of them, all but the last within memory.
    for _ in 0..250 {
        let expense = expense();
        one.queue(Body::RecordExpense(RecordExpense { expense: expense.clone(), day: None }));
        one.queue(Body::VoidExpense(VoidExpense { expense: expense.id, reason: Note::new("").unwrap() }));
        deleted += 1;
    }
    one.queue(Body::VoidExpense(VoidExpense { expense: gone.id, reason: Note::new("").unwrap() }));
    one.synchronise().await;
    let run = |now_ms| Job::ForgetTombstones.run(&test.db, ANSWER_MS, now_ms);
    assert_eq!(run(shop.now_ms + TOMBSTONE_DAYS * DAY_MS).await.unwrap(), Some(0), "not older than that yet");

    shop.now_ms += TOMBSTONE_DAYS * DAY_MS + 1;
    for phone in [&mut one, &mut away] {
        phone.now_ms = shop.now_ms;
    }
    assert_eq!(run(shop.now_ms).await.unwrap(), Some(deleted + 1));
    assert_eq!(run(shop.now_ms).await.unwrap(), Some(0));
    // Who was away reads the shop from the start; what it made meanwhile is sent, once.
    away.sell(rice, 2);
    away.sign_in(shop.owner).await;
    one.sign_in(shop.owner).await;
    away.synchronise().await;
    one.synchronise().await;
    let expenses = |phone: &crate::phone::Phone| {
        let generation = phone.device().shown().unwrap().generation;
        let rows = phone.memory.scan(Store::Confirmed, &format!("{generation}/expense/"));
        rows.into_iter().map(|(key, _)| key.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!expenses(&away).contains(&gone.id.to_string()), "what was deleted is gone");
    assert_eq!((away.confirmed_stock(rice), away.device().outbox.len()), (8, 0));
    assert_eq!(one.confirmed_stock(rice), 8, "who had heard of all of it goes on");
    assert_eq!(one.device().shown().unwrap().generation, 0, "without reading anew");
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_job_runs_in_one_program_at_a_time(test: TestDb) {
    let now_ms = Shop::new(test.db.clone()).await.now_ms;
    for job in Job::ALL {
        assert_eq!(job.run(&test.db, ANSWER_MS, now_ms).await.unwrap(), Some(0), "{job:?}");
    }
    let Db::Postgres(pool) = &test.db else { return }; // on SQLite there is one program
    let mut other = pool.begin().await.unwrap();
    let (locked,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_xact_lock($1, $2)")
        .bind(LOCKS)
        .bind(Job::ExpireAnswers as i32)
        .fetch_one(&mut *other)
        .await
        .unwrap();
    assert!(locked);
    let second = db::open(&test.url).await.unwrap();
    assert_eq!(Job::ExpireAnswers.run(&second, ANSWER_MS, now_ms).await.unwrap(), None);
    assert_eq!(Job::CleanUpSessions.run(&second, ANSWER_MS, now_ms).await.unwrap(), Some(0), "each has its own");
    drop(other);
    second.close().await;
}

/// More of them than one turn, or batch, cleans up; the connection that sales are written by flushes as before (G13).
async fn answers_are_cleaned_up_while_a_shop_sells(test: TestDb) {
    const REFUSED: u64 = 230;
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let (mut phone, mut seller) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    for _ in 0..REFUSED {
        phone.sell(rice, 9);
    }
    phone.synchronise().await;
    let durability = test.db.durability().await.unwrap();

    let run = || Job::ExpireAnswers.run(&test.db, ANSWER_MS, shop.now_ms + ANSWER_MS + 1);
    let sells = async {
        for _ in 0..5 {
            seller.sell(rice, 1);
            seller.synchronise().await;
        }
    };
    let (cleaned, ()) = tokio::join!(run(), sells);
    assert_eq!((cleaned.unwrap(), run().await.unwrap()), (Some(REFUSED), Some(0)));
    assert_eq!((seller.parked().len(), seller.confirmed_stock(rice)), (0, 0));
    assert_eq!(test.db.durability().await.unwrap(), durability);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}
