//! A file becomes products and prices, on the server and on a phone: nothing lost, nothing doubled, no stock overwritten.

use crate::{
    database::{TestDb, stories},
    phone::{self, Phone, Shop},
};
use comptoir::{
    domain::{
        Barcode, Key, Money, Product, ProductId, Units,
        import::{Becomes, Known, Plan},
    },
    server::{
        catalogue::{self, Done},
        check, import,
    },
    sync::{
        engine::{self, IMPORT_AT_ONCE, Item, PIECE_CHANGES, Pieces, Store, keys},
        merge,
        mutation::CreateProduct,
    },
};
use uuid::Uuid;

stories!(
    a_price_list_reaches_every_phone,
    an_edit_made_meanwhile_is_not_overwritten,
    a_phone_imports_more_than_its_outbox_should_hold,
    what_was_sold_goes_before_the_rest_of_an_import,
    an_import_is_its_owner_s_whoever_is_at_the_phone,
    a_piece_that_does_not_read_is_passed_over_and_told,
    a_copy_of_a_phone_imports_nothing,
    what_headings_mean_is_kept_with_an_import,
);

/// So many new products, one line each.
fn lines(count: usize) -> String {
    let line = |n: usize| format!("Produit {n};{};{};2\n", 1_000_000 + n, 100 + n);
    format!("nom;ean;prix;stock\n{}", (1..=count).map(line).collect::<String>())
}

/// As the device does with what its screen planned.
fn begin(phone: &mut Phone, plan: Plan) {
    begin_as(phone, Vec::new(), plan);
}

fn begin_as(phone: &mut Phone, columns: Vec<(String, String)>, plan: Plan) {
    let mut pieces = Pieces::default();
    for planned in plan.to_do(Known::Update) {
        pieces.add(match planned.becomes {
            Becomes::New { product, opening } => vec![Item::Create(CreateProduct { product, opening_units: opening })],
            Becomes::Changed { seen, wanted } => merge::between(&seen, &wanted).into_iter().map(Item::Edit).collect(),
            other => panic!("{other:?} does nothing"),
        });
    }
    let tx = engine::begin_import(&phone.device(), "fichier.csv", columns, pieces).unwrap().unwrap();
    phone.memory.commit(&tx).unwrap();
}

/// Queues what is due; how many pieces that was.
fn go_on(phone: &mut Phone) -> usize {
    let mut pieces = 0;
    while let Some(key) = engine::due_piece(&phone.device()) {
        let text = phone.memory.get(Store::Import, &key).map(str::to_owned);
        let tx = engine::queue_piece(&phone.device(), text.as_deref(), phone.now_ms, &mut || Key(Uuid::new_v4()));
        phone.memory.commit(&tx.unwrap().unwrap()).unwrap();
        pieces += 1;
    }
    pieces
}

fn queued(phone: &Phone) -> (u64, bool) {
    let import = phone.device().meta.import.unwrap();
    (import.queued, import.is_done())
}

async fn plan(shop: &Shop, file: &str) -> Plan {
    import::plan(file.as_bytes(), &[], catalogue::products(&shop.db, shop.id).await.unwrap()).unwrap()
}

async fn carry_out(shop: &Shop, plan: Plan) -> Done {
    let planned = plan.to_do(Known::Update);
    catalogue::carry_out(&shop.db, shop.id, shop.owner, planned, shop.now_ms).await.unwrap()
}

