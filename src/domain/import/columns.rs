//! Which column means what. Headings are compared without accents, case, punctuation and spaces, plurals, little words
//! and currencies, so that a few spellings stand for many.

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

/// Each column's headings, the most precise first: where a file has several of them, that one is read. What ends in `*`
/// may go on, with a shop's name. From the shops' own lists, and what Loyverse, Square, Shopify, WooCommerce, Odoo,
/// Dolibarr and Sage write.
#[rustfmt::skip]
const HEADINGS: [(Column, &[&str]); 7] = [
    (Column::Name, &[
        "nom produit", "nom article", "designation article", "designation produit", "libelle article", "libelle produit",
        "product name", "item name", "nom commercial", "nom medicament", "nom", "name", "designation", "libelle",
        "denomination", "intitule", "title", "label", "medicament", "produit", "article", "product", "item",
        "marchandise", "description article", "description produit", "description",
    ]),
    (Column::Barcode, &[
        "code barre", "code a barre", "code barre ean 13", "code barre ean", "valeur code barre", "barcode", "bar code",
        "variant barcode", "barcode value", "ean 13", "code ean 13", "ean", "code ean", "ean upc", "upc ean", "gtin",
        "code gtin", "gtin upc ean isbn", "gencod", "gencode", "code gencod", "upc", "code upc", "code cip 13", "cip 13",
        "code cip", "cip",
    ]),
    (Column::Category, &[
        "categorie produit", "categorie article", "famille article", "famille produit", "product category",
        "item category", "categorie", "category", "famille", "family", "rayon", "departement", "department",
        "reporting category", "product group", "item group", "groupe", "group", "product type", "type produit",
        "type article", "type",
    ]),
    (Column::SalePrice, &[
        "prix vente ttc", "pv ttc", "prix public ttc", "prix detail ttc", "prix unitaire ttc", "pu ttc", "prix ttc",
        "tarif ttc", "prix vente unitaire", "prix unitaire vente", "pu vente", "prix vente public", "prix vente detail",
        "prix vente client", "prix vente", "pv", "retail price", "regular price", "tarif regulier", "selling price",
        "sale price", "default price", "prix defaut", "variant price", "prix public", "prix detail", "prix client",
        "prix unitaire", "pu", "unit price", "tarif public", "tarif", "list price", "prix", "price", "prix vente ht",
        "pv ht",
    ]),
    (Column::PurchasePrice, &[
        "prix achat unitaire", "prix unitaire achat", "pu achat", "prix achat", "pa", "dernier prix achat",
        "prix achat ttc", "pa ttc", "prix achat ht", "pa ht", "prix revient", "cout revient", "cout achat",
        "cout unitaire", "cout", "purchase price", "purchase cost", "buying price", "cost price", "default unit cost",
        "unit cost", "cost per item", "supply price", "average cost", "cost", "pamp", "cump", "prix fournisseur",
    ]),
    (Column::Stock, &[
        "stock actuel", "stock disponible", "stock reel", "stock physique", "quantite stock", "qte stock",
        "stock quantite", "quantite disponible", "qte disponible", "stock theorique", "quantity on hand", "qty on hand",
        "stock on hand", "on hand", "current quantity", "current quantity *", "current stock", "in stock",
        "available quantity", "variant inventory qty", "inventory quantity", "stock quantity", "stock level",
        "stock final", "stock", "stock initial", "quantite", "qte", "quantity", "qty", "inventory",
    ]),
    (Column::Threshold, &[
        "stock alerte", "seuil alerte", "seuil stock", "limite stock alerte", "stock limit for alert", "quantite alerte",
        "qte alerte", "alert quantity", "low stock threshold", "low stock amount", "low stock", "stock alert count",
        "stock alert count *", "stock alert", "stock minimum", "stock mini", "stock min", "seuil minimum", "seuil mini",
        "seuil min", "seuil reapprovisionnement", "point commande", "quantite minimum", "quantite minimale",
        "quantite min", "qte min", "qte mini", "min stock", "minimum stock", "min quantity", "minimum quantity",
        "min qty", "reorder level", "reorder point", "stock faible", "stock bas", "stock securite", "stock critique",
        "seuil critique", "seuil", "threshold", "alerte stock", "alerte",
    ]),
];

