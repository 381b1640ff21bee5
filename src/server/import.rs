//! A file's bytes as letters, and its plan.

use crate::domain::{
    Product, ProductId,
    import::{Column, Encoding, FileError, Plan, Planning, Reader, Sheet, is_workbook},
};
use std::{borrow::Cow, sync::Arc};
use uuid::Uuid;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    File(#[from] FileError),
    /// What was said to be one, and what the file has.
    #[error("no heading of the file is {0:?}; there are: {list}", list = .1.join(", "))]
    NoHeading(String, Vec<String>),
}

/// What each line of a file becomes beside these products, which are all of the shop. `said` is what headings mean that
/// are not recognised, or wrongly.
pub fn plan(
    bytes: &[u8],
    said: &[(String, Option<Column>)],
    products: impl IntoIterator<Item = Arc<Product>>,
) -> Result<Plan, PlanError> {
    if is_workbook(bytes) {
        return Err(FileError::Workbook.into());
    }
    let text = decode(bytes);
    let sheet = Sheet::open(&text)?;
    if let Some((heading, _)) = said.iter().find(|(heading, _)| !sheet.has(heading)) {
        return Err(PlanError::NoHeading(heading.clone(), sheet.named()));
    }
    let columns = sheet.columns(said);
    let mut planning = Planning::new(Reader::new(sheet, columns)?, products, true);
    while planning.step(|| ProductId(Uuid::now_v7()))? {}
    Ok(planning.finish())
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let as_written = match Encoding::of(bytes) {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
    };
    as_written.decode_with_bom_removal(bytes).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::import::Becomes;

    fn only(plan: Plan) -> (Product, i64) {
        assert_eq!(plan.bad, []);
        match plan.lines.into_iter().next().unwrap().becomes {
            Becomes::New { product, opening } => (product, opening.get()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_is_read_as_whichever_letters_it_is_of() {
        let text = "Désignation;Code barres;Famille;Prix de vente;Qté\r\n\
                    Comprimé — 1 mg;3400949497294;comprimé;282\u{a0}500;1\u{a0}000\r\n";
        let (windows, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
        assert!(!unmappable && std::str::from_utf8(&windows).is_err());
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &marked, &windows, &wide] {
            let (product, units) = only(plan(bytes, &[], []).unwrap());
            assert_eq!((product.name.as_str(), product.category.as_str()), ("Comprimé — 1 mg", "comprimé"));
            assert_eq!((product.sale_price.get(), units), (282_500, 1_000));
        }
    }

    #[test]
    fn a_workbook_is_told_from_what_it_saves() {
        assert_eq!(plan(b"PK\x03\x04...", &[], []), Err(FileError::Workbook.into()));
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
            let plan = plan(&bytes, &[], []).unwrap();
            assert_eq!((plan.counts.new, plan.bad), (products, Vec::new()), "{file}");
        }
    }
}
