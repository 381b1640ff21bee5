// Days of a real till, sold again through the screens of two phones: one online, one without network most of the time.
// TILL names the file (`Date,Time,Transaction,Item`); else the real one is looked for beside the project, else a
// small one is sold.
import type { Page } from "@playwright/test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { add, expect, test } from "../support/shop";
import { stored } from "../support/storage";

const SALES = 36;
/** Sales the second phone makes before its network comes back. */
const STRETCH = 6;
const beside = resolve(import.meta.dirname, "../../../shared/data/till/bakery.csv");
const file = process.env.TILL ?? (existsSync(beside) ? beside : undefined);

function lines(): string[][] {
  if (file) return readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1).map((line) => line.split(","));
  console.log("no file of a real till: a small one is sold");
  const items = ["Bread", "Coffee", "Tea", "Bread", "Cake", "Bread"];
  return Array.from({ length: SALES * 2 }, (_, n) => ["2016-10-30", "", String(Math.floor(n / 2)), items[n % 6]]);
}

/** Each sale's items, in the file's order. */
function sales(): string[][] {
  const found = new Map<string, string[]>();
  for (const [date, , transaction, item] of lines()) {
    const sale = `${date}/${transaction}`;
    if (!found.has(sale) && found.size === SALES) break;
    found.set(sale, [...(found.get(sale) ?? []), item === "NONE" ? "Article sans nom" : item]);
  }
  return [...found.values()];
}

const price = (item: string) => 1_000 + item.length * 500;

/**
 * Writes down what a phone's sales cost as they are pushed, and what it was told, before its page hears it. A page that
 * is left meanwhile hears it later, by a pull: `heard` reads that from the phone's disk.
 */
async function recording(page: Page) {
  const sold = new Map<string, { sale: string; total: number }>();
  const told = new Map<string, string>();
  await page.exposeFunction("pushed", (question: string) => {
    for (const { key, kind, body } of JSON.parse(question).request.mutations) {
      if (kind !== "record_sale") continue;
      const total = body.sale.lines.reduce((sum: number, line: any) => sum + line.quantity * line.unit_price, 0);
      sold.set(key, { sale: body.sale.id, total });
    }
  });
  await page.exposeFunction("answered", (answer: string) => {
    for (const { key, verdict } of JSON.parse(answer).answers) {
      if (sold.has(key) && (verdict.applied || verdict.refused)) told.set(key, verdict.applied ? "applied" : "refused");
    }
  });
  await page.addInitScript(() => {
    const ask = window.fetch;
    window.fetch = async (...args) => {
      const request = new Request(...args);
      if (!request.url.endsWith("/api/v1/push")) return ask(request);
      await (window as any).pushed(await request.clone().text());
      const answer = await ask(request);
      if (answer.ok) await (window as any).answered(await answer.clone().text());
      return answer;
    };
  });
  const heard = async () => {
    for (const [store, outcome] of [["acknowledged", "applied"], ["parked", "refused"]]) {
      for (const key of Object.keys(await stored(page, store))) if (sold.has(key)) told.set(key, outcome);
    }
    return sold.size - told.size;
  };
  return { sold, told, heard };
}

test("days of a till through two phones: made = applied + refused, and every book agrees", async ({ shop, browser }) => {
  test.setTimeout(240_000);
  const all = sales();
  const demand = new Map<string, number>();
  for (const item of all.flat()) demand.set(item, (demand.get(item) ?? 0) + 1);
  const rows = [...demand].map(([item, units], n) => {
    const stock = n % 3 === 0 ? Math.floor(units * 0.9) : units;
    return `"${item}",${price(item)},${stock}`;
  });
  const catalogue = join(tmpdir(), `comptoir-till-${process.pid}.csv`);
  writeFileSync(catalogue, ["name,price,stock", ...rows].join("\n"));
  shop.run("import", catalogue);

  const { page: online } = await shop.phone(browser, "Un");
  const { context, page: offline } = await shop.phone(browser, "Deux");
  const records = [await recording(online), await recording(offline)];
  for (const page of [online, offline]) {
    // Without network, more than the phone knows of is asked about before it can be paid.
    const sure = page.getByRole("checkbox", { name: /^Les articles sont là/, checked: false });
    await page.addLocatorHandler(sure, () => sure.check());
  }
  let stretch = 0;
  for (const [n, items] of all.entries()) {
    const page = n % 2 === 0 ? online : offline;
    if (page === offline) await context.setOffline(stretch++ % (STRETCH + 1) !== STRETCH);
    await page.goto("/vente");
    for (const item of items) {
      await page.getByRole("searchbox").fill(item);
      await add(page, item).click();
    }
    await page.getByRole("link", { name: /^Encaisser/ }).click();
    await page.getByRole("button", { name: "Espèces : compte exact" }).click();
    const refused = page.getByText("Vente refusée");
    await expect(page.locator(".receipt").or(refused)).toBeVisible({ timeout: 15_000 });
    if (await refused.isVisible()) {
      await page.getByRole("button", { name: /articles?$/ }).click();
      await page.getByRole("button", { name: "Vider" }).click();
    }
  }
  await context.setOffline(false);
  for (const page of [online, offline]) {
    await page.goto("/parametres");
    await page.getByRole("button", { name: "Synchroniser maintenant" }).click();
    await expect(page.getByRole("link", { name: /^(À jour|\d+ à décider)$/ }).first()).toBeVisible({ timeout: 30_000 });
  }
  await expect.poll(() => Promise.all(records.map(({ heard }) => heard()))).toEqual([0, 0]);

  const outcomes = records.flatMap(({ sold, told }) =>
    [...sold].map(([key, { sale, total }]) => ({ key, sale, total, outcome: told.get(key)! })),
  );
  const total = (outcome: string) => outcomes.filter((sale) => sale.outcome === outcome).reduce((sum, sale) => sum + sale.total, 0);
  expect(outcomes).toHaveLength(all.length);
  expect(outcomes.filter((sale) => sale.outcome === "refused").length).toBeGreaterThan(0);
  // Counted from the file, by nothing of ours.
  expect(total("applied") + total("refused")).toBe(all.flat().reduce((sum, item) => sum + price(item), 0));
  const ledger = join(tmpdir(), `comptoir-till-${process.pid}.jsonl`);
  writeFileSync(ledger, outcomes.map((sale) => JSON.stringify(sale)).join("\n"));
  expect(shop.run("check", "--ledger", ledger)).toContain("0 differences");
  const truth = await shop.truth();
  expect(truth.sales).toHaveLength(outcomes.filter((sale) => sale.outcome === "applied").length);
});