/// A shop's own numbers as often as barcodes: they are barcodes where all that stands under them looks like one.
const PERHAPS_BARCODES: [&str; 14] = [
    "code",
    "code article",
    "code produit",
    "product code",
    "item code",
    "sku",
    "variant sku",
    "reference",
    "ref",
    "reference article",
    "ref article",
    "reference produit",
    "reference interne",
    "internal reference",
];

/// After all that are certain.
const LEAST_PRECISE: usize = 1_000;

/// `Prix (GNF)`, `Stock (pièces)`, `Limite de stock pour alerte`.
const SAY_NOTHING: [&str; 21] = [
    "d", "de", "des", "du", "en", "l", "la", "le", "les", "par", "pour", "gnf", "fg", "fcfa", "cfa", "f", "franc",
    "guineen", "piece", "pcs", "unite",
];

impl Column {
    pub const ALL: [Column; 7] = [
        Column::Name,
        Column::Barcode,
        Column::SalePrice,
        Column::PurchasePrice,
        Column::Stock,
        Column::Threshold,
        Column::Category,
    ];
    /// Without them no line is a product.
    const NEEDED: [Column; 2] = [Column::Name, Column::SalePrice];

    /// The column's name where it is kept or typed.
    pub fn word(self) -> &'static str {
        match self {
            Column::Name => "name",
            Column::Barcode => "barcode",
            Column::Category => "category",
            Column::SalePrice => "sale-price",
            Column::PurchasePrice => "purchase-price",
            Column::Stock => "stock",
            Column::Threshold => "threshold",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }

    /// What a heading means, and how precisely: the lower, the more. `coded`: what stands under it looks like barcodes.
    fn of_heading(heading: &str, coded: impl Fn() -> bool) -> Option<(Self, usize)> {
        // Loyverse ends a column's heading with the shop it is of: `In stock [Kaloum]`. What else stands in brackets may
        // matter: `Prix [achat]`.
        let shopless = heading.split_once('[').map(|(before, _)| before);
        [Some(heading), shopless].into_iter().flatten().find_map(|heading| {
            let said = words(heading);
            let letters = said.replace(' ', "");
            let place = |names: &[&str]| names.iter().position(|name| means(&said, &letters, name));
            let certain = HEADINGS.iter().find_map(|(column, names)| Some((*column, place(names)?)));
            let perhaps =
                || place(&PERHAPS_BARCODES).filter(|_| coded()).map(|at| (Column::Barcode, LEAST_PRECISE + at));
            certain.or_else(perhaps)
        })
    }
}

/// A heading's words that say something, each in the singular.
fn words(heading: &str) -> String {
    let folded = fold(heading);
    let one = |word| match str::strip_suffix(word, 's') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one,
        _ => word,
    };
    let words = folded.split(' ').filter(|word| !SAY_NOTHING.contains(word)).map(one);
    words.filter(|word| !SAY_NOTHING.contains(word)).collect::<Vec<_>>().join(" ")
}

/// `P.U.` is `PU`, `codebarre` a `code barre`: `letters` are those of `said` without the spaces.
fn means(said: &str, letters: &str, name: &str) -> bool {
    match name.strip_suffix('*') {
        Some(start) => said.starts_with(start),
        None => letters.bytes().eq(name.bytes().filter(|byte| *byte != b' ')),
    }
}

