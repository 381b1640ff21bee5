//! Which column means what: headings are compared without accents, case and punctuation.

use super::ImportError;
use crate::domain::text::fold;
use csv::StringRecord;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Barcode,
    Category,
    SalePrice,
    PurchasePrice,
    Stock,
    Threshold,
}

/// Each column with what it is called here, whether a file must have it, and its headings, folded.
const KNOWN: [(Column, &str, bool, &[&str]); 7] = [
    (Column::Name, "the name", true, &["nom", "designation", "produit", "article", "libelle", "name"]),
    (Column::Barcode, "the barcode", false, &["code barres", "code barre", "codes barres", "ean", "gencod", "barcode"]),
    (Column::Category, "the category", false, &["categorie", "famille", "rayon", "category"]),
    (
        Column::SalePrice,
        "the sale price",
        true,
        &["prix vente", "prix de vente", "prix", "pv", "prix unitaire", "sale price", "price"],
    ),
    (
        Column::PurchasePrice,
        "the purchase price",
        false,
        &["prix achat", "prix d achat", "pa", "cout", "purchase price", "cost"],
    ),
    (Column::Stock, "the stock", false, &["stock", "qte", "quantite", "qte en stock", "quantity"]),
    (
        Column::Threshold,
        "the threshold",
        false,
        &["stock min", "stock minimum", "seuil", "seuil d alerte", "seuil alerte", "threshold"],
    ),
];

/// Where each known column stands in the file.
#[derive(Debug)]
pub(super) struct Columns([Option<usize>; KNOWN.len()]);

impl Columns {
    /// The columns, and the headings that are none.
    pub fn find(headings: &StringRecord) -> Result<(Self, Vec<String>), ImportError> {
        if headings.iter().all(|heading| heading.trim().is_empty()) {
            return Err(ImportError::Empty);
        }
        let (mut places, mut ignored) = ([None; KNOWN.len()], Vec::new());
        for (at, heading) in headings.iter().enumerate() {
            let folded = fold(heading);
            let known = KNOWN.iter().zip(&mut places).find(|((_, _, _, names), _)| names.contains(&folded.as_str()));
            match known {
                Some(((_, called, _, _), Some(_))) => return Err(ImportError::Twice(called)),
                Some((_, place)) => *place = Some(at),
                None => ignored.push(heading.to_owned()),
            }
        }
        for ((_, called, needed, _), place) in KNOWN.iter().zip(&places) {
            if *needed && place.is_none() {
                let all: Vec<_> = headings.iter().take(super::HEADINGS_MAX).collect();
                return Err(ImportError::Missing(called, all.join(", ")));
            }
        }
        Ok((Self(places), ignored))
    }

    fn place(&self, column: Column) -> Option<usize> {
        KNOWN.iter().zip(self.0).find(|((known, ..), _)| *known == column).and_then(|(_, place)| place)
    }

    /// The column's cell of a line; empty where the file has no such column.
    pub fn cell<'a>(&self, column: Column, record: &'a StringRecord) -> &'a str {
        self.place(column).and_then(|at| record.get(at)).unwrap_or_default()
    }

    pub fn heading<'a>(&self, column: Column, headings: &'a StringRecord) -> &'a str {
        self.cell(column, headings)
    }
}
