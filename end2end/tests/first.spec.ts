// The first days: the shop's first reading on a phone, and a shop that has nothing yet.
import type { Page, Route } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { looksRight } from "../support/looks";
import { OWNER, SELLER, add, expect, row, sellExact, signIn, test, type Shop } from "../support/shop";

const MANY = 4_000;
/** Answers of the first reading that come at once; the others are held back. */
const AT_ONCE = 2;

function manyProducts(shop: Shop) {
  const file = join(tmpdir(), `comptoir-first-${process.pid}.csv`);
  const lines = Array.from({ length: MANY }, (_, n) => `"Article ${String(n).padStart(5, "0")}",${500 + n},5`);
  writeFileSync(file, ["name,price,stock", ...lines].join("\n"));
  shop.run("import", file);
}

const progress = (page: Page) => page.getByText(/^[1-9][\d\s]* \/ [1-9][\d\s]* lignes reçues$/);

test("the first reading says in numbers how far it is, on every screen, and goes on where a reload cut it", async ({ shop, browser }) => {
  manyProducts(shop);
  const context = await browser.newContext({ baseURL: shop.url });
  const page = await context.newPage();
  await shop.enrol(page, "Un");
  const asked: unknown[] = [];
  let holds = true;
  await context.route("**/api/v1/pull", async (route) => {
    const from = route.request().postDataJSON().request.from;
    if (!from.start) return route.continue();
    if (holds && asked.length >= AT_ONCE) return; // an answer that does not come
    asked.push(from.start.position);
    await route.continue();
  });
  await signIn(page, OWNER);
  await expect(progress(page)).toBeVisible();
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await expect(progress(page)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Aucun produit" })).toHaveCount(0);
  await looksRight(page, "Stock, first reading");
  await page.getByRole("link", { name: "Accueil", exact: true }).click();
  await expect(progress(page)).toBeVisible();
  await expect(page.getByText("Tout est en ordre.")).toHaveCount(0);
  await expect(page.getByText("0 vente")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Réception…" })).toBeVisible();
  await expect(page.getByRole("link", { name: "À jour" })).toHaveCount(0);
  await looksRight(page, "Accueil, first reading");
  await page.getByRole("link", { name: "Paramètres", exact: true }).click();
  const reading = page.getByText(/^Première lecture : [1-9][\d\s]* sur [1-9][\d\s]*$/);
  await expect(reading).toBeVisible();
  const far = await reading.textContent();

  // Left in the middle, with an answer on its way: what came is there.
  await page.reload();
  await expect(reading).toHaveText(far!);
  holds = false;
  await page.reload();
  await expect.poll(() => asked.length).toBeGreaterThan(AT_ONCE);
  await expect(reading).toHaveCount(0, { timeout: 30_000 });
  expect(asked.filter((position) => position === null)).toHaveLength(1);
  expect(new Set(asked.map((position) => JSON.stringify(position))).size, "no page is asked for twice").toBe(asked.length);
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await page.getByRole("searchbox").fill(`Article ${String(MANY - 1).padStart(5, "0")}`);
  await expect(page.getByRole("list", { name: "Produits" }).getByRole("listitem")).toHaveCount(1);
  await expect(progress(page)).toHaveCount(0);
});

test("a new shop tells its owner how products come in, and a seller who brings them", async ({ shop, browser }) => {
  const name = "Chez Fatou";
  shop.typed("2580\n", "shop", "add", name, "--owner", OWNER.name);
  shop.typed("1470\n", "user", "add", "--shop", name, SELLER.name);
  const phone = async (who: typeof OWNER) => {
    const page = await (await browser.newContext({ baseURL: shop.url })).newPage();
    await page.goto("/connexion");
    await page.getByLabel("Code à six chiffres").fill(shop.run("device", "code", "--quiet", "--shop", name).trim());
    await page.getByLabel("Nom de ce téléphone").fill("Le premier");
    await page.getByRole("button", { name: "Inscrire ce téléphone" }).click();
    await page.getByRole("button", { name: who.name }).click();
    for (const digit of who.pin) await page.getByRole("button", { name: digit, exact: true }).click();
    await page.getByRole("button", { name: "Valider le PIN" }).click();
    await expect(page.getByRole("heading", { name: "Pas encore de produit" })).toBeVisible();
    return page;
  };
  const owner = await phone(OWNER);
  for (const screen of ["Vendre", "Stock"]) {
    await owner.getByRole("link", { name: screen, exact: true }).click();
    const empty = owner.getByRole("status").filter({ has: owner.getByRole("heading", { name: "Pas encore de produit" }) });
    await expect(empty.getByRole("link", { name: "Nouveau produit" })).toBeVisible();
    await expect(empty.getByRole("link", { name: "Importer un fichier" })).toHaveAttribute("href", "/stock/import");
    await expect(empty).not.toContainText("première synchronisation");
    await looksRight(owner, `${screen}, a new shop`);
  }
  const seller = await phone(SELLER);
  await expect(seller.getByText("Le propriétaire les ajoute ; ils s’afficheront ici.")).toBeVisible();
  await expect(seller.getByRole("link", { name: "Importer un fichier" })).toHaveCount(0);
  // The first product takes its place.
  await owner.getByRole("link", { name: "Vendre", exact: true }).click();
  await owner.getByRole("link", { name: "Nouveau produit" }).click();
  await owner.getByLabel("Nom").fill("Riz 5 kg");
  await owner.getByLabel("Prix de vente").fill("60 000");
  await owner.getByRole("button", { name: /^(Créer|Enregistrer|Ajouter)/ }).click();
  await expect(seller.getByRole("button", { name: /^Ajouter Riz 5 kg/ })).toBeVisible({ timeout: 30_000 });
});

test("the next page of the first reading is asked for while one is written", async ({ shop, browser }) => {
  manyProducts(shop);
  const context = await browser.newContext({ baseURL: shop.url });
  await context.addInitScript(() => {
    const events: string[] = ((globalThis as unknown as { events: string[] }).events = []);
    const { fetch } = globalThis;
    globalThis.fetch = (of, with_) => {
      if ((of instanceof Request ? of.url : String(of)).includes("/v1/pull")) events.push("asked");
      return fetch(of, with_);
    };
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...of) {
      const begun = begin.apply(this, of);
      if (begun.mode === "readwrite" && begun.objectStoreNames.contains("confirmed")) begun.addEventListener("complete", () => events.push("written"));
      return begun;
    };
  });
  const page = await context.newPage();
  await shop.enrol(page, "Un");
  await signIn(page, OWNER);
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible({ timeout: 60_000 });
  const events = await page.evaluate(() => (globalThis as unknown as { events: string[] }).events);
  const written = events.filter((event) => event === "written").length;
  expect(written).toBeGreaterThan(5);
  // Each page but the last is written after the next was asked for.
  const early = events.filter((event, at) => event === "written" && events.slice(0, at).filter((one) => one === "asked").length > events.slice(0, at + 1).filter((one) => one === "written").length);
  expect(early.length, events.join(" ")).toBeGreaterThanOrEqual(written - 2);
});

test("a sale does not wait behind the page of the first reading that is on its way", async ({ shop, browser }) => {
  manyProducts(shop);
  const context = await browser.newContext({ baseURL: shop.url });
  const page = await context.newPage();
  await shop.enrol(page, "Un");
  const [ended, held]: [string[], Route[]] = [[], []];
  await context.route("**/api/v1/pull", async (route) => {
    if (route.request().postDataJSON().request.from.start?.position) held.push(route); // an answer that does not come yet
    else await route.continue();
  });
  page.on("requestfailed", (request) => ended.push(request.url()));
  await signIn(page, OWNER);
  await expect(progress(page)).toBeVisible();
  await add(page, "Article 00000").click();
  expect(ended).toEqual([]);
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect(ended, "the page that was asked for ended").toEqual([expect.stringContaining("/api/v1/pull")]);
  // And it is asked for again.
  await expect.poll(() => held.length).toBe(2);
  await context.unroute("**/api/v1/pull");
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  const last = `Article ${String(MANY - 1).padStart(5, "0")}`;
  await page.getByRole("searchbox").fill(last);
  await expect(row(page, last, "5 en stock")).toBeVisible({ timeout: 30_000 });
});