/// What each heading means; where several mean the same column, the most precise one has it. Two that are as precise
/// both have it, for a person to choose. `said` is what a person said of each, `coded` whether barcodes stand under it.
pub(super) fn recognise(
    headings: &StringRecord,
    said: &[Option<Option<Column>>],
    coded: impl Fn(usize) -> bool,
) -> Vec<Option<Column>> {
    let said_of = |at: usize| said.get(at).copied().flatten();
    let taken = Column::ALL.map(|column| said.contains(&Some(Some(column))).then_some(column));
    let found = headings.iter().enumerate().map(|(at, heading)| match said_of(at) {
        Some(_) => None,
        None => Column::of_heading(heading, || coded(at)).filter(|(column, _)| !taken.contains(&Some(*column))),
    });
    let found: Vec<Option<(Column, usize)>> = found.collect();
    let best = Column::ALL.map(|of| {
        let ranks = found.iter().flatten().filter(|(column, _)| *column == of).map(|(_, rank)| *rank);
        ranks.min().map(|rank| (of, rank))
    });
    let recognised = |(at, found): (usize, &Option<(Column, usize)>)| {
        let it = found.filter(|_| best.contains(found)).map(|(column, _)| column);
        said_of(at).unwrap_or(it)
    };
    found.iter().enumerate().map(recognised).collect()
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

/// What each heading means, and where each column stands: asked for every cell.
#[derive(Debug)]
pub(super) struct Columns {
    means: Vec<Option<Column>>,
    places: [Option<usize>; Column::ALL.len()],
}

impl Columns {
    /// The needed columns are there, and none is there twice.
    pub fn new(columns: Vec<Option<Column>>, headings: &StringRecord) -> Result<Self, FileError> {
        let heading = |at: usize| headings.get(at).unwrap_or_default().to_owned();
        let mut places = [None; Column::ALL.len()];
        for (at, column) in columns.iter().enumerate().filter_map(|(at, column)| Some((at, (*column)?))) {
            if let Some(before) = places[column as usize].replace(at) {
                return Err(FileError::Twice(column, heading(before), heading(at)));
            }
        }
        let columns = Self { means: columns, places };
        match Column::NEEDED.into_iter().find(|column| !columns.has(*column)) {
            Some(column) => Err(FileError::Missing(column, named(headings))),
            None => Ok(columns),
        }
    }

    fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    pub fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }

    /// The headings that are not read.
    pub fn ignored(&self, headings: &StringRecord) -> Vec<String> {
        let unread =
            headings.iter().zip(&self.means).filter(|(heading, column)| column.is_none() && !fold(heading).is_empty());
        unread.map(|(heading, _)| heading.to_owned()).collect()
    }

    /// The column's cell of a line; empty where the file has no such column.
    pub fn cell<'a>(&self, column: Column, record: &'a StringRecord) -> &'a str {
        self.place(column).and_then(|at| record.get(at)).unwrap_or_default()
    }
}

/// Headings that are repeated where one is missing.
const HEADINGS_MAX: usize = 20;

