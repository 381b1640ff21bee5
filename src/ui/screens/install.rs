//! The app as one of its own on this phone: in Paramètres always, and once on Accueil, quietly.

use crate::{
    device::{Till, handle::Install},
    ui::{
        components::asks,
        erase::{erase, live, on},
        icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// What there is to say about it, and the button where the browser has one.
pub fn card(till: Till) -> AnyView {
    let install = Memo::new(move |_| till.install.get());
    let told = move || {
        let said = said(install.get())?;
        let act = matches!(install.get(), Install::Offered { .. }).then(|| button(till, "btn btn--wide"));
        Some(erase(view! {
            <section class="card" aria-labelledby="p13">
                <h2 id="p13">{t!("Application")}</h2>
                <p role="status">{said}</p>
                {act}
            </section>
        }))
    };
    erase(live(told))
}

fn said(install: Install) -> Option<&'static str> {
    Some(match install {
        Install::Unknown => return None,
        Install::Done => t!("Comptoir est installé sur ce téléphone."),
        Install::Thanks => t!("Merci ! Comptoir est maintenant parmi vos applications."),
        Install::Offered { .. } => {
            t!("Installé, Comptoir s’ouvre d’un geste, sans réseau, et le navigateur garde mieux ses données.")
        }
        Install::Share => {
            t!("Pour l’installer : touchez Partager, puis « Sur l’écran d’accueil ».")
        }
        Install::Menu => t!(
            "Pour l’installer : ouvrez le menu du navigateur, puis « Installer l’application » ou « Ajouter à l’écran \
             d’accueil »."
        ),
        Install::Insecure => t!(
            "Cette page est venue en http : elle ne peut pas s’installer ni s’ouvrir sans réseau. Il faut une adresse en \
             https."
        ),
    })
}

fn button(till: Till, class: &'static str) -> AnyView {
    let take = on(move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.install();
        }
    });
    erase(view! {
        <button class=class type="button" on:click=take>{icons::download()} {t!("Installer l’application")}</button>
    })
}

/// On Accueil, once `sold`: who has not sold yet has other things to do. Put off, it is never said there again.
pub fn offer(till: Till, sold: Signal<bool>) -> AnyView {
    let shown = Memo::new(move |_| match till.install.get() {
        Install::Thanks => Some(true),
        Install::Offered { put_off: false } if sold.get() => Some(false),
        _ => None,
    });
    erase(live(move || {
        let thanks = shown.get()?;
        if thanks {
            return Some(asks(
                "ok",
                icons::circle_check(),
                t!("Merci !"),
                t!("Comptoir est maintenant parmi vos applications."),
                ().into_any(),
            ));
        }
        let later = on(move |_: MouseEvent| {
            if let Some(commands) = till.commands() {
                commands.put_off_install();
            }
        });
        let acts = erase(view! {
            <div class="notice__acts">
                <button class="btn" type="button" on:click=later>{t!("Non merci")}</button>
                {button(till, "btn")}
            </div>
        });
        let line = t!("Comptoir s’ouvre alors d’un geste, même sans réseau.");
        Some(asks("info", icons::smartphone(), t!("Installer Comptoir sur ce téléphone ?"), line, acts))
    }))
}
