//! The dashboard: what this phone knows of its synchronisation. None of it is loaded before somebody opens Paramètres.

use super::{chart, export, help, identity, notices, rules, shop};
use crate::{
    device::{Till, handle::Measures},
    domain::Day,
    sync::engine::MeasuredDay,
    ui::{
        components::facts,
        erase::{erase, live, on},
        format, icons, text,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use std::time::Duration;

/// How often what changes by itself, such as an age, is read again.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A clock that is off by less is right.
const CLOCK_OFF_MS: i64 = 30_000;

pub type Seen = RwSignal<Option<Measures>>;

pub fn draw(till: Till) -> AnyView {
    let seen: Seen = RwSignal::new(None);
    look(till, seen);
    erase(
        view! { {synchronisation(till, seen)} {costs(till, seen)} {chart::draw(seen)} {phone(till, seen)} {shop::draw(till)} {identity::draw(till)} {rules::draw(till)} {export::draw(till)} {notices::draw(till)} {help::draw(till, seen)} },
    )
}

/// Reads what is measured now, and with every change of where the phone stands.
fn look(till: Till, seen: Seen) {
    let read = move || {
        let Some(commands) = till.commands() else { return };
        spawn_local(async move {
            // A storage that fails says so in the banner.
            if let Ok(measures) = commands.measures().await {
                drop(seen.try_set(Some(measures))); // the screen may be gone by now
            }
        });
    };
    Effect::new(move |_| {
        till.status.track();
        if till.connected() {
            read();
        }
    });
    if let Ok(timer) = set_interval_with_handle(read, LOOK_EVERY) {
        on_cleanup(move || timer.clear());
    }
}

/// A figure that follows what is measured.
fn figure(seen: Seen, say: fn(&Measures) -> String) -> AnyView {
    erase(live(move || seen.with(|seen| seen.as_ref().map_or_else(|| "…".to_owned(), say))))
}

fn synchronisation(till: Till, seen: Seen) -> AnyView {
    let synchronise = move |_: MouseEvent| {
        if let Some(commands) = till.commands() {
            commands.synchronise();
        }
    };
    let kinds = Memo::new(move |_| {
        let said = |seen: &Measures| {
            let kinds = seen.unsent.iter().map(|unsent| {
                let (name, age) = (text::change_name(&unsent.kind), format::duration(unsent.oldest_ms));
                (name, t!("{number}, depuis {age}", number = format::number(unsent.count as i64), age))
            });
            kinds.collect::<Vec<_>>()
        };
        seen.with(|seen| seen.as_ref().map(said).unwrap_or_default())
    });
    let waiting = live(move || {
        let kinds = kinds.get();
        (!kinds.is_empty()).then(|| {
            let kinds = kinds.into_iter().map(|(name, said)| (name, said.into_any())).collect();
            erase(view! { <div class="facts-of">{facts(kinds)}</div> })
        })
    });
    let unsent = facts(vec![(t!("En attente d’envoi"), figure(seen, total))]);
    let standing = facts(vec![
        (t!("À décider sur ce téléphone"), figure(seen, |seen| format::number(seen.parked as i64))),
        (t!("Dernier envoi"), figure(seen, |seen| when(seen.measured.pushed_ms, seen))),
        (t!("Dernière réception"), figure(seen, |seen| when(seen.measured.pulled_ms, seen))),
        (t!("Temps de réponse"), figure(seen, round_trip)),
    ]);
    erase(view! {
        <section class="card" aria-labelledby="p2">
            <h2 id="p2">{t!("Synchronisation")}</h2>
            <div>{unsent} {waiting} {standing}</div>
            <button class="btn btn--wide" type="button" on:click=on(synchronise)>
                {icons::refresh_cw()} {t!("Synchroniser maintenant")}
            </button>
        </section>
    })
}

pub fn total(seen: &Measures) -> String {
    format::number(seen.unsent.iter().map(|unsent| unsent.count as i64).sum())
}

pub fn when(at_ms: i64, seen: &Measures) -> String {
    if at_ms == 0 { t!("jamais").to_owned() } else { format::ago(at_ms, seen.now_ms) }
}

pub fn round_trip(seen: &Measures) -> String {
    match today(seen).mean_round_trip_ms() {
        Some(mean_ms) => format::duration(mean_ms),
        None => "…".to_owned(),
    }
}

fn today(seen: &Measures) -> MeasuredDay {
    let today = Day::of_ms(seen.now_ms);
    seen.measured.between(today, today)
}

pub fn this_month(seen: &Measures) -> MeasuredDay {
    let today = Day::of_ms(seen.now_ms);
    let (year, month, _) = today.civil();
    seen.measured.between(Day::from_civil(year, month, 1).unwrap_or(today), today)
}

/// What it costs: bytes are paid for, and a full phone loses data.
fn costs(till: Till, seen: Seen) -> AnyView {
    let kept = move || match till.status.with(|status| status.persistent) {
        Some(true) => t!("Protégées"),
        Some(false) => t!("Le navigateur peut les effacer : installez l’application"),
        None => "…",
    };
    let costs = facts(vec![
        (t!("Internet aujourd’hui"), figure(seen, |seen| transferred(&today(seen)))),
        (t!("Internet ce mois-ci"), figure(seen, |seen| transferred(&this_month(seen)))),
        (t!("Mémoire utilisée"), figure(seen, room)),
        (t!("Données sur ce téléphone"), erase(live(kept))),
    ]);
    erase(view! {
        <section class="card" aria-labelledby="p5"><h2 id="p5">{t!("Internet et mémoire")}</h2>{costs}</section>
    })
}

pub fn transferred(day: &MeasuredDay) -> String {
    t!(
        "{sent} envoyés, {received} reçus",
        sent = format::bytes(day.sent_bytes),
        received = format::bytes(day.received_bytes)
    )
}

pub fn room(seen: &Measures) -> String {
    match seen.room {
        Some(room) => {
            t!("{used} sur {allowed} permis", used = format::bytes(room.used), allowed = format::bytes(room.allowed))
        }
        None => t!("inconnue").to_owned(),
    }
}

fn phone(till: Till, seen: Seen) -> AnyView {
    let status = till.status;
    let own = move || status.with(|status| status.installation.clone());
    let products = move || match till.ready.get() {
        true => format::number(till.products_count() as i64),
        false => "…".to_owned(),
    };
    let phone = facts(vec![
        (t!("Boutique"), erase(live(move || own().map(|own| own.shop_name).unwrap_or_default()))),
        (t!("Nom"), erase(live(move || own().map(|own| own.name).unwrap_or_default()))),
        (t!("Lettre des reçus"), erase(live(move || own().map(|own| own.prefix).unwrap_or_default()))),
        (t!("Produits"), erase(live(products))),
        (t!("Horloge"), figure(seen, |seen| clock(seen.skew_ms))),
        (t!("Version"), env!("CARGO_PKG_VERSION").into_any()),
        (t!("Version des échanges"), figure(seen, |seen| seen.protocol.to_string())),
    ]);
    erase(view! { <section class="card" aria-labelledby="p3"><h2 id="p3">{t!("Ce téléphone")}</h2>{phone}</section> })
}

/// `skew_ms`: the server's clock minus this phone's.
pub fn clock(skew_ms: i64) -> String {
    let off = format::duration(skew_ms.saturating_abs());
    match skew_ms {
        ms if ms.saturating_abs() < CLOCK_OFF_MS => t!("à l’heure").to_owned(),
        1.. => t!("en retard de {off}", off),
        _ => t!("en avance de {off}", off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::day::DAY_MS,
        sync::engine::{Asked, Measured},
    };

    const NOW_MS: i64 = 1_795_000_000_000; // the 18th of November

    #[test]
    fn the_month_begins_on_its_first_day() {
        let mut measured = Measured::default();
        for days in [0, 17, 18] {
            measured.transferred(NOW_MS - days * DAY_MS, 10, 100);
        }
        measured.answered(Asked::Pull, NOW_MS, 50);
        let seen = Measures { measured, now_ms: NOW_MS, ..Measures::default() };
        assert_eq!((today(&seen).received_bytes, this_month(&seen).received_bytes), (100, 200));
        assert_eq!(transferred(&this_month(&seen)), "20\u{202f}o envoyés, 200\u{202f}o reçus");
    }

    #[test]
    fn a_clock_is_said_to_be_off_from_half_a_minute_on() {
        assert_eq!(clock(-29_000), "à l’heure");
        assert_eq!(clock(180_000), "en retard de 3\u{202f}min");
        assert_eq!(clock(-7_200_000), "en avance de 2\u{202f}h");
        assert_eq!(clock(i64::MIN), clock(i64::MIN + 1));
    }
}
