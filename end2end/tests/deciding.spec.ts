// À décider: what a person makes of a sale that was refused after the customer left (G17).
import type { Browser, Page } from "@playwright/test";
import { add, expect, row, sellExact, test, type Shop } from "../support/shop";

/** Sells offline what another phone sells meanwhile: nine there are, `other` are sold there and `own` here. */
async function refusedLate(shop: Shop, browser: Browser, own: number, other: number): Promise<{ one: Page; two: Page }> {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await context.setOffline(true);
  for (const [page, units] of [[one, own], [two, other]] as const) {
    for (let n = 0; n < units; n++) await add(page, "Gingembre 250 g").click();
    await sellExact(page);
  }
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await expect(one.getByText("En attente de synchronisation")).toBeVisible();
  await context.setOffline(false);
  await expect(one.getByText("Refusée : à décider")).toBeVisible();
  await one.getByRole("link", { name: "1 à décider" }).first().click();
  return { one, two };
}

const card = (page: Page) => page.getByRole("article", { name: /^Vente A-000001 · / });

test("a late refusal is cancelled, and the other phone was told of it", async ({ shop, browser }) => {
  const { one, two } = await refusedLate(shop, browser, 9, 9);
  await expect(two.getByRole("link", { name: "1 à décider" }).first()).toBeVisible();
  await expect(card(one)).toContainText("Gingembre 250 g");
  await card(one).getByRole("button", { name: "Annuler la vente" }).click();
  await card(one).getByRole("button", { name: "Oui, annuler et rembourser" }).click();
  await expect(one.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  await expect(one.getByRole("link", { name: "À jour" })).toBeVisible();
  await expect(two.getByRole("link", { name: "1 à décider" })).toHaveCount(0);
  expect((await shop.truth()).refused.map((refused) => refused.became)).toEqual(["cancelled"]);
});

test("the goods left: the count is corrected and the sale kept, from the other phone too", async ({ shop, browser }) => {
  const { one, two } = await refusedLate(shop, browser, 5, 6);
  await two.getByRole("link", { name: "1 à décider" }).first().click();
  await expect(card(two)).toContainText("Le compte est corrigé : +2 Gingembre 250 g.");
  await card(two).getByRole("button", { name: /^Garder la vente de 30\s000\sGNF$/ }).click();
  for (const page of [one, two]) await expect(page.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  await one.getByRole("link", { name: "Vendre" }).click();
  await expect(row(one, "Gingembre 250 g", "Épuisé")).toBeVisible();
  const truth = await shop.truth();
  expect([truth.stock("Gingembre 250 g"), truth.sales.length]).toEqual([0, 2]);
});

test("a part of it is kept, the rest paid back", async ({ shop, browser }) => {
  const { one } = await refusedLate(shop, browser, 5, 6);
  await expect(card(one)).toContainText("3 articles sur 5 restent vendus");
  await card(one).getByRole("button", { name: /^Garder une partie : 18\s000\sGNF$/ }).click();
  await card(one).getByRole("button", { name: "Oui, garder cette partie et rembourser" }).click();
  await expect(one.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  await expect(one.getByRole("link", { name: "À jour" })).toBeVisible();
  const truth = await shop.truth();
  expect([truth.stock("Gingembre 250 g"), truth.sales.length]).toEqual([0, 2]);
});
