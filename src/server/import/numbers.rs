//! Whole numbers as people and spreadsheets write them.

/// `282 500`, `282.500`, `1 000 GNF`, `500,00`; nothing for an empty cell. Spaces may be any of Unicode's. A comma or
/// point before exactly three digits groups thousands (the franc has no decimals); before zeros it says nothing.
pub(super) fn read(cell: &str) -> Result<Option<i64>, String> {
    let mut text: String = cell.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    for unit in ["GNF", "FG"] {
        if let Some(number) = text.strip_suffix(unit) {
            text = number.to_owned();
        }
    }
    if text.is_empty() {
        return Ok(None);
    }
    digits(&text).ok_or_else(|| format!("{:?} is no whole number", cell.chars().take(40).collect::<String>())).map(Some)
}

fn digits(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let parts: Vec<&str> = text.split(['.', ',']).collect();
    let (first, rest) = parts.split_first()?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(first) {
        return None;
    }
    let thousands =
        (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|part| part.len() == 3);
    let number = match rest {
        [] => (*first).to_owned(),
        [zeros] if ![0, 3].contains(&zeros.len()) && zeros.bytes().all(|byte| byte == b'0') => (*first).to_owned(),
        _ if thousands && rest.iter().all(|part| plain(part)) => parts.concat(),
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
            ("1 000 000 FG", 1_000_000),
            ("282.500", 282_500),
            ("1.282,500", 1_282_500),
            ("500,00", 500),
            ("0", 0),
            ("007", 7),
            ("-4", -4),
        ] {
            assert_eq!(read(text), Ok(Some(number)), "{text}");
        }
        assert_eq!(read(" \u{a0} "), Ok(None));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for text in ["1.5", "0,500", "12,5", "1e3", "abc", "12 kg", "--1", ",", "1,", "9999999999999999999999", "١٢"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
