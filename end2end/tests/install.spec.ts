// The app as one of its own. Whether a browser offers it is the browser's to decide, so the tests offer it themselves;
// nobody has tried it on a real phone.
import type { BrowserContext, Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, sellExact, test } from "../support/shop";

/** The browser's offer; what the person answers it is known beforehand. It comes before any part of the app, or now. */
const offer = (answer: "accepted" | "dismissed") => {
  const make = () => {
    (window as any).prompts ??= 0;
    const event = new Event("beforeinstallprompt", { cancelable: true });
    const prompt = async () => void (window as any).prompts++;
    window.dispatchEvent(Object.assign(event, { prompt, userChoice: Promise.resolve({ outcome: answer }) }));
    return event.defaultPrevented;
  };
  if (document.readyState !== "loading") return make();
  document.addEventListener("readystatechange", make, { once: true });
};

const app = (page: Page) => page.getByRole("region", { name: "Application", exact: true });
const button = (page: Page) => page.getByRole("button", { name: "Installer l’application" });
const prompts = (page: Page) => page.evaluate(() => (window as any).prompts as number);

async function sellOne(page: Page) {
  await page.goto("/vente");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
}

test("an offer that comes before the app is kept, taken once, and thanked for", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await context.addInitScript(offer, "accepted" as const);
  await page.goto("/parametres");
  await expect(app(page)).toContainText("Installé, Comptoir s’ouvre d’un geste");
  await looksRight(page, "Paramètres, the app can be installed");
  await button(page).click();
  await expect.poll(() => prompts(page)).toBe(1);
  await expect(button(page)).toHaveCount(0);
  await page.evaluate(() => window.dispatchEvent(new Event("appinstalled")));
  await expect(app(page)).toContainText("Merci ! Comptoir est maintenant parmi vos applications.");
});

test("an offer that comes later is shown, and the browser does not show its own", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.goto("/parametres");
  await expect(app(page)).toBeVisible();
  expect(await page.evaluate(offer, "dismissed" as const)).toBe(true);
  await button(page).click();
  await expect.poll(() => prompts(page)).toBe(1);
  // What was refused was taken all the same: the way left is the browser's own.
  await expect(app(page)).toContainText("ouvrez le menu du navigateur");
});

test("Accueil offers it after a first confirmed sale, and never again once somebody said no", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await context.addInitScript(offer, "accepted" as const);
  const asked = page.getByText("Installer Comptoir sur ce téléphone ?");
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Aujourd’hui" })).toContainText("0 vente");
  await expect(asked).toHaveCount(0);
  await sellOne(page);
  await page.goto("/");
  await expect(asked).toBeVisible();
  await looksRight(page, "Accueil, the app can be installed");
  await page.getByRole("button", { name: "Non merci" }).click();
  await expect(asked).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("region", { name: "Aujourd’hui" })).toContainText("1 vente");
  await expect(asked).toHaveCount(0);
  // Whoever changes their mind finds it.
  await page.goto("/parametres");
  await expect(button(page)).toBeVisible();
});

test("where no browser offers it, one sentence says how, or why not", async ({ shop, browser }) => {
  const says: [what: string, before: () => void][] = [
    ["ouvrez le menu du navigateur", () => {}],
    ["touchez Partager, puis « Sur l’écran d’accueil »", () => Object.defineProperty(Navigator.prototype, "standalone", { get: () => false })],
    ["Comptoir est installé sur ce téléphone.", () => Object.defineProperty(Navigator.prototype, "standalone", { get: () => true })],
    ["Il faut une adresse en https.", () => Object.defineProperty(window, "isSecureContext", { get: () => false })],
  ];
  const { context } = await shop.phone(browser, "Un");
  const storageState = await context.storageState({ indexedDB: true });
  for (const [what, before] of says) {
    const other: BrowserContext = await browser.newContext({ baseURL: shop.url, storageState });
    await other.addInitScript(before);
    // None of the browser's own comes between.
    await other.addInitScript(() => addEventListener("beforeinstallprompt", (event) => event.isTrusted && event.stopImmediatePropagation(), true));
    const page = await other.newPage();
    await page.goto("/parametres");
    await expect(app(page)).toContainText(what);
    await expect(button(page)).toHaveCount(0);
    await other.close();
  }
});

test("over plain HTTP the camera says what it needs", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await context.addInitScript(() => Object.defineProperty(window, "isSecureContext", { get: () => false }));
  await page.goto("/vente");
  await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
  await expect(page.getByRole("alert")).toContainText("La caméra demande une adresse en https");
});
