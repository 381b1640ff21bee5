// One product changed on two phones without network (G18): what merges stands, what clashes is settled by a person.
import type { Browser, Page } from "@playwright/test";
import { expect, SELLER, test, type Shop } from "../support/shop";

const PRODUCT = "Gingembre 250 g";

async function open(page: Page) {
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await page.getByRole("searchbox").fill("gingembre");
  await page.getByRole("link", { name: new RegExp(`^${PRODUCT}`) }).click();
  await expect(page.getByRole("heading", { name: PRODUCT })).toBeVisible();
}

async function change(page: Page, fields: Record<string, string>) {
  await open(page);
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("heading", { name: "Stock" })).toBeVisible();
}

/** What the form says, opened anew until it says so: an open one is of the product as it was. */
async function shows(page: Page, fields: Record<string, string>) {
  const read = async () => {
    await open(page);
    const values: Record<string, string> = {};
    for (const label of Object.keys(fields)) {
      values[label] = (await page.getByLabel(label, { exact: true }).inputValue()).replace(/\s/g, " ");
    }
    await page.getByRole("link", { name: "Retour au stock" }).click();
    return values;
  };
  await expect.poll(read).toEqual(fields);
}

/** Changes the product on two phones without network, one after the other back. */
async function meet(shop: Shop, browser: Browser, one: Record<string, string>, two: Record<string, string>) {
  const phones = [await shop.phone(browser, "Un"), await shop.phone(browser, "Deux")];
  for (const [n, { context, page }] of phones.entries()) {
    await context.setOffline(true);
    await change(page, [one, two][n]);
    await expect(page.getByRole("link", { name: /^Hors ligne · \d/ })).toBeVisible();
  }
  await phones[0].context.setOffline(false);
  await expect(phones[0].page.getByRole("link", { name: "À jour" })).toBeVisible();
  await phones[1].context.setOffline(false);
  return phones.map(({ page }) => page);
}

test("different fields both stand, thresholds add up, barcodes merge", async ({ shop, browser }) => {
  const pages = await meet(
    shop,
    browser,
    { "Prix de vente": "6 500", "Seuil d’alerte": "10", "Codes-barres": "111" },
    { Catégorie: "Épices", "Seuil d’alerte": "8", "Codes-barres": "222" },
  );
  const merged = { "Prix de vente": "6 500", "Seuil d’alerte": "14", Catégorie: "Épices", "Codes-barres": "111 222" };
  for (const page of pages) await shows(page, merged);
});

for (const [name, tap, price] of [
  ["what this phone wanted", /^Ici\s*7\s000/, "7 000"],
  ["what the other wanted", /^L’autre\s*6\s500/, "6 500"],
  ["what there was before", /^Avant\s*6\s000/, "6 000"],
  ["another value", undefined, "6 750"],
] as const) {
  test(`one price wanted two ways is settled: ${name}`, async ({ shop, browser }) => {
    const [one, two] = await meet(shop, browser, { "Prix de vente": "6 500" }, { "Prix de vente": "7 000" });
    await two.getByRole("link", { name: "1 à décider" }).first().click();
    const card = two.getByRole("article", { name: PRODUCT });
    if (tap) {
      await card.getByRole("button", { name: tap }).click();
    } else {
      await card.getByLabel("Autre valeur").fill(price);
      await card.getByRole("button", { name: "Garder" }).click();
    }
    await expect(two.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
    await expect(two.getByRole("link", { name: "À jour" })).toBeVisible();
    for (const page of [one, two]) {
      await page.getByRole("link", { name: "Vendre" }).click();
      await expect(page.getByRole("button", { name: new RegExp(`^Ajouter ${PRODUCT}.*${price.replace(" ", "\\s")}`) })).toBeVisible();
    }
  });
}

test("a clash rings on an owner's other phone, and is settled there for all", async ({ shop, browser }) => {
  const { page: seller } = await shop.phone(browser, "Trois", SELLER);
  const [one, two] = await meet(shop, browser, { "Prix de vente": "6 500" }, { "Prix de vente": "7 000" });
  await expect(two.getByText("Deux valeurs différentes").first()).toBeVisible();
  await expect(one.getByText("Deux valeurs différentes").first()).toBeVisible({ timeout: 1_000 });
  await one.getByRole("link", { name: "Voir" }).click();
  const card = one.getByRole("article", { name: PRODUCT });
  await expect(card).toContainText("Un autre téléphone voulait une autre valeur.");
  await expect(card.getByRole("button", { name: /^En place\s*6\s500/ })).toBeVisible();
  await card.getByRole("button", { name: /^Voulu\s*7\s000/ }).click();
  await two.getByRole("link", { name: "À décider" }).first().click();
  for (const page of [one, two]) {
    await expect(page.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
    await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
    await shows(page, { "Prix de vente": "7 000" });
  }
  // Who may not change a product is asked nothing about it.
  await expect(seller.getByRole("button", { name: new RegExp(`^Ajouter ${PRODUCT}.*7\\s000`) })).toBeVisible();
  await expect(seller.getByRole("link", { name: "À jour" })).toBeVisible();
  await expect(seller.getByText("Deux valeurs différentes")).toHaveCount(0);
});

test("an employee sees a product and does not change it", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", SELLER);
  await open(page);
  await expect(page.getByText("Prix de vente")).toBeVisible();
  await expect(page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
});
