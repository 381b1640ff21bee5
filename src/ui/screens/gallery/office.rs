//! Of the screens away from the till.

use super::LONG;
use crate::ui::{
    components::{notice, product_name, sum},
    erase::erase,
    icons,
};
use leptos::prelude::*;

pub fn days() -> AnyView {
    let bar = |n: i64| {
        let (x, height) = (42 + 20 * n, 12 + 6 * (n % 5));
        format!(r#"<rect class="chart__most" x="{x}" y="{}" width="16" height="{height}" rx="2"/>"#, 96 - height)
    };
    let failed = r#"<rect class="chart__failed" x="302" y="88" width="16" height="8" rx="2"/>"#;
    let bars: String = (0..13).map(bar).chain([failed.to_owned()]).collect();
    let line = r#"<path class="chart__line" d="M40 36H320"/><text x="36" y="40" text-anchor="end">1 min</text>"#;
    erase(view! {
        <section class="day" aria-label="Hier">
            <header class="day__head">
                <h2>"Hier"</h2>
                <b class="num">{sum(1_285_000)}</b>
                <p class="small muted num">"42 ventes"</p>
                <p class="small muted num">"Espèces 985 000 · Orange Money 300 000"</p>
                <div class="words" role="group" aria-label="Types">
                    <button class="btn word" type="button" aria-pressed="true">"Transport " <b class="num">"30 000"</b></button>
                    <button class="btn word" type="button" aria-pressed="false">"Loyer " <b class="num">"900 000"</b></button>
                </div>
            </header>
        </section>
        <section class="card" aria-label="Règles">
            <label class="rule">
                <input type="checkbox" role="switch" checked />
                <span>"Les employés comptent le stock"<small>"Ils comptent et corrigent le stock des produits."</small></span>
            </label>
            <label class="rule">
                <input type="checkbox" role="switch" />
                <span>"Réessayer seul une vente refusée"<small>"Dès que le stock est revenu."</small></span>
            </label>
        </section>
        <section class="card" aria-label="Graphique">
            <div class="chart">
                <svg class="chart__bars" viewBox="0 0 320 96" aria-hidden="true" inner_html=format!("{line}{bars}")></svg>
                <p class="chart__ends" aria-hidden="true"><span>"15/11"</span><span>"aujourd’hui"</span></p>
            </div>
            <table class="figures">
                <thead><tr><th scope="col">"Jour"</th><th scope="col">"Envoyés"</th><th scope="col">"Échecs"</th></tr></thead>
                <tbody><tr><th scope="row">"28/11"</th><td>"42"</td><td>"1"</td></tr></tbody>
            </table>
        </section>
    })
}

pub fn import() -> AnyView {
    let tile = |class: &'static str, n: &'static str, said: &'static str, pressed: bool| {
        erase(view! {
            <button class=class type="button" disabled=n == "0" aria-pressed=pressed.to_string()>
                <b class="num">{n}</b><span>{said}</span>
            </button>
        })
    };
    let tiles = vec![
        tile("tile", "1 204", "nouveaux", true),
        tile("tile", "0", "à mettre à jour", false),
        tile("tile tile--bad", "3", "lignes en faute", false),
    ];
    erase(view! {
        <div class="tiles" role="group" aria-label="Ce que deviennent les lignes">{tiles}</div>
        <ul class="read">
            <li class="read__line">
                <span>{product_name(LONG)}<span class="small muted">"48 500 GNF · 12 en stock"</span></span>
                <span class="small muted num">"Ligne 17"</span>
            </li>
            <li class="read__line">
                {icons::triangle_alert()}<span><b>"Ligne 18, prix"</b><span>"« douze » n’est pas un nombre entier."</span></span>
            </li>
        </ul>
        <p class="far">"8 000 / 20 739"</p>
        <progress class="progress" max="20739" value="8000" aria-label="Importation"></progress>
    })
}

pub fn clashes() -> AnyView {
    let value = |said: &'static str, is: &'static str, pressed: bool| {
        erase(view! {
            <button class="btn clash__value" type="button" aria-pressed=pressed.to_string()>
                <small>{said}</small><span class="num">{is}</span>
            </button>
        })
    };
    let short = vec![
        value("Avant", "9 000 GNF", false),
        value("L’autre", "9 500 GNF", true),
        value("Ici", "10 000 GNF", false),
    ];
    let long =
        vec![value("Avant", "Marché Madina", false), value("L’autre", LONG, false), value("Ici", "(rien)", false)];
    erase(view! {
        {notice("warn", "Deux valeurs différentes".into(), vec!["Touchez celle qui doit rester.".into()])}
        <section class="clash" aria-label="Prix de vente">
            <h3>"Prix de vente"</h3>
            <div class="clash__values">{short}</div>
            <form class="clash__other">
                <input class="input" aria-label="Autre valeur" placeholder="Autre valeur" />
                <button class="btn" type="button" disabled>"Garder"</button>
            </form>
        </section>
        <section class="clash" aria-label="Adresse">
            <h3>"Adresse"</h3>
            <div class="clash__values clash__values--long">{long}</div>
        </section>
    })
}

pub fn phone() -> AnyView {
    // Squares in the place of a code, which the server alone draws.
    let squares: String = (0..25).step_by(2).map(|n| format!("M{n} {}h1v1h-1z", 24 - n)).collect();
    erase(view! {
        <div class="enrol">
            <p class="code">"112\u{202f}358"</p>
            <svg class="qr" viewBox="-4 -4 33 33" role="img" aria-label="Code QR" shape-rendering="crispEdges"><path d=squares></path></svg>
            <p>"Pour un seul téléphone, jusqu’à 14:05."</p>
        </div>
    })
}
