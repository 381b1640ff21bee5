//! What errors say to a person: what happened, what was kept, what to do now. French first.

use super::format::{number, parse_amount};
use crate::{
    device::handle::{CameraProblem, CommandError, Damaged, SignInError, StorageProblem},
    domain::{AdjustReason, Cause, Role},
    sync::{
        CallError, Refusal,
        mutation::{Became, Edited},
        verdict::What,
    },
};
use serde_json::Value;

pub fn refusal(refusal: &Refusal) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match refusal {
        Refusal::InsufficientStock { lines } => lines
            .iter()
            .map(|line| {
                format!(
                    "Stock insuffisant pour {} : {} disponibles, {} demandés",
                    line.name,
                    number(line.available),
                    number(line.asked)
                )
            })
            .collect(),
        Refusal::CauseRefused { .. } => one("Ce dont cela dépend a été refusé"),
        Refusal::Unknown { what: What::Product } => one("Le serveur ne connaît pas ce produit"),
        Refusal::Unknown { .. } => one("Le serveur ne connaît pas cet élément"),
        Refusal::Exists { what: What::Sale } => one("Cette vente est déjà enregistrée"),
        Refusal::Exists { .. } => one("Cet élément existe déjà"),
        Refusal::AlreadyVoided => one("Cette vente est déjà annulée"),
        Refusal::AlreadySettled => one("Quelqu’un a déjà décidé"),
        Refusal::NotAllowed => one("Cette personne n’a pas le droit de le faire"),
        Refusal::StockTooLarge => one("Le stock serait trop grand"),
        Refusal::Invalid { detail } => vec![format!("Refusé : {detail}")],
        Refusal::Expired => one("Refusé ; le détail n’est plus gardé"),
    }
}

/// What a kind of mutation did.
pub fn change_name(kind: &str) -> &'static str {
    match kind {
        "create_product" => "Nouveau produit",
        "edit_product" => "Produit modifié",
        "retire_product" => "Produit retiré",
        "record_sale" => "Vente",
        "void_sale" => "Annulation de vente",
        "settle_refusal" => "Décision",
        "adjust_stock" => "Correction de stock",
        "count_stock" => "Comptage",
        "receive_stock" => "Réception de marchandises",
        "record_expense" => "Dépense",
        "edit_expense" => "Dépense modifiée",
        "void_expense" => "Dépense annulée",
        "edit_shop" => "Boutique modifiée",
        _ => "Changement",
    }
}

pub fn edited(of: Edited) -> &'static str {
    change_name(match of {
        Edited::Product(_) => "edit_product",
        Edited::Expense(_) => "edit_expense",
        Edited::Shop => "edit_shop",
    })
}

pub fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Propriétaire",
        Role::Employee => "Employé",
    }
}

/// What became of a refused sale.
pub fn became(became: Became) -> &'static str {
    match became {
        Became::RolledBack => "Panier rendu",
        Became::Parked => "À décider",
        Became::Cancelled => "Annulée, argent rendu",
        Became::Retried => "Gardée, vente refaite",
    }
}

/// The fields an edit can clash on, as the forms call them.
pub fn field_name(field: &str) -> &'static str {
    match field {
        "name" => "Nom",
        "barcodes" => "Codes-barres",
        "category" => "Catégorie",
        "sale_price" => "Prix de vente",
        "purchase_price" => "Prix d’achat",
        "threshold" => "Seuil d’alerte",
        "opening" => "Il y en a maintenant",
        "kind" => "Sorte de dépense",
        "amount" => "Montant",
        "note" => "Note",
        "address" => "Adresse",
        "phone" => "Téléphone",
        "foot" => "Bas du reçu",
        "answer_wait" => "Attente du serveur",
        "beyond_stock" => "Vendre plus que le stock connu, hors ligne",
        "stock_check" => "Contrôle du stock par le serveur",
        "retry_automatically" => "Réessayer les ventes refusées",
        "employees_decide" => "Les employés décident",
        "employees_count" => "Les employés comptent",
        _ => "Autre",
    }
}

/// Why the camera shows nothing, and what to do.
pub fn camera_problem(problem: CameraProblem) -> (&'static str, &'static str) {
    match problem {
        CameraProblem::NotAllowed => (
            "La caméra n’est pas permise",
            "Touchez le cadenas à côté de l’adresse, permettez la caméra, puis ouvrez-la de nouveau.",
        ),
        CameraProblem::Absent => ("Pas de caméra ici", "Tapez le code, ou branchez un lecteur de codes-barres."),
        CameraProblem::Busy => {
            ("La caméra ne répond pas", "Fermez l’application qui l’utilise, puis ouvrez-la de nouveau.")
        }
        CameraProblem::Incomplete => (
            "La lecture des codes n’est pas encore sur ce téléphone",
            "Elle viendra avec le réseau. Tapez le code en attendant.",
        ),
    }
}

