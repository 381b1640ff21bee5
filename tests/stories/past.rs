//! A device holds 90 days; what is older is on the server, to be looked at.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop},
};
use comptoir::{
    domain::{
        day::DAY_MS,
        limits::{LINES_MAX, NAME_MAX_CHARS, NOTE_MAX_CHARS},
        *,
    },
    server::{ServerError, pull},
    sync::{
        CallError,
        mutation::{Body, ReceiveStock, ReceivedLine, RecordSale},
        wire::{HISTORY_DAYS, Kind, MovementRow, PAST_DAYS_MAX, PROTOCOL, Past, PastPage, PullRequest, Pulled},
    },
};

stories!(what_is_older_is_asked_for, what_moved_a_stock_long_ago_is_asked_for, the_past_of_another_shop_is_not_told);

async fn ask(phone: &Phone, past: Past) -> Result<PastPage, ServerError> {
    let from = comptoir::sync::wire::From::Past(past);
    let session = phone.session.unwrap();
    let request = PullRequest { protocol: PROTOCOL, installation: session.installation, app: "test".into(), from };
    let answer = pull::pull(&phone.db, &session, request, phone.now_ms).await?;
    let Pulled::Past(page) = answer.pulled else { panic!("{answer:?}") };
    Ok(page)
}

const SALES: usize = 4;

/// As long as a sale may be.
fn long_sale(phone: &Phone, of: ProductId) -> Sale {
    let mut sale = phone.sale(of, 1);
    sale.lines[0].name = Name::new(&"R".repeat(NAME_MAX_CHARS)).unwrap();
    sale.lines = vec![sale.lines[0].clone(); LINES_MAX];
    let amount = sale.total().unwrap();
    sale.tenders = vec![Tender::Cash { amount, given: amount }];
    sale
}

fn sales_of(first: Day, last: Day) -> Past {
    Past::Days { kind: Kind::Sale, first, last, after: None }
}

async fn what_is_older_is_asked_for(test: TestDb) {
    let mut shop = Shop::new(test.db.clone()).await;
    let today_ms = shop.now_ms;
    shop.now_ms = today_ms - (HISTORY_DAYS + 10) * DAY_MS;
    let rice = shop.product("Riz", 5_000).await;
    let mut phone = shop.phone(shop.owner).await;
    // More than a page of them, by bytes.
    let mut sold = Vec::new();
    for _ in 0..SALES {
        let sale = long_sale(&phone, rice);
        sold.push(sale.id);
        phone.queue(Body::RecordSale(RecordSale::first(sale)));
    }
    phone.synchronise().await;
    let old = sold[0];
    let day = Day::of_ms(shop.now_ms);

    shop.now_ms = today_ms;
    let fresh = shop.phone(shop.employee).await;
    assert!(fresh.memory.scan(comptoir::sync::engine::Store::Confirmed, "0/sale/").is_empty());
    let page = ask(&fresh, Past::Sale(old)).await.unwrap();
    assert_eq!((page.rows.sales.len(), page.rows.sales[0].sale.id, page.after), (1, old, None));
    let unknown = ask(&fresh, Past::Sale(SaleId(uuid::Uuid::now_v7()))).await.unwrap();
    assert!(unknown.rows.sales.is_empty());

    let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = ask(&fresh, Past::Days { kind: Kind::Sale, first: day, last: day, after }).await.unwrap();
        read.extend(page.rows.sales.iter().map(|row| row.sale.id));
        (after, pages) = (page.after, pages + 1);
        if after.is_none() {
            break;
        }
    }
    sold.sort();
    assert_eq!(read, sold);
    assert!(pages > 1);
    let next = Day(day.0 + 1);
    // Where to look next: not through months in which nothing was sold.
    let empty = ask(&fresh, sales_of(next, next)).await.unwrap();
    assert!(empty.rows.sales.is_empty());
    assert_eq!(empty.earlier, Some(day));
    assert_eq!(ask(&fresh, sales_of(day, day)).await.unwrap().earlier, None);
    let spent = Past::Days { kind: Kind::Expense, first: next, last: next, after: None };
    assert_eq!(ask(&fresh, spent).await.unwrap().earlier, None);

    let last = |days: i64| Day(day.0 + days - 1);
    assert!(ask(&fresh, sales_of(day, last(PAST_DAYS_MAX))).await.is_ok());
    let too_much = [
        sales_of(day, last(PAST_DAYS_MAX + 1)),
        sales_of(next, day),
        sales_of(Day(-1), day),
        sales_of(Day(i64::MAX), Day(i64::MAX)),
        sales_of(Day(i64::MIN), Day(i64::MIN)),
        Past::Days { kind: Kind::Product, first: day, last: day, after: None },
        Past::Days { kind: Kind::Movement, first: day, last: day, after: None },
        moves_of(None, Day(-1)),
        moves_of(None, Day(i64::MAX)),
    ];
    for past in too_much {
        let refused = ask(&fresh, past.clone()).await;
        assert!(matches!(refused, Err(ServerError::Call(CallError::BadRequest { .. }))), "{past:?}: {refused:?}");
    }
}

