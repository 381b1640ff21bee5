//! The language the interface speaks on this phone. Texts are written in French where they are said; another language
//! is a gettext catalogue (`languages/en.po`), a part of the page that is fetched and read before the first screen is
//! drawn. What the server draws is French, and drawn anew on a phone that speaks something else.

use crate::{device::handle::Language, part::part};
use polib::po_file;
use std::{
    collections::HashMap,
    fmt::{Display, Write},
    sync::OnceLock,
};

/// A text, in the language of this phone: a `&'static str`, or a `String` where it holds values.
///
/// `t!("Vendre")`, `t!("Il manque {amount}", amount)`, `t!("Reçu {number}", number = sale.receipt)`. The catalogue is
/// looked up by the French, so a value has a name there that its translator understands.
macro_rules! t {
    ($text:literal) => {{
        text_is_whole!($text);
        $crate::ui::language::say($text)
    }};
    ($text:literal, $($values:tt)+) => {{
        text_is_whole!($text, $($values)+);
        $crate::ui::language::fill($crate::ui::language::say($text), values!($($values)+))
    }};
}

/// What there is a number of: `things!(3, "article", "articles")` is `articles`. With values it is filled as by `t!`.
macro_rules! things {
    ($n:expr, $one:literal, $many:literal) => {{
        text_is_whole!($one);
        text_is_whole!($many);
        $crate::ui::language::say_things($n, $one, $many)
    }};
    ($n:expr, $one:literal, $many:literal, $($values:tt)+) => {{
        text_is_whole!($one, $($values)+);
        text_is_whole!($many, $($values)+);
        $crate::ui::language::fill($crate::ui::language::say_things($n, $one, $many), values!($($values)+))
    }};
}

/// Does not compile where a text and its values differ. `concat!` keeps it from taking values that are not given.
macro_rules! text_is_whole {
    ($text:literal $(, $($name:ident $(= $value:expr)?),+ $(,)?)?) => {
        let _ = || { _ = format!(concat!($text) $(, $($name = values!(@one $name $($value)?)),+)?); };
    };
}

macro_rules! values {
    ($($name:ident $(= $value:expr)?),+ $(,)?) => { &[$((stringify!($name), &values!(@one $name $($value)?))),+] };
    (@one $name:ident) => { $name };
    (@one $name:ident $value:expr) => { $value };
}

/// With the number: `count!(3, "article", "articles")` is `3 articles`.
macro_rules! count {
    ($n:expr, $one:literal, $many:literal) => {{
        let n: i64 = $n;
        format!("{} {}", $crate::ui::format::number(n), things!(n, $one, $many))
    }};
}

/// What a language says for the French.
struct Catalogue {
    texts: HashMap<String, String>,
    /// For one thing, and for another number of them.
    things: HashMap<String, [String; 2]>,
}

/// What this page speaks until it is loaded anew; French without it.
static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

pub fn say(text: &'static str) -> &'static str {
    CATALOGUE.get().and_then(|catalogue| catalogue.texts.get(text)).map_or(text, String::as_str)
}

pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut rest = text;
    let mut filled = String::with_capacity(rest.len() + 16 * values.len());
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(a, b)| Some((a, b.split_once('}')?))) {
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            let _ = write!(filled, "{value}"); // fails where a `Display` does, and none of ours does
        }
        rest = after;
    }
    filled + rest
}

/// French counts nothing as one: `0 article`, but `0 items`.
pub fn say_things(n: i64, one: &'static str, many: &'static str) -> &'static str {
    match CATALOGUE.get().and_then(|catalogue| catalogue.things.get(one)) {
        None if n.abs() < 2 => one,
        None => many,
        Some([one, _]) if n == 1 => one,
        Some([_, many]) => many,
    }
}

/// Speaks English from here on; French where that part of the page does not come.
pub async fn speak_english() {
    if let Ok(Some(catalogue)) = english().await {
        let _ = CATALOGUE.set(catalogue); // what it speaks already, it goes on speaking
        if let Some(page) = leptos::prelude::document().document_element() {
            drop(page.set_attribute("lang", Language::English.tag())); // fails only for a name that is none
        }
    }
}

part! {
    english: fn english() -> Option<Catalogue> {
        read(include_bytes!("../../languages/en.po"))
    }
}

/// `tests/tidy` holds the file against what is said: nothing is missing in it.
fn read(file: &[u8]) -> Option<Catalogue> {
    let mut catalogue = Catalogue { texts: HashMap::new(), things: HashMap::new() };
    for message in po_file::parse_from_reader(file).ok()?.messages() {
        let id = message.msgid().to_owned();
        match (message.msgstr(), message.msgstr_plural().map(Vec::as_slice)) {
            (Ok(text), _) => drop(catalogue.texts.insert(id, text.to_owned())),
            (_, Ok([one, many])) => drop(catalogue.things.insert(id, [one.clone(), many.clone()])),
            _ => {}
        }
    }
    Some(catalogue)
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_stand_where_their_names_are() {
        let amount = 3;
        assert_eq!(t!("Il manque {amount}", amount), "Il manque 3");
        assert_eq!(t!("{b} puis {a}{b}", a = "x", b = 2), "2 puis x2");
        assert_eq!(count!(0, "article", "articles"), "0 article");
        assert_eq!(things!(2, "{n} sur {all} reste", "{n} sur {all} restent", n = 2, all = "{n}"), "2 sur {n} restent");
        assert_eq!(count!(1_500, "article", "articles"), "1\u{202f}500 articles");
    }

    #[test]
    fn the_catalogue_reads() {
        let catalogue = super::read(include_bytes!("../../languages/en.po")).unwrap();
        assert_eq!(catalogue.texts["Vendre"], "Sell");
        assert_eq!(catalogue.things["article"], ["item", "items"]);
    }
}
