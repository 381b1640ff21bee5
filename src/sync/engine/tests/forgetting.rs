//! What a device lets go in time.

use super::*;
use crate::sync::mutation::Became;
use crate::{
    domain::{Cause, Day, Note, day::DAY_MS},
    sync::wire::{HISTORY_DAYS, Kind, MovementRow, RefusedRow, SaleRow},
};

const SINCE_MS: i64 = NOW_MS - HISTORY_DAYS * DAY_MS;

fn sold(n: u64, at_ms: i64) -> SaleRow {
    let Body::RecordSale(record) = sale(n, 1, 1) else { unreachable!() };
    let (installation, actor) = (installation(1, "A").id, UserId(Uuid::from_u128(9)));
    SaleRow { sale: record.sale, installation, actor, at_ms, day: Day::of_ms(at_ms), clamped: false, voided: None }
}

fn refused_sale(n: u64, at_ms: i64, became: Became) -> RefusedRow {
    let SaleRow { sale, installation, actor, .. } = sold(n, at_ms);
    let (became, settled_by) = (Some(became), None);
    RefusedRow {
        key: key(n),
        sale,
        refusal: NO_STOCK,
        installation,
        actor,
        at_ms,
        became,
        settled_by,
        settled_ms: None,
    }
}

fn moved(change: u64, at_ms: i64) -> MovementRow {
    let (cause, note, actor) = (Cause::Received, Note::default(), UserId(Uuid::from_u128(9)));
    MovementRow { change, product: product(1), delta: 1, stock_after: change as i64, cause, note, actor, at_ms }
}

impl Till {
    fn confirmed(&self) -> Vec<String> {
        self.0.scan(Store::Confirmed, "").into_iter().map(|(key, _)| key).collect()
    }

    /// As the sender does.
    fn forget_history(&mut self) {
        let device = self.device();
        let rows = |(kind, place): (Kind, String)| (kind, self.0.scan(Store::Confirmed, &place));
        let rows: Vec<_> = ageing(device.shown().unwrap().generation).into_iter().map(rows).collect();
        self.commit(&forget_history(&device, device.meta.epoch, &rows));
    }
}

#[test]
fn a_device_holds_ninety_days_and_what_is_still_open() {
    let mut till = Till::new_before_reading();
    let rows = Rows {
        stock: vec![StockRow { product: product(1), units: 5 }],
        sales: vec![sold(1, SINCE_MS - 1), sold(2, SINCE_MS - 1), sold(3, SINCE_MS)],
        refused: vec![
            refused_sale(4, SINCE_MS - 1, Became::Cancelled),
            refused_sale(5, SINCE_MS - 1, Became::Parked),
            refused_sale(6, SINCE_MS, Became::Cancelled),
        ],
        movements: (1..=51).map(|change| moved(change, SINCE_MS - 1)).chain([moved(52, SINCE_MS)]).collect(),
        ..Rows::default()
    };
    let Pulled::Start(page) = start(HISTORY, 10, &[]) else { unreachable!() };
    till.pull(Pulled::Start(StartPage { rows, ..page }));
    till.queue(7, void(2), false);
    assert!(history_is_due(&till.device()));
    let before = till.confirmed();
    till.forget_history();
    let gone: Vec<_> = before.into_iter().filter(|key| !till.confirmed().contains(key)).collect();
    let expected = [
        keys::moves(0, product(1), product(1), 1),
        keys::row(0, Kind::Refused, key(4)),
        keys::row(0, Kind::Sale, samples::sale_id(1)),
        keys::sold(0, Day::of_ms(SINCE_MS - 1), samples::sale_id(1)),
    ];
    assert_eq!(gone, expected, "the sale a pending void gives back stays, and so does what is to be decided");
    let moves = moves::of(&till.0, 0, product(1)).unwrap();
    assert_eq!(moves, [moved(52, SINCE_MS)], "of a row of many only what is old");
    assert!(!history_is_due(&till.device()), "once a day");
}

/// A page writes a sale's day beside it; what an earlier version read is given its days later, once.
#[test]
fn a_days_sales_are_found_by_their_keys() {
    let mut till = Till::new_before_reading();
    let Pulled::Start(page) = start(HISTORY, 10, &[]) else { unreachable!() };
    let rows = Rows { sales: vec![sold(1, NOW_MS), sold(2, NOW_MS - DAY_MS)], ..Rows::default() };
    till.pull(Pulled::Start(StartPage { rows, ..page }));
    let found = |till: &Till, prefix: &str| -> Vec<String> {
        till.0.scan(Store::Confirmed, prefix).into_iter().map(|(key, _)| key).collect()
    };
    let (today, all) = (keys::sold_on(0, Day::of_ms(NOW_MS)), keys::all_sold(0));
    let sold_today = found(&till, &today);
    assert_eq!(sold_today.len(), 1);
    assert_eq!(keys::day_and_sale(&sold_today[0]), Some((Day::of_ms(NOW_MS), &*samples::sale_id(1).to_string())));
    let known = found(&till, &all);
    assert_eq!(known.len(), 2);

    let mut earlier = LocalTx::strict();
    earlier.writes.push(Write::DeletePrefix { store: Store::Confirmed, prefix: all.clone() });
    till.commit(&earlier);
    let rows = till.0.scan(Store::Confirmed, &keys::rows(0, Kind::Sale));
    let days = rows.iter().map(|(key, row)| (key.as_str(), serde_json::from_str::<SaleRow>(row).unwrap().day));
    let tx = know_days(&till.device(), days);
    till.commit(&tx);
    assert_eq!(found(&till, &all), known);
}

/// By the server's clock: a phone whose own is years ahead lets go nothing.
#[test]
fn a_wrong_clock_forgets_nothing() {
    let mut till = Till::new();
    till.answer(&[], NOW_MS);
    till.forget_history();
    let device = till.device();
    let (tx, _) = on_push_answer(
        &device,
        device.meta.epoch,
        &PushAnswer { server_now_ms: NOW_MS, history: HISTORY, answers: Vec::new(), page: None },
        NOW_MS + 800 * DAY_MS,
        &mut || key(900),
    );
    till.commit(&tx);
    assert!(!history_is_due(&till.device()));
}

/// G19: only the server's clock counts its days; a phone's own may jump by years, and a server that is set back would
/// be told nothing again.
#[test]
fn what_was_acknowledged_is_kept_for_a_month_of_the_servers() {
    let mut till = Till::new();
    let person = till.device().meta.actor.unwrap();
    let signs_in = |at_ms| Contact { server_ms: at_ms, skew_ms: 0 };
    till.commit(&signed_in(&person, SessionState::Open, Some(signs_in(NOW_MS))));
    till.queue(1, sale(1, 1, 2), false);
    till.answer(&[(1, Verdict::Applied { change: 10 })], NOW_MS);
    let rows = till.0.scan(Store::Acknowledged, "");
    let acknowledged: Vec<_> =
        rows.iter().map(|(id, row)| (id.parse().unwrap(), serde_json::from_str(row).unwrap())).collect();
    assert_eq!(acknowledged.len(), 1);
    let device = till.device();
    assert_eq!(forget_old(&device, device.meta.epoch, &acknowledged), None);
    till.commit(&signed_in(&person, SessionState::Open, Some(signs_in(NOW_MS + 31 * DAY_MS))));
    let device = till.device();
    assert!(forget_old(&device, device.meta.epoch, &acknowledged).is_some());
}
