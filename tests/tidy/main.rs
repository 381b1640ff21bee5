//! The rooms of the house and what each may import, held against the code, as TigerBeetle's `tidy` holds its style.
//!
//! The table is `ROOMS`; an exception stands in `EXCEPTIONS` with its reason, and one that is no longer needed fails.

mod languages;
mod lexer;
#[cfg(feature = "ssr")]
mod operations;
mod protocol;

use lexer::{Lexed, imports, lex};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const LINES_MAX: usize = 400;

/// A room and the rooms it may import from; a path begins with its room. The longest room that fits a file is its own.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("faults", &[]),
    ("part", &[]),
    ("sync", &["domain", "faults"]),
    ("api", &["domain", "sync", "server::rpc"]),
    ("device", &["domain", "sync", "api", "part"]),
    ("server", &["domain", "sync", "faults"]),
    ("ui", &["domain"]),
    ("ui::components", &["domain", "ui::text", "ui::format", "ui::icons", "ui::erase"]),
    ("ui::screens", &["domain", "ui", "api", "part", "device::Till", "device::FirstPage", "device::handle"]),
    ("app", &["device", "sync::view", "ui::screens"]),
    ("main", &["comptoir"]),
];

/// What a file, or every file of a folder, may import beside its room's own: with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("server/http", "app", "renders the pages: the one place where the server meets them"),
    ("ui/language.rs", "device::handle::Language", "what a phone may speak"),
    ("ui/language.rs", "part", "a catalogue is a part of the page"),
    ("ui/text.rs", "device::handle", "puts the errors a command answers with into words"),
    ("ui/text.rs", "sync::CallError", "puts errors into words"),
    ("ui/text.rs", "sync::Refusal", "puts refusals into words"),
    ("ui/text.rs", "sync::verdict::What", "a part of a refusal"),
    ("ui/text.rs", "sync::mutation::Became", "puts what became of a refusal into words"),
    ("ui/text.rs", "sync::mutation::Edited", "puts what was edited into words"),
    ("ui/text.rs", "sync::Body", "its test asks for words for every kind of mutation"),
    ("ui/screens", "sync::Refusal", "a type of the handle's fields"),
    ("ui/screens", "sync::decide", "what each choice would do, as the device will do it"),
    ("ui/screens", "sync::mutation::ReceivedLine", "a part of a choice"),
    ("ui/screens", "sync::verdict::FieldConflict", "a type of the handle's fields"),
    ("ui/screens", "sync::mutation::Edited", "a type of the handle's fields"),
    ("ui/screens", "sync::engine::SessionState", "a type of the handle's fields"),
    ("ui/screens", "sync::engine::Freshness", "a type of the handle's fields"),
    ("ui/screens/settings", "sync::CallError", "why the server said nothing of the shop"),
    ("ui/screens/settings", "sync::handover::HandedIn", "what a command answers"),
    ("ui/screens/settings", "sync::engine", "what the handle's measures are made of"),
    ("ui/screens", "sync::view::Shown", "a type of the handle's fields"),
    ("ui/screens/expenses.rs", "sync::view", "parts of what a command answers"),
    ("ui/screens/expenses", "sync::view::ListedExpense", "a part of what a command answers"),
    ("ui/screens/settings", "sync::view::ListedExpense", "a part of what a command answers"),
    ("ui/screens/settings", "sync::view::ListedRepayment", "a part of what a command answers"),
    ("ui/screens", "sync::view::ListedSale", "a part of what a command answers"),
    ("ui/screens", "sync::view::Account", "a part of what a command answers"),
    ("ui/screens/credits", "sync::view::Booked", "a part of what a command answers"),
    ("ui/screens/credits", "sync::view::Owed", "a part of what a command answers"),
    ("ui/screens", "sync::view::Margin", "a part of what a command answers"),
    ("ui/screens", "sync::view::Moved", "a part of what a command answers"),
    ("ui/screens", "sync::view::SalesDay", "a part of what a command answers"),
    ("ui/screens", "sync::view::Takings", "a part of what a command answers"),
    ("ui/screens/stock", "sync::view::Doubt", "a type of what a command answers"),
    ("ui/screens", "sync::first_page", "what the server drew the page from"),
    ("ui/screens", "sync::wire", "rows as the handle brings them"),
];

/// Words that domain and sync do without: no framework, async, clock, chance or I/O.
const IMPURE: &[&str] = &[
    "leptos",
    "async",
    "await",
    "SystemTime",
    "Instant",
    "now_v7",
    "new_v4",
    "rand",
    "getrandom",
    "tokio",
    "sqlx",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "println",
    "eprintln",
    "fs",
    "net",
    "env",
    "thread",
    "process",
];

/// Files with a `cfg(feature …)`, which stands where a room is declared.
const DECLARES_ROOMS: &[(&str, &str)] = &[
    ("lib.rs", "declares the rooms, and the browser's entry"),
    ("faults.rs", "a constant without its feature"),
    ("part.rs", "room that a file of WebAssembly alone needs"),
    ("device/mod.rs", "the handle exists on both sides, what fills it in the browser alone"),
    ("domain/import/plan.rs", "its laws are drawn, and what draws is not there in a browser's tests"),
    ("sync/merge/mod.rs", "its laws are drawn, and what draws is not there in a browser's tests"),
    ("sync/view/catalogue/pairs.rs", "its laws are drawn, and what draws is not there in a browser's tests"),
];

