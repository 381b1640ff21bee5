//! The rows of a sale written by hand, as fast as SQL goes with nothing to ask and nobody to answer: no idempotency
//! lookup, no savepoint, no verdict, no permission. The same tables, the same rows, one transaction a batch, the shop's
//! counter row first, the stock by a conditional update; several rows of one table in one statement.

use crate::till::Till;
use comptoir::{
    domain::{Cause, Day, Sale, Tender},
    server::{
        clock::now_ms,
        db::{Db, Tx},
        session::Session,
    },
    sync::Mutation,
};

/// `run!(tx, "SQL", value, …)` → rows affected, on either database.
macro_rules! run {
    ($tx:expr, $sql:literal $(, $value:expr)* $(,)?) => {
        match $tx {
            Tx::Sqlite(tx) => sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.expect($sql).rows_affected(),
            Tx::Postgres(tx) => sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.expect($sql).rows_affected(),
        }
    };
}

/// `row!(tx, (Type,), "SQL", value, …)` → the one row.
macro_rules! row {
    ($tx:expr, $row:ty, $sql:literal $(, $value:expr)* $(,)?) => {
        match $tx {
            Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_one(&mut **tx).await.expect($sql),
            Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_one(&mut **tx).await.expect($sql),
        }
    };
}

pub async fn write(db: &Db, till: &mut Till, batch: usize) {
    let (session, now_ms) = (till.session, now_ms());
    let mut tx = db.write().await.expect("a transaction");
    let (last,) = row!(
        &mut tx,
        (i64,),
        "UPDATE shops SET counter = counter + $2 WHERE id = $1 RETURNING counter",
        session.shop.0,
        batch as i64
    );
    for change in last - batch as i64 + 1..=last {
        let (mutation, sale) = till.sale();
        insert_sale(&mut tx, &session, &mutation, &sale, change, now_ms).await;
        move_stock(&mut tx, &session, &sale, change, now_ms).await;
        insert_ledger(&mut tx, &session, &mutation, change, now_ms).await;
    }
    run!(
        &mut tx,
        "UPDATE installations SET last_contact_ms = $3, made = $4, waiting = 0 WHERE shop_id = $1 AND id = $2",
        session.shop.0,
        session.installation.0,
        now_ms,
        till.sequence as i64
    );
    tx.commit().await.expect("a commit");
}

async fn insert_sale(tx: &mut Tx, session: &Session, mutation: &Mutation, sale: &Sale, change: i64, now_ms: i64) {
    let total = sale.total().expect("a total").get();
    run!(
        &mut *tx,
        "INSERT INTO sales (shop_id, id, key, receipt, installation_id, actor_id, sender_id, total, at_ms, day, clamped, change)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, FALSE, $10)",
        session.shop.0,
        sale.id.0,
        mutation.key.0,
        sale.receipt.to_string(),
        session.installation.0,
        session.user.0,
        total,
        now_ms,
        Day::of_ms(now_ms).0,
        change
    );
    let [one, two, three] = &sale.lines[..] else { panic!("three lines") };
    run!(
        &mut *tx,
        "INSERT INTO sale_lines (shop_id, sale_id, position, product_id, name, quantity, unit_price, unit_cost)
         VALUES ($1, $2, 0, $3, $4, $5, $6, 750), ($1, $2, 1, $7, $8, $9, $10, 750), ($1, $2, 2, $11, $12, $13, $14, 750)",
        session.shop.0,
        sale.id.0,
        one.product.0,
        one.name.as_str(),
        one.quantity.get(),
        one.unit_price.get(),
        two.product.0,
        two.name.as_str(),
        two.quantity.get(),
        two.unit_price.get(),
        three.product.0,
        three.name.as_str(),
        three.quantity.get(),
        three.unit_price.get()
    );
    let [Tender::Cash { amount, given }] = &sale.tenders[..] else { panic!("one tender, in cash") };
    run!(
        tx,
        "INSERT INTO tenders (shop_id, sale_id, position, kind, amount, given) VALUES ($1, $2, 0, 'cash', $3, $4)",
        session.shop.0,
        sale.id.0,
        amount.get(),
        given.get()
    );
}

async fn move_stock(tx: &mut Tx, session: &Session, sale: &Sale, change: i64, now_ms: i64) {
    let mut moved = Vec::new();
    for (product, units) in sale.units_by_product() {
        let (stock_after,) = row!(
            &mut *tx,
            (i64,),
            "UPDATE products SET stock = stock - $3 WHERE shop_id = $1 AND id = $2 AND stock >= $3 RETURNING stock",
            session.shop.0,
            product.0,
            units
        );
        moved.push((product.0, -units, stock_after));
    }
    let [one, two, three] = moved[..] else { panic!("three products") };
    run!(
        tx,
        "INSERT INTO movements (shop_id, product_id, change, delta, stock_after, cause, actor_id, at_ms)
         VALUES ($1, $5, $2, $6, $7, $3, $4, $14), ($1, $8, $2, $9, $10, $3, $4, $14), ($1, $11, $2, $12, $13, $3, $4, $14)",
        session.shop.0,
        change,
        serde_json::to_string(&Cause::Sale { sale: sale.id }).expect("JSON"),
        session.user.0,
        one.0,
        one.1,
        one.2,
        two.0,
        two.1,
        two.2,
        three.0,
        three.1,
        three.2,
        now_ms
    );
}

async fn insert_ledger(tx: &mut Tx, session: &Session, mutation: &Mutation, change: i64, now_ms: i64) {
    run!(
        tx,
        "INSERT INTO ledger (shop_id, key, installation_id, sequence, actor_id, sender_id, kind, payload_hash, outcome, change, received_ms)
         VALUES ($1, $2, $3, $4, $5, $5, 'record_sale', $6, 'applied', $7, $8)",
        session.shop.0,
        mutation.key.0,
        session.installation.0,
        mutation.origin.sequence as i64,
        session.user.0,
        &[7_u8; 32][..],
        change,
        now_ms
    );
}
