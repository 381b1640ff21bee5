//! The document shell and the table of routes.

use crate::{
    device::{self, Till},
    ui::screens::{Decide, Home, Pay, ReceiptScreen, Sell, Settings, SignIn},
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

/// What every document begins with, whoever looks at it.
fn head(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta name="theme-color" content="#ffffff" />
        <meta name="format-detection" content="telephone=no" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <HashedStylesheet options />
    }
}

/// The document the server renders a screen into.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="fr">
            <head>
                {head(options.clone())} <AutoReload options=options.clone() /> <HydrationScripts options /> <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The document without a screen or a person, which the service worker answers every navigation with. Its script is a
/// file of its own: a cached page has no nonce.
pub fn app_shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="fr">
            <head>
                {head(options)} <title>"Comptoir"</title> <script type="module" src="/app-shell.js"></script>
            </head>
            <body data-shell=""></body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let till = Till::new();
    provide_context(till);
    // Effects run in the browser only, after the server's markup was adopted.
    Effect::new(move |_| device::start(till));
    view! {
        <Title text="Comptoir" />
        <Router>
            <Routes fallback=|| view! { <main class="page"><h1>"Page introuvable"</h1><a href="/">"Accueil"</a></main> }>
                <Route path=StaticSegment("") view=Home ssr=SsrMode::Async />
                <Route path=StaticSegment("vente") view=Sell ssr=SsrMode::Async />
                <Route path=(StaticSegment("vente"), StaticSegment("paiement")) view=Pay ssr=SsrMode::Async />
                <Route path=StaticSegment("recu") view=ReceiptScreen ssr=SsrMode::Async />
                <Route path=StaticSegment("a-decider") view=Decide ssr=SsrMode::Async />
                <Route path=StaticSegment("parametres") view=Settings ssr=SsrMode::Async />
                <Route path=StaticSegment("connexion") view=SignIn ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
