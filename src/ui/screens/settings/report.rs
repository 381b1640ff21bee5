//! A report for who helps from afar: plain text of figures. No secret, no code, no person.

use super::dashboard;
use crate::{
    device::handle::{Measures, Status},
    domain::Day,
    sync::engine::{Freshness, SessionState},
    ui::{format, text},
};

/// The report of the last `days`.
pub fn text(status: &Status, seen: &Measures, products: usize, days: i64) -> String {
    let mut lines = vec![
        t!(
            "Comptoir {version}, échanges version {protocol}",
            version = env!("CARGO_PKG_VERSION"),
            protocol = seen.protocol
        ),
        t!("Le {when}", when = format::date_time(seen.now_ms)),
    ];
    if let Some(own) = &status.installation {
        lines.push(t!("Boutique : {shop_name}, lettre {prefix}", shop_name = own.shop_name, prefix = own.prefix));
    }
    let session = match status.session {
        SessionState::Open => t!("ouverte"),
        SessionState::Ended => t!("terminée"),
        SessionState::Revoked => t!("téléphone retiré"),
    };
    lines.push(t!(
        "Réseau : {online}, session {session}",
        online = if status.online { t!("oui") } else { t!("non") },
        session
    ));
    let server = match status.freshness {
        Freshness::Current => t!("tout est reçu"),
        Freshness::Unknown => t!("pas encore de réponse"),
        Freshness::Silent => t!("pas de réponse"),
        Freshness::Behind => t!("d’une autre version"),
    };
    lines.push(t!("Serveur : {server}", server));
    lines.push(t!("En attente d’envoi : {total}", total = dashboard::total(seen)));
    for unsent in &seen.unsent {
        let (name, age) = (text::change_name(&unsent.kind), format::duration(unsent.oldest_ms));
        lines.push(format!("  {}", t!("{name} : {number}, depuis {age}", name, number = unsent.count, age)));
    }
    lines.push(t!(
        "À décider : {to_decide}, dont sur ce téléphone {parked}",
        to_decide = status.to_decide,
        parked = seen.parked
    ));
    lines.push(t!("Dernier envoi : {when}", when = dashboard::when(seen.measured.pushed_ms, seen)));
    lines.push(t!("Dernière réception : {when}", when = dashboard::when(seen.measured.pulled_ms, seen)));
    let last = format::duration(seen.measured.round_trip_ms);
    lines.push(t!("Temps de réponse : {last}, aujourd’hui {today}", last, today = dashboard::round_trip(seen)));
    lines.push(t!("Internet ce mois-ci : {bytes}", bytes = dashboard::transferred(&dashboard::this_month(seen))));
    let kept = if status.persistent == Some(true) { t!("protégées") } else { t!("non protégées") };
    lines.push(t!("Mémoire : {room}, données {kept}", room = dashboard::room(seen), kept));
    lines.push(t!("Horloge : {skew}", skew = dashboard::clock(seen.skew_ms)));
    lines.push(t!("Produits : {products}", products));
    if let Some((rows, total)) = status.loading {
        lines.push(t!("Relecture : {rows} sur {total}", rows, total));
    }
    if let Some(problem) = status.storage_problem {
        lines.push(t!("Stockage : {problem}", problem = format!("{problem:?}")));
    }
    if status.upgrade_needed {
        lines.push(t!("Mise à jour demandée par le serveur").to_owned());
    }
    lines.push(t!("Par jour : envoyés, attente moyenne, la plus longue, échecs, octets envoyés, reçus").to_owned());
    for day in seen.measured.last_days(Day::of_ms(seen.now_ms), days) {
        let said = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), format::duration);
        lines.push(format!(
            "  {} : {}, {}, {}, {}, {}, {}",
            day.day,
            day.verdicts,
            said(day.mean_delay_ms()),
            said((day.verdicts > 0).then_some(day.longest_ms)),
            day.errors,
            format::bytes(day.sent_bytes),
            format::bytes(day.received_bytes)
        ));
    }
    lines.push(t!("Navigateur : {browser}", browser = seen.browser));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device::handle::InstallationStatus,
        domain::{Label, Role, UserId},
        sync::{
            engine::{Asked, Measured, Unsent},
            wire::PersonRow,
        },
    };

    const NOW_MS: i64 = 1_795_000_000_000;

    #[test]
    fn a_report_has_figures_and_names_nobody() {
        let mut measured = Measured::default();
        measured.answered(Asked::Push, NOW_MS - 120_000, 340);
        let unsent = vec![Unsent { kind: "record_sale".into(), count: 2, oldest_ms: 720_000 }];
        let seen = Measures { unsent, measured, now_ms: NOW_MS, browser: "Chromium".into(), ..Measures::default() };
        let name = Label::new("Mariama Diallo").unwrap();
        let status = Status {
            online: true,
            actor: Some(PersonRow { id: UserId(uuid::Uuid::nil()), name, role: Role::Owner, retired: false }),
            installation: Some(InstallationStatus {
                name: "Téléphone de Mariama".into(),
                prefix: "B".into(),
                shop_name: "Boutique Madina".into(),
                holds_costs: true,
            }),
            ..Status::default()
        };
        let report = text(&status, &seen, 20, 2);
        let plain = report.replace('\u{202f}', " ");
        for line in
            ["Boutique : Boutique Madina, lettre B", "  Vente : 2, depuis 12 min", "Dernier envoi : il y a 2 min"]
        {
            assert!(plain.contains(line), "{line}\n{report}");
        }
        assert!(!report.contains("Mariama"), "{report}");
        assert_eq!(report.lines().filter(|line| line.contains(" : 0, –")).count(), 2, "{report}");
    }
}