async fn rice(shop: &Shop) -> ProductId {
    let product = Product { barcodes: vec![Barcode::new("111").unwrap()], ..phone::product("Riz") };
    let (id, units) = (product.id, Units::new(10).unwrap());
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

async fn a_phone_imports_more_than_its_outbox_should_hold(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let id = rice(&shop).await;
    let mut phone = shop.phone(shop.owner).await;
    let file = format!("{}Riz long;111;1250;\n", lines(2_500));
    let planned = plan(&shop, &file).await;
    begin(&mut phone, planned.clone());
    // A small shop's catalogue is there without network; a large one's follows.
    assert_eq!((go_on(&mut phone), phone.device().outbox.len()), (IMPORT_AT_ONCE / PIECE_CHANGES, IMPORT_AT_ONCE));
    assert_eq!(queued(&phone), (IMPORT_AT_ONCE as u64, false));
    assert_eq!(
        engine::begin_import(&phone.device(), "autre.csv", Vec::new(), Pieces::default()),
        Ok(None),
        "one at a time"
    );
    let mut rounds = 0;
    while !queued(&phone).1 || !phone.device().outbox.is_empty() {
        phone.synchronise().await;
        go_on(&mut phone);
        assert!(phone.device().outbox.len() <= IMPORT_AT_ONCE);
        rounds += 1;
        assert!(rounds < 100, "it does not end");
    }
    assert_eq!(queued(&phone), (2_501, true));
    assert_eq!(phone.memory.scan(Store::Import, ""), []);
    assert_eq!(shown(&phone, id), ("Riz long".into(), 1_250, 10));
    let again = plan(&shop, &file).await;
    assert_eq!((again.counts.same, again.counts.new), (2_501, 0), "the server has all of it, once");
    assert_eq!(check::check(&test.db).await.unwrap(), []);
    let end = engine::end_import(&phone.device()).unwrap();
    phone.memory.commit(&end).unwrap();
    assert_eq!((phone.device().meta.import, engine::end_import(&phone.device())), (None, None));
}

async fn what_was_sold_goes_before_the_rest_of_an_import(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let id = rice(&shop).await;
    let mut phone = shop.phone(shop.owner).await;
    let planned = plan(&shop, &lines(2_000)).await;
    begin(&mut phone, planned);
    go_on(&mut phone);
    let sold = phone.sell(id, 1);
    let mut pushes = 0;
    loop {
        let request = phone.plan().unwrap();
        let holds_it = request.mutations.iter().any(|mutation| mutation.key == sold.key);
        let answer = phone.send(request).await;
        phone.receive(&answer);
        pushes += 1;
        if holds_it {
            break;
        }
        assert_eq!(go_on(&mut phone), 0, "what is queued behind a sale goes before it");
    }
    assert!(pushes <= IMPORT_AT_ONCE / 50 + 1, "{pushes}");
    phone.synchronise().await;
    assert!(go_on(&mut phone) > 0);
}

async fn an_import_is_its_owner_s_whoever_is_at_the_phone(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let planned = plan(&shop, &lines(5)).await;
    begin(&mut phone, planned);
    phone.sign_in(shop.employee).await;
    go_on(&mut phone);
    phone.synchronise().await;
    let again = plan(&shop, &lines(5)).await;
    assert_eq!((again.counts.same, phone.memory.scan(Store::Parked, "").len()), (5, 0));
}

async fn a_piece_that_does_not_read_is_passed_over_and_told(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let planned = plan(&shop, &lines(2 * PIECE_CHANGES)).await;
    begin(&mut phone, planned);
    let key = engine::due_piece(&phone.device()).unwrap();
    let damaged = engine::Write::Put { store: Store::Import, key, value: "{".into() };
    let tx = engine::LocalTx { writes: vec![damaged], ..engine::LocalTx::strict() };
    phone.memory.commit(&tx).unwrap();
    go_on(&mut phone);
    phone.synchronise().await;
    let import = phone.device().meta.import.unwrap();
    assert_eq!((import.queued, import.lost, import.is_done()), (PIECE_CHANGES as u64, 1, true));
    // The same file brings the rest, and nothing twice.
    let rest = plan(&shop, &lines(2 * PIECE_CHANGES)).await;
    assert_eq!((rest.counts.new, rest.counts.same), (PIECE_CHANGES, PIECE_CHANGES));
}

/// Both would make the same products, and one be refused each of them.
async fn a_copy_of_a_phone_imports_nothing(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let mut phone = shop.phone(shop.owner).await;
    let planned = plan(&shop, &lines(5)).await;
    begin(&mut phone, planned);
    let device = phone.device();
    let own = device.meta.installation.clone().unwrap();
    phone.memory.commit(&engine::fork(&device, &own)).unwrap();
    assert_eq!((phone.device().meta.import, phone.memory.scan(Store::Import, "")), (None, Vec::new()));
}

/// So that the same file, chosen again, is read alike. An older app kept nothing of it, and its imports go on.
async fn what_headings_mean_is_kept_with_an_import(test: TestDb) {
    let shop = Shop::new(test.db.clone()).await;
    let said = vec![("Truc".to_owned(), "name".to_owned()), ("Note".to_owned(), String::new())];
    for columns in [Vec::new(), said] {
        let mut phone = shop.phone(shop.owner).await;
        let planned = plan(&shop, "nom;prix\nRiz;500\n").await;
        begin_as(&mut phone, columns.clone(), planned);
        let row = phone.memory.get(Store::Meta, keys::IMPORT).unwrap();
        assert_eq!(row.contains("columns"), !columns.is_empty(), "{row}");
        go_on(&mut phone);
        assert_eq!((queued(&phone), phone.device().meta.import.unwrap().columns), ((1, true), columns));
    }
}
