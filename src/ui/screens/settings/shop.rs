//! For an owner: every device of the shop, what it made and what arrived, and what was refused.

use super::chart::short;
use crate::{
    device::{Till, handle::Status},
    sync::{
        CallError,
        engine::SessionState,
        wire::{DeviceRow, DevicesAnswer, Gap, TroubleRow},
    },
    ui::{
        erase::{erase, live, on},
        format::{self, number},
        icons,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

/// What is there to show.
#[derive(Clone, PartialEq)]
enum Shop {
    Asked,
    Told(Box<DevicesAnswer>),
    Failed(CallError),
}

pub fn draw(till: Till) -> AnyView {
    let shop = RwSignal::new(Shop::Asked);
    let owner = Memo::new(move |_| till.status.with(Status::is_owner));
    let reached = Memo::new(move |_| {
        till.connected() && till.status.with(|status| status.online && status.session == SessionState::Open)
    });
    let ask = move || {
        let Some(commands) = till.commands() else { return };
        shop.set(Shop::Asked);
        spawn_local(async move {
            let told = match commands.devices().await {
                Ok(answer) => Shop::Told(Box::new(answer)),
                Err(error) => Shop::Failed(error),
            };
            drop(shop.try_set(told)); // the screen may be gone by now
        });
    };
    Effect::new(move |_| {
        if owner.get() && reached.get() {
            ask();
        }
    });
    let inside = move || match (reached.get(), shop.get()) {
        (false, _) => say(t!("Il faut le réseau pour voir les autres téléphones. Ceux-ci continuent de vendre.")),
        (true, Shop::Asked) => say(t!("Demande au serveur…")),
        (true, Shop::Failed(CallError::NotAllowed)) => {
            say(t!("Seul le propriétaire voit les téléphones de la boutique."))
        }
        (true, Shop::Failed(CallError::NotReached { .. } | CallError::TryLater)) => {
            say(t!("Le serveur n’a pas répondu. Réessayez."))
        }
        (true, Shop::Failed(_)) => say(t!("Le serveur a refusé de répondre.")),
        (true, Shop::Told(answer)) => told(till, &answer),
    };
    erase(live(move || {
        owner.get().then(|| {
            let again = on(move |_: MouseEvent| ask());
            erase(view! {
                <section class="card" aria-labelledby="p8">
                    <h2 id="p8">{t!("Téléphones de la boutique")}</h2>
                    {live(inside)}
                    <button class="btn btn--wide" type="button" disabled=live(move || !reached.get()) on:click=again>
                        {icons::refresh_cw()} {t!("Actualiser")}
                    </button>
                </section>
            })
        })
    }))
}

fn say(said: &'static str) -> AnyView {
    erase(view! { <p class="small muted" role="status">{said}</p> })
}

fn told(till: Till, answer: &DevicesAnswer) -> AnyView {
    let own = till.status.with_untracked(|status| status.installation.as_ref().map(|own| own.prefix.clone()));
    let devices: Vec<AnyView> = answer
        .devices
        .iter()
        .map(|device| row(device, own.as_ref() == Some(&device.prefix), answer.server_now_ms))
        .collect();
    erase(view! { <ul class="devices">{devices}</ul> {troubles(&answer.troubles)} })
}

fn row(device: &DeviceRow, own: bool, now_ms: i64) -> AnyView {
    let heard = match device.last_contact_ms {
        Some(at_ms) => t!("vu {when}", when = format::ago(at_ms, now_ms)),
        None => t!("n’a encore rien envoyé").to_owned(),
    };
    let heard = match device.app.as_str() {
        "" => heard,
        app => t!("{heard} · version {app}", heard, app),
    };
    let here = own.then(|| erase(view! { <span class="tag">{t!("ce téléphone")}</span> }));
    let revoked = device.revoked.then(|| erase(view! { <span class="tag tag--bad">{t!("retiré")}</span> }));
    let (class, counts) = counts(device);
    erase(view! {
        <li>
            <p class="devices__name"><strong>{device.name.clone()}</strong>" ("{device.prefix.clone()}") "{here}{revoked}</p>
            <p class=class>{counts}</p>
            <p class="small muted">{heard}</p>
        </li>
    })
}

/// What it made against what arrived: a promise kept, on its way, or broken (G15).
fn counts(device: &DeviceRow) -> (&'static str, String) {
    // What another phone handed in for it, it has not said yet.
    let made = device.made.max(device.received);
    let (done, arrived) = (made as i64, device.received as i64);
    let both = format!("{}, {}", count!(done, "fait", "faits"), count!(arrived, "reçu", "reçus"));
    let numbers = gaps(&device.missing);
    match (made - device.received, device.waiting) {
        (0, _) => ("ok", both),
        (lacks, waiting) if waiting >= lacks => (
            "warn",
            t!("{both} : {lacks} encore sur le téléphone ({numbers})", both, lacks = number(lacks as i64), numbers),
        ),
        (lacks, waiting) => {
            let lost = count!((lacks - waiting) as i64, "manque", "manquent");
            ("bad", format!("{both} : {lost} ({numbers})"))
        }
    }
}

/// `n° 3 à 4, 6`.
fn gaps(gaps: &[Gap]) -> String {
    let numbers: Vec<String> = gaps
        .iter()
        .map(|gap| match gap.last - gap.first {
            0 => number(gap.first as i64),
            _ => t!("{first} à {last}", first = number(gap.first as i64), last = number(gap.last as i64)),
        })
        .collect();
    let numbers = numbers.join(", ");
    t!("n° {numbers}", numbers)
}

fn troubles(days: &[TroubleRow]) -> AnyView {
    if days.is_empty() {
        return erase(view! { <p class="ok">{t!("Rien n’a été refusé ces 14 derniers jours.")}</p> });
    }
    let rows: Vec<AnyView> = days
        .iter()
        .rev()
        .map(|day| {
            let figures = [day.refused, day.decided, day.undecided, day.conflicts];
            let figures: Vec<AnyView> =
                figures.into_iter().map(|n| erase(view! { <td>{number(n as i64)}</td> })).collect();
            erase(view! { <tr><th scope="row">{short(day.day)}</th>{figures}</tr> })
        })
        .collect();
    let heads = [t!("Jour"), t!("Refusés"), t!("Décidés"), t!("À décider"), t!("Deux valeurs")];
    let heads: Vec<AnyView> = heads.into_iter().map(|head| erase(view! { <th scope="col">{head}</th> })).collect();
    erase(view! {
        <h3 id="p9">{t!("Refus et désaccords")}</h3>
        <table class="figures" aria-labelledby="p9">
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::InstallationId;

    #[test]
    fn what_a_phone_still_holds_is_not_what_is_lost() {
        let device = |made, waiting, received, missing: &[(u64, u64)]| DeviceRow {
            installation: InstallationId(uuid::Uuid::nil()),
            name: "Un".into(),
            prefix: "A".into(),
            app: String::new(),
            last_contact_ms: None,
            made,
            waiting,
            received,
            missing: missing.iter().map(|(first, last)| Gap { first: *first, last: *last }).collect(),
            revoked: false,
            holds_costs: false,
        };
        assert_eq!(counts(&device(42, 0, 42, &[])), ("ok", "42 faits, 42 reçus".into()));
        assert_eq!(counts(&device(1, 0, 1, &[])), ("ok", "1 fait, 1 reçu".into()));
        assert_eq!(counts(&device(40, 0, 42, &[])), ("ok", "42 faits, 42 reçus".into()));
        let (class, said) = counts(&device(42, 3, 39, &[(3, 4), (42, 42)]));
        assert_eq!((class, said.as_str()), ("warn", "42 faits, 39 reçus : 3 encore sur le téléphone (n° 3 à 4, 42)"));
        let (class, said) = counts(&device(42, 1, 40, &[(7, 7), (42, 42)]));
        assert_eq!((class, said.as_str()), ("bad", "42 faits, 40 reçus : 1 manque (n° 7, 42)"));
    }
}
