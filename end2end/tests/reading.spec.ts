// A page just opened reads the catalogue piece by piece: what happens meanwhile is not lost.
import type { Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scan } from "../support/keyboard";
import { SELLER, add, expect, row, sellExact, test, type Shop } from "../support/shop";

const RICE = { name: "Riz importé 5 kg", code: "6110004010746" };
const OIL = { name: "Huile végétale 5 L", code: "6110004011118" };
const UNKNOWN = "6110009990001";

type Holding = typeof globalThis & { go: () => void; holds: number };

/** In pages opened from now on, what `name` of `of` calls waits for `go`. */
function hold(page: Page, of: "window" | "scheduler", name: string) {
  return page.addInitScript(
    ({ of, name }) => {
      const here = globalThis as unknown as Holding;
      const target = (of === "window" ? window : (window as unknown as { scheduler: object }).scheduler) as unknown as Record<string, (done: unknown) => unknown>;
      const [now, held] = [target[name].bind(target), [] as unknown[]];
      here.holds = 0;
      target[name] = (done) => {
        here.holds = held.push(done);
        return of === "window" ? held.length : new Promise(() => {});
      };
      here.go = () => {
        target[name] = now;
        held.forEach((done) => now(done));
      };
    },
    { of, name },
  );
}

const go = (page: Page) => page.evaluate(() => (globalThis as Holding).go());
const units = (page: Page, product: string, count: number) => expect(add(page, product)).toContainText(`×\u202f${count}`);

function many(shop: Shop) {
  const file = join(tmpdir(), `comptoir-reading-${process.pid}.csv`);
  const lines = Array.from({ length: 700 }, (_, n) => `"Article ${String(n).padStart(3, "0")}",${500 + n},5`);
  writeFileSync(file, ["name,price,stock", ...lines].join("\n"));
  shop.run("import", file);
}

test("what is scanned before the catalogue is read goes into the cart once it is", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await hold(page, "window", "requestAnimationFrame"); // the catalogue is read after a first frame
  await page.goto("/vente");
  await expect(page.getByRole("button", { name: "Scanner avec la caméra" })).toBeEnabled();
  for (const code of [RICE.code, UNKNOWN, OIL.code, RICE.code]) await scan(page, code);
  await page.getByRole("searchbox").fill("zzz");
  await expect(page.getByText("Lecture des produits…")).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await expect(page.locator(".qty")).toHaveCount(0);
  await go(page);
  // What no product carries is left to be seen.
  await expect(page.getByRole("searchbox")).toHaveValue(UNKNOWN);
  await page.getByRole("searchbox").fill("");
  await units(page, RICE.name, 2);
  await units(page, OIL.name, 1);
});

test("on Stock and on Compter a code scanned before the catalogue is read opens its product once it is", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await hold(page, "window", "requestAnimationFrame");
  const opens = async (address: string) => {
    await page.goto(address);
    await expect(page.getByRole("button", { name: "Scanner avec la caméra" })).toBeEnabled();
    await scan(page, UNKNOWN);
    await scan(page, OIL.code);
    await expect(page.getByRole("searchbox")).toHaveValue("");
    await go(page);
  };
  await opens("/stock");
  await expect(page.getByRole("heading", { name: OIL.name })).toBeVisible();
  await opens("/stock/comptage");
  await expect(page.getByRole("form", { name: "Comptage" })).toContainText(OIL.name);
  await expect(page.getByRole("searchbox")).toHaveValue(UNKNOWN);
});

test("what another phone sells while the catalogue is read is shown when it is", async ({ shop, browser }) => {
  many(shop);
  const { page: other } = await shop.phone(browser, "Autre", SELLER);
  const { page } = await shop.phone(browser, "Comptoir");
  await page.getByRole("searchbox").fill("Article 123");
  await expect(row(page, "Article 123", "5 en stock")).toBeVisible();
  await hold(page, "scheduler", "postTask"); // between two pieces
  await page.goto("/vente?q=Article 123");
  await expect.poll(() => page.evaluate(() => (globalThis as Holding).holds)).toBeGreaterThan(0);
  await other.goto("/vente?q=Article 123");
  await add(other, "Article 123").click();
  await sellExact(other);
  await expect(other.getByText("Vente confirmée")).toBeVisible();
  // It came, and is on the disk of the phone that reads.
  const stored = () =>
    page.evaluate(async () => {
      const open = indexedDB.open("comptoir");
      const database = await new Promise<IDBDatabase>((done, fail) => ((open.onsuccess = () => done(open.result)), (open.onerror = () => fail(open.error))));
      const all = database.transaction("confirmed").objectStore("confirmed").getAll();
      const rows = await new Promise<unknown[]>((done, fail) => ((all.onsuccess = () => done(all.result)), (all.onerror = () => fail(all.error))));
      database.close();
      return rows.filter((row) => row === "4").length;
    });
  await expect.poll(stored).toBe(1);
  await go(page);
  await expect(row(page, "Article 123", "4 en stock")).toBeVisible();
});
