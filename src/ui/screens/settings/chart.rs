//! The last fourteen days of this phone: how long its changes waited for the server's word, and what failed.

use super::dashboard::Seen;
use crate::{
    domain::Day,
    sync::engine::MeasuredDay,
    ui::{
        erase::{erase, live},
        format, icons,
    },
};
use leptos::prelude::*;
use std::fmt::Write;

pub const DAYS: i64 = 14;

/// Units of the drawing. It grows to the width there is, up to what keeps its figures readable.
const WIDTH: i64 = 320;
const HEIGHT: i64 = 96;
/// Room for the scale's words.
const LEFT: i64 = 40;
const STEP: i64 = (WIDTH - LEFT) / DAYS;
const BAR: i64 = STEP - 4;

/// Waits from a second to days: each line of the scale is so many times the one below it.
fn scale() -> [(i64, &'static str); 4] {
    [(1_000, "1 s"), (60_000, "1 min"), (3_600_000, "1 h"), (86_400_000, t!("1 jour"))]
}
/// What stands on the ground, and what reaches the top.
const LEAST_MS: f64 = 100.0;
const MOST_MS: f64 = 3.0 * 86_400_000.0;

pub fn draw(seen: Seen) -> AnyView {
    let days = Memo::new(move |_| {
        seen.with(|seen| seen.as_ref().map(|seen| seen.measured.last_days(Day::of_ms(seen.now_ms), DAYS)))
    });
    let chart = live(move || days.get().map(|days| of(&days)));
    erase(view! {
        <section class="card" aria-labelledby="p6"><h2 id="p6">{t!("Les 14 derniers jours")}</h2>{chart}</section>
    })
}

fn of(days: &[MeasuredDay]) -> AnyView {
    let longest = days.iter().map(|day| day.longest_ms).max().unwrap_or_default();
    let errors: u64 = days.iter().map(|day| day.errors).sum();
    let waits = match longest {
        0 => t!("Rien n’a été envoyé.").to_owned(),
        ms => t!("Attente avant la réponse du serveur : au plus {most}.", most = format::duration(ms)),
    };
    let failed = match errors {
        0 => t!("Aucun envoi n’a échoué.").to_owned(),
        n => t!(
            "{failures}, sans perte : réessayés.",
            failures = count!(n as i64, "échec du réseau", "échecs du réseau")
        ),
    };
    erase(view! {
        <div class="chart">
            <p class="small">{waits}</p>
            {svg(delays(days))}
            {ends(days)}
            <p class="small">{failed}</p>
            {svg(failures(days))}
            {ends(days)}
        </div>
        <details class="more">
            <summary>{icons::chevron_down()} {t!("En chiffres")}</summary>
            {table(days)}
        </details>
    })
}

/// The figures are in the table: what is drawn says nothing more.
fn svg(shapes: String) -> AnyView {
    let frame = format!("0 0 {WIDTH} {HEIGHT}");
    erase(view! { <svg class="chart__bars" viewBox=frame aria-hidden="true" inner_html=shapes></svg> })
}

fn ends(days: &[MeasuredDay]) -> AnyView {
    let first = days.first().map(|day| short(day.day)).unwrap_or_default();
    erase(view! { <p class="chart__ends" aria-hidden="true"><span>{first}</span><span>{t!("aujourd’hui")}</span></p> })
}

/// `23/11`.
pub fn short(day: Day) -> String {
    let (_, month, day) = day.civil();
    format!("{day:02}/{month:02}")
}

/// The longest wait of each day, and within it the mean.
fn delays(days: &[MeasuredDay]) -> String {
    let mut shapes = String::new();
    for (ms, said) in scale() {
        line(&mut shapes, delay_height(ms), said);
    }
    for (place, day) in days.iter().enumerate() {
        bar(&mut shapes, place, delay_height(day.longest_ms), "chart__most");
        bar(&mut shapes, place, delay_height(day.mean_delay_ms().unwrap_or_default()), "chart__mean");
    }
    shapes
}

fn failures(days: &[MeasuredDay]) -> String {
    // Of few errors, one is low.
    let most = days.iter().map(|day| day.errors).max().unwrap_or_default().max(4);
    let height = |errors: u64| (errors as f64 / most as f64 * (HEIGHT - 16) as f64).ceil() as i64;
    let mut shapes = String::new();
    line(&mut shapes, height(most), &most.to_string());
    line(&mut shapes, 0, "0");
    for (place, day) in days.iter().enumerate() {
        bar(&mut shapes, place, height(day.errors), "chart__failed");
    }
    shapes
}

/// By its order of magnitude: a second and a day are both to be seen.
fn delay_height(ms: i64) -> i64 {
    let share = ((ms as f64).max(LEAST_MS) / LEAST_MS).ln() / (MOST_MS / LEAST_MS).ln();
    (share.min(1.0) * (HEIGHT - 8) as f64).round() as i64
}

fn bar(shapes: &mut String, place: usize, height: i64, class: &str) {
    if height > 0 {
        let (x, y) = (LEFT + STEP * place as i64 + 2, HEIGHT - height);
        // Writing into a string does not fail.
        let _ = write!(shapes, r#"<rect class="{class}" x="{x}" y="{y}" width="{BAR}" height="{height}" rx="2"/>"#);
    }
}

fn line(shapes: &mut String, height: i64, said: &str) {
    let (y, x) = (HEIGHT - height, LEFT - 4);
    let _ = write!(
        shapes,
        r#"<path class="chart__line" d="M{LEFT} {y}H{WIDTH}"/><text x="{x}" y="{}" text-anchor="end">{said}</text>"#,
        (y + 4).min(HEIGHT)
    );
}

fn table(days: &[MeasuredDay]) -> AnyView {
    let said = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), format::duration);
    let rows: Vec<AnyView> = days
        .iter()
        .rev()
        .map(|day| {
            let longest = said((day.verdicts > 0).then_some(day.longest_ms));
            erase(view! {
                <tr>
                    <th scope="row">{short(day.day)}</th>
                    <td>{format::number(day.verdicts as i64)}</td>
                    <td>{said(day.mean_delay_ms())}</td>
                    <td>{longest}</td>
                    <td>{format::number(day.errors as i64)}</td>
                </tr>
            })
        })
        .collect();
    let heads = [t!("Jour"), t!("Envoyés"), t!("Attente moyenne"), t!("La plus longue"), t!("Échecs")];
    let heads: Vec<AnyView> = heads.into_iter().map(|head| erase(view! { <th scope="col">{head}</th> })).collect();
    erase(view! {
        <table class="figures">
            <caption class="sr">{t!("Envois des 14 derniers jours")}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::engine::{Asked, Measured};

    const NOW_MS: i64 = 1_795_000_000_000;

    #[test]
    fn a_second_and_a_day_are_both_to_be_seen() {
        let heights = [0, 100, 1_000, 60_000, 3_600_000, 86_400_000, i64::MAX].map(delay_height);
        assert!(heights.is_sorted(), "{heights:?}");
        assert_eq!((heights[0], heights[1], heights[6]), (0, 0, HEIGHT - 8));
        assert!(heights.windows(2).skip(1).all(|two| two[1] - two[0] >= 5), "{heights:?}");
    }

    #[test]
    fn each_day_has_its_bars_in_its_place_and_an_empty_one_none() {
        let mut measured = Measured::default();
        measured.failed(NOW_MS);
        measured.answered(Asked::Pull, NOW_MS, 100);
        let days = measured.last_days(Day::of_ms(NOW_MS), DAYS);
        assert_eq!(delays(&days).matches("<rect").count(), 0);
        let shapes = failures(&days);
        let last = LEFT + STEP * (DAYS - 1) + 2;
        assert_eq!(shapes.matches("<rect").count(), 1);
        assert!(shapes.contains(&format!(r#"x="{last}""#)) && last + BAR <= WIDTH, "{shapes}");
    }
}
