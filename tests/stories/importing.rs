//! A file becomes products and prices, on the server and on a phone: nothing lost, nothing doubled, no stock overwritten.

use crate::{
    database::{TestDb, stories},
    phone::{self, Phone, Shop},
};
use comptoir::{
    domain::{
        Barcode, Money, Product, ProductId,
        import::{Known, Plan},
    },
    server::{
        catalogue::{self, Done},
        check, import,
    },
};

stories!(a_price_list_reaches_every_phone, an_edit_made_meanwhile_is_not_overwritten);

async fn plan(shop: &Shop, file: &str) -> Plan {
    import::plan(file.as_bytes(), catalogue::products(&shop.db, shop.id).await.unwrap()).unwrap()
}

async fn carry_out(shop: &Shop, plan: Plan) -> Done {
    let planned = plan.to_do(Known::Update);
    catalogue::carry_out(&shop.db, shop.id, shop.owner, planned, shop.now_ms).await.unwrap()
}

async fn rice(shop: &Shop) -> ProductId {
    let product = Product { barcodes: vec![Barcode::new("111").unwrap()], ..phone::product("Riz") };
    let (id, units) = (product.id, comptoir::domain::Units::new(10).unwrap());
    let opening = catalogue::Opening { product, units };
    catalogue::add(&shop.db, shop.id, shop.owner, &[opening], shop.now_ms).await.unwrap();
    id
}

fn shown(phone: &Phone, id: ProductId) -> (String, i64, i64) {
    let product = phone.product(id);
    (product.name.to_string(), product.sale_price.get(), phone.stock(id))
}

async fn a_price_list_reaches_every_phone(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let id = rice(&shop).await;
    let mut phone = shop.phone(shop.owner).await;
    assert_eq!(shown(&phone, id), ("Riz".into(), phone::PRICE, 10));
    let done = carry_out(&shop, plan(&shop, "nom;ean;prix;stock\nRiz long;111;1 250;77\nMil;;300;4\n").await).await;
    assert_eq!(done, Done { added: 1, updated: 1, clashed: 0 });
    phone.synchronise().await;
    // What there is of it is counted or received, never imported.
    assert_eq!(shown(&phone, id), ("Riz long".into(), 1_250, 10));
    let again = plan(&shop, "nom;ean;prix;stock\nRiz long;111;1 250;77\nMil;;300;4\n").await;
    assert_eq!((again.counts.same, again.count_to_do(Known::Update)), (2, 0));
    assert_eq!(check::check(&test.db).await.unwrap(), []);
}

async fn an_edit_made_meanwhile_is_not_overwritten(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let id = rice(&shop).await;
    let mut phone = shop.phone(shop.owner).await;
    let planned = plan(&shop, "nom;ean;prix;seuil\nRiz;111;1250;3\n").await;
    phone.edit(id, |product| Product { sale_price: Money::new(900).unwrap(), ..product.clone() });
    phone.synchronise().await;
    assert_eq!(carry_out(&shop, planned).await, Done { added: 0, updated: 0, clashed: 1 });
    phone.synchronise().await;
    // The price somebody just gave stands; the threshold nobody touched is the file's.
    assert_eq!((shown(&phone, id).1, phone.product(id).threshold.get()), (900, 3));
}
