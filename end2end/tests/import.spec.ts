// Products from a spreadsheet's file, on the phone: shown line by line, then imported while one goes on selling.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, OWNER, row, SELLER, sellExact, signIn, test } from "../support/shop";

/** The catalogue of French medicines, where it lies beside the project. */
const MEDICINES = resolve(import.meta.dirname, "../../../shared/data/catalogue/medicaments.csv");

/** Bytes as a French Excel saves them; a text of letters that Windows-1252 has where Latin-1 has them. */
function excel(lines: string[], dash = false) {
  const bytes = Buffer.from(lines.join("\r\n") + "\r\n", "latin1");
  return dash ? Buffer.from(bytes.map((byte) => (byte === 0x7e ? 0x97 : byte))) : bytes; // ~ stands for a long dash
}

async function choose(page: Page, buffer: Buffer | string, name = "catalogue.csv") {
  await page.getByLabel("Un fichier CSV, comme un tableur l’enregistre").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(buffer) });
}

const figure = (page: Page, says: RegExp) => page.getByRole("group", { name: "Ce que deviennent les lignes" }).getByRole("button", { name: says });
const preview = (page: Page) => page.getByRole("region", { name: "Aperçu" }).getByRole("listitem");
const many = (count: number) => ["nom;ean;prix;stock", ...Array.from({ length: count }, (_, n) => `Article ${n + 1};${7_000_000 + n};${500 + n};3`)].join("\n");

test("a file of Excel's becomes products, on this phone without network, and then on every other", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un", OWNER, { costs: true });
  const { page: other } = await shop.phone(browser, "Deux", SELLER);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto("/parametres");
  await page.getByRole("link", { name: "Importer des produits" }).click();
  await context.setOffline(true);
  await choose(page, excel([
    "Désignation;Code barres;Famille;Prix de vente;Prix achat;Qté;Seuil",
    "Comprimé pelliculé ~ boîte de 30;3400949497294;comprimé;282\u00a0500,00;224\u00a0200;1\u00a0000;20",
    "Crème à l'huile;3400949497295;crème;15 000;;7;",
    "Sirop;;sirop;15.000;9 000;0;2",
  ], true));
  await expect(figure(page, /^3 nouveaux$/)).toHaveAttribute("aria-pressed", "true");
  await expect(preview(page).first()).toContainText(/Comprimé pelliculé — boîte de 30/);
  await expect(preview(page).first()).toContainText(/282\s500\sGNF · 1\s000 en stock · comprimé/);
  await expect(preview(page).first()).toContainText(/Codes-barres : 3400949497294 · Prix d’achat : 224\s200\sGNF · Seuil d’alerte : 20/);
  await page.getByRole("button", { name: "Importer 3 produits" }).click();
  await expect(page.getByRole("heading", { name: "3 produits importés" })).toBeVisible();
  await expect(page.getByText("3 en attente d’envoi. Tout est gardé sur ce téléphone.")).toBeVisible();
  await page.goto("/vente?q=pellicul");
  await expect(row(page, "Comprimé pelliculé — boîte de 30", "en stock")).toBeVisible();
  await context.setOffline(false);
  await other.goto("/vente?q=creme");
  await expect(row(other, "Crème à l'huile", "7 en stock")).toContainText(/15\s000/);
  await page.goto("/stock/import");
  await expect(page.getByText("Le serveur a tout reçu.")).toBeVisible();
  await page.getByRole("button", { name: "Autre fichier" }).click();
  await expect(page.getByRole("heading", { name: "Choisir le fichier" })).toBeVisible();
});

