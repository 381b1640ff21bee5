// À décider: what a person makes of a sale that was refused after the customer left (G17).
import type { Browser, Page } from "@playwright/test";
import { notificationsOf } from "../support/notifications";
import { looksRight } from "../support/looks";
import { add, expect, row, sellExact, test, type Shop } from "../support/shop";
import { queue, stored } from "../support/storage";

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

test("a refusal rings on the other phone within a second, and leads to it", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { context: away, page: two } = await shop.phone(browser, "Deux");
  await away.grantPermissions(["notifications"]);
  const notifications = await notificationsOf(two);
  await two.reload();
  await expect(add(two, "Gingembre 250 g")).toBeVisible();
  await context.setOffline(true);
  for (const page of [one, two]) {
    for (let n = 0; n < 9; n++) await add(page, "Gingembre 250 g").click();
    await sellExact(page);
  }
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  // The phone lies on the counter, its screen off.
  await two.evaluate(() => Object.defineProperty(document, "visibilityState", { get: () => "hidden" }));
  await context.setOffline(false);
  await expect(one.getByText("Refusée : à décider")).toBeVisible();
  await expect(two.getByText("Vente A-000001 refusée")).toBeVisible({ timeout: 1_000 });
  await expect.poll(() => notifications).toEqual(["Vente A-000001 refusée · À décider dans Comptoir."]);
  await two.getByRole("link", { name: "Voir" }).click();
  await expect(card(two)).toBeVisible();
  await expect(two.getByText("Rien n’est perdu : une personne décide.")).toHaveCount(0);
});

test("a sale whose cart came back elsewhere is sold only where the customer left with the goods", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await context.setOffline(true);
  await add(one, "Gingembre 250 g").click();
  await sellExact(one);
  await expect(one.getByText("En attente de synchronisation")).toBeVisible();
  // The first phone was copied from the second, whose cart came back.
  const [sold] = Object.values(await stored(one, "outbox"));
  await queue(two, "settle_refusal", { refused: JSON.parse(String(sold)).mutation.key, became: "rolled_back" });
  await two.reload();
  await expect(two.getByRole("link", { name: "À jour" })).toBeVisible();
  await context.setOffline(false);
  await one.getByRole("link", { name: "1 à décider" }).first().click();
  await expect(card(one)).toContainText("Quelqu’un a déjà décidé");
  await expect(card(one)).toContainText("Ailleurs, cette vente a été annulée ou reprise");
  await looksRight(one, "À décider, sold by a copy");
  await card(one).getByRole("button", { name: "Vendre quand même" }).click();
  await expect(one.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  await one.getByRole("link", { name: "Vendre" }).click();
  await expect(row(one, "Gingembre 250 g", "8 en stock")).toBeVisible();
});

test("a browser that cannot shake rings all the same, and goes on", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  const said: string[] = [];
  two.on("pageerror", (error) => said.push(String(error)));
  await two.evaluate(() => delete (Navigator.prototype as any).vibrate);
  await context.setOffline(true);
  for (const page of [one, two]) {
    for (let n = 0; n < 9; n++) await add(page, "Gingembre 250 g").click();
    await sellExact(page);
  }
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await context.setOffline(false);
  await two.getByRole("link", { name: "Voir" }).click();
  await card(two).getByRole("button", { name: "Annuler la vente" }).click();
  await card(two).getByRole("button", { name: "Oui, annuler et rembourser" }).click();
  await expect(two.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  expect(said).toEqual([]);
});

test("what nobody wants to see now is put off, and stays to be decided", async ({ shop, browser }) => {
  const { two } = await refusedLate(shop, browser, 9, 9);
  await two.getByRole("button", { name: "Plus tard" }).click();
  await expect(two.getByText("Vente A-000001 refusée")).toHaveCount(0);
  await expect(two.getByRole("link", { name: "1 à décider" }).first()).toBeVisible();
});

test("three phones: two sold offline what a third sold, and each sale has its own end", async ({ shop, browser }) => {
  const names = ["Un", "Deux", "Trois"];
  const [one, two, three] = await Promise.all(names.map((name) => shop.phone(browser, name)));
  for (const { context } of [one, two]) await context.setOffline(true);
  for (const [{ page }, units] of [[one, 4], [two, 5], [three, 8]] as const) {
    for (let n = 0; n < units; n++) await add(page, "Gingembre 250 g").click();
    await sellExact(page);
  }
  await expect(three.page.getByText("Vente confirmée")).toBeVisible();
  for (const { context } of [one, two]) await context.setOffline(false);
  for (const { page } of [one, two, three]) {
    await expect(page.getByRole("link", { name: "2 à décider" }).first()).toBeVisible();
    await page.getByRole("link", { name: "2 à décider" }).first().click();
  }
  const of = (page: Page, amount: string) =>
    page.getByRole("article", { name: new RegExp(`^Vente .-000001 · ${amount}\\s000\\sGNF$`) });
  // The third keeps the first one's four; the first cancels the second one's five.
  await of(three.page, "24").getByRole("button", { name: /^Garder la vente de/ }).click();
  await expect(of(one.page, "24")).toHaveCount(0);
  await of(one.page, "30").getByRole("button", { name: "Annuler la vente" }).click();
  await of(one.page, "30").getByRole("button", { name: "Oui, annuler et rembourser" }).click();
  for (const { page } of [one, two, three]) {
    await expect(page.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
    await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  }
  const truth = await shop.truth();
  expect([truth.stock("Gingembre 250 g"), truth.sales.length]).toEqual([0, 2]);
  expect(truth.refused.map((refused) => refused.became).sort()).toEqual(["cancelled", "retried"]);
});

test("a first tap counts though somebody sells meanwhile, if what it does stays the same", async ({ shop, browser }) => {
  const { one, two } = await refusedLate(shop, browser, 9, 3);
  await card(one).getByRole("button", { name: "Annuler la vente" }).click();
  await expect(card(one)).toContainText("6 articles sur 9 restent vendus");
  await two.getByRole("link", { name: "Nouvelle vente" }).click();
  await add(two, "Gingembre 250 g").click();
  await sellExact(two);
  await expect(card(one)).toContainText("5 articles sur 9 restent vendus");
  await card(one).getByRole("button", { name: "Oui, annuler et rembourser" }).click();
  await expect(one.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
});