pub(super) fn named(headings: &StringRecord) -> Vec<String> {
    let named = headings.iter().filter(|heading| !heading.trim().is_empty());
    named.map(str::to_owned).take(HEADINGS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each heading's column, or `-`; barcodes stand under those called so.
    fn meant(headings: &[&str], coded: &[&str]) -> String {
        let record = StringRecord::from(headings.to_vec());
        let columns = recognise(&record, &[], |at| coded.contains(&headings[at]));
        columns.into_iter().map(|column| column.map_or("-", Column::word)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_spelling_is_written_as_it_is_compared_and_means_one_column() {
        let mut seen = Vec::new();
        for name in HEADINGS.iter().flat_map(|(_, names)| *names).chain(&PERHAPS_BARCODES) {
            assert_eq!(words(name.trim_end_matches(" *")), name.trim_end_matches(" *"), "{name}");
            assert!(!seen.contains(&name), "{name} is there twice");
            seen.push(name);
        }
    }

    #[test]
    fn headings_are_read_however_they_are_written() {
        for (column, headings) in [
            (Column::Name, "Nom produit|NOM DE L’ARTICLE|Désignation article|Libellé|Item Name|Noms des produits|Nom*"),
            (Column::Barcode, "Code EAN|EAN13|EAN-13|GTIN|Codes barres|code_barres|CodeBarre|Code à barres|Barcode"),
            (
                Column::SalePrice,
                "Prix TTC|Prix de vente TTC|PV|P.U.|Tarif|Prix unitaire|Prix public|Prix (GNF)|Prix FG",
            ),
            (
                Column::SalePrice,
                "PRIX DE VENTE (FCFA)|Prix/pièce|Retail price|Sales Price|Default price|Price [Pharmacie centrale de Kaloum, Conak",
            ),
            (
                Column::PurchasePrice,
                "PA|P.A.|Prix d'achat HT|Prix d’achat (GNF)|Coût|Unit cost|Cost per item|Prix [achat]",
            ),
            (
                Column::Stock,
                "Stock actuel|Qté stock|Quantité en stock|Qtés|En stock|In stock [Kaloum]|Quantity On Hand",
            ),
            (Column::Stock, "Current Quantity Kaloum|Stock (pièces)|Stock disponible|Variant Inventory Qty|On hand"),
            (Column::Threshold, "Stock alerte|Stock mini|Seuil d'alerte|Stock (min)|Low stock [Kaloum]|Stock bas"),
            (Column::Threshold, "Limite de stock pour alerte|Stock Alert Count Kaloum|Low stock amount"),
            (Column::Category, "Famille|Rayon|Catégories|Product Category|Type"),
        ] {
            for heading in headings.split('|') {
                assert_eq!(meant(&[heading], &[]), column.word(), "{heading}");
            }
        }
        for heading in [
            "Remarque",
            "Prix gros",
            "Prix HT",
            "Montant",
            "Handle",
            "Token",
            "GNF",
            "La",
            "Available for sale",
            "Code",
        ] {
            assert_eq!(meant(&[heading], &[]), "-", "{heading}");
        }
    }

    #[test]
    fn the_most_precise_heading_has_the_column() {
        assert_eq!(meant(&["Prix", "Prix de vente", "Article", "Désignation"], &[]), "- sale-price - name");
        assert_eq!(meant(&["Prix HT", "Prix TTC", "Prix d’achat"], &[]), "- sale-price purchase-price");
        assert_eq!(meant(&["Regular price", "Sale price"], &[]), "sale-price -");
        assert_eq!(meant(&["Price [A]", "Default price", "Price [B]"], &[]), "- sale-price -");
        // As precise: a person chooses.
        assert_eq!(meant(&["Price [A]", "Price [B]"], &[]), "sale-price sale-price");
    }

    #[test]
    fn a_number_of_the_shop_s_own_is_a_barcode_where_it_looks_like_one() {
        assert_eq!(meant(&["Code", "Nom"], &[]), "- name");
        assert_eq!(meant(&["Code", "Nom"], &["Code"]), "barcode name");
        assert_eq!(meant(&["SKU", "EAN"], &["SKU"]), "- barcode");
        assert_eq!(meant(&["SKU", "Référence"], &["SKU", "Référence"]), "barcode -");
    }

    #[test]
    fn exports_of_other_programs_are_read() {
        let of = |line: &str| meant(&line.split(',').collect::<Vec<_>>(), &[]);
        assert_eq!(
            of("Handle,SKU,Name,Category,Default price,Cost,Barcode,Track stock,In stock [K],Low stock [K]"),
            "- - name category sale-price purchase-price barcode - stock threshold"
        );
        assert_eq!(
            of(
                "Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Current Quantity K,Default Unit Cost"
            ),
            "- name - - - category barcode sale-price stock purchase-price"
        );
        assert_eq!(
            of(
                "Handle,Title,Vendor,Type,Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode,Cost per item"
            ),
            "- name - category - stock sale-price barcode purchase-price"
        );
        assert_eq!(
            of(
                "Internal Reference,Name,Sales Price,Cost,Barcode,Product Category,Quantity On Hand,Forecasted Quantity"
            ),
            "- name sale-price purchase-price barcode category stock -"
        );
        assert_eq!(
            of("Réf.,Libellé,Prix de vente TTC,Prix de vente HT,Prix d'achat,Stock physique,Limite stock pour alerte"),
            "- name sale-price - purchase-price stock threshold"
        );
        assert_eq!(
            of("Référence article,Désignation,Code famille,Famille,PA HT,PV TTC,Code barre,Stock réel,Stock mini"),
            "- name - category purchase-price sale-price barcode stock threshold"
        );
    }

    #[test]
    fn what_a_person_says_goes_before_what_is_recognised() {
        let record = StringRecord::from(vec!["Nom", "Prix", "Valeur", "Stock"]);
        let said = [None, None, Some(Some(Column::SalePrice)), Some(None)];
        let columns = recognise(&record, &said, |_| false);
        assert_eq!(columns, [Some(Column::Name), None, Some(Column::SalePrice), None]);
    }
}
