//! Whole numbers as people and spreadsheets write them.

/// What may stand behind an amount.
const UNITS: [&str; 4] = ["GNF", "FCFA", "FG", "F"];

/// `282 500`, `282.500`, `1 000 GNF`, `500,00`, `15 000,00`; nothing for an empty cell, `Err` for what is no whole number.
/// Spaces may be any of Unicode's. A comma or point before exactly three digits groups thousands (the franc has no
/// decimals); before zeros at the end it says nothing.
pub(crate) fn read(cell: &str) -> Result<Option<i64>, ()> {
    let text: String = cell.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let unit = UNITS.iter().find_map(|unit| {
        let (number, rest) = text.split_at_checked(text.len().checked_sub(unit.len())?)?;
        rest.eq_ignore_ascii_case(unit).then_some(number)
    });
    let number = unit.unwrap_or(&text);
    if number.is_empty() {
        return if text.is_empty() { Ok(None) } else { Err(()) };
    }
    digits(number).ok_or(()).map(Some)
}

fn digits(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut parts: Vec<&str> = text.split(['.', ',']).collect();
    // Zeros that cannot be a group of thousands are decimals.
    if let [_, .., last] = parts.as_slice()
        && ![0, 3].contains(&last.len())
        && last.bytes().all(|byte| byte == b'0')
    {
        parts.pop();
    }
    let (first, rest) = parts.split_first()?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(first) {
        return None;
    }
    let thousands = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let number = match rest {
        [] => (*first).to_owned(),
        _ if thousands && rest.iter().all(|part| part.len() == 3 && plain(part)) => parts.concat(),
        _ => return None,
    };
    number.parse::<i64>().ok().map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("282\u{a0}500", 282_500),
            ("282\u{202f}500 GNF", 282_500),
            ("15 000 gnf", 15_000),
            ("15 000 F", 15_000),
            ("1 000 000 FG", 1_000_000),
            ("282.500", 282_500),
            ("1.282,500", 1_282_500),
            ("500,00", 500),
            ("15 000,00", 15_000),
            ("15.000,00", 15_000),
            ("15,000.0", 15_000),
            ("15’000", 15_000),
            ("0", 0),
            ("007", 7),
            ("-4", -4),
            ("\u{2212}4", -4),
        ] {
            assert_eq!(read(text), Ok(Some(number)), "{text}");
        }
        assert_eq!(read(" \u{a0} "), Ok(None));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for text in [
            "1.5",
            "0,500",
            "12,5",
            "1e3",
            "abc",
            "12 kg",
            "--1",
            ",",
            "1,",
            "GNF",
            ",00",
            "1.50,00",
            "9999999999999999999999",
            "١٢",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
