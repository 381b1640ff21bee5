//! How figures and times are written.

pub use crate::domain::day::{date_time, time};
use crate::domain::{Day, Money, Units, day::DAY_MS, import::whole_number};

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

fn weekdays() -> [&'static str; 7] {
    [t!("lundi"), t!("mardi"), t!("mercredi"), t!("jeudi"), t!("vendredi"), t!("samedi"), t!("dimanche")]
}

fn months() -> [&'static str; 12] {
    [
        t!("janvier"),
        t!("février"),
        t!("mars"),
        t!("avril"),
        t!("mai"),
        t!("juin"),
        t!("juillet"),
        t!("août"),
        t!("septembre"),
        t!("octobre"),
        t!("novembre"),
        t!("décembre"),
    ]
}

/// `Aujourd’hui`, `Hier`, `Lundi 23/11/2026`.
pub fn day(day: Day, today: Day) -> String {
    match today.0 - day.0 {
        0 => t!("Aujourd’hui").to_owned(),
        1 => t!("Hier").to_owned(),
        // The first of January 1970 was a Thursday.
        _ => capital(&format!("{} {day}", weekdays()[(day.0 + 3).rem_euclid(7) as usize])),
    }
}

/// `Novembre 2026`, of any day in it.
pub fn month(day: Day) -> String {
    let (year, month, _) = day.civil();
    capital(&format!("{} {year}", months()[usize::from(month) - 1]))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text as a part of an address.
pub fn in_address(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

/// `850 o`, `12 ko`, `1,4 Mo`: two figures where there is a comma.
pub fn bytes(bytes: u64) -> String {
    let (unit, of) = match bytes {
        0..1_000 => return format!("{bytes}{NARROW_SPACE}{}", t!("o")),
        1_000..1_000_000 => return format!("{}{NARROW_SPACE}{}", bytes.div_ceil(1_000), t!("ko")),
        1_000_000..1_000_000_000 => (t!("Mo"), 1_000_000),
        _ => (t!("Go"), 1_000_000_000),
    };
    match bytes / (of / 10) {
        tenths @ 0..100 => format!("{}{NARROW_SPACE}{unit}", decimal(tenths)),
        tenths => format!("{}{NARROW_SPACE}{unit}", number((tenths / 10) as i64)),
    }
}

/// `1,4` of 14.
fn decimal(tenths: u64) -> String {
    format!("{}{}{}", tenths / 10, t!(","), tenths % 10)
}

/// How long something took or lasts: `0,3 s`, `12 s`, `5 min`, `3 h`, `2 jours`.
pub fn duration(ms: i64) -> String {
    match ms.max(0) {
        ms @ 0..10_000 => format!("{}{NARROW_SPACE}s", decimal(ms.unsigned_abs() / 100)),
        ms @ 10_000..60_000 => format!("{}{NARROW_SPACE}s", ms / 1_000),
        ms @ 60_000..3_600_000 => format!("{}{NARROW_SPACE}min", ms / 60_000),
        ms if ms < 2 * DAY_MS => format!("{}{NARROW_SPACE}h", ms / 3_600_000),
        ms => t!("{days} jours", days = number(ms / DAY_MS)),
    }
}

/// When something was: `à l’instant`, `il y a 5 min`; of another day, its date and time.
pub fn ago(at_ms: i64, now_ms: i64) -> String {
    match now_ms.saturating_sub(at_ms) {
        ..10_000 if at_ms <= now_ms.saturating_add(60_000) => t!("à l’instant").to_owned(),
        ms @ 10_000..DAY_MS => t!("il y a {duration}", duration = duration(ms)),
        _ => date_time(at_ms),
    }
}

/// What a person typed as an amount, written in any of the ways that an import takes: `15 000`, `15.000`, `15000 GNF`.
pub fn parse_amount(typed: &str) -> Option<Money> {
    whole_number(typed).ok().flatten().and_then(|gnf| Money::new(gnf).ok())
}

/// Digits a person typed, as units.
pub fn parse_units(typed: &str) -> Option<Units> {
    parse_amount(typed).and_then(|units| Units::new(units.get()).ok())
}

/// A long name in two parts, so that two products that differ near their end still look different: where the name has
/// a dash, what follows it is the tail; else its last words are.
pub fn split_name(name: &str) -> Option<(&str, &str)> {
    const LONG: usize = 48;
    const TAIL: usize = 40;
    let chars = name.chars().count();
    if chars <= LONG {
        return None;
    }
    let (from, _) = name.char_indices().nth_back(TAIL.min(chars / 2))?;
    let end = name.get(from..)?;
    let dash = end.find("— ").map(|dash| dash + "— ".len());
    // Where the end is one word, it is cut.
    let tail = dash.or_else(|| end.find(' ')).map_or(from, |at| from + at);
    Some((name.get(..tail)?.trim_end(), name.get(tail..)?.trim_start()))
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
        assert_eq!(
            ["15.000", "15,000", "15 000 F"].map(|typed| parse_amount(typed).map(Money::get)),
            [Some(15_000); 3]
        );
        assert_eq!((parse_amount(""), parse_amount("-5")), (None, None));
        assert_eq!(parse_amount("12,5"), None);
    }

    #[test]
    fn bytes_and_times_are_written_as_people_say_them() {
        let said = [0, 999, 1_000, 1_001, 999_999, 1_000_000, 9_990_000, 34_000_000, 2_400_000_000].map(bytes);
        let spaced = said.map(|text| text.replace(NARROW_SPACE, " "));
        assert_eq!(spaced, ["0 o", "999 o", "1 ko", "2 ko", "1000 ko", "1,0 Mo", "9,9 Mo", "34 Mo", "2,4 Go"]);
        let said = [-5, 340, 9_999, 59_999, 60_000, 3_599_999, 86_400_000, 172_800_000].map(duration);
        let spaced = said.map(|text| text.replace(NARROW_SPACE, " "));
        assert_eq!(spaced, ["0,0 s", "0,3 s", "9,9 s", "59 s", "1 min", "59 min", "24 h", "2 jours"]);
        let now_ms = 1_795_442_700_000;
        assert_eq!(ago(now_ms, now_ms), "à l’instant");
        assert_eq!(ago(now_ms + 30_000, now_ms), "à l’instant");
        assert_eq!(ago(now_ms - 300_000, now_ms), "il y a 5\u{202f}min");
        assert_eq!(ago(now_ms - 2 * DAY_MS, now_ms), "21/11/2026 14:05");
        assert_eq!(ago(now_ms, now_ms - DAY_MS), "23/11/2026 14:05");
    }

    #[test]
    fn days_and_months_are_named() {
        let monday = Day::of_ms(1_795_442_700_000);
        assert_eq!(day(monday, Day(monday.0 + 9)), "Lundi 23/11/2026");
        assert_eq!((day(monday, monday), day(monday, Day(monday.0 + 1))), ("Aujourd’hui".into(), "Hier".into()));
        assert_eq!(day(monday, Day(monday.0 - 1)), "Lundi 23/11/2026", "a clock that is behind");
        let named = [(2026, 8, 31), (2027, 2, 1)].map(|(year, n, date)| month(Day::from_civil(year, n, date).unwrap()));
        assert_eq!(named, ["Août 2026", "Février 2027"]);
        assert_eq!(in_address("Riz 5 kg & œuf"), "Riz%205%20kg%20%26%20%C5%93uf");
    }

    #[test]
    fn names_that_differ_at_their_end_look_different() {
        let name = |n: u32| {
            format!("ANASTROZOLE ACCORD 1 mg, comprimé pelliculé — plaquette(s) PVC PVDC aluminium de {n} comprimé(s)")
        };
        for n in [30, 90] {
            assert!(split_name(&name(n)).unwrap().1.contains(&format!("{n} comprimé")));
        }
        assert_eq!(split_name("Riz local 5 kg"), None);
        let dash = "Doliprane 500 mg, comprimé effervescent — tube de 16 comprimés";
        assert_eq!(split_name(dash), Some(("Doliprane 500 mg, comprimé effervescent —", "tube de 16 comprimés")));
        for whole in [name(30), "é".repeat(60), format!("{} {}", "a".repeat(50), "b".repeat(39))] {
            let (head, tail) = split_name(&whole).unwrap();
            assert!([format!("{head} {tail}"), format!("{head}{tail}")].contains(&whole), "{head}|{tail}");
        }
    }
}
