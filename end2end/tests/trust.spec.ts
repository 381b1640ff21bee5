// What must never be lost, doubled or taken for another's: disk, PINs, upgrades, installations.
import { OWNER, add, expect, row, sellExact, signIn, test } from "../support/shop";
import type { Page } from "@playwright/test";

const PENDING = "En attente de synchronisation";
const CONFIRMED = "Vente confirmée";

test("G1: the sale's transaction is strict", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.evaluate(() => {
    const asked: string[] = ((window as any).asked = []);
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const transaction = begin.call(this, stores, mode, options);
      const names = [stores].flat();
      if (mode === "readwrite" && names.includes("outbox") && names.includes("meta") && !names.includes("confirmed"))
        asked.push(transaction.durability);
      return transaction;
    };
  });
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  expect((await page.evaluate(() => (window as any).asked as string[]))[0]).toBe("strict");
});

test("power_cut_after_receipt: the browser is killed at the receipt; the sale is there, and sent once", async ({ shop, profile }) => {
  let context = await profile.start(shop.url);
  let page = await shop.phoneIn(context, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await shop.stop();
  await context.setOffline(true);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await page.getByRole("article", { name: "Reçu A-000001" }).waitFor();
  const receipt = page.url();
  await profile.kill();
  // The server is still away: what is shown comes from the disk.
  context = await profile.start(shop.url);
  page = context.pages()[0];
  await page.goto(receipt);
  await expect(page.getByRole("article", { name: "Reçu A-000001" })).toContainText(PENDING);
  await expect(page.getByRole("article", { name: "Reçu A-000001" })).toContainText("Ail 250 g");
  await shop.start();
  // Cookies reach the disk later than data: the session may be gone with the power, and is here.
  await context.clearCookies();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.getByRole("link", { name: "Mon PIN" }).click();
  await signIn(page, OWNER);
  await page.goto(receipt);
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  const truth = await shop.truth();
  expect(truth.sales.map((sold) => sold.sale.receipt)).toEqual(["A-000001"]);
  expect(truth.stock("Ail 250 g")).toBe(11);
});

test("five wrong PINs lock, offline too, and a reload forgives nothing", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/connexion");
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  for (let n = 0; n < 5; n++) {
    for (const digit of "9999") await page.getByRole("button", { name: digit, exact: true }).click();
    await page.getByRole("button", { name: "Valider le PIN" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByRole("status", { name: /^0 chiffre tapé$/ })).toBeAttached();
  }
  await expect(page.getByRole("alert")).toContainText("Trop d’essais");
  await page.reload();
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  for (const digit of "2580") await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Valider le PIN" }).click();
  await expect(page.getByRole("alert")).toContainText("Trop d’essais");
});

/** A page of the same origin without the app: what another version's tab is to the database. */
async function bare(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto("/favicon.png");
  return tab;
}

/** Opens the database in `tab` and keeps it open as `window.held`, giving way to nobody; `stores` are added. */
function hold(tab: Page, version: number | undefined, stores: string[]): Promise<number> {
  return tab.evaluate(
    ([version, stores]) =>
      new Promise<number>((done, fail) => {
        const request = indexedDB.open("comptoir", version as number | undefined);
        request.onupgradeneeded = () => (stores as string[]).forEach((store) => request.result.createObjectStore(store));
        request.onsuccess = () => done(((window as any).held = request.result).version);
        request.onerror = () => fail(request.error);
      }),
    [version, stores] as const,
  );
}

const closeHeld = (tab: Page) => tab.evaluate(() => (window as any).held.close());

test("upgrade_blocked_by_tab: said, not blank; and it opens once the other tab is closed", async ({ shop, browser }) => {
  const context = await browser.newContext({ baseURL: shop.url });
  const older = await bare(await context.newPage());
  await hold(older, 1, ["meta", "outbox"]);
  const page = await context.newPage();
  const message = page.getByText("Comptoir est ouvert ailleurs dans une version ancienne. Fermez les autres onglets.");
  await page.goto("/vente");
  await expect(message).toBeVisible();
  // Opened again it waits behind its own first try, of which the browser tells it nothing.
  for (const path of ["/vente", "/connexion"]) {
    await page.goto(path);
    await expect(message, path).toBeVisible();
  }
  await expect(page.getByLabel("Code à six chiffres")).toHaveCount(0);
  await older.close();
  await expect(message).toBeHidden();
  await expect(page.getByLabel("Code à six chiffres")).toBeVisible();
});

test("upgrade_blocked_by_tab: our own tab gives way to a newer version, and says so", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  const newer = await bare(page);
  expect(await hold(newer, 99, ["of_the_future"])).toBe(99);
  await expect(page.getByText("Une autre fenêtre a mis Comptoir à jour. Rechargez cette page.")).toBeVisible();
  await closeHeld(newer);
  await page.reload();
  await expect(row(page, "Ail 250 g", "12 en stock")).toBeVisible();
});

