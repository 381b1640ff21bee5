//! G2, G6, G8, G9, G10, G11, G15, G19: exactly once, in order, nothing missed.

use crate::{
    database::{TestDb, stories},
    phone::{Shop, tamper},
};
use comptoir::{
    domain::*,
    server::{check, jobs},
    sync::{Refusal, Verdict},
};

stories!(
    answer_lost_then_retried,
    retried_after_key_expired,
    poison_mutation,
    verdict_before_its_change,
    an_answer_lost_and_a_pull_count_once,
    clock_two_years_ahead,
    key_reused_with_another_payload,
    cloned_installation,
    numbers_add_up,
    commit_order_versus_cursor,
    first_sync_cut_at_80_percent,
    server_restored_from_yesterday,
    killed_between_line_and_movement,
);

async fn answer_lost_then_retried(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 2);
    let request = phone.plan().unwrap();
    let lost = phone.send(request.clone()).await;
    let again = phone.send(request).await;
    assert!(!lost.answers[0].replayed && again.answers[0].replayed);
    assert_eq!(lost.answers[0].verdict, again.answers[0].verdict);
    phone.receive(&again);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 3);
}

async fn retried_after_key_expired(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 2);
    phone.sell(rice, 9);
    let request = phone.plan().unwrap();
    let first = phone.send(request.clone()).await;
    jobs::expire_answers(&test.db, shop.now_ms + 1_000_000, 1_000).await.unwrap();
    let late = phone.send(request).await;
    assert_eq!(first.answers[0].verdict, late.answers[0].verdict);
    assert!(matches!(late.answers[1].verdict, Verdict::Refused { refusal: Refusal::Expired, .. }), "{late:?}");
    phone.receive(&late);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 3);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn poison_mutation(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    phone.sell(rice, 1);
    let mut request = phone.plan().unwrap();
    tamper(&mut request.mutations[0], |body| {
        *body = serde_json::json!({ "sale": { "lines": "\u{0}", "total": -1e300 } })
    });
    let answer = phone.send(request).await;
    assert!(
        matches!(answer.answers[0].verdict, Verdict::Refused { refusal: Refusal::Invalid { .. }, .. }),
        "{answer:?}"
    );
    assert!(answer.answers[1].verdict.is_applied());
    // One from the future is kept by its device, and stops nothing either.
    phone.receive(&answer);
    phone.sell(rice, 1);
    phone.sell(rice, 1);
    let mut request = phone.plan().unwrap();
    let sales: Vec<usize> =
        (0..request.mutations.len()).filter(|at| request.mutations[*at].kind == "record_sale").collect();
    request.mutations[sales[0]].version = 99;
    let answer = phone.send(request).await;
    assert_eq!(answer.answers[sales[0]].verdict, Verdict::Upgrade);
    assert!(answer.answers[sales[1]].verdict.is_applied());
}

async fn verdict_before_its_change(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    two.sell(rice, 3);
    two.synchronise().await;
    one.sell(rice, 2);
    let request = one.plan().unwrap();
    let mut answer = one.send(request).await;
    // The verdict alone: its change is not here yet, so the entry still counts.
    answer.page = None;
    one.receive(&answer);
    assert_eq!(one.stock(rice), 8);
    one.pull().await;
    assert_eq!((one.stock(rice), one.confirmed_stock(rice), one.device().outbox.len()), (5, 5, 0));
}

async fn an_answer_lost_and_a_pull_count_once(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 2);
    let request = phone.plan().unwrap();
    let lost = phone.send(request).await;
    phone.pull().await;
    assert_eq!((phone.stock(rice), phone.device().outbox.len()), (8, 0));
    // The lost answer arrives after all: its page no longer fits and is dropped.
    phone.receive(&lost);
    assert_eq!(phone.stock(rice), 8);
}