/// Of a sale that is marked so.
pub const BEYOND_STOCK: &str = "faite hors ligne, au-delà du stock connu à ce moment";

/// The server was asked, and did not answer.
pub const NOT_REACHED: &str = "Le serveur ne répond pas. Réessayez avec le réseau.";

/// Why sales are voided, for most of them.
pub const VOID_REASONS: &[&str] = &["Erreur de saisie", "Article rendu", "Paiement échoué"];

/// What most shops pay for.
pub const EXPENSE_KINDS: &[&str] = &["Transport", "Loyer", "Électricité", "Salaire", "Autre"];

/// Why expenses are taken back, for most of them.
pub const EXPENSE_VOID_REASONS: &[&str] = &["Erreur de saisie", "Saisie deux fois", "Remboursée"];

/// Why a product's stock moved.
pub fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Opening => "Stock de départ",
        Cause::Sale { .. } => "Vente",
        Cause::Void { .. } => "Vente annulée",
        Cause::Received => "Réception",
        Cause::Unchecked { .. } => "Trouvé : vendu au-delà du stock",
        Cause::Count { .. } => "Comptage",
        Cause::Adjust { reason } => adjust_reason(*reason),
    }
}

pub fn adjust_reason(reason: AdjustReason) -> &'static str {
    match reason {
        AdjustReason::Loss => "Perte",
        AdjustReason::Breakage => "Casse",
        AdjustReason::Expired => "Périmé",
        AdjustReason::Count => "Inventaire",
        AdjustReason::Other => "Autre",
    }
}

/// What is wrong with what was typed into a field.
pub fn field_wrong(field: &str) -> &'static str {
    match field {
        "name" => "Un nom, de 400 lettres au plus",
        "sale_price" | "purchase_price" | "amount" => "Un montant en chiffres",
        "threshold" | "opening" => "Un nombre en chiffres",
        "barcodes" => "Au plus 20 codes, séparés par une espace",
        _ => "Trop long",
    }
}

/// Whether a field's value is a figure.
pub fn is_figure(field: &str) -> bool {
    matches!(field, "sale_price" | "purchase_price" | "threshold" | "amount")
}

/// A field's value as people write it.
pub fn field_value(field: &str, value: &Value) -> String {
    let unit = if is_figure(field) && field != "threshold" { "\u{202f}GNF" } else { "" };
    match value {
        Value::Number(seconds) if field == "answer_wait" => format!("{seconds}\u{202f}s"),
        Value::String(word) if is_choice(field) => match word.as_str() {
            "ask" => "Demander".into(),
            "never" => "Jamais".into(),
            "enforce" => "Refuser".into(),
            "warn" => "Garder et signaler".into(),
            other => other.to_owned(),
        },
        Value::Number(figure) => format!("{}{unit}", number(figure.as_i64().unwrap_or_default())),
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Array(items) if !items.is_empty() => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Bool(true) => "Oui".into(),
        Value::Bool(false) => "Non".into(),
        _ => "(rien)".into(),
    }
}

/// Whether a field has few values, which are chosen and not typed.
pub fn is_choice(field: &str) -> bool {
    const CHOICES: [&str; 6] =
        ["answer_wait", "beyond_stock", "stock_check", "retry_automatically", "employees_decide", "employees_count"];
    CHOICES.contains(&field)
}

/// What a person typed, as a value of the field; `None` where it is none.
pub fn typed_value(field: &str, typed: &str) -> Option<Value> {
    let typed = typed.trim();
    match field {
        _ if typed.is_empty() => None,
        "barcodes" => Some(codes(typed).map(Value::from).collect()),
        figure if is_figure(figure) => parse_amount(typed).map(|amount| amount.get().into()),
        _ => Some(typed.into()),
    }
}

/// Barcodes as people type them: apart by spaces or commas.
pub fn codes(typed: &str) -> impl Iterator<Item = &str> {
    typed.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|code| !code.is_empty())
}

