use super::*;
use crate::domain::{Barcode, Category, Money, Name};
use uuid::Uuid;

pub fn product(n: u128, name: &str, codes: &[&str], price: i64) -> Product {
    Product {
        id: ProductId(Uuid::from_u128(n)),
        name: Name::new(name).unwrap(),
        barcodes: codes.iter().map(|code| Barcode::new(code).unwrap()).collect(),
        category: Category::default(),
        sale_price: Money::new(price).unwrap(),
        purchase_price: None,
        threshold: Units::ZERO,
        retired: false,
    }
}

pub fn plan_of(lines: &str, shop: &[Product], costs: bool) -> Plan {
    let mut ids = 1_000..;
    let text = format!("nom,ean,prix,prix achat,stock\n{lines}");
    let mut planning = Planning::new(Reader::open(&text).unwrap(), shop.iter().cloned().map(Arc::new), costs);
    while planning.step(|| ProductId(Uuid::from_u128(ids.next().unwrap()))).unwrap() {}
    planning.finish()
}

/// What each line becomes, in a word, and what is said of bad ones.
fn told(lines: &str, shop: &[Product]) -> Vec<String> {
    let plan = plan_of(lines, shop, true);
    let word = |line: &Planned| match &line.becomes {
        Becomes::New { product, opening } => format!("{} new {} +{}", line.line, product.name, opening.get()),
        Becomes::Changed { seen, wanted } => {
            format!(
                "{} {} {} -> {} {}",
                line.line,
                seen.name,
                seen.sale_price.get(),
                wanted.name,
                wanted.sale_price.get()
            )
        }
        Becomes::Same { product } => format!("{} same {}", line.line, product.name),
        Becomes::Retired { product } => format!("{} retired {}", line.line, product.name),
        Becomes::Again { line: first, .. } => format!("{} again {first}", line.line),
    };
    plan.lines.iter().map(word).chain(plan.bad.iter().map(ToString::to_string)).collect()
}

#[test]
fn a_line_is_of_the_product_with_its_barcode_else_of_its_name() {
    let shop = [product(1, "Riz 5 kg", &["11"], 500), product(2, "Sel", &[], 100)];
    assert_eq!(
        told("Riz  5 KG,11,600,,9\nSEL,,100,,\nSel,22,100,,\nMil,33,50,,7\n", &shop),
        [
            "2 Riz 5 kg 500 -> Riz 5 KG 600",
            "3 Sel 100 -> SEL 100",
            "5 new Mil +7",
            "line 4: line 3 is of the same product, and says otherwise"
        ]
    );
    assert_eq!(told("Riz 5 kg,11,500,,\n", &shop), ["2 same Riz 5 kg"]);
    // Another barcode, another product; a barcode for one that had none.
    assert_eq!(told("Riz 5 kg,12,500,,\nSel,22,100,,\n", &shop), ["2 new Riz 5 kg +0", "3 Sel 100 -> Sel 100"]);
}

#[test]
fn what_could_be_meant_in_two_ways_is_reported() {
    let shop = [product(1, "Riz", &["11"], 500), product(2, "Sel", &["22"], 100), product(3, "Sel", &["23"], 90)];
    assert_eq!(
        told("Riz,11 22,500,,\n", &shop),
        ["line 2, column ean: its barcodes are of several products: Riz; Sel"]
    );
    assert_eq!(
        told("Sel,11,500,,\n", &shop),
        ["line 2, column ean: its barcode is that of Riz, its name that of another product"]
    );
    assert_eq!(
        told("Sel,,500,,\n", &shop),
        ["line 2, column nom: several products have this name; a barcode would tell which is meant"]
    );
    assert_eq!(told("Sel,23,90,,\n", &shop), ["2 same Sel"]);
}

#[test]
fn a_file_that_repeats_itself_makes_one_product() {
    assert_eq!(
        told("Mil,33,50,,7\nMil,33,50,,7\nMil,,60,,\nMil,34,50,,\n", &[]),
        ["2 new Mil +7", "3 again 2", "5 new Mil +0", "line 4: line 2 is of the same product, and says otherwise"]
    );
}

#[test]
fn an_american_code_is_the_same_with_its_nought_and_without() {
    let shop = [product(1, "Savon", &["0036000291452"], 500)];
    assert_eq!(told("Savon,036000291452,500,,\n", &shop), ["2 same Savon"]);
    assert_eq!(told("Mil,036000291452,50,,\nMil,0036000291452,50,,\n", &[])[0], "2 new Mil +0");
    assert_eq!(told("Mil,036000291452,50,,\nLait,0036000291452,50,,\n", &[]).len(), 2);
}

#[test]
fn what_was_retired_stays_out() {
    let retired = Product { retired: true, ..product(1, "Riz", &["11"], 500) };
    assert_eq!(told("Riz,11,600,,\n", std::slice::from_ref(&retired)), ["2 retired Riz"]);
    let again = product(2, "Riz", &["11"], 500);
    assert_eq!(told("Riz,11,600,,\n", &[retired, again]), ["2 Riz 500 -> Riz 600"]);
}

#[test]
fn a_phone_without_purchase_prices_leaves_them() {
    let shop = [product(1, "Riz", &[], 500)];
    let plan = plan_of("Riz,,500,400,9\nMil,,50,40,\n", &shop, false);
    assert_eq!((plan.counts.same, plan.counts.new), (1, 1));
    assert!(plan.costs_left && plan.stock_left);
    assert!(matches!(&plan.lines[1].becomes, Becomes::New { product, .. } if product.purchase_price.is_none()));
    assert_eq!(plan_of("Riz,,500,400,9\n", &shop, true).counts.changed, 1);
}

#[test]
fn known_products_are_updated_or_left() {
    let plan = plan_of("Riz,,600,,\nMil,,50,,\nSel,,x,,\n", &[product(1, "Riz", &[], 500)], true);
    assert_eq!((plan.count_to_do(Known::Update), plan.count_to_do(Known::Leave), plan.counts.bad), (2, 1, 1));
    let lines = |known| plan.clone().to_do(known).map(|planned| planned.line).collect::<Vec<_>>();
    assert_eq!((lines(Known::Update), lines(Known::Leave)), (vec![2, 3], vec![3]));
}
