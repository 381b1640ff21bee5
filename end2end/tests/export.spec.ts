// What a phone holds, as files that a spreadsheet in French opens.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, SELLER, sellExact, test } from "../support/shop";

/** Asks for a file in Paramètres: its path, and its lines. */
async function file(page: Page, which: string) {
  const card = page.getByRole("region", { name: "Fichiers pour tableur" });
  const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: which }).click()]);
  await expect(card).toContainText(`${download.suggestedFilename()} est dans les téléchargements.`);
  const path = await download.path();
  const text = readFileSync(path, "utf8");
  expect(text.startsWith("\ufeff") && text.endsWith("\r\n")).toBe(true);
  return { name: download.suggestedFilename(), path, lines: text.slice(1, -2).split("\r\n") };
}

test("an owner takes sales, movements, expenses and products along, without network", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un", undefined, { costs: true });
  for (let n = 0; n < 2; n++) await add(page, "Gingembre 250 g").click();
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await page.getByRole("link", { name: /^Hors ligne/ }).click();

  const sales = await file(page, "Ventes");
  expect(sales.name).toMatch(/^ventes-\d{4}-\d\d-\d\d\.csv$/);
  expect(sales.lines[0]).toBe("Reçu;Date;Vendeur;État;Produit;Quantité;Prix unitaire;Total;Espèces;Orange Money;Référence;À crédit;Client");
  const cells = (receipt: string) => sales.lines.filter((line) => line.startsWith(receipt)).map((line) => line.split(";"));
  const [[waiting]] = [cells("A-000002")];
  expect([waiting[3], waiting[4], waiting[5]]).toEqual(["En attente", "Ail 250 g", "1"]);
  const [ginger, garlic] = cells("A-000001").sort((one, other) => Number(other[5]) - Number(one[5]));
  expect([ginger[3], ginger[4], ginger[5], ginger[6], ginger[7]]).toEqual(["Confirmée", "Gingembre 250 g", "2", "6000", "12000"]);
  expect(ginger[1]).toMatch(/^\d\d\/\d\d\/\d{4} \d\d:\d\d$/);
  // What it brought in stands once, so that the column adds up.
  const cash = [ginger, garlic].map((line) => line[8]).filter(Boolean);
  expect(cash).toEqual([String(Number(ginger[7]) + Number(garlic[7]))]);

  const moved = await file(page, "Mouvements de stock");
  expect(moved.lines[0]).toBe("Date;Produit;Mouvement;Variation;Stock après;Qui;Note;État");
  expect(moved.lines.some((line) => /;Gingembre 250 g;Vente;-2;7;Mariama Diallo;;Confirmé$/.test(line))).toBe(true);
  // What waits is in it, as in the sales' file, and comes first.
  expect(moved.lines[1]).toMatch(/;Ail 250 g;Vente;-1;10;Mariama Diallo;;En attente$/);
  expect((await file(page, "Dépenses")).lines[0]).toBe("Date;Type;Montant;Note;Qui;Saisie le;État");

  // The products' file reads back: nothing in it is new to the shop it came from.
  const products = await file(page, "Produits");
  expect(products.lines[0]).toBe("Nom;Catégorie;Code-barres;Prix de vente;Stock;Seuil;Prix d’achat");
  expect(shop.run("import", products.path)).toContain(`: 0 products added, ${products.lines.length - 1} were there already`);
});

test("what a voided sale brought in counts nowhere, and an employee takes nothing along", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await page.getByRole("link", { name: "Accueil" }).click();
  await page.getByRole("link", { name: "Ventes" }).click();
  await page.getByRole("listitem").filter({ hasText: "Ail 250 g" }).getByRole("link").click();
  await page.getByRole("button", { name: "Annuler la vente", exact: true }).click();
  await page.getByRole("button", { name: "Erreur de saisie" }).click();
  await page.getByRole("button", { name: "Oui, annuler la vente" }).click();
  await expect(page.getByText("Vente annulée")).toBeVisible();
  await page.goto("/parametres");
  const [, line] = (await file(page, "Ventes")).lines;
  expect(line.split(";").slice(3)).toEqual(["Annulée", "Ail 250 g", "1", expect.any(String), "", "", "", "", "", ""]);

  const { page: seller } = await shop.phone(browser, "Deux", SELLER);
  await seller.goto("/parametres");
  await expect(seller.getByRole("heading", { name: "Synchronisation" })).toBeVisible();
  await expect(seller.getByRole("region", { name: "Fichiers pour tableur" })).toHaveCount(0);
});

