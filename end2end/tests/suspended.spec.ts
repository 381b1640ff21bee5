// A customer goes back for money, and the next one is served: the first one's cart waits, and is gone on with.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, sellExact, test } from "../support/shop";

const putBy = async (page: Page) => {
  const body = page.getByRole("button", { name: "Mettre de côté" });
  if (!(await body.isVisible())) await page.getByRole("button", { name: /articles?$/ }).click();
  await body.click();
};
const waiting = (page: Page) => page.getByRole("group", { name: "Paniers mis de côté" }).getByRole("button");
const inCart = (page: Page, count: string) => expect(page.getByRole("button", { name: count, exact: true })).toBeVisible();

test("a cart waits through a sale, a reload and no network, and is sold whole", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  for (let n = 0; n < 2; n++) await add(page, "Ail 250 g").click();
  await add(page, "Gingembre 250 g").click();
  await putBy(page);
  await expect(waiting(page)).toHaveText([/Ail 250 g \+.1.*\d\d:\d\d · /]);
  await looksRight(page, "Vendre, a cart waits, the other is empty");
  await add(page, "Allumettes, paquet de 10").click();
  await inCart(page, "1 article");
  await looksRight(page, "Vendre, a cart waits beside another");
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/vente");
  await waiting(page).click();
  await inCart(page, "3 articles");
  await expect(waiting(page)).toHaveCount(0);
  await page.reload();
  await inCart(page, "3 articles");
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.goto("/vente");
  await expect(waiting(page)).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Encaisser" })).toBeHidden();
});

test("taking one up puts the other by, and two tabs never hold the same", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await putBy(page);
  await add(page, "Gingembre 250 g").click();
  await waiting(page).click();
  await expect(waiting(page)).toHaveText([/Gingembre 250 g/]);
  const other = await context.newPage();
  await other.goto("/vente");
  await inCart(other, "1 article"); // what is kept is one cart, whatever the tab
  await expect(waiting(other)).toHaveText([/Gingembre 250 g/]);
  await putBy(page);
  await expect(waiting(other)).toHaveText([/Gingembre 250 g/, /Ail 250 g/]);
  // In the same moment, in both: one has it, whichever.
  const wanted = await Promise.all([page, other].map((tab) => waiting(tab).filter({ hasText: "Gingembre" }).elementHandle()));
  await Promise.all(wanted.map((chip) => chip?.evaluate((one) => (one as HTMLElement).click())));
  for (const tab of [page, other]) await expect(waiting(tab).filter({ hasText: "Gingembre" })).toHaveCount(0);
  const held = (tab: Page) => tab.locator("#panier").getByText("Gingembre 250 g").count();
  await expect.poll(async () => (await held(page)) + (await held(other))).toBe(1);
});

test("twenty wait at most, and the cart stays where it is", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  for (let n = 0; n < 20; n++) {
    await add(page, "Ail 250 g").click();
    await putBy(page);
  }
  await expect(waiting(page)).toHaveCount(20);
  await looksRight(page, "Vendre, twenty carts wait");
  await add(page, "Gingembre 250 g").click();
  await putBy(page);
  await expect(page.getByText("20 paniers attendent déjà : reprenez-en un d’abord.")).toBeVisible();
  await inCart(page, "1 article");
  await expect(waiting(page)).toHaveCount(20);
});