pub fn command_error(error: &CommandError) -> String {
    match error {
        CommandError::NotReady => "Le téléphone n’est pas prêt. Rien n’est perdu : réessayez.".into(),
        CommandError::BeyondStock => {
            "Hors ligne, le propriétaire ne permet pas de vendre plus que le stock connu. Le panier est gardé.".into()
        }
        CommandError::NobodySignedIn => "Personne n’est connecté. Le panier est gardé : connectez-vous.".into(),
        CommandError::OutboxFull => {
            "Trop de ventes attendent d’être envoyées. Retrouvez du réseau avant de vendre encore.".into()
        }
        CommandError::Storage(problem) => storage_problem(*problem).into(),
        CommandError::Invalid(detail) => format!("Impossible : {detail}"),
        CommandError::AlreadyDecided => "Quelqu’un a déjà décidé.".into(),
    }
}

pub fn storage_problem(problem: StorageProblem) -> &'static str {
    match problem {
        StorageProblem::Unavailable => {
            "Ce navigateur ne garde pas les données (navigation privée ?). Ouvrez Comptoir dans une fenêtre normale."
        }
        StorageProblem::Full => {
            "La mémoire du téléphone est pleine. Rien n’est perdu : libérez de la place, réessayez."
        }
        StorageProblem::BlockedByTab => {
            "Comptoir est ouvert ailleurs dans une version ancienne. Fermez les autres onglets."
        }
        StorageProblem::Closed => "Une autre fenêtre a mis Comptoir à jour. Rechargez cette page.",
        StorageProblem::Busy => "Le téléphone est occupé. Rien n’est perdu : réessayez.",
        StorageProblem::AppIncomplete => {
            "Comptoir n’est pas encore tout entier sur ce téléphone : il attend le réseau."
        }
    }
}

/// What was set aside because it does not read any more, and what becomes of it.
pub fn damaged(what: &Damaged) -> (&'static str, String) {
    let of = |receipt: &Option<String>| receipt.as_ref().map(|number| format!(" (reçu {number})")).unwrap_or_default();
    match what {
        Damaged::Unsent { receipt } => (
            "Changement non envoyé, illisible",
            format!(
                "Un changement{} attendait d’être envoyé et ne se lit plus. Il est gardé à part, rien n’est effacé, et \
                 le reste part. Montrez-le au propriétaire.",
                of(receipt)
            ),
        ),
        Damaged::Undecided { receipt } => (
            "Décision illisible",
            format!(
                "Un changement à décider{} ne se lit plus. Il est gardé à part, rien n’est effacé. Montrez-le au \
                 propriétaire.",
                of(receipt)
            ),
        ),
        Damaged::Sent => (
            "Copie illisible",
            "La copie d’un changement que le serveur a reçu ne se lit plus. Elle est gardée à part ; rien n’est perdu."
                .into(),
        ),
        Damaged::OfShop => (
            "Donnée de la boutique illisible",
            "Elle est gardée à part, et relue sur le serveur dès qu’il y a du réseau. Vendez.".into(),
        ),
        Damaged::OfPhone => (
            "Réglage du téléphone illisible",
            "Il est gardé à part et remis à neuf. Ce qui attend d’être envoyé est là.".into(),
        ),
        Damaged::OfImport => (
            "Une partie d’un fichier à importer est illisible",
            "Elle est gardée à part. Choisissez le même fichier encore une fois : ce qui manque sera importé.".into(),
        ),
    }
}

pub fn sign_in_error(error: &SignInError) -> String {
    match error {
        SignInError::WrongPin { tries_left: 1 } => "Code faux. Il reste un essai.".into(),
        SignInError::WrongPin { tries_left } => format!("Code faux. Il reste {tries_left} essais."),
        SignInError::Locked { for_ms } => {
            format!("Trop d’essais. Réessayez dans {} s.", number((for_ms + 999) / 1_000))
        }
        SignInError::NeedsNetwork => "Il faut le réseau pour cette première fois. Réessayez quand il revient.".into(),
        SignInError::Refused(CallError::WrongCode) => "Ce code n’est pas valable. Demandez-en un nouveau.".into(),
        SignInError::Refused(CallError::TryLater) => "Le serveur est occupé. Réessayez.".into(),
        SignInError::Refused(_) => "Le serveur a refusé. Demandez au propriétaire.".into(),
        SignInError::Storage(problem) => storage_problem(*problem).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::Body;

    #[test]
    fn every_kind_of_mutation_has_its_words() {
        for kind in Body::KINDS {
            assert_ne!(change_name(kind), change_name("?"), "{kind}");
        }
    }
}
