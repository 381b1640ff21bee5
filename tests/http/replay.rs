//! `comptoir replay` against the running program: real engines on several phones, online and not, and the books after.

use crate::{
    place::{Place, text},
    server::{Setting, on_each_database},
};
use std::{fmt::Write, fs, path::Path};

on_each_database!(a_small_till_is_sold_again, a_week_of_the_bakery_is_sold_again);

/// 240 sales of 1 to 3 lines over 7 items: enough that a phone without network has refusals to park.
fn small_till() -> String {
    let items = ["Pain", "Café", "NONE", "Thé vert", "Beignet", "Jus de bissap", "Œufs"];
    let mut file = String::from("Date,Time,Transaction,Item\n");
    for sale in 0..240 {
        for line in 0..=(sale % 3) {
            let item = items[(sale * 5 + line * line) % items.len()];
            writeln!(file, "2016-10-{:02},10:00:{:02},{sale},{item}", 1 + sale / 60, sale % 60).unwrap();
        }
    }
    file
}

/// Replays and answers the figure each line of the report begins with, by the line's name.
fn replay(place: &Place, file: &Path, more: &[&str]) -> impl Fn(&str) -> u64 + use<> {
    place.out(&["demo", "--shop", "Rejeu"]);
    let serving = place.serve();
    let (file, ledger) = (file.to_string_lossy(), place.path().join("ledger"));
    let ledger = ledger.to_string_lossy();
    let mut arguments = vec!["replay", &file, "--server", &serving.url, "--pin", "2580", "--ledger", &ledger];
    arguments.extend(more);
    let said = place.out(&arguments);
    assert_eq!(place.out(&["check", "--ledger", &ledger]).trim(), "0 differences", "{said}");
    let sale_told = |line: &&str| line.contains("\"sale\"");
    let sales_told = fs::read_to_string(&*ledger).unwrap().lines().filter(sale_told).count();
    move |name| match name {
        "told" => sales_told as u64,
        name => {
            let line = said.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {said}"));
            line.split_whitespace().find_map(|word| word.parse().ok()).unwrap()
        }
    }
}

fn a_small_till_is_sold_again(setting: Setting) {
    let place = Place::on(&setting.database_url);
    let file = place.path().join("till.csv");
    fs::write(&file, small_till()).unwrap();
    let figure = replay(&place, &file, &["--phones", "3", "--seed", "7", "--cover", "50"]);
    assert_eq!((figure("in file"), figure("made"), figure("told"), figure("waiting")), (240, 240, 240, 0));
    assert_eq!(figure("applied") + figure("refused"), 240);
    assert!(figure("applied") > 120 && figure("refused") > 20, "{} refused", figure("refused"));
    // A ledger that says what was never acknowledged is found out.
    let forged = place.path().join("forged");
    fs::write(&forged, "{\"key\":\"6ba7b810-9dad-41d1-80b4-00c04fd430c8\",\"outcome\":\"applied\"}\n").unwrap();
    let output = place.run(&["check", "--ledger", &forged.to_string_lossy()]);
    assert_eq!((output.status.code(), text(&output.stdout).contains("1 differences")), (Some(1), true));
}

/// The till of a real bakery, where it lies beside the project.
fn a_week_of_the_bakery_is_sold_again(setting: Setting) {
    let file = fs::canonicalize("../shared/data/till/bakery.csv");
    let Ok(file) = file else {
        eprintln!("../shared/data/till/bakery.csv is not there: not tried");
        return;
    };
    let figure = replay(&Place::on(&setting.database_url), &file, &["--phones", "4", "--limit", "500"]);
    assert_eq!((figure("in file"), figure("made"), figure("waiting")), (500, 500, 0));
    assert!(figure("refused") > 0 && figure("applied") > 400, "{} refused", figure("refused"));
}
