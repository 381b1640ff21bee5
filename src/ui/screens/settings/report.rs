//! A report for who helps from afar: plain text of figures. No secret, no code, no person.

use super::dashboard;
use crate::{
    device::handle::{Measures, Status},
    domain::Day,
    sync::engine::SessionState,
    ui::{format, text},
};

/// The report of the last `days`.
pub fn text(status: &Status, seen: &Measures, products: usize, days: i64) -> String {
    let mut lines = vec![
        format!("Comptoir {}, échanges version {}", env!("CARGO_PKG_VERSION"), seen.protocol),
        format!("Le {}", format::date_time(seen.now_ms)),
    ];
    if let Some(own) = &status.installation {
        lines.push(format!("Boutique : {}, lettre {}", own.shop_name, own.prefix));
    }
    let session = match status.session {
        SessionState::Open => "ouverte",
        SessionState::Ended => "terminée",
        SessionState::Revoked => "téléphone retiré",
    };
    lines.push(format!("Réseau : {}, session {session}", if status.online { "oui" } else { "non" }));
    lines.push(format!("En attente d’envoi : {}", dashboard::total(seen)));
    for unsent in &seen.unsent {
        let (name, age) = (text::change_name(&unsent.kind), format::duration(unsent.oldest_ms));
        lines.push(format!("  {name} : {}, depuis {age}", unsent.count));
    }
    lines.push(format!("À décider : {}, dont sur ce téléphone {}", status.to_decide, seen.parked));
    lines.push(format!("Dernier envoi : {}", dashboard::when(seen.measured.pushed_ms, seen)));
    lines.push(format!("Dernière réception : {}", dashboard::when(seen.measured.pulled_ms, seen)));
    let last = format::duration(seen.measured.round_trip_ms);
    lines.push(format!("Temps de réponse : {last}, aujourd’hui {}", dashboard::round_trip(seen)));
    lines.push(format!("Internet ce mois-ci : {}", dashboard::transferred(&dashboard::this_month(seen))));
    let kept = if status.persistent == Some(true) { "protégées" } else { "non protégées" };
    lines.push(format!("Mémoire : {}, données {kept}", dashboard::room(seen)));
    lines.push(format!("Horloge : {}", dashboard::clock(seen.skew_ms)));
    lines.push(format!("Produits : {products}"));
    if let Some((rows, total)) = status.loading {
        lines.push(format!("Relecture : {rows} sur {total}"));
    }
    if let Some(problem) = status.storage_problem {
        lines.push(format!("Stockage : {problem:?}"));
    }
    if status.upgrade_needed {
        lines.push("Mise à jour demandée par le serveur".to_owned());
    }
    lines.push("Par jour : envoyés, attente moyenne, la plus longue, échecs, octets envoyés, reçus".to_owned());
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
    lines.push(format!("Navigateur : {}", seen.browser));
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
