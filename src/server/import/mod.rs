//! Reading a catalogue as a spreadsheet saves it: UTF-8 or Windows-1252, commas, semicolons or tabs, headings in a
//! few spellings, spaces in numbers.

mod columns;
mod numbers;

use super::catalogue::Opening;
use crate::domain::{Barcode, Category, Invalid, Money, Name, Product, ProductId, Units};
use columns::{Column, Columns};
use std::{borrow::Cow, fmt};
use uuid::Uuid;

/// Bytes of a file: the 20 739 medicines of France take 3 MB.
pub const FILE_MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Lines of a file.
pub const LINES_MAX: usize = 100_000;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file has no heading line")]
    Empty,
    #[error("no heading of the file means {0}; there are: {1}")]
    Missing(&'static str, String),
    #[error("two headings of the file mean {0}")]
    Twice(&'static str),
    #[error("the file has more than {LINES_MAX} lines; cut it in parts")]
    TooLong,
    #[error("line {line}: {error}")]
    Malformed { line: u64, error: csv::Error },
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct Catalogue {
    pub openings: Vec<Opening>,
    pub bad: Vec<BadLine>,
    /// Headings that mean nothing here.
    pub ignored: Vec<String>,
}

/// A line that is no product, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1, the heading included, as a spreadsheet counts.
    pub line: u64,
    /// The heading of the column at fault, as the file has it; empty where it is the whole line.
    pub column: String,
    pub reason: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column.as_str() {
            "" => write!(out, "line {}: {}", self.line, self.reason),
            column => write!(out, "line {}, column {column}: {}", self.line, self.reason),
        }
    }
}

pub fn read(bytes: &[u8]) -> Result<Catalogue, ImportError> {
    let text = decode(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(&text)).flexible(true).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(malformed)?.clone();
    let headings: csv::StringRecord = headings.iter().map(printable).collect();
    let (columns, ignored) = Columns::find(&headings)?;
    let mut catalogue = Catalogue { ignored, ..Catalogue::default() };
    for (number, record) in reader.records().enumerate() {
        if number >= LINES_MAX {
            return Err(ImportError::TooLong);
        }
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != headings.len() {
            let reason = format!("{} cells under {} headings", record.len(), headings.len());
            catalogue.bad.push(BadLine { line, column: String::new(), reason });
            continue;
        }
        match opening(&columns, &record) {
            Ok(opening) => catalogue.openings.push(opening),
            Err((column, reason)) => {
                let column = columns.heading(column, &headings).to_owned();
                catalogue.bad.push(BadLine { line, column, reason });
            }
        }
    }
    Ok(catalogue)
}

/// Characters of a heading or cell that are repeated to whoever imports the file.
const REPEATED_MAX_CHARS: usize = 40;
/// Headings that are repeated where one is missing.
const HEADINGS_MAX: usize = 20;

