//! How figures and times are written.

use crate::domain::{Day, Money, Units, day::DAY_MS};

/// Between groups of three digits, and before a unit: never breaks a line.
const NARROW_SPACE: char = '\u{202f}';

/// `15 000`, with narrow no-break spaces.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    if value < 0 {
        grouped.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(NARROW_SPACE);
        }
        grouped.push(digit);
    }
    grouped
}

/// `+3`, `−2`, `0`.
pub fn signed(value: i64) -> String {
    if value > 0 { format!("+{}", number(value)) } else { number(value) }
}

/// `15 000 GNF`.
pub fn money(amount: Money) -> String {
    format!("{}{NARROW_SPACE}GNF", number(amount.get()))
}

/// `23/11/2026 14:05`.
pub fn date_time(time_ms: i64) -> String {
    let minutes = time_ms.rem_euclid(DAY_MS) / 60_000;
    format!("{} {:02}:{:02}", Day::of_ms(time_ms), minutes / 60, minutes % 60)
}

/// `1 article`, `3 articles`.
pub fn count(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n.abs() < 2 { one } else { many })
}

/// Digits a person typed, spaces and all, as an amount.
pub fn parse_amount(typed: &str) -> Option<Money> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    digits.parse().ok().and_then(|gnf| Money::new(gnf).ok())
}

/// Digits a person typed, as units.
pub fn parse_units(typed: &str) -> Option<Units> {
    parse_amount(typed).and_then(|units| Units::new(units.get()).ok())
}

/// A long name in two parts, so that two products that differ near their end still look different: where the name has
/// a dash, what follows it is the tail; else its last words are.
pub fn split_name(name: &str) -> Option<(String, String)> {
    const LONG: usize = 48;
    if name.chars().count() <= LONG {
        return None;
    }
    if let Some((head, tail)) = name.split_once(" — ") {
        return Some((head.to_owned(), end_of(tail, 44)));
    }
    let tail = end_of(name, 40);
    let head: String = name.chars().take(name.chars().count().saturating_sub(tail.chars().count())).collect();
    Some((head.trim_end().to_owned(), tail))
}

/// The last words that fit.
fn end_of(text: &str, max: usize) -> String {
    let chars = text.chars().count();
    if chars <= max {
        return text.to_owned();
    }
    let end: String = text.chars().skip(chars - max).collect();
    let end = end.split_once(' ').map_or(end.clone(), |(_, rest)| rest.to_owned());
    format!("… {end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_without_breaking() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(money(Money::new(15_000).unwrap()), "15\u{202f}000\u{202f}GNF");
        assert_eq!(date_time(1_795_442_700_000), "23/11/2026 14:05");
        assert_eq!(parse_amount(" 15\u{202f}000 ").map(Money::get), Some(15_000));
        assert_eq!((signed(2), signed(-1_200), signed(0)), ("+2".into(), "−1\u{202f}200".into(), "0".into()));
        assert_eq!((parse_units(" 1 200").map(Units::get), parse_units("2,5")), (Some(1_200), None));
        assert_eq!(parse_amount("-5"), None);
        assert_eq!(parse_amount("12,5"), None);
    }

    #[test]
    fn names_that_differ_at_their_end_look_different() {
        let name = |n: u32| {
            format!("ANASTROZOLE ACCORD 1 mg, comprimé pelliculé — plaquette(s) PVC PVDC aluminium de {n} comprimé(s)")
        };
        let (_, thirty) = split_name(&name(30)).unwrap();
        let (_, ninety) = split_name(&name(90)).unwrap();
        assert!(thirty.contains("30 comprimé") && ninety.contains("90 comprimé"));
        assert_eq!(split_name("Riz local 5 kg"), None);
    }
}
