// What a phone holds, as files that a spreadsheet in French opens.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
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
  expect(sales.lines[0]).toBe("Reçu;Date;Vendeur;État;Produit;Quantité;Prix unitaire;Total;Espèces;Orange Money;Référence");
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
  expect(moved.lines[0]).toBe("Date;Produit;Mouvement;Variation;Stock après;Qui");
  expect(moved.lines.some((line) => /;Gingembre 250 g;Vente;-2;7;/.test(line))).toBe(true);
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
  expect(line.split(";").slice(3)).toEqual(["Annulée", "Ail 250 g", "1", expect.any(String), "", "", "", ""]);

  const { page: seller } = await shop.phone(browser, "Deux", SELLER);
  await seller.goto("/parametres");
  await expect(seller.getByRole("heading", { name: "Synchronisation" })).toBeVisible();
  await expect(seller.getByRole("region", { name: "Fichiers pour tableur" })).toHaveCount(0);
});
