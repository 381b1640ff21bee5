//! Files that an operator gives the program, and takes from it.

use crate::place::{Place, text};
use std::fs;

#[test]
fn a_catalogue_is_imported_whole_or_not_at_all() {
    let place = Place::new();
    place.out(&["demo"]);
    let file = place.path().join("catalogue.csv");
    fs::write(&file, "nom,prix_vente,stock\nSemoule 1 kg,9000,4\nVinaigre,abc,1\nMiel,40000,0\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    let refused = place.run(&["import", &file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("line 3, column prix_vente: \"abc\" is no whole number"));
    let skipped = place.run(&["import", &file, "--skip-bad-lines"]);
    assert_eq!(skipped.status.code(), Some(1));
    assert!(text(&skipped.stdout).contains("2 products added, 0 were there already, 1 bad lines left out"));
    let again = place.run(&["import", &file, "--skip-bad-lines", "--shop", "Boutique Kaloum"]);
    assert!(text(&again.stdout).contains("0 products added, 2 were there already"), "{}", text(&again.stdout));
    assert!(!place.run(&["import", &file, "--shop", "Ailleurs"]).status.success());
    assert!(place.out(&["check"]).contains("0 differences"));
}

#[test]
fn what_headings_mean_can_be_said() {
    let place = Place::new();
    place.out(&["demo"]);
    let file = place.path().join("catalogue.csv");
    fs::write(&file, "Truc;Vaut;Prix;a=b\nSemoule 1 kg;9000;7000;4\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    let unsaid = text(&place.run(&["import", &file]).stderr);
    assert!(unsaid.contains("no heading of the file means the name; say which with --column"), "{unsaid}");
    let said = ["--column", "truc=name", "--column", "Vaut=sale-price", "--column", "Prix=purchase-price"];
    let with = |more: &[&str]| place.run(&[&["import", &file, "--dry-run"], &said[..], more].concat());
    let done = with(&["--column", "a=b=stock"]);
    assert!(text(&done.stdout).contains("line 2: new: Semoule 1 kg, 4 in stock"), "{}", text(&done.stderr));
    let unread = with(&[]);
    assert!(text(&unread.stderr).contains("The column a=b is not read."), "{}", text(&unread.stderr));
    for (column, why) in [
        ("Rien=stock", "no heading of the file is \"Rien\"; there are: Truc, Vaut, Prix, a=b"),
        ("Prix=cost", "\"cost\" is none of name, barcode"),
        ("Prix", "HEADING=MEANING is wanted"),
    ] {
        let refused = with(&["--column", column]);
        assert!(!refused.status.success() && text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
}

#[test]
fn a_price_list_updates_what_is_there_and_a_preview_changes_nothing() {
    let place = Place::new();
    place.out(&["demo"]);
    let write = |name: &str, text: &str| {
        let file = place.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_string_lossy().into_owned()
    };
    let first = write("first.csv", "nom;ean;prix;stock\nSemoule 1 kg;111;9 000;4\nMiel;222;40000;0\n");
    place.out(&["import", &first]);
    let prices =
        write("prices.csv", "nom;ean;prix;stock\nSEMOULE 1 kg;111;9 500,00;70\nMiel;222;40000;\nSucre;;1000;\n");
    let preview = place.out(&["import", &prices, "--dry-run", "--known", "update"]);
    for said in [
        "line 2: update: Semoule 1 kg: name, sale price",
        "line 3: the same: Miel",
        "line 4: new: Sucre, 0 in stock",
        "1 products would be added, 2 are there already (1 would be updated), 0 bad lines",
    ] {
        assert!(preview.contains(said), "{said}: {preview}");
    }
    let left = place.out(&["import", &prices]);
    assert!(left.contains("1 products added, 2 were there already, 0 bad"), "{left}");
    let updated = place.run(&["import", &prices, "--known", "update"]);
    assert!(text(&updated.stdout).contains("0 products added, 3 were there already (1 updated)"));
    assert!(text(&updated.stderr).contains("The stock of products that are there already stays"));
    let again = place.out(&["import", &prices, "--known", "update"]);
    assert!(again.contains("0 products added, 3 were there already (0 updated)"), "{again}");
    assert!(place.out(&["check"]).contains("0 differences"));
}

#[test]
fn a_shops_books_are_written_into_files_beside_its_server() {
    let place = Place::new();
    place.out(&["demo"]);
    let serving = place.serve();
    let code = place.out(&["device", "code", "--quiet", "--owner-phone"]);
    place.out(&["smoke", &serving.url, "--code", code.trim(), "--pin", "2580"]);
    let file = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let export = |what: &str, name: &str, days: &[&str]| {
        let path = file(name);
        let said = place.out(&[&["export", what, &path][..], days].concat());
        let lines = fs::read_to_string(file(name)).unwrap();
        let lines: Vec<String> = lines.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
        assert!(said.contains(&format!("Boutique Kaloum: {} lines in ", lines.len() - 1)), "{said}");
        lines
    };
    let sales = export("sales", "sales.csv", &[]);
    assert!(sales[0].starts_with("Reçu;Date;Vendeur;État;Produit;") && sales[1].contains(";Annulée;"), "{sales:?}");
    let moved = export("movements", "movements.csv", &["--shop", "Boutique Kaloum"]);
    assert!(moved[0].ends_with(";Qui;Note;État") && moved[1].contains(";Vente annulée;"), "{moved:?}");
    assert_eq!(export("movements", "since.csv", &["--from", "2000-01-01"]), moved);
    assert_eq!(export("movements", "until.csv", &["--to", "31/12/1999"]).len(), 1);
    assert_eq!(export("expenses", "expenses.csv", &[]), ["Date;Type;Montant;Note;Qui;Saisie le;État"]);
    // What it writes, an import reads.
    let products = export("products", "products.csv", &[]);
    assert!(products[0].ends_with(";Prix d’achat"), "{}", products[0]);
    let known = format!(": 0 products added, {} were there already", products.len() - 1);
    assert!(place.out(&["import", &file("products.csv")]).contains(&known));

    let refused = |arguments: &[&str], why: &str| {
        let refused = place.run(arguments);
        assert!(!refused.status.success() && text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    };
    refused(&["export", "sales", &file("sales.csv")], "is there already and stays as it is: choose another name");
    refused(&["export", "sales", &file("nowhere/sales.csv")], "there is no such folder");
    refused(&["export", "sales", &file("x.csv"), "--from", "2026-02-30"], "no such day: write it as 2026-08-31");
    let backwards = ["export", "sales", &file("x.csv"), "--from", "2026-08-31", "--to", "2026-08-01"];
    refused(&backwards, "--from 31/08/2026 is after --to 01/08/2026");
    refused(&["export", "products", &file("x.csv"), "--from", "2026-08-31"], "leave --from and --to out");
    refused(&["export", "sales", &file("x.csv"), "--shop", "Ailleurs"], "Ailleurs");
    let left = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.starts_with("x.csv") || name.ends_with(".part")).count(), 0);
}
