//! Which column means what: headings are compared without accents, case and punctuation.

use super::FileError;
use crate::domain::text::fold;
use csv::StringRecord;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Barcode,
    Category,
    SalePrice,
    PurchasePrice,
    Stock,
    Threshold,
}

/// Each column with whether a file must have it, and its headings, folded.
const KNOWN: [(Column, bool, &[&str]); 7] = [
    (
        Column::Name,
        true,
        &[
            "nom",
            "nom du produit",
            "designation",
            "produit",
            "article",
            "libelle",
            "name",
            "product",
            "product name",
            "item",
        ],
    ),
    (
        Column::Barcode,
        false,
        &[
            "code barres",
            "code barre",
            "codes barres",
            "code a barres",
            "ean",
            "ean13",
            "ean 13",
            "gtin",
            "gencod",
            "cip",
            "barcode",
            "barcodes",
            "upc",
        ],
    ),
    (Column::Category, false, &["categorie", "famille", "rayon", "category", "department"]),
    (
        Column::SalePrice,
        true,
        &[
            "prix vente",
            "prix de vente",
            "prix",
            "pv",
            "prix unitaire",
            "prix gnf",
            "prix de vente gnf",
            "sale price",
            "selling price",
            "unit price",
            "price",
        ],
    ),
    (
        Column::PurchasePrice,
        false,
        &[
            "prix achat",
            "prix d achat",
            "pa",
            "cout",
            "prix de revient",
            "prix d achat gnf",
            "purchase price",
            "cost price",
            "cost",
        ],
    ),
    (
        Column::Stock,
        false,
        &[
            "stock",
            "qte",
            "quantite",
            "qte en stock",
            "quantite en stock",
            "stock initial",
            "quantity",
            "qty",
            "in stock",
        ],
    ),
    (
        Column::Threshold,
        false,
        &[
            "stock min",
            "stock mini",
            "stock minimum",
            "seuil",
            "seuil d alerte",
            "seuil alerte",
            "threshold",
            "reorder level",
            "min stock",
        ],
    ),
];

impl Column {
    /// The product's field, as forms and edits call it.
    pub fn field(self) -> &'static str {
        match self {
            Column::Name => "name",
            Column::Barcode => "barcodes",
            Column::Category => "category",
            Column::SalePrice => "sale_price",
            Column::PurchasePrice => "purchase_price",
            Column::Stock => "opening",
            Column::Threshold => "threshold",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Column::Name => "the name",
            Column::Barcode => "the barcode",
            Column::Category => "the category",
            Column::SalePrice => "the sale price",
            Column::PurchasePrice => "the purchase price",
            Column::Stock => "the stock",
            Column::Threshold => "the threshold",
        })
    }
}

/// Where each known column stands in the file.
#[derive(Debug)]
pub(super) struct Columns([Option<usize>; KNOWN.len()]);

impl Columns {
    /// The columns, and the headings that are none. An error comes with how many columns the line has all the same:
    /// of several lines, the one with most of them was meant to be the headings.
    pub fn find(headings: &StringRecord) -> Result<(Self, Vec<String>), (usize, FileError)> {
        let (mut places, mut ignored) = ([None; KNOWN.len()], Vec::new());
        for (at, heading) in headings.iter().enumerate() {
            let folded = fold(heading);
            let known = KNOWN.iter().zip(&mut places).find(|((_, _, names), _)| names.contains(&folded.as_str()));
            match known {
                Some(((column, ..), Some(_))) => return Err((KNOWN.len(), FileError::Twice(*column))),
                Some((_, place)) => *place = Some(at),
                None if folded.is_empty() => {}
                None => ignored.push(heading.to_owned()),
            }
        }
        let found = places.iter().flatten().count();
        for ((column, needed, _), place) in KNOWN.iter().zip(&places) {
            if *needed && place.is_none() {
                let all = headings.iter().map(str::to_owned).filter(|heading| !heading.trim().is_empty());
                return Err((found, FileError::Missing(*column, all.take(HEADINGS_MAX).collect())));
            }
        }
        Ok((Self(places), ignored))
    }

    fn place(&self, column: Column) -> Option<usize> {
        KNOWN.iter().zip(self.0).find(|((known, ..), _)| *known == column).and_then(|(_, place)| place)
    }

    pub fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }

    /// The column's cell of a line; empty where the file has no such column.
    pub fn cell<'a>(&self, column: Column, record: &'a StringRecord) -> &'a str {
        self.place(column).and_then(|at| record.get(at)).unwrap_or_default()
    }
}

/// Headings that are repeated where one is missing.
const HEADINGS_MAX: usize = 20;