test("app_rolled_back: a newer version's database opens, the outbox is whole", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  for (const receipt of ["A-000001", "A-000002"]) {
    await add(page, "Ail 250 g").click();
    await sellExact(page);
    await expect(page.getByRole("article", { name: `Reçu ${receipt}` })).toContainText(PENDING);
    await page.goto("/vente");
  }
  const newer = await bare(page);
  await page.close();
  expect(await hold(newer, 7, ["of_the_future", "another"])).toBe(7);
  await newer.evaluate(() => {
    const tx = (window as any).held.transaction(["of_the_future", "meta"], "readwrite");
    tx.objectStore("of_the_future").put("kept", "row");
    tx.objectStore("meta").put(JSON.stringify({ unheard: "of" }), "a_newer_key");
    return new Promise((done) => (tx.oncomplete = done));
  });
  await closeHeld(newer);
  const older = await context.newPage();
  await older.goto("/vente");
  await expect(older.getByRole("link", { name: "Hors ligne · 2" })).toBeVisible();
  await expect(row(older, "Ail 250 g", "10 en stock")).toBeVisible();
  await context.setOffline(false);
  await expect(older.getByRole("link", { name: "À jour" })).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001", "A-000002"]);
  expect(await hold(newer, undefined, [])).toBe(7);
});

test("storage_evicted_or_full: full is said before, nothing is half-written", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  const devtools = await context.newCDPSession(page);
  const full = page.locator("strong", { hasText: /^La mémoire du téléphone est pleine\. Rien n’est perdu/ });
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: shop.url, quotaSize: 1 });
  // Chromium counts on the room it last saw for some seconds.
  await expect(async () => {
    await page.goto("/vente");
    await expect(full).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 45_000 });
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente non enregistrée")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ })).toBeVisible();
  await expect(page.getByRole("link", { name: "À vérifier" })).toBeVisible(); // nothing waits, and nothing can be received
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: shop.url });
  await expect(full).toBeHidden();
  await sellExact(page);
  // No number was used up by the sale that was not stored.
  await expect(page.getByRole("article", { name: "Reçu A-000001" })).toContainText(CONFIRMED);
  expect(await shop.sales()).toEqual(["A-000001"]);
});

test("storage_evicted_or_full, G20: IndexedDB gone is a new installation, whatever cookies say", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  const cookies = await context.cookies();
  expect(cookies.map(({ name }) => name)).toContain("comptoir_session");
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", { origin: shop.url, storageTypes: "indexeddb" });
  await page.goto("/vente");
  await expect(page).toHaveURL(/connexion/);
  expect(await context.cookies()).toEqual(cookies);
  await shop.enrol(page, "Un, vidé");
  await signIn(page, OWNER);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByRole("article", { name: "Reçu B-000001" })).toContainText(CONFIRMED);
  const installations = new Set((await shop.truth()).sales.map((sold) => sold.installation));
  expect(installations.size).toBe(1);
});
