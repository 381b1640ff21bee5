//! The document shell and the table of routes.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    StaticSegment,
    components::{Route, Router, Routes},
};

/// What every document begins with, whoever looks at it.
fn head(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" content="#0f766e" />
        <meta name="format-detection" content="telephone=no" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
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
    view! {
        <Title text="Comptoir" />
        <Router>
            <Routes fallback=|| "Page introuvable">
                <Route path=StaticSegment("") view=|| view! { <main><h1>"Comptoir"</h1></main> } />
            </Routes>
        </Router>
    }
}
