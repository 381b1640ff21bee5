//! The books of a shop as tables, which an operator takes along.

use crate::{
    database::{TestDb, stories},
    phone::Shop,
};
use comptoir::{
    domain::{day::DAY_MS, export::File, *},
    server::export::{self, Days},
    sync::mutation::{Body, ReceiveStock, ReceivedLine, RecordExpense, VoidSale},
    ui::tables::words,
};
use std::collections::BTreeSet;

stories!(every_sale_and_movement_is_exported_once, the_books_of_another_shop_stay_there);

/// More than are read at once.
const SALES: usize = 510;

/// Its lines' cells, without the headings.
async fn exported(shop: &Shop, file: File, days: Days) -> Vec<Vec<String>> {
    let mut bytes = Vec::new();
    let lines = export::write(&shop.db, shop.id, &words(), file, days, &mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let body = text.strip_prefix(&words().headings(file, true)).unwrap();
    let found: Vec<Vec<String>> = body.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect();
    assert_eq!(found.len() as u64, lines);
    found
}

async fn every_sale_and_movement_is_exported_once(test: TestDb) {
    let mut shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz; étuvé", 5_000).await;
    let mut phone = shop.phone(shop.owner).await;
    let first = Day::of_ms(shop.now_ms);
    for _ in 0..SALES {
        phone.sell(rice, 2);
    }
    let voided = phone.sale(rice, 1);
    let sale = voided.id;
    phone.queue(Body::RecordSale(comptoir::sync::mutation::RecordSale::first(voided)));
    phone.queue(Body::VoidSale(VoidSale { sale, reason: Note::new("Rendu").unwrap() }));
    phone.synchronise().await;
    shop.now_ms += 3 * DAY_MS;
    phone.now_ms = shop.now_ms;
    let line = ReceivedLine { product: rice, quantity: Quantity::new(7).unwrap() };
    let note = Note::new("Marché Madina").unwrap();
    phone.queue(Body::ReceiveStock(ReceiveStock { lines: vec![line], note: note.clone() }));
    let (id, kind, amount) =
        (ExpenseId(uuid::Uuid::now_v7()), Label::new("Loyer").unwrap(), Money::new(900_000).unwrap());
    // Recorded the day after that of its bill.
    let expense = Expense { id, kind, amount, note };
    phone.queue(Body::RecordExpense(RecordExpense { expense, day: Some(Day(first.0 + 2)) }));
    phone.synchronise().await;

    let sold = exported(&shop, File::Sales, Days::default()).await;
    assert_eq!(sold.len(), SALES + 1);
    assert_eq!(sold.iter().map(|cells| &cells[0]).collect::<BTreeSet<_>>().len(), SALES + 1);
    assert_eq!(sold.iter().filter(|cells| cells[3] == "Annulée" && cells[8].is_empty()).count(), 1);
    let row = sold.iter().find(|cells| cells[3] == "Confirmée").unwrap();
    assert_eq!(row[2], "Mariama");
    let moved = exported(&shop, File::Movements, Days::default()).await;
    assert_eq!(moved.len(), SALES + 4);
    assert!(moved[0].join(";").ends_with(";Réception;7;3987;Mariama;Marché Madina;Confirmé"), "{:?}", moved[0]);
    assert!(moved[0].join(";").contains("\"Riz; étuvé\""));
    assert_eq!(moved.last().unwrap()[3..].join(";"), "Stock de départ;5000;5000;Mariama;;Confirmé");
    let spent = exported(&shop, File::Expenses, Days::default()).await;
    assert_eq!(spent[0][1..5].join(";"), "Loyer;900000;Marché Madina;Mariama");
    assert_eq!(spent[0][0], Day(first.0 + 2).to_string());
    assert!(spent[0][5].starts_with(&Day(first.0 + 3).to_string()) && spent[0][6] == "Confirmée", "{:?}", spent[0]);
    let products = exported(&shop, File::Products, Days::default()).await;
    assert_eq!(products.len(), 1);
    assert!(products[0].join(";").contains(";3987;"));

    // The days that are asked for, both included.
    let days = |from: i64, to: i64| Days { first: Some(Day(first.0 + from)), last: Some(Day(first.0 + to)) };
    for (of, sales, moves, expenses) in
        [(days(0, 0), SALES + 1, SALES + 3, 0), (days(1, 2), 0, 0, 1), (days(3, 3), 0, 1, 0), (days(1, 3), 0, 1, 1)]
    {
        assert_eq!(exported(&shop, File::Sales, of).await.len(), sales, "{of:?}");
        assert_eq!(exported(&shop, File::Movements, of).await.len(), moves, "{of:?}");
        assert_eq!(exported(&shop, File::Expenses, of).await.len(), expenses, "{of:?}");
    }
}

/// G14.
async fn the_books_of_another_shop_stay_there(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let rice = shop.product("Riz", 5).await;
    let mut phone = shop.phone(shop.owner).await;
    phone.sell(rice, 1);
    phone.synchronise().await;
    let other = Shop::new(test.db.clone()).await;
    for file in [File::Products, File::Sales, File::Movements, File::Expenses, File::Repayments] {
        assert!(exported(&other, file, Days::default()).await.is_empty(), "{file:?}");
    }
}
