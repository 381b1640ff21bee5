//! The owner's rules on a phone.

use super::*;
use crate::domain::{Label, Rules, Shop, shop::AnswerWait};

fn waiting(seconds: u16) -> Till {
    let mut till = Till::new();
    let rules = Rules { answer_wait: AnswerWait::new(seconds).unwrap(), ..Rules::default() };
    let [address, phone, foot] = Default::default();
    let shop = Shop { address, phone, foot, rules, ..Shop::named(Label::new("Boutique").unwrap()) };
    let page = Page {
        history: HISTORY,
        from: 10,
        to: 11,
        more: false,
        answers: Vec::new(),
        rows: Rows { shop: Some(shop), ..Rows::default() },
    };
    till.pull(Pulled::Page(page));
    till
}

#[test]
fn a_seller_waits_as_long_as_the_owner_says() {
    assert_eq!(worth_waiting(&Till::new().device(), true), Some(SALE_ANSWER_WAIT_MS));
    assert_eq!(worth_waiting(&waiting(30).device(), true), Some(30_000));
    assert_eq!(worth_waiting(&waiting(30).device(), false), None);
    assert_eq!(worth_waiting(&waiting(0).device(), true), None);
}

/// A tab that may wait for thirty seconds is not taken for dead after ten.
#[test]
fn a_refusal_is_the_selling_tab_s_for_twice_its_wait() {
    let mut till = waiting(30);
    till.queue(1, sale(1, 1, 2), true);
    till.answer(&[(1, refused(12))], NOW_MS + SALE_ORPHAN_MS + 1);
    let settle = |till: &Till, now_ms| {
        let device = till.device();
        settle_orphans(&device, device.meta.epoch, now_ms, &mut || key(900))
    };
    assert!(matches!(till.ended(1), Settled::Refused(_)));
    assert_eq!(settle(&till, NOW_MS + 60_000), None);
    assert!(settle(&till, NOW_MS + 60_001).is_some());
}
