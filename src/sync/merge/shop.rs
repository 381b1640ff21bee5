//! Edits of the shop and of its rules: each is one value, but for the lines a receipt prints, which merge as notes do.

use super::{Change, field, note};
use crate::{
    domain::Shop,
    sync::{mutation::EditShop, verdict::FieldConflict},
};

/// Merges an edit into the shop as it stands, and returns what clashes.
pub fn shop(shop: &mut Shop, edit: &EditShop) -> Vec<FieldConflict> {
    let (mut clashes, rules) = (Vec::new(), &mut shop.rules);
    field("name", &mut shop.name, edit.name.as_ref(), &mut clashes);
    note("address", &mut shop.address, edit.address.as_ref(), &mut clashes);
    field("phone", &mut shop.phone, edit.phone.as_ref(), &mut clashes);
    note("foot", &mut shop.foot, edit.foot.as_ref(), &mut clashes);
    field("banknotes", &mut shop.banknotes, edit.banknotes.as_ref(), &mut clashes);
    field("answer_wait", &mut rules.answer_wait, edit.answer_wait.as_ref(), &mut clashes);
    field("beyond_stock", &mut rules.beyond_stock, edit.beyond_stock.as_ref(), &mut clashes);
    field("stock_check", &mut rules.stock_check, edit.stock_check.as_ref(), &mut clashes);
    field("retry_automatically", &mut rules.retry_automatically, edit.retry_automatically.as_ref(), &mut clashes);
    field("employees_decide", &mut rules.employees_decide, edit.employees_decide.as_ref(), &mut clashes);
    field("employees_count", &mut rules.employees_count, edit.employees_count.as_ref(), &mut clashes);
    clashes
}

/// What makes one shop of the other: an edit for each field, so that one that clashes holds back no other.
pub fn between_shops(seen: &Shop, wanted: &Shop) -> Vec<EditShop> {
    let none = EditShop::default;
    let (before, after) = (seen.rules, wanted.rules);
    let edits = [
        EditShop { name: Change::between(seen.name.clone(), wanted.name.clone()), ..none() },
        EditShop { address: Change::between(seen.address.clone(), wanted.address.clone()), ..none() },
        EditShop { phone: Change::between(seen.phone.clone(), wanted.phone.clone()), ..none() },
        EditShop { foot: Change::between(seen.foot.clone(), wanted.foot.clone()), ..none() },
        EditShop { banknotes: Change::between(seen.banknotes.clone(), wanted.banknotes.clone()), ..none() },
        EditShop { answer_wait: Change::between(before.answer_wait, after.answer_wait), ..none() },
        EditShop { beyond_stock: Change::between(before.beyond_stock, after.beyond_stock), ..none() },
        EditShop { stock_check: Change::between(before.stock_check, after.stock_check), ..none() },
        EditShop {
            retry_automatically: Change::between(before.retry_automatically, after.retry_automatically),
            ..none()
        },
        EditShop { employees_decide: Change::between(before.employees_decide, after.employees_decide), ..none() },
        EditShop { employees_count: Change::between(before.employees_count, after.employees_count), ..none() },
    ];
    edits.into_iter().filter(|edit| *edit != none()).collect()
}

/// Shows an edit that waits on the shop as it stands; a clash shows what this person wanted, as they left it.
pub fn show_shop(shop: &mut Shop, edit: &EditShop) {
    fn wanted<T: Clone>(current: &mut T, change: Option<&Change<T>>) {
        if let Some(change) = change {
            *current = change.wanted.clone();
        }
    }
    let rules = &mut shop.rules;
    wanted(&mut shop.name, edit.name.as_ref());
    wanted(&mut shop.address, edit.address.as_ref());
    wanted(&mut shop.phone, edit.phone.as_ref());
    wanted(&mut shop.foot, edit.foot.as_ref());
    wanted(&mut shop.banknotes, edit.banknotes.as_ref());
    wanted(&mut rules.answer_wait, edit.answer_wait.as_ref());
    wanted(&mut rules.beyond_stock, edit.beyond_stock.as_ref());
    wanted(&mut rules.stock_check, edit.stock_check.as_ref());
    wanted(&mut rules.retry_automatically, edit.retry_automatically.as_ref());
    wanted(&mut rules.employees_decide, edit.employees_decide.as_ref());
    wanted(&mut rules.employees_count, edit.employees_count.as_ref());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Label, Money, Note,
        shop::{Banknotes, StockCheck},
    };

    fn a_shop() -> Shop {
        let name = Label::new("Boutique").unwrap();
        let [address, phone, foot] = ["Madina", "", "Merci"].map(|text| Note::new(text).unwrap());
        Shop { address, phone, foot, ..Shop::named(name) }
    }

    #[test]
    fn edits_of_two_owners_meet_field_by_field() {
        let seen = a_shop();
        let mut first = seen.clone();
        first.rules.stock_check = StockCheck::Warn;
        first.foot = Note::new("Merci beaucoup").unwrap();
        let mut second = seen.clone();
        second.rules.employees_count = true;
        second.phone = Note::new("620 00 00 00").unwrap();

        let mut merged = seen.clone();
        for edit in between_shops(&seen, &first).iter().chain(&between_shops(&seen, &second)) {
            assert_eq!(shop(&mut merged, edit), []);
        }
        assert_eq!((merged.foot.as_str(), merged.phone.as_str()), ("Merci beaucoup", "620 00 00 00"));
        assert!(merged.rules.employees_count && merged.rules.stock_check == StockCheck::Warn);
        assert_eq!(between_shops(&merged, &merged), []);
    }

    #[test]
    fn banknotes_are_one_choice() {
        let notes = |gnf: &[i64]| Banknotes::new(gnf.iter().map(|gnf| Money::new(*gnf).unwrap()).collect()).unwrap();
        let (seen, mut stands) = (a_shop(), a_shop());
        stands.banknotes = notes(&[1_000, 2_000]);
        let edits = between_shops(&seen, &Shop { banknotes: notes(&[500, 1_000]), ..seen.clone() });
        let mut merged = stands.clone();
        let [clash] = shop(&mut merged, &edits[0]).try_into().unwrap();
        assert_eq!((merged, edits.len()), (stands, 1));
        assert_eq!((clash.theirs, clash.mine), ([1_000, 2_000].into(), [500, 1_000].into()));
    }

    #[test]
    fn two_names_clash_and_what_waits_shows_as_it_was_left() {
        let (seen, mut stands) = (a_shop(), a_shop());
        stands.name = Label::new("Boutique Barry").unwrap();
        let mut wanted = seen.clone();
        wanted.name = Label::new("Chez Barry").unwrap();
        let edits = between_shops(&seen, &wanted);
        let clashes = shop(&mut stands.clone(), &edits[0]);
        assert_eq!((edits.len(), clashes.len(), clashes[0].field.as_str()), (1, 1, "name"));
        show_shop(&mut stands, &edits[0]);
        assert_eq!(stands.name.as_str(), "Chez Barry");
    }
}
