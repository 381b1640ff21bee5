use super::*;
use crate::domain::{Category, Money, Name};
use uuid::Uuid;

fn product(n: u128, name: &str, codes: &[&str], price: i64) -> Product {
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

fn plan_of(lines: &str, shop: &[Product], costs: bool) -> Plan {
    let mut ids = 1_000..;
    let text = format!("nom,ean,prix,prix achat,stock\n{lines}");
    let mut planning = Planning::open(&text, shop.iter().cloned().map(Arc::new), costs).unwrap();
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

mod laws {
    use super::*;
    use proptest::prelude::*;

    /// Lines over few names and barcodes, so that they meet.
    fn files() -> impl Strategy<Value = String> {
        let code = prop::sample::select(vec!["", "1", "2", "3", "1 2"]);
        let line = (0..4_u8, code, 1..3_i64).prop_map(|(name, code, price)| format!("P{name},{code},{price},,2\n"));
        prop::collection::vec(line, 1..12).prop_map(|lines| lines.concat())
    }

    fn shops() -> impl Strategy<Value = Vec<Product>> {
        let code = prop::sample::select(vec![vec![], vec!["1"], vec!["3"]]);
        prop::collection::vec((0..5_u8, code, any::<bool>()), 0..3).prop_map(|of| {
            let of = of.into_iter().enumerate();
            let one = |(n, (name, codes, retired)): (usize, (u8, Vec<&str>, bool))| Product {
                retired,
                ..product(n as u128 + 1, &format!("P{name}"), &codes, 1)
            };
            of.map(one).collect()
        })
    }

    fn carry_out(mut shop: Vec<Product>, plan: Plan, some: usize) -> Vec<Product> {
        for planned in plan.to_do(Known::Update).take(some) {
            match planned.becomes {
                Becomes::New { product, .. } => shop.push(product),
                Becomes::Changed { wanted, .. } => {
                    let place = shop.iter_mut().find(|product| product.id == wanted.id).unwrap();
                    *place = wanted;
                }
                _ => unreachable!("it does nothing"),
            }
        }
        shop
    }

    proptest! {
        #[test]
        fn what_was_imported_is_not_made_again(file in files(), shop in shops()) {
            let first = plan_of(&file, &shop, true);
            let good: Vec<u64> = first.lines.iter().map(|planned| planned.line).collect();
            let after = carry_out(shop, first, usize::MAX);
            for planned in plan_of(&file, &after, true).lines {
                let new = matches!(planned.becomes, Becomes::New { .. });
                prop_assert!(!new || !good.contains(&planned.line), "{planned:?}");
            }
        }

        #[test]
        fn an_import_that_was_cut_short_is_finished_by_the_same_file(file in files(), shop in shops(), some in 0..6_usize) {
            let whole = plan_of(&file, &shop, true);
            if !whole.bad.is_empty() {
                return Ok(());
            }
            let all = carry_out(shop.clone(), whole.clone(), usize::MAX);
            let part = carry_out(shop, whole, some);
            let rest = plan_of(&file, &part, true);
            let finished = carry_out(part, rest, usize::MAX);
            let sorted = |shop: Vec<Product>| {
                let mut of: Vec<_> = shop.into_iter().map(|p| (p.name, p.barcodes, p.sale_price.get(), p.retired)).collect();
                of.sort();
                of
            };
            prop_assert_eq!(sorted(finished), sorted(all));
        }

        #[test]
        fn no_file_makes_two_products_of_one_barcode(file in files(), shop in shops()) {
            let plan = plan_of(&file, &shop, true);
            let mut seen: BTreeSet<Barcode> = BTreeSet::new();
            for planned in &plan.lines {
                if let Becomes::New { product, .. } = &planned.becomes {
                    for code in &product.barcodes {
                        let theirs = shop.iter().any(|other| !other.retired && other.barcodes.contains(code));
                        prop_assert!(seen.insert(code.clone()) && !theirs, "{planned:?}");
                    }
                }
            }
            let counts = plan.counts;
            let told = counts.new + counts.changed + counts.same + counts.retired + counts.again + counts.bad;
            prop_assert_eq!(told, file.lines().count());
        }
    }
}