async fn clock_two_years_ahead(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    let honest = phone.now_ms;
    phone.now_ms += 2 * 365 * 86_400_000;
    phone.sell(rice, 1);
    phone.now_ms = honest;
    phone.synchronise().await;
    let row = phone.memory.scan(comptoir::sync::engine::Store::Confirmed, "0/sale/").remove(0).1;
    let row: comptoir::sync::wire::SaleRow = serde_json::from_str(&row).unwrap();
    assert!(row.clamped);
    assert_eq!((row.at_ms, row.day), (honest, Day::of_ms(honest)));
}

async fn key_reused_with_another_payload(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    let mut request = phone.plan().unwrap();
    phone.send(request.clone()).await;
    tamper(&mut request.mutations[0], |body| body["sale"]["lines"][0]["quantity"] = 2.into());
    assert_eq!(phone.send(request).await.answers[0].verdict, Verdict::KeyReused);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 9);
}

async fn cloned_installation(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    let mut clone = crate::phone::Phone {
        db: phone.db.clone(),
        memory: phone.memory.clone(),
        session: phone.session,
        token: phone.token.clone(),
        epoch: phone.epoch,
        now_ms: phone.now_ms,
    };
    phone.sell(rice, 1);
    phone.synchronise().await;
    let sold = clone.sell(rice, 2);
    let answers = clone.push().await;
    assert_eq!(answers[0].verdict, Verdict::Renumber);
    let device = clone.device();
    assert!(device.meta.renumber);
    let own = device.meta.installation.clone().unwrap();
    let request = comptoir::sync::wire::ForkRequest {
        installation: own.id,
        secret: own.secret.clone(),
        new_installation: InstallationId(uuid::Uuid::now_v7()),
        new_secret: "cd".repeat(32),
    };
    let forked = comptoir::server::enrol::fork(&clone.db, &request, clone.now_ms).await.unwrap();
    assert_ne!(forked.prefix, own.prefix);
    let new = comptoir::sync::engine::Installation {
        id: request.new_installation,
        secret: request.new_secret,
        prefix: forked.prefix,
        ..own
    };
    clone.memory.commit(&comptoir::sync::engine::fork(&device, &new)).unwrap();
    clone.epoch = clone.device().meta.epoch;
    assert_eq!(clone.device().outbox[0].mutation.key, sold.key);
    clone.sign_in(shop.owner).await;
    clone.synchronise().await;
    phone.synchronise().await;
    assert_eq!((clone.stock(rice), phone.stock(rice), clone.parked().len()), (7, 7, 0));
}

async fn numbers_add_up(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    for _ in 0..8 {
        phone.sell(rice, 1);
    }
    phone.synchronise().await;
    let device = phone.device();
    // Eight sales, three of them refused and told to be parked.
    assert_eq!((device.meta.sequence, device.outbox.len(), phone.parked().len()), (11, 0, 3));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn commit_order_versus_cursor(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 1_000).await;
    let mut sellers = Vec::new();
    for _ in 0..6 {
        sellers.push(shop.phone(shop.owner).await);
    }
    let mut reader = shop.phone(shop.employee).await;
    let mut writing: Vec<_> = sellers
        .into_iter()
        .map(|mut seller| {
            tokio::spawn(async move {
                for _ in 0..10 {
                    seller.sell(rice, 1);
                    seller.push().await;
                }
            })
        })
        .collect();
    while !writing.is_empty() {
        reader.pull().await;
        writing.retain(|task| !task.is_finished());
    }
    reader.synchronise().await;
    assert_eq!(reader.memory.scan(comptoir::sync::engine::Store::Confirmed, "0/sale/").len(), 60);
    assert_eq!(reader.stock(rice), 940);
}

