//! Reading a catalogue line by line: commas, semicolons or tabs, headings in several spellings, spaces in numbers.

use super::{BadLine, Column, FileError, LINES_MAX, Reason, Sheet, columns::Columns, numbers, printable, sheet};
use crate::domain::{
    Barcode, Category, Money, Name, Product, ProductId, Units, product::barcodes_fit, text::whole_code,
};
use csv::StringRecord;

/// What a line says of a product. What it leaves empty it says nothing of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, the heading included.
    pub line: u64,
    pub name: Name,
    pub barcodes: Vec<Barcode>,
    pub category: Option<Category>,
    pub sale_price: Money,
    pub purchase_price: Option<Money>,
    pub threshold: Option<Units>,
    /// What there is of it.
    pub units: Option<Units>,
}

impl Row {
    /// The product it makes.
    pub fn product(&self, id: ProductId) -> Product {
        Product {
            id,
            name: self.name.clone(),
            barcodes: self.barcodes.clone(),
            category: self.category.clone().unwrap_or_default(),
            sale_price: self.sale_price,
            purchase_price: self.purchase_price,
            threshold: self.threshold.unwrap_or(Units::ZERO),
            retired: false,
        }
    }

    /// What it makes of a product that is there. Barcodes are added and none is taken away; an empty cell changes
    /// nothing.
    pub fn changing(&self, product: &Product) -> Product {
        let mut wanted = product.clone();
        wanted.name = self.name.clone();
        let has =
            |code: &&Barcode| product.barcodes.iter().any(|own| whole_code(own.as_str()) == whole_code(code.as_str()));
        wanted.barcodes.extend(self.barcodes.iter().filter(|code| !has(code)).cloned());
        wanted.sale_price = self.sale_price;
        if let Some(category) = &self.category {
            wanted.category = category.clone();
        }
        wanted.purchase_price = self.purchase_price.or(wanted.purchase_price);
        wanted.threshold = self.threshold.unwrap_or(wanted.threshold);
        wanted
    }
}

/// A file under way.
pub struct Reader<'a> {
    records: csv::Reader<&'a [u8]>,
    record: StringRecord,
    headings: StringRecord,
    columns: Columns,
    /// Lines above what `records` reads.
    above: u64,
    lines: usize,
}

impl<'a> Reader<'a> {
    /// A file whose headings say what they mean.
    pub fn open(text: &'a str) -> Result<Self, FileError> {
        let sheet = Sheet::open(text)?;
        let columns = sheet.columns(&[]);
        Self::new(sheet, columns)
    }

    /// `columns` are what each heading means.
    pub fn new(sheet: Sheet<'a>, columns: Vec<Option<Column>>) -> Result<Self, FileError> {
        let columns = Columns::new(columns, &sheet.headings)?;
        let Sheet { headings, rest, delimiter, above, .. } = sheet;
        let (records, record) = (sheet::reader(rest, delimiter), StringRecord::new());
        Ok(Self { records, record, headings, columns, above, lines: 0 })
    }

    /// Headings that are not read.
    pub fn ignored(&self) -> Vec<String> {
        self.columns.ignored(&self.headings)
    }

    pub fn has(&self, column: Column) -> bool {
        self.columns.has(column)
    }

    /// Lines read so far.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// The next line that is not empty; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, BadLine>>, FileError> {
        loop {
            if !self.records.read_record(&mut self.record).map_err(|error| sheet::malformed(&error, self.above))? {
                return Ok(None);
            }
            if self.lines >= LINES_MAX {
                return Err(FileError::TooLong);
            }
            self.lines += 1;
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                let line = self.above + self.record.position().map_or(0, csv::Position::line);
                return Ok(Some(self.row(line).map_err(|(column, reason)| self.bad(line, column, reason))));
            }
        }
    }

    /// A line at fault, in the words of the file.
    pub fn bad(&self, line: u64, column: Option<Column>, reason: Reason) -> BadLine {
        let heading = column.map_or("", |column| self.columns.cell(column, &self.headings));
        BadLine { line, column: heading.to_owned(), reason }
    }

    fn row(&self, line: u64) -> Result<Row, (Option<Column>, Reason)> {
        let (cells, headings) = (self.record.len(), self.headings.len());
        if cells != headings {
            return Err((None, Reason::Cells { cells, headings }));
        }
        let cell = |column| self.columns.cell(column, &self.record);
        let number = |column| {
            numbers::read(cell(column)).map_err(|()| (Some(column), Reason::NotWhole(printable(cell(column)))))
        };
        let money = |column| number(column)?.map(Money::new).transpose().map_err(|error| (Some(column), error.into()));
        let units = |column| number(column)?.map(Units::new).transpose().map_err(|error| (Some(column), error.into()));
        let sale_price = money(Column::SalePrice)?.ok_or((Some(Column::SalePrice), Reason::NoPrice))?;
        let category =
            Category::clean(cell(Column::Category)).map_err(|error| (Some(Column::Category), error.into()))?;
        Ok(Row {
            line,
            name: Name::clean(cell(Column::Name)).map_err(|error| (Some(Column::Name), error.into()))?,
            barcodes: barcodes(cell(Column::Barcode)).map_err(|reason| (Some(Column::Barcode), reason))?,
            category: Some(category).filter(|category| !category.is_empty()),
            sale_price,
            purchase_price: money(Column::PurchasePrice)?,
            threshold: units(Column::Threshold)?,
            units: units(Column::Stock)?,
        })
    }
}

