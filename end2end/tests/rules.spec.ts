// Paramètres → Règles: what an owner lets the shop do, on every phone of it.
import type { Browser, Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { Held } from "../support/network";
import { add, expect, row, SELLER, sellExact, test, type Shop } from "../support/shop";
import { stored } from "../support/storage";

const PRODUCT = "Gingembre 250 g"; // nine in stock

async function rules(page: Page) {
  await page.getByRole("link", { name: "Paramètres" }).click();
  const rules = page.getByRole("region", { name: "Règles" });
  await expect(rules).toBeVisible();
  return rules;
}

/** Turns a rule, and waits until the server has it. */
async function turn(page: Page, rule: string, on: boolean) {
  const turned = (await rules(page)).getByRole("switch", { name: rule });
  const pushed = page.waitForResponse((answer) => !!answer.request().postData()?.includes("edit_shop"));
  await turned.setChecked(on);
  await expect(turned).toBeChecked({ checked: on });
  await page.getByRole("link", { name: "Vendre", exact: true }).click();
  await pushed;
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
}

async function fill(page: Page, units: number) {
  for (let n = 0; n < units; n++) await add(page, PRODUCT).click();
}

async function phones(shop: Shop, browser: Browser) {
  const { page: owner } = await shop.phone(browser, "Patronne");
  const { context, page: seller } = await shop.phone(browser, "Vendeur", SELLER);
  return { owner, context, seller };
}

test("where every sale is kept, one beyond the stock is confirmed, and the product is to be counted", async ({ shop, browser }) => {
  const { owner, seller } = await phones(shop, browser);
  await looksRight(owner, "Vendre");
  await turn(owner, "Refuser les ventes au-delà du stock", false);
  await fill(seller, 11);
  await sellExact(seller);
  await expect(seller.getByText("Vente confirmée")).toBeVisible();
  await expect(row(owner, PRODUCT, "Épuisé")).toBeVisible();
  await owner.getByRole("link", { name: "Stock", exact: true }).click();
  await owner.getByRole("link", { name: "Compter le stock" }).click();
  const again = owner.getByRole("region", { name: PRODUCT });
  await expect(again).toContainText("2 unités vendues au-delà du stock, sans contrôle");
  await again.getByRole("button", { name: "Il y en a 0" }).click();
  await expect(owner.getByRole("heading", { name: "À recompter" })).toBeHidden();
  expect((await shop.truth()).stock(PRODUCT)).toBe(0);
});

test("who never waits has a receipt at once, though the server does not answer", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Patronne");
  const choice = (await rules(page)).getByRole("radio", { name: "Jamais" });
  await looksRight(page, "Paramètres, rules");
  const held = await Held.pushes(context);
  await choice.check();
  await page.getByRole("link", { name: "Vendre", exact: true }).click();
  await fill(page, 1);
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible({ timeout: 2_000 });
  await held.release();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
});

test("without network a seller confirms what is beyond the stock, and the sale is marked", async ({ shop, browser }) => {
  const { owner, context, seller } = await phones(shop, browser);
  await fill(seller, 11);
  await context.setOffline(true);
  const pay = seller.getByRole("button", { name: "Espèces : compte exact" });
  await seller.getByRole("link", { name: /^Encaisser/ }).click();
  await expect(seller.getByText(`${PRODUCT} : 11 au panier, 9 en stock`)).toBeVisible();
  await expect(pay).toBeDisabled();
  await looksRight(seller, "Encaisser, beyond the stock");
  await seller.getByRole("checkbox", { name: "Les articles sont là : vendre quand même" }).check();
  await pay.click();
  await expect(seller.getByText("En attente de synchronisation")).toBeVisible();
  await seller.goto("/ventes");
  await expect(seller.getByRole("link", { name: /au-delà du stock/ })).toBeVisible();
  await context.setOffline(false);
  // Refused, for the goods were not counted; who decides is told that the seller was.
  await expect(owner.getByRole("link", { name: "1 à décider" }).first()).toBeVisible();
  await owner.goto("/a-decider");
  await expect(owner.getByText("Elle a été faite hors ligne, au-delà du stock connu à ce moment.")).toBeVisible();
  await owner.getByRole("button", { name: /^Garder la vente/ }).click();
  await expect(owner.getByText("Rien à décider")).toBeVisible();
  await owner.goto("/ventes");
  await owner.getByRole("link", { name: /au-delà du stock/ }).click();
  await expect(owner.getByText("Vente faite hors ligne, au-delà du stock connu à ce moment")).toBeVisible();
});

