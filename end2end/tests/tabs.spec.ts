// G5: however many tabs, one sends.
import { Held, salePushes } from "../support/network";
import { add, expect, row, sellExact, test } from "../support/shop";
import type { Page } from "@playwright/test";

/** The epoch of whoever sends, as it stands in the database. */
function epoch(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open("comptoir");
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const value = await new Promise<string>((done, fail) => {
      const request = database.transaction("meta").objectStore("meta").get("epoch");
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    database.close();
    return Number(value);
  });
}

test("two_tabs_one_outbox: two tabs, one sender", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const second = await context.newPage();
  const sales = salePushes(context);
  await second.goto("/vente");
  await add(second, "Ail 250 g").click();
  await sellExact(second);
  await expect(second.getByText("Vente confirmée")).toBeVisible();
  expect(sales).toHaveLength(1);
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
});

test("the sending tab is closed: the other one sends", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const second = await context.newPage();
  await second.goto("/vente");
  await expect(row(second, "Ail 250 g", "12 en stock")).toBeVisible();
  await page.close();
  await add(second, "Ail 250 g").click();
  await sellExact(second);
  await expect(second.getByText("Vente confirmée")).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});

/** Every stock figure a tab shows of a product from now on. */
async function figures(page: Page, product: string): Promise<() => Promise<string[]>> {
  await page.evaluate((product) => {
    const seen: string[] = ((window as any).seen = []);
    const look = () => {
      const rows = [...document.querySelectorAll("main li button")].map((row) => (row.textContent ?? "").trim());
      const stock = rows.find((row) => row.includes(product))?.match(/\d+.en stock/)?.[0];
      if (stock && stock !== seen.at(-1)) seen.push(stock);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  }, product);
  return () => page.evaluate(() => (window as any).seen);
}

test("verdict_before_its_change: no tab shows a stock that never was", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const second = await context.newPage();
  await second.goto("/vente");
  await expect(row(second, "Ail 250 g", "12 en stock")).toBeVisible();
  const shown = await figures(page, "Ail 250 g");
  for (const left of ["11 en stock", "10 en stock", "9 en stock"]) {
    await add(second, "Ail 250 g").click();
    await sellExact(second);
    await expect(second.getByText("Vente confirmée")).toBeVisible();
    await second.getByRole("link", { name: "Nouvelle vente" }).click();
    await expect(row(page, "Ail 250 g", left)).toBeVisible();
    await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  }
  expect(await shown()).toEqual(["12 en stock", "11 en stock", "10 en stock", "9 en stock"]);
});

/** Ends once no transaction of any tab is open: one that writes waits for every other. */
function atRest(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open("comptoir");
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    await new Promise((done, fail) => {
      const transaction = database.transaction([...database.objectStoreNames], "readwrite");
      transaction.objectStore("meta").count();
      transaction.oncomplete = done;
      transaction.onabort = () => fail(transaction.error);
    });
    database.close();
  });
}

/** How soon another tab has sent a sale, its own second of asking the frozen one included. */
const TAKEN_WITHIN_MS = 4_000;

/**
 * Stops a tab's script between two statements, as freezing does, with every lock it holds. Its database is at rest:
 * browsers freeze no tab in the middle of a transaction. (A page under Playwright counts as focused, and Chromium's
 * own `Page.setWebLifecycleState` does nothing to it.) Returns how to wake it.
 */
async function freeze(page: Page, other: Page): Promise<() => Promise<unknown>> {
  const devtools = await page.context().newCDPSession(page);
  for (let tries = 0; tries < 20; tries++) {
    await devtools.send("Debugger.enable");
    const stands = new Promise((done) => devtools.once("Debugger.paused", done));
    await devtools.send("Debugger.pause");
    // It stands at its next statement: this one, which is answered only when the tab is woken.
    const statement = devtools.send("Runtime.evaluate", { expression: "0" });
    await stands;
    const wake = () => Promise.all([statement, devtools.send("Debugger.disable")]);
    const rests = atRest(other);
    if (await Promise.race([rests.then(() => true), new Promise<boolean>((done) => setTimeout(done, 500, false))])) return wake;
    await wake();
    await rests;
  }
  throw new Error("the tab never rests");
}

for (const told of [true, false]) {
  const how = told ? "told by an event" : "without a word";
  test(`frozen_tab_keeps_the_lock, ${how}: another sends, the woken one cannot write`, async ({ shop, browser }) => {
    const { context, page: frozen } = await shop.phone(browser, "Un");
    await expect(frozen.getByRole("link", { name: "À jour" })).toBeVisible();
    const other = await context.newPage();
    await other.goto("/vente");
    await expect(row(other, "Ail 250 g", "12 en stock")).toBeVisible();
    const before = await epoch(other);
    // A sale of the first tab is on its way when it freezes: its answer comes while nobody is there.
    const held = await Held.pushes(frozen);
    await add(frozen, "Ail 250 g").click();
    await sellExact(frozen);
    await expect.poll(() => held.count).toBe(1);
    if (told) await frozen.evaluate(() => document.dispatchEvent(new Event("freeze")));
    const wake = await freeze(frozen, other);
    await held.release();
    const begun = Date.now();
    await add(other, "Bonbons, sachet de 100").click();
    await sellExact(other);
    await expect(other.getByRole("article", { name: "Reçu A-000002" })).toContainText("Vente confirmée", { timeout: TAKEN_WITHIN_MS });
    test.info().annotations.push({ type: "sent after", description: `${Date.now() - begun} ms` });
    const taken = await epoch(other);
    expect(taken).toBeGreaterThan(before);
    await wake();
    // A browser says so when it lets a tab go on, even where it did not when it stopped it.
    await frozen.evaluate(() => document.dispatchEvent(new Event("resume")));
    await expect(frozen.getByRole("article", { name: "Reçu A-000001" })).toContainText("Vente confirmée");
    for (const page of [frozen, other]) await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
    // Nobody took the lock back, and nothing is doubled.
    expect(await epoch(other)).toBe(taken);
    const truth = await shop.truth();
    expect(truth.sales.map((sold) => sold.sale.receipt).sort()).toEqual(["A-000001", "A-000002"]);
    expect([truth.stock("Ail 250 g"), truth.stock("Bonbons, sachet de 100")]).toEqual([11, 12]);
    for (const page of [frozen, other]) {
      await page.goto("/vente");
      await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
      await expect(row(page, "Bonbons, sachet de 100", "12 en stock")).toBeVisible();
    }
  });
}
