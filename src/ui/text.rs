//! What errors say to a person: what happened, what was kept, what to do now. French first.

mod fields;

use super::format::number;
use crate::{
    device::handle::{CameraProblem, CommandError, Damaged, SignInError, StorageProblem},
    domain::{AdjustReason, Cause, Invalid, Role},
    sync::{
        CallError, Refusal,
        mutation::{Became, Edited},
        verdict::What,
    },
};
pub use fields::*;
pub fn refusal(refusal: &Refusal) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match refusal {
        Refusal::InsufficientStock { lines } => lines
            .iter()
            .map(|line| {
                t!(
                    "Stock insuffisant pour {name} : {available} disponibles, {asked} demandés",
                    name = line.name,
                    available = number(line.available),
                    asked = number(line.asked)
                )
            })
            .collect(),
        Refusal::CauseRefused { .. } => one(t!("Ce dont cela dépend a été refusé")),
        Refusal::Unknown { what: What::Product } => one(t!("Le serveur ne connaît pas ce produit")),
        Refusal::Unknown { .. } => one(t!("Le serveur ne connaît pas cet élément")),
        Refusal::Exists { what: What::Sale } => one(t!("Cette vente est déjà enregistrée")),
        Refusal::Exists { .. } => one(t!("Cet élément existe déjà")),
        Refusal::AlreadyVoided => one(t!("C’est déjà annulé")),
        Refusal::AlreadySettled => one(t!("Quelqu’un a déjà décidé")),
        Refusal::NotAllowed => one(t!("Cette personne n’a pas le droit de le faire")),
        Refusal::StockTooLarge => one(t!("Le stock serait trop grand")),
        // The detail is the server's own words, for who looks at its log.
        Refusal::Invalid { .. } => one(t!("Le serveur n’accepte pas ce qui a été tapé")),
        Refusal::Expired => one(t!("Refusé ; le détail n’est plus gardé")),
    }
}

/// What a kind of mutation did.
pub fn change_name(kind: &str) -> &'static str {
    match kind {
        "create_product" => t!("Nouveau produit"),
        "edit_product" => t!("Produit modifié"),
        "retire_product" => t!("Produit retiré"),
        "record_sale" => t!("Vente"),
        "void_sale" => t!("Annulation de vente"),
        "settle_refusal" => t!("Décision"),
        "adjust_stock" => t!("Correction de stock"),
        "count_stock" => t!("Comptage"),
        "receive_stock" => t!("Réception de marchandises"),
        "record_expense" => t!("Dépense"),
        "edit_expense" => t!("Dépense modifiée"),
        "void_expense" => t!("Dépense annulée"),
        "record_repayment" => t!("Crédit remboursé"),
        "void_repayment" => t!("Remboursement supprimé"),
        "edit_shop" => t!("Boutique modifiée"),
        _ => t!("Changement"),
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
        Role::Owner => t!("Propriétaire"),
        Role::Employee => t!("Employé"),
    }
}

/// What became of a refused sale.
pub fn became(became: Became) -> &'static str {
    match became {
        Became::RolledBack => t!("Panier rendu"),
        Became::Parked => t!("À décider"),
        Became::Cancelled => t!("Annulée, argent rendu"),
        Became::Retried => t!("Gardée, vente refaite"),
    }
}

/// Why the camera shows nothing, and what to do.
pub fn camera_problem(problem: CameraProblem) -> (&'static str, &'static str) {
    match problem {
        CameraProblem::NotAllowed => (
            t!("La caméra n’est pas permise"),
            t!("Touchez le cadenas à côté de l’adresse, permettez la caméra, puis ouvrez-la de nouveau."),
        ),
        CameraProblem::Insecure => (
            t!("La caméra demande une adresse en https"),
            t!("Cette page est venue en http : le navigateur n’y donne pas de caméra. Tapez le code, ou branchez un \
                 lecteur de codes-barres."),
        ),
        CameraProblem::Absent => {
            (t!("Pas de caméra ici"), t!("Tapez le code, ou branchez un lecteur de codes-barres."))
        }
        CameraProblem::Busy => {
            (t!("La caméra ne répond pas"), t!("Fermez l’application qui l’utilise, puis ouvrez-la de nouveau."))
        }
        CameraProblem::Incomplete => (
            t!("La lecture des codes n’est pas encore sur ce téléphone"),
            t!("Elle viendra avec le réseau. Tapez le code en attendant."),
        ),
    }
}