test("products that are there are left or updated, by choice, and no file sets a stock", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", OWNER, { costs: true });
  const { page: other } = await shop.phone(browser, "Deux", SELLER);
  await page.goto("/stock/import");
  await choose(page, "Nom\tPrix\tStock\tCouleur\nAIL 250 G\t9 500\t900\trouge\nVinaigre 1 L\t8000\t4\t\n");
  await expect(figure(page, /^1 nouveau$/)).toBeVisible();
  await expect(page.getByText("Le stock des produits déjà là ne change pas : comptez ou recevez.")).toBeVisible();
  await expect(page.getByText("Colonnes laissées : Couleur.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Importer 1 produit" })).toBeEnabled();
  await figure(page, /^1 différent, laissé$/).click();
  await expect(preview(page)).toContainText(/Prix de vente : .* → 9\s500\sGNF/);
  await page.getByRole("radio", { name: "Mettre à jour" }).check();
  await expect(figure(page, /^1 à mettre à jour$/)).toBeVisible();
  await page.getByRole("button", { name: "Importer 2 produits" }).click();
  await expect(page.getByRole("heading", { name: "2 produits importés" })).toBeVisible();
  await other.goto("/vente?q=ail");
  await expect(add(other, "AIL 250 G")).toContainText(/9\s500/);
  await expect(row(other, "AIL 250 G", "12 en stock")).toBeVisible();

  // The same file again finds nothing to do.
  await page.getByRole("button", { name: "Autre fichier" }).click();
  await choose(page, "Nom\tPrix\tStock\tCouleur\nAIL 250 G\t9 500\t900\trouge\nVinaigre 1 L\t8000\t4\t\n");
  await expect(figure(page, /^2 inchangés$/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Rien à importer" })).toBeDisabled();
});

test("lines at fault are named by line, column and reason, and hold the others back if one wants", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.goto("/stock/import");
  await choose(page, "PK\u0003\u0004 classeur", "catalogue.xlsx");
  await expect(page.getByRole("alert")).toContainText("C’est un classeur (Excel ou LibreOffice).");
  await choose(page, "nom;stock\nRiz;3\n");
  await expect(page.getByRole("alert")).toContainText("Il manque la colonne « Prix de vente ».");
  await expect(page.getByRole("button", { name: "Voir l’aperçu" })).toBeDisabled();
  await page.getByRole("button", { name: "Autre fichier" }).click();
  await choose(page, "nom,ean,prix,stock\nRiz,1111111,500,3\nSel,2222222,abc,1\nMil,3.40095E+12,50,1\nSucre,4444444,700,-2\nRiz,1111111,600,3\nThé,,,1\n");
  await expect(figure(page, /^5 lignes en erreur$/)).toHaveAttribute("aria-pressed", "true");
  for (const said of [
    "Ligne 3, colonne prix« abc » n’est pas un nombre entier",
    "Ligne 4, colonne ean« 3.40095E+12 » : le tableur a perdu des chiffres. Mettez la colonne au format Texte",
    "Ligne 5, colonne stockUn nombre en dessous de zéro, ou trop grand",
    "Ligne 6C’est le produit de la ligne 2, avec d’autres valeurs",
    "Ligne 7, colonne prixIl manque le prix",
  ]) {
    await expect(preview(page).filter({ hasText: said })).toHaveCount(1);
  }
  await looksRight(page, "preview with faults");
  await page.getByRole("radio", { name: "Rien tant qu’il y en a" }).check();
  await expect(page.getByRole("button", { name: "Importer 1 produit" })).toBeDisabled();
  await expect(page.getByText("Corrigez d’abord 5 lignes en erreur dans le fichier")).toBeVisible();
  await page.getByRole("radio", { name: "Importer les bonnes lignes" }).check();
  await page.getByRole("button", { name: "Importer 1 produit" }).click();
  await expect(page.getByRole("heading", { name: "1 produit importé" })).toBeVisible();
  await looksRight(page, "done");
});

