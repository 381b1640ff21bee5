//! Bounded texts, and the folding that makes search ignore accents and case.

use super::{Invalid, limits};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// One line of text of `MIN..=MAX` characters, trimmed, without control or direction-changing characters: those hide
/// what a name really says and break what prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MIN: usize, const MAX: usize>(String);

pub type Name = Line<1, { limits::NAME_MAX_CHARS }>;
pub type Category = Line<0, { limits::CATEGORY_MAX_CHARS }>;
pub type Barcode = Line<1, { limits::BARCODE_MAX_CHARS }>;
pub type Reference = Line<1, { limits::REFERENCE_MAX_CHARS }>;
pub type Note = Line<0, { limits::NOTE_MAX_CHARS }>;
pub type Label = Line<1, { limits::LABEL_MAX_CHARS }>;

/// Digits of the shortest barcode in use (EAN-8 without its check digit, and shops' own).
pub const CODE_MIN: usize = 6;

impl<const MIN: usize, const MAX: usize> Line<MIN, MAX> {
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().any(is_forbidden) {
            return Err(Invalid::TextCharacter);
        }
        let chars = text.chars().count();
        if !(MIN..=MAX).contains(&chars) {
            return Err(Invalid::TextLength { chars, min: MIN, max: MAX });
        }
        Ok(Self(text.to_owned()))
    }

    /// As [`Line::new`], for what a person typed or a file held: runs of white space and control characters become
    /// one space first.
    pub fn clean(text: &str) -> Result<Self, Invalid> {
        let spaced: String = text.chars().map(|c| if is_forbidden(c) || c.is_whitespace() { ' ' } else { c }).collect();
        Self::new(&spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code as readers agree on it: the twelve figures of an American code are the thirteen of a European one that begins
/// with a nought, and some readers and files leave that out. Two codes of one such are the same.
pub fn whole_code(code: &str) -> Cow<'_, str> {
    match code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Cow::Owned(format!("0{code}")),
        false => Cow::Borrowed(code),
    }
}

/// Codes as one field holds them, apart by a space, and one more. A code that is among them already is not put twice.
pub fn and_code(codes: &str, code: &str) -> String {
    let known = codes.split(|c: char| c.is_whitespace() || c == ',' || c == ';').any(|known| known == code);
    match codes.trim_end() {
        codes if known => codes.to_owned(),
        "" => code.to_owned(),
        codes => format!("{codes} {code}"),
    }
}

impl<const MAX: usize> Line<0, MAX> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize> Default for Line<0, MAX> {
    fn default() -> Self {
        Self(String::new())
    }
}

/// Control characters and the Unicode marks that reorder or hide text: bidirectional controls (the Arabic letter mark
/// among them), zero-width ones, BOM, tags. The joiners stay: scripts and signs are written with them.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Line<MIN, MAX> {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl<const MIN: usize, const MAX: usize> From<Line<MIN, MAX>> for String {
    fn from(line: Line<MIN, MAX>) -> String {
        line.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Line<MIN, MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The text without accents and case, words separated by one space: what search compares.
///
/// A table of the Latin letters French, English and their neighbours use; a Unicode normalisation library would cost
/// the page more than the whole of search.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' => folded.push(c),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' => folded.push('a'),
            'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => folded.push('c'),
            'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' | 'ė' | 'Ė' | 'ę' | 'Ę' | 'ě' | 'Ě' | 'ɛ' | 'Ɛ' => {
                folded.push('e')
            }
            'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'Į' | 'ı' | 'İ' => folded.push('i'),
            'ł' | 'Ł' => folded.push('l'),
            'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ŋ' | 'Ŋ' | 'ɲ' | 'Ɲ' => folded.push('n'),
            'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' | 'ɔ' | 'Ɔ' => folded.push('o'),
            'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' => folded.push('s'),
            'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' => folded.push('u'),
            'ý' | 'Ý' | 'ÿ' | 'Ÿ' => folded.push('y'),
            'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => folded.push('z'),
            'ɓ' | 'Ɓ' => folded.push('b'),
            'ɗ' | 'Ɗ' => folded.push('d'),
            'ƴ' | 'Ƴ' => folded.push('y'),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '\u{300}'..='\u{36f}' => {} // combining accents of decomposed text
            // Letters of other alphabets stay what they are; the rest separates words.
            c if c.is_alphanumeric() => folded.push(c),
            _ if !folded.is_empty() && !folded.ends_with(' ') => folded.push(' '),
            _ => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_ignores_accents_case_and_punctuation() {
        assert_eq!(fold("  Café crème, 1 kg — « Œuf »"), "cafe creme 1 kg oeuf");
        assert_eq!(fold("e\u{301}te\u{301}"), fold("ÉTÉ"));
        assert_eq!(fold("Ɓaɗo ŋari"), "bado nari");
    }

    #[test]
    fn a_code_stands_apart_from_the_others_and_once() {
        assert_eq!(and_code("", "111"), "111");
        assert_eq!(and_code("111 ", "222"), "111 222");
        assert_eq!(and_code("111,222", "222"), "111,222");
        assert_eq!(and_code("1112", "111"), "1112 111");
    }

    #[test]
    fn hidden_characters_are_refused_on_the_wire_and_cleaned_at_the_edge() {
        assert_eq!(Name::new("riz\u{202e}lait"), Err(Invalid::TextCharacter));
        assert_eq!(Name::new("riz\0"), Err(Invalid::TextCharacter));
        for hidden in ['\u{61c}', '\u{2066}', '\u{feff}', '\u{e0041}'] {
            assert_eq!(Name::new(&format!("riz{hidden}lait")), Err(Invalid::TextCharacter), "{hidden:?}");
        }
        assert_eq!(Name::clean(" riz\u{a0}\n  local\0 ").unwrap().as_str(), "riz local");
        assert!(matches!(Name::new("   "), Err(Invalid::TextLength { .. })));
        assert!(Name::new(&"x".repeat(401)).is_err() && Name::new(&"é".repeat(400)).is_ok());
    }
}
