//! What errors say to a person: what happened, what was kept, what to do now. French first.

use super::format::number;
use crate::{
    device::handle::{CommandError, SignInError, StorageProblem},
    sync::{CallError, Refusal, verdict::What},
};

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

pub fn command_error(error: &CommandError) -> String {
    match error {
        CommandError::NotReady => "Le téléphone n’est pas prêt. Rien n’est perdu : réessayez.".into(),
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