test("an import that is left, reloaded and cut off goes on by itself, and a sale does not wait for it", async ({ shop, browser }) => {
  test.slow();
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/stock/import");
  await choose(page, many(1_700));
  await page.getByRole("button", { name: /^Importer 1\s700 produits$/ }).click();
  await expect(page.getByText(/^1\s000 sur 1\s700 produits$/)).toBeVisible();
  await looksRight(page, "under way");
  await page.reload();
  await expect(page.getByText(/^1\s000 sur 1\s700 produits$/)).toBeVisible();
  // What is imported is sold at once, without network.
  await page.goto("/vente?q=article 900");
  await add(page, "Article 900").click();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await context.setOffline(false);
  await page.goto("/stock/import");
  await expect(page.getByRole("heading", { name: /^1\s700 produits importés$/ })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Le serveur a tout reçu.")).toBeVisible({ timeout: 60_000 });
  expect(await shop.sales()).toEqual(["A-000001"]);
  const { names } = await shop.truth();
  expect(names.filter((name) => name.startsWith("Article ")).length).toBe(1_700);
});

test("an import that was stopped is finished by the same file", async ({ shop, browser }) => {
  test.slow();
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/stock/import");
  await choose(page, many(1_300));
  await page.getByRole("button", { name: /^Importer 1\s300 produits$/ }).click();
  await expect(page.getByText(/^1\s000 sur 1\s300 produits$/)).toBeVisible();
  await page.getByRole("button", { name: "Arrêter l’importation" }).click();
  await page.getByRole("button", { name: "Oui, arrêter" }).click();
  await context.setOffline(false);
  await choose(page, many(1_300));
  await expect(figure(page, /^300 nouveaux$/)).toBeVisible();
  await expect(figure(page, /^1\s000 inchangés$/)).toBeVisible();
  await page.getByRole("button", { name: "Importer 300 produits" }).click();
  await expect(page.getByText("Le serveur a tout reçu.")).toBeVisible({ timeout: 60_000 });
  const { names } = await shop.truth();
  expect(names.filter((name) => name.startsWith("Article ")).length).toBe(1_300);
});

test("a file as an English program exports it, with a mark in front, is read", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", OWNER, { costs: true });
  await page.goto("/stock/import");
  await choose(page, "\ufeffHandle;SKU;Name;Category;Default price;Cost;Barcode;In stock [Kaloum];Low stock [Kaloum]\r\nriz;1001;Riz brisé 25 kg;Épicerie;285000.00;260000.00;6110004019990;18;4\r\n");
  await expect(figure(page, /^1 nouveau$/)).toBeVisible();
  await expect(page.getByText("Colonnes laissées : Handle, SKU.")).toBeVisible();
  await expect(preview(page)).toContainText("Riz brisé 25 kg");
  await expect(preview(page)).toContainText(/285\s000\sGNF · 18 en stock · Épicerie/);
  await expect(preview(page)).toContainText(/Codes-barres : 6110004019990 · Prix d’achat : 260\s000\sGNF · Seuil d’alerte : 4/);
  await page.getByRole("button", { name: "Importer 1 produit" }).click();
  await expect(page.getByText("Le serveur a tout reçu.")).toBeVisible();
  await page.goto("/vente?q=riz brise 25");
  await expect(row(page, "Riz brisé 25 kg", "18 en stock")).toBeVisible();
});