/// One code, or several between spaces, slashes or commas.
fn barcodes(cell: &str) -> Result<Vec<Barcode>, Reason> {
    let mut codes = Vec::new();
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, '/' | '|' | ',' | ';'));
    // ="0612" and '0612 are how a spreadsheet is told to leave the zero.
    for code in parts.map(|code| code.trim_matches(['=', '"', '\''])).filter(|code| !code.is_empty()) {
        if code.contains("E+") || code.contains("e+") {
            return Err(Reason::Rounded(printable(code)));
        }
        let code = Barcode::clean(code)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    barcodes_fit(&codes)?;
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "nom,code_barres,categorie,prix_vente,prix_achat,stock,stock_min\n";

    fn all(text: &str) -> Vec<Result<Row, BadLine>> {
        let mut reader = Reader::open(text).unwrap();
        std::iter::from_fn(|| reader.next_row().unwrap()).collect()
    }

    fn one(line: &str) -> Result<Row, String> {
        all(&format!("{HEADINGS}{line}\n")).remove(0).map_err(|bad| bad.to_string())
    }

    #[test]
    fn a_line_says_what_a_product_is() {
        let row = one("\"Riz parfumé, 5 kg\",6110004010746,Épicerie,62000,53000,18,5").unwrap();
        assert_eq!((row.name.as_str(), row.category.unwrap().as_str()), ("Riz parfumé, 5 kg", "Épicerie"));
        assert_eq!(row.barcodes[0].as_str(), "6110004010746");
        assert_eq!(row.purchase_price.map(Money::get), Some(53_000));
        assert_eq!((row.sale_price.get(), row.threshold, row.units), (62_000, Units::new(5).ok(), Units::new(18).ok()));
    }

    #[test]
    fn an_empty_cell_says_nothing() {
        let row = one("Riz,,,500,,,").unwrap();
        assert_eq!((row.category, row.purchase_price, row.threshold, row.units), (None, None, None, None));
    }

    #[test]
    fn what_excel_saves_is_read() {
        let rows = all("D\u{e9}signation;Code barres;Famille;Prix de vente;Prix achat;Qt\u{e9};Seuil\r\n\
                    Comprim\u{e9} \u{2014} 1 mg;3400949497294;comprim\u{e9};282\u{a0}500,00;224\u{a0}200;1\u{a0}000;20\r\n");
        let row = rows[0].as_ref().unwrap();
        assert_eq!((row.name.as_str(), row.sale_price.get()), ("Comprimé — 1 mg", 282_500));
        assert_eq!(row.units.map(Units::get), Some(1_000));
    }

    #[test]
    fn what_stands_above_the_headings_is_passed_over() {
        let rows = all("sep=;\nChez Fatou\n\nStock au 27/11;;\nNom;Prix;Qté\nRiz;500;2\nSel;x;1\n");
        assert_eq!((rows.len(), rows[0].as_ref().unwrap().line), (2, 6));
        assert_eq!(rows[1].as_ref().unwrap_err().to_string(), "line 7, column Prix: \"x\" is no whole number");
    }

    #[test]
    fn only_name_and_price_are_needed() {
        assert_eq!(all("Nom\tPrix\tRemarque\nRiz\t500\tbon\n\t\t\n").len(), 1);
        assert_eq!(Reader::open("Product Name,Price,Notes\n").unwrap().ignored(), ["Notes"]);
        let headings = vec!["nom".to_owned(), "stock".to_owned()];
        assert_eq!(Reader::open("nom,stock\n").err(), Some(FileError::Missing(Column::SalePrice, headings)));
        assert_eq!(Reader::open("nom,prix,prix de vente\n").unwrap().ignored(), ["prix"]);
        let twice = FileError::Twice(Column::SalePrice, "prix".into(), "Prix (GNF)".into());
        assert_eq!(Reader::open("nom,prix,Prix (GNF)\n").err(), Some(twice));
        assert_eq!(Reader::open("").err(), Some(FileError::Empty));
        assert_eq!(Reader::open("\n;;\n").err(), Some(FileError::Empty));
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
        let row = one("Riz,6110004010746 / 6110004010371 6110004010746,,500,,,").unwrap();
        assert_eq!(row.barcodes.len(), 2);
        let row = one("Riz,\"=\"\"0612345\"\"\",,500,,,").unwrap();
        assert_eq!(row.barcodes[0].as_str(), "0612345");
    }
}