fn moves_of(product: Option<ProductId>, last: Day) -> Past {
    Past::Moves { product, last, after: None }
}

/// Page after page of them, each of whole changes.
async fn all_moves(phone: &Phone, product: Option<ProductId>, last: Day) -> (Vec<MovementRow>, usize) {
    let (mut read, mut after, mut pages) = (Vec::<MovementRow>::new(), None, 0);
    loop {
        let page = ask(phone, Past::Moves { product, last, after }).await.unwrap();
        let (before, next) = (read.last(), page.rows.movements.first());
        assert!(before.zip(next).is_none_or(|(before, next)| before.change > next.change));
        read.extend(page.rows.movements);
        (after, pages) = (page.after, pages + 1);
        if after.is_none() {
            return (read, pages);
        }
    }
}

const DELIVERIES: usize = 210;

async fn what_moved_a_stock_long_ago_is_asked_for(test: TestDb) {
    let mut shop = Shop::new(test.db.clone()).await;
    let today_ms = shop.now_ms;
    shop.now_ms = today_ms - (HISTORY_DAYS + 10) * DAY_MS;
    let (rice, soap) = (shop.product("Riz", 5).await, shop.product("Savon", 5).await);
    let mut phone = shop.phone(shop.owner).await;
    // As long as it may be, so that a page ends by its bytes.
    let note = Note::new(&"𝄞".repeat(NOTE_MAX_CHARS)).unwrap();
    for n in 0..DELIVERIES {
        let of = if n % 10 == 0 { vec![rice, soap] } else { vec![rice] };
        let lines = of.into_iter().map(|product| ReceivedLine { product, quantity: Quantity::new(1).unwrap() });
        phone.queue(Body::ReceiveStock(ReceiveStock { lines: lines.collect(), note: note.clone() }));
    }
    phone.synchronise().await;
    let day = Day::of_ms(shop.now_ms);
    shop.now_ms = today_ms;
    let mut fresh = shop.phone(shop.employee).await;
    assert!(fresh.movements(rice).is_empty());
    fresh.sell(rice, 1);
    fresh.synchronise().await;
    assert_eq!(fresh.movements(rice).len(), 1);

    let (of_rice, pages) = all_moves(&fresh, Some(rice), day).await;
    assert_eq!(of_rice.len(), DELIVERIES + 1);
    assert!(pages > 1);
    assert!(of_rice.iter().rev().map(|row| row.stock_after).eq((0..=DELIVERIES as i64).map(|n| 5 + n)));
    assert!(of_rice.iter().take(DELIVERIES).all(|row| row.product == rice && row.note == note));
    assert!(of_rice[DELIVERIES].note.is_empty());
    let (all, pages) = all_moves(&fresh, None, day).await;
    assert_eq!(all.len(), DELIVERIES + DELIVERIES / 10 + 2);
    assert!(pages > 1);
    assert!(all.is_sorted_by_key(|row| (std::cmp::Reverse(row.change), row.product)));

    // What this phone holds itself is not asked for again, and nothing is older.
    assert_eq!(all_moves(&fresh, Some(rice), Day::of_ms(today_ms)).await.0.len(), DELIVERIES + 2);
    assert_eq!(all_moves(&fresh, None, Day(day.0 - 1)).await, (Vec::new(), 1));
}

/// G14.
async fn the_past_of_another_shop_is_not_told(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    let sale = phone.sale(rice, 1);
    let id = sale.id;
    phone.queue(Body::RecordSale(RecordSale::first(sale)));
    phone.synchronise().await;
    let other = Shop::new(test.db.clone()).await;
    let stranger = other.phone(other.owner).await;
    assert!(ask(&stranger, Past::Sale(id)).await.unwrap().rows.sales.is_empty());
    let today = Day::of_ms(shop.now_ms);
    assert!(ask(&stranger, sales_of(today, today)).await.unwrap().rows.sales.is_empty());
    assert_eq!(ask(&phone, sales_of(today, today)).await.unwrap().rows.sales.len(), 1);
    for of in [None, Some(rice)] {
        assert!(ask(&stranger, moves_of(of, today)).await.unwrap().rows.movements.is_empty());
        assert_eq!(ask(&phone, moves_of(of, today)).await.unwrap().rows.movements.len(), 2);
    }
}
