// Counting the stock (G18): what is sold meanwhile stays sold, and a count that missed something asks for another.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, row, SELLER, sellExact, test } from "../support/shop";

const PRODUCT = "Gingembre 250 g"; // nine in stock

async function toCounts(page: Page) {
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await page.getByRole("link", { name: "Compter le stock" }).click();
  await expect(page.getByRole("heading", { name: "Compter", exact: true })).toBeVisible();
}

async function count(page: Page, units: string) {
  await toCounts(page);
  await page.getByRole("searchbox").fill("gingembre");
  await page.getByRole("button", { name: `Compter ${PRODUCT}` }).click();
  await page.getByLabel("Compté", { exact: true }).fill(units);
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("list", { name: "Comptés" })).toContainText(PRODUCT);
}

async function sell(page: Page) {
  await page.goto("/vente");
  await add(page, PRODUCT).click();
  await sellExact(page);
  await expect(page.getByText(/Vente confirmée|En attente de synchronisation/).first()).toBeVisible();
}

async function shows(page: Page, stock: string) {
  await page.goto("/vente");
  await expect(row(page, PRODUCT, stock)).toBeVisible();
}

test("what another phone sells after a count stays sold", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { context, page: two } = await shop.phone(browser, "Deux", SELLER);
  await context.setOffline(true);
  await toCounts(one);
  await one.getByRole("searchbox").fill("gingembre");
  await one.getByRole("button", { name: `Compter ${PRODUCT}` }).click();
  await expect(one.getByText("Attendu : 9")).toBeVisible();
  await one.getByLabel("Compté", { exact: true }).fill("11");
  await expect(one.getByText("Différence : +2")).toBeVisible();
  await one.getByLabel("Compté", { exact: true }).press("Enter");
  await expect(one.getByRole("list", { name: "Comptés" })).toContainText(`${PRODUCT}11`);
  await expect(one.getByRole("list", { name: "Comptés" })).toContainText("+2, attendu 9");
  await looksRight(one, "Compter, one count");
  await sell(two);
  await context.setOffline(false);
  for (const page of [one, two]) await shows(page, "10 en stock");
  await toCounts(one);
  await expect(one.getByRole("list", { name: "Comptés" })).toContainText(PRODUCT);
  await expect(one.getByRole("heading", { name: "À recompter" })).toBeHidden();
});

test("a sale that was made before a count, and came after it, asks for another", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { context, page: two } = await shop.phone(browser, "Deux", SELLER);
  await context.setOffline(true);
  await sell(two);
  // The shelf holds what the sale left of nine.
  await count(one, "8");
  await shows(one, "8 en stock");
  await context.setOffline(false);
  await shows(one, "7 en stock");
  await toCounts(one);
  const card = one.getByRole("region", { name: PRODUCT });
  await expect(card).toContainText("1 unité est sortie avant le comptage, et le téléphone ne le savait pas. Le stock dit 7.");
  await looksRight(one, "Compter, to count again");
  await card.getByRole("button", { name: "Il y en a 8" }).click();
  await expect(one.getByRole("heading", { name: "À recompter" })).toBeHidden();
  for (const page of [one, two]) await shows(page, "8 en stock");
});

test("two phones count at once without network, and the stock is corrected once", async ({ shop, browser }) => {
  const phones = [await shop.phone(browser, "Un"), await shop.phone(browser, "Deux")];
  for (const { context, page } of phones) {
    await context.setOffline(true);
    await count(page, "7");
    await expect(page.getByRole("list", { name: "Comptés" })).toContainText("en attente");
    await page.reload();
    await expect(page.getByRole("list", { name: "Comptés" })).toContainText("−2, attendu 9");
  }
  for (const { context, page } of phones) {
    await context.setOffline(false);
    await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  }
  for (const { page } of phones) await shows(page, "7 en stock");
});

test("an employee does not count", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", SELLER);
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await expect(page.getByRole("list", { name: "Produits" }).getByRole("listitem").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Compter le stock" })).toBeHidden();
  await page.goto("/stock/comptage");
  await expect(page.getByText("Le propriétaire compte le stock")).toBeVisible();
});