test("without network what is beyond the stock is not sold where the owner says so", async ({ shop, browser }) => {
  const { owner, context, seller } = await phones(shop, browser);
  await fill(seller, 11);
  await context.setOffline(true);
  await expect(seller.getByRole("link", { name: "Hors ligne" })).toBeVisible();
  await turn(owner, "Vendre plus que le stock connu, hors ligne", false);
  await context.setOffline(false);
  // Said once all the server has is on the disk.
  await expect(seller.getByRole("link", { name: "À jour" })).toBeVisible();
  expect(Object.values(await stored(seller, "meta")).join()).toContain('"beyond_stock":"never"');
  await context.setOffline(true);
  const pay = seller.getByRole("button", { name: "Espèces : compte exact" });
  await seller.getByRole("link", { name: /^Encaisser/ }).click();
  await expect(seller.getByText("Le propriétaire ne permet pas de vendre au-delà du stock sans réseau.")).toBeVisible();
  await expect(pay).toBeDisabled();
  await expect(seller.getByRole("checkbox")).toHaveCount(0);
});

test("a refused sale goes again by itself when there is stock again", async ({ shop, browser }) => {
  const { owner, context, seller } = await phones(shop, browser);
  await turn(owner, "Réessayer seul une vente refusée", true);
  await expect(seller.getByRole("link", { name: "À jour" })).toBeVisible();
  await context.setOffline(true);
  await fill(seller, 5);
  await sellExact(seller);
  await fill(owner, 8);
  await sellExact(owner);
  await expect(owner.getByText("Vente confirmée")).toBeVisible();
  await context.setOffline(false);
  await expect(owner.getByRole("link", { name: "1 à décider" }).first()).toBeVisible();
  // Somebody finds a carton at the back.
  await owner.goto("/stock/comptage");
  await owner.getByRole("searchbox").fill("gingembre");
  await owner.getByRole("button", { name: `Compter ${PRODUCT}` }).click();
  await owner.getByLabel("Compté", { exact: true }).fill("6");
  await owner.getByRole("button", { name: "Enregistrer" }).click();
  await expect(seller.getByText("Vente confirmée")).toBeVisible();
  await expect(owner.getByRole("link", { name: "1 à décider" })).toHaveCount(0);
  const truth = await shop.truth();
  expect([truth.stock(PRODUCT), truth.sales.length]).toEqual([1, 2]);
});

test("an employee counts as soon as the owner lets them", async ({ shop, browser }) => {
  const { owner, seller } = await phones(shop, browser);
  await seller.goto("/stock/comptage");
  await expect(seller.getByText("Le propriétaire compte le stock")).toBeVisible();
  await turn(owner, "Les employés comptent le stock", true);
  await seller.getByRole("searchbox").fill("gingembre");
  await seller.getByRole("button", { name: `Compter ${PRODUCT}` }).click();
  await seller.getByLabel("Compté", { exact: true }).fill("7");
  await seller.getByRole("button", { name: "Enregistrer" }).click();
  await expect(row(owner, PRODUCT, "7 en stock")).toBeVisible();
  await seller.getByRole("link", { name: "Retour au stock" }).click();
  await seller.getByRole("link", { name: "Paramètres" }).click();
  await expect(seller.getByRole("heading", { name: "Synchronisation" })).toBeVisible();
  await expect(seller.getByRole("heading", { name: "Règles" })).toHaveCount(0);
});
