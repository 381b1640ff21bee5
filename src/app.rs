//! The document shell and the table of routes.

use crate::{
    device::{
        self, FirstPage, Till,
        handle::{BAR_DARK, BAR_LIGHT},
    },
    ui::screens::{
        Drafts, Home, Pay, Place, ReceiptScreen, Returning, Sell, SignIn, alerts, fetch_in_quiet, lock, office,
    },
};
use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    StaticSegment,
    components::{Route, Router, Routes},
};

/// The one script inside a page. The policy names it by its hash: a cached page has no nonce.
pub fn early() -> String {
    include_str!("early.js").replace("BAR_DARK", BAR_DARK).replace("BAR_LIGHT", BAR_LIGHT)
}

/// The colour of the browser's own bar.
fn bar(where_is: &'static str, colour: &'static str) -> impl IntoView {
    html::meta().name("theme-color").attr("media", where_is).content(colour)
}

/// What every document begins with, whoever looks at it.
fn head(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        {bar("(prefers-color-scheme: light)", BAR_LIGHT)}
        {bar("(prefers-color-scheme: dark)", BAR_DARK)}
        <script inner_html=early()></script>
        <meta name="format-detection" content="telephone=no" />
        <link rel="manifest" href="/manifest.webmanifest" />
        // No SVG: a browser that draws one makes a document for it, at every change of the screen.
        <link rel="icon" href="/favicon.png" type="image/png" sizes="48x48" />
        <HashedStylesheet options />
    }
}

/// The first page's data, for the browser to adopt what the server drew from it.
fn first_page(first: &FirstPage) -> impl IntoView + use<> {
    // A row that does not serialise would be a bug; the page then shows the device's own data a moment later.
    let text = serde_json::to_string(first).unwrap_or_default().replace('<', "\\u003c");
    view! { <script type="application/json" id=device::FIRST_PAGE nonce=use_nonce() inner_html=text></script> }
}

/// The document the server renders a screen into.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let first = use_context::<FirstPage>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="fr">
            <head>
                {head(options.clone())} {first_page(&first)} <AutoReload options=options.clone() /> <HydrationScripts options /> <MetaTags />
            </head>
            <body>
                <App first />
            </body>
        </html>
    }
}

/// The document without a screen or a person, which the service worker answers every navigation with. Its script is a
/// file of its own: a cached page has no nonce. What that script asks for first is asked for at once.
pub fn app_shell(options: LeptosOptions, scripts: Vec<String>, wasm: Vec<String>) -> impl IntoView {
    let module = |href| view! { <link rel="modulepreload" href=href /> };
    let preload =
        |href| view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="" /> };
    view! {
        <!DOCTYPE html>
        <html lang="fr">
            <head>
                {head(options)} <title>"Comptoir"</title> {scripts.into_iter().map(module).collect::<Vec<_>>()}
                {wasm.into_iter().map(preload).collect::<Vec<_>>()}
                <script type="module" src="/app-shell.js"></script>
            </head>
            <body data-shell=""></body>
        </html>
    }
}

/// In a development build, the components at `/style`.
#[cfg(debug_assertions)]
#[component(transparent)]
fn Style() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=StaticSegment("style") view=crate::ui::screens::Gallery /> }.into_inner()
}

#[cfg(not(debug_assertions))]
#[component(transparent)]
fn Style() -> impl leptos_router::MatchNestedRoutes + Clone {}

#[component]
pub fn App(first: FirstPage) -> impl IntoView {
    provide_meta_context();
    let till = Till::new();
    provide_context(till);
    provide_context(Returning::default());
    let drafts = Drafts::default();
    drafts.watch(till);
    provide_context(drafts);
    till.change_catalogue(|catalogue| {
        for (product, stock) in &first.products {
            catalogue.put_stock(product.id, *stock);
            catalogue.put_product(product.clone());
        }
    });
    provide_context(first);
    alerts::watch(till);
    fetch_in_quiet(till);
    // Effects run in the browser only, after the server's markup was adopted.
    Effect::new(move |_| device::start(till));
    view! {
        <Title text="Comptoir" />
        <Router>
            <Routes fallback=|| view! { <main class="page"><h1>{t!("Page introuvable")}</h1><a href="/">{t!("Accueil")}</a></main> }>
                <Route path=StaticSegment("") view=Home />
                <Route path=StaticSegment("vente") view=Sell />
                <Route path=(StaticSegment("vente"), StaticSegment("paiement")) view=Pay />
                <Route path=StaticSegment("recu") view=ReceiptScreen />
                <Route path=StaticSegment("ventes") view=|| office(Place::Sales) />
                <Route path=(StaticSegment("ventes"), StaticSegment("vente")) view=|| office(Place::Sale) />
                <Route path=StaticSegment("stock") view=|| office(Place::Stock) />
                <Route path=(StaticSegment("stock"), StaticSegment("produit")) view=|| office(Place::Product) />
                <Route path=(StaticSegment("stock"), StaticSegment("nouveau")) view=|| office(Place::NewProduct) />
                <Route path=(StaticSegment("stock"), StaticSegment("import")) view=|| office(Place::Import) />
                <Route path=(StaticSegment("stock"), StaticSegment("comptage")) view=|| office(Place::Count) />
                <Route path=StaticSegment("depenses") view=|| office(Place::Expenses) />
                <Route path=(StaticSegment("depenses"), StaticSegment("depense")) view=|| office(Place::Expense) />
                <Route path=StaticSegment("credits") view=|| office(Place::Credits) />
                <Route path=(StaticSegment("credits"), StaticSegment("client")) view=|| office(Place::Account) />
                <Route path=StaticSegment("a-decider") view=|| office(Place::Decide) />
                <Route path=StaticSegment("parametres") view=|| office(Place::Settings) />
                <Route path=(StaticSegment("parametres"), StaticSegment("personnes")) view=|| office(Place::People) />
                <Route path=(StaticSegment("parametres"), StaticSegment("telephones")) view=|| office(Place::Phones) />
                <Route path=StaticSegment("connexion") view=SignIn />
                <Style />
            </Routes>
            {lock(till)}
        </Router>
    }
}