/// The server was asked, and did not answer.
pub fn not_reached() -> &'static str {
    t!("Le serveur ne répond pas. Réessayez avec le réseau.")
}

/// Why sales are voided, for most of them.
pub fn void_reasons() -> Vec<&'static str> {
    vec![t!("Erreur de saisie"), t!("Article rendu"), t!("Paiement échoué")]
}

/// What most shops pay for.
pub fn expense_kinds() -> Vec<&'static str> {
    vec![t!("Transport"), t!("Loyer"), t!("Électricité"), t!("Salaire"), t!("Autre")]
}

/// Why expenses are taken back, for most of them.
pub fn expense_void_reasons() -> Vec<&'static str> {
    vec![t!("Erreur de saisie"), t!("Saisie deux fois"), t!("Remboursée")]
}

/// Why a repayment is taken back.
pub fn repayment_void_reasons() -> Vec<&'static str> {
    vec![t!("Erreur de saisie"), t!("Saisie deux fois"), t!("Autre client")]
}

/// Why a product's stock moved.
pub fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Opening => t!("Stock de départ"),
        Cause::Sale { .. } => t!("Vente"),
        Cause::Void { .. } => t!("Vente annulée"),
        Cause::Received => t!("Réception"),
        Cause::Unchecked { .. } => t!("Trouvé : vendu au-delà du stock"),
        Cause::Count { .. } => t!("Comptage"),
        Cause::Adjust { reason } => adjust_reason(*reason),
    }
}

pub fn adjust_reason(reason: AdjustReason) -> &'static str {
    match reason {
        AdjustReason::Loss => t!("Perte"),
        AdjustReason::Breakage => t!("Casse"),
        AdjustReason::Expired => t!("Périmé"),
        AdjustReason::Count => t!("Inventaire"),
        AdjustReason::Other => t!("Autre"),
    }
}

pub fn command_error(error: &CommandError) -> String {
    match error {
        CommandError::NotReady => t!("Le téléphone n’est pas prêt. Rien n’est perdu : réessayez.").into(),
        CommandError::BeyondStock => {
            t!("Hors ligne, le propriétaire ne permet pas de vendre plus que le stock connu. Le panier est gardé.")
                .into()
        }
        CommandError::NobodySignedIn => t!("Personne n’est connecté. Le panier est gardé : connectez-vous.").into(),
        CommandError::OutboxFull => {
            t!("Trop de ventes attendent d’être envoyées. Retrouvez du réseau avant de vendre encore.").into()
        }
        CommandError::Storage(problem) => storage_problem(*problem).into(),
        CommandError::Invalid(invalid) => self::invalid(invalid).into(),
        CommandError::Unreadable(_) => {
            t!("Ce changement n’a pas pu être écrit. Rien n’est enregistré : réessayez.").into()
        }
        CommandError::AlreadyDecided => t!("Quelqu’un a déjà décidé.").into(),
    }
}

/// Which rule of the shop was broken.
fn invalid(invalid: &Invalid) -> &'static str {
    match invalid {
        Invalid::Money(_) => t!("Ce montant est trop grand, ou en dessous de zéro."),
        Invalid::Quantity(_) | Invalid::Delta(_) => t!("Cette quantité est trop grande, ou nulle."),
        Invalid::Units(_) => t!("Ce stock serait trop grand, ou en dessous de zéro."),
        Invalid::TextLength { .. } => t!("Un des textes est vide, ou trop long."),
        Invalid::TextCharacter => t!("Un des textes contient des signes cachés : tapez-le de nouveau."),
        Invalid::Receipt(_) => t!("Ce numéro de reçu n’est pas valable."),
        Invalid::Pin => t!("Le PIN a 4 à 6 chiffres."),
        Invalid::Count { .. } => t!("Il y en a trop à la fois, ou rien du tout."),
        Invalid::TendersDiffer { .. } => t!("Ce qui est payé n’est pas le total."),
        Invalid::GivenTooLittle { .. } => t!("Le client a donné moins que le prix."),
        Invalid::PaidOnCredit => t!("Ce qui est dû ne se paie pas à crédit."),
        Invalid::Day(_) => t!("Ce jour est à venir, ou trop ancien."),
        Invalid::Time(_) => t!("L’heure de ce téléphone est fausse : réglez-la, puis réessayez."),
    }
}

