//! `comptoir import` of a catalogue as large and as rich as a pharmacy's, each time into a new shop.

use crate::{
    database::{Database, PIN},
    median,
};
use comptoir::{
    domain::{Label, Pin},
    server::{clock::now_ms, people},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};
use tokio::runtime::Runtime;

/// As many as there are medicines in France.
pub const LINES: usize = 20_739;
const TIMES: usize = 3;
const FORMS: [&str; 8] = [
    "comprimé pelliculé",
    "gélule",
    "solution buvable",
    "sirop",
    "crème",
    "solution injectable (IV)",
    "collyre en récipient unidose",
    "suppositoire",
];

/// Seconds, the median: from the command to its last word.
pub fn took_s(runtime: &Runtime, database: &Database) -> f64 {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("import_{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("Leptos.toml"), include_str!("../../Leptos.toml")).expect("the settings");
    let heading = "Désignation;Code barres;Famille;Prix de vente;Prix achat;Qté;Seuil\r\n";
    let catalogue = format!("{heading}{}", (0..LINES).map(line).collect::<String>());
    fs::write(folder.join("catalogue.csv"), catalogue).expect("the catalogue");
    let times = (0..TIMES).map(|n| import(runtime, database, &folder, &format!("Pharmacie {n}")));
    let took = median(times.collect());
    fs::remove_dir_all(folder).expect("the folder is removed");
    took
}

fn import(runtime: &Runtime, database: &Database, folder: &Path, shop: &str) -> f64 {
    let label = |text| Label::new(text).expect("a label");
    let (name, owner, pin) = (label(shop), label("Mariama"), Pin::new(PIN).expect("a PIN"));
    let made = runtime.block_on(people::create_shop(&database.db, &name, &owner, &pin, now_ms()));
    made.expect("a shop");
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.current_dir(folder).env("DATABASE_URL", &database.url).args(["import", "catalogue.csv", "--shop", shop]);
    let began = Instant::now();
    let output = command.output().expect("the command");
    let took_s = began.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stdout);
    let whole = said.contains(&format!("{LINES} products added")) && output.status.success();
    assert!(whole, "{said}{}", String::from_utf8_lossy(&output.stderr));
    took_s
}

/// Names of some ninety letters that differ late, as medicines' do.
fn line(n: usize) -> String {
    let (form, dose) = (FORMS[n % FORMS.len()], [50, 100, 250, 500][n % 4]);
    let name = format!(
        "SPÉCIALITÉ {} {dose} mg, {form}, plaquette(s) thermoformée(s) PVC aluminium de {}",
        n / 4,
        10 + n % 90
    );
    let (price, cost) = (5_000 + 250 * (n % 400), 4_000 + 200 * (n % 400));
    format!("{name};{};{form};{price};{cost};{};{}\r\n", 3_400_930_000_000 + n, n % 120, n % 10)
}
