//! `languages/en.po` against the texts of the interface. Where they differ, `RECORD=1` writes what is missing, to be
//! translated, and leaves out what nobody says any more.

use crate::{Source, sources};
use polib::{catalog::Catalog, message::Message, po_file};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// What is the same in every language: names, the keys of a keyboard, and the languages.
const NAMES: &[&str] =
    &["Comptoir", "GNF", "Orange Money", "WhatsApp", "Backspace", "Enter", "Escape", "Français", "English"];

/// Files of the interface whose literals are not all said by it.
const NOT_SAID: &[(&str, &str)] = &[
    ("ui/icons.rs", "drawings"),
    ("ui/screens/gallery.rs", "samples, in a development build"),
    ("ui/screens/gallery/office.rs", "the same"),
    ("ui/screens/gallery/sale.rs", "the same"),
];

const COUNTS: [&str; 2] = ["count!(", "things!("];

/// What counts is said in two forms.
type Text = (String, Option<String>);

fn catalogue() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("languages/en.po")
}

fn read() -> Catalog {
    po_file::parse(&catalogue()).unwrap()
}

/// A literal as the program holds it.
fn unescaped(literal: &str) -> String {
    let mut chars = literal.trim_matches('"').chars().peekable();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\n')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            ('\\', Some('u')) => {
                let code: String = chars.by_ref().skip(2).take_while(|c| *c != '}').collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
            }
            ('\\', Some('"' | '\\')) => text.extend(chars.next()),
            ('\\', other) => panic!("{literal}: \\{other:?}"),
            (c, _) => text.push(c),
        }
    }
    text
}

/// Every text that is said through `t!` or `count!`, with the files that say it.
fn said() -> BTreeMap<Text, Vec<String>> {
    let mut found: BTreeMap<Text, Vec<String>> = BTreeMap::new();
    for source in sources().iter().filter(|source| source.path != "ui/language.rs") {
        let texts = source.lexed.literals_after("t!(").map(|text| (unescaped(text), None));
        let things = counted(source).map(|(one, many)| (unescaped(one), Some(unescaped(many))));
        for text in texts.chain(things) {
            let files = found.entry(text).or_default();
            let file = format!("src/{}", source.path);
            if files.last() != Some(&file) {
                files.push(file);
            }
        }
    }
    found
}

fn counted(source: &Source) -> impl Iterator<Item = (&str, &str)> {
    let all: Vec<&str> = COUNTS.iter().flat_map(|name| source.lexed.literals_within(name)).collect();
    assert!(all.len().is_multiple_of(2), "{}: a count is of one thing or many", source.path);
    all.chunks(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>().into_iter()
}

/// The names of values, in order.
fn values(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_text_is_translated() {
    let (said, file) = (said(), read());
    assert!(said.len() > 500, "the texts were not found");
    if std::env::var_os("RECORD").is_some() {
        return record(&said, &file);
    }
    let missing: Vec<&Text> = said.keys().filter(|text| !is_translated(&file, text)).collect();
    let known = |id: &str, many: Option<&str>| said.contains_key(&(id.to_owned(), many.map(str::to_owned)));
    let unsaid: Vec<&str> =
        file.messages().filter(|one| !known(one.msgid(), one.msgid_plural().ok())).map(|one| one.msgid()).collect();
    assert!(missing.is_empty() && unsaid.is_empty(), "not translated: {missing:#?}\nnot said: {unsaid:#?}");
    let ids: BTreeSet<&str> = said.keys().map(|(text, _)| text.as_str()).collect();
    assert_eq!(ids.len(), said.len(), "gettext knows one entry of a text: as it is, or counted");
    for message in file.messages() {
        let forms: Vec<&str> = match message.msgstr_plural() {
            Ok(forms) => forms.iter().map(String::as_str).collect(),
            Err(_) => vec![message.msgstr().unwrap()],
        };
        for text in forms {
            assert_eq!((values(message.msgid()), text), (values(text), text.trim()), "{}", message.msgid());
        }
    }
}

fn is_translated(file: &Catalog, (one, many): &Text) -> bool {
    let Some(message) = file.find_message(None, one, many.as_deref()) else { return false };
    match many {
        None => message.msgstr().is_ok_and(|text| !text.is_empty()),
        Some(_) => {
            message.msgstr_plural().is_ok_and(|forms| forms.len() == 2 && forms.iter().all(|form| !form.is_empty()))
        }
    }
}

fn record(said: &BTreeMap<Text, Vec<String>>, known: &Catalog) {
    let mut file = Catalog::new(known.metadata.clone());
    file.preheader = known.preheader.clone();
    for ((one, many), files) in said {
        let message = known.find_message(None, one, many.as_deref());
        let mut built = match many {
            None => Message::build_singular(),
            Some(_) => Message::build_plural(),
        };
        built.with_msgid(one.clone()).with_source(files.join(" "));
        match many {
            None => {
                let text = message.and_then(|message| message.msgstr().ok()).unwrap_or_default();
                built.with_msgstr(text.to_owned());
            }
            Some(many) => {
                let forms = message.and_then(|message| message.msgstr_plural().ok()).cloned();
                built.with_msgid_plural(many.clone()).with_msgstr_plural(forms.unwrap_or(vec![String::new(); 2]));
            }
        }
        file.append_or_update(built.done());
    }
    po_file::write_to_file(&file, &catalogue()).unwrap();
}

/// A text is a sentence or a name that stands alone: spaces around it, and values in the midst of it, are its caller's.
#[test]
fn texts_stand_alone() {
    for (text, _) in said().keys() {
        assert_eq!(text, text.trim(), "begins or ends with a space");
        let named = values(text).iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        assert!(named, "{text}: a value has a name that a translator reads");
    }
}

/// A net: words with an accent, in several words, or with a capital letter.
#[test]
fn every_text_is_said_in_the_language_of_the_phone() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| source.path.starts_with("ui/") || source.path == "app.rs") {
        if NOT_SAID.iter().any(|(file, _)| *file == source.path) {
            continue;
        }
        let said: Vec<&str> =
            source.lexed.literals_after("t!(").chain(counted(source).flat_map(|(one, many)| [one, many])).collect();
        for literal in source.lexed.literals_outside_tests().filter(|literal| !said.contains(literal)) {
            let text = literal.trim_matches('"');
            let accented = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
            let capital =
                text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().any(|c| c.is_ascii_lowercase());
            if (accented || capital) && !NAMES.contains(&text) {
                found.push(format!("{}: {literal}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
