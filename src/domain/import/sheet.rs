//! A file before it is said what its columns mean: which line has the headings, what separates the cells, and what stands
//! in the first lines.

use super::{
    Column, FileError,
    columns::{Columns, named, recognise},
    printable,
};
use crate::domain::text::fold;
use csv::StringRecord;

/// Lines among which the headings are looked for: a title and a date often stand above them.
const HEADINGS_WITHIN: usize = 10;
/// Lines below the headings that are looked at.
const SAMPLES: usize = 50;
/// Values of a column that are shown to whoever says what it is.
const VALUES_SHOWN: usize = 3;
/// What is printed as bars has so many digits.
const BARCODE_DIGITS: [usize; 4] = [8, 12, 13, 14];

#[derive(Debug)]
pub struct Sheet<'a> {
    pub(super) headings: StringRecord,
    /// What comes below them.
    pub(super) rest: &'a str,
    pub(super) delimiter: u8,
    /// Lines above the rest.
    pub(super) above: u64,
    samples: Vec<StringRecord>,
}

impl<'a> Sheet<'a> {
    /// The headings are the first line that has all that is needed; else the one of which most is recognised, that is as
    /// long as most of what follows, that is longest.
    pub fn open(text: &'a str) -> Result<Self, FileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // What Excel writes for itself.
        let said = text.split_inclusive('\n').next().filter(|line| line.to_ascii_lowercase().starts_with("sep="));
        let (text, above) = said.map_or((text, 0), |line| (&text[line.len()..], 1));
        let mut best: Option<((usize, usize, usize), Self)> = None;
        for delimiter in [b';', b'\t', b','] {
            let (mut records, mut record) = (reader(text, delimiter), StringRecord::new());
            for _ in 0..HEADINGS_WITHIN {
                if !records.read_record(&mut record).map_err(|error| malformed(&error, above))? {
                    break;
                }
                if record.iter().all(|cell| fold(cell).is_empty()) {
                    continue;
                }
                let sheet = Self::below(text, &record, (records.position(), above), delimiter)?;
                let columns = sheet.columns(&[]);
                let (found, cells) = (columns.iter().flatten().count(), sheet.headings.len());
                if Columns::new(columns, &sheet.headings).is_ok() {
                    return Ok(sheet);
                }
                let alike = sheet.samples.iter().take(HEADINGS_WITHIN).filter(|line| cells > 1 && line.len() == cells);
                let score = (found, alike.count(), cells);
                if best.as_ref().is_none_or(|(than, _)| score > *than) {
                    best = Some((score, sheet));
                }
            }
        }
        best.map(|(_, sheet)| sheet).ok_or(FileError::Empty)
    }

