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
        Column::Name => t!("Nom"),
        Column::Barcode => t!("Code-barres"),
        Column::Category => t!("Catégorie"),
        Column::SalePrice => t!("Prix de vente"),
        Column::PurchasePrice => t!("Prix d’achat"),
        Column::Stock => t!("Stock"),
        Column::Threshold => t!("Seuil"),
    }
}

pub fn file_problem(problem: FileProblem) -> Said {
    let (title, line) = match problem {
        FileProblem::None => (t!("Aucun fichier choisi."), String::new()),
        FileProblem::TooLarge => (
            t!("Ce fichier est trop grand."),
            t!("{size} au plus. Coupez-le en plusieurs fichiers.", size = format::bytes(FILE_MAX_BYTES)),
        ),
        FileProblem::Workbook => (
            t!("C’est un classeur (Excel ou LibreOffice)."),
            t!("Dans le tableur : Enregistrer sous, type CSV. Choisissez ensuite le fichier .csv.").into(),
        ),
        FileProblem::Unreadable => (
            t!("Ce fichier ne se lit pas."),
            t!("Copiez-le sur le téléphone, puis choisissez-le encore une fois.").into(),
        ),
    };
    (title.into(), vec![line])
}

pub fn file_error(error: &FileError) -> Said {
    let (title, line) = match error {
        FileError::Empty => (
            t!("Ce fichier est vide.").into(),
            t!("La première ligne dit ce que sont les colonnes : Nom, Prix…").into(),
        ),
        FileError::Missing(missing, _) => (
            t!("Il manque la colonne « {column} ».", column = column(*missing)),
            t!("Dites ci-dessous laquelle des colonnes du fichier la contient.").into(),
        ),
        FileError::Twice(twice, one, other) => (
            t!("Deux colonnes sont « {column} » : {one} et {other}.", column = column(*twice), one, other),
            t!("Gardez la bonne ; pour l’autre, choisissez autre chose.").into(),
        ),
        FileError::TooLong => (
            t!("Ce fichier a plus de {max} lignes.", max = format::number(LINES_MAX as i64)),
            t!("Coupez-le en plusieurs fichiers.").into(),
        ),
        FileError::Malformed(line) => {
            (t!("Le fichier ne se lit pas à la ligne {line}.", line = format::number(*line as i64)), String::new())
        }
        FileError::Workbook => return file_problem(FileProblem::Workbook),
    };
    (title, vec![line])
}

/// `Ligne 12, colonne Prix`.
pub fn place(bad: &BadLine) -> String {
    let line = format::number(bad.line as i64);
    match bad.column.as_str() {
        "" => t!("Ligne {line}", line),
        column => t!("Ligne {line}, colonne {column}", line, column),
    }
}

pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotWhole(cell) => t!("« {cell} » n’est pas un nombre entier", cell),
        Reason::NoPrice => t!("Il manque le prix").into(),
        Reason::Cells { cells, headings } => {
            t!("{cells} au lieu de {headings}", cells = count!(*cells as i64, "case", "cases"), headings)
        }
        Reason::Rounded(cell) => {
            t!("« {cell} » : le tableur a perdu des chiffres. Mettez la colonne au format Texte", cell)
        }
        Reason::Invalid(invalid) => self::invalid(invalid),
        Reason::CodesOfSeveral(one, other) => {
            t!("Ses codes-barres sont ceux de deux produits : {one} ; {other}", one, other)
        }
        Reason::CodeAndName(product) => {
            t!("Le code-barres est celui de « {product} », le nom celui d’un autre produit", product)
        }
        Reason::NameOfSeveral => t!("Plusieurs produits ont ce nom : donnez un code-barres").into(),
        Reason::Contradicts(line) => {
            t!("C’est le produit de la ligne {line}, avec d’autres valeurs", line = format::number(*line as i64))
        }
    }
}

fn invalid(invalid: &Invalid) -> String {
    match invalid {
        Invalid::TextLength { chars: 0, .. } => t!("La case est vide").into(),
        Invalid::TextLength { max, .. } => t!("Trop long : {max} lettres au plus", max = format::number(*max as i64)),
        Invalid::Money(_) | Invalid::Units(_) | Invalid::Quantity(_) => {
            t!("Un nombre en dessous de zéro, ou trop grand").into()
        }
        Invalid::Count { max, .. } => t!("Plus de {max} codes-barres", max),
        _ => t!("Un texte de {max} lettres au plus, sans signes cachés", max = NAME_MAX_CHARS),
    }
}