const DAY_MS = 86_400_000;

/** The shop is new: what it did long ago is put into the server's answers. Ends each request for the past it is told to. */
async function withPast(page: Page, cut: () => boolean) {
  const id = (n: number) => `01800000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  const asked: any[] = [];
  await page.route("**/api/v1/pull", async (route) => {
    const past = route.request().postDataJSON().request.from.past;
    if (!past) return route.continue();
    if (cut()) return route.abort();
    asked.push(past);
    const answer = (page: object) => route.fulfill({ json: { server_now_ms: Date.now(), pulled: { past: page } } });
    if (past.moves) {
      // Two pages, of a product that nobody has any more.
      const change = past.moves.after ? 1 : 2;
      const row = { change, product: id(1), delta: 5, stock_after: 5 * change, cause: "received", note: "Marché Madina", actor: id(4), at_ms: (past.moves.last - 40 * (3 - change)) * DAY_MS };
      return answer({ after: change === 2 ? id(2) : undefined, rows: { movements: [row] } });
    }
    const { kind, first, last } = past.days;
    expect(last - first).toBeLessThanOrEqual(30);
    // One in the first month that is asked for, and one a year before, after which there is nothing.
    const n = asked.filter(({ days }) => days?.kind === kind).length;
    const day = n === 1 ? last - 1 : last;
    const earlier = n === 1 ? last - 365 : undefined;
    const lines = [{ product: id(1), name: "Savon de ménage", quantity: 3, unit_price: 500 }];
    const sale = { id: id(10 + n), receipt: `A-00090${n}`, lines, tenders: [{ cash: { amount: 1500, given: 1500 } }] };
    const row = { installation: id(3), actor: id(4), at_ms: day * DAY_MS, day };
    const expense = { id: id(20 + n), kind: "Loyer", amount: 900_000, note: "" };
    const repayment = { id: id(30 + n), customer: "Awa", tender: { cash: { amount: 700 * n, given: 700 * n } } };
    const rows = { sale: { sales: [{ sale, ...row }] }, expense: { expenses: [{ expense, ...row }] }, repayment: { repayments: [{ repayment, ...row }] } };
    await answer({ earlier, rows: rows[kind as keyof typeof rows] });
  });
  return asked;
}

test("all of it comes from the server month by month, waits for the network, and goes on when the screen is left", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  let cut = true;
  const asked = await withPast(page, () => cut);
  await page.goto("/parametres");
  const card = page.getByRole("region", { name: "Fichiers pour tableur" });
  await card.getByRole("radio", { name: "Tout" }).check();
  await card.getByRole("button", { name: "Ventes" }).click();
  await expect(card.getByText("Le serveur ne répond pas : la suite vient avec le réseau.")).toBeVisible();
  await expect(card.getByRole("status").filter({ hasText: /^[A-ZÉ]\S+ \d{4} · 1 ligne$/ })).toBeVisible();
  await expect(card.getByRole("button", { name: "Dépenses" })).toBeDisabled();
  await looksRight(page, "an export that waits");
  await page.getByRole("link", { name: "Stock" }).click();
  await expect(page.getByRole("heading", { name: "Stock" })).toBeVisible();
  const downloading = page.waitForEvent("download");
  cut = false;
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^ventes-tout-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await download.path(), "utf8").slice(1, -2).split("\r\n");
  expect(lines.map((line) => line.split(";")[0])).toEqual(["Reçu", "A-000001", "A-000901", "A-000902"]);
  expect(asked.map(({ days }) => days.kind)).toEqual(["sale", "sale"]);
  await page.getByRole("link", { name: "Paramètres" }).click();
  await expect(card).toContainText(`${download.suggestedFilename()} est dans les téléchargements.`);
  const [again] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: "Télécharger encore" }).click()]);
  expect(again.suggestedFilename()).toBe(download.suggestedFilename());
  await card.getByRole("button", { name: "Fermer" }).click();
  await expect(card.getByText("est dans les téléchargements")).toHaveCount(0);
});

test("movements and expenses of all times, without the months in which there was nothing", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const asked = await withPast(page, () => false);
  await page.goto("/parametres");
  const card = page.getByRole("region", { name: "Fichiers pour tableur" });
  await card.getByRole("radio", { name: "Tout" }).check();
  const moved = await file(page, "Mouvements de stock");
  expect(moved.name).toMatch(/^mouvements-tout-/);
  const old = moved.lines.filter((line) => line.includes("Marché Madina")).map((line) => line.split(";").slice(2));
  expect(old).toEqual([
    ["Réception", "5", "10", "", "Marché Madina", "Confirmé"],
    ["Réception", "5", "5", "", "Marché Madina", "Confirmé"],
  ]);
  expect(asked.map(({ moves }) => moves.product)).toEqual([null, null]);
  const spent = await file(page, "Dépenses");
  expect(spent.lines.slice(1).map((line) => line.split(";").slice(1, 3))).toEqual([["Loyer", "900000"], ["Loyer", "900000"]]);
  expect(asked).toHaveLength(4);
  const brought = await file(page, "Crédits remboursés");
  expect(brought.lines.slice(1).map((line) => line.split(";").slice(1, 3))).toEqual([["Awa", "700"], ["Awa", "1400"]]);
  expect(asked.slice(4).map(({ days }) => days.kind)).toEqual(["repayment", "repayment"]);
});

test("an export whose page is closed goes on from what it had, month by month or page by page", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  let answered = 1;
  const asked = await withPast(page, () => asked.length >= answered);
  await page.goto("/parametres");
  const card = page.getByRole("region", { name: "Fichiers pour tableur" });
  for (const [which, begins, ends] of [["Ventes", "A-000901", "A-000902"], ["Mouvements de stock", "10;;Marché Madina", "5;;Marché Madina"]]) {
    await card.getByRole("radio", { name: "Tout" }).check();
    await card.getByRole("button", { name: which }).click();
    await expect(card.getByText("Le serveur ne répond pas : la suite vient avec le réseau.")).toBeVisible();
    await page.reload();
    await expect(card.getByText(`Fichier interrompu : ${which}`)).toBeVisible();
    await looksRight(page, "an export that was cut off");
    answered += 1;
    const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: "Reprendre" }).click()]);
    const lines = readFileSync(await download.path(), "utf8").slice(1, -2).split("\r\n");
    for (const old of [begins, ends]) expect(lines.filter((line) => line.includes(old))).toHaveLength(1);
    expect(lines.at(-1)).toContain(ends);
    expect(asked).toHaveLength(answered);
    await card.getByRole("button", { name: "Fermer" }).click();
    answered += 1;
  }
  // Nothing is left of those; one that is given up is gone, too.
  await page.reload();
  await expect(card.getByRole("button", { name: "Ventes" })).toBeEnabled();
  await expect(card.getByText(/^Fichier interrompu/)).toHaveCount(0);
  await card.getByRole("radio", { name: "Tout" }).check();
  await card.getByRole("button", { name: "Mouvements de stock" }).click();
  await expect(card.getByText("Le serveur ne répond pas : la suite vient avec le réseau.")).toBeVisible();
  await page.reload();
  await card.getByRole("button", { name: "Abandonner" }).click();
  await expect(card.getByText(/^Fichier interrompu/)).toHaveCount(0);
  await page.reload();
  await expect(card.getByRole("button", { name: "Ventes" })).toBeEnabled();
  await expect(card.getByText(/^Fichier interrompu/)).toHaveCount(0);
});

test("an export that is stopped leaves nothing behind", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await withPast(page, () => true);
  await page.goto("/parametres");
  const card = page.getByRole("region", { name: "Fichiers pour tableur" });
  await card.getByRole("radio", { name: "Tout" }).check();
  await card.getByRole("button", { name: "Dépenses" }).click();
  await card.getByRole("button", { name: "Arrêter" }).click();
  await expect(card.getByRole("button", { name: "Arrêter" })).toHaveCount(0);
  await expect(card.getByRole("button", { name: "Dépenses" })).toBeEnabled();
  // What this phone holds needs no server.
  await card.getByRole("radio", { name: "90 derniers jours" }).check();
  expect((await file(page, "Dépenses")).name).toMatch(/^depenses-\d{4}/);
});