    fn below(
        text: &'a str,
        headings: &StringRecord,
        (next, above): (&csv::Position, u64),
        delimiter: u8,
    ) -> Result<Self, FileError> {
        let rest = usize::try_from(next.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
        let above = above + next.line().saturating_sub(1);
        let lines = reader(rest, delimiter).into_records().take(SAMPLES);
        let samples = lines.collect::<Result<_, _>>().map_err(|error| malformed(&error, above))?;
        Ok(Self { headings: headings.iter().map(printable).collect(), rest, delimiter, above, samples })
    }

    pub fn headings(&self) -> impl Iterator<Item = &str> {
        self.headings.iter()
    }

    pub fn has(&self, heading: &str) -> bool {
        self.headings.iter().any(|own| fold(own) == fold(heading))
    }

    /// The headings that say something, as they are repeated to whoever is to choose one.
    pub fn named(&self) -> Vec<String> {
        named(&self.headings)
    }

    /// What stands under a heading: the first values that are any.
    pub fn values(&self, at: usize) -> Vec<String> {
        self.under(at).take(VALUES_SHOWN).map(printable).collect()
    }

    /// What each heading means: as it was said of it, else as it is recognised. Who has two of one name says of the first
    /// first.
    pub fn columns(&self, said: &[(String, Option<Column>)]) -> Vec<Option<Column>> {
        let mut known = vec![None; self.headings.len()];
        for (heading, column) in said {
            let mut places = self.headings.iter().zip(&mut known);
            if let Some((_, place)) = places.find(|(own, place)| place.is_none() && fold(own) == fold(heading)) {
                *place = Some(*column);
            }
        }
        recognise(&self.headings, &known, |at| self.holds_barcodes(at))
    }

    /// What is still wrong with these columns.
    pub fn fault(&self, columns: &[Option<Column>]) -> Option<FileError> {
        Columns::new(columns.to_vec(), &self.headings).err()
    }

    /// What is to be said of another file with these headings, so that it is read by these columns too.
    pub fn to_say(&self, columns: &[Option<Column>]) -> Vec<(String, Option<Column>)> {
        let recognised = self.columns(&[]);
        let of = self.headings.iter().zip(columns).zip(&recognised);
        let matters = of.filter(|((_, column), recognised)| column.is_some() || recognised.is_some());
        matters.map(|((heading, column), _)| (heading.to_owned(), *column)).collect()
    }

    fn under(&self, at: usize) -> impl Iterator<Item = &str> {
        self.samples.iter().filter_map(move |line| line.get(at)).map(str::trim).filter(|cell| !cell.is_empty())
    }

    fn holds_barcodes(&self, at: usize) -> bool {
        let like_one = |cell: &str| {
            let code = cell.trim_matches(['=', '"', '\'']);
            BARCODE_DIGITS.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        self.under(at).next().is_some() && self.under(at).all(like_one)
    }
}

pub(super) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

pub(super) fn malformed(error: &csv::Error, above: u64) -> FileError {
    FileError::Malformed(above + error.position().map_or(0, csv::Position::line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(columns: &[Option<Column>]) -> Vec<&'static str> {
        columns.iter().map(|column| column.map_or("-", Column::word)).collect()
    }

    #[test]
    fn headings_nobody_knows_are_found_all_the_same() {
        let sheet =
            Sheet::open("Chez Fatou\nau 27/11\n\nTruc;Combien;Ça vaut\nRiz, 5 kg;2;62,000\n;;\nSel;;5,000\n").unwrap();
        assert_eq!(sheet.named(), ["Truc", "Combien", "Ça vaut"]);
        assert_eq!(
            (sheet.values(0), sheet.values(1)),
            (vec!["Riz, 5 kg".to_owned(), "Sel".to_owned()], vec!["2".to_owned()])
        );
        let columns = sheet.columns(&[]);
        assert_eq!(sheet.fault(&columns), Some(FileError::Missing(Column::Name, sheet.named())));
        let said = [("truc".to_owned(), Some(Column::Name)), ("CA VAUT".to_owned(), Some(Column::SalePrice))];
        let columns = sheet.columns(&said);
        assert_eq!((words(&columns), sheet.fault(&columns)), (vec!["name", "-", "sale-price"], None));
    }

    #[test]
    fn a_code_is_a_barcode_where_all_of_them_look_like_one() {
        let columns = |values: &str| words(&Sheet::open(&format!("Code;Nom;Prix\n{values}")).unwrap().columns(&[]))[0];
        assert_eq!(columns("6110004010746;Riz;500\n;Sel;400\n=\"\"6110004010371\"\";Mil;300\n"), "barcode");
        assert_eq!(columns("6110004010746;Riz;500\nA12;Sel;400\n"), "-");
        assert_eq!(columns("12;Riz;500\n13;Sel;400\n"), "-");
        assert_eq!(columns(";Riz;500\n"), "-");
    }

    #[test]
    fn of_two_headings_of_one_name_each_can_be_said() {
        let sheet = Sheet::open("Nom;Prix;Prix\nRiz;500;400\n").unwrap();
        let twice = FileError::Twice(Column::SalePrice, "Prix".into(), "Prix".into());
        assert_eq!(sheet.fault(&sheet.columns(&[])), Some(twice));
        let said = [("Prix".to_owned(), Some(Column::SalePrice)), ("Prix".to_owned(), Some(Column::PurchasePrice))];
        let columns = sheet.columns(&said);
        assert_eq!(words(&columns), ["name", "sale-price", "purchase-price"]);
        assert_eq!(sheet.columns(&sheet.to_say(&columns)), columns);
    }
}
