//! Tables as a spreadsheet set to French opens them: semicolons, a byte order mark, CR LF, figures without spaces.

/// Excel in French takes a file without it for Windows-1252.
const BYTE_ORDER_MARK: char = '\u{feff}';

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Figure(i64),
    /// Digits that are no figure: read as one, a barcode would lose its zeros and its end.
    Code(String),
    Empty,
}

/// How a file begins.
pub fn headings(headings: &[&str]) -> String {
    format!("{BYTE_ORDER_MARK}{}\r\n", headings.join(";"))
}

/// One line of it, with its end.
pub fn line(cells: Vec<Cell>) -> String {
    let mut text = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        match cell {
            Cell::Text(said) => text.push_str(&quoted(&harmless(said))),
            Cell::Figure(figure) => text.push_str(&figure.to_string()),
            Cell::Code(code) if code.is_empty() => {}
            Cell::Code(code) => text.push_str(&quoted(&format!("\t{code}"))),
            Cell::Empty => {}
        }
    }
    text.push_str("\r\n");
    text
}

/// A spreadsheet computes what begins so; behind a tab it is text (OWASP, "CSV Injection").
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("\t{text}") } else { text }
}

fn quoted(text: &str) -> String {
    if text.contains([';', '"', '\r', '\n', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_what_a_french_spreadsheet_reads() {
        assert_eq!(headings(&["Nom", "Prix", "Code"]), "\u{feff}Nom;Prix;Code\r\n");
        let sold = vec![Cell::Text("Riz; \"étuvé\"".into()), Cell::Figure(-15_000), Cell::Code("0612345678901".into())];
        assert_eq!(line(sold), "\"Riz; \"\"étuvé\"\"\";-15000;\"\t0612345678901\"\r\n");
        let computes = vec![Cell::Text("=1+1".into()), Cell::Empty, Cell::Code(String::new())];
        assert_eq!(line(computes), "\"\t=1+1\";;\r\n");
    }
}
