//! An expense is of the day of its bill, which somebody may record later.

use crate::{
    database::{TestDb, stories},
    phone::{Phone, Shop},
};
use comptoir::{
    domain::{Day, Expense, ExpenseId, Label, Money, Note, day::DAY_MS, expense::Dated, limits::EXPENSE_BACK_MAX_DAYS},
    server::check,
    sync::{
        Body, Refusal, Verdict, merge,
        mutation::{Edited, RecordExpense},
        wire::{ClashRow, ExpenseRow, Kind},
    },
};
use serde_json::json;
use uuid::Uuid;

stories!(
    a_bill_lands_on_its_own_day_on_every_phone,
    a_day_to_come_or_of_long_ago_is_refused,
    a_clock_that_is_wrong_refuses_no_expense,
    one_day_wanted_two_ways_is_asked_about,
);

fn spend(phone: &mut Phone, day: Option<Day>) -> Expense {
    let (kind, amount) = (Label::new("Loyer").unwrap(), Money::new(900_000).unwrap());
    let expense = Expense { id: ExpenseId(Uuid::now_v7()), kind, amount, note: Note::new("").unwrap() };
    phone.queue(Body::RecordExpense(RecordExpense { expense: expense.clone(), day }));
    expense
}

fn date(phone: &mut Phone, expense: &Expense, from: Day, to: Day) {
    let dated = |day| Dated { expense: expense.clone(), day };
    for edit in merge::between_expenses(&dated(from), &dated(to)) {
        phone.queue(Body::EditExpense(edit));
    }
}

/// The days of all expenses the server said, in the order they were recorded.
fn days(phone: &Phone) -> Vec<i64> {
    phone.rows::<ExpenseRow>(Kind::Expense).iter().map(|row| row.day.0).collect()
}

async fn a_bill_lands_on_its_own_day_on_every_phone(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.employee).await);
    let today = Day::of_ms(shop.now_ms);
    let yesterday = Day(today.0 - 1);
    spend(&mut one, None);
    let of_yesterday = spend(&mut one, Some(yesterday));
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!(days(phone), [today.0, yesterday.0]);
    }
    let recorded = |phone: &Phone| phone.rows::<ExpenseRow>(Kind::Expense)[1].at_ms;
    assert_eq!(recorded(&two), shop.now_ms, "when it was recorded is another question");
    let before = Day(today.0 - 40);
    date(&mut one, &of_yesterday, yesterday, before);
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!((days(phone), recorded(phone)), (vec![today.0, before.0], shop.now_ms));
    }
    // A phone that comes new reads the same.
    assert_eq!(days(&shop.phone(shop.owner).await), [today.0, before.0]);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn a_day_to_come_or_of_long_ago_is_refused(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let today = Day::of_ms(shop.now_ms);
    let ago = |days: i64| Day(today.0 - days);
    for day in [ago(-1), ago(EXPENSE_BACK_MAX_DAYS + 1), Day(i64::MIN), Day(i64::MAX)] {
        spend(&mut phone, Some(day));
        let [answer] = phone.push().await.try_into().expect("one answer");
        let refused = matches!(answer.verdict, Verdict::Refused { refusal: Refusal::Invalid { .. }, .. });
        assert!(refused, "{}: {answer:?}", day.0);
    }
    phone.synchronise().await;
    let oldest = spend(&mut phone, Some(ago(EXPENSE_BACK_MAX_DAYS)));
    phone.synchronise().await;
    assert_eq!(days(&phone), [today.0 - EXPENSE_BACK_MAX_DAYS]);
    // Nor may it be moved there, however long after it was recorded somebody looks at it.
    for day in [ago(-1), ago(EXPENSE_BACK_MAX_DAYS + 1)] {
        phone.now_ms += DAY_MS;
        phone.sign_in(shop.owner).await;
        date(&mut phone, &oldest, ago(EXPENSE_BACK_MAX_DAYS), day);
        let answers = phone.push().await;
        assert!(matches!(answers[0].verdict, Verdict::Refused { refusal: Refusal::Invalid { .. }, .. }), "{answers:?}");
        phone.synchronise().await;
    }
    assert_eq!(days(&phone), [today.0 - EXPENSE_BACK_MAX_DAYS]);
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

/// G10: it is booked at the latest possible moment, and its day with it.
async fn a_clock_that_is_wrong_refuses_no_expense(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let today = Day::of_ms(shop.now_ms);
    phone.now_ms += 5 * DAY_MS;
    spend(&mut phone, Some(Day(today.0 + 4)));
    phone.now_ms = shop.now_ms;
    phone.synchronise().await;
    assert_eq!((days(&phone), phone.parked()), (vec![today.0], vec![]));
}

async fn one_day_wanted_two_ways_is_asked_about(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let (mut one, mut two) = (shop.phone(shop.owner).await, shop.phone(shop.owner).await);
    let today = Day::of_ms(shop.now_ms);
    let ago = |days: i64| Day(today.0 - days);
    let expense = spend(&mut one, None);
    one.synchronise().await;
    two.synchronise().await;
    date(&mut one, &expense, today, ago(1));
    date(&mut two, &expense, today, ago(2));
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
    }
    one.synchronise().await;
    let [clash]: [ClashRow; 1] = one.rows(Kind::Clash).try_into().expect("one clash");
    let field = &clash.fields[0];
    assert_eq!((field.field.as_str(), &field.theirs, &field.mine), ("day", &json!(ago(1)), &json!(ago(2))));
    assert_eq!(clash.of, Edited::Expense(expense.id));
    one.queue(merge::settled(clash.of, clash.key, &clash.fields, &[json!(ago(2))]).unwrap());
    for phone in [&mut one, &mut two] {
        phone.synchronise().await;
        assert_eq!((days(phone), phone.parked()), (vec![ago(2).0], vec![]));
    }
}
