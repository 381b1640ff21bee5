// French is written, English is read from a catalogue: chosen on a phone, for that phone, before anybody is enrolled or
// later, and kept without network.
import type { Page } from "@playwright/test";
import { add, expect, OWNER, sellExact, signIn, test } from "../support/shop";

const speaks = (page: Page) => page.evaluate(() => document.documentElement.lang);

async function choose(page: Page, language: string) {
  const loaded = page.waitForEvent("load");
  await page.getByRole("radio", { name: language }).click();
  await loaded;
}

test("a phone is enrolled, sells and works offline in English, and the other speaks French", async ({ shop, browser }) => {
  const { page: other } = await shop.phone(browser, "Deux");
  const context = await browser.newContext({ baseURL: shop.url });
  const page = await context.newPage();
  const told: string[] = [];
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  await page.goto("/connexion");
  await choose(page, "English");
  await page.getByLabel("Six-digit code").fill(shop.code());
  await page.getByLabel("Name of this phone").fill("One");
  await page.getByRole("button", { name: "Enrol this phone" }).click();
  await page.getByRole("button", { name: OWNER.name }).click();
  for (const digit of OWNER.pin) await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Confirm the PIN" }).click();
  await page.getByRole("button", { name: /^Add / }).first().click();
  await expect(page.getByRole("button", { name: "1 item" })).toBeVisible();
  await page.getByRole("link", { name: /^Charge / }).click();
  await page.getByRole("button", { name: "Cash: exact amount" }).click();
  await expect(page.getByText("Sale confirmed")).toBeVisible();
  expect(await speaks(page)).toBe("en");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/stock");
  await expect(page.getByRole("heading", { name: "Stock" })).toBeVisible();
  await expect(page.getByRole("radio", { name: "Out of stock" })).toBeVisible();
  await page.goto("/ventes");
  await expect(page.getByText("1 sale", { exact: true })).toBeVisible();
  await context.setOffline(false);
  expect(told.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);

  await expect(other.getByRole("button", { name: /^Ajouter / }).first()).toBeVisible();
  expect(await speaks(other)).toBe("fr");
});

test("another language is chosen with a full basket, and French again", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Gingembre 250 g").click();
  await page.goto("/parametres");
  await choose(page, "English");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await page.goto("/vente");
  await expect(page.getByRole("button", { name: "1 item" })).toBeVisible();
  await page.goto("/parametres");
  await choose(page, "Français");
  await expect(page.getByRole("heading", { name: "Paramètres" })).toBeVisible();
  await page.goto("/vente");
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
});

test("who signs in finds the own language where another one is spoken", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.goto("/connexion");
  await choose(page, "English");
  await choose(page, "Français");
  await signIn(page, OWNER);
  await expect(page.getByRole("heading", { name: "Vendre" })).toBeVisible();
});

test("English is in its own part of the page, and in no other", async ({ shop }) => {
  const worker = await (await fetch(`${shop.url}/sw.js`)).text();
  const files = [...new Set(worker.match(/\/pkg\/[^"]+\.wasm/g))];
  const speaking = [];
  for (const file of files) {
    const bytes = Buffer.from(await (await fetch(shop.url + file)).arrayBuffer());
    if (bytes.includes("Confirm the PIN")) speaking.push(file.replace(/\..*/, ""));
  }
  // Where the files do not split as they should, everything lands in the first one (src/part.rs).
  expect(speaking).toEqual(["/pkg/split_english"]);
});