/// Files whose literals hold letters with accents although they draw nothing.
const ACCENTS: &[(&str, &str)] =
    &[("domain/text.rs", "the table that folds them for search"), ("server/cli/demo.rs", "a shop in Conakry")];

/// Declared under `cfg(test)`: they draw nothing either.
const TEST_FILES: &[&str] =
    &["sync/engine/contract.rs", "sync/engine/samples.rs", "sync/engine/tests.rs", "device/storage_tests.rs"];

struct Source {
    /// Below `src`.
    path: String,
    module: Vec<String>,
    text: String,
    lexed: Lexed,
}

fn files_of(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_of(&path, ending, into);
        } else if path.to_string_lossy().ends_with(ending) {
            into.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files_of(&root, ".rs", &mut paths);
    paths.sort();
    assert!(paths.len() > 50, "the sources were not found");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect();
        Source { lexed: lex(&text), path, module, text }
    };
    paths.into_iter().map(read).collect()
}

/// Whether `path` is `under`, or lies in it.
fn within(path: &str, under: &str) -> bool {
    path.strip_prefix(under).is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('/'))
}

fn room_of(module: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    ROOMS.iter().filter(|(room, _)| within(module, room)).max_by_key(|(room, _)| room.len())
}

fn imports_of(source: &Source) -> BTreeSet<String> {
    imports(&source.lexed.code, &source.module).into_iter().map(|path| path.join("::")).collect()
}

#[test]
fn rooms_import_what_the_table_allows() {
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for source in sources().iter().filter(|source| source.path != "lib.rs") {
        let module = source.module.join("::");
        let (room, allowed) = room_of(&module).unwrap_or_else(|| panic!("{} is in no room", source.path));
        for path in imports_of(source) {
            let own = room_of(&path).is_some_and(|(of, _)| of == room) || within(&path, room);
            if own || allowed.iter().any(|allowed| within(&path, allowed)) {
                continue;
            }
            let excused = |(file, what, _): &(&str, &str, &str)| within(&source.path, file) && within(&path, what);
            match EXCEPTIONS.iter().position(excused) {
                Some(exception) => drop(used.insert(exception)),
                None => wrong.push(format!("{} imports {path}", source.path)),
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    let unused: Vec<_> = (0..EXCEPTIONS.len()).filter(|at| !used.contains(at)).map(|at| EXCEPTIONS[at]).collect();
    assert_eq!(unused, [], "exceptions that nothing needs");
}

/// Tests may make ids; what runs may not.
#[test]
fn domain_and_sync_are_pure() {
    for source in sources().iter().filter(|source| within(&source.path, "domain") || within(&source.path, "sync")) {
        for word in source.lexed.words_outside_tests() {
            assert!(!IMPURE.contains(&word), "{} uses {word}", source.path);
        }
    }
}

#[test]
fn features_are_asked_for_where_a_room_is_declared() {
    let asks = |source: &Source| source.lexed.code.contains("feature =") || source.lexed.code.contains("target_arch");
    let found: Vec<String> = sources().iter().filter(|source| asks(source)).map(|source| source.path.clone()).collect();
    let mut expected: Vec<&str> = DECLARES_ROOMS.iter().map(|(file, _)| *file).collect();
    expected.sort_unstable();
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn no_file_is_longer_than_one_reads_in_a_sitting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in [
        "src",
        "tests",
        "simulator",
        "torture",
        "benches",
        "end2end/tests",
        "end2end/support",
        "end2end/torture",
        "style",
    ] {
        if root.join(folder).exists() {
            files_of(&root.join(folder), "", &mut paths);
        }
    }
    for path in paths.iter().filter(|path| path.extension().is_some_and(|of| of == "rs" || of == "ts" || of == "css")) {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_unfinished_is_left() {
    for source in sources() {
        for marker in ["todo!", "unimplemented!", "dbg!", "TODO", "FIXME", "XXX"] {
            let code = !marker.ends_with('!') || source.lexed.code.contains(marker);
            assert!(!(code && source.text.contains(marker)), "{} holds {marker}", source.path);
        }
    }
}

/// What a person reads is chosen in the ui. A text without accents escapes this: it is a net with wide meshes.
#[test]
fn texts_for_people_live_in_the_ui() {
    let mut found = Vec::new();
    let draws = |source: &&Source| !within(&source.path, "ui") && !TEST_FILES.contains(&source.path.as_str());
    for source in sources().iter().filter(draws) {
        let accented = |c: char| c.is_alphabetic() && !c.is_ascii();
        if source.lexed.literals_outside_tests().any(|literal| literal.chars().any(accented)) {
            found.push(source.path.clone());
        }
    }
    let mut expected: Vec<&str> = ACCENTS.iter().map(|(file, _)| *file).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// The page of components, in a development build, shows them all.
#[test]
fn every_component_is_in_the_gallery() {
    let text = |path: &str| sources().into_iter().find(|source| source.path == path).unwrap().text;
    let (components, gallery) = (text("ui/components/mod.rs"), text("ui/screens/gallery.rs"));
    let names = components.lines().filter_map(|line| line.strip_prefix("pub fn ")?.split(['(', '<']).next());
    let missing: Vec<&str> = names.filter(|name| !gallery.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty() && components.contains("pub fn notice("), "{missing:?}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let mut paths = Vec::new();
        files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database), ".sql", &mut paths);
        let names = paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
        names.collect::<BTreeSet<_>>()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}