test("columns that nobody knows are said by hand, and the same file is read alike the next time", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", OWNER, { costs: true });
  await page.goto("/stock/import");
  const file = (price: string) => `Truc;Vaut;Payé;Reste;Observation\nMoringa 100 g;${price};6000;12;bio\nFonio 1 kg;18000;15000;;\n`;
  await choose(page, file("8000"));
  await expect(page.getByRole("heading", { name: "Que contient chaque colonne ?" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("Il manque la colonne « Nom ».");
  await expect(page.getByText("Moringa 100 g · Fonio 1 kg")).toBeVisible();
  const go = page.getByRole("button", { name: "Voir l’aperçu" });
  await page.getByLabel("Truc").selectOption("Nom");
  await expect(page.getByRole("alert")).toContainText("Il manque la colonne « Prix de vente ».");
  await page.getByLabel("Payé").selectOption("Prix de vente");
  await expect(go).toBeEnabled();
  await page.getByLabel("Vaut").selectOption("Prix de vente");
  await expect(page.getByRole("alert")).toContainText("Deux colonnes sont « Prix de vente » : Vaut et Payé.");
  await expect(go).toBeDisabled();
  await page.getByLabel("Payé").selectOption("Prix d’achat");
  await page.getByLabel("Reste").selectOption("Stock");
  await looksRight(page, "columns by hand");
  await go.click();
  await expect(figure(page, /^2 nouveaux$/)).toBeVisible();
  await expect(page.getByText("Colonnes laissées : Observation.")).toBeVisible();
  await expect(preview(page).first()).toContainText(/8\s000\sGNF · 12 en stock/);
  await expect(preview(page).first()).toContainText(/Prix d’achat : 6\s000\sGNF/);

  // What was recognised, or said, can be said otherwise.
  await page.getByRole("button", { name: "Changer les colonnes" }).click();
  await expect(page.getByLabel("Reste")).toHaveValue("stock");
  await page.getByLabel("Reste").selectOption("Ne pas lire");
  await go.click();
  await expect(preview(page).first()).toContainText(/8\s000\sGNF · 0 en stock/);
  await page.getByRole("button", { name: "Changer les colonnes" }).click();
  await page.getByLabel("Reste").selectOption("Stock");
  await go.click();
  await page.getByRole("button", { name: "Importer 2 produits" }).click();
  await expect(page.getByRole("heading", { name: "2 produits importés" })).toBeVisible();

  // What was said lies beside the import, on the disk.
  await page.reload();
  await page.getByRole("button", { name: "Autre fichier" }).click();
  await choose(page, file("8500"));
  await expect(figure(page, /^1 différent, laissé$/)).toBeVisible();
  await expect(figure(page, /^1 inchangé$/)).toBeVisible();
  await page.goto("/vente?q=moringa");
  await expect(row(page, "Moringa 100 g", "12 en stock")).toContainText(/8\s000/);
});

test("an employee imports nothing", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", SELLER);
  await page.goto("/stock/nouveau");
  await expect(page.getByRole("button", { name: "Créer le produit" })).toBeVisible();
  await expect(page.getByRole("link", { name: "En importer beaucoup d’un fichier" })).toHaveCount(0);
  await page.goto("/stock/import");
  await expect(page.getByText("Seul le propriétaire importe des produits.")).toBeVisible();
  await expect(page.getByLabel("Un fichier CSV")).toHaveCount(0);
});

/** As rich as a pharmacy's catalogue: long names that differ late, barcodes, categories, both prices. */
function pharmacy(count: number) {
  const forms = ["comprimé pelliculé", "gélule", "solution buvable", "sirop", "crème", "solution injectable (IV)", "collyre", "suppositoire"];
  const line = (_: unknown, n: number) => [
    `PRODUIT GÉNÉRÉ ${Math.floor(n / 4)} ${[50, 100, 250, 500][n % 4]} mg, ${forms[n % 8]}, plaquette(s) thermoformée(s) aluminium de ${10 + (n % 90)}`,
    3_400_930_000_000 + n,
    forms[n % 8],
    5_000 + 250 * (n % 400),
    4_000 + 200 * (n % 400),
    n % 120,
    n % 10,
  ].join(";");
  return ["Désignation;Code barres;Famille;Prix de vente;Prix d’achat;Qté;Seuil", ...Array.from({ length: count }, line)].join("\r\n");
}

// Real medicines where they lie beside the project, and generated ones elsewhere.
const [of, catalogue] = existsSync(MEDICINES)
  ? ["the 20 739 medicines of France", () => readFileSync(MEDICINES)] as const
  : ["20 739 generated products", () => pharmacy(20_739)] as const;
test(`${of} reach the server, and one sells meanwhile`, async ({ shop, browser }) => {
  test.setTimeout(600_000);
  const { page } = await shop.phone(browser, "Un", OWNER, { costs: true });
  await page.goto("/stock/import");
  const began = Date.now();
  const since = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  await choose(page, catalogue(), "medicaments.csv");
  await page.getByRole("button", { name: /^Importer 20\s739 produits$/ }).click({ timeout: 60_000 });
  const planned = since();
  await expect(page.getByText(/ sur 20\s739 produits$/)).toBeVisible({ timeout: 60_000 });
  const kept = since();
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await page.goto("/vente");
  await add(page, "Ail 250 g").click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  const tapped = Date.now();
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  const sold = Date.now() - tapped;
  await page.goto("/stock/import");
  await expect(page.getByRole("heading", { name: /^20\s739 produits importés$/ })).toBeVisible({ timeout: 480_000 });
  await expect(page.getByText("Le serveur a tout reçu.")).toBeVisible({ timeout: 60_000 });
  console.log(`planned after ${planned}, on the disk after ${kept}, all on the server after ${since()}; a sale amid it took ${sold} ms`);
  expect((await shop.truth()).names.length).toBeGreaterThan(20_739);
});
