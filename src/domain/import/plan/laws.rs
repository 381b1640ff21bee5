//! The laws of a plan, over files and shops that meet.

use super::{
    tests::{plan_of, product},
    *,
};
use crate::domain::Barcode;
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
