// Apparence: light, dark or as the phone is; kept on the phone, there from the first paint on.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/shop";

const DARK = "rgb(16, 17, 19)";
const LIGHT = "rgb(244, 244, 240)";

const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const scheme = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
/** What the browser takes for its own bar: the first that fits. */
const bar = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].find((meta) => matchMedia(meta.media).matches)?.content);

async function looks(page: Page, colour: string, of: "light" | "dark") {
  await expect.poll(() => ground(page)).toBe(colour);
  expect(await scheme(page)).toBe(of);
  expect(await bar(page)).toBe(of === "dark" ? "#1a1b1f" : "#ffffff");
}

async function choose(page: Page, theme: string) {
  await page.goto("/parametres");
  await page.getByRole("group", { name: "Thème" }).getByRole("radio", { name: theme }).check();
}

test("a theme is chosen, kept, and there before the app is", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const told: string[] = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && told.push(message.text()));
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.emulateMedia({ colorScheme: "light" });
  await looks(page, LIGHT, "light");
  await choose(page, "Sombre");
  await looks(page, DARK, "dark");
  await context.setOffline(true);
  await page.reload(); // the shell that the phone keeps
  await looks(page, DARK, "dark");
  await expect(page.getByRole("group", { name: "Thème" }).getByRole("radio", { name: "Sombre" })).toBeChecked();
  await context.setOffline(false);
  // The server's own page, whose script never comes.
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  });
  await page.route("**/*.{js,wasm}", (route) => route.abort());
  await page.goto("/vente");
  await looks(page, DARK, "dark");
  expect(told).toEqual([]);
});

test("light stays light on a dark phone, and the system's own is followed again", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.emulateMedia({ colorScheme: "dark" });
  await looks(page, DARK, "dark");
  await choose(page, "Clair");
  await looks(page, LIGHT, "light");
  const other = await context.newPage();
  await other.emulateMedia({ colorScheme: "dark" });
  await other.goto("/vente");
  await looks(other, LIGHT, "light");
  await choose(page, "Système");
  await looks(page, DARK, "dark");
  await looks(other, DARK, "dark"); // every window
  await page.emulateMedia({ colorScheme: "light" });
  await looks(page, LIGHT, "light");
});
