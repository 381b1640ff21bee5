//! Which letters the bytes of a file are.

/// How a file is to be decoded; each side has a decoder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// With a byte order mark or without.
    Utf8,
    /// What a spreadsheet calls "Unicode text"; it begins with a byte order mark.
    Utf16Le,
    /// As a French Excel saves a CSV file.
    Windows1252,
}

impl Encoding {
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => Self::Utf16Le,
            _ if std::str::from_utf8(bytes).is_ok() => Self::Utf8,
            _ => Self::Windows1252,
        }
    }
}

/// Whether a file is a spreadsheet's own (`.xlsx`, `.ods`, `.xls`), and not what it saves as text.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn bytes_tell_how_they_are_read() {
        assert_eq!(Encoding::of(b""), Encoding::Utf8);
        assert_eq!(Encoding::of("\u{feff}Qté".as_bytes()), Encoding::Utf8);
        assert_eq!(Encoding::of(b"Qt\xe9"), Encoding::Windows1252);
        assert_eq!(Encoding::of(b"\xff\xfeQ\0t\0\xe9\0"), Encoding::Utf16Le);
    }
}
