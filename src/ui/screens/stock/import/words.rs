//! What is wrong with a file or a line of it, in words.

use crate::{
    device::handle::FileProblem,
    domain::{
        Invalid,
        import::{BadLine, Column, FILE_MAX_BYTES, FileError, LINES_MAX, Reason},
        limits::NAME_MAX_CHARS,
    },
    ui::format,
};

/// What happened, and what to do.
pub type Said = (String, Vec<String>);

pub fn column(column: Column) -> &'static str {
    match column {
        Column::Name => "Nom",
        Column::Barcode => "Code-barres",
        Column::Category => "Catégorie",
        Column::SalePrice => "Prix de vente",
        Column::PurchasePrice => "Prix d’achat",
        Column::Stock => "Stock",
        Column::Threshold => "Seuil",
    }
}

pub fn file_problem(problem: FileProblem) -> Said {
    let (title, line) = match problem {
        FileProblem::None => ("Aucun fichier choisi.", String::new()),
        FileProblem::TooLarge => (
            "Ce fichier est trop grand.",
            format!("{} au plus. Coupez-le en plusieurs fichiers.", format::bytes(FILE_MAX_BYTES)),
        ),
        FileProblem::Workbook => (
            "C’est un classeur (Excel ou LibreOffice).",
            "Dans le tableur : Enregistrer sous, type CSV. Choisissez ensuite le fichier .csv.".into(),
        ),
        FileProblem::Unreadable => {
            ("Ce fichier ne se lit pas.", "Copiez-le sur le téléphone, puis choisissez-le encore une fois.".into())
        }
    };
    (title.into(), vec![line])
}

pub fn file_error(error: &FileError) -> Said {
    let (title, line) = match error {
        FileError::Empty => {
            ("Ce fichier est vide.".into(), "La première ligne dit ce que sont les colonnes : Nom, Prix…".into())
        }
        FileError::Missing(missing, headings) => (
            format!("Il manque la colonne « {} ».", column(*missing)),
            match headings.is_empty() {
                true => String::new(),
                false => format!("Le fichier a : {}.", headings.join(", ")),
            },
        ),
        FileError::Twice(twice) => (
            format!("Deux colonnes sont « {} ».", column(*twice)),
            "Renommez-en une, ou enlevez-la, dans le tableur.".into(),
        ),
        FileError::TooLong => (
            format!("Ce fichier a plus de {} lignes.", format::number(LINES_MAX as i64)),
            "Coupez-le en plusieurs fichiers.".into(),
        ),
        FileError::Malformed(line) => {
            (format!("Le fichier ne se lit pas à la ligne {}.", format::number(*line as i64)), String::new())
        }
        FileError::Workbook => return file_problem(FileProblem::Workbook),
    };
    (title, vec![line])
}

/// `Ligne 12, colonne Prix`.
pub fn place(bad: &BadLine) -> String {
    let line = format::number(bad.line as i64);
    match bad.column.as_str() {
        "" => format!("Ligne {line}"),
        column => format!("Ligne {line}, colonne {column}"),
    }
}

pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotWhole(cell) => format!("« {cell} » n’est pas un nombre entier"),
        Reason::NoPrice => "Il manque le prix".into(),
        Reason::Cells { cells, headings } => {
            format!("{} au lieu de {headings}", format::count(*cells as i64, "case", "cases"))
        }
        Reason::Rounded(cell) => {
            format!("« {cell} » : le tableur a perdu des chiffres. Mettez la colonne au format Texte")
        }
        Reason::Invalid(invalid) => self::invalid(invalid),
        Reason::CodesOfSeveral(one, other) => format!("Ses codes-barres sont ceux de deux produits : {one} ; {other}"),
        Reason::CodeAndName(product) => {
            format!("Le code-barres est celui de « {product} », le nom celui d’un autre produit")
        }
        Reason::NameOfSeveral => "Plusieurs produits ont ce nom : donnez un code-barres".into(),
        Reason::Contradicts(line) => {
            format!("C’est le produit de la ligne {}, avec d’autres valeurs", format::number(*line as i64))
        }
    }
}

fn invalid(invalid: &Invalid) -> String {
    match invalid {
        Invalid::TextLength { chars: 0, .. } => "La case est vide".into(),
        Invalid::TextLength { max, .. } => format!("Trop long : {} lettres au plus", format::number(*max as i64)),
        Invalid::Money(_) | Invalid::Units(_) | Invalid::Quantity(_) => {
            "Un nombre en dessous de zéro, ou trop grand".into()
        }
        Invalid::Count { max, .. } => format!("Plus de {max} codes-barres"),
        _ => format!("Un texte de {NAME_MAX_CHARS} lettres au plus, sans signes cachés"),
    }
}