/// A heading as a terminal can show it: what a file holds must not move the cursor, nor fill the screen.
fn printable(heading: &str) -> String {
    heading.chars().take(REPEATED_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn malformed(error: csv::Error) -> ImportError {
    let line = error.position().map_or(0, csv::Position::line);
    ImportError::Malformed { line, error }
}

/// UTF-8 as it is; anything else as a French Excel saves it.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// What separates the headings.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |separator: u8| heading.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

type Fault = (Column, String);

fn opening(columns: &Columns, record: &csv::StringRecord) -> Result<Opening, Fault> {
    let cell = |column| columns.cell(column, record);
    let fault = |column: Column| move |invalid: Invalid| (column, invalid.to_string());
    let number = |column| numbers::read(cell(column)).map_err(|reason| (column, reason));
    let sale_price = number(Column::SalePrice)?.ok_or((Column::SalePrice, "a price is needed".to_owned()))?;
    let purchase_price = number(Column::PurchasePrice)?.map(Money::new).transpose();
    let product = Product {
        id: ProductId(Uuid::now_v7()),
        name: Name::clean(cell(Column::Name)).map_err(fault(Column::Name))?,
        barcodes: barcodes(cell(Column::Barcode)).map_err(|reason| (Column::Barcode, reason))?,
        category: Category::clean(cell(Column::Category)).map_err(fault(Column::Category))?,
        sale_price: Money::new(sale_price).map_err(fault(Column::SalePrice))?,
        purchase_price: purchase_price.map_err(fault(Column::PurchasePrice))?,
        threshold: Units::new(number(Column::Threshold)?.unwrap_or(0)).map_err(fault(Column::Threshold))?,
        retired: false,
    };
    product.validate().map_err(fault(Column::Barcode))?;
    let units = Units::new(number(Column::Stock)?.unwrap_or(0)).map_err(fault(Column::Stock))?;
    Ok(Opening { product, units })
}

/// One code, or several between spaces, slashes or commas.
fn barcodes(cell: &str) -> Result<Vec<Barcode>, String> {
    let mut codes = Vec::new();
    for code in
        cell.split(|c: char| c.is_whitespace() || matches!(c, '/' | '|' | ',' | ';')).filter(|code| !code.is_empty())
    {
        // 3,40095E+12: the rest of the digits is lost.
        if code.contains("E+") || code.contains("e+") {
            let code: String = code.chars().take(REPEATED_MAX_CHARS).collect();
            return Err(format!("{code:?} is what a spreadsheet makes of a long number; format the column as text"));
        }
        let code = Barcode::clean(code).map_err(|invalid| invalid.to_string())?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "nom,code_barres,categorie,prix_vente,prix_achat,stock,stock_min\n";

    fn one(line: &str) -> Result<Opening, String> {
        let catalogue = read(format!("{HEADINGS}{line}\n").as_bytes()).unwrap();
        match (catalogue.openings.into_iter().next(), catalogue.bad.first()) {
            (Some(opening), None) => Ok(opening),
            (_, bad) => Err(bad.map(ToString::to_string).unwrap_or_default()),
        }
    }

    #[test]
    fn a_line_becomes_a_product_with_its_opening_stock() {
        let opening = one("\"Riz parfumé, 5 kg\",6110004010746,Épicerie,62000,53000,18,5").unwrap();
        let product = opening.product;
        assert_eq!((product.name.as_str(), product.category.as_str()), ("Riz parfumé, 5 kg", "Épicerie"));
        assert_eq!(product.barcodes[0].as_str(), "6110004010746");
        assert_eq!(product.purchase_price.map(Money::get), Some(53_000));
        assert_eq!((product.sale_price.get(), product.threshold.get(), opening.units.get()), (62_000, 5, 18));
    }

    #[test]
    fn what_excel_saves_is_read() {
        let text = "D\u{e9}signation;Code barres;Famille;Prix de vente;Prix achat;Qt\u{e9};Seuil\r\n\
                    Comprim\u{e9} \u{2014} 1 mg;3400949497294;comprim\u{e9};282\u{a0}500;224\u{a0}200;1\u{a0}000;20\r\n";
        let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
        assert!(!unmappable && std::str::from_utf8(&bytes).is_err());
        let catalogue = read(&bytes).unwrap();
        assert_eq!(catalogue.bad, []);
        assert_eq!(catalogue.openings[0].product.name.as_str(), "Comprimé — 1 mg");
        assert_eq!(catalogue.openings[0].product.sale_price.get(), 282_500);
        assert_eq!(catalogue.openings[0].units.get(), 1_000);
    }

    #[test]
    fn only_name_and_price_are_needed() {
        let catalogue = read("Nom\tPrix\tRemarque\nRiz\t500\tbon\n\t\t\n".as_bytes()).unwrap();
        assert_eq!((catalogue.openings.len(), catalogue.ignored), (1, vec!["Remarque".to_owned()]));
        assert!(matches!(read(b"nom,stock\n"), Err(ImportError::Missing("the sale price", _))));
        assert!(matches!(read(b"nom,prix,prix de vente\n"), Err(ImportError::Twice("the sale price"))));
        assert!(matches!(read(b""), Err(ImportError::Empty)));
    }

    #[test]
    fn a_bad_line_is_named_by_line_column_and_reason() {
        for (line, said) in [
            ("Riz,,,abc,,,", "line 2, column prix_vente: \"abc\" is no whole number"),
            ("Riz,,,,,,", "line 2, column prix_vente: a price is needed"),
            (",,,500,,,", "line 2, column nom: text has 0 characters; 1..=400 are allowed"),
            ("Riz,,,500,,-4,", "line 2, column stock: stock -4 is outside 0..=1000000000"),
            ("Riz,,,500,,1.5,", "line 2, column stock: \"1.5\" is no whole number"),
            ("Riz,500", "line 2: 2 cells under 7 headings"),
        ] {
            assert_eq!(one(line).unwrap_err(), said);
        }
        assert!(one("Riz,3.40095E+12,,500,,,").unwrap_err().contains("format the column as text"));
        assert!(one("Riz,\"3,40095E+12\",,500,,,").unwrap_err().contains("format the column as text"));
    }

    #[test]
    fn several_barcodes_are_several() {
        let opening = one("Riz,6110004010746 / 6110004010371 6110004010746,,500,,,").unwrap();
        assert_eq!(opening.product.barcodes.len(), 2);
    }

    /// The catalogue of French medicines, where it lies beside the project.
    #[test]
    fn the_real_catalogues_are_read_whole() {
        let folder = std::path::Path::new("../shared/data/catalogue");
        for (file, products) in [("medicaments.csv", 20_739), ("medicaments-excel.csv", 519)] {
            let Ok(bytes) = std::fs::read(folder.join(file)) else {
                eprintln!("{file} is not in {}: not tried", folder.display());
                continue;
            };
            let catalogue = read(&bytes).unwrap();
            assert_eq!((catalogue.openings.len(), catalogue.bad), (products, Vec::new()), "{file}");
        }
    }
}
