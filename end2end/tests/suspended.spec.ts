// A customer goes back for money, and the next one is served: the first one's cart waits, and is gone on with.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { Held } from "../support/network";
import { add, createProduct, expect, row, sellExact, test } from "../support/shop";
import { damage, stored } from "../support/storage";

const aside = (page: Page) => page.getByRole("button", { name: "Mettre de côté" });
const open = (page: Page) => page.getByRole("button", { name: /articles?$/ }).click();

async function putBy(page: Page) {
  await open(page);
  await aside(page).click();
}

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

test("while a sale waits for its answer no cart is moved, and what is tapped is of the next one", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await add(page, "Gingembre 250 g").click();
  await putBy(page);
  await add(page, "Ail 250 g").click();
  const held = await Held.pushes(context);
  await sellExact(page);
  await expect.poll(() => held.count).toBe(1);
  await page.getByRole("link", { name: "Retour au panier" }).click();
  await expect(waiting(page)).toBeDisabled();
  await add(page, "Ail 250 g").click(); // the same once more
  await held.release();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.goto("/vente");
  await inCart(page, "1 article");
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
  await expect(waiting(page)).toHaveText([/Gingembre 250 g/]);
});

test("on a full disk the cart stays in the hand and on the disk, and it is said", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (Reflect.get(window, "full")) throw new DOMException("no room", "QuotaExceededError");
      return put.call(this, value, key);
    };
  });
  await page.reload();
  await add(page, "Ail 250 g").click();
  await expect.poll(async () => (await stored(page, "meta")).cart).toContain("Ail 250 g");
  await page.evaluate(() => Reflect.set(window, "full", true));
  await putBy(page);
  await expect(page.getByRole("alert").filter({ hasText: "Le panier reste comme il était" })).toContainText("La mémoire du téléphone est pleine");
  await looksRight(page, "Vendre, a cart that stays");
  await inCart(page, "1 article");
  await expect(waiting(page)).toHaveCount(0);
  await page.reload();
  await inCart(page, "1 article");
});

test("a waiting cart that does not read is told and kept, and the others are gone on with", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  for (const product of ["Ail 250 g", "Gingembre 250 g"]) {
    await add(page, product).click();
    await putBy(page);
  }
  await expect(waiting(page)).toHaveCount(2);
  const key = Object.keys(await stored(page, "meta")).find((key) => key.startsWith("suspended/"))!;
  await damage(page, "meta", key, "{");
  await page.reload();
  await expect(waiting(page)).toHaveText([/Gingembre 250 g/]);
  await waiting(page).click();
  await inCart(page, "1 article");
  await page.goto("/a-decider");
  await expect(page.getByRole("article", { name: "Panier illisible" })).toContainText("Refaites-le avec le client.");
});

test("the longest names, an open cart, and a low screen", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const long = "Paracétamol 500 mg, comprimés effervescents, boîte de 100, du laboratoire de la Société Guinéenne de Pharmacie";
  await createProduct(page, { Nom: long, "Prix de vente": "1 250 000", "Il y en a maintenant": "9" });
  await expect(page.getByRole("heading", { name: /^Paracétamol/ })).toBeVisible();
  await page.goto("/vente?q=effervescents");
  for (let n = 0; n < 2; n++) {
    await add(page, long).click();
    if (n === 0) await putBy(page);
  }
  await open(page);
  await looksRight(page, "Vendre, an open cart and one that waits, long names");
  await page.setViewportSize({ width: 640, height: 360 });
  await expect(aside(page)).toBeInViewport({ ratio: 1 });
  await aside(page).click();
  await expect(waiting(page)).toHaveCount(2);
});