async fn first_sync_cut_at_80_percent(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut last = None;
    let openings: Vec<_> = (0..2_500)
        .map(|n| comptoir::server::catalogue::Opening {
            product: crate::phone::product(&format!("Produit {n}")),
            units: Units::new(n % 7).unwrap(),
        })
        .collect();
    comptoir::server::catalogue::add(&shop.db, shop.id, shop.owner, &openings, shop.now_ms).await.unwrap();
    let mut first = shop.phone(shop.owner).await;
    assert_eq!(first.goods().products.len(), 2_500);
    // Another phone is cut after a page; what sells meanwhile is not lost, nor what it has.
    let mut phone = first;
    let generation = phone.device().meta.held.unwrap().generation;
    phone
        .memory
        .commit(&{
            let mut tx = comptoir::sync::engine::LocalTx::strict();
            tx.writes.push(comptoir::sync::engine::Write::Delete {
                store: comptoir::sync::engine::Store::Meta,
                key: comptoir::sync::engine::keys::HELD.into(),
            });
            tx.writes.push(comptoir::sync::engine::Write::DeletePrefix {
                store: comptoir::sync::engine::Store::Confirmed,
                prefix: comptoir::sync::engine::keys::generation(generation),
            });
            tx
        })
        .unwrap();
    phone.pull().await;
    phone.pull().await;
    let so_far = phone.device().meta.loading.unwrap();
    assert!(so_far.rows > 0 && !so_far.complete, "{so_far:?}");
    first = shop.phone(shop.owner).await;
    let sold = openings[3].product.id;
    first.sell(sold, 1);
    first.synchronise().await;
    let position = phone.device().meta.loading.unwrap().position;
    phone.pull().await;
    assert_ne!(phone.device().meta.loading.as_ref().and_then(|loading| loading.position.clone()), position);
    phone.synchronise().await;
    for opening in &openings {
        let expected = opening.units.get() - i64::from(opening.product.id == sold);
        assert_eq!(phone.stock(opening.product.id), expected);
        last = Some(opening.product.id);
    }
    assert!(last.is_some());
}

/// The server's database is an older copy: a new history, and the last sales are gone from it.
async fn server_restored_from_yesterday(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 10).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    phone.synchronise().await;
    phone.sell(rice, 2);
    phone.sell(rice, 3);
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 4);
    restore(&test, rice).await;
    for _ in 0..30 {
        phone.push().await;
        phone.pull().await;
        assert_eq!(phone.stock(rice), 4, "each effect is counted once at every moment");
    }
    assert_eq!((phone.confirmed_stock(rice), phone.device().unsent().count(), phone.parked().len()), (4, 0, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// Takes the last two sales out of the books, as an older backup would not have them.
async fn restore(test: &TestDb, rice: ProductId) {
    let statements = [
        "DELETE FROM sale_lines WHERE quantity > 1".to_owned(),
        "DELETE FROM tenders WHERE amount > 1000".to_owned(),
        "DELETE FROM sales WHERE total > 1000".to_owned(),
        "DELETE FROM movements WHERE delta < -1".to_owned(),
        "UPDATE products SET stock = 9".to_owned(),
        "DELETE FROM ledger WHERE sequence > 1".to_owned(),
        "UPDATE installations SET made = 1, waiting = 0".to_owned(),
    ];
    let history = uuid::Uuid::new_v4();
    match &test.db {
        comptoir::server::db::Db::Sqlite { writer, .. } => {
            for statement in statements {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(writer).await.unwrap();
            }
            sqlx::query("UPDATE shops SET history_id = $1, counter = counter - 2")
                .bind(history)
                .execute(writer)
                .await
                .unwrap();
        }
        comptoir::server::db::Db::Postgres(pool) => {
            for statement in statements {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(pool).await.unwrap();
            }
            sqlx::query("UPDATE shops SET history_id = $1, counter = counter - 2")
                .bind(history)
                .execute(pool)
                .await
                .unwrap();
        }
    }
    let _ = rice;
}

/// The push is dropped at many points of its way: all of a sale, or nothing.
async fn killed_between_line_and_movement(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 1_000).await;
    let mut phone = shop.phone(shop.owner).await;
    for round in 0..40_u64 {
        phone.sell(rice, 1);
        let request = phone.plan().unwrap();
        let pushing = phone.send(request);
        let cut = tokio::time::Duration::from_micros(round * 150);
        drop(tokio::time::timeout(cut, pushing).await);
    }
    phone.synchronise().await;
    assert_eq!(phone.stock(rice), 960);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}
