//! A phone that dies with sales on it: its queue in a file, and such a file sent by another phone.

use super::dashboard::Seen;
use crate::{
    device::{
        Till,
        handle::{HandInError, Prepared},
    },
    sync::{CallError, handover::HandedIn},
    ui::{
        components::input,
        erase::{erase, live, on},
        icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

const FILE: &str = "handed-file";
const CODE: &str = "handed-code";

pub fn draw(till: Till, seen: Seen) -> AnyView {
    erase(view! {
        <details class="more">
            <summary>{icons::chevron_down()} {t!("Ce téléphone ne peut plus envoyer")}</summary>
            <div>{prepare(till, seen)}</div>
        </details>
        <details class="more">
            <summary>{icons::chevron_down()} {t!("Envoyer pour un autre téléphone")}</summary>
            <div>{hand_in(till)}</div>
        </details>
    })
}

fn prepare(till: Till, seen: Seen) -> AnyView {
    let prepared = RwSignal::new(None::<Option<Prepared>>);
    let busy = RwSignal::new(false);
    let nothing = Memo::new(move |_| seen.with(|seen| seen.as_ref().is_none_or(|seen| seen.unsent.is_empty())));
    let prepare = move |_: MouseEvent| {
        let Some(commands) = till.commands() else { return };
        busy.set(true);
        spawn_local(async move {
            let file = commands.prepare_file().await;
            let _ = busy.try_set(false); // the screen may be gone by now
            drop(prepared.try_set(Some(file)));
        });
    };
    let give = move |_: MouseEvent| {
        let Some(commands) = till.commands() else { return };
        spawn_local(async move {
            if !commands.give_file().await {
                drop(prepared.try_set(Some(None)));
            }
        });
    };
    let file = live(move || match prepared.get()? {
        Some(Prepared { count, code }) => Some(erase(view! {
            <p role="status">{count!(count as i64, "changement est dans le fichier. Notez ce code :", "changements sont dans le fichier. Notez ce code :")}</p>
            <p class="code">{code}</p>
            <p class="small muted">
                {t!("Il n’est montré qu’une fois, et sans lui le fichier ne s’ouvre pas. Ne l’envoyez pas avec le fichier. Ce qui attend reste aussi sur ce téléphone.")}
            </p>
            <button class="btn btn--wide" type="button" on:click=on(give)>{icons::download()} {t!("Donner le fichier")}</button>
        })),
        None => Some(erase(
            view! { <p class="field__error" role="alert">{t!("Ce navigateur ne peut pas faire le fichier.")}</p> },
        )),
    });
    erase(view! {
        <p class="small muted">
            {t!("Met ce qui attend d’être envoyé dans un fichier fermé par un code. Un autre téléphone de la boutique l’envoie à sa place ; rien n’est compté deux fois.")}
        </p>
        <button
            class="btn btn--wide"
            type="button"
            disabled=live(move || nothing.get() || busy.get())
            on:click=on(prepare)
        >
            {icons::lock()}
            {live(move || match (nothing.get(), busy.get()) {
                (true, _) => t!("Rien n’attend d’être envoyé"),
                (_, true) => t!("Préparation…"),
                _ => t!("Préparer le fichier"),
            })}
        </button>
        {file}
    })
}

fn hand_in(till: Till) -> AnyView {
    let (code, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let done = RwSignal::new(None::<Result<HandedIn, HandInError>>);
    let send = move |_: MouseEvent| {
        let Some(commands) = till.commands() else { return };
        busy.set(true);
        done.set(None);
        spawn_local(async move {
            let handed = commands.hand_in(FILE.to_owned(), code.get_untracked()).await;
            let _ = busy.try_set(false); // the screen may be gone by now
            drop(done.try_set(Some(handed)));
        });
    };
    let said = live(move || {
        Some(match done.get()? {
            Ok(handed) => erase(view! { <p role="status">{became(&handed)}</p> }),
            Err(error) => erase(view! { <p class="field__error" role="alert">{wrong(&error)}</p> }),
        })
    });
    erase(view! {
        <div class="field">
            <label class="field__label" for=FILE>{t!("Le fichier de l’autre téléphone")}</label>
            <input class="input" id=FILE type="file" />
        </div>
        <div class="field">
            <label class="field__label" for=CODE>{t!("Son code de 20 chiffres")}</label>
            {input(CODE, "input", "numeric", "40", code)}
        </div>
        <button class="btn btn--wide" type="button" disabled=live(move || busy.get()) on:click=on(send)>
            {live(move || if busy.get() { t!("Envoi…") } else { t!("Envoyer le fichier") })}
        </button>
        {said}
    })
}

fn became(handed: &HandedIn) -> String {
    let n = |count: usize| count as i64;
    let received = count!(n(handed.received), "changement reçu", "changements reçus");
    let mut said = vec![t!(
        "{phone} ({prefix}) : {received} par le serveur.",
        phone = handed.phone,
        prefix = handed.prefix,
        received
    )];
    if handed.refused > 0 {
        said.push(t!(
            "{refused} : voyez À décider dans une minute.",
            refused = count!(n(handed.refused), "refusé", "refusés")
        ));
    }
    if handed.conflicts > 0 {
        let edits = count!(n(handed.conflicts), "modification n’a pas été faite", "modifications n’ont pas été faites");
        said.push(t!("{edits} : quelqu’un a changé la même chose. Voyez À décider.", edits));
    }
    if handed.quarantined > 0 {
        said.push(t!("{kept} à part pour le propriétaire.", kept = count!(n(handed.quarantined), "gardé", "gardés")));
    }
    if handed.left > 0 {
        said.push(t!(
            "{left} : envoyez le fichier encore une fois plus tard.",
            left = count!(n(handed.left), "reste", "restent")
        ));
    }
    said.join(" ")
}

fn wrong(error: &HandInError) -> String {
    match error {
        HandInError::NoFile => t!("Choisissez d’abord le fichier.").into(),
        HandInError::NotOurs => t!("Ce n’est pas un fichier de Comptoir, ou il est abîmé.").into(),
        HandInError::TooNew => t!("Ce fichier vient d’une version plus récente. Mettez Comptoir à jour.").into(),
        HandInError::WrongCode => t!("Ce code n’ouvre pas ce fichier. Vérifiez les 20 chiffres.").into(),
        HandInError::NeedsNetwork => {
            t!("Le serveur n’a pas répondu. Rien n’est perdu : réessayez avec du réseau.").into()
        }
        HandInError::OtherShop => t!("Ce fichier est d’une autre boutique.").into(),
        HandInError::Refused(CallError::NotSignedIn) => t!("Entrez d’abord votre PIN, avec du réseau.").into(),
        HandInError::Refused(_) => t!("Le serveur a refusé. Demandez au propriétaire.").into(),
        HandInError::Storage(problem) => text::storage_problem(*problem).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_file_is_said_whole() {
        let (phone, prefix) = ("Un".to_owned(), "A".to_owned());
        let all = HandedIn { phone, prefix, received: 12, ..HandedIn::default() };
        assert_eq!(became(&all), "Un (A) : 12 changements reçus par le serveur.");
        let some = HandedIn { refused: 1, conflicts: 1, quarantined: 2, left: 1, ..all };
        let said = became(&some);
        for part in ["1 refusé : voyez", "1 modification n’a pas", "2 gardés à part", "1 reste : envoyez"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