pub fn storage_problem(problem: StorageProblem) -> &'static str {
    match problem {
        StorageProblem::Unavailable => {
            t!(
                "Ce navigateur ne garde pas les données (navigation privée ?). Ouvrez Comptoir dans une fenêtre normale."
            )
        }
        StorageProblem::Full => {
            t!("La mémoire du téléphone est pleine. Rien n’est perdu : libérez de la place, réessayez.")
        }
        StorageProblem::BlockedByTab => {
            t!("Comptoir est ouvert ailleurs dans une version ancienne. Fermez les autres onglets.")
        }
        StorageProblem::Closed => t!("Une autre fenêtre a mis Comptoir à jour. Rechargez cette page."),
        StorageProblem::Busy => t!("Le téléphone est occupé. Rien n’est perdu : réessayez."),
        StorageProblem::AppIncomplete => {
            t!("Comptoir n’est pas encore tout entier sur ce téléphone : il attend le réseau.")
        }
    }
}

/// What was set aside because it does not read any more, and what becomes of it.
pub fn damaged(what: &Damaged) -> (&'static str, String) {
    // Of a sale, which.
    let of = |receipt: &Option<String>, told: &str| match receipt {
        Some(number) => format!("{} {told}", t!("Reçu {number}.", number)),
        None => told.to_owned(),
    };
    match what {
        Damaged::Unsent { receipt } => (
            t!("Changement non envoyé, illisible"),
            of(receipt, t!("Un changement attendait d’être envoyé et ne se lit plus. Il est gardé à part, rien n’est effacé, et \
                 le reste part. Montrez-le au propriétaire.")),
        ),
        Damaged::Undecided { receipt } => (
            t!("Décision illisible"),
            of(receipt, t!("Un changement à décider ne se lit plus. Il est gardé à part, rien n’est effacé. Montrez-le au \
                 propriétaire.")),
        ),
        Damaged::Sent => (
            t!("Copie illisible"),
            t!("La copie d’un changement que le serveur a reçu ne se lit plus. Elle est gardée à part ; rien n’est perdu.")
                .into(),
        ),
        Damaged::OfShop => (
            t!("Donnée de la boutique illisible"),
            t!("Elle est gardée à part, et relue sur le serveur dès qu’il y a du réseau. Vendez.").into(),
        ),
        Damaged::Cart => (
            t!("Panier illisible"),
            t!("Rien n’en était encore vendu. Il est gardé à part. Refaites-le avec le client.").into(),
        ),
        Damaged::OfPhone => (
            t!("Réglage du téléphone illisible"),
            t!("Il est gardé à part et remis à neuf. Ce qui attend d’être envoyé est là.").into(),
        ),
        Damaged::OfImport => (
            t!("Une partie d’un fichier à importer est illisible"),
            t!("Elle est gardée à part. Choisissez le même fichier encore une fois : ce qui manque sera importé.").into(),
        ),
    }
}

pub fn sign_in_error(error: &SignInError) -> String {
    match error {
        SignInError::WrongPin { tries_left: 1 } => t!("PIN faux. Il reste un essai.").into(),
        SignInError::WrongPin { tries_left } => t!("PIN faux. Il reste {tries_left} essais.", tries_left),
        SignInError::Locked { for_ms } => {
            t!("Trop d’essais. Réessayez dans {seconds} s.", seconds = number((for_ms + 999) / 1_000))
        }
        SignInError::NeedsNetwork => {
            t!("Il faut le réseau pour cette première fois. Réessayez quand il revient.").into()
        }
        SignInError::Refused(CallError::WrongCode) => t!("Ce code n’est pas valable. Demandez-en un nouveau.").into(),
        SignInError::Refused(CallError::TryLater) => t!("Le serveur est occupé. Réessayez.").into(),
        SignInError::Refused(_) => t!("Le serveur a refusé. Demandez au propriétaire.").into(),
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
